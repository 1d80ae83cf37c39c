# SPDX-License-Identifier: GPL-3.0-or-later
#
# Loads and stores: widths, signs, offsets, alignments, register coincidences, page crossings; what is not memory.
# without: bt (NOTHING 45 reaches into the place of its translations)
        .include "test.inc"
        START
        li s1, DATA

        # Each width from each byte offset 0..15, and at both ends of the offsets.
        li a0, 0x8899aabbccddeeff
        li a1, 0x0123456789abcdef
        sd a0, 0(s1)
        sd a1, 8(s1)
        sd a0, 16(s1)
        .macro SUM_LOADS op, sum
        .irp offset, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        \op a2, \offset(s1)
        SUM_UP a2
        addi a3, s1, \offset
        \op a3, 0(a3)                   # rd = rs1
        SUM_UP a3
        \op zero, \offset(s1)
        SUM_UP zero
        .endr
        li a4, DATA + 2048
        \op a2, -2048(a4)
        SUM_UP a2
        li a4, DATA - 2039
        \op a2, 2047(a4)
        SUM_UP a2
        TEST_SUM n, \sum
        .set n, n + 1
        .endm
        .set n, 1
        SUM_LOADS lb, 0x5fabf9417cf2fc18
        SUM_LOADS lh, 0x912e38ce17e005b8
        SUM_LOADS lw, 0xf54da7066b6c0479
        SUM_LOADS ld, 0x0b905d20141c2ec7
        SUM_LOADS lbu, 0x618fb9490b73b990
        SUM_LOADS lhu, 0x72ee507d181d7db9
        SUM_LOADS lwu, 0x08f4a7e422eeea3a

        # Stores write their bytes and no others.
        .macro SUM_STORES op, sum
        .irp offset, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        sd zero, 0(s1)
        sd a0, 8(s1)
        sd zero, 16(s1)
        \op a1, \offset(s1)
        .irp word, 0, 8, 16
        ld a2, \word(s1)
        SUM_UP a2
        .endr
        addi a3, s1, \offset
        \op a3, 0(a3)                   # rs1 = rs2
        ld a2, \offset(s1)
        SUM_UP a2
        \op zero, \offset(s1)
        ld a2, \offset(s1)
        SUM_UP a2
        .endr
        li a4, DATA + 2048
        \op a1, -2048(a4)
        li a4, DATA - 2039
        \op a1, 2047(a4)
        ld a2, 0(s1)
        SUM_UP a2
        ld a2, 8(s1)
        SUM_UP a2
        TEST_SUM n, \sum
        .set n, n + 1
        .endm
        SUM_STORES sb, 0xe247f8f4569cc4f6
        SUM_STORES sh, 0xaafaccec60aa4b91
        SUM_STORES sw, 0x418158737ffdd0c1
        SUM_STORES sd, 0x249698e3460c6318

        # Across the end of a page, at every distance; bare here, paged in straddle.s.
        li s2, DATA + 0x1000
        .irp distance, 1,2,3,4,5,6,7
        sd zero, -8(s2)
        sd zero, 0(s2)
        li a0, 0x1122334455667788
        sd a0, -\distance(s2)
        ld a1, -\distance(s2)
        TEST_SAME 20 + \distance, a0, a1
        ld a2, -8(s2)
        SUM_UP a2
        ld a2, 0(s2)
        SUM_UP a2
        lw a2, -\distance(s2)
        SUM_UP a2
        lhu a2, -\distance(s2)
        SUM_UP a2
        sw a0, -\distance(s2)
        sh a0, -\distance(s2)
        ld a2, 0(s2)
        SUM_UP a2
        .endr
        TEST_SUM 30, 0xeb13e89c99a5b6c2

        # Where nothing is.
        .macro NOTHING n, address
        li a1, \address
        .irp op, lb, lh, lw, ld, lbu, lhu, lwu
        li a0, 5
        TRAPPING
        \op a0, 0(a1)
        TRAPPED \n, LOAD_ACCESS, \address
        TEST_CASE \n, a0, 5             # nothing was loaded
        .endr
        .irp op, sb, sh, sw, sd
        TRAPPING
        \op a0, 0(a1)
        TRAPPED \n, STORE_ACCESS, \address
        .endr
        .endm
        NOTHING 40, NOWHERE
        NOTHING 41, 0
        NOTHING 42, RAM + 0x8000000     # the end of 128 MiB
        NOTHING 43, 1 << 55
        NOTHING 44, 1 << 63
        NOTHING 45, -8

        # Devices: as wide as the register only, and aligned.
        li a1, CLINT + 0xbff8
        ld a0, 0(a1)
        lw a2, 4(a1)
        TEST_CASE 50, a2, 0
        li a1, UART
        lbu a0, 5(a1)
        andi a0, a0, 0x60               # the transmitter is empty
        TEST_CASE 51, a0, 0x60
        j pass
        FINISH
