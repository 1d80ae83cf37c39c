# SPDX-License-Identifier: GPL-3.0-or-later
#
# Register-register and register-immediate instructions, M included: all pairs of corner values, every way in which the
# registers can coincide, and the cases that the manual singles out.
        .include "test.inc"
        START
        la s1, values
        la s2, values_end

        .macro CORNERS op               # sums up op over all pairs
        mv a0, s1
81:     ld a2, 0(a0)
        mv a1, s1
82:     ld a3, 0(a1)
        \op a4, a2, a3
        SUM_UP a4
        mv a5, a2
        \op a5, a5, a3                  # rd = rs1
        SUM_UP a5
        mv a5, a3
        \op a5, a2, a5                  # rd = rs2
        SUM_UP a5
        \op a5, a2, a2                  # rs1 = rs2
        SUM_UP a5
        mv a5, a3
        \op a5, a5, a5
        SUM_UP a5
        \op zero, a2, a3
        SUM_UP zero
        \op a5, zero, a3
        SUM_UP a5
        \op a5, a2, zero
        SUM_UP a5
        addi a1, a1, 8
        bne a1, s2, 82b
        addi a0, a0, 8
        bne a0, s2, 81b
        .endm
        .macro IMMEDIATE op, imm        # sums up op over all values, with one immediate
        mv a0, s1
81:     ld a2, 0(a0)
        \op a4, a2, \imm
        SUM_UP a4
        \op a2, a2, \imm
        SUM_UP a2
        \op zero, a2, \imm
        SUM_UP zero
        addi a0, a0, 8
        bne a0, s2, 81b
        \op a4, zero, \imm
        SUM_UP a4
        .endm

        .set n, 1
        .macro ALL_CORNERS op, sum
        CORNERS \op
        TEST_SUM n, \sum
        .set n, n + 1
        .endm
        .macro ALL_IMMEDIATES op, sum
        .irp imm, -2048, -2047, -1024, -257, -33, -2, -1, 0, 1, 2, 31, 32, 63, 64, 255, 1023, 2046, 2047
        IMMEDIATE \op, \imm
        .endr
        TEST_SUM n, \sum
        .set n, n + 1
        .endm
        .macro ALL_SHIFTS op, sum
        .irp imm, 0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 23, 24, 30, 31
        IMMEDIATE \op, \imm
        .endr
        TEST_SUM n, \sum
        .set n, n + 1
        .endm
        .macro ALL_LONG_SHIFTS op, sum
        .irp imm, 0, 1, 2, 7, 8, 15, 16, 31, 32, 33, 40, 47, 48, 55, 56, 62, 63
        IMMEDIATE \op, \imm
        .endr
        TEST_SUM n, \sum
        .set n, n + 1
        .endm

        ALL_CORNERS add, 0x5fc74e5fc98e46ae
        ALL_CORNERS sub, 0xb4ad7df52f1de5e1
        ALL_CORNERS sll, 0x075780816b76d247
        ALL_CORNERS slt, 0x90a894dfaec197c3
        ALL_CORNERS sltu, 0x62eb5e71566350f5
        ALL_CORNERS xor, 0x99b0a9ee6011c231
        ALL_CORNERS srl, 0xd63fd062dfc9b077
        ALL_CORNERS sra, 0xd36ff586eb9115a2
        ALL_CORNERS or, 0x036dd24188036c84
        ALL_CORNERS and, 0x90a239371ee02f68
        ALL_CORNERS addw, 0x2752a80611475d76
        ALL_CORNERS subw, 0xb368dedb224fb8c6
        ALL_CORNERS sllw, 0xfe61120bb67d878d
        ALL_CORNERS srlw, 0x56816fcf25691fd3
        ALL_CORNERS sraw, 0xf8142bae64c704b0
        ALL_CORNERS mul, 0x7e2c15faae50e0a0
        ALL_CORNERS mulh, 0xacecd1a7869d1465
        ALL_CORNERS mulhsu, 0xfe4aa012b159ed9c
        ALL_CORNERS mulhu, 0xda78e6570c857627
        ALL_CORNERS div, 0xba19f30c688426cd
        ALL_CORNERS divu, 0xdd8a777ae26b83e2
        ALL_CORNERS rem, 0xe9a6bb530020dc7c
        ALL_CORNERS remu, 0x07863f570cb5946a
        ALL_CORNERS mulw, 0x0870ceaf7f86a5ce
        ALL_CORNERS divw, 0x297c7f5f76df0598
        ALL_CORNERS divuw, 0x602aa8d69b23ea2d
        ALL_CORNERS remw, 0x5e23af34fdd733f6
        ALL_CORNERS remuw, 0x1c55b2fc46762335
        ALL_IMMEDIATES addi, 0xdc61148d417cb2b3
        ALL_IMMEDIATES slti, 0x9a9e4741e9b6a8d6
        ALL_IMMEDIATES sltiu, 0x2d4699be064df67f
        ALL_IMMEDIATES xori, 0xb90fd15cfce1efbb
        ALL_IMMEDIATES ori, 0x4536b27a65b0e281
        ALL_IMMEDIATES andi, 0xdc441173909f2e8e
        ALL_IMMEDIATES addiw, 0xe458801db23de5f9
        ALL_LONG_SHIFTS slli, 0x34b5f81a10ee9064
        ALL_LONG_SHIFTS srli, 0xb44c5a94ec83071b
        ALL_LONG_SHIFTS srai, 0x352bfed7cd54f729
        ALL_SHIFTS slliw, 0xe8d649716aede694
        ALL_SHIFTS srliw, 0xdd97e817e03dfd86
        ALL_SHIFTS sraiw, 0x77afef70c552f56a

        # What the manual says in words (unprivileged ISA, 2.4, 5.2 and 7.2).
        .macro TEST_RR n, op, expected, a, b
        li a1, \a
        li a2, \b
        \op a0, a1, a2
        TEST_CASE \n, a0, \expected
        .endm
        TEST_RR 100, div, -1, 7, 0
        TEST_RR 101, divu, -1, 7, 0
        TEST_RR 102, rem, 7, 7, 0
        TEST_RR 103, remu, -7, -7, 0
        TEST_RR 104, div, 1 << 63, 1 << 63, -1
        TEST_RR 105, rem, 0, 1 << 63, -1
        TEST_RR 106, divw, -1, 7, 0
        TEST_RR 107, divuw, -1, 7, 0
        TEST_RR 108, remw, -0x80000000, 0x80000000, 0
        TEST_RR 109, remuw, -0x80000000, 0x80000000, 0
        TEST_RR 110, divw, -0x80000000, 0x80000000, -1
        TEST_RR 111, remw, 0, 0x80000000, -1
        TEST_RR 112, div, -2, -7, 3     # towards zero
        TEST_RR 113, rem, -1, -7, 3     # the sign of the dividend
        TEST_RR 114, div, -2, 7, -3
        TEST_RR 115, rem, 1, 7, -3
        TEST_RR 116, divuw, 0x55555555, 0xffffffff, 3
        TEST_RR 117, mulh, 0, -1, -1
        TEST_RR 118, mulhu, -2, -1, -1
        TEST_RR 119, mulhsu, -1, -1, -1
        TEST_RR 120, mulhsu, 0, 1, -1
        TEST_RR 121, mulh, 1 << 62, 1 << 63, 1 << 63
        TEST_RR 122, mulw, 0, 0x10000, 0x10000
        TEST_RR 123, addw, -0x80000000, 0x7fffffff, 1
        TEST_RR 124, subw, 0x7fffffff, 0x80000000, 1
        TEST_RR 125, sll, 2, 1, 65      # six bits of the amount
        TEST_RR 126, sllw, 2, 1, 33     # five
        TEST_RR 127, srlw, -1, 0xffffffff, 32
        TEST_RR 128, srlw, 1, 0x80000000, 31
        TEST_RR 129, sraw, -1, 0x80000000, 31
        TEST_RR 130, sra, -1, 1 << 63, 63
        TEST_RR 131, slt, 1, -1, 0
        TEST_RR 132, sltu, 0, -1, 0
        li a1, 5
        sltiu a0, a1, -1                # the immediate is extended by its sign, then compared without
        TEST_CASE 133, a0, 1
        li a1, 0xffffffff
        addiw a0, a1, 0
        TEST_CASE 134, a0, -1
        sraiw a0, a1, 4
        TEST_CASE 135, a0, -1
        srliw a0, a1, 4
        TEST_CASE 136, a0, 0x0fffffff
        slliw a0, a1, 31
        TEST_CASE 137, a0, -0x80000000

        # lui and auipc.
        .macro UPPER n, imm, expected
        lui a0, \imm
        TEST_CASE \n, a0, \expected
        auipc a1, \imm
        auipc a2, 0
        sub a1, a1, a2
        addi a1, a1, 4
        TEST_CASE \n, a1, \expected
        lui zero, \imm
        auipc zero, \imm
        TEST_CASE \n, zero, 0
        .endm
        UPPER 140, 0, 0
        UPPER 141, 1, 0x1000
        UPPER 142, 0x7ffff, 0x7ffff000
        UPPER 143, 0x80000, -0x80000000
        UPPER 144, 0xfffff, -0x1000
        UPPER 145, 0x12345, 0x12345000

        # Every register as source and destination, each with its own value.
        .irp r, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        li x\r, \r * 0x1000001
        .endr
        add x1, x1, x2
        .irp r, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        add x1, x1, x\r
        .endr
        mv a0, x1
        TEST_CASE 150, a0, 496 * 0x1000001
        .irp r, 1,2,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        li x\r, -\r
        xor x\r, x\r, zero
        slli x\r, x\r, 3
        addi x\r, x\r, -\r
        li x3, -9 * \r
        beq x\r, x3, 83f
        li gp, 151
        j fail
83:
        .endr

        # fence does nothing, whatever its operands are.
        fence
        fence rw, w
        fence.tso
        .4byte 0x0000000f | 5 << 7 | 6 << 15    # rd and rs1 are reserved, and ignored
        .4byte 0x0000100f | 5 << 7 | 6 << 15    # of fence.i, too
        fence.i
        j pass

        .balign 8
values: .dword 0, 1, 2, 3, -1, -2, 31, 32, 63, 64
        .dword 0x7f, 0x80, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000
        .dword 0x7fffffffffffffff, 0x8000000000000000, 0xffffffff80000000, 0xffffffff7fffffff
        .dword 0x0123456789abcdef, 0xfedcba9876543210, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa
values_end:
        FINISH
