# SPDX-License-Identifier: GPL-3.0-or-later
# M-mode after boot. Two things arrive here: calls of S-mode to its firmware (the
# SBI), of which none is offered, and traps that should not happen.

        .include "defs.inc"
        .globl  m_trap

.equ SBI_ERR_NOT_SUPPORTED, -2

        .text
        .balign 4
m_trap: csrw    mscratch, t0
        csrr    t0, mcause
        addi    t0, t0, -CAUSE_ECALL_S
        bnez    t0, unexpected
        csrr    t0, mepc
        addi    t0, t0, 4               # return behind the ecall
        csrw    mepc, t0
        li      a0, SBI_ERR_NOT_SUPPORTED
        li      a1, 0
        csrr    t0, mscratch
        mret

unexpected:
        la      sp, kernel_stack_top
        la      a0, in_m_mode
        csrr    a1, mcause
        csrr    a2, mepc
        csrr    a3, mtval
        j       panic_trap

        .section .rodata
in_m_mode:
        .asciz  "unexpected trap in M-mode"
