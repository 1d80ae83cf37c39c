# SPDX-License-Identifier: GPL-3.0-or-later
#
# Indirect jumps: to a register that the probe needs, and linked to one; with an offset, to an odd address; returns.
# Offsets from base are numbers: no other assembler takes differences of labels there.
        .include "common.inc"
        addi s0, x0, 3                  # rounds: not known; in the table; found there
again:  la a0, base
        jalr x0, 0(a0)
base:   addi t0, a0, 8
        jalr x0, 0(t0)
1:      addi t1, a0, 16
        jalr x0, 0(t1)
1:      addi t2, a0, 24
        jalr x0, 0(t2)
1:      jalr ra, 28(a0)
1:      jalr t0, 32(a0)
1:      jalr t1, 36(a0)
1:      jalr t2, 40(a0)
1:      addi a1, a0, 49
        jalr a1, 0(a1)                  # odd; the link goes where the address came from
1:      addi t1, a0, 56
        jalr t1, 0(t1)
1:      addi t2, a0, 72
        jalr t0, -8(t2)
1:      jal ra, sub
        .option rvc
        addi a2, a0, 74
        c.jalr a2
1:      addi a2, a0, 80
        c.jr a2
1:      .option norvc
        addi s0, s0, -1
        bne s0, x0, again
        pass
sub:    jalr x0, 0(ra)
