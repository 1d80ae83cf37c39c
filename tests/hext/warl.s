# SPDX-License-Identifier: GPL-3.0-or-later
#
# What each CSR holds of ones, zeros and alternate bits, as M-mode reads it back.
        .include "hext.inc"
        START

        .macro HOLDS prefix, list:vararg
        .irp csr, \list
        SAY "\prefix\csr"
        csrr s1, \csr
        li s0, -1
        csrw \csr, s0
        SHOW_CSR \csr
        csrw \csr, zero
        SHOW_CSR \csr
        li s0, 0x5555555555555555
        csrs \csr, s0
        SHOW_CSR \csr
        li s0, 0x1111111111111111
        csrc \csr, s0
        SHOW_CSR \csr
        csrw \csr, s1
        LINE
        .endr
        .endm

main:   HOLDS "", hedeleg, hideleg, hie, hvip, htimedelta, hgeie, htval, mtinst, mtval2
        HOLDS "", vsscratch, vscause, vstval
        HOLDS "~more-bits ", hstatus, hcounteren, henvcfg, hip, mideleg, medeleg, mie, htinst
        HOLDS "~epc-bit-0 ", vsepc
        HOLDS "~tvec-bit-1 ", vstvec
        HOLDS "~vs-status ", vsstatus
        HOLDS "~satp ", vsatp, hgatp

        SAY "hideleg shows vsie and vsip"
        LINE
        li t0, 0x444
        csrw hideleg, t0
        HOLDS "", hie, hvip
        HOLDS "~vsie ", vsie
        li s2, 0x444
        csrw hvip, s2
        SHOW_CSR hip
        LINE
        SAY "~vsip"
        SHOW_CSR vsip
        LINE
        csrwi hideleg, 4
        SHOW_CSR vsip
        csrsi vsip, 2
        SHOW_CSR hvip
        csrci vsip, 2
        SHOW_CSR hvip
        csrsi hip, 4
        SHOW_CSR hvip
        SHOW_CSR sip
        LINE

        SAY "misa, H"
        csrr a0, misa
        andi a0, a0, 0x80
        SHOW a0
        SAY " mstatus, MPV and GVA"
        li t0, MPV | GVA
        csrs mstatus, t0
        csrr a0, mstatus
        and a0, a0, t0
        SHOW a0
        LINE

        SAY "hgatp: ones but for MODE, then a MODE that there is not"
        LINE
        li t0, HGATP
        csrw hgatp, t0
        SHOW_CSR hgatp
        LINE
        li t0, 1 << 60 | 5 << 44
        csrw hgatp, t0
        SAY "~satp"
        SHOW_CSR hgatp
        LINE
        FINISH
