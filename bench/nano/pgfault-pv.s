# SPDX-License-Identifier: GPL-3.0-or-later
#
# As pgfault.s, of a paravirtual kernel.
        .include "nano-pv.inc"

        .macro operation
        ld      t0, 0(s4)
        .endm
        .macro empty
        .endm
        .macro prepare
        .endm

        nano_pv
        li      s4, PAGES
        loops
over:   mv      a0, s1
        mv      a1, s3
        end_pv
        skipping_trap
