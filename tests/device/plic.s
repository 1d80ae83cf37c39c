# SPDX-License-Identifier: GPL-3.0-or-later
#
# The PLIC, with the UART (source 10) for a device that interrupts: enables, priorities and thresholds of both contexts, claims and
# completions, events while one is being served. QEMU 7.2 does not look at its lines when an enable is written: a write of a threshold
# after it makes it look.
        .include "table.inc"
        .equ    PRIORITY, PLIC + 40
        .equ    PENDING, PLIC + 0x1000
        .equ    ENABLE_M, PLIC + 0x2000
        .equ    ENABLE_S, PLIC + 0x2080
        .equ    THRESHOLD_M, PLIC + 0x200000
        .equ    CLAIM_M, PLIC + 0x200004
        .equ    THRESHOLD_S, PLIC + 0x201000
        .equ    CLAIM_S, PLIC + 0x201004
        .equ    SOURCE, 1 << 10
        getw    PRIORITY
        getw    PENDING
        putw    ENABLE_M, SOURCE
        getw    ENABLE_M
        put     MCR, 0x10
        put     IER, 1
        put     THR, 'a'                # an event: pending, but of priority 0
        getw    PENDING
        lines
        getw    CLAIM_M
        putw    PRIORITY, 3
        getw    PRIORITY
        lines
        putw    THRESHOLD_M, 3          # as high as the priority: no
        getw    THRESHOLD_M
        lines
        putw    THRESHOLD_M, 2
        lines
        putw    ENABLE_S, SOURCE        # to both
        putw    THRESHOLD_M, 2
        lines
        putw    THRESHOLD_S, 7
        lines
        putw    THRESHOLD_S, 0
        lines
        getw    CLAIM_S                 # one of them has it
        getw    PENDING
        lines
        getw    CLAIM_M
        getw    CLAIM_S
        get     RBR
        putw    CLAIM_S, 10
        lines
        getw    PENDING
        put     THR, 'b'
        getw    PENDING
        lines
        getw    CLAIM_M
        get     RBR
        put     THR, 'c'                # while it is being served
        getw    PENDING
        lines
        getw    CLAIM_M
        putw    CLAIM_M, 10
        lines
        getw    CLAIM_M
        getw    CLAIM_M
        get     RBR
        putw    CLAIM_M, 10
        lines
        putw    ENABLE_M, 0
        putw    THRESHOLD_M, 2
        put     THR, 'd'
        getw    PENDING
        lines
        putw    ENABLE_S, 0
        putw    THRESHOLD_M, 2
        lines
        getw    CLAIM_S
        putw    ENABLE_M, SOURCE
        putw    THRESHOLD_M, 2
        lines
        putw    PRIORITY, 0
        lines
        putw    PRIORITY, 7
        lines
        getw    CLAIM_M
        get     RBR
        putw    CLAIM_M, 10
        lines
        getw    PENDING
        .4byte  0
