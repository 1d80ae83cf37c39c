# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two-stage translation as HS-mode sees it: a guest with paging, and what becomes of an access when one entry of the second
# stage is revoked: the page's own, or one that a table of the first stage lies behind.
        .include "hext.inc"

        .equ DATA, 3                    # the page that the guest uses
        .equ OTHER, 4
        .macro GLEAF page, rights       # the second stage's leaf
        PTE GLEAVES + (\page) * 8, RAM + OFFSET + (\page) * 4096, \rights
        hfence.gvma
        .endm
        .macro VLEAF page, rights       # the first stage's
        PTE VLEAVES + OFFSET + (\page) * 8, RAM + (\page) * 4096, \rights
        hfence.vvma
        .endm
        .macro SHOW_LEAVES page         # A and D as they are now
        li t0, GLEAVES + (\page) * 8
        ld s0, 0(t0)
        andi s0, s0, 0xff
        SHOW s0
        li t0, VLEAVES + OFFSET + (\page) * 8
        ld s0, 0(t0)
        andi s0, s0, 0xff
        SHOW s0
        LINE
        .endm
        .macro TRY name, code, mode     # the guest executes the code at `code` of its page 0
        SAY "\name"
        li a0, BASE + (\code) - guest
        RUN_GUEST \mode
        TOLD
        .endm
        .macro TRY_ALL name
        SAY "\name"
        LINE
        TRY "  load ", load, SPP
        TRY "  store", store, SPP
        TRY "  amo  ", amo, SPP
        TRY "  fetch", jump, SPP
        .endm
        .equ ALL, V|R|W|X|U|A|D

        START

        .balign 4
guest:
load:   li t0, BASE + DATA * 4096
        li a0, -1
        ld a0, 0(t0)
        ecall
store:  li t0, BASE + DATA * 4096
        li a0, 0x77
        sd a0, 8(t0)
        ecall
amo:    li t0, BASE + DATA * 4096
        li a0, 1
        amoadd.d a0, a0, (t0)
        ecall
jump:   li t0, BASE + DATA * 4096 + 0x100
        li a0, 5
        jr t0
straddle:
        li t0, BASE + DATA * 4096 - 2
        ld a0, 0(t0)
        ecall
bare_load:
        li t0, RAM + DATA * 4096
        ld a0, 0(t0)
        ecall
far_load:
        li t0, 1 << 41
        ld a0, 0(t0)
        ecall
hole_load:
        li t0, 0x12345678
        lb a0, 0(t0)
        ecall
guest_end:

main:
        li t0, 0xb1ff | 0xf << 20 | 1 << 10
        csrw medeleg, t0
        TO_HS
        MAKE_SECOND_STAGE
        MAKE_FIRST_STAGE
        PUT_CODE 0, guest, guest_end
        li t0, RAM + OFFSET + DATA * 4096
        li t1, 0x1122334455667788
        sd t1, 0(t0)
        li t1, 0x00000073               # ecall
        sw t1, 0x100(t0)
        fence.i
        li t0, HGATP
        csrw hgatp, t0
        li t0, VSATP
        csrw vsatp, t0
        hfence.gvma
        hfence.vvma

        TRY_ALL "permitted"
        GLEAF DATA, 0
        TRY_ALL "page revoked"
        GLEAF DATA, V|R|W|X|A|D
        TRY_ALL "page not U"
        GLEAF DATA, V|R|X|U|A|D
        TRY_ALL "page read-only"
        GLEAF DATA, V|X|U|A|D
        TRY_ALL "page execute-only"
        GLEAF DATA, V|R|W|U|A|D
        TRY_ALL "page not executable"
        GLEAF DATA, V|W|U|A|D
        TRY_ALL "reserved"
        GLEAF DATA, ALL
        GLEAF 0x12, 0
        TRY_ALL "leaf table revoked"
        GLEAF 0x12, ALL
        GLEAF 0x11, 0
        TRY_ALL "middle table revoked"
        GLEAF 0x11, ALL
        GLEAF 0x10, 0
        TRY_ALL "root revoked"
        GLEAF 0x10, ALL
        VLEAF DATA, 0
        TRY_ALL "first stage revoked"
        VLEAF DATA, V|R|W|X|A|D|U
        TRY_ALL "first stage U"
        VLEAF DATA, V|R|W|X|A|D
        GLEAF DATA, 0

        SAY "misaligned address of a load, across pages:"
        LINE
        TRY "  second half", straddle, SPP
        GLEAF DATA, ALL

        SAY "bits A and D of both stages after"
        LINE
        GLEAF DATA, V|R|W|X|U
        VLEAF DATA, V|R|W|X
        TRY "  load ", load, SPP
        SHOW_LEAVES DATA
        TRY "  store", store, SPP
        SHOW_LEAVES DATA

        SAY "guest without paging"
        LINE
        csrw vsatp, zero
        hfence.vvma
        SAY "  load"
        li a0, RAM + bare_load - guest
        RUN_GUEST SPP
        TOLD
        SAY "  beyond 41 bits"
        li a0, RAM + far_load - guest
        RUN_GUEST SPP
        TOLD
        SAY "  a hole"
        li a0, RAM + hole_load - guest
        RUN_GUEST SPP
        TOLD
        SAY "  fetch from a hole"
        li a0, 0x40000000
        RUN_GUEST SPP
        TOLD
        FINISH

