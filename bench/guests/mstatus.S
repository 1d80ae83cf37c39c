# SPDX-License-Identifier: GPL-3.0-or-later
#
# Writes of a CSR that changes what the hart does: mstatus.MIE set and cleared (nothing is pending), eight writes a turn.
        .include "guest.inc"

        guest   6000000, MODE_M
        li      a1, 0
        li      a2, 8
1:      .rept   4
        csrrs   t0, mstatus, a2
        csrrc   t1, mstatus, a2
        .endr
        and     t0, t0, a2
        and     t1, t1, a2
        add     a1, a1, t0
        add     a1, a1, t1
        addi    a0, a0, -8
        bgtz    a0, 1b
        mv      a0, a1
        ret
