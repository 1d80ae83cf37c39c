# SPDX-License-Identifier: GPL-3.0-or-later
#
# The second instruction of a pair is written, of which nothing else lies in its line of 64 bytes.
        .include "common.inc"
        jal x0, code
        .balign 4096
        .skip 60
code:   auipc t0, 1
        jalr x0, -60(t0)                # one
        .balign 4096
one:    addi a1, a1, 1
        la a0, code
        la t0, new
        lw a2, 0(t0)
        sw a2, 4(a0)
        fence.i
        jal x0, code
two:    addi a1, a1, 16
        pass
        .balign 4
new:    jalr x0, -24(t0)                # two
