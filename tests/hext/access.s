# SPDX-License-Identifier: GPL-3.0-or-later
#
# Who may do what: each instruction of a list, in HS-, VS-, U- and VU-mode, under several settings. A line for each: the cause
# in HS, VS and U, and another line for VU (8, 9, a: it has completed, and the ecall behind it has trapped).
        .include "hext.inc"
        START

        .macro READ_AND_WRITE list:vararg
        .irp csr, \list
        csrr a0, \csr
        csrw \csr, zero
        .endr
        .endm

list:   READ_AND_WRITE cycle, time, instret, sstatus, sie, stvec, scounteren, senvcfg, sscratch, sepc, scause, stval, sip, satp
        READ_AND_WRITE hstatus, hedeleg, hideleg, hie, htimedelta, hcounteren, hgeie, henvcfg, htval, hip, hvip, htinst, hgatp, hgeip
        READ_AND_WRITE vsstatus, vsie, vstvec, vsscratch, vsepc, vscause, vstval, vsip, vsatp
        READ_AND_WRITE mstatus, mscratch, mtval2, mtinst, medeleg, 0x5c0
        csrr a0, stimecmp
        csrr a0, vstimecmp
        sfence.vma
        hfence.vvma
        hfence.gvma
        hlv.b a0, (a2)
        hlvx.hu a0, (a2)
        hsv.b a0, (a2)
        ecall
        ebreak
list_end:

main:
        SAY "nothing is permitted"
        LINE
        call each
        SAY "all counters, and the timers"
        LINE
        li t0, 7
        csrw mcounteren, t0
        csrw hcounteren, t0
        csrw scounteren, t0
        li t0, 1 << 63
        csrw menvcfg, t0
        csrw henvcfg, t0
        call each
        SAY "hcounteren 0"
        LINE
        csrw hcounteren, zero
        call each
        SAY "mcounteren 0, hstatus.HU"
        LINE
        csrw mcounteren, zero
        li t0, HU
        csrs hstatus, t0
        call each
        SAY "henvcfg 0"
        LINE
        csrwi mcounteren, 7
        csrwi hcounteren, 7
        csrw henvcfg, zero
        call each
        SAY "TVM TW TSR"
        LINE
        la t0, tvm
        li t1, 1
        sw t1, 0(t0)
        li t0, TVM | TW | TSR
        csrs mstatus, t0
        call each
        SAY "VTVM VTW VTSR"
        LINE
        li t0, TVM | TW | TSR
        csrc mstatus, t0
        li t0, VTVM | VTW | VTSR
        csrs hstatus, t0
        call each
        SAY "both"
        LINE
        li t0, TVM | TW | TSR
        csrs mstatus, t0
        call each
        call wfi_everywhere
        li t0, TW
        csrc mstatus, t0
        call wfi_everywhere
        li t0, VTW
        csrc hstatus, t0
        call wfi_everywhere
        FINISH

        # An interrupt of VS-mode is pending, so that a wfi completes, but not taken where SIE is off (or V = 0).
wfi_everywhere:
        mv s11, ra
        li s2, 0x10500073
        la t0, place
        sw s2, 0(t0)
        fence.i
        csrwi hideleg, 4
        csrwi mie, 4
        csrwi hvip, 4
        SAY "wfi"
        li s5, IN_S
        call in_mode
        li s5, IN_VS
        call in_mode
        csrwi mie, 0
        LINE
        SAY "~tw"
        SAY " wfi VU"
        li s5, IN_VU
        call in_mode
        LINE
        csrwi hvip, 0
        csrwi hideleg, 0
        jr s11

each:   mv s11, ra
        la s0, list
        la s1, list_end
9:      lwu s2, 0(s0)
        la t0, place                    # the instruction, and an ecall
        sw s2, 0(t0)
        fence.i
        srli s3, s2, 12
        andi s3, s3, 7
        li t0, 4
        bne s3, t0, 1f
        SAY "~hlv-tval"
1:      la t0, tvm
        lw t0, 0(t0)
        beqz t0, 2f
        srli t0, s2, 20
        li t1, 0x180                    # satp
        beq t0, t1, 1f
        li t1, 0x680                    # hgatp
        beq t0, t1, 1f
        li t1, 0x120                    # sfence.vma
        bne t0, t1, 2f
1:      SAY "~tvm"
2:      SHOW s2
        li s5, IN_S
        call in_mode
        li s5, IN_VS
        call in_mode
        li s5, IN_U
        call in_mode
        LINE
        srli t1, s2, 28                 # VU: what is HS-mode's is QEMU's difference
        andi t1, t1, 3
        beqz s3, 3f
        li t0, 1
        bne t1, t0, 4f
        j 5f
3:      srli t0, s2, 21
        beqz t0, 4f                     # ecall, ebreak
5:      SAY "~vu"
4:      li t0, 4
        bne s3, t0, 6f
        SAY "~hlv-tval"
6:      SAY " VU"
        SHOW s2
        li s5, IN_VU
        call in_mode
        LINE
        addi s0, s0, 4
        blt s0, s1, 9b
        jr s11

in_mode:
        mv s10, ra
        la a2, data
        csrr s6, scounteren             # what the instruction might change
        csrr s7, hstatus
        csrr s8, hcounteren
        csrr s9, henvcfg
        la a0, place
        mv a1, s5
        call run_from_m
        csrw scounteren, s6
        csrw hstatus, s7
        csrw hcounteren, s8
        csrw henvcfg, s9
        la s9, seen
        ld a0, SEEN_CAUSE(s9)
        call print_number
        ld t0, SEEN_CAUSE(s9)
        li t1, 2
        beq t0, t1, 7f
        li t1, 22
        bne t0, t1, 8f
7:      ld t0, SEEN_TVAL(s9)            # of these, tval is the instruction
        beq t0, s2, 8f
        SAY "!"
8:      jr s10

        .balign 8
place:  .4byte 0
        ecall
tvm:    .4byte 0                        # TVM or VTVM is on
        .balign 8
data:   .8byte 0
