# SPDX-License-Identifier: GPL-3.0-or-later
# status: 126
#
# The same in S-mode, with everything delegated: the handler's page is not there.
        .include "test.inc"
        START
        li t5, -1
        csrw medeleg, t5
        li t5, 0x3ffffff000
        csrw stvec, t5
        MAKE_TABLES
        PAGING_ON
        ENTER 1
        ebreak
        FINISH
