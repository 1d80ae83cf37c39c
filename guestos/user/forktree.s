# SPDX-License-Identifier: GPL-3.0-or-later
# forktree [DEPTH]: a binary tree of processes, all alive at once (2^(DEPTH + 1) - 1,
# so that DEPTH 5 fills the kernel's table). Each has its number on its stack, which
# it inherits and then changes: copy on write must keep them apart.

        .include "user.inc"

        .text
        .globl  forktree
forktree:
        li      a1, 4
        call    u_number
        mv      s0, a1                  # s0: levels below this process
        mv      s4, a1                  # s4: the same, of the root
        addi    sp, sp, -16
        li      t0, 1                   # 0(sp): this process's number, the root's is 1
        sd      t0, 0(sp)
        li      s3, 1                   # s3: are we the root?

node:   ld      s5, 0(sp)               # s5: our number
        li      s1, 1                   # s1: processes in this subtree
        li      s2, 0                   # s2: which child
1:      beqz    s0, 2f
        sys     fork
        bltz    a0, 2f
        beqz    a0, child
        addi    s2, s2, 1
        slti    t0, s2, 2
        bnez    t0, 1b
2:      li      a0, 0                   # any child
        call    u_wait
        bltz    a0, 3f                  # there is none left
        add     s1, s1, a0
        j       2b
3:      ld      t0, 0(sp)
        beq     t0, s5, 4f
        li      s1, 0                   # somebody has changed our number: a wrong count
4:      bnez    s3, 5f
        mv      a0, s1
        sys     exit

child:  ld      t0, 0(sp)               # our number is the parent's * 2 + s2
        slli    t0, t0, 1
        add     t0, t0, s2
        sd      t0, 0(sp)
        addi    s0, s0, -1
        li      s3, 0
        j       node

5:      say     "forktree: depth "
        mv      a0, s4
        call    u_decimal
        say     ", processes "
        mv      a0, s1
        call    u_decimal
        say     "\n"
        li      t0, 2                   # 2^(depth + 1) - 1 of them?
        sll     t0, t0, s4
        addi    t0, t0, -1
        sub     a0, t0, s1
        snez    a0, a0
        sys     exit
