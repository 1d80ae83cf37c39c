# SPDX-License-Identifier: GPL-3.0-or-later
#
# Waits for what cannot come.
        .include "prelude.inc"
        li t5, 0x888
        csrw mie, t5
        li t5, 500
1:      addi t5, t5, -1
        bnez t5, 1b
        wfi
        fail 1
