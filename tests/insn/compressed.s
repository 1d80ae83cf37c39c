# SPDX-License-Identifier: GPL-3.0-or-later
#
# Compressed instructions: every one, all immediates that differ in a bit, all eight small registers; reserved words.
        .include "test.inc"
        START
        .option rvc
        li s1, DATA
        # The sum is kept in t2: s0 is a small register.
        .macro SMALL value
        .irp r, 8,9,10,11,12,13,14,15
        li x\r, \value + \r * 0x1111
        .endr
        .endm
        .macro SUM_SMALL                # adds x8..x15 to t2
        .irp r, 8,9,10,11,12,13,14,15
        slli t5, t2, 7
        srli t2, t2, 57
        or t2, t2, t5
        add t2, t2, x\r
        .endr
        .endm
        .macro SUM_T2 n, sum
        mv s0, t2
        .option norvc
        TEST_SUM \n, \sum
        .option rvc
        li t2, 0
        .endm

        li t2, 0
        # two registers
        .irp op, c.sub, c.xor, c.or, c.and, c.subw, c.addw
        .irp value, 0, 0x7fffffff, -0x123456789ab
        SMALL \value
        \op x8, x15
        \op x9, x14
        \op x10, x13
        \op x11, x12
        \op x12, x8
        \op x13, x13
        \op x14, x9
        \op x15, x10
        SUM_SMALL
        .endr
        .endr
        SUM_T2 1, 0x7ab0b9d57b126cc0
        # small immediates
        .irp imm, -32, -31, -16, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16, 31
        SMALL 0x123456789abcd
        .irp r, 8,9,10,11,12,13,14,15
        c.andi x\r, \imm
        .endr
        SUM_SMALL
        .endr
        .irp imm, -32, -31, -16, -8, -4, -2, -1, 1, 2, 4, 8, 16, 31
        SMALL 0x7ffffff8
        .irp r, 8,9,10,11,12,13,14,15
        c.addi x\r, \imm
        .endr
        SUM_SMALL
        SMALL 0x7ffffff8 - 0x9000
        .irp r, 8,9,10,11,12,13,14,15
        c.addiw x\r, \imm
        .endr
        SUM_SMALL
        .irp r, 8,9,10,11,12,13,14,15
        c.li x\r, \imm
        .endr
        SUM_SMALL
        .endr
        c.addiw x8, 0
        SUM_SMALL
        SUM_T2 2, 0x8301d2294e3c1f81
        .irp imm, 1, 2, 4, 8, 16, 32, 31, 63
        SMALL -0x123456789abcdef
        .irp r, 8,9,10,11,12,13,14,15
        c.srli x\r, \imm
        .endr
        SUM_SMALL
        SMALL -0x123456789abcdef
        .irp r, 8,9,10,11,12,13,14,15
        c.srai x\r, \imm
        .endr
        SUM_SMALL
        SMALL -0x123456789abcdef
        .irp r, 8,9,10,11,12,13,14,15
        c.slli x\r, \imm
        .endr
        SUM_SMALL
        .endr
        SUM_T2 3, 0x012b2b6eab9c45dc
        .irp imm, 1, 2, 4, 8, 16, 31, 0xfffe0, 0xfffff, 0xffff0
        .irp r, 8,9,10,11,12,13,14,15
        c.lui x\r, \imm
        .endr
        SUM_SMALL
        .endr
        SUM_T2 4, 0xebaf80e2c60c5ad3

        # the stack pointer
        .irp imm, 4, 8, 16, 32, 64, 128, 256, 512, 1020
        li sp, 0x1000
        .irp r, 8,9,10,11,12,13,14,15
        c.addi4spn x\r, sp, \imm
        .endr
        SUM_SMALL
        .endr
        .irp imm, -512, -256, -128, -64, -32, -16, 16, 32, 64, 128, 256, 496
        c.addi16sp sp, \imm
        mv a0, sp
        SUM_SMALL
        .endr
        SUM_T2 5, 0x79d3c770349f99e9

        # memory
        li t0, DATA
        li t1, DATA + 0x300
1:      slli t3, t0, 17
        sub t3, t3, t0
        not t3, t3
        sd t3, 0(t0)
        addi t0, t0, 8
        bne t0, t1, 1b
        .macro EACH_BASE op, at, imm    # at: register that is loaded or stored
        .irp r, 8,9,10,11,12,13,14,15
        li x\r, DATA
        \op x\at, \imm(x\r)
        SUM_SMALL
        .endr
        .endm
        .irp imm, 0, 4, 8, 16, 32, 64, 124
        EACH_BASE c.lw, 8, \imm
        EACH_BASE c.lw, 15, \imm
        EACH_BASE c.sw, 9, \imm
        EACH_BASE c.sw, 14, \imm
        EACH_BASE c.lw, 10, \imm
        .endr
        .irp imm, 0, 8, 16, 32, 64, 128, 248
        EACH_BASE c.ld, 8, \imm
        EACH_BASE c.ld, 15, \imm
        EACH_BASE c.sd, 9, \imm
        EACH_BASE c.sd, 14, \imm
        EACH_BASE c.ld, 10, \imm
        .endr
        li sp, DATA
        .irp imm, 0, 4, 8, 16, 32, 64, 128, 252
        c.lwsp x8, \imm(sp)
        c.lwsp x31, \imm(sp)
        mv x9, x31
        c.swsp x9, \imm(sp)
        c.lwsp x10, \imm(sp)
        SUM_SMALL
        .endr
        .irp imm, 0, 8, 16, 32, 64, 128, 256, 504
        c.ldsp x8, \imm(sp)
        c.ldsp x31, \imm(sp)
        mv x9, x31
        addi x9, x9, 3
        c.sdsp x9, \imm(sp)
        c.ldsp x10, \imm(sp)
        SUM_SMALL
        .endr
        li t0, DATA
        li t1, DATA + 0x300
1:      ld a0, 0(t0)
        SUM_SMALL
        addi t0, t0, 8
        bne t0, t1, 1b
        SUM_T2 6, 0xed07010473e49d07

        # any register
        .irp r, 5,6,7,10,15,16,20,28,29,30,31
        c.li x\r, \r - 16
        c.mv x8, x\r
        SUM_SMALL
        c.add x\r, x8
        c.addi x\r, 3
        c.slli x\r, 2
        c.lui x9, 3
        c.add x\r, x9
        c.mv x9, x\r
        SUM_SMALL
        .endr
        SUM_T2 7, 0x3f6443d3417f7343
        .option norvc

        # jumps and branches
        .option rvc
        li a0, 0
        c.j 1f
        c.addi a0, 1
1:      c.li a1, 0
        c.beqz a1, 1f
        c.addi a0, 2
1:      c.bnez a1, 1f
        c.addi a0, 4
1:      c.li a1, 1
        c.beqz a1, 1f
        c.addi a0, 8
1:      c.bnez a1, 1f
        c.addi a0, 16
1:      la a1, 1f
        c.jr a1
        c.addi a0, 16
1:      la a1, 1f
        c.jalr a1
0:      c.addi a0, 16
1:      la a2, 0b
        .option norvc
        TEST_CASE 20, a0, 12
        TEST_SAME 21, a2, ra            # the link of a compressed jump is two bytes on
        la a1, 1f
        .option rvc
        mv ra, a1
        c.jalr ra                       # rd = rs1
0:      c.addi a0, 1
1:      la a2, 0b
        .option norvc
        TEST_SAME 22, a2, ra
        .irp r, 8,9,10,11,12,13,14,15
        li x\r, 0
        .option rvc
        c.beqz x\r, 1f
        .option norvc
        j fail
1:      li x\r, 1 << 40
        .option rvc
        c.bnez x\r, 1f
        .option norvc
        j fail
1:
        .endr
        # as far as they reach: c.j -2048 .. 2046, c.beqz -256 .. 254
        .balign 4
        li a0, 0
        j 2f
1:      j 3f
        .space 2048 - 4
2:      .2byte 0xb001                   # c.j -2048
        j fail
3:      .2byte 0xaffd                   # c.j +2046
        .space 2044
        j 2f
        .balign 4
1:      j 3f
        .space 256 - 4
2:      .2byte 0xd101                   # c.beqz a0, -256
        j fail
3:      .2byte 0xcd7d                   # c.beqz a0, +254
        .space 252
        li gp, 23

        # Traps: epc, and two bytes of tval. The handler goes on at s6.
        .macro RESERVED n, half
        la s6, 1f
        li s7, 0
        la s5, 0f
0:      .2byte \half
        .2byte 0x9002                   # never reached
1:      TRAPPED \n, ILLEGAL, \half
        .endm
        RESERVED 30, 0x0000             # the illegal instruction
        RESERVED 31, 0x0004             # c.addi4spn x9, sp, 0
        RESERVED 32, 0x2001             # c.addiw x0
        RESERVED 33, 0x6101             # c.addi16sp 0
        RESERVED 34, 0x6201             # c.lui x4, 0
        RESERVED 35, 0x4002             # c.lwsp x0
        RESERVED 36, 0x6002             # c.ldsp x0
        RESERVED 37, 0x8002             # c.jr x0
        RESERVED 38, 0x2000             # c.fld
        RESERVED 39, 0xa000             # c.fsd
        RESERVED 40, 0x2002             # c.fldsp
        RESERVED 41, 0xa002             # c.fsdsp
        RESERVED 42, 0x8000             # reserved
        RESERVED 43, 0x9c41             # reserved
        RESERVED 44, 0x9c61
        RESERVED 45, 0x9fdd             # 0x9c41 with other registers

        # Hints: what would write x0 does nothing (unprivileged ISA, 16.7).
        .2byte 0x0005                   # c.nop 1
        .2byte 0x107d                   # c.nop -1
        .2byte 0x0501                   # c.addi a0, 0
        .2byte 0x4005                   # c.li zero, 1
        .2byte 0x6005                   # c.lui zero, 1
        .2byte 0x0006                   # c.slli zero, 1
        .2byte 0x8012                   # c.mv zero, tp
        .2byte 0x9012                   # c.add zero, tp
        TEST_CASE 50, zero, 0
        li a0, 1 << 40 | 5
        .2byte 0x8101                   # c.srli a0, 0
        .2byte 0x8501                   # c.srai a0, 0
        .2byte 0x0502                   # c.slli a0, 0
        TEST_CASE 51, a0, 1 << 40 | 5

        # c.ebreak
        la s6, 1f
        li s7, 0
        la s5, 0f
0:      .2byte 0x9002
        j fail
1:      TEST_CASE 52, s8, BREAKPOINT
        TEST_SAME 53, s10, s5
        j pass
        FINISH
