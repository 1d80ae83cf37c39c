# SPDX-License-Identifier: GPL-3.0-or-later
#
# An address of code leads to one frame and to another in turn: what was translated of either is not taken for the other.
        .include "common.inc"
        lui s1, 0x80100
        slli s1, s1, 32
        srli s1, s1, 32                 # the root, as in adaptive.s
        addi a0, x0, 0xcf
        sd a0, 0(s1)
        lui a0, 0x20000
        addi a0, a0, 0xcf
        sd a0, 16(s1)
        lui s2, 1
        add s2, s1, s2
        srli a1, s2, 2
        addi a1, a1, 1
        sd a1, 8(s1)
        lui t2, 0x200                   # in the second frame there is other code
        la t0, new
        lw t1, 0(t0)
        la t0, sub
        add t0, t0, t2
        sw t1, 0(t0)
        la t2, sub
        lw t1, 4(t2)
        sw t1, 4(t0)
        addi t0, x0, -8
        slli t0, t0, 60
        srli t1, s1, 12
        or t0, t0, t1
        csrrw x0, satp, t0
        sfence.vma
        lui t0, 1
        addi t0, t0, -2048              # MPP = S
        csrrs x0, mstatus, t0
        la t0, body
        csrrw x0, mepc, t0
        la s5, sub
        lui s3, 0x40000
        sub s5, s5, s3                  # where the megapage has it
        addi s4, x0, 4
        lui a2, 0x80
        addi a1, x0, 0
        mret
        .balign 4096
body:   sd a0, 0(s2)
        sfence.vma
        jalr ra, 0(s5)
        xor a0, a0, a2
        addi s4, s4, -1
        bne s4, x0, body
        addi a1, a1, -34
        bne a1, x0, bad
        pass
bad:    ebreak
new:    addi a1, a1, 16
        .balign 4096
sub:    addi a1, a1, 1
        jalr x0, 0(ra)
