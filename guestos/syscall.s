# SPDX-License-Identifier: GPL-3.0-or-later
# System calls: the dispatch, and sbrk. The other calls stand where their subject is.

        .include "defs.inc"
        .globl  system_call, system_call_done, sys_sbrk

# A call is a routine sys_NAME that finds its arguments in a0-a2 and either returns
# its result in a0 or jumps to `block`. Beside its name stands the user's view.
        .text
# in: a7 = number, a0-a2 = arguments
system_call:
        enter
        bgeui   a7, SYS_COUNT, 2f
        slli    t0, a7, 3
        la      t1, calls
        add     t1, t1, t0
        ld      t1, 0(t1)
        jalr    t1
1:      call    system_call_done
        leave
2:      li      a0, E_NOSYS
        j       1b

# in: a0 = result; clobbers t0
system_call_done:
        sd      a0, P_A0(tp)
        ld      t0, P_PC(tp)
        addi    t0, t0, 4               # behind the ecall
        sd      t0, P_PC(tp)
        ret

sys_sbrk:                               # (bytes, may be negative) -> the end before
        enter
        ld      s0, P_BRK(tp)           # s0: old end, s1: new end
        add     s1, s0, a0
        bltui   s1, USER_HEAP, 2f
        bgeui   s1, USER_END+1, 2f
        sd      s1, P_BRK(tp)
        bgeu    s1, s0, 1f
        mv      a1, s1                  # give back the whole pages above it
        round_up a1
        mv      a2, s0
        ld      a0, P_ROOT(tp)
        call    vm_unmap
1:      mv      a0, s0
        leave
2:      leave_with E_INVAL

        .section .rodata
        .balign 8
calls:  .dword  sys_exit, sys_fork, sys_exec, sys_wait, sys_kill, sys_getpid
        .dword  sys_yield, sys_sleep, sys_sbrk, sys_uptime, sys_read, sys_write
        .dword  sys_pipe, sys_close, sys_limit, sys_ps
        .dword  sys_disksize, sys_diskread, sys_diskwrite, sys_settick
