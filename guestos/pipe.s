# SPDX-License-Identifier: GPL-3.0-or-later
# Pipes: a ring in a frame of its own, with a count of the descriptors at each end.
# The frame goes when both counts are 0.

        .include "defs.inc"
        .globl  sys_pipe, pipe_read, pipe_write, pipe_refer

        .text
sys_pipe:                               # (two words *): descriptors to read, to write
        enter
        mv      s0, a0
        li      a0, 0
        call    file_free
        mv      s1, a0                  # s1: first free descriptor
        addi    a0, a0, 1
        call    file_free
        mv      s2, a0                  # s2: second
        bgeui   s2, NFILES, 2f
        addi    sp, sp, -16
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        mv      a0, s0
        mv      a1, sp
        li      a2, 16
        call    copy_out
        addi    sp, sp, 16
        bnez    a0, 1f
        call    frame_zalloc
        beqz    a0, 3f
        li      t0, 1
        sd      t0, PIPE_READERS(a0)
        sd      t0, PIPE_WRITERS(a0)
        slli    s1, s1, 3
        add     s1, s1, tp
        sd      a0, P_FILES(s1)
        addi    t0, a0, PIPE_WRITER
        slli    s2, s2, 3
        add     s2, s2, tp
        sd      t0, P_FILES(s2)
        li      a0, 0
1:      leave
2:      leave_with E_AGAIN
3:      leave_with E_NOMEM

# in: a0 = pipe, a1 = user address, a2 = bytes, not 0; out: a0 = bytes, 0 at the
# end (it is empty and nobody can write), or an error
pipe_read:
        enter
        mv      s0, a0
        call    ring_to_user
        bnez    a0, wake
        ld      t0, PIPE_WRITERS(s0)
        beqz    t0, 1f
        mv      a0, s0
        j       block
1:      leave

# in: a0 = pipe, a1 = user address, a2 = bytes, not 0; out: a0 = bytes, or an error
pipe_write:
        enter
        mv      s0, a0
        ld      t0, PIPE_READERS(s0)
        beqz    t0, 1f
        call    ring_from_user
        bnez    a0, wake
        mv      a0, s0
        j       block
1:      leave_with E_PIPE

wake:   mv      s1, a0                  # whoever waits at the other end
        mv      a0, s0
        call    wakeup
        mv      a0, s1
        leave

# More or fewer descriptors for one end. in: a0 = file, a1 = change
pipe_refer:
        enter
        andi    t0, a0, PIPE_WRITER
        sub     s0, a0, t0              # s0: the pipe
        slli    t0, t0, 3               # from PIPE_READERS to PIPE_WRITERS
        add     t0, t0, s0
        ld      t1, PIPE_READERS(t0)
        add     t1, t1, a1
        sd      t1, PIPE_READERS(t0)
        mv      a0, s0                  # the other end may wait for just that
        call    wakeup
        ld      t0, PIPE_READERS(s0)
        ld      t1, PIPE_WRITERS(s0)
        or      t0, t0, t1
        bnez    t0, 1f
        mv      a0, s0
        call    frame_put
1:      leave
