# SPDX-License-Identifier: GPL-3.0-or-later
#
# Interrupts: each of the six, from each mode, delegated and not, enabled and not; priorities; vectors; nesting; levels that
# stay; wfi; the CLINT's and the supervisor's timer; the PLIC.
        .include "test.inc"
        START
        li a0, CLINT
        li s1, MTIMECMP
        li t5, -1
        sd t5, 0(s1)                    # no timer yet
        csrw mie, zero
        li t5, MIE | MPIE | SIE | SPIE
        csrc mstatus, t5

        # Software: what is taken where. The handler of interrupts clears what it can, and goes on where it was.
        la t5, minterrupt
        csrw mtvec, t5
        la t5, sinterrupt
        csrw stvec, t5

        # raise bits of mip from M (SSIP STIP SEIP can be written) with these enables, from this mode; expect the cause and
        # by whom, or nothing (cause 0).
        .macro RAISED n, mode, bits, mie, mideleg, status, cause, by
        li t5, \mideleg
        csrw mideleg, t5
        li t5, \mie
        csrw mie, t5
        li t5, MPIE | SIE | MIE
        csrc mstatus, t5
        li t5, \status
        csrs mstatus, t5
        li s7, 0
        li s8, 0
        li t5, \bits
        csrs mip, t5
        .if \mode != 3
        ENTER \mode
        .else
        li t5, \status
        li t6, MPIE
        and t5, t5, t6
        beqz t5, 81f
        csrsi mstatus, MIE
81:
        .endif
        nop
        mv a1, s7
        mv a2, s8
        .if \mode != 3
        LEAVE
        .endif
        csrci mstatus, MIE
        li t5, \bits
        csrc mip, t5
        li gp, \n
        TEST_CASE \n, a2, \cause
        TEST_CASE \n, a1, \by
        .endm
        .equ SSI, INTERRUPT | 1
        .equ STI, INTERRUPT | 5
        .equ SEI, INTERRUPT | 9
        # to M-mode: from U and S always, from M if MIE
        .irp code, 1, 5, 9
        RAISED 1, 0, 1 << \code, 1 << \code, 0, 0, INTERRUPT | \code, 1
        RAISED 2, 1, 1 << \code, 1 << \code, 0, 0, INTERRUPT | \code, 1
        RAISED 3, 3, 1 << \code, 1 << \code, 0, MPIE, INTERRUPT | \code, 1
        RAISED 4, 3, 1 << \code, 1 << \code, 0, 0, 0, 0
        RAISED 5, 0, 1 << \code, 0x222 & ~(1 << \code), 0, MPIE | SIE, 0, 0
        # delegated: from U always, from S if SIE, from M never
        RAISED 6, 0, 1 << \code, 1 << \code, 0x222, 0, INTERRUPT | \code, 256
        RAISED 7, 1, 1 << \code, 1 << \code, 0x222, SIE, INTERRUPT | \code, 256
        RAISED 8, 1, 1 << \code, 1 << \code, 0x222, 0, 0, 0
        RAISED 9, 3, 1 << \code, 1 << \code, 0x222, MPIE | SIE, 0, 0
        .endr
        # priorities: SEI, SSI, STI; M-mode's before S-mode's. (The handlers clear what they saw: the last one is noted.)
        la t5, first_only
        csrw mtvec, t5
        DIFFERS interrupt-order, 1f
        RAISED 10, 0, 0x222, 0x222, 0, 0, SEI, 1
        RAISED 11, 0, 0x022, 0x222, 0, 0, SSI, 1
        RAISED 12, 0, 0x020, 0x222, 0, 0, STI, 1
        RAISED 13, 0, 0x220, 0x222, 0, 0, SEI, 1
        RAISED 14, 0, 0x222, 0x222, 0x200, 0, SSI, 1    # SEI is S-mode's, so M-mode's SSI comes first
        RAISED 15, 1, 0x222, 0x222, 0x202, SIE, STI, 1
        RAISED 16, 0, 0x222, 0x020, 0, 0, STI, 1
        la t5, minterrupt
        csrw mtvec, t5
        la t5, sfirst_only
        csrw stvec, t5
        RAISED 17, 0, 0x222, 0x222, 0x222, 0, SEI, 256
        RAISED 18, 1, 0x022, 0x222, 0x222, SIE, SSI, 256
        la t5, sinterrupt
        csrw stvec, t5
1:
        # M-mode's own: software by the CLINT, timer, external by the PLIC (UART's transmitter).
        .macro MACHINE n, mie, cause    # must be taken now, from M-mode with MIE set, and then from U-mode
        li t5, \mie
        csrw mie, t5
        li s7, 0
        csrsi mstatus, MIE
        nop
        csrci mstatus, MIE
        TEST_CASE \n, s8, \cause
        TEST_CASE \n, s7, 1
        TEST_CASE \n, s9, 0
        .endm
        csrw mideleg, zero
        la t5, device_once
        csrw mtvec, t5
        li a0, CLINT
        li t5, 1
        sw t5, 0(a0)
        csrr a1, mip
        andi a1, a1, 8
        TEST_CASE 20, a1, 8
        MACHINE 21, 8, INTERRUPT | 3
        csrr a1, mip
        andi a1, a1, 8
        TEST_CASE 22, a1, 8             # a level: still there
        sw zero, 0(a0)
        csrr a1, mip
        andi a1, a1, 8
        TEST_CASE 23, a1, 0
        li t5, -2                       # only bit 0 is there
        sw t5, 0(a0)
        lw a1, 0(a0)
        TEST_CASE 24, a1, 0

        sd zero, 0(s1)
        csrr a1, mip
        andi a1, a1, 0x80
        TEST_CASE 25, a1, 0x80
        MACHINE 26, 0x80, INTERRUPT | 7
        li t5, -1
        sd t5, 0(s1)
        csrr a1, mip
        andi a1, a1, 0x80
        TEST_CASE 27, a1, 0
        # the two halves of mtimecmp
        sw zero, 4(s1)
        sw zero, 0(s1)
        csrr a1, mip
        andi a1, a1, 0x80
        TEST_CASE 28, a1, 0x80
        li t5, -1
        sw t5, 4(s1)
        ld a1, 0(s1)
        TEST_CASE 29, a1, -1 << 32
        sd t5, 0(s1)

        li a0, PLIC
        li t5, 1
        sw t5, 40(a0)                   # priority of source 10
        li t5, 1 << 10
        li a2, PLIC + 0x2000
        sw t5, 0(a2)                    # enabled for M
        li a2, PLIC + 0x200000
        sw zero, 0(a2)                  # threshold
        li a3, UART
        li t5, 2
        sb t5, 1(a3)                    # transmitter empty
        csrr a1, mip
        li t5, 0x800
        and a1, a1, t5
        TEST_CASE 30, a1, 0x800
        MACHINE 31, 0x800, INTERRUPT | 11
        # all three of them: external, software, timer
        li a0, CLINT
        li t5, 1
        sw t5, 0(a0)
        sd zero, 0(s1)
        DIFFERS interrupt-order, 1f
        MACHINE 32, 0xaaa, INTERRUPT | 11
1:
        lw a1, 4(a2)                    # claim
        TEST_CASE 33, a1, 10
        lbu t5, 2(a3)                   # IIR: seen
        sb zero, 1(a3)
        sw a1, 4(a2)                    # complete
        csrr a1, mip
        li t5, 0x800
        and a1, a1, t5
        TEST_CASE 34, a1, 0
        MACHINE 35, 0xaaa, INTERRUPT | 3
        sw zero, 0(a0)
        MACHINE 36, 0xaaa, INTERRUPT | 7
        li t5, -1
        sd t5, 0(s1)
        # M-mode's come before S-mode's, whatever the number
        csrwi mip, 2
        sd zero, 0(s1)
        DIFFERS interrupt-order, 1f
        MACHINE 37, 0xaaa, INTERRUPT | 7
1:
        li t5, -1
        sd t5, 0(s1)
        MACHINE 38, 0xaaa, INTERRUPT | 1
        csrwi mip, 0

        # Context 1 of the PLIC is S-mode's line.
        li a2, PLIC + 0x2000
        sw zero, 0(a2)
        li t5, 1 << 10
        sw t5, 0x80(a2)
        li a2, PLIC + 0x201000
        sw zero, 0(a2)
        li t5, 2
        sb t5, 1(a3)
        csrr a1, mip
        li t5, 0x200
        and a1, a1, t5
        TEST_CASE 40, a1, 0x200
        csrc mip, t5                    # driven by the device: software cannot clear it
        csrr a1, mip
        and a1, a1, t5
        TEST_CASE 41, a1, 0x200
        csrsi mip, 2                    # nor does what the device drives become what software wrote
        csrci mip, 2
        lw a1, 4(a2)
        TEST_CASE 42, a1, 10
        lbu t5, 2(a3)
        sb zero, 1(a3)
        sw a1, 4(a2)
        csrr a1, mip
        li t5, 0x200
        and a1, a1, t5
        TEST_CASE 43, a1, 0

        # Vectored: base + 4 * cause for interrupts.
        la t5, vectors + 1
        csrw mtvec, t5
        .irp code, 1, 5, 9
        li s2, 0
        RAISED 44, 0, 1 << \code, 1 << \code, 0, 0, INTERRUPT | \code, 1
        TEST_CASE 45, s2, \code
        .endr
        csrw mie, zero
        li a0, CLINT
        li t5, 1
        sw t5, 0(a0)
        csrwi mie, 8
        csrsi mstatus, MIE
        nop
        csrci mstatus, MIE
        TEST_CASE 46, s2, 3
        csrw mie, zero
        la t5, minterrupt
        csrw mtvec, t5
        la t5, vectors_s + 1
        csrw stvec, t5
        .irp code, 1, 5, 9
        li s2, 0
        RAISED 47, 0, 1 << \code, 1 << \code, 0x222, 0, INTERRUPT | \code, 256
        TEST_CASE 48, s2, \code
        .endr
        la t5, sinterrupt
        csrw stvec, t5

        csrw mideleg, zero

        # An interrupt inside of a handler that allows it: epc and status of both.
        la t5, outer
        csrw mtvec, t5
        csrwi mie, 8
        li s2, 0
        li s3, 0
        ecall
after:  TEST_CASE 50, s2, 1
        TEST_CASE 51, s3, 1
        csrci mstatus, MIE
        csrw mie, zero

        # Taken as soon as they can be: by the write that enables or raises them, the very next instruction sees it.
        la t5, device_once
        csrw mtvec, t5
        csrci mstatus, MIE
        csrwi mie, 2
        csrwi mip, 2
        li s7, 0
        csrsi mstatus, MIE
1:      csrci mstatus, MIE
        la a1, 1b
        TEST_SAME 52, s10, a1
        csrwi mie, 0
        li s7, 0
        csrsi mstatus, MIE
        csrwi mie, 2
1:      csrci mstatus, MIE
        la a1, 1b
        TEST_SAME 53, s10, a1
        csrwi mip, 0
        csrsi mstatus, MIE
        csrwi mip, 2
1:      csrci mstatus, MIE
        la a1, 1b
        TEST_SAME 54, s10, a1
        csrwi mip, 0
        li a0, CLINT
        csrwi mie, 8
        csrsi mstatus, MIE
        li t5, 1
        sw t5, 0(a0)
1:      csrci mstatus, MIE
        la a1, 1b
        DIFFERS device-latency, 2f
        TEST_SAME 55, s10, a1
2:      sw zero, 0(a0)
        # and mret that enables one returns first
        csrwi mie, 2
        csrwi mip, 2
        li t5, MPP | MPIE
        csrs mstatus, t5
        la t5, 1f
        csrw mepc, t5
        li s7, 0
        mret
        j fail
1:      csrci mstatus, MIE
        la a1, 1b
        TEST_SAME 56, s10, a1
        csrwi mip, 0
        csrwi mie, 0

        # Sstc: stimecmp drives STIP if STCE; S-mode has it if mcounteren.TM too.
        la t5, minterrupt
        csrw mtvec, t5
        ENTER 1
        ILLEGAL_HERE 57, 1, csrr a0, stimecmp
        LEAVE
        li t5, 1 << 63
        csrs menvcfg, t5
        csrwi mcounteren, 2
        li t5, -1
        csrw stimecmp, t5
        csrr a1, mip
        andi a1, a1, 0x20
        TEST_CASE 60, a1, 0
        li t5, 0x20
        csrw mideleg, t5
        csrw mie, t5
        csrci mstatus, SIE
        li s7, 0
        ENTER 1
        csrr a1, time
        csrw stimecmp, a1
        csrr a1, sip
        andi a1, a1, 0x20
        TEST_CASE 61, a1, 0x20
        li t5, -1
        csrw stimecmp, t5
        csrr a1, sip
        TEST_CASE 62, a1, 0
        TEST_CASE 63, s7, 0
        csrr a1, time
        addi a1, a1, 20
        csrw stimecmp, a1
        wfi                             # SIE is not set: it goes on, and nothing is taken
        csrr a2, time
        bgeu a2, a1, 1f
        li gp, 64
        j fail
1:      TEST_CASE 64, s7, 0
        la t5, stimer
        csrw stvec, t5
        csrsi sstatus, SIE
        nop
        TEST_CASE 65, s8, STI
        TEST_CASE 66, s7, 256
        csrci sstatus, SIE
        la t5, sinterrupt
        csrw stvec, t5
        LEAVE
        csrw mideleg, zero
        csrw mie, zero

        csrci mstatus, MIE

        # wfi with the machine's timer, interrupts off: time is there when it goes on.
        li a0, MTIME
        ld a1, 0(a0)
        addi a1, a1, 50
        sd a1, 0(s1)
        li t5, 0x80
        csrw mie, t5
        wfi
        ld a2, 0(a0)
        DIFFERS real-time, 4f
        TEST_SAME 70, a2, a1
        csrr a2, mip
        andi a2, a2, 0x80
        TEST_CASE 71, a2, 0x80
        # and with interrupts on: the handler's epc is behind the wfi
        la t5, mtimer
        csrw mtvec, t5
        ld a1, 0(a0)
        addi a1, a1, 50
        sd a1, 0(s1)
        li s7, 0
        csrsi mstatus, MIE
        wfi
1:      TEST_CASE 72, s7, 1
        la a1, 1b
        TEST_SAME 73, s10, a1
        TEST_CASE 74, s8, INTERRUPT | 7
        csrci mstatus, MIE
4:      # a timer that runs out in the middle of a loop
        la t5, mtimer
        csrw mtvec, t5
        ld a1, 0(a0)
        addi a1, a1, 50
        sd a1, 0(s1)
        li s7, 0
        csrsi mstatus, MIE
1:      beqz s7, 1b
        csrci mstatus, MIE
        TEST_CASE 75, s7, 1
        j pass

        .balign 4
minterrupt:                             # clears SSIP, STIP, SEIP; ecall: to M-mode
        csrr t6, mcause
        bgez t6, mtrap
        mv s8, t6
        csrr s9, mtval
        csrr s10, mepc
        csrr s11, mstatus
        addi s7, s7, 1
        li t6, 0x222
        csrc mip, t6
        mret
        .balign 4
sinterrupt:
        csrr s8, scause
        csrr s9, stval
        csrr s10, sepc
        csrr s11, sstatus
        addi s7, s7, 256
        csrci sip, 2
        csrw sie, zero                  # the other two cannot be cleared from here
        sret
        .balign 4
first_only:                             # takes one, then no more
        csrr t6, mcause
        bgez t6, mtrap
        mv s8, t6
        addi s7, s7, 1
        csrw mie, zero
        mret
        .balign 4
sfirst_only:
        csrr s8, scause
        addi s7, s7, 256
        csrw sie, zero
        sret
        .balign 4
device_once:                            # notes it, and returns with MPIE cleared: no more of them
        csrr t6, mcause
        bgez t6, mtrap
        mv s8, t6
        csrr s9, mtval
        csrr s10, mepc
        addi s7, s7, 1
        li t6, MPIE
        csrc mstatus, t6
        mret
        .balign 4
mtimer: csrr t6, mcause
        bgez t6, mtrap
        mv s8, t6
        csrr s10, mepc
        addi s7, s7, 1
        li t6, -1
        sd t6, 0(s1)
        mret
        .balign 4
stimer: csrr s8, scause
        addi s7, s7, 256
        li t6, -1
        csrw stimecmp, t6
        sret
        .balign 4
outer:  csrr t6, mcause
        bltz t6, inner
        csrr s4, mepc
        csrr s11, mstatus
        li t6, CLINT
        li t5, 1
        sw t5, 0(t6)
        csrsi mstatus, MIE
        nop
        csrci mstatus, MIE
        addi s2, s2, 1
        addi s4, s4, 4
        csrw mepc, s4
        csrw mstatus, s11
        mret
inner:  addi s3, s3, 1
        li t6, CLINT
        sw zero, 0(t6)
        mret
        .balign 256
vectors: j mtrap
        .irp code, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        j vector_\code
        .endr
        .irp code, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
vector_\code:
        li s2, \code
        csrr s8, mcause
        addi s7, s7, 1
        li t6, 0x222
        csrc mip, t6
        li t6, CLINT
        sw zero, 0(t6)
        mret
        .endr
        .balign 256
vectors_s: j strap
        .irp code, 1, 2, 3, 4, 5, 6, 7, 8, 9
        j vector_s_\code
        .endr
        .irp code, 1, 2, 3, 4, 5, 6, 7, 8, 9
vector_s_\code:
        li s2, \code
        j sinterrupt
        .endr
        FINISH
