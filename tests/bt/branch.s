# SPDX-License-Identifier: GPL-3.0-or-later
#
# Branches, taken and not; forth and back.
        .include "common.inc"
        addi a0, x0, -1
        addi a1, x0, 1
        beq a0, a1, bad
        bne a0, a0, bad
        blt a1, a0, bad
        bge a0, a1, bad
        bltu a0, a1, bad
        bgeu a1, a0, bad
        beq a0, a0, 1f
        ebreak
1:      bne a0, a1, 2f
        ebreak
2:      blt a0, a1, 3f
        ebreak
3:      bge a1, a0, 4f
        ebreak
4:      bltu a1, a0, 5f
        ebreak
5:      bgeu a0, a1, 6f
        ebreak
6:      .option rvc
        c.beqz a1, bad
        c.bnez a1, 7f
        .option norvc
        ebreak
7:      addi a1, a1, 1
        addi a2, x0, 5
        bne a1, a2, 7b
        pass
bad:    jal x0, bad
