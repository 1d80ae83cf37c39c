# SPDX-License-Identifier: GPL-3.0-or-later
#
# A page-table entry is written: a page lies in this frame and in that by turns. Each iteration fences the page and loads from it;
# the empty loop does so, too, so that what is measured is the store alone, with whatever else it brings about.
        .include "nano.inc"

        .macro use_page
        sfence.vma s7, zero
        ld      t0, 0(s7)
        add     s1, s1, t0
        .endm
        .macro operation
        xor     s5, s5, s6
        sd      s5, 0(s4)
        use_page
        .endm
        .macro empty
        xor     s5, s5, s6
        use_page
        .endm

        .equ ONE, FRAMES >> 2 | V | R | A | D
        .equ TWO, (FRAMES + 0x1000) >> 2 | V | R | A | D

        nano
        li      t0, FRAMES              # each frame holds its number
        li      t1, 1
        sd      t1, 0(t0)
        li      t0, FRAMES + 0x1000
        li      t1, 2
        sd      t1, 0(t0)
        li      s4, LEAVES
        li      s5, ONE
        li      s6, ONE ^ TWO
        li      s7, PAGES
        sd      s5, 0(s4)
        sfence.vma
        mv      s8, s0
        loops
        mv      a0, s1
        mv      a1, s8                  # 1 + 1 + ... if nothing was written; else 2 + 1 + 2 + ...
        beqz    s2, 4f
        addi    t0, s8, 1
        srli    t0, t0, 1
        add     a1, a1, t0
4:      ebreak
