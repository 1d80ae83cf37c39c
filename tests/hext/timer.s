# SPDX-License-Identifier: GPL-3.0-or-later
#
# vstimecmp, htimedelta and henvcfg.STCE (Sstc): when VSTIP is pending, and that VS-mode is interrupted.
        .include "hext.inc"
        START

        .balign 4
guest:  csrr a0, scause                 # the handler
        ecall
read_time:
        csrr a0, time
        srli a0, a0, 60
        ecall
set_timer:
        csrw stimecmp, zero
        csrsi sstatus, 2
        li a0, 5
        ecall
push_timer:
        csrsi sstatus, 2
        li a0, -1
        csrw stimecmp, a0
        csrr a0, sip
        ecall
guest_end:

        .macro PENDING name
        SAY "\name"
        csrr a0, hip
        call print_number
        LINE
        .endm
        .macro TRY name, code
        SAY "\name"
        PLACED \code, RAM
        RUN_GUEST SPP
        TOLD
        .endm

main:   MAKE_SECOND_STAGE
        PUT_CODE 0, guest, guest_end
        li t0, HGATP
        csrw hgatp, t0
        csrw vsatp, zero
        hfence.gvma
        li t0, RAM
        csrw vstvec, t0
        li t0, 0xf0b1ff | 1 << 10
        csrw medeleg, t0
        csrwi mcounteren, 7
        li s0, 1 << 63
        csrw menvcfg, s0
        TO_HS
        csrwi hcounteren, 7
        li t0, 0x444
        csrw hideleg, t0
        csrw hie, t0
        csrw vstimecmp, zero
        PENDING "~vstimecmp STCE off, vstimecmp 0"
        csrw henvcfg, s0
        csrw vstimecmp, zero
        PENDING "on"
        li s1, -1
        csrw vstimecmp, s1
        PENDING "vstimecmp -1"
        li s2, 1 << 60
        csrw vstimecmp, s2
        PENDING "vstimecmp far away"
        csrw htimedelta, s2
        PENDING "~vstimecmp htimedelta as far"
        TRY "time of the guest", read_time
        csrw htimedelta, zero
        PENDING "htimedelta 0"
        TRY "time of the guest", read_time
        csrci vsstatus, 2
        TRY "the guest sets it", set_timer
        SHOW_CSR vscause
        LINE
        csrci vsstatus, 2
        csrw vstimecmp, s2
        TRY "the guest pushes it away", push_timer
        csrci vsstatus, 2
        li t0, 0x40
        csrw hvip, t0
        PENDING "hvip.VSTIP, too"
        FINISH
