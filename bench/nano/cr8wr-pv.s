# SPDX-License-Identifier: GPL-3.0-or-later
#
# As cr8wr.s, of a paravirtual kernel: the mask lies in the shared page.
        .include "nano-pv.inc"

        .macro operation
        sd      zero, PV_sie(s10)
        sd      s4, PV_sie(s10)
        .endm
        .macro empty
        .endm
        .macro prepare
        .endm

        nano_pv
        li      s4, 1
        loops
        ld      a0, PV_sie(s10)
        snez    a1, s3
trap:   end_pv
