# SPDX-License-Identifier: GPL-3.0-or-later
#
# Exceptions: each cause from each mode, to M-mode and delegated; what the handlers find in status, epc and tval; what
# mret and sret do with the stacks; vectored handlers take exceptions at the base.
        .include "test.inc"
        START
        li a7, 0

        # From M-mode.
        TRAPPING
        ecall
        TRAPPED 1, ECALL_M
        TRAPPING
        ebreak
        DIFFERS ebreak-tval, 1f
        TEST_CASE 2, s9, 0
1:      TEST_CASE 2, s8, BREAKPOINT
        TEST_CASE 2, s7, 1
        TEST_SAME 2, s10, s5

        .macro WRONG_WORDS n, by
        ILLEGAL_HERE \n, \by, .4byte 0xffffffff
        ILLEGAL_HERE \n, \by, .4byte 0x00000007         # flw: there is no F
        ILLEGAL_HERE \n, \by, .4byte 0x00000053
        ILLEGAL_HERE \n, \by, .4byte 0x0000700b         # custom-0
        ILLEGAL_HERE \n, \by, .4byte 0x02051513 | 1 << 26       # slli by 96
        ILLEGAL_HERE \n, \by, .4byte 0x0205151b         # slliw by 32
        ILLEGAL_HERE \n, \by, .4byte 0x00007003         # ldu
        ILLEGAL_HERE \n, \by, .4byte 0x00004023
        ILLEGAL_HERE \n, \by, .4byte 0x00002063         # branch with funct3 2
        ILLEGAL_HERE \n, \by, .4byte 0x00001067         # jalr with funct3 1
        ILLEGAL_HERE \n, \by, .4byte 0x80000033         # add with funct7 64
        ILLEGAL_HERE \n, \by, .4byte 0x00004073         # system with funct3 4
        ILLEGAL_HERE \n, \by, .4byte 0x00200073         # uret
        ILLEGAL_HERE \n, \by, .4byte 0x30200073 | 1 << 7        # mret with rd
        ILLEGAL_HERE \n, \by, .4byte 0x10500073 | 1 << 15       # wfi with rs1
        ILLEGAL_HERE \n, \by, .4byte 0x12000073 | 1 << 7        # sfence.vma with rd
        ILLEGAL_HERE \n, \by, csrr a0, 0x7ff
        ILLEGAL_HERE \n, \by, csrr a0, 0x5c0
        ILLEGAL_HERE \n, \by, csrw cycle, a0
        ILLEGAL_HERE \n, \by, csrrwi zero, mhartid, 0
        .endm
        WRONG_WORDS 3, 1

        .macro MEMORY_FAULTS n, by
        li a1, NOWHERE
        TRAPPING
        ld a0, 0(a1)
        TRAPPED \n, LOAD_ACCESS, NOWHERE, \by
        TRAPPING
        sd a0, 0(a1)
        TRAPPED \n, STORE_ACCESS, NOWHERE, \by
        la s6, 1f
        TRAPPING
        mv s5, a1
        jr a1
1:      TRAPPED \n, INSN_ACCESS, NOWHERE, \by
        .endm
        .macro ATOMIC_FAULTS n, by
        li a1, DATA + 2
        TRAPPING
        lr.w a0, (a1)
        TRAPPED \n, LOAD_MISALIGNED, DATA + 2, \by
        TRAPPING
        sc.w a0, a0, (a1)
        TRAPPED \n, STORE_MISALIGNED, DATA + 2, \by
        li a1, NOWHERE
        TRAPPING
        amoadd.d a0, a0, (a1)
        TRAPPED \n, STORE_ACCESS, NOWHERE, \by
        .endm
        MEMORY_FAULTS 4, 1
        DIFFERS misaligned-atomics, 1f
        ATOMIC_FAULTS 5, 1
1:

        # From S-mode and U-mode, to M-mode: MPP and MPIE.
        .macro FROM_BELOW n, mode, ecall, by
        TRAPPING
        ecall
        TRAPPED \n, \ecall, 0, \by
        TRAPPING
        ebreak
        TEST_CASE \n, s8, BREAKPOINT
        TEST_CASE \n, s7, \by
        WRONG_WORDS \n, \by
        ILLEGAL_HERE \n, \by, mret
        ILLEGAL_HERE \n, \by, csrr a0, mstatus
        ILLEGAL_HERE \n, \by, csrr a0, mhartid
        ILLEGAL_HERE \n, \by, csrw mscratch, a0
        ILLEGAL_HERE \n, \by, csrr a0, cycle    # not enabled
        MEMORY_FAULTS \n, \by
        DIFFERS misaligned-atomics, 75f
        ATOMIC_FAULTS \n, \by
75:
        .endm
        .macro USER_ONLY n, by
        ILLEGAL_HERE \n, \by, sret
        ILLEGAL_HERE \n, \by, wfi
        ILLEGAL_HERE \n, \by, sfence.vma
        ILLEGAL_HERE \n, \by, csrr a0, sstatus
        ILLEGAL_HERE \n, \by, csrw satp, a0
        ILLEGAL_HERE \n, \by, csrr a0, sscratch
        .endm
        csrw mcounteren, zero
        li t5, MIE | MPIE
        csrc mstatus, t5
        ENTER 1
        FROM_BELOW 10, 1, ECALL_S, 1
        li a0, MPP | MPIE | MIE
        and a1, s11, a0
        TEST_CASE 11, a1, 1 << 11
        LEAVE
        csrw mie, zero
        li t5, MPIE                     # mret will set MIE
        csrs mstatus, t5
        ENTER 0
        FROM_BELOW 12, 0, ECALL_U, 1
        USER_ONLY 13, 1
        li a0, MPP | MPIE | MIE
        and a1, s11, a0
        TEST_CASE 14, a1, MPIE
        LEAVE
        li t5, MIE
        csrc mstatus, t5

        # Delegated: from U-mode and from S-mode to S-mode; SPP and SPIE.
        li a0, 0xb1ff                   # not ecall from S, with which programs leave
        csrw medeleg, a0
        csrr a1, medeleg
        TEST_SAME 20, a0, a1
        li t5, SPIE | SIE
        csrc mstatus, t5
        ENTER 1
        ILLEGAL_HERE 21, 256, csrr a0, mstatus
        ILLEGAL_HERE 21, 256, mret
        WRONG_WORDS 21, 256
        MEMORY_FAULTS 21, 256
        DIFFERS misaligned-atomics, 1f
        ATOMIC_FAULTS 21, 256
1:
        TRAPPING
        ebreak
        TEST_CASE 22, s8, BREAKPOINT
        TEST_CASE 22, s7, 256
        li a0, SPP | SPIE | SIE
        and a1, s11, a0
        TEST_CASE 23, a1, SPP
        LEAVE
        li t5, SIE
        csrs mstatus, t5
        csrw sie, zero
        ENTER 0
        FROM_BELOW 24, 0, ECALL_U, 256
        USER_ONLY 25, 256
        li a0, SPP | SPIE | SIE
        and a1, s11, a0
        TEST_CASE 26, a1, SPIE          # sret has set SIE from SPIE, and the next trap put it back
        LEAVE

        # In M-mode nothing is delegated.
        TRAPPING
        ecall
        TRAPPED 27, ECALL_M
        ILLEGAL_HERE 28, 1, .4byte 0
        MEMORY_FAULTS 29, 1

        # ecall from S delegated to S itself; out again by a software interrupt of M-mode.
        li a0, 1 << 9
        csrs medeleg, a0
        csrw mie, 8
        li t5, MIE | MPIE
        csrc mstatus, t5
        ENTER 1
        TRAPPING
        ecall
        TRAPPED 30, ECALL_S, 0, 256
        TRAPPING
        ecall
        TRAPPED 31, ECALL_S, 0, 256
        la s6, 1f
        li a7, TO_M
        li t5, CLINT
        li t6, 1
        sw t6, 0(t5)
0:      j 0b
1:      sw zero, 0(t5)
        csrw mie, zero
        TEST_CASE 32, s8, INTERRUPT | 3
        TEST_CASE 32, s7, 1 + 256

        # Illegal instructions stay with M-mode if only they are not delegated.
after_exit:
        li a0, 0xb1ff & ~(1 << 2)
        csrw medeleg, a0
        ENTER 1
        ILLEGAL_HERE 35, 1, csrr a0, mstatus
        TRAPPING
        ebreak
        TEST_CASE 35, s7, 256
        LEAVE
        csrw medeleg, zero

        # Exceptions go to the base of a vectored handler.
        la t5, mtrap + 1
        csrw mtvec, t5
        TRAPPING
        ecall
        TRAPPED 36, ECALL_M
        la t5, mtrap
        csrw mtvec, t5
        csrw medeleg, 8
        la t5, strap + 1
        csrw stvec, t5
        ENTER 0
        TRAPPING
        ebreak
        TEST_CASE 37, s7, 256
        LEAVE
        la t5, strap
        csrw stvec, t5
        csrw medeleg, zero

        # mret: MIE from MPIE, MPIE = 1, MPP = U; to M it leaves MPRV, below it clears it.
        .macro STATUS_AFTER n, before, after    # mret at MPP = M
        li t5, MIE | MPIE | MPP | MPRV
        csrc mstatus, t5
        li t5, (\before) | MPP
        csrs mstatus, t5
        la t5, 1f
        csrw mepc, t5
        mret
1:      csrr a0, mstatus
        li t5, MIE | MPIE | MPP | MPRV
        and a0, a0, t5
        csrc mstatus, t5
        TEST_CASE \n, a0, \after
        .endm
        STATUS_AFTER 40, 0, MPIE
        STATUS_AFTER 41, MIE, MPIE
        STATUS_AFTER 42, MPIE, MIE | MPIE
        STATUS_AFTER 43, MIE | MPIE, MIE | MPIE
        .macro CLEARS_MPRV n, mode
        li t5, MPP | MIE | MPIE
        csrc mstatus, t5
        li t5, (\mode) << 11 | MPRV
        csrs mstatus, t5
        la t5, 1f
        csrw mepc, t5
        mret
1:      LEAVE
        csrr a0, mstatus
        li t5, MPRV
        and a0, a0, t5
        TEST_CASE \n, a0, 0
        .endm
        DIFFERS mprv-on-return, 2f
        CLEARS_MPRV 44, 0
        CLEARS_MPRV 45, 1
2:

        # sret in M-mode and in S-mode: to where SPP says; SIE from SPIE, SPIE = 1, SPP = U, MPRV = 0.
        .macro SRET_AFTER n, from, before, after, by
        li t5, SIE | SPIE | SPP | MPRV | MIE | MPIE
        csrc mstatus, t5
        li t5, \before
        csrs mstatus, t5
        la t5, 1f
        csrw sepc, t5
        .if \from == 1
        ENTER 1
        .endif
        sret
1:      TRAPPING
        ecall
        TRAPPED \n, \by
        LEAVE
        csrr a0, mstatus
        li t5, SIE | SPIE | SPP | MPRV
        and a0, a0, t5
        TEST_CASE \n, a0, \after
        .endm
        SRET_AFTER 50, 3, 0, SPIE, ECALL_U
        SRET_AFTER 51, 3, SPP, SPIE, ECALL_S
        DIFFERS mprv-on-return, 2f
        SRET_AFTER 52, 3, SPIE | SPP | MPRV, SIE | SPIE, ECALL_S
        SRET_AFTER 53, 3, SIE | MPRV, SPIE, ECALL_U
2:
        SRET_AFTER 54, 1, 0, SPIE, ECALL_U
        SRET_AFTER 55, 1, SPIE | SPP, SIE | SPIE, ECALL_S

        # epc has no bit 0.
        DIFFERS epc-bit-0, 2f
        li a0, -1
        csrw mepc, a0
        csrr a1, mepc
        TEST_CASE 60, a1, -2
        la t5, 1f + 1
        csrw mepc, t5
        li t5, MPP
        csrs mstatus, t5
        mret
1:
2:
        # A trap in the trap handler: the second one wins.
        la t5, 1f
        csrw mtvec, t5
        ebreak
        j fail
        .balign 4
1:      la t5, mtrap
        csrw mtvec, t5
        csrr a0, mcause
        TEST_CASE 61, a0, BREAKPOINT
        ILLEGAL_HERE 62, 1, .4byte 0
        csrr a0, mstatus
        li a1, MPP
        and a0, a0, a1
        TEST_CASE 63, a0, 0             # mret has left U there
        j pass
        FINISH
