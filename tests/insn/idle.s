# SPDX-License-Identifier: GPL-3.0-or-later
# status: 124
#
# Waits for an interrupt that cannot come.
        .include "test.inc"
        START
        csrwi mie, 2
        wfi
        FINISH
