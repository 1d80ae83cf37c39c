# SPDX-License-Identifier: GPL-3.0-or-later
        .if 1
        nop
