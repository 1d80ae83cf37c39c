# SPDX-License-Identifier: GPL-3.0-or-later
#
# Physical memory protection is stored and permits everything: all registers, their bits, locks, reserved combinations.
        .include "test.inc"
        START
        DIFFERS pmp, pass
        csrw pmpcfg0, zero
        .irp entry, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        li a0, -1
        csrw pmpaddr\entry, a0
        csrr a1, pmpaddr\entry
        TEST_CASE \entry + 1, a1, (1 << 54) - 1
        li a0, 0x1234 + \entry
        csrw pmpaddr\entry, a0
        .endr
        .irp entry, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        csrr a1, pmpaddr\entry
        TEST_CASE \entry + 1, a1, 0x1234 + \entry
        .endr
        .irp cfg, pmpcfg0, pmpcfg2
        csrw \cfg, zero
        li a0, 0x1f0f1b131d0d0905
        csrw \cfg, a0
        csrr a1, \cfg
        TEST_SAME 20, a0, a1
        li a0, 0x6060606060606060       # no such bits
        csrs \cfg, a0
        csrr a1, \cfg
        TEST_CASE 21, a1, 0x1f0f1b131d0d0905
        li a0, 0x0200000000000002       # W without R is reserved: such bytes stay, the others go
        csrw \cfg, a0
        csrr a1, \cfg
        TEST_CASE 22, a1, 0x1f00000000000005
        li a0, 0x0080000000000088
        csrw \cfg, a0
        li a0, 0x0101010101010101       # locked bytes stay
        csrw \cfg, a0
        csrr a1, \cfg
        TEST_CASE 23, a1, 0x0180010101010188
        .endr
        li a0, 0x5678
        .irp entry, 0,6,8,14, 7         # locked; the last one as the lower bound of entry 8, which is TOR
        csrw pmpaddr\entry, a0
        csrr a1, pmpaddr\entry
        TEST_CASE 25, a1, 0x1234 + \entry
        .endr
        .irp entry, 1,2,3,4,5,9,10,11,12,13,15
        csrw pmpaddr\entry, a0
        csrr a1, pmpaddr\entry
        TEST_CASE 26, a1, 0x5678
        .endr
        li a0, DATA                     # and nothing of that forbids anything
        ENTER 0
        sd a0, 0(a0)
        ld a1, 0(a0)
        TEST_SAME 24, a0, a1
        LEAVE
        j pass
        FINISH
