# SPDX-License-Identifier: GPL-3.0-or-later
#
# Atomics: every operation over pairs of corner values; reservations; alignment; what is not RAM.
        .include "test.inc"
        START
        la s1, values
        la s2, values_end
        li s3, DATA

        .macro SUM_AMO op, sum
        mv a0, s1
81:     ld a2, 0(a0)
        mv a1, s1
82:     ld a3, 0(a1)
        sd a2, 0(s3)
        \op a4, a3, (s3)
        SUM_UP a4
        ld a4, 0(s3)
        SUM_UP a4
        sd a2, 0(s3)
        mv a4, a3
        \op a4, a4, (s3)                # rd = rs2
        SUM_UP a4
        \op zero, a3, (s3)
        \op a4, zero, (s3)
        SUM_UP a4
        sd a2, 0(s3)
        mv a4, s3
        \op a4, a3, (a4)                # rd = rs1
        SUM_UP a4
        mv a4, s3
        \op a5, a4, (a4)                # rs1 = rs2
        SUM_UP a5
        ld a4, 0(s3)
        SUM_UP a4
        addi a1, a1, 8
        bne a1, s2, 82b
        addi a0, a0, 8
        bne a0, s2, 81b
        TEST_SUM n, \sum
        .set n, n + 1
        .endm
        .set n, 1
        SUM_AMO amoswap.w, 0xb1969a0b3ba779e2
        SUM_AMO amoadd.w, 0x3e9549ad35590e60
        SUM_AMO amoxor.w, 0x1929fe5ecfb7753f
        SUM_AMO amoand.w, 0xed44e1b39f1428c9
        SUM_AMO amoor.w, 0x31166ca63e09c655
        SUM_AMO amomin.w, 0x3eaa046db8979379
        SUM_AMO amomax.w, 0xbc7b5dbf7c16d096
        SUM_AMO amominu.w, 0x96bf368b9bbaaa6e
        SUM_AMO amomaxu.w, 0x93231dd9171a48a4
        SUM_AMO amoswap.d, 0x1ec120b90a7cb306
        SUM_AMO amoadd.d, 0x0e61dd9105409915
        SUM_AMO amoxor.d, 0x7a22e2c3faa45c3c
        SUM_AMO amoand.d, 0x5367c6801c88d79a
        SUM_AMO amoor.d, 0x244f146bdabfed32
        SUM_AMO amomin.d, 0x93dcb936165aa7ec
        SUM_AMO amomax.d, 0xa06d1c0c03674779
        SUM_AMO amominu.d, 0x74fbad12a5297229
        SUM_AMO amomaxu.d, 0xa094a5dea0c35561
        SUM_AMO amoadd.w.aqrl, 0x3e9549ad35590e60
        SUM_AMO amoxor.d.aq, 0x7a22e2c3faa45c3c

        # The upper word stays with .w, at either half.
        li a0, 0x1111111122222222
        sd a0, 0(s3)
        addi a1, s3, 4
        li a2, 1
        amoadd.w a3, a2, (a1)
        TEST_CASE 30, a3, 0x11111111
        ld a3, 0(s3)
        TEST_CASE 31, a3, 0x1111111222222222

        # A pair that works, and once only.
        .macro LR_SC n, width, store, load
        li a0, -5
        \store a0, 0(s3)
        lr.\width a1, (s3)
        TEST_CASE \n, a1, -5
        li a2, 7
        sc.\width a3, a2, (s3)
        TEST_CASE \n, a3, 0
        \load a4, 0(s3)
        TEST_CASE \n, a4, 7
        li a2, 8
        sc.\width a3, a2, (s3)
        TEST_CASE \n, a3, 1
        \load a4, 0(s3)
        TEST_CASE \n, a4, 7
        lr.\width\().aq a1, (s3)
        sc.\width\().rl a1, a1, (s3)       # rd = rs2
        TEST_CASE \n, a1, 0
        lr.\width zero, (s3)
        mv a1, s3
        sc.\width a1, a2, (a1)          # rd = rs1
        TEST_CASE \n, a1, 0
        \load a4, 0(s3)
        TEST_CASE \n, a4, 8
        lr.\width a1, (s3)
        sc.\width zero, a2, (s3)
        .endm
        LR_SC 40, w, sw, lw
        LR_SC 41, d, sd, ld

        # What ends a reservation and what does not.
        lr.d a1, (s3)
        addi a2, s3, 8
        sc.d a3, a1, (a2)               # another address
        TEST_CASE 42, a3, 1
        sc.d a3, a1, (s3)               # a failed SC ends it, too
        TEST_CASE 43, a3, 1
        lr.d a1, (s3)
        lr.d a1, (a2)                   # replaced
        sc.d a3, a1, (s3)
        TEST_CASE 44, a3, 1
        DIFFERS sc-by-value, 1f
        lr.w a1, (s3)
        sc.d a3, a1, (s3)               # another width
        TEST_CASE 45, a3, 1
        lr.d a1, (s3)
        sd zero, 0(s3)                  # an own store
        sc.d a3, a1, (s3)
        TEST_CASE 46, a3, 0
        lr.d a1, (s3)
        amoadd.d a1, a1, (s3)
        sc.d a3, a1, (s3)
        TEST_CASE 47, a3, 0
        lr.d a1, (s3)
        ecall                           # a trap and a return
        sc.d a3, a1, (s3)
        TEST_CASE 48, a3, 0
        lr.d a1, (s3)
        ENTER 0
        sc.d a3, a1, (s3)
        TEST_CASE 49, a3, 0
        lr.d a1, (s3)
        li a0, DATA + 64
        LEAVE
        sc.d a3, a1, (s3)
        TEST_CASE 50, a3, 0
        sd zero, 0(s3)
        lr.d a1, (s3)
        li a4, DATA + 1                 # an SC that traps does not end it
        sc.d a3, a1, (a4)
        sc.d a3, a1, (s3)
        TEST_CASE 51, a3, 0
1:

        # The usual loops: add one, and a lock.
        sd zero, 0(s3)
        li a5, 100
1:      lr.d a1, (s3)
        addi a1, a1, 1
        sc.d a2, a1, (s3)
        bnez a2, 1b
        addi a5, a5, -1
        bnez a5, 1b
        ld a1, 0(s3)
        TEST_CASE 52, a1, 100
        sw zero, 0(s3)
        li a1, 1
1:      amoswap.w.aq a2, a1, (s3)
        bnez a2, 1b
        amoswap.w.rl zero, zero, (s3)

        # By physical address: another virtual one is as good.
        MAKE_TABLES
        PTE LEAVES + 8, DATA, V|R|W|A|D
        sd zero, 0(s3)
        PAGING_ON
        DIFFERS sc-by-value, 1f
        ENTER 1
        li a0, PAGES + 0x1000
        lr.d a1, (s3)
        sc.d a3, a1, (a0)
        TEST_CASE 53, a3, 0
        LEAVE
1:      PAGING_OFF

        .macro REFUSED n, op, width, cause, address
        TRAPPING
        \op\().\width a0, a0, (a1)
        TRAPPED \n, \cause, \address
        .endm
        # Misaligned: always a trap. Devices and nothing: an access fault.
        .macro MISALIGNED n, offset, width
        addi a1, s3, \offset
        TRAPPING
        lr.\width a0, (a1)
        TRAPPED \n, LOAD_MISALIGNED, DATA + \offset
        .irp op, sc, amoswap, amoadd, amoxor, amoand, amoor, amomin, amomax, amominu, amomaxu
        REFUSED \n, \op, \width, STORE_MISALIGNED, DATA + \offset
        .endr
        .endm
        DIFFERS misaligned-atomics, 1f
        MISALIGNED 60, 1, w
        MISALIGNED 61, 2, w
        MISALIGNED 62, 3, w
        MISALIGNED 63, 1, d
        MISALIGNED 64, 4, d
        MISALIGNED 65, 7, d
1:
        .macro NO_ATOMICS n, address
        li a1, \address
        TRAPPING
        lr.w a0, (a1)
        TRAPPED \n, LOAD_ACCESS, \address
        .irp op, amoswap, amoadd, amoxor, amoand, amoor, amomin, amomax, amominu, amomaxu
        REFUSED \n, \op, w, STORE_ACCESS, \address
        .endr
        .endm
        DIFFERS amo-access, 1f
        NO_ATOMICS 66, NOWHERE
1:
        DIFFERS failing-sc, 1f
        li a1, NOWHERE
        TRAPPING
        sc.w a0, a0, (a1)               # fails, and is checked like a store all the same
        TRAPPED 67, STORE_ACCESS, NOWHERE
1:
        DIFFERS device-atomics, 1f
        NO_ATOMICS 68, UART
        NO_ATOMICS 69, CLINT
1:
        # Reserved encodings.
        ILLEGAL_HERE 70, 1, .4byte 0x1012a52f   # lr.w with rs2
        ILLEGAL_HERE 71, 1, .4byte 0x0000052f   # amoadd.b
        ILLEGAL_HERE 72, 1, .4byte 0x0000452f   # amoadd.q
        ILLEGAL_HERE 73, 1, .4byte 0x2800252f   # amocas.w
        j pass

        .balign 8
values: .dword 0, 1, -1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000
        .dword 0x7fffffffffffffff, 0x8000000000000000, 0x123456789abcdef, 0xfffffffe80000001
values_end:
        FINISH
