# SPDX-License-Identifier: GPL-3.0-or-later
#
# S-mode looks where the translator hides; there is nothing. U-mode may.
        .include "../vmm/prelude.inc"
        start
        make_tables
        paging_on
        enter 1
        li s0, -16
        .globl touch
touch:  ld s1, 0(s0)
        leave
        pass
        define_mtrap
