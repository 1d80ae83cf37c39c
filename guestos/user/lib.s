# SPDX-License-Identifier: GPL-3.0-or-later
# Routines that the user programs share. They follow the calling convention, so
# they keep s0-s11. Names begin with u_, for the kernel is in the same image.

        .include "user.inc"

        .text
        .globl  u_print
# in: a0 = string
u_print:
        mv      a1, a0
        mv      a2, a0
1:      lbu     t0, 0(a2)
        addi    a2, a2, 1
        bnez    t0, 1b
        sub     a2, a2, a1
        addi    a2, a2, -1              # bytes before the NUL

        .globl  u_write
# Writes all of it to the console. in: a1 = bytes, a2 = how many
u_write:
        blez    a2, 1f
        li      a0, 1
        sys     write
        bltz    a0, 1f
        add     a1, a1, a0
        sub     a2, a2, a0
        j       u_write
1:      ret

        .globl  u_decimal
# in: a0 = unsigned number to print
u_decimal:
        addi    sp, sp, -48
        sd      ra, 40(sp)
        li      t0, 10
        addi    a1, sp, 32              # a1: first digit, digits grow downwards
1:      remu    t1, a0, t0
        addi    t1, t1, '0'
        addi    a1, a1, -1
        sb      t1, 0(a1)
        divu    a0, a0, t0
        bnez    a0, 1b
        addi    a2, sp, 32
        sub     a2, a2, a1
        call    u_write
        ld      ra, 40(sp)
        addi    sp, sp, 48
        ret

        .globl  u_hex
# in: a0 = number to print, as 16 digits
u_hex:  addi    sp, sp, -32
        sd      ra, 24(sp)
        mv      a1, sp
        li      t0, 64
1:      addi    t0, t0, -4
        srl     t1, a0, t0
        andi    t1, t1, 15
        slti    t2, t1, 10
        addi    t1, t1, '0'
        bnez    t2, 2f
        addi    t1, t1, 'a' - '0' - 10
2:      sb      t1, 0(a1)
        addi    a1, a1, 1
        bnez    t0, 1b
        mv      a1, sp
        li      a2, 16
        call    u_write
        ld      ra, 24(sp)
        addi    sp, sp, 32
        ret

        .globl  u_number
# Reads a decimal number, after spaces. in: a0 = string, a1 = the answer if there
# is none; out: a0 = where it ends, a1 = number
u_number:
        lbu     t0, 0(a0)
        li      t1, ' '
        bne     t0, t1, 1f
        addi    a0, a0, 1
        j       u_number
1:      li      t1, 10
        addi    t0, t0, -'0'
        bgeu    t0, t1, 3f
        li      a1, 0
2:      mul     a1, a1, t1
        add     a1, a1, t0
        addi    a0, a0, 1
        lbu     t0, 0(a0)
        addi    t0, t0, -'0'
        bltu    t0, t1, 2b
3:      ret

        .globl  u_word
# Is the text at a0 the word at a1, wholly and followed by a space or the end?
# out: a0 = behind it and its spaces, or 0
u_word: lbu     t0, 0(a0)
        lbu     t1, 0(a1)
        beqz    t1, 1f
        bne     t0, t1, 3f
        addi    a0, a0, 1
        addi    a1, a1, 1
        j       u_word
1:      beqz    t0, 2f
        li      t1, ' '
        bne     t0, t1, 3f
        addi    a0, a0, 1
        lbu     t0, 0(a0)
        beq     t0, t1, 1b
2:      ret
3:      li      a0, 0
        ret

        .globl  u_spawn
# Runs a program in a child. in: a0 = name, a1 = argument, a2 = CPU limit or 0;
# out: a0 = pid or error
u_spawn:
        mv      t0, a0
        sys     fork
        bnez    a0, 1f
        mv      s0, t0                  # the child keeps no promise
        mv      a0, a2
        sys     limit
        mv      a0, s0
        sys     exec
        mv      a0, s0
        call    u_print
        la      a0, no_program
        call    u_print
        li      a0, 1
        sys     exit
1:      ret

        .globl  u_wait
# in: a0 = pid; out: a0 = its exit status, or error
u_wait: addi    sp, sp, -16
        mv      a1, sp
        sys     wait
        bltz    a0, 1f
        ld      a0, 0(sp)
1:      addi    sp, sp, 16
        ret

        .section .rodata
no_program:
        .asciz  ": no such program\n"
