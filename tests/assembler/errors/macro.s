# SPDX-License-Identifier: GPL-3.0-or-later
        .macro  inner x, y:req
        addi    \x, \x, \y
        .endm
        .macro  outer r
        inner   \r, 5000
        .endm
        outer   a0
        inner   a0
        inner   a0, 1, 2
        .macro  inner
        .endm
        .macro  forever
        forever
        .endm
        forever
