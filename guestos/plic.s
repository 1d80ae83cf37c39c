# SPDX-License-Identifier: GPL-3.0-or-later
# The interrupt controller: enables sources for S-mode on hart 0, and sends each
# interrupt to the driver that asked for it.

        .include "defs.inc"
        .globl  plic_enable, plic_dispatch

.equ PLIC_ENABLE_S,     0x2080          # a bit a source
.equ PLIC_THRESHOLD_S,  0x201000
.equ PLIC_CLAIM_S,      0x201004

        .text
# in: a0 = source, 1-31; clobbers t0-t2
plic_enable:
        li      t0, PLIC
        slli    t1, a0, 2
        add     t1, t1, t0
        li      t2, 1
        sw      t2, 0(t1)               # priority
        sll     t2, t2, a0
        li      t1, PLIC_ENABLE_S
        add     t1, t1, t0
        lw      t0, 0(t1)
        or      t0, t0, t2
        sw      t0, 0(t1)
        li      t0, PLIC + PLIC_THRESHOLD_S
        sw      zero, 0(t0)
        ret

# Claims, answers and completes all interrupts that are pending.
plic_dispatch:
        enter
        li      s0, PLIC + PLIC_CLAIM_S
1:      lw      s1, 0(s0)
        beqz    s1, 3f
        bnei    s1, UART_IRQ, 2f
        call    console_service
        sw      s1, 0(s0)
        j       1b
2:      call    disk_interrupt
        sw      s1, 0(s0)
        j       1b
3:      leave
