# SPDX-License-Identifier: GPL-3.0-or-later
        add     a0, s12, a1
        lw      a0, 4(aa0)
        c.addi4spn a0, a1, 4
        addi    a0, 5, 6
        csrr    a0, mstats
