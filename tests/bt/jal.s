# SPDX-License-Identifier: GPL-3.0-or-later
#
# jal: the link is a guest address; what is left is a nop and the way. The second round finds all of it translated.
        .include "common.inc"
        addi s0, x0, 2
again:  jal x0, forth
back:   jal ra, sub
        jal t0, sub0
        .option rvc
        c.j over
        .option norvc
        .word 0
over:   jal x0, far
sub:    jalr x0, 0(ra)
sub0:   jalr x0, 0(t0)
forth:  jal x0, back
        .balign 4096
far:    addi s0, s0, -1
        bne s0, x0, again
        pass
