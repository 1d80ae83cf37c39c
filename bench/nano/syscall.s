# SPDX-License-Identifier: GPL-3.0-or-later
#
# A system call that does nothing: ecall from U-mode, the kernel's trap entry and exit.
        .include "nano.inc"

        .macro operation
        ecall
        .endm
        .macro empty
        .endm

        nano
        handle_traps
        la      t0, user                # its page, for U-mode
        srli    t0, t0, 2
        ori     t0, t0, V|R|X|U|A|D
        li      t1, LEAVES
        sd      t0, 0(t1)
        sfence.vma
        li      t0, 1 << 8              # SPP: to U-mode
        csrc    sstatus, t0
        li      t0, PAGES
        csrw    sepc, t0
        sret
        skipping_handler

        .balign 4096
user:   loops
        mv      a0, s1
        mv      a1, s3
        ebreak
        .balign 4096
