# SPDX-License-Identifier: GPL-3.0-or-later
#
# All 4096 CSR numbers from each mode: which can be read, and which written, is what isa/csr.def says and nothing else.
        .include "test.inc"
        START
        la t5, note
        csrw mtvec, t5
        DIFFERS csrs, pass
        li t5, 7
        csrw mcounteren, t5
        csrw scounteren, t5
        li t5, 1 << 63                  # STCE: stimecmp belongs to S-mode
        csrw menvcfg, t5

        # a0: how many can be read; a1: how many of them can be written with what was read; s0 sums up their numbers.
        .macro COUNT_CSRS
        li a0, 0
        li a1, 0
        li a2, 0
        li s2, 0
81:     la s3, 83f                      # build csrr s4, number
        slli t5, s2, 20
        li t6, 0x2073 | 20 << 7
        or t5, t5, t6
        sw t5, 0(s3)
        li t6, 0x1073 | 20 << 15        # csrw number, s4
        slli t5, s2, 20
        or t5, t5, t6
        la s3, 84f
        sw t5, 0(s3)
        fence.i
        li s7, 0
83:     nop
        bnez s7, 85f
        addi a0, a0, 1
        SUM_UP s2
84:     nop
        bnez s7, 85f
        addi a1, a1, 1
        SUM_UP s2
85:     addi s2, s2, 1
        srli t5, s2, 12
        beqz t5, 81b
        .endm
        COUNT_CSRS
        TEST_CASE 1, a0, 57
        TEST_CASE 2, a1, 49
        TEST_SUM 3, 0xef7e2fe5e22b1a2d
        csrw mie, zero
        csrw mideleg, zero
        csrw medeleg, zero
        ENTER 1
        COUNT_CSRS
        TEST_CASE 4, a0, 15
        TEST_CASE 5, a1, 12
        TEST_SUM 6, 0x0d50c99a6b871ee8
        ecall
        ENTER 0
        COUNT_CSRS
        TEST_CASE 7, a0, 3
        TEST_CASE 8, a1, 0
        TEST_SUM 9, 0x3060c82
        j pass

        # Nothing but counting: csrw of a value that was read changes nothing, mtvec included.
        .balign 4
note:   addi s7, s7, 1
        csrr t6, mcause
        li t5, ILLEGAL
        bne t6, t5, 1f
        csrr t6, mepc
        addi t6, t6, 4
        csrw mepc, t6
        mret
1:      csrr t6, mepc                   # an ecall: to M-mode
        addi t6, t6, 4
        csrw mepc, t6
        li t6, MPP
        csrs mstatus, t6
        mret
        FINISH
