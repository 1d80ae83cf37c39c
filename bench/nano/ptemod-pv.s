# SPDX-License-Identifier: GPL-3.0-or-later
#
# As ptemod.s, of a paravirtual kernel: the entry is written by a call, of a list of one, which fences it, too.
        .include "nano-pv.inc"

        .macro use_page
        ld      t0, 0(s7)
        add     s1, s1, t0
        .endm
        .macro operation
        xor     s5, s5, s6
        sd      s5, 8(s4)
        mv      a0, s4
        li      a1, 1
        call    mmu_update
        use_page
        .endm
        .macro empty
        xor     s5, s5, s6
        use_page
        .endm

        .equ ONE, FRAMES >> 2 | V | R | A | D
        .equ TWO, (FRAMES + 0x1000) >> 2 | V | R | A | D

        .macro prepare
        li      t0, FRAMES
        li      t1, 1
        sd      t1, 0(t0)
        li      t0, FRAMES + 0x1000
        li      t1, 2
        sd      t1, 0(t0)
        pte     LEAVES, FRAMES, V|R|A|D
        .endm

        nano_pv
        li      s4, LIST
        li      t0, LEAVES
        sd      t0, 0(s4)
        li      s5, ONE
        li      s6, ONE ^ TWO
        li      s7, PAGES
        mv      s8, s0
        loops
        mv      a0, s1
        mv      a1, s8
        beqz    s2, trap
        addi    t0, s8, 1
        srli    t0, t0, 1
        add     a1, a1, t0
trap:   end_pv
