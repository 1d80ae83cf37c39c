# SPDX-License-Identifier: GPL-3.0-or-later
#
# not for GNU as: differences of labels as immediates
#
# Indirect jumps: to a register that the probe needs, and linked to one; with an offset, to an odd address; returns.
        .include "common.inc"
        addi s0, x0, 3                  # rounds: not known; in the table; found there
again:  la a0, base
        jalr x0, 0(a0)
base:   addi t0, a0, 1f - base
        jalr x0, 0(t0)
1:      addi t1, a0, 1f - base
        jalr x0, 0(t1)
1:      addi t2, a0, 1f - base
        jalr x0, 0(t2)
1:      jalr ra, 1f - base(a0)
1:      jalr t0, 1f - base(a0)
1:      jalr t1, 1f - base(a0)
1:      jalr t2, 1f - base(a0)
1:      addi a1, a0, 1f - base + 1
        jalr a1, 0(a1)                  # odd; the link goes where the address came from
1:      addi t1, a0, 1f - base
        jalr t1, 0(t1)
1:      addi t2, a0, 1f - base + 8
        jalr t0, -8(t2)
1:      jal ra, sub
        .option rvc
        addi a2, a0, 1f - base
        c.jalr a2
1:      addi a2, a0, 1f - base
        c.jr a2
1:      .option norvc
        addi s0, s0, -1
        bne s0, x0, again
        pass
sub:    jalr x0, 0(ra)
