# SPDX-License-Identifier: GPL-3.0-or-later
#
# Start of a measuring guest, changes of mode, and the last trap.

        .section .text.start, "ax"
        .globl  _start
_start: bnez    a0, park                # one hart is enough
        la      sp, stack_top
        la      t0, last_trap
        csrw    mtvec, t0
        mv      a0, a1                  # the device tree
        call    start
park:   wfi
        j       park

# The trap that ends a guest: an ebreak in any mode, with the checksum in a0; anything else is a mistake.
        .text
        .balign 4
last_trap:
        la      sp, stack_top
        csrr    t0, mcause
        csrr    a1, mepc
        li      t1, 3                   # breakpoint
        beq     t0, t1, finish
        mv      a0, t0
        j       fail

# enter(n, mode, view): goes on in `mode` (the value of MPP) and calls run(n) at `view` bytes from where it was linked; the
# result goes to finish by an ebreak, so that it does not return.
        .globl  enter
enter:  csrr    t0, mstatus
        li      t1, 3 << 11
        not     t1, t1
        and     t0, t0, t1
        slli    a1, a1, 11
        or      t0, t0, a1
        csrw    mstatus, t0
        la      t0, lower
        add     t0, t0, a2
        add     sp, sp, a2
        csrw    mepc, t0
        mret
lower:  call    run
        ebreak

        .bss
        .balign 16
        .skip   16384
        .globl  stack_top
stack_top:
