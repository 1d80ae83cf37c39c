# SPDX-License-Identifier: GPL-3.0-or-later
#
# Writes of a CSR that only holds a value: csrrw of mscratch, eight a turn.
        .include "guest.inc"

        guest   6000000, MODE_M
        li      a1, 0
        csrw    mscratch, zero
1:      .rept   4
        csrrw   t0, mscratch, a0
        csrrw   t1, mscratch, a1
        .endr
        add     a1, a1, t1
        addi    a0, a0, -8
        bgtz    a0, 1b
        mv      a0, a1
        ret
