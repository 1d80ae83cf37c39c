# SPDX-License-Identifier: GPL-3.0-or-later
# Descriptors: the small numbers by which a process reads and writes the console
# and pipes. What P_FILES holds for an open one is described in defs.inc.

        .include "defs.inc"
        .globl  sys_read, sys_write, sys_close, file_free, file_refer

        .text
sys_read:                               # (descriptor, buffer, bytes) -> bytes; 0: the end
        li      t2, 0                   # t2: the end of a pipe that this is about
        j       1f
sys_write:                              # (descriptor, buffer, bytes) -> bytes, perhaps fewer
        li      t2, PIPE_WRITER
1:      enter
        call    file_at
        beqz    a0, 3f
        beqz    a2, 4f
        beqi    a0, FILE_CONSOLE, 2f
        andi    t0, a0, PIPE_WRITER
        bne     t0, t2, 3f
        sub     a0, a0, t0              # the pipe
        la      t0, pipe_read
        beqz    t2, 5f
        la      t0, pipe_write
        j       5f
2:      la      t0, console_read
        beqz    t2, 5f
        la      t0, console_write
5:      jalr    t0
        leave
3:      leave_with E_BADF
4:      leave_with 0

sys_close:                              # (descriptor)
        enter
        call    file_at
        beqz    a0, 1f
        sd      zero, 0(t0)
        li      a1, -1
        call    file_refer
        leave_with 0
1:      leave_with E_BADF

# in: a0 = descriptor; out: a0 = its file, or 0 if it is closed or none; t0 = address
# of its place if it is open
file_at:
        bgeui   a0, NFILES, 1f
        slli    t0, a0, 3
        add     t0, t0, tp
        addi    t0, t0, P_FILES
        ld      a0, 0(t0)
        ret
1:      li      a0, 0
        ret

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

# More or fewer descriptors for a file. in: a0 = file, or 0, a1 = change
file_refer:
        bltui   a0, FILE_CONSOLE+1, 1f
        j       pipe_refer
1:      ret
