# SPDX-License-Identifier: GPL-3.0-or-later
#
# LR, SC and AMOs: pairs that fit and that do not, with stores, traps and returns in between, on pages that are clean,
# read-only, absent or a device's, and misaligned.
        .include "prelude.inc"
        start
        make_tables
        pte LEAVES, FRAMES, V|R|W
        pte LEAVES + 8, FRAMES + 0x1000, V|R|A
        pte LEAVES + 16, UART, V|R|W
        pte LEAVES + 24, FRAMES, V|R|W  # an alias of the first
        paging_on
        li s0, 2                        # twice: in M-mode bare, in S-mode paged
        li s1, FRAMES
        li s2, FRAMES + 0x1000
        li s3, UART
        li s4, FRAMES

round:
        li a0, 0x7fffffff7ffffff0
        sd a0, 0(s1)
        .irp op, swap, add, xor, and, or, min, max, minu, maxu
        .irp width, w, d
        .irp operand, 0x8000000080000001, 5, -1
        li a0, \operand
        amo\op\().\width a1, a0, (s1)
        log a1
        ld a2, 0(s1)
        log a2
        .endr
        .endr
        .endr

        .macro pair first, second, between
        lr.\first a0, (s1)
        log a0
        \between
        li a1, 0x4444
        sc.\second a2, a1, (s1)
        log a2
        ld a3, 0(s1)
        log a3
        .endm
        pair w, w, nop
        pair d, d, nop
        pair w, d, nop
        pair d, w, nop
        pair d, d, "sd a0, 0(s1)"       # the own store does not matter
        pair d, d, ebreak               # nor a trap and a return
        pair d, d, "csrr a4, sscratch"
        pair d, d, "lr.d a4, (s2)"      # another LR does
        pair d, d, "sc.d a4, a0, (s2)"
        pair w, w, "lw a4, 5(s3)"       # a device access does not
        pair w, w, "amoadd.w a4, a0, (s1)"
        lr.d a0, (s1)
        li a1, 0x4545
        sc.d a2, a1, (s4)               # by the alias: the same memory
        log a2
        sc.d a2, a1, (s1)               # a second SC fails
        log a2
        sc.d a2, a1, (s2)               # to a page that is not writable, and after no LR
        log a2
        lr.w a0, (s3)
        sc.w a0, a0, (s3)
        amoswap.w a0, a0, (s3)
        addi t4, s1, 2
        lr.w a0, (t4)
        sc.w a0, a0, (t4)
        amoand.w a0, a0, (t4)
        addi t4, s1, 4
        lr.d a0, (t4)
        lr.w a0, (t4)
        sc.w a1, t4, (t4)
        log a1
        li t4, 0x70000004
        lr.w a0, (t4)
        amoor.w a0, a0, (t4)
        amoor.d a0, a0, (t4)
        addi s0, s0, -1
        beqz s0, 1f
        li s1, PAGES
        li s2, PAGES + 0x1000
        li s3, PAGES + 0x2000
        li s4, PAGES + 0x3000
        enter 1
        j round
1:      leave
        li t5, LEAVES                   # A and D as they came to be
        ld a0, 0(t5)
        log a0
        ld a0, 8(t5)
        log a0
        ld a0, 24(t5)
        log a0
        pass

        define_mtrap
