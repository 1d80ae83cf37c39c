# SPDX-License-Identifier: GPL-3.0-or-later
#
# Without links every way from one unit to another is an ecall, each time; indirect jumps find theirs.
# options: --no-chain
        .include "common.inc"
        addi s0, x0, 2
again:  addi a0, a0, 1
        jal ra, sub
        addi s0, s0, -1
        bne s0, x0, again
        jal x0, out
sub:    jalr x0, 0(ra)
out:    pass
