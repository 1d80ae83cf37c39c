# SPDX-License-Identifier: GPL-3.0-or-later
# shell: reads a line, does what it says. It edits and echoes what is typed, since
# the kernel does neither.

        .include "user.inc"

.equ LINE_MAX,  128
.equ COMMAND_SIZE, 12   # an entry of the table of commands
.equ BACKSPACE, 8
.equ DELETE,    127
.equ FIRST_PRINTABLE, 32

        .text
        .globl  shell
shell:  addi    sp, sp, -LINE_MAX       # s0: the line
        mv      s0, sp
        li      s1, 0                   # s1: CPU limit of what is run
prompt: say     "$ "
        call    read_line
        la      s2, commands            # s2: entry of the table
1:      lw      t0, 0(s2)               # its handler
        beqz    t0, unknown
        mv      a0, s0
        addi    a1, s2, 4
        call    u_word
        bnez    a0, found
        addi    s2, s2, COMMAND_SIZE
        j       1b
found:  lw      t0, 0(s2)
        la      t1, commands
        add     t0, t0, t1
        jr      t0

unknown:
        lbu     t0, 0(s0)
        beqz    t0, prompt              # an empty line
        say     "unknown command; try help\n"
        j       prompt

# The table of commands: handler (from the table's start), name. A handler finds in
# a0 what stands behind the word, and ends with a jump to prompt.
.macro command name
        .word   do_\name - commands
1:      .asciz  "\name"
        .zero   COMMAND_SIZE - 4 - (. - 1b)
.endm
        .balign 4
commands:
        command help
        command ps
        command run
        command time
        command kill
        command wait
        command limit
        command sleep
        command exit
        .word   0

# Reads a line into s0, without its end, NUL-terminated.
read_line:
        addi    sp, sp, -16
        sd      ra, 8(sp)
        li      s3, 0                   # s3: its length
1:      li      a0, 0
        mv      a1, sp
        li      a2, 1
        sys     read
        blez    a0, 1b
        lbu     t0, 0(sp)
        beqi    t0, '\r', 3f
        beqi    t0, '\n', 3f
        beqi    t0, BACKSPACE, 2f
        beqi    t0, DELETE, 2f
        bltui   t0, FIRST_PRINTABLE, 1b
        bgeui   s3, LINE_MAX-1, 1b
        add     t1, s0, s3
        sb      t0, 0(t1)
        addi    s3, s3, 1
        mv      a1, sp                  # echo
        li      a2, 1
        call    u_write
        j       1b
2:      beqz    s3, 1b
        addi    s3, s3, -1
        la      a0, rub_out
        call    u_print
        j       1b
3:      add     t1, s0, s3
        sb      zero, 0(t1)
        say     "\n"
        ld      ra, 8(sp)
        addi    sp, sp, 16
        ret

do_help:
        la      a0, help_text
        call    u_print
        j       prompt

do_ps:  addi    sp, sp, -PS_SIZE - 8
        say     "PID PARENT STATE NAME\n"
        li      s3, 0                   # s3: place in the kernel's table
1:      mv      a0, s3
        mv      a1, sp
        sys     ps
        bltz    a0, 3f
        beqz    a0, 2f
        call    u_decimal
        say     " "
        ld      a0, P_PARENT - P_STATE(sp)
        call    u_decimal
        la      a0, states
        ld      t0, 0(sp)               # P_STATE
        slli    t0, t0, 3
        add     a0, a0, t0
        call    u_print
        addi    a0, sp, P_NAME - P_STATE
        call    u_print
        say     "\n"
2:      addi    s3, s3, 1
        j       1b
3:      addi    sp, sp, PS_SIZE + 8
        j       prompt

do_run: call    start
        beqz    s4, 1f
        sys     yield                   # let it start
        say     "started\n"
        j       prompt
1:      call    finish
        j       prompt

do_time:
        mv      s5, a0
        sys     uptime
        mv      s6, a0                  # s6: ticks before
        mv      a0, s5
        call    start
        call    finish
        sys     uptime
        sub     s6, a0, s6
        say     "ticks "
        mv      a0, s6
        call    u_decimal
        say     "\n"
        j       prompt

do_kill:
        li      a1, 0
        call    u_number
        mv      s3, a1
        mv      a0, a1
        sys     kill
        mv      a0, s3
        call    finish                  # which knows if there was one
        j       prompt

do_wait:
        li      a1, 0
        call    u_number
        mv      a0, a1
        call    finish
        j       prompt

do_limit:
        li      a1, 0
        call    u_number
        mv      s1, a1
        j       prompt

do_sleep:
        li      a1, 0
        call    u_number
        mv      a0, a1
        sys     sleep
        j       prompt

do_exit:
        li      a1, 0
        call    u_number
        mv      a0, a1
        sys     exit

# Starts the program that the text at a0 names. out: a0 = pid or error; s4 = 1 if it
# is to run in the background
start:  li      s4, 0
        mv      a1, a0
1:      lbu     t0, 0(a1)               # a1: behind the name
        beqz    t0, 3f
        addi    t0, t0, -' '
        beqz    t0, 2f
        addi    a1, a1, 1
        j       1b
2:      sb      zero, 0(a1)
        addi    a1, a1, 1
3:      mv      t1, a1                  # is the last character an "&"?
4:      lbu     t0, 0(t1)
        beqz    t0, 5f
        addi    t1, t1, 1
        addi    t0, t0, -'&'
        seqz    s4, t0
        j       4b
5:      mv      a2, s1
        j       u_spawn

# Waits for a child and reports a status that is not 0. in: a0 = pid, or no pid
finish: addi    sp, sp, -16
        sd      ra, 0(sp)
        blez    a0, 1f
        call    u_wait
        beqz    a0, 2f
        bltz    a0, 1f
        mv      s3, a0
        say     "status "
        mv      a0, s3
        call    u_decimal
        say     "\n"
        j       2f
1:      say     "no such process\n"
2:      ld      ra, 0(sp)
        addi    sp, sp, 16
        ret

        .section .rodata
help_text:
        .ascii  "help                  this text\n"
        .ascii  "ps                    list processes\n"
        .ascii  "run PROGRAM [ARG] [&] run a program (in the background)\n"
        .ascii  "time PROGRAM [ARG]    run it and say how many ticks that took\n"
        .ascii  "kill PID              end a process\n"
        .ascii  "wait PID              wait for one that runs in the background\n"
        .ascii  "limit TICKS           CPU limit of what is run from now on (0: none)\n"
        .ascii  "sleep TICKS           do nothing for a while\n"
        .ascii  "exit [STATUS]         halt the machine\n"
        .asciz  "programs: hello primes forktree pipe pfstorm sysstorm diskcopy misbehave\n"
states: .ascii  " ?     \0 run   \0 wait  \0 ended \0"
rub_out:
        .byte   BACKSPACE, ' ', BACKSPACE, 0
