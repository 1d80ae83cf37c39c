# SPDX-License-Identifier: GPL-3.0-or-later
#
# Traps in its trap handler: a fault loop.
        .include "prelude.inc"
        li t5, RAM_END
        csrw mtvec, t5
        ecall
