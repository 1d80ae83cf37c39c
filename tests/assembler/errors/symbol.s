# SPDX-License-Identifier: GPL-3.0-or-later
        la      a0, mesage
        j       1f
        j       2b
        .data
message: .word  elsewhere
