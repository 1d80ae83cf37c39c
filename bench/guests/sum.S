# SPDX-License-Identifier: GPL-3.0-or-later
#
# A kernel's access to user memory: sstatus.SUM set, a load and a store of a user page, SUM cleared. An operation is one of the
# two changes of SUM.
        .include "guest.inc"

        guest   200000, MODE_S
        la      s1, cell
        li      t0, 1 << 30
        add     s1, s1, t0              # where U-mode sees it
        li      a2, SSTATUS_SUM
1:      csrs    sstatus, a2
        ld      a1, (s1)
        add     a1, a1, a0
        sd      a1, (s1)
        csrc    sstatus, a2
        addi    a0, a0, -2
        bgtz    a0, 1b
        mv      a0, a1
        ret

        .bss
        .balign PAGE
cell:   .skip   PAGE
