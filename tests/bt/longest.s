# SPDX-License-Identifier: GPL-3.0-or-later
#
# A unit is 64 instructions long at the most.
        .include "common.inc"
        .rept 70
        addi a0, a0, 1
        .endr
        pass
