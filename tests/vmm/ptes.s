# SPDX-License-Identifier: GPL-3.0-or-later
#
# One store that writes a page table's entry, again and again, each time fenced and used: to one table, to two in turn, to
# an entry that is not there before; and in between to a page that is no table, and to one that maps the store's own target.
        .include "prelude.inc"
        start
        make_tables
        .equ SECOND, RAM + 0x83000      # another table of level 0
        .equ FOURTH, 0x40600000         # where SECOND translates
        .equ PLAIN, RAM + 0x180000      # no table

        li t5, FRAMES                   # frame i holds 0x1000 + i
        li t6, 0x1000
1:      sd t6, 0(t5)
        li t4, 0x1000
        add t5, t5, t4
        addi t6, t6, 1
        li t4, 0x1010
        bne t6, t4, 1b
        pte MIDDLE + 24, SECOND, V
        paging_on
        enter 1

        # s0: where to store; s1: number of the frame; s2: where to look; s3: the sum of what was seen; s4: rounds
        li s3, 0
        li s4, 400
2:      andi t0, s4, 15
        slli s1, t0, 10                 # the frame's bits of an entry
        li t1, (FRAMES >> 2) | V | R | W
        add s1, s1, t1
        andi t0, s4, 3
        li s0, LEAVES
        li s2, PAGES
        beqz t0, 3f                     # one in four goes elsewhere
        li t1, 1
        bne t0, t1, 3f
        li s0, SECOND
        li s2, FOURTH
3:      li t0, 40
        bne s4, t0, 4f
        li s0, PLAIN                    # once it is no table at all
4:      call rewrite
        sfence.vma s2
        ld t0, 0(s2)
        add s3, s3, t0
        addi s4, s4, -1
        bnez s4, 2b
        log s3
        leave
        pass

rewrite:
        sd s1, 0(s0)                    # the store
        ret

        define_mtrap
