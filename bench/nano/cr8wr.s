# SPDX-License-Identifier: GPL-3.0-or-later
#
# A write to the interrupt mask, for which CR8 stood: S-mode's interrupts are disabled and enabled by turns. Two in an iteration.
        .include "nano.inc"

        .macro operation
        csrci   sstatus, SIE
        csrsi   sstatus, SIE
        .endm
        .macro empty
        .endm

        nano
        loops
        csrr    a0, sstatus
        andi    a0, a0, SIE
        snez    a1, s3
        slli    a1, a1, 1
        ebreak
