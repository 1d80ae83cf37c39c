# SPDX-License-Identifier: GPL-3.0-or-later
# sysstorm [N]: calls getpid N times.

        .include "user.inc"

        .text
        .globl  sysstorm
sysstorm:
        li      a1, 10000
        call    u_number
        mv      s0, a1
        mv      s1, a1
1:      beqz    s1, 2f
        sys     getpid
        addi    s1, s1, -1
        j       1b
2:      say     "sysstorm: calls "
        mv      a0, s0
        call    u_decimal
        say     "\n"
        li      a0, 0
        sys     exit
