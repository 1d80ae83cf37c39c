# SPDX-License-Identifier: GPL-3.0-or-later
#
# Branches over all pairs of corner values; jumps at all distances; links; targets in the middle of what was decoded.
        .include "test.inc"
        START
        la s1, values
        la s2, values_end

        .macro SUM_BRANCHES op, sum         # the sum of 1 (taken) and 3 (not) over all pairs, forward and back
        mv a0, s1
81:     ld a2, 0(a0)
        mv a1, s1
82:     ld a3, 0(a1)
        li a4, 1
        \op a2, a3, 83f
        li a4, 3
83:     SUM_UP a4
        li a4, 1
        j 85f
84:     li a4, 5
        j 86f
85:     \op a2, a3, 84b
86:     SUM_UP a4
        li a4, 1
        \op a2, a2, 87f
        li a4, 3
87:     SUM_UP a4
        li a4, 1
        \op zero, a3, 88f
        li a4, 3
88:     SUM_UP a4
        addi a1, a1, 8
        bne a1, s2, 82b
        addi a0, a0, 8
        bne a0, s2, 81b
        TEST_SUM n, \sum
        .set n, n + 1
        .endm
        .set n, 1
        SUM_BRANCHES beq, 0xc4892d14a1fc97f2
        SUM_BRANCHES bne, 0x98dbce85345321aa
        SUM_BRANCHES blt, 0xc240831dc08c6eed
        SUM_BRANCHES bge, 0x9b24787c15c34aaf
        SUM_BRANCHES bltu, 0x49dbca953413ea4f
        SUM_BRANCHES bgeu, 0x13893104a23bcf4e

        # As far as a branch reaches: +4094 and -4096.
        li a0, 0
        j 2f
        .balign 4
1:      addi a0, a0, 1
        j 4f
        .space 4096 - 8 - 8
2:      addi a0, a0, 2
        addi a0, a0, 4
3:      .4byte 0x80000063               # beq zero, zero, -4096
        li gp, 10
        j fail
4:      TEST_CASE 10, a0, 7
        .4byte 0x7e000fe3               # beq zero, zero, +4094
        .option push
        .option rvc
        .space 4090
        c.nop                           # at 4094
        .option pop

        # jal: links, and as far as it reaches.
        jal ra, 1f
0:      li gp, 11
        j fail
1:      la a0, 0b
        TEST_SAME 11, a0, ra
        jal a1, 1f
0:
1:      la a0, 0b
        TEST_SAME 12, a0, a1
        jal zero, 1f
        j fail
1:      j over                          # nearly 1 MiB on, and back
back:   TEST_CASE 13, a2, 5
        la a0, far                      # 2 MiB on, by registers
        jr a0

        # jalr: both kinds of operand, bit 0 of the sum dropped, rd = rs1.
returned:
        la a0, 1f
        jalr a0, 0(a0)
0:      j fail
1:      la a1, 0b
        TEST_SAME 15, a0, a1
        la a0, 1f + 1                   # an odd address
        jr a0
        j fail
1:      la a0, 1f
        addi a0, a0, -2047
        jalr ra, 2047(a0)
        j fail
1:      li a0, 0
        la a0, 1f
        li a1, 2048
        add a0, a0, a1
        jalr zero, -2048(a0)
        j fail
1:      la a0, 1f
        jalr zero, 1(a0)
        j fail
1:      TEST_CASE 16, zero, 0

        # Into the middle of an instruction: the upper half of this lui is c.li a0, 1.
        li a0, 0
        la a1, 1f + 2
        jr a1
        .balign 4
1:      .4byte 0x45050537               # lui a0, 0x45050 | c.li a0, 1
        TEST_CASE 17, a0, 1
        la a1, 1b
        li a2, 1
        bnez a2, 1f
1:
        # A loop through the same block from both ends, with a countdown long enough to be linked.
        li a0, 1000
        li a1, 0
1:      andi a2, a0, 1
        beqz a2, 2f
        addi a1, a1, 3
        j 3f
2:      addi a1, a1, 5
3:      addi a0, a0, -1
        bnez a0, 1b
        TEST_CASE 18, a1, 4000

        # Calls from many places to one routine, and recursion.
        li sp, DATA
        li a0, 0
        .rept 20
        call add_one
        .endr
        TEST_CASE 19, a0, 20
        li a0, 15
        call fibonacci
        TEST_CASE 20, a1, 610

        # Where nothing can be fetched.
        la s6, 1f
        li a0, NOWHERE
        TRAPPING
        mv s5, a0
        jr a0
1:      TRAPPED 21, INSN_ACCESS, NOWHERE
        DIFFERS device-fetch, 2f
        la s6, 1f
        li a0, UART
        mv s5, a0
        li s7, 0
        jr a0
1:      TRAPPED 22, INSN_ACCESS, UART
2:
        la s6, 1f
        li a0, 1 << 60
        mv s5, a0
        li s7, 0
        jalr s4, (a0)                   # the link is written: the jump itself completes
0:
1:      TRAPPED 23, INSN_ACCESS, 1 << 60
        la a0, 0b
        TEST_SAME 24, a0, s4
        j pass

add_one: addi a0, a0, 1
        ret
fibonacci:                              # a1 = fibonacci(a0)
        li a1, 1
        li t0, 2
        ble a0, t0, 1f
        addi sp, sp, -32
        sd ra, 0(sp)
        sd a0, 8(sp)
        addi a0, a0, -1
        call fibonacci
        sd a1, 16(sp)
        ld a0, 8(sp)
        addi a0, a0, -2
        call fibonacci
        ld a0, 16(sp)
        add a1, a1, a0
        ld ra, 0(sp)
        addi sp, sp, 32
1:      ret

        .balign 8
values: .dword 0, 1, 2, -1, -2, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000
        .dword 0x7fffffffffffffff, 0x8000000000000000, 0x8000000000000001, 0xffffffff80000000
values_end:
        FINISH
        .space 0xfe000
over:   li a2, 5
        j back
        .space 0x100000
far:    la a0, returned
        jr a0
