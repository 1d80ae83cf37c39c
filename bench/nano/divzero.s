# SPDX-License-Identifier: GPL-3.0-or-later
#
# An exception that the kernel handles, for which division by zero stood (RISC-V's raises none): an atomic instruction at an
# address that is not aligned. Like a division, it is innocuous, and whether it traps depends on its operand.
        .include "nano.inc"

        .macro operation
        amoadd.w t0, zero, (s4)
        .endm
        .macro empty
        .endm

        nano
        handle_traps
        li      s4, FRAMES + 2
        loops
        mv      a0, s1
        mv      a1, s3
        ebreak
        skipping_handler
