# SPDX-License-Identifier: GPL-3.0-or-later
#
# The same code in virtual M, in virtual S without paging, and in virtual S with it: three address spaces, three translations,
# no links between them. In the end user mode, which is not translated.
        .include "common.inc"
        la s0, handler
        csrrw x0, mtvec, s0
        lui s1, 0x80100
        slli s1, s1, 32
        srli s1, s1, 32                 # the root: the first and the third GiB are mapped as they are
        addi a0, x0, 0xcf
        sd a0, 0(s1)
        lui a0, 0x20000
        addi a0, a0, 0xcf
        sd a0, 16(s1)
        addi s2, x0, 3
        jal x0, body
        .balign 4096
body:   addi a1, a1, 1
        jal ra, sub
        ecall
        .balign 64
sub:    addi a2, a2, 1
        jalr x0, 0(ra)
        .balign 4096
handler: csrrs t1, mcause, x0
        addi s2, s2, -1
        beq s2, x0, out
        lui t0, 2
        addi t0, t0, -2048              # MPP
        csrrc x0, mstatus, t0
        addi t2, x0, 1
        bne s2, t2, bare
        addi t0, x0, -8
        slli t0, t0, 60
        srli t1, s1, 12
        or t0, t0, t1
        csrrw x0, satp, t0
        sfence.vma
bare:   lui t0, 1
        addi t0, t0, -2048              # MPP = S
        csrrs x0, mstatus, t0
        la t0, body
        csrrw x0, mepc, t0
        mret
out:    pass
