# SPDX-License-Identifier: GPL-3.0-or-later
#
# Time that goes round: a timer that is on goes off again, and pending bits say so at the same step everywhere. Then a
# timer so far ahead that there is no such V: nobody wakes up, the run ends as idle, and the monitor does not hang.
        .include "prelude.inc"
        start software
        li s0, CLINT + 0x4000
        li s1, CLINT + 0xbff8

        .macro around
        li t0, 300
1:      addi t0, t0, -1
        bnez t0, 1b
        csrr a0, mip
        log a0
        csrsi mip, 2                    # interrupts: somebody looks at the lines, and must see nothing new
        csrr a0, mip
        log a0
        ld a0, 0(s1)
        log a0
        .endm

        csrwi mie, 2
        csrsi mstatus, 8
        li t0, -16
        sd t0, 0(s0)                    # mtimecmp
        li t0, -2
        sd t0, 0(s1)                    # mtime
        csrr a0, mip
        log a0
        around
        li t0, -1
        sd t0, 0(s0)

        li t0, 1 << 63                  # STCE
        csrw menvcfg, t0
        li t0, -16
        csrw stimecmp, t0
        li t0, -2
        sd t0, 0(s1)
        csrr a0, mip
        log a0
        around

        csrw menvcfg, zero
        sd zero, 0(s1)
        li t0, 184467440737095516       # times 100 it is 2^64 - 16
        sd t0, 0(s0)
        li t0, 0x80
        csrw mie, t0
        csrci mstatus, 8
        wfi
        fail 1                          # so the pc says, too

        .balign 4
software:
        csrci mip, 2
        csrr a1, mip
        log a1
        mret
