# SPDX-License-Identifier: GPL-3.0-or-later
# primes [N]: counts the primes below N with a sieve on the heap.

        .include "user.inc"

        .text
        .globl  primes
primes: li      a1, 10000
        call    u_number
        mv      s0, a1                  # s0: N
        mv      a0, s0
        sys     sbrk
        bltz    a0, 5f
        mv      s1, a0                  # s1: a byte a number, 0 while it may be prime
        li      s2, 0                   # s2: primes so far
        li      s3, 2                   # s3: number looked at
1:      bgeu    s3, s0, 4f
        add     t0, s1, s3
        lbu     t0, 0(t0)
        bnez    t0, 3f
        addi    s2, s2, 1
        mul     t0, s3, s3              # cross out its multiples
2:      bgeu    t0, s0, 3f
        add     t1, s1, t0
        li      t2, 1
        sb      t2, 0(t1)
        add     t0, t0, s3
        j       2b
3:      addi    s3, s3, 1
        j       1b
4:      mv      a0, s2
        call    u_decimal
        say     " primes below "
        mv      a0, s0
        call    u_decimal
        say     "\n"
        li      a0, 0
        sys     exit
5:      say     "primes: N is too large\n"
        li      a0, 1
        sys     exit
