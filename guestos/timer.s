# SPDX-License-Identifier: GPL-3.0-or-later
# Time: the tick that preempts a running process, CPU limits, sleep and uptime.
# The unit of the time CSR is set by the board, that of the calls is the tick.

        .include "defs.inc"
        .globl  timer_init, timer_tick, timer_idle, sys_sleep, sys_settick, sys_uptime

.equ TICK_DEFAULT,      1000            # units of time
.equ TICK_MIN,          100

        .text
timer_init:
        li      t0, TICK_DEFAULT
        store   t0, tick, t1
        read_time t1
        add     t0, t0, t1
        load    t6, pv_on
        bnez    t6, pv_set_timer        # and its events are enabled
        csrw    stimecmp, t0
        li      t0, INT_STI | INT_SEI
        csrw    sie, t0
        ret

# The next tick is set, sleepers whose time has come wake, and the tick is charged
# to the current process, which dies if it has used up its limit.
timer_tick:
        enter
        load    t0, tick
        read_time s0
        add     t0, t0, s0
        write_timer
        la      t0, procs
        la      t1, procs_end
1:      ld      t2, P_DEADLINE(t0)
        beqz    t2, 2f
        bltu    s0, t2, 2f
        ld      t2, P_STATE(t0)
        bnei    t2, BLOCKED, 2f
        li      t2, RUNNABLE
        sd      t2, P_STATE(t0)
2:      addi    t0, t0, PROC_SIZE
        bltu    t0, t1, 1b

        beqz    tp, 3f
        ld      t0, P_TICKS(tp)
        addi    t0, t0, 1
        sd      t0, P_TICKS(tp)
        ld      t0, P_LIMIT(tp)
        beqz    t0, 3f
        addi    t0, t0, -1
        sd      t0, P_LIMIT(tp)
        bnez    t0, 3f
        la      a0, cpu_limit
        call    report
        call    report_end
        mv      a0, tp
        li      a1, STATUS_LIMIT
        call    proc_end
3:      leave

# Nobody wants to run: the timer is needed for the first sleeper only.
timer_idle:
        li      t0, -1                  # t0: the first deadline; never
        la      t1, procs
        la      t2, procs_end
1:      ld      t3, P_STATE(t1)
        bnei    t3, BLOCKED, 2f
        ld      t3, P_DEADLINE(t1)
        beqz    t3, 2f
        bgeu    t3, t0, 2f
        mv      t0, t3
2:      addi    t1, t1, PROC_SIZE
        bltu    t1, t2, 1b
        load    t6, pv_on
        bnez    t6, pv_set_timer
        csrw    stimecmp, t0
        ret

sys_sleep:                              # (ticks)
        read_time t0
        ld      t1, P_DEADLINE(tp)
        bnez    t1, 1f                  # not the first time that it asks
        srli    t1, a0, 32
        bnez    t1, 3f
        load    t1, tick
        mul     t1, t1, a0
        add     t1, t1, t0
        sd      t1, P_DEADLINE(tp)
1:      bgeu    t0, t1, 2f
        la      a0, tick                # only timer_tick wakes a sleeper
        j       block
2:      sd      zero, P_DEADLINE(tp)
        li      a0, 0
        ret
3:      li      a0, E_INVAL
        ret

sys_settick:                            # (units of time); process 1 only
        ld      t0, P_PID(tp)
        bnei    t0, 1, 1f
        bltui   a0, TICK_MIN, 1f
        srli    t0, a0, 32
        bnez    t0, 1f
        store   a0, tick, t0
        li      a0, 0
        ret
1:      li      a0, E_INVAL
        ret

sys_uptime:                             # () -> ticks since reset
        read_time a0
        load    t0, tick
        divu    a0, a0, t0
        ret

        .section .rodata
cpu_limit:
        .asciz  "CPU limit reached"

        .bss
        .balign 8
tick:   .zero   8                       # its length in units of time
