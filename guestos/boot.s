# SPDX-License-Identifier: GPL-3.0-or-later
# From reset to the first process: M-mode sets up what only it can, hands traps
# and memory to S-mode and drops there; S-mode brings up one part after another.

        .include "defs.inc"
        .globl  _start, kernel_stack_top

# Every exception is S-mode's business, but for the calls that S-mode makes.
.equ FETCH_CAUSES, 1 << CAUSE_FETCH_MISALIGNED | 1 << CAUSE_FETCH_ACCESS | 1 << CAUSE_FETCH_PAGE
.equ LOAD_CAUSES,  1 << CAUSE_LOAD_MISALIGNED | 1 << CAUSE_LOAD_ACCESS | 1 << CAUSE_LOAD_PAGE
.equ STORE_CAUSES, 1 << CAUSE_STORE_MISALIGNED | 1 << CAUSE_STORE_ACCESS | 1 << CAUSE_STORE_PAGE
.equ OTHER_CAUSES, 1 << CAUSE_ILLEGAL | 1 << CAUSE_BREAKPOINT | 1 << CAUSE_ECALL_U
.equ DELEGATED,    FETCH_CAUSES | LOAD_CAUSES | STORE_CAUSES | OTHER_CAUSES

        .text
# M-mode, paging off. in: a0 = hart, a1 = device tree. The loader has zeroed .bss.
_start: bnez    a0, park                # one hart is enough
        la      t0, m_trap
        csrw    mtvec, t0

        li      t0, -1                  # all of physical memory is S-mode's
        srli    t0, t0, 10
        csrw    pmpaddr0, t0
        li      t0, PMP_NAPOT_RWX
        csrw    pmpcfg0, t0

        li      t0, DELEGATED
        csrw    medeleg, t0
        li      t0, INT_SSI | INT_STI | INT_SEI
        csrw    mideleg, t0
        li      t0, MENVCFG_STCE | MENVCFG_ADUE
        csrw    menvcfg, t0
        li      t0, COUNTEREN_TM
        csrw    mcounteren, t0

        li      t0, MSTATUS_MPP
        csrc    mstatus, t0
        li      t0, MSTATUS_MPP_S
        csrs    mstatus, t0
        la      t0, supervisor
        csrw    mepc, t0
        mret

park:   wfi
        j       park

# S-mode, paging still off, interrupts off for good. in: a1 = device tree
supervisor:
        la      sp, kernel_stack_top
        li      tp, 0                   # no process is running
        la      t0, trap_entry
        csrw    stvec, t0
        csrw    sscratch, zero          # trap_entry: traps are the kernel's own
        li      t0, SSTATUS_SPP
        csrc    sstatus, t0             # resume: sret goes to U-mode
        mv      a0, a1
        call    fdt_read                # ram_end and bootargs
        call    frame_init
        call    vm_init                 # paging on
        call    console_init
        call    disk_init
        call    timer_init
        call    proc_init               # process 1
        j       schedule

# The kernel's only stack. It is empty whenever a process runs: every trap
# begins at its top, and a system call that must wait is abandoned and begun
# anew, so nothing is ever left on it.
        .bss
        .balign 16
        .zero   4096
kernel_stack_top:
