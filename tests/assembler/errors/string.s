# SPDX-License-Identifier: GPL-3.0-or-later
        .ascii  "never closed
        nop
        .byte   300
/* and this comment
