# SPDX-License-Identifier: GPL-3.0-or-later
#
# Where traps go: exceptions and interrupts to M-, HS- and VS-mode, what each is told, and how one gets back; vstimecmp and
# htimedelta; hlv, hlvx and hsv.
        .include "hext.inc"
        START

        .balign 4
guest:                                  # in page 0; its own handler:
guest_trap:
        csrr a0, scause
        csrr a1, stval
        csrr a2, sstatus
        csrr a3, sepc
        ecall                           # tells the hypervisor
try_illegal:
        .4byte 0xffffffff
try_break:
        ebreak
try_load:
        li t0, 0x7000000000
        ld a0, 8(t0)
        ecall
try_amo:
        li t0, 0x40001001
        amoadd.w a0, a0, (t0)
        ecall
try_ecall:
        ecall
try_sret:
        auipc t0, 0
        addi t0, t0, 16                 # below
        csrw sepc, t0
        sret
2:      li a0, 7
        ecall
try_spin:
        li a0, 1000                     # long enough for any interrupt
1:      addi a0, a0, -1
        bnez a0, 1b
        ecall
guest_end:

        # Runs `code` in the guest, and prints what HS-mode (or M-mode, IN_M) was told; a0 to a3 are the guest's.
        .macro TRY name, code, mode
        SAY "\name"
        PLACED \code, BASE + (((\mode) ^ SPP) << 8) # VU: at UPAGES
        RUN_GUEST \mode
        call print_seen
        .endm
        .macro TRY_FROM_M name, code, mode
        SAY "\name"
        PLACED \code, BASE + ((((\mode) ^ IN_VS) & MPP_S) << 5)
        RUN \mode
        call print_seen_m
        .endm

main:   MAKE_SECOND_STAGE
        MAKE_FIRST_STAGE
        PUT_CODE 0, guest, guest_end
        li t0, HGATP
        csrw hgatp, t0
        li t0, VSATP
        csrw vsatp, t0
        hfence.gvma
        hfence.vvma
        li t0, BASE
        csrw vstvec, t0

        SAY "to M-mode"
        LINE
        TRY_FROM_M "~gva illegal, VS", try_illegal, IN_VS
        TRY_FROM_M "~gva illegal, VU", try_illegal, IN_VU
        TRY_FROM_M "load, VS", try_load, IN_VS
        TRY_FROM_M "~amo-access amo, VU", try_amo, IN_VU
        TRY_FROM_M "~ebreak ebreak, VU", try_break, IN_VU
        TRY_FROM_M "~gva ecall, VS", try_ecall, IN_VS
        TRY_FROM_M "~gva ecall, VU", try_ecall, IN_VU
        TRY_FROM_M "sret within VS", try_sret, IN_VS
        li t0, 0xf0b1ff | 1 << 10
        csrw medeleg, t0
        TO_HS
        SAY "to HS-mode"
        LINE
        TRY "illegal, VS", try_illegal, SPP
        TRY "illegal, VU", try_illegal, 0
        TRY "load, VS", try_load, SPP
        TRY "load, VU", try_load, 0
        TRY "~amo-access amo, VS", try_amo, SPP
        TRY "~ebreak ebreak, VS", try_break, SPP
        TRY "ecall, VS", try_ecall, SPP
        TRY "ecall, VU", try_ecall, 0
        li t0, 0xffff
        csrw hedeleg, t0
        SAY "to VS-mode"
        LINE
        TRY "~illegal-cause illegal, VS", try_illegal, SPP
        TRY "~illegal-cause illegal, VU", try_illegal, 0
        TRY "load, VU", try_load, 0
        TRY "~amo-access amo, VS", try_amo, SPP
        TRY "~ebreak ebreak, VU", try_break, 0
        TRY "ecall, VS", try_ecall, SPP
        TRY "ecall, VU", try_ecall, 0
        SAY "vsstatus, vscause, vsepc after"
        SHOW_CSR vscause
        SHOW_CSR vsepc
        csrr a0, vsstatus
        andi a0, a0, 0x122
        SHOW a0
        LINE

        SAY "interrupts of VS-mode, by hvip"
        LINE
        li t0, 0x444
        csrw hie, t0
        csrw hideleg, t0
        csrsi vsstatus, 2               # SIE
        li t0, 4
        csrw hvip, t0
        TRY "software", try_spin, SPP
        csrsi vsstatus, 2
        li t0, 0x40
        csrw hvip, t0
        TRY "timer", try_spin, SPP
        csrsi vsstatus, 2
        li t0, 0x400
        csrw hvip, t0
        TRY "external, in VU", try_spin, 0
        csrsi vsstatus, 2
        li t0, 0x444
        csrw hvip, t0
        TRY "~order all", try_spin, SPP
        csrci vsstatus, 2
        TRY "SIE off, VS", try_spin, SPP
        TRY "~order SIE off, VU", try_spin, 0
        li t0, 0x40
        csrw vsie, zero
        csrw hvip, t0
        csrsi vsstatus, 2
        TRY "not enabled in vsie", try_spin, SPP
        li t0, 0x444
        csrw hie, t0
        csrw hideleg, zero
        csrci sstatus, 2                # less privileged modes: SIE does not matter
        TRY "not delegated", try_spin, SPP
        csrw hvip, zero
        csrsi sip, 2                    # HS-mode's own
        csrsi sie, 2
        TRY "HS-mode's own, not delegated to it", try_ecall, SPP
        csrw sie, zero
        csrw sip, zero

        SAY "vectored"
        LINE
        li t0, 0x444
        csrw hideleg, t0
        li t0, BASE + 1
        csrw vstvec, t0
        li t0, 4
        csrw hvip, t0
        csrsi vsstatus, 2
        TRY "software", try_spin, SPP   # 4 behind: a1 and on
        csrw hvip, zero
        li t0, BASE
        csrw vstvec, t0
        csrw vsie, zero

        SAY "hstatus: SPV and SPVP, of VU, VS, HS-mode's own"
        LINE
        csrw hedeleg, zero
        TRY "VU", try_ecall, 0
        TRY "VS", try_ecall, SPP
        FINISH

print_seen:
        addi sp, sp, -16
        sd ra, 0(sp)
        sd s0, 8(sp)
        la s0, seen
        ld a0, SEEN_CAUSE(s0)
        call print_number
        ld a0, SEEN_TVAL(s0)
        call print_number
        ld a0, SEEN_TVAL2(s0)
        call print_number
        ld a0, SEEN_TINST(s0)
        call print_number
        ld a0, SEEN_STATUS(s0)
        andi a0, a0, 0x1c0              # GVA SPV SPVP
        call print_number
        ld a0, SEEN_SSTATUS(s0)
        andi a0, a0, 0x122
        call print_number
        SAY " guest"
        ld a0, SEEN_A0(s0)
        call print_number
        ld a0, SEEN_A1(s0)
        call print_number
        LINE
        ld ra, 0(sp)
        ld s0, 8(sp)
        addi sp, sp, 16
        ret

print_seen_m:
        addi sp, sp, -16
        sd ra, 0(sp)
        sd s0, 8(sp)
        la s0, seen
        ld a0, SEEN_CAUSE(s0)
        call print_number
        ld a0, SEEN_TVAL(s0)
        call print_number
        ld a0, SEEN_TVAL2(s0)
        call print_number
        ld a0, SEEN_TINST(s0)
        call print_number
        ld a0, SEEN_STATUS(s0)
        li t0, MPV | GVA | MPP
        and a0, a0, t0
        call print_number
        SAY " guest"
        ld a0, SEEN_A0(s0)
        call print_number
        LINE
        ld ra, 0(sp)
        ld s0, 8(sp)
        addi sp, sp, 16
        ret
