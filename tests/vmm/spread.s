# SPDX-License-Identifier: GPL-3.0-or-later
#
# One page of memory seen at addresses all over the address space, so that no table for them is shared: more tables than a
# monitor has frames for. Operands across pages, and the bare view of RAM in between.
        .include "prelude.inc"
        start
        pte LEAVES, FRAMES, V|R|W|X|A|D
        li s1, LEAVES                   # each table has one entry, 512 times
        li t5, (MIDDLE >> 2) | V
        li t6, (LEAVES >> 2) | V
        li a0, 511
        li s2, ROOT
        li s3, MIDDLE
        sd t5, 0(s2)
        sd t6, 0(s3)
1:      ld t5, 0(s1)
        sd t5, 8(s1)
        ld t5, 0(s2)
        sd t5, 8(s2)
        ld t5, 0(s3)
        sd t5, 8(s3)
        addi s1, s1, 8
        addi s2, s2, 8
        addi s3, s3, 8
        addi a0, a0, -1
        bnez a0, 1b
        pte ROOT + 16, RAM, V|R|W|X|A|D
        li t5, FRAMES
        li t6, 0x00008067               # ret
        sw t6, 0(t5)
        fence.i
        paging_on
        li s1, 0x9e3779b97f4a7c15
        li s4, 0
        li s5, 2000
        enter 1
2:      slli t4, s1, 13
        xor s1, s1, t4
        srli t4, s1, 7
        xor s1, s1, t4
        slli t4, s1, 17
        xor s1, s1, t4
        srai a0, s1, 25                 # canonical: 39 bits
        srli t4, a0, 30
        andi t4, t4, 511
        li t5, 2
        beq t4, t5, 2b                  # not there, where the program is
        li t5, -4096
        and a0, a0, t5
        lw a1, 0(a0)
        add s4, s4, a1
        sd s5, 8(a0)
        ld a1, -4(a0)                   # across, perhaps into another GiB, or out of the canonical half
        add s4, s4, a1
        jalr ra, 0(a0)
        andi t4, s5, 63
        bnez t4, 3f
        ecall                           # M-mode looks, bare
        li t4, FRAMES
        ld a1, 8(t4)
        log a1
        ld a1, -8(t4)
        enter 1
3:      addi s5, s5, -1
        bnez s5, 2b
        ecall
        log s4
        pass

        define_mtrap
