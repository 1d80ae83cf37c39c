# SPDX-License-Identifier: GPL-3.0-or-later
#
# A unit ends where its page does, with a link to the next one; an instruction that lies across the end calls out.
        .include "common.inc"
        jal x0, end
        .balign 4096
        .skip 4096 - 8
end:    addi a0, x0, 1
        addi a1, x0, 2
        addi a2, x0, 3
        jal x0, across
        .balign 4096
        .skip 4096 - 6
across: addi a3, x0, 4
        addi a4, x0, 5                  # half here, half there
        addi a5, x0, 6
        pass
