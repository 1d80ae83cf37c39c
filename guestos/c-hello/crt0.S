# SPDX-License-Identifier: GPL-3.0-or-later
# Start of a freestanding C guest, and its trap entry. Everything runs in M-mode.

        .option arch, +zicsr            # not every compiler means it by rv64i

        .section .text.start, "ax"
        .globl  _start
_start: bnez    a0, park                # one hart is enough
        la      sp, stack_top
        la      t0, trap_entry
        csrw    mtvec, t0
        call    main
        j       halt                    # with main's result

park:   wfi
        j       park

# Saves what C may change, xN at 8*N, calls
#   unsigned long trap(unsigned long cause, unsigned long pc, unsigned long value)
# and goes on at the pc that it returns.
        .text
        .balign 4
trap_entry:
        addi    sp, sp, -256
        .irp    n, 1, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
        sd      x\n, 8*\n(sp)
        .endr
        csrr    a0, mcause
        csrr    a1, mepc
        csrr    a2, mtval
        call    trap
        csrw    mepc, a0
        .irp    n, 1, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
        ld      x\n, 8*\n(sp)
        .endr
        addi    sp, sp, 256
        mret

        .bss
        .balign 16
        .skip   4096
stack_top:
