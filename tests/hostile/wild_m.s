# SPDX-License-Identifier: GPL-3.0-or-later
# status: any
#
# Random bytes in M-mode, where they can change everything: the end is whatever it is, but the same everywhere.
        .include "hostile.inc"
        HOSTILE
        li s4, 300
again:  li a0, DATA
        li a1, 24
1:      RANDOM a2
        srli a2, a2, 11
        la a4, opcodes
        srli a3, s1, 30
        andi a3, a3, 7
        add a4, a4, a3
        lbu a4, 0(a4)
        andi a2, a2, -128
        or a2, a2, a4
        sw a2, 0(a0)
        addi a0, a0, 4
        addi a1, a1, -1
        bnez a1, 1b
        li a2, 0x73
        sw a2, 0(a0)
        fence.i
        UNTIL_TRAP over
        la t5, caught
        csrw mtvec, t5
        csrsi mstatus, MIE
        li a0, DATA
        li a1, DATA + 0x4000
        li a2, 0x88000000 - 3
        li a3, PLIC
        jr a0
over:   la s6, over
        csrw satp, zero
        sfence.vma
        addi s4, s4, -1
        bnez s4, again
        j pass
opcodes: .byte 0x73, 0x73, 0x13, 0x03, 0x23, 0x73, 0x33, 0x2f
        CAUGHT
        FINISH
