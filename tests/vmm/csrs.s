# SPDX-License-Identifier: GPL-3.0-or-later
#
# Reads of all 4096 CSR numbers in each mode; writes in every form of those that are there; the counters.
        .include "prelude.inc"
        start

        .macro read_all
        .set number, 0
        .rept 4096
        csrrs a0, number, zero
        add s10, s10, a0                # the log would be too long: a sum that any change moves
        slli s9, s10, 7
        xor s10, s10, s9
        .set number, number + 1
        .endr
        log s10
        .endm

        # All writing forms, with a value from s1; the old value is put back.
        .macro write_forms number
        li a0, -1
        csrrw a1, \number, s1
        log a1
        csrrs a2, \number, s2
        log a2
        csrrc a3, \number, s3
        log a3
        csrrwi a4, \number, 21
        log a4
        csrrsi a5, \number, 10
        log a5
        csrrci a6, \number, 17
        log a6
        csrrsi a7, \number, 0           # no write
        log a7
        csrrw zero, \number, a1
        csrr a0, \number
        log a0
        .endm

        .macro write_all
        .irp number, 0x100, 0x104, 0x106, 0x10a, 0x140, 0x141, 0x142, 0x143, 0x144, 0x14d, 0x180
        write_forms \number
        .endr
        .irp number, 0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x30a, 0x340, 0x341, 0x342, 0x343, 0x344
        write_forms \number
        .endr
        .irp number, 0x3a0, 0x3a2, 0x3b0, 0x3bf, 0xb00, 0xb02, 0xf11, 0xf14, 0xc00, 0xc01
        write_forms \number
        .endr
        .endm

        .macro values first, second, third
        li s1, \first
        li s2, \second
        li s3, \third
        .endm

        values 0x5555555555555555, 0x0f0f0f0f0f0f0f0f, 0x00ff00ff00ff00ff
        write_all
        values -1, 0, -1
        write_all
        values 0x8000000000000aaa, 0x222, 0x8000000000080020
        write_all
        read_all

        # The counters for those below: none, those of S-mode, all.
        csrw mcounteren, zero
        enter 1
        .macro counters
        rdcycle a0
        log a0
        rdtime a0
        log a0
        rdinstret a0
        log a0
        .endm
        counters
        leave
        li t5, 5
        csrw mcounteren, t5
        enter 1
        counters
        csrwi scounteren, 6
        leave
        enter 0
        counters
        leave
        li t5, 7
        csrw mcounteren, t5
        enter 0
        counters
        leave

        # stimecmp: with and without STCE, from S-mode.
        enter 1
        csrr a0, stimecmp
        leave
        li t5, 1 << 63
        csrs menvcfg, t5
        enter 1
        csrr a0, stimecmp
        csrw stimecmp, zero
        csrr a0, sip
        log a0
        li a0, -1
        csrw stimecmp, a0
        csrr a0, sip
        log a0
        leave
        li a0, 0
        csrw stimecmp, a0
        csrr a0, mip
        log a0
        csrc menvcfg, t5

        # A write to minstret stands before the next instruction.
        csrwi minstret, 0
        csrr a0, minstret
        csrr a1, minstret
        log a0
        log a1
        csrwi mcycle, 0
        csrr a0, mcycle
        log a0

        enter 1
        values -1, 0, 0x1234567
        write_all
        read_all
        csrwi satp, 0
        leave
        csrwi satp, 0
        enter 0
        write_all
        read_all
        leave

        # TVM, TSR and TW.
        csrwi mideleg, 2
        .irp bit, 20, 21, 22
        li t5, 1 << \bit
        csrs mstatus, t5
        enter 1
        csrr a0, satp
        csrw satp, zero
        sfence.vma
        la t5, 1f
        csrw sepc, t5
        li t5, 1 << 8
        csrs sstatus, t5
        sret
        nop
1:      li t5, 2
        csrc sstatus, t5
        csrwi sie, 2
        csrwi sip, 2
        wfi
        csrwi sip, 0
        leave
        li t5, 1 << \bit
        csrc mstatus, t5
        .endr
        pass

        define_mtrap
