# SPDX-License-Identifier: GPL-3.0-or-later
# pipe [N]: a producer writes the numbers 1 to N into a pipe, in blocks that do not
# divide its size; a consumer, its parent, reads and adds them up.

        .include "user.inc"

.equ BLOCK,     24                      # numbers

        .text
        .globl  pipe
pipe:   li      a1, 2000
        call    u_number
        mv      s0, a1                  # s0: N
        addi    sp, sp, -8*BLOCK - 16
        addi    a0, sp, 8*BLOCK
        sys     pipe
        bnez    a0, failed
        ld      s1, 8*BLOCK(sp)         # s1: reading end, s2: writing end
        ld      s2, 8*BLOCK+8(sp)
        sys     fork
        bltz    a0, failed
        bnez    a0, consumer

        mv      a0, s1                  # producer
        sys     close
        li      s3, 0                   # s3: numbers sent
1:      bgeu    s3, s0, 4f
        li      s4, 0                   # s4: bytes in the block
2:      addi    s3, s3, 1
        add     t0, sp, s4
        sd      s3, 0(t0)
        addi    s4, s4, 8
        bgeu    s3, s0, 3f
        li      t0, 8*BLOCK
        bltu    s4, t0, 2b
3:      mv      s5, sp                  # s5: first byte that is not written yet
        add     s4, s4, sp
5:      mv      a0, s2
        mv      a1, s5
        sub     a2, s4, s5
        sys     write
        bltz    a0, failed
        add     s5, s5, a0
        bltu    s5, s4, 5b
        j       1b
4:      li      a0, 0
        sys     exit

consumer:
        mv      s6, a0                  # s6: the producer
        mv      a0, s2
        sys     close                   # or the end would never come
        li      s3, 0                   # s3: numbers, s4: their sum
        li      s4, 0
1:      li      s5, 0                   # s5: bytes of this number
2:      mv      a0, s1
        add     a1, sp, s5
        li      a2, 8
        sub     a2, a2, s5
        sys     read
        bltz    a0, failed
        beqz    a0, 3f
        add     s5, s5, a0
        slti    t0, s5, 8
        bnez    t0, 2b
        ld      t0, 0(sp)
        add     s4, s4, t0
        addi    s3, s3, 1
        j       1b
3:      mv      a0, s6
        call    u_wait
        mv      s6, a0
        say     "pipe: numbers "
        mv      a0, s3
        call    u_decimal
        say     ", sum "
        mv      a0, s4
        call    u_decimal
        say     "\n"
        addi    t0, s0, 1               # N (N + 1) / 2
        mul     t0, t0, s0
        srli    t0, t0, 1
        sub     t0, t0, s4
        or      t0, t0, s6
        snez    a0, t0
        sys     exit

failed: say     "pipe: a call failed\n"
        li      a0, 1
        sys     exit
