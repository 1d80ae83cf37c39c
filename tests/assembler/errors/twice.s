# SPDX-License-Identifier: GPL-3.0-or-later
a:      nop
a:      nop
        .equ    b, 1
b:      nop
        .equiv  c, 1
        .equiv  c, 2
