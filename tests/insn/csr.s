# SPDX-License-Identifier: GPL-3.0-or-later
#
# Zicsr instructions, and what each CSR holds after reset and after writes of all ones and of nothing.
        .include "test.inc"

        # Before anything else is written.
        .text
        .globl first
        .macro RESET n, csr, value
        csrr a0, \csr
        TEST_CASE \n, a0, \value
        .endm
        .macro WRITABLE n, csr, mask
        li a1, -1
        csrw \csr, a1
        csrr a0, \csr
        TEST_CASE \n, a0, \mask
        csrw \csr, zero
        csrr a0, \csr
        TEST_CASE \n, a0, 0
        .endm
        .macro FIXED n, csr, value
        RESET \n, \csr, \value
        li a1, \value
        not a1, a1
        csrw \csr, a1
        csrs \csr, a1
        csrr a0, \csr
        TEST_CASE \n, a0, \value
        .endm
        .macro READ_ONLY n, csr, value
        RESET \n, \csr, \value
        ILLEGAL_HERE \n, 1, csrw \csr, zero
        ILLEGAL_HERE \n, 1, csrrs a0, \csr, a0
        ILLEGAL_HERE \n, 1, csrrc a0, \csr, a0
        ILLEGAL_HERE \n, 1, csrrwi a0, \csr, 0
        ILLEGAL_HERE \n, 1, csrrsi a0, \csr, 1
        ILLEGAL_HERE \n, 1, csrrci a0, \csr, 1
        csrrsi a0, \csr, 0
        TEST_CASE \n, a0, \value
        csrrc a0, \csr, zero
        TEST_CASE \n, a0, \value
        .endm
        START
        DIFFERS csrs, instructions

        .irp csr, sie, scounteren, senvcfg, sscratch, sepc, scause, stval, sip, satp, medeleg, mideleg, mie, mcounteren, menvcfg, mscratch, mepc, mcause, mtval, mip, pmpcfg2, pmpaddr1, pmpaddr15
        RESET 1, \csr, 0
        .endr
        RESET 2, stimecmp, -1
        RESET 3, mstatus, 0xa00000000
        RESET 4, sstatus, 0x200000000
        RESET 5, misa, (2 << 62) | 0x141105

        READ_ONLY 6, mvendorid, 0
        READ_ONLY 7, marchid, 0
        READ_ONLY 8, mimpid, 0
        READ_ONLY 9, mhartid, 0
        READ_ONLY 10, mconfigptr, 0
        ILLEGAL_HERE 11, 1, csrw cycle, zero
        ILLEGAL_HERE 12, 1, csrw time, zero
        ILLEGAL_HERE 13, 1, csrw instret, zero
        FIXED 14, misa, (2 << 62) | 0x141105
        FIXED 15, tselect, 0
        FIXED 16, tdata1, 0
        FIXED 17, tdata2, 0
        FIXED 18, mcountinhibit, 0

        WRITABLE 20, stvec, -3
        WRITABLE 21, scounteren, 7
        WRITABLE 22, senvcfg, 1
        WRITABLE 23, sscratch, -1
        WRITABLE 24, sepc, -2
        WRITABLE 25, scause, -1
        WRITABLE 26, stval, -1
        WRITABLE 27, stimecmp, -1
        WRITABLE 28, medeleg, 0xb3ff
        WRITABLE 29, mideleg, 0x222
        WRITABLE 30, mie, 0xaaa
        WRITABLE 31, mcounteren, 7
        WRITABLE 32, mscratch, -1
        WRITABLE 33, mepc, -2
        WRITABLE 34, mcause, -1
        WRITABLE 35, mtval, -1
        WRITABLE 36, menvcfg, (1 << 63) | 1
        la a2, mtrap
        li a1, -1
        csrw mtvec, a1
        csrr a0, mtvec
        csrw mtvec, a2
        TEST_CASE 37, a0, -3
        WRITABLE 38, mip, 0x222
        li a0, 0x222
        csrw mideleg, a0
        WRITABLE 39, sip, 2             # only SSIP
        WRITABLE 40, sie, 0x222
        li a1, 0xaaa
        csrw mie, a1
        csrw sie, zero
        csrr a0, mie
        TEST_CASE 41, a0, 0x888
        csrw mie, zero
        csrw mideleg, zero
        li a1, -1
        csrw sie, a1                    # nothing is delegated
        csrr a0, mie
        TEST_CASE 42, a0, 0

        # mstatus and sstatus.
        li a1, -1
        csrw mstatus, a1
        csrr a0, mstatus
        csrw mstatus, zero
        TEST_CASE 50, a0, 0xa00000000 | SIE | MIE | SPIE | MPIE | SPP | MPP | MPRV | SUM | MXR | TVM | TW | TSR
        csrr a0, mstatus
        TEST_CASE 51, a0, 0xa00000000
        csrw sstatus, a1
        csrr a0, sstatus
        TEST_CASE 52, a0, 0x200000000 | SIE | SPIE | SPP | SUM | MXR
        csrr a0, mstatus
        TEST_CASE 53, a0, 0xa00000000 | SIE | SPIE | SPP | SUM | MXR
        csrw sstatus, zero
        li a1, 1 << 11                  # MPP = S
        csrw mstatus, a1
        li a1, 2 << 11                  # 2 is no mode: the old one stays
        csrw mstatus, a1
        csrr a0, mstatus
        TEST_CASE 54, a0, 0xa00000000 | 1 << 11
        csrw mstatus, zero

        # satp: modes that there are not change nothing; all address-space bits are there.
        li a1, (8 << 60) | 0x0fffffffffffffff
        csrw satp, a1
        csrr a0, satp
        TEST_SAME 55, a0, a1
        .irp mode, 1, 7, 9, 10, 15
        li a2, (\mode << 60) | 5
        csrw satp, a2
        csrr a0, satp
        TEST_SAME 56, a0, a1
        .endr
        li a2, 5
        csrw satp, a2
        csrr a0, satp
        TEST_CASE 57, a0, 5
        csrw satp, zero

        # STIP under STCE is the comparison alone; SSIP and SEIP stay as written.
        li a1, 1 << 63
        csrw menvcfg, a1
        li a0, -1
        csrw stimecmp, a0
        csrw mip, a0
        csrr a0, mip
        TEST_CASE 58, a0, 0x202
        csrw stimecmp, zero
        csrr a0, mip
        TEST_CASE 59, a0, 0x222
        csrw mip, zero
        csrr a0, mip
        TEST_CASE 60, a0, 0x20
        li a0, -1
        csrw stimecmp, a0
        csrr a0, mip
        TEST_CASE 61, a0, 0
        csrw menvcfg, zero

instructions:                           # on all that is only a register
        .macro ZICSR n, csr
        li a0, 0x123456789abcde00
        li a1, 0x00ff00ff00ff00ff
        csrw \csr, a0
        csrrs a2, \csr, a1
        TEST_SAME \n, a2, a0
        csrrc a2, \csr, a1
        TEST_CASE \n, a2, 0x12ff56ff9affdeff & KEEPS
        csrrw a2, \csr, a1
        TEST_CASE \n, a2, 0x120056009a00de00
        csrrwi a2, \csr, 31
        TEST_SAME \n, a2, a1
        csrrsi a2, \csr, 8
        TEST_CASE \n, a2, 31
        csrrci a2, \csr, 26
        TEST_CASE \n, a2, 31
        csrr a2, \csr
        TEST_CASE \n, a2, 5
        mv a2, a0
        csrrw a2, \csr, a2              # rd = rs1
        TEST_CASE \n, a2, 5
        csrrs a2, \csr, zero
        TEST_SAME \n, a2, a0
        li a2, 0xff
        csrrs a2, \csr, a2
        TEST_SAME \n, a2, a0
        li a2, 0xff
        csrrc a2, \csr, a2
        TEST_CASE \n, a2, 0x123456789abcdeff
        csrrw zero, \csr, a1
        csrrs zero, \csr, a0
        csrrc zero, \csr, a1
        csrr a2, \csr
        TEST_CASE \n, a2, 0x120056009a00de00
        csrrwi zero, \csr, 9
        csrrsi zero, \csr, 2
        csrrci zero, \csr, 1
        csrr a2, \csr
        TEST_CASE \n, a2, 10
        .endm
        .equ KEEPS, -1
        ZICSR 70, mscratch
        ZICSR 71, sscratch
        csrr a2, mscratch
        TEST_CASE 72, a2, 10
        ENTER 1
        ZICSR 73, sscratch
        LEAVE
        j pass
        FINISH
