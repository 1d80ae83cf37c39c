# SPDX-License-Identifier: GPL-3.0-or-later
#
# The example of docs/translation.md: the length of a string, called twice, so that all ways are known.
        .include "common.inc"
        addi s0, x0, 2
again:  la a0, text
        call length
        csrrw a0, sscratch, a0
        addi s0, s0, -1
        bne s0, x0, again
        pass
length: addi a1, a0, 0
1:      lbu a2, 0(a1)
        beq a2, x0, 2f
        addi a1, a1, 1
        jal x0, 1b
2:      sub a0, a1, a0
        jalr x0, 0(ra)
text:   .asciz "translated"
