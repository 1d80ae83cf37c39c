# SPDX-License-Identifier: GPL-3.0-or-later
#
# One page mapped to two frames by turns: its PTE written, that page fenced, a load from it. The checksum shows which frame it
# was each time.
        .include "guest.inc"

        guest   200000, MODE_S
        mv      s0, a0
        mv      s5, ra
        li      s3, PAGE
        la      s4, frames
        mv      t0, s4
        number_pages 2
        mv      a0, s4
        li      a1, 0
        call    paging_pte
        mv      s1, a0
        ld      s2, (s1)                # to the first frame
        addi    s3, s2, 1 << 10         # to the second
        mv      a0, s0
        li      a1, 0
1:      sd      s3, (s1)
        sfence.vma s4
        ld      t0, (s4)
        add     a1, a1, t0
        sd      s2, (s1)
        sfence.vma s4
        ld      t0, (s4)
        xor     a1, a1, t0
        addi    a0, a0, -2
        bgtz    a0, 1b
        mv      a0, a1
        jr      s5

        .bss
        .balign 2 * PAGE
frames: .skip   2 * PAGE
