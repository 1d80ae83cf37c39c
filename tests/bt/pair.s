# SPDX-License-Identifier: GPL-3.0-or-later
#
# auipc and the addition or jump that starts from it are translated as one: la, calls, tail calls, a register of its own for
# each. A load is not, nor what another register starts from, nor what lies in the next page.
        .include "common.inc"
        jal x0, first
sub:    jalr x0, 0(ra)
first:  la a0, sub
        call sub
        auipc a1, 0
        jalr ra, -20(a1)                # sub
        auipc t0, 0
        jalr t0, 12(t0)                 # to the next but one, with the link in the same register
        ebreak
        auipc t1, 0
        jalr x0, 13(t1)                 # an odd address
        ebreak
        auipc a2, 0
        ld a3, 0(a2)
        auipc a4, 0
        addi a5, a4, 8
        auipc a6, 0
        addi a6, a5, 1
        .option rvc
        auipc a7, 0
        c.addi a7, 4
        .option norvc
        auipc s2, 0
        addi s3, s2, -1
        tail last
        .balign 4096
last:   jal x0, end
        .balign 4096
        .skip 4096 - 4
end:    auipc s4, 0
        addi s4, s4, 12
        pass
