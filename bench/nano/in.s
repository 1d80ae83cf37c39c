# SPDX-License-Identifier: GPL-3.0-or-later
#
# A load from a register of a device: the UART's line status, which always says that it could send.
        .include "nano.inc"

        .macro operation
        lbu     t0, 0(s4)
        add     s1, s1, t0
        .endm
        .macro empty
        add     s1, s1, zero
        .endm

        nano
        li      s4, UART_STATUS
        loops
        mv      a0, s1
        li      t0, 0x60
        mul     a1, s3, t0
        ebreak
