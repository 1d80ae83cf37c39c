# SPDX-License-Identifier: GPL-3.0-or-later
#
# Counters and time: each read sees the value before its own instruction; an instruction that traps does not complete; a
# written value stands behind the write; who may read what.
        .include "test.inc"
        START
        DIFFERS instruction-counts, rights

        li sp, DATA

        # One apart for each instruction.
        .macro DISTANCE n, counter, expected, insns:vararg
        csrr a0, \counter
        \insns
        csrr a1, \counter
        sub a1, a1, a0
        TEST_CASE \n, a1, \expected
        .endm
        DISTANCE 1, minstret, 1
        DISTANCE 2, minstret, 2, nop
        DISTANCE 3, mcycle, 1
        DISTANCE 4, mcycle, 2, nop
        DISTANCE 5, instret, 1
        DISTANCE 6, cycle, 2, mv a3, a4
        DISTANCE 7, minstret, 2, lw a2, 0(sp)
        DISTANCE 8, minstret, 2, lw a2, 1(sp)
        DISTANCE 9, minstret, 2, csrr a2, mstatus
        DISTANCE 10, minstret, 2, fence.i
        DISTANCE 11, minstret, 2, sfence.vma
        DISTANCE 12, minstret, 2, csrw mscratch, a2
        # The handler's own count; the ecall is not in it, and its trap is a cycle.
        la a2, handler
        csrw mtvec, a2
        DISTANCE 13, minstret, 1 + 4, ecall
        DISTANCE 14, mcycle, 1 + 4 + 1, ecall
        DISTANCE 15, minstret, 1 + 4, .4byte 0
        DISTANCE 16, mcycle, 1 + 4 + 1, .4byte 0
        la a2, mtrap
        csrw mtvec, a2
        j 1f
        .balign 4
handler: csrr a3, mepc
        addi a3, a3, 4
        csrw mepc, a3
        mret
1:
        # Blocks of every length.
        .set length, 0
        .rept 70
        csrr a0, minstret
        .rept length
        addi a2, a2, 1
        .endr
        csrr a1, minstret
        sub a1, a1, a0
        TEST_CASE 20, a1, length + 1
        .set length, length + 1
        .endr
        # Loops.
        li a3, 1000
        csrr a0, minstret
1:      addi a3, a3, -1
        bnez a3, 1b
        csrr a1, minstret
        sub a1, a1, a0
        TEST_CASE 21, a1, 2001

        # Writes: what is written is there for the next instruction.
        li a0, 1000
        csrw minstret, a0
        csrr a1, minstret
        TEST_CASE 22, a1, 1000
        csrw mcycle, a0
        csrr a1, mcycle
        TEST_CASE 23, a1, 1000
        csrw mcycle, a0
        nop
        csrr a1, cycle
        TEST_CASE 24, a1, 1001
        csrrwi a1, minstret, 5
        csrr a2, minstret
        TEST_CASE 25, a2, 5
        csrw minstret, a0
        csrrsi a1, minstret, 7
        csrr a2, minstret
        TEST_CASE 26, a1, 1000
        TEST_CASE 27, a2, 1007
        li a0, -1
        csrw minstret, a0
        nop
        csrr a1, minstret
        TEST_CASE 28, a1, 0             # it wraps
        li a0, -2
        csrw mcycle, a0
        csrr a1, mcycle
        csrr a2, mcycle
        csrr a3, mcycle
        TEST_CASE 29, a1, -2
        TEST_CASE 30, a2, -1
        TEST_CASE 31, a3, 0

        # 100 steps a tick, by the CSR and by the CLINT; a step that begins a tick sees it.
        li a0, MTIME
        csrr a1, time
        ld a2, 0(a0)
        csrr a3, time
        sub a3, a3, a1
        li a4, 2
        bltu a3, a4, 1f
        li gp, 40
        j fail
1:      li a3, 0
        csrr a1, time
2:      csrr a2, time
        addi a3, a3, 1
        beq a1, a2, 2b
3:      csrr a4, time                   # now a whole tick: 33 rounds of 3, and one step
        addi a3, a3, 1
        beq a2, a4, 3b
        csrr a0, mcycle
4:      csrr a5, time
        beq a5, a4, 4b
        csrr a1, mcycle
        sub a1, a1, a0
        li a2, 102
        bltu a1, a2, 5f
        li gp, 41
        j fail
5:      li a2, 94
        bgeu a1, a2, 5f
        li gp, 42
        j fail
5:      li a0, MTIME                    # a written time goes on from there
        li a1, 0x123456789a
        sd a1, 0(a0)
        csrr a2, time
        sub a2, a2, a1
        sltiu a2, a2, 2
        TEST_CASE 43, a2, 1
        sw zero, 4(a0)
        ld a2, 0(a0)
        srli a2, a2, 32
        TEST_CASE 44, a2, 0

        # Who may read: bit n of mcounteren for S, and of scounteren, too, for U.
rights:
        .macro RIGHTS n, m, s, bit, csr
        csrwi mcounteren, \m
        csrwi scounteren, \s
        ENTER 1
        .if \m & \bit
        csrr a0, \csr
        .else
        ILLEGAL_HERE \n, 1, csrr a0, \csr
        .endif
        LEAVE
        ENTER 0
        .if \m & \s & \bit
        csrr a0, \csr
        .else
        ILLEGAL_HERE \n, 1, csrr a0, \csr
        .endif
        LEAVE
        csrr a0, \csr
        .endm
        .irp m, 0, 1, 2, 4, 7
        .irp s, 0, 1, 2, 4, 7
        RIGHTS 50, \m, \s, 1, cycle
        RIGHTS 51, \m, \s, 2, time
        RIGHTS 52, \m, \s, 4, instret
        .endr
        .endr
        csrwi mcounteren, 7
        csrwi scounteren, 7
        ENTER 0                         # in U-mode: they go on, and cannot be written
        csrr a0, cycle
        csrr a1, cycle
        bltu a0, a1, 1f
        li gp, 53
        j fail
1:      ILLEGAL_HERE 54, 1, csrw cycle, a0
        ILLEGAL_HERE 54, 1, csrrs a0, instret, a0
        ILLEGAL_HERE 54, 1, csrr a0, mcycle
        LEAVE
        j pass
        FINISH
