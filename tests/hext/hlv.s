# SPDX-License-Identifier: GPL-3.0-or-later
#
# hlv, hlvx and hsv of each width, in both modes of the guest, from HS- and from U-mode, and what they are told where they trap;
# and M-mode's loads and stores with MPRV and MPV.
        .include "hext.inc"
        START

        .equ PAGE, 3
        .equ AT, BASE + PAGE * 4096     # S-mode's
        .equ UAT, UPAGES + PAGE * 4096  # U-mode's
        .macro GLEAF rights
        PTE GLEAVES + PAGE * 8, RAM + OFFSET + PAGE * 4096, \rights
        hfence.gvma
        .endm
        .equ ALL, V|R|W|X|U|A|D

        .macro LOADS name
        SAY "\name"
        .irp op, hlv.b, hlv.bu, hlv.h, hlv.hu, hlvx.hu, hlv.w, hlv.wu, hlvx.wu, hlv.d
        mv a0, s1
        \op a0, (a0)
        SHOW a0
        .endr
        LINE
        .endm
        # One instruction in HS-mode that traps to HS-mode itself.
        .macro TRAPS name, insn:vararg
        SAY "\name"
        la t0, seen
        la ra, 79f
        KEEP sd, t0
        li a0, 0
        \insn
79:     call print_hlv
        .endm

main:   MAKE_SECOND_STAGE
        MAKE_FIRST_STAGE
        li t0, HGATP
        csrw hgatp, t0
        li t0, VSATP
        csrw vsatp, t0
        hfence.gvma
        hfence.vvma
        li t0, RAM + OFFSET + PAGE * 4096
        li t1, 0x8899aabbccddeeff
        sd t1, 0(t0)
        sd t1, 8(t0)
        li t0, RAM + OFFSET + PAGE * 4096 + 4088
        sd t1, 0(t0)
        li t1, 0x1122334455667788
        sd t1, 8(t0)
        li t0, 0xf0b1ff | 1 << 10
        csrw medeleg, t0

        PTE RAM + 0x80000, 0, V|R|W|X|A|D # HS-mode's own tables map all as it is: QEMU looks at its satp, too
        PTE RAM + 0x80010, RAM, V|R|W|X|A|D
        li t0, (8 << 60) | ((RAM + 0x80000) >> 12)
        csrw satp, t0
        sfence.vma

        SAY "MPRV and MPV in M-mode"
        li s1, AT
        li t0, MPRV | MPV | MPP
        csrc mstatus, t0
        li t0, MPRV | MPV | MPP_S
        csrs mstatus, t0
        ld s2, 0(s1)
        sb zero, 8(s1)
        ld s3, 8(s1)
        li t0, MPRV | MPV
        csrc mstatus, t0
        SHOW s2
        SHOW s3
        LINE
        SAY "~mprv-gva the same where U-mode's page is S-mode's"
        la a0, 1f
        la t0, seen
        la ra, 1f
        KEEP sd, t0
        li t0, MPRV | MPV | MPP
        csrc mstatus, t0
        li t0, MPRV | MPV
        csrs mstatus, t0
        csrw medeleg, zero
        ld s2, 0(s1)
1:      li t0, MPRV | MPV
        csrc mstatus, t0
        call print_hlv_m
        li t0, 0xf0b1ff | 1 << 10
        csrw medeleg, t0

        TO_HS
        li t0, SPVP
        csrs hstatus, t0
        li s1, AT
        LOADS "VS"
        li t0, SPVP
        csrc hstatus, t0
        li s1, UAT
        LOADS "VU"
        li s1, UAT + 4095               # into the next page
        LOADS "across pages"
        li s1, UAT
        li a0, 0x0102030405060708
        hsv.d a0, (s1)
        li a0, -1
        hsv.b a0, (s1)
        LOADS "after hsv.d, hsv.b"
        hsv.w a0, (s1)
        addi s1, s1, 4
        hsv.h a0, (s1)
        addi s1, s1, -4
        LOADS "after hsv.w, hsv.h"

        SAY "traps"
        LINE
        li s1, AT
        TRAPS "~spvp VU, S-mode's page", hlv.d a0, (s1)
        TRAPS "~spvp store", hsv.d a0, (s1)
        li t0, SPVP
        csrs hstatus, t0
        li s1, UAT
        TRAPS "~spvp VS, U-mode's page", hlv.d a0, (s1)
        li t0, SUM
        csrs vsstatus, t0
        TRAPS "~spvp with SUM", hlv.h a0, (s1)
        TRAPS "~spvp with SUM, hlvx", hlvx.hu a0, (s1)
        li t0, SUM
        csrc vsstatus, t0
        li s1, AT
        GLEAF 0
        TRAPS "second stage, load", hlv.w a0, (s1)
        TRAPS "second stage, hlvx", hlvx.wu a0, (s1)
        TRAPS "second stage, store", hsv.w a0, (s1)
        GLEAF V|X|U|A|D
        TRAPS "execute-only, load", hlv.w a0, (s1)
        TRAPS "~hlvx execute-only, hlvx", hlvx.wu a0, (s1)
        GLEAF V|R|U|A|D
        TRAPS "~spvp read-only, load", hlv.w a0, (s1)
        TRAPS "~hlvx read-only, hlvx", hlvx.wu a0, (s1)
        TRAPS "read-only, store", hsv.w a0, (s1)
        GLEAF ALL
        FINISH

print_hlv:                              # a0 is what was loaded, if it has not trapped
        mv s9, a0
        mv s10, ra
        la s8, seen
        SHOW s9
        ld a0, SEEN_CAUSE(s8)
        call print_number
        ld a0, SEEN_TVAL(s8)
        call print_number
        ld a0, SEEN_TVAL2(s8)
        call print_number
        ld a0, SEEN_STATUS(s8)
        andi a0, a0, 0x1c0
        call print_number
        sd zero, SEEN_CAUSE(s8)
        sd zero, SEEN_TVAL(s8)
        sd zero, SEEN_TVAL2(s8)
        sd zero, SEEN_STATUS(s8)
        LINE
        jr s10
print_hlv_m:
        mv s10, ra
        la s8, seen
        ld a0, SEEN_CAUSE(s8)
        call print_number
        ld a0, SEEN_TVAL(s8)
        call print_number
        ld a0, SEEN_STATUS(s8)
        li t0, GVA | MPV
        and a0, a0, t0
        call print_number
        LINE
        jr s10
