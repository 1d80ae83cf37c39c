# SPDX-License-Identifier: GPL-3.0-or-later
        addi    a0, a0, 2048
        lui     a0, 0x100000
        slli    a0, a0, 64
        csrrwi  a0, mstatus, 32
        lw      a0, 4096(a1)
        c.lw    a0, 3(a1)
        c.lwsp  zero, 4(sp)
        li      a0, 0x10000000000000000
        csrr    a0, 0x1000
        .option norvc
        c.nop
