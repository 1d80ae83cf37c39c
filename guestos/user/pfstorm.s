# SPDX-License-Identifier: GPL-3.0-or-later
# pfstorm [PAGES [ROUNDS]]: grows the heap, touches every page, gives it back, again
# and again. Every page must come as zeros although it was used before.

        .include "user.inc"

        .text
        .globl  pfstorm
pfstorm:
        li      a1, 100
        call    u_number
        mv      s0, a1                  # s0: pages
        li      a1, 10
        call    u_number
        mv      s1, a1                  # s1: rounds to go
        mul     s4, s0, s1
        slli    s2, s0, 12              # s2: bytes
        li      s3, 0                   # s3: or of all that was found
1:      beqz    s1, 3f
        mv      a0, s2
        sys     sbrk
        bltz    a0, 4f
        add     t1, a0, s2
        li      t2, PAGE
2:      ld      t0, 8(a0)               # zero when it comes
        or      s3, s3, t0
        sd      s1, 8(a0)
        add     a0, a0, t2
        bltu    a0, t1, 2b
        neg     a0, s2
        sys     sbrk
        addi    s1, s1, -1
        j       1b
3:      say     "pfstorm: pages "
        mv      a0, s4
        call    u_decimal
        bnez    s3, 5f
        say     ", all zero\n"
        li      a0, 0
        sys     exit
4:      say     "pfstorm: too many pages\n"
        li      a0, 1
        sys     exit
5:      say     ", not all zero\n"
        li      a0, 1
        sys     exit
