# SPDX-License-Identifier: GPL-3.0-or-later
#
# Switches between two address spaces, in which neighbouring pages have changed places: satp written, a full fence, one load
# from each of 16 pages. An operation is one switch.
        .include "guest.inc"

        .set    PAGES, 16

        guest   60000, MODE_S
        mv      s0, a0
        mv      s5, ra
        li      s3, PAGE
        la      s4, area
        mv      t0, s4
        number_pages PAGES
        li      a0, 1
        call    paging_make
        mv      s2, a0                  # the other space
        csrr    s1, satp
        mv      a0, s4
        li      a1, 1
        call    paging_pte
        li      t2, PAGES
1:      ld      t0, (a0)
        xori    t0, t0, 1 << 10         # the frame's number is from bit 10 on
        sd      t0, (a0)
        addi    a0, a0, 8
        addi    t2, t2, -1
        bnez    t2, 1b

        mv      a0, s0
        li      a1, 0
2:      csrw    satp, s2
        sfence.vma
        mv      t1, s4
        .rept   PAGES
        ld      t0, (t1)
        sub     a1, t0, a1
        add     t1, t1, s3
        .endr
        slli    t0, a1, 1
        add     a1, a1, t0
        mv      t2, s1
        mv      s1, s2
        mv      s2, t2
        addi    a0, a0, -1
        bnez    a0, 2b
        mv      a0, a1
        jr      s5

        .bss
        .balign 2 * PAGE
area:   .skip   PAGES * PAGE
