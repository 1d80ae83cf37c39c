# SPDX-License-Identifier: GPL-3.0-or-later
# Processes: the table, the round-robin scheduler, sleeping and waking, and the
# calls that make, end and list processes.

        .include "defs.inc"
        .globl  schedule, block, wakeup, proc_init, proc_end, sys_exit, sys_fork
        .globl  sys_exec, sys_wait, sys_kill, sys_getpid, sys_yield, sys_limit
        .globl  sys_ps, procs, procs_end

        .text
# Runs the next process in turn; waits for an interrupt while there is none.
schedule:
        la      sp, kernel_stack_top
        load    t0, turn
        la      t1, procs_end
        li      t2, NPROC
        li      t3, RUNNABLE
1:      addi    t0, t0, PROC_SIZE
        bltu    t0, t1, 2f
        la      t0, procs
2:      ld      t4, P_STATE(t0)
        beq     t4, t3, 3f
        addi    t2, t2, -1
        bnez    t2, 1b

        li      tp, 0
        call    timer_idle
        native  4f
        call    pv_yield
        j       5f
4:      wfi                             # wakes although interrupts are off
5:
        call    timer_tick
        call    interrupts
        j       schedule

3:      mv      tp, t0
        store   tp, turn, t0
        j       resume

# The current system call cannot be answered yet. Its process waits for a channel
# (a number that both sides agree on, mostly an address) and then makes the same call again: the
# saved pc still points to the ecall. in: a0 = channel; does not return
block:  sd      a0, P_CHANNEL(tp)
        li      t0, BLOCKED
        sd      t0, P_STATE(tp)
        j       schedule

# in: a0 = channel; clobbers t0-t3
wakeup: la      t0, procs
        la      t1, procs_end
1:      ld      t2, P_STATE(t0)
        bnei    t2, BLOCKED, 2f
        ld      t2, P_CHANNEL(t0)
        bne     t2, a0, 2f
        li      t2, RUNNABLE
        sd      t2, P_STATE(t0)
2:      addi    t0, t0, PROC_SIZE
        bltu    t0, t1, 1b
        ret

# Makes process 1, which runs `init` with the boot argument.
proc_init:
        enter
        la      s0, procs
        store   s0, turn, t0
        li      t0, 1
        sd      t0, P_PID(s0)
        li      t0, FILE_CONSOLE        # descriptors 0 and 1
        sd      t0, P_FILES(s0)
        sd      t0, P_FILES+8(s0)
        mv      a0, s0
        la      a1, init
        la      a2, bootargs
        call    proc_load
        bnez    a0, 1f
        li      t0, RUNNABLE
        sd      t0, P_STATE(s0)
        leave
1:      la      a0, no_init
        j       panic

# Gives a process a program: a new address space, fresh registers. If that fails
# it keeps what it had. in: a0 = process, a1 = name (NAME_MAX bytes), a2 = argument
# (a string of ARG_MAX bytes at most); out: a0 = 0, E_NOENT or E_NOMEM
proc_load:
        enter
        mv      s0, a0
        mv      s1, a2
        la      s2, programs            # s2: the program's name, then its entry
1:      lbu     t0, 0(s2)
        beqz    t0, 8f
        ld      t0, 0(s2)               # names are padded to NAME_MAX bytes
        ld      t1, 0(a1)
        bne     t0, t1, 2f
        ld      t0, 8(s2)
        ld      t1, 8(a1)
        beq     t0, t1, 3f
2:      addi    s2, s2, PROGRAM_SIZE
        j       1b

3:      call    vm_create
        mv      s3, a0                  # s3: new root
        beqz    s3, 7f
        call    vm_map_programs
        bnez    a0, 6f
        mv      a0, s3                  # the stack's first page, with the argument
        li      a1, USER_STACK_TOP - PAGE
        li      a2, 1
        call    vm_walk
        mv      s4, a0
        beqz    s4, 6f
        call    frame_zalloc
        beqz    a0, 6f
        entry_of t0, a0, USER_RW
        set_entry t0, s4
        fence_entries
        li      t0, PAGE - ARG_MAX
        add     a0, a0, t0
4:      lbu     t0, 0(s1)
        sb      t0, 0(a0)
        addi    s1, s1, 1
        addi    a0, a0, 1
        bnez    t0, 4b

        ld      s4, P_ROOT(s0)          # nothing can fail any more
        sd      s3, P_ROOT(s0)
        beqz    s4, 5f
        mv      a0, s3
        call    vm_switch
        mv      a0, s4
        ld      a1, P_BRK(s0)
        call    vm_free
5:      li      t0, USER_HEAP
        sd      t0, P_BRK(s0)
        ld      t0, 0(s2)
        sd      t0, P_NAME(s0)
        ld      t0, 8(s2)
        sd      t0, P_NAME+8(s0)
        .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sd      zero, 8*\n(s0)
        .endr
        ld      t0, PROGRAM_ENTRY(s2)   # from its place in the image to the user's
        la      t1, user_text
        sub     t0, t0, t1
        li      t1, USER_BASE
        add     t0, t0, t1
        sd      t0, P_PC(s0)
        li      t0, USER_STACK_TOP - ARG_MAX
        sd      t0, P_SP(s0)
        sd      t0, P_A0(s0)
        load    t0, pv_on
        bnez    t0, 9f
        csrr    t0, sstatus             # the kernel's: it returns to U-mode
        sd      t0, P_SSTATUS(s0)
9:      leave_with 0

6:      mv      a0, s3
        li      a1, USER_HEAP
        call    vm_free
7:      leave_with E_NOMEM
8:      leave_with E_NOENT

# Ends a process, whatever it is doing: none has anything unfinished in the kernel
# but perhaps a request to the disk. The end of process 1 is the machine's.
# in: a0 = process, a1 = exit status
proc_end:
        enter
        mv      s0, a0
        mv      s1, a1
        ld      t0, P_PID(s0)
        addi    t0, t0, -1
        bnez    t0, 1f
        mv      a0, s1
        j       halt
1:      call    disk_forget
        addi    s2, s0, P_FILES
        addi    s3, s0, P_FILES + 8*NFILES
2:      ld      a0, 0(s2)
        li      a1, -1
        call    file_refer
        addi    s2, s2, 8
        bltu    s2, s3, 2b
        la      a0, kernel_root         # in case we stand on its tables
        call    vm_switch
        ld      a0, P_ROOT(s0)
        ld      a1, P_BRK(s0)
        call    vm_free

        ld      a0, P_PID(s0)           # its children have no parent any more
        la      t0, procs
        la      t1, procs_end
3:      ld      t2, P_PARENT(t0)
        bne     t2, a0, 4f
        sd      zero, P_PARENT(t0)
        ld      t2, P_STATE(t0)
        bnei    t2, ZOMBIE, 4f
        sd      zero, P_STATE(t0)       # FREE
4:      addi    t0, t0, PROC_SIZE
        bltu    t0, t1, 3b

        sd      s1, P_STATUS(s0)
        ld      a0, P_PARENT(s0)
        li      t0, ZOMBIE
        bnez    a0, 5f
        li      t0, FREE                # nobody would wait for an orphan
5:      sd      t0, P_STATE(s0)
        call    wakeup
        leave

sys_exit:                               # (status)
        andi    a1, a0, 0xff
        mv      a0, tp
        call    proc_end
        j       schedule

sys_fork:                               # () -> pid of the child; 0 in the child
        enter
        la      s0, procs               # s0: the child
        la      t0, procs_end
1:      ld      t1, P_STATE(s0)
        beqz    t1, 2f                  # FREE
        addi    s0, s0, PROC_SIZE
        bltu    s0, t0, 1b
        leave_with E_AGAIN

2:      ld      a0, P_ROOT(tp)
        ld      a1, P_BRK(tp)
        call    vm_copy
        beqz    a0, 5f
        mv      t2, a0
        mv      t0, tp                  # everything is as in the parent
        mv      t1, s0
        addi    t4, tp, PROC_SIZE
3:      ld      t3, 0(t0)
        sd      t3, 0(t1)
        addi    t0, t0, 8
        addi    t1, t1, 8
        bltu    t0, t4, 3b
        sd      t2, P_ROOT(s0)          # but for this
        sd      zero, P_A0(s0)
        sd      zero, P_TICKS(s0)
        ld      t0, P_PC(tp)
        addi    t0, t0, 4               # behind the ecall
        sd      t0, P_PC(s0)
        ld      t0, P_PID(tp)
        sd      t0, P_PARENT(s0)
        la      t0, last_pid            # pids are never used again
        ld      s1, 0(t0)
        addi    s1, s1, 1
        sd      s1, 0(t0)
        sd      s1, P_PID(s0)
        addi    s2, s0, P_FILES
4:      ld      a0, 0(s2)
        li      a1, 1
        call    file_refer
        addi    s2, s2, 8
        addi    t0, s0, P_FILES + 8*NFILES
        bltu    s2, t0, 4b
        mv      a0, s1
        leave
5:      leave_with E_NOMEM

sys_exec:                               # (name, argument) -> only if it fails
        enter
        mv      s0, a1
        mv      a1, a0
        la      a0, exec_name
        sd      zero, 0(a0)             # padding
        sd      zero, 8(a0)
        li      a2, NAME_MAX
        call    copy_in_string
        bnez    a0, 1f
        la      a0, exec_arg
        mv      a1, s0
        li      a2, ARG_MAX
        call    copy_in_string
        bnez    a0, 1f
        mv      a0, tp
        la      a1, exec_name
        la      a2, exec_arg
        call    proc_load
        bnez    a0, 1f
        j       resume                  # at the entry, not behind the ecall
1:      leave

sys_wait:                               # (pid or 0 for any, status * or 0) -> pid
        enter
        mv      s0, a0
        mv      s1, a1
        li      s2, E_CHILD
        la      s3, procs
        la      s4, procs_end
        ld      a0, P_PID(tp)
1:      ld      t0, P_PARENT(s3)
        bne     t0, a0, 2f
        ld      t0, P_STATE(s3)
        beqz    t0, 2f                  # FREE
        beqz    s0, 3f
        ld      t1, P_PID(s3)
        beq     s0, t1, 3f
2:      addi    s3, s3, PROC_SIZE
        bltu    s3, s4, 1b
        beqz    s2, block               # proc_end wakes the parent by its pid
        mv      a0, s2
        leave
3:      li      s2, 0                   # there is such a child
        bnei    t0, ZOMBIE, 2b
        beqz    s1, 4f
        mv      a0, s1
        addi    a1, s3, P_STATUS
        li      a2, 8
        call    copy_out
        bnez    a0, 5f
4:      sd      zero, P_STATE(s3)       # FREE
        ld      a0, P_PID(s3)
5:      leave

sys_kill:                               # (pid)
        enter
        la      t0, procs
        la      t1, procs_end
1:      ld      t2, P_STATE(t0)
        addi    t2, t2, -RUNNABLE
        sltiu   t2, t2, 2               # RUNNABLE or BLOCKED
        beqz    t2, 2f
        ld      t2, P_PID(t0)
        beq     t2, a0, 3f
2:      addi    t0, t0, PROC_SIZE
        bltu    t0, t1, 1b
        leave_with E_SRCH
3:      mv      s0, t0
        mv      a0, t0
        li      a1, STATUS_KILLED
        call    proc_end
        beq     s0, tp, schedule
        leave_with 0

sys_getpid:                             # () -> pid
        ld      a0, P_PID(tp)
        ret

sys_yield:                              # ()
        li      a0, 0
        call    system_call_done
        j       schedule

sys_limit:                              # (ticks, or 0 for no limit): never to gain any
        ld      t0, P_LIMIT(tp)
        addi    t0, t0, -1              # so that 0 is the largest
        addi    t1, a0, -1
        bltu    t0, t1, 1f
        sd      a0, P_LIMIT(tp)
        li      a0, 0
        ret
1:      li      a0, E_INVAL
        ret

sys_ps:                                 # (place in the table, record *) -> pid, 0 if free
        enter
        bgeui   a0, NPROC, 2f
        li      t0, PROC_SIZE
        mul     a0, a0, t0
        la      s0, procs
        add     s0, s0, a0
        ld      a0, P_STATE(s0)
        beqz    a0, 1f                  # FREE
        mv      a0, a1
        addi    a1, s0, P_STATE
        li      a2, PS_SIZE
        call    copy_out
        bnez    a0, 1f
        ld      a0, P_PID(s0)
1:      leave
2:      leave_with E_INVAL

        .section .rodata
        .balign 8
init:   .asciz  "init"
        .zero   NAME_MAX - 5
no_init:
        .asciz  "cannot start the first process"

        .data
        .balign 8
last_pid:
        .dword  1

        .bss
        .balign 8
procs:  .zero   NPROC * PROC_SIZE
procs_end:
turn:   .zero   8                       # the process that ran last
exec_name:
        .zero   NAME_MAX
exec_arg:
        .zero   ARG_MAX
