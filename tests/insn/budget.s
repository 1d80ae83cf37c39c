# SPDX-License-Identifier: GPL-3.0-or-later
# status: 124
#
# Never ends: the budget does it.
        .include "test.inc"
        START
1:      addi a0, a0, 1
        j 1b
        FINISH
