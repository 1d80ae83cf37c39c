# SPDX-License-Identifier: GPL-3.0-or-later
# Descriptors: the small numbers by which a process reads and writes the console
# and pipes. What P_FILES holds for an open one is described in defs.inc.

        .include "defs.inc"

        .text
        .globl  sys_read
sys_read:                               # (descriptor, buffer, bytes) -> bytes; 0: the end
        enter
        call    file_at
        beqz    a0, 2f
        beqz    a2, 3f
        li      t0, FILE_CONSOLE
        beq     a0, t0, 1f
        andi    t0, a0, PIPE_WRITER
        bnez    t0, 2f
        call    pipe_read
        leave
1:      call    console_read
        leave
2:      li      a0, E_BADF
        leave
3:      li      a0, 0
        leave

        .globl  sys_write
sys_write:                              # (descriptor, buffer, bytes) -> bytes, perhaps fewer
        enter
        call    file_at
        beqz    a0, 2f
        beqz    a2, 3f
        li      t0, FILE_CONSOLE
        beq     a0, t0, 1f
        andi    t0, a0, PIPE_WRITER
        beqz    t0, 2f
        addi    a0, a0, -PIPE_WRITER
        call    pipe_write
        leave
1:      call    console_write
        leave
2:      li      a0, E_BADF
        leave
3:      li      a0, 0
        leave

        .globl  sys_close
sys_close:                              # (descriptor)
        enter
        call    file_at
        beqz    a0, 1f
        sd      zero, 0(t0)
        call    file_release
        li      a0, 0
        leave
1:      li      a0, E_BADF
        leave

# in: a0 = descriptor; out: a0 = its file, or 0 if it is closed or none; t0 = address
# of its place if it is open
file_at:
        li      t0, NFILES
        bgeu    a0, t0, 1f
        slli    t0, a0, 3
        add     t0, t0, tp
        addi    t0, t0, P_FILES
        ld      a0, 0(t0)
        ret
1:      li      a0, 0
        ret

        .globl  file_free
# in: a0 = descriptor; out: a0 = the first closed one from there on, or
# NFILES or more; clobbers t0, t1
file_free:
        slli    t0, a0, 3
        add     t0, t0, tp
1:      slti    t1, a0, NFILES
        beqz    t1, 2f
        ld      t1, P_FILES(t0)
        beqz    t1, 2f
        addi    a0, a0, 1
        addi    t0, t0, 8
        j       1b
2:      ret

        .globl  file_hold
# One more descriptor for a file. in: a0 = file, or 0; clobbers t0, t1
file_hold:
        li      t0, FILE_CONSOLE
        bleu    a0, t0, 1f
        j       pipe_hold
1:      ret

        .globl  file_release
# One descriptor less. in: a0 = file, or 0; clobbers a0, t0-t3
file_release:
        li      t0, FILE_CONSOLE
        bleu    a0, t0, 1f
        j       pipe_release
1:      ret
