# SPDX-License-Identifier: GPL-3.0-or-later
#
# status: any
#
# Random bytes, run as code in U and S: 2,000 pieces of 16 words, with pointers to all kinds of places in the registers. They
# may overwrite the program itself.
        .include "hostile.inc"
        HOSTILE
        li t5, TVM                      # satp stays: unfenced changes of it have no one meaning
        csrs mstatus, t5
        li s4, 2000
again:  li a0, DATA
        li a1, 16
1:      RANDOM a2
        srli a2, a2, 11
        RANDOM a3
        andi a3, a3, 7
        beqz a3, 2f
        # mostly something with a known opcode
        la a4, opcodes
        srli a3, s1, 30
        andi a3, a3, 15
        add a4, a4, a3
        lbu a4, 0(a4)
        andi a2, a2, -128
        or a2, a2, a4
2:      sw a2, 0(a0)
        addi a0, a0, 4
        addi a1, a1, -1
        bnez a1, 1b
        li a2, 0x73
        sw a2, 0(a0)
        fence.i
        UNTIL_TRAP over
        # s0 (the sum), s1 (random numbers), s4 and s6 are kept in memory
        la t5, kept
        sd s0, 0(t5)
        sd s1, 8(t5)
        sd s4, 16(t5)
        la t5, over_wild
        csrw mtvec, t5
        li t5, MPP
        csrc mstatus, t5
        andi t5, s1, 64
        beqz t5, 1f
        li t5, 1 << 11
        csrs mstatus, t5
1:      li t5, DATA
        csrw mepc, t5
        li x1, DATA
        li x2, DATA + 0x10000
        li x3, 0x88000000
        li x4, 0x87fffffc
        li x5, UART
        li x6, CLINT
        li x7, PLIC
        li x10, -1
        li x11, 1 << 38
        li x12, DATA + 0x3000
        li x13, 0x10001000
        li x14, 1 << 63
        li x15, DATA + 0x10001
        li x16, DATA + 8
        mret
        .balign 4
over_wild:
        csrw mie, zero
        li t5, MPRV
        csrc mstatus, t5
        la t5, kept
        ld s0, 0(t5)
        ld s1, 8(t5)
        ld s4, 16(t5)
        la s6, over
        la t5, caught
        csrw mtvec, t5
        j caught
over:   addi s4, s4, -1
        bnez s4, again
        mv a0, s0
        j pass
        .balign 8
kept:   .dword 0, 0, 0
opcodes: .byte 0x03, 0x23, 0x13, 0x33, 0x63, 0x67, 0x6f, 0x2f, 0x73, 0x1b, 0x3b, 0x0f, 0x17, 0x37, 0x03, 0x23
        CAUGHT
        FINISH
