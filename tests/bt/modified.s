# SPDX-License-Identifier: GPL-3.0-or-later
#
# Code that changes itself: what was translated of the page is dropped, and translated again; the store itself is emulated.
        .include "common.inc"
        addi s0, x0, 2
        la a0, new
        lw a1, 0(a0)
again:  jal x0, code
        .balign 4096
code:   addi a2, a2, 1
        jal x0, 1f
        .balign 64
1:      auipc a0, 0
        sw a1, -64(a0)                  # code
        fence.i
        addi s0, s0, -1
        bne s0, x0, again
        jal x0, out
        .balign 4096
out:    pass
new:    addi a2, a2, 16
