# SPDX-License-Identifier: GPL-3.0-or-later
# init: process 1. Its argument is the boot argument; it runs the programs that are
# named there and ends, and with it the machine, with their first nonzero status.
# If none is named it becomes the shell.

        .include "user.inc"

        .text
        .globl  init
# s0: text to look at, s1: status, s2: has anything run?, s3: CPU limit
init:   mv      s0, a0
        li      s1, 0
        li      s2, 0
        li      s3, 0
        call    words
        beqz    s2, 1f
        mv      a0, s1
        sys     exit
1:      la      a0, shell_name
        mv      a1, s0                  # it is at its end: an empty argument
        sys     exec
        sys     exit

# Obeys every word of the text at s0, but for those that mean nothing.
words:  addi    sp, sp, -16
        sd      ra, 0(sp)
next:   lbu     t0, 0(s0)
        beqz    t0, 2f
        la      a1, run_word
        call    prefix
        bnez    a0, run_list
        la      a1, par_word
        call    prefix
        bnez    a0, par_list
        la      a1, limit_word
        call    prefix
        bnez    a0, set_limit
        la      a1, tick_word
        call    prefix
        bnez    a0, set_tick
        la      a1, demo_word
        call    prefix
        bnez    a0, demo
skip:   lbu     t0, 0(s0)               # on to the next word
        beqz    t0, 2f
        addi    s0, s0, 1
        addi    t0, t0, -' '
        bnez    t0, skip
        j       next
2:      ld      ra, 0(sp)
        addi    sp, sp, 16
        ret

set_limit:
        mv      a0, s0
        li      a1, 0
        call    u_number
        mv      s0, a0
        mv      s3, a1
        j       skip

set_tick:
        mv      a0, s0
        li      a1, 0
        call    u_number
        mv      s0, a0
        mv      a0, a1
        sys     settick
        j       skip

demo:   addi    sp, sp, -16
        sd      s0, 0(sp)
        la      s0, demo_words
        call    words
        ld      s0, 0(sp)
        addi    sp, sp, 16
        j       skip

run_list:                               # one after the other
        call    start
        beqz    a0, skip
        call    u_wait
        call    note
        j       run_list

par_list:                               # all at once; statuses count in list order
        mv      s4, sp
1:      call    start
        beqz    a0, 2f
        addi    sp, sp, -16             # pids, from s4 downwards
        sd      a0, 0(sp)
        j       1b
2:      mv      s5, s4
3:      beq     s5, sp, 4f
        addi    s5, s5, -16
        ld      a0, 0(s5)
        call    u_wait
        call    note
        j       3b
4:      mv      sp, s4
        j       skip

# Remembers the first nonzero status. in: a0 = status, or error
note:   li      s2, 1
        beqz    a0, 1f
        bnez    s1, 1f
        andi    s1, a0, 0xff
1:      ret

# Starts the next program, NAME[:ARGUMENT...], of the list at s0, and moves s0 past
# it. out: a0 = pid or error; 0: the list has ended
start:  lbu     t0, 0(s0)
        beqz    t0, 5f
        addi    t0, t0, -' '
        beqz    t0, 5f
        addi    sp, sp, -ARG_MAX - 16
        sd      ra, ARG_MAX(sp)
        mv      a0, sp                  # a0: name
        li      a1, 0                   # a1: argument, once we have met it
        mv      t1, sp                  # t1: where the next byte goes
1:      lbu     t0, 0(s0)
        beqz    t0, 4f
        addi    t2, t0, -' '
        beqz    t2, 4f
        addi    s0, s0, 1
        addi    t2, t0, -','
        beqz    t2, 4f
        addi    t2, t0, -':'
        bnez    t2, 3f
        li      t0, ' '                 # between the numbers of an argument
        bnez    a1, 3f
        li      t0, 0                   # behind the name
        addi    a1, t1, 1
3:      sb      t0, 0(t1)
        addi    t1, t1, 1
        j       1b
4:      sb      zero, 0(t1)
        bnez    a1, 2f
        mv      a1, t1                  # none: the empty string
2:      mv      a2, s3
        call    u_spawn
        ld      ra, ARG_MAX(sp)
        addi    sp, sp, ARG_MAX + 16
        ret
5:      li      a0, 0
        ret

# Does the text at s0 begin with the string at a1? Then s0 moves behind it.
# out: a0 = 1 or 0
prefix: mv      t0, s0
1:      lbu     t1, 0(a1)
        beqz    t1, 2f
        lbu     t2, 0(t0)
        addi    t0, t0, 1
        addi    a1, a1, 1
        beq     t1, t2, 1b
        li      a0, 0
        ret
2:      mv      s0, t0
        li      a0, 1
        ret

        .section .rodata
run_word:
        .asciz  "run="
par_word:
        .asciz  "par="
limit_word:
        .asciz  "limit="
tick_word:
        .asciz  "tick="
demo_word:
        .asciz  "demo"
demo_words:
        .asciz  "run=hello,primes,forktree:3,pipe,pfstorm:20:5,sysstorm:2000,misbehave"
shell_name:
        .asciz  "shell"
