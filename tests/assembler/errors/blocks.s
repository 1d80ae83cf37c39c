# SPDX-License-Identifier: GPL-3.0-or-later
        .if     1
        .else
        .else
        .endif
        .endif
        .endr
        .popsection
        .option pop
        .option nonsense
        .exitm
        .purgem nothing
        .rept   -1
        .endr
        .if     undefined
        .endif
        .error  "on purpose"
        .macro  open
        nop
