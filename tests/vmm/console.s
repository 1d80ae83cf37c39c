# SPDX-License-Identifier: GPL-3.0-or-later
#
# The UART by polling and by interrupts through the PLIC, in both of its contexts; registers of all widths.
        .include "prelude.inc"
        start trap
        li s1, UART
        li s2, PLIC
        li s3, PLIC + 0x200000          # context 0
        la s4, text
1:      lbu a0, 0(s4)
        beqz a0, 2f
        sb a0, 0(s1)
        lbu a1, 5(s1)
        log a1
        addi s4, s4, 1
        j 1b
        # All registers, read and written, with widths that it has and has not.
2:      .irp offset, 1, 2, 3, 4, 5, 6, 7
        lbu a0, \offset(s1)
        log a0
        .endr
        li a0, 0x5a
        sb a0, 7(s1)
        lb a0, 7(s1)
        log a0
        lhu a0, 0(s1)
        lw a0, 4(s1)
        ld a0, 0(s1)
        .irp offset, 0, 4, 40, 0x1000, 0x2000, 0x2004, 0x2080, 0x200000, 0x200004, 0x201000, 0x201004, 0x5ffffc
        li t4, PLIC + \offset
        lw a0, 0(t4)
        log a0
        ld a0, 0(t4)
        lbu a0, 0(t4)
        .endr

        # Interrupts: the transmitter's and the receiver's, by context 0.
        li a0, 7
        sw a0, 40(s2)                   # priority of source 10
        li a0, 1 << 10
        li t4, PLIC + 0x2000
        sw a0, 0(t4)
        sw zero, 0(s3)
        li a0, 3
        sb a0, 1(s1)
        li a0, 0x800
        csrw mie, a0
        csrsi mstatus, 8
        li s5, 0
3:      wfi
        li t4, 12
        blt s5, t4, 3b                  # until the input is read
        csrci mstatus, 8

        # The same to S-mode.
        li t4, PLIC + 0x2000
        sw zero, 0(t4)
        li t4, PLIC + 0x2080
        li a0, 1 << 10
        sw a0, 0(t4)
        li s3, PLIC + 0x201000
        sw zero, 0(s3)
        li a0, 0x200
        csrw mideleg, a0
        csrw mie, a0
        la a0, strap
        csrw stvec, a0
        li s6, 0
        enter 1
        csrsi sstatus, 2
        li a0, 'S'
        sb a0, 0(s1)
4:      beqz s6, 4b
        csrr a0, sip
        log a0
        ecall
        pass

text:   .asciz "hello from the machine\n"
        .balign 4
trap:   csrr t5, mcause
        log t5
        bgez t5, 2f
        lw t6, 4(s3)                    # claim
        log t6
        lbu t5, 2(s1)                   # IIR
        log t5
        lbu t5, 5(s1)                   # LSR
        log t5
        andi t5, t5, 1
        beqz t5, 1f
        lbu t5, 0(s1)
        log t5
        sb t5, 0(s1)
        addi s5, s5, 1
1:      sw t6, 4(s3)
        csrr t5, mip
        log t5
        csrr t5, mcycle
        log t5
        mret
2:      csrr t6, mepc
        log t6
        addi t6, t6, 4
        csrw mepc, t6
        addi t5, t5, -8
        li t6, 2
        bgeu t5, t6, 3f
        li t6, MPP
        csrs mstatus, t6
3:      mret

        .balign 4
strap:  csrr t5, scause
        log t5
        lw t6, 4(s3)
        log t6
        lbu t5, 2(s1)
        log t5
        sw t6, 4(s3)
        csrr t5, sip
        log t5
        addi s6, s6, 1
        sret
