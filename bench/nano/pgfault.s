# SPDX-License-Identifier: GPL-3.0-or-later
#
# A page fault of the kernel's own: a load from a page that is absent, and its handler, which steps over it.
        .include "nano.inc"

        .macro operation
        ld      t0, 0(s4)
        .endm
        .macro empty
        .endm

        nano
        handle_traps
        li      s4, PAGES
        loops
        mv      a0, s1
        mv      a1, s3
        ebreak
        skipping_handler
