# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two-stage translation as HS-mode sees it: a guest with paging, and what becomes of an access when one entry of the second
# stage is revoked: the page's own, or one that a table of the first stage lies behind.
        .include "hext.inc"

        .equ DATA, 3                    # the page that the guest uses ...
        .equ AT, BASE + 0x200000        # ... here, by a leaf table of its own: page TABLE
        .equ TABLE, 0x13
        .macro GLEAF page, rights       # the second stage's leaf
        PTE GLEAVES + (\page) * 8, RAM + OFFSET + (\page) * 4096, \rights
        hfence.gvma
        .endm
        .macro VLEAF page, rights       # the first stage's
        PTE RAM + OFFSET + TABLE * 4096, RAM + (\page) * 4096, \rights
        hfence.vvma
        .endm
        .macro SHOW_LEAVES page         # A and D as they are now
        li t0, GLEAVES + (\page) * 8
        ld s0, 0(t0)
        andi s0, s0, 0xff
        SHOW s0
        li t0, RAM + OFFSET + TABLE * 4096
        ld s0, 0(t0)
        andi s0, s0, 0xff
        SHOW s0
        LINE
        .endm
        .macro TRY name, code, mode     # the guest executes the code at `code` of its page 0
        SAY "\name"
        PLACED \code, BASE
        RUN_GUEST \mode
        TOLD
        .endm
        .macro TRY_ALL name, others     # `others`: what begins the lines of stores and fetches
        SAY "\name"
        LINE
        TRY "  load", load, SPP
        TRY "\others  store", store, SPP
        TRY "~amo-access  amo", amo, SPP
        TRY "\others  fetch", jump, SPP
        .endm
        .equ ALL, V|R|W|X|U|A|D

        START

        .balign 4
guest:
load:   li t0, AT
        li a0, -1
        ld a0, 0(t0)
        ecall
store:  li t0, AT
        li a0, 0x77
        sd a0, 8(t0)
        ecall
amo:    li t0, AT
        li a0, 1
        amoadd.d a0, a0, (t0)
        ecall
jump:   li t0, AT + 0x100
        li a0, 5
        jr t0
straddle:
        li t0, AT + 4096 - 2
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
high_load:
        li t0, (1 << 39) + OFFSET + DATA * 4096
        ld a0, 0(t0)
        ecall
same_load:
        li t0, RAM + 0x28000
        ld a0, 0(t0)
        addi a0, a0, 1
        sd a0, 0(t0)
        ld a0, 0(t0)
        ecall
guest_end:

main:
        li t0, 0xb1ff | 0xf << 20 | 1 << 10
        csrw medeleg, t0
        TO_HS
        MAKE_SECOND_STAGE
        MAKE_FIRST_STAGE
        PTE VMIDDLE + OFFSET + 8, RAM + TABLE * 4096, V
        VLEAF DATA, V|R|W|X|A|D
        PTE RAM + OFFSET + TABLE * 4096 + 8, RAM + 4 * 4096, V|R|W|X|A|D
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
        GLEAF TABLE, 0
        TRY_ALL "leaf table revoked", "~implicit-cause"
        GLEAF TABLE, V|X|U|A|D
        TRY_ALL "leaf table execute-only", "~implicit-cause"
        GLEAF TABLE, ALL
        GLEAF 0x11, 0
        TRY "~implicit-cause middle table revoked", load, SPP
        GLEAF 0x11, ALL
        GLEAF 0x10, 0
        TRY "~implicit-cause root revoked", load, SPP
        GLEAF 0x10, ALL
        VLEAF DATA, 0
        TRY_ALL "first stage revoked"
        VLEAF DATA, V|R|W|X|A|D|U
        TRY_ALL "first stage U"
        VLEAF DATA, V|R|W|X|A|D
        GLEAF 4, 0
        SAY "a load across pages, the second one revoked"
        TRY "", straddle, SPP
        GLEAF 4, ALL

        SAY "bits A and D of both stages after"
        LINE
        GLEAF DATA, V|R|W|X|U
        VLEAF DATA, V|R|W|X
        TRY "  load", load, SPP
        SHOW_LEAVES DATA
        TRY "  store", store, SPP
        SHOW_LEAVES DATA

        SAY "table that is read-only in the second stage: A is there, then it is to be set, then D"
        LINE
        GLEAF TABLE, V|R|U|A|D
        TRY "  load", load, SPP
        GLEAF TABLE, ALL
        VLEAF DATA, V|R|W|X
        GLEAF TABLE, V|R|U|A|D
        TRY "~read-only-table  load", load, SPP
        GLEAF TABLE, ALL
        VLEAF DATA, V|R|W|X|A
        GLEAF TABLE, V|R|U|A|D
        TRY "~read-only-table  store", store, SPP
        GLEAF TABLE, ALL
        VLEAF DATA, V|R|W|X|A|D

        SAY "MXR of HS-mode, of VS-mode, and of neither, where both stages, one, the other are execute-only"
        LINE
        .irp bits, MXR, 0
        li t0, \bits
        csrs sstatus, t0
        .irp vbits, MXR, 0
        li t0, \vbits
        csrs vsstatus, t0
        VLEAF DATA, V|X|A|D
        GLEAF DATA, V|X|U|A|D
        TRY "~mxr  both", load, SPP
        GLEAF DATA, ALL
        TRY "~mxr  first", load, SPP
        VLEAF DATA, V|R|X|A|D
        GLEAF DATA, V|X|U|A|D
        TRY "~mxr  second", load, SPP
        li t0, MXR
        csrc vsstatus, t0
        .endr
        li t0, MXR
        csrc sstatus, t0
        .endr
        GLEAF DATA, ALL

        SAY "SUM of VS-mode, where the page is U's"
        LINE
        VLEAF DATA, V|R|W|X|U|A|D
        li t0, SUM
        csrs sstatus, t0
        TRY "  HS-mode's", load, SPP
        csrc sstatus, t0
        li t0, SUM
        csrs vsstatus, t0
        TRY "  VS-mode's", load, SPP
        li t0, SUM
        csrc vsstatus, t0
        csrc sstatus, t0
        VLEAF DATA, V|R|W|X|A|D

        SAY "guest without paging"
        LINE
        csrw vsatp, zero
        hfence.vvma
        SAY "  load"
        PLACED bare_load, RAM
        RUN_GUEST SPP
        TOLD
        SAY "  beyond 41 bits"
        PLACED far_load, RAM
        RUN_GUEST SPP
        TOLD
        SAY "  a hole"
        PLACED hole_load, RAM
        RUN_GUEST SPP
        TOLD
        SAY "  fetch from a hole"
        li a0, 0x40000000
        RUN_GUEST SPP
        TOLD
        SAY "  39 bits, by a page of 1 GiB"
        PTE GROOT + 0x1000, RAM, V|R|W|X|U|A|D
        hfence.gvma
        PLACED high_load, RAM
        RUN_GUEST SPP
        TOLD
        SAY "  where HS-mode has other memory at the same address"
        li s1, RAM + 0x28000
        li s2, RAM + OFFSET + 0x28000
        li t1, 0x1111
        sd t1, 0(s1)
        li t1, 0x2222
        sd t1, 0(s2)
        PLACED same_load, RAM
        RUN_GUEST SPP
        ld s3, 0(s1)
        ld s4, 0(s2)
        li t1, 0x3333
        sd t1, 8(s1)
        ld s5, 8(s2)
        SHOW s3
        SHOW s4
        SHOW s5
        TOLD
        FINISH

