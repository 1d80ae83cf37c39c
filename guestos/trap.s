# SPDX-License-Identifier: GPL-3.0-or-later
# The one way into the kernel and the one way out: saves and restores a process's
# registers, and sends each trap to the part of the kernel that answers it.

        .include "defs.inc"
        .globl  trap_entry, trap_sort, interrupts, resume, in_kernel

# While a process runs, sscratch holds its struct; while the kernel runs, 0. In
# the kernel tp holds the current process (0 when idle).
        .text
        .balign 4
trap_entry:
        csrrw   tp, sscratch, tp
        beqz    tp, kernel_trap
        .irp    n, 1,2,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sd      x\n, 8*\n(tp)
        .endr
        csrrw   t0, sscratch, zero
        sd      t0, P_TP(tp)
        csrr    t0, sepc
        sd      t0, P_PC(tp)
        csrr    t0, sstatus
        sd      t0, P_SSTATUS(tp)
        la      sp, kernel_stack_top

        csrr    s0, scause
trap_sort:                              # s0: cause; s1: the trap value, if pv_on
        bltz    s0, interrupt
        bnei    s0, CAUSE_ECALL_U, exception
        call    system_call
        j       resume

exception:
        load    t0, pv_on
        bnez    t0, 1f
        csrr    s1, stval               # s1: the address, if it is a page fault
1:
        li      a1, PTE_R
        beqi    s0, CAUSE_LOAD_PAGE, page_fault
        li      a1, PTE_W
        beqi    s0, CAUSE_STORE_PAGE, page_fault
        li      a1, PTE_X
        beqi    s0, CAUSE_FETCH_PAGE, page_fault

offence:                                # s0: cause, s1: stval
        mv      a0, s0
        mv      a1, s1
        call    report_exception
        addi    a1, s0, STATUS_EXCEPTION
end:    mv      a0, tp
        call    proc_end
        j       schedule

page_fault:
        mv      a0, s1
        call    vm_resolve
        beqz    a0, resume
        bnei    a0, E_NOMEM, offence
        la      a0, out_of_memory
        call    report
        call    report_end
        li      a1, STATUS_NOMEM
        j       end

interrupt:                              # whatever it is, it ends the turn
        call    interrupts
        j       schedule

# Answers all interrupts that are pending.
interrupts:
        enter
        native  3f
        load    s0, pv_shared+PV_pending
        andi    t0, s0, INT_STI
        beqz    t0, 4f
        call    timer_tick
4:      andi    t0, s0, INT_SEI
        beqz    t0, 2f
        call    pv_events
        leave
3:      csrr    s0, sip
        andi    t0, s0, INT_STI
        beqz    t0, 1f
        call    timer_tick
1:      andi    t0, s0, INT_SEI
        beqz    t0, 2f
        call    plic_dispatch
2:      leave

# Runs process tp until the next trap.
resume: load    t0, pv_on
        bnez    t0, pv_resume
        ld      a0, P_ROOT(tp)
        call    vm_switch
        ld      t0, P_PC(tp)
        csrw    sepc, t0
        ld      t0, P_SSTATUS(tp)
        csrw    sstatus, t0
        csrw    sscratch, tp
        .irp    n, 1,2,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      x\n, 8*\n(tp)
        .endr
        ld      tp, P_TP(tp)
        sret

# The kernel itself never traps: it polls for interrupts and checks pointers first.
kernel_trap:
        la      sp, kernel_stack_top
        la      a0, in_kernel
        csrr    a1, scause
        csrr    a2, sepc
        csrr    a3, stval
        j       panic_trap

        .section .rodata
in_kernel:
        .asciz  "unexpected trap in the kernel"
out_of_memory:
        .asciz  "out of memory"
