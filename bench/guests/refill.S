# SPDX-License-Identifier: GPL-3.0-or-later
#
# The TLB filled again: a full sfence.vma, then one load from each of 64 pages. An operation is one load.
        .include "guest.inc"

        .set    PAGES, 64

        guest   2000000, MODE_S
        la      s1, area
        li      s3, PAGE
        mv      t0, s1
        number_pages PAGES
        mv      s2, t0                  # its end
        li      a1, 0
1:      sfence.vma
        mv      t1, s1
2:      ld      t0, (t1)
        add     a1, a1, t0
        add     t1, t1, s3
        bne     t1, s2, 2b
        addi    a0, a0, -PAGES
        bgtz    a0, 1b
        mv      a0, a1
        ret

        .bss
        .balign PAGE
area:   .skip   PAGES * PAGE
