# SPDX-License-Identifier: GPL-3.0-or-later
# status: 126
#
# A handler that traps itself: nothing else can ever happen.
        .include "test.inc"
        START
        li t5, NOWHERE
        csrw mtvec, t5
        ENTER 0
        ecall
        FINISH
