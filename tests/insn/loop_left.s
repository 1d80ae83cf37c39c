# SPDX-License-Identifier: GPL-3.0-or-later
#
# A handler of S-mode that traps itself, and a timer of M-mode that ends this after some hundred traps: no fault loop.
        .include "test.inc"
        START
        li s2, 3
1:      li t5, -1
        csrw medeleg, t5
        la t5, word
        csrw stvec, t5
        li s1, MTIMECMP
        li a0, MTIME
        ld a1, 0(a0)
        addi a1, a1, 9                  # 800 to 900 steps
        sd a1, 0(s1)
        li t5, 0x80
        csrw mie, t5
        la s6, 2f
        li a7, TO_M
        li t5, MIE | MPIE
        csrc mstatus, t5
        ENTER 1
        .balign 4
word:   .4byte 0
2:      csrw mie, zero
        TEST_CASE 1, s8, INTERRUPT | 7
        la a1, word
        TEST_SAME 2, a1, s10
        DIFFERS real-time, 3f
        csrr a0, scause
        TEST_CASE 3, a0, ILLEGAL
3:
        csrw medeleg, zero
        addi s2, s2, -1
        bnez s2, 1b
        j pass
        FINISH
