# SPDX-License-Identifier: GPL-3.0-or-later
#
# A unit that runs into what has been translated goes on there; one that is entered in its middle is left as it is, and
# entered by a second entry of its own if the way is an indirect jump.
        .include "common.inc"
        addi a1, x0, 0
        jal x0, tail
head:   addi a0, x0, 1
tail:   addi a1, a1, 1
middle: addi a2, a2, 1
        addi a3, x0, 2
        beq a1, a3, head
        addi a3, x0, 4
        beq a1, a3, out
        la a4, middle
        addi a1, a1, 1
        jalr x0, 0(a4)
out:    pass
