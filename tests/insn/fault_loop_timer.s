# SPDX-License-Identifier: GPL-3.0-or-later
# status: 126
#
# A fault loop in S-mode whose 1,000th trap is not an exception but M-mode's timer interrupt: it is a step like the others.
        .include "test.inc"
        START
        li t5, -1
        csrw medeleg, t5
        csrw stvec, zero                # no code, and no page
        li t5, 0x80
        csrw mie, t5
        li t5, MPP
        csrc mstatus, t5
        li t5, 1 << 11
        csrs mstatus, t5
        csrw mepc, zero
        li t0, CLINT + 0xbff8
        li t1, CLINT + 0x4000
        li t2, 11                       # 1,100 steps from now, give or take what follows
        sd zero, 0(t0)
        sd t2, 0(t1)
        .rept 61                        # so many that it is the 1,000th to the step
        nop
        .endr
        mret
        FINISH
