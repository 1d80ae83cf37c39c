# SPDX-License-Identifier: GPL-3.0-or-later
#
# A guest that wants out: loads, stores and fetches all over the address space, bare and paged; page tables with arbitrary
# frames; wild jumps; every device register, at random. It must come to the same end everywhere, and the simulator must see
# no access to a frame that is not the guest's.
        .include "prelude.inc"
        start trap
        li s1, 0x9e3779b97f4a7c15
        li s2, 0                        # a sum of all that was seen
        make_tables

        .macro random reg               # xorshift
        slli t4, s1, 13
        xor s1, s1, t4
        srli t4, s1, 7
        xor s1, s1, t4
        slli t4, s1, 17
        xor s1, s1, t4
        mv \reg, s1
        .endm
        .macro saw reg
        slli t4, s2, 9
        srli s2, s2, 55
        or s2, s2, t4
        xor s2, s2, \reg
        .endm

        # Every address bit, below and above the guest's RAM.
        .macro touch
        ld a1, 0(a0)
        saw a1
        lw a1, 4(a0)
        saw a1
        sw a1, 4(a0)
        lr.w a1, (a0)
        amoadd.d a1, zero, (a0)
        saw a1
        .endm
        li s3, 0
1:      li a0, 1
        sll a0, a0, s3
        li a1, RAM
        xor a0, a0, a1
        li a1, RAM + 0x8000
        bltu a0, a1, 2f                 # not over the program
        touch
2:      li a0, -1
        sll a0, a0, s3
        touch
        addi s3, s3, 1
        li a1, 64
        bne s3, a1, 1b

        # Device registers: all windows, random offsets and values, except what would end the run or the log.
        li s3, 1500
3:      la a2, windows
        random a1
        andi a1, a1, 7
        slli a1, a1, 4
        add a2, a2, a1
        ld a0, 0(a2)
        ld a1, 8(a2)
        random a3
        and a3, a3, a1
        add a0, a0, a3
        random a3
        andi a4, a3, 3
        beqz a4, 4f
        addi a4, a4, -1
        beqz a4, 5f
        addi a4, a4, -1
        beqz a4, 6f
        ld a1, 0(a0)
        sd a3, 0(a0)
        j 7f
4:      lbu a1, 0(a0)
        sb a3, 0(a0)
        j 7f
5:      andi a0, a0, -2
        lhu a1, 0(a0)
        sh a3, 0(a0)
        j 7f
6:      andi a0, a0, -4
        lw a1, 0(a0)
        sw a3, 0(a0)
7:      saw a1
        addi s3, s3, -1
        bnez s3, 3b

        # Tables full of random frames, around and far from what is ours, and pages through them in S- and U-mode.
        li s4, 60
8:      li a0, LEAVES
        li a1, 512
9:      random a2
        srli a3, a2, 44
        li a4, 0x3ff
        and a5, a2, a4                  # rights
        andi a4, a3, 1
        beqz a4, 10f
        li a4, 0x1fff                   # a frame near RAM
        and a2, a3, a4
        li a3, (RAM - 0x800000) >> 12
        add a2, a2, a3
        j 11f
10:     srli a2, a2, 20                 # any frame
11:     slli a2, a2, 10
        or a2, a2, a5
        li a4, (RAM + 0x300000) >> 2    # but not over the program, the log and these tables
        li a3, RAM >> 2
        bltu a2, a3, 12f
        bgeu a2, a4, 12f
        or a2, a2, a4
12:     slli a2, a2, 10
        srli a2, a2, 10
        sd a2, 0(a0)
        addi a0, a0, 8
        addi a1, a1, -1
        bnez a1, 9b
        paging_on
        andi a0, s4, 1
        slli a0, a0, 18                 # SUM
        csrs mstatus, a0
        enter 1
        call pages
        ecall
        li a0, SUM
        csrc mstatus, a0
        csrw satp, zero
        addi s4, s4, -1
        bnez s4, 8b

        # Wild words as code, in U-mode, each alone.
        li s4, 700
13:     li a0, FRAMES
        random a1
        sw a1, 0(a0)
        li a1, 0x00000073               # ecall
        .irp offset, 4, 8, 12, 16, 20, 24, 28, 32
        sw a1, \offset(a0)
        .endr
        fence.i
        csrr s5, mstatus
        li t5, MPP
        csrc mstatus, t5
        csrw mepc, a0
        sd s1, 2040(s11)
        sd s2, 2032(s11)
        sd s4, 2024(s11)
        csrw mscratch, s11
        la t5, wild
        csrw mtvec, t5
        .irp reg, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        li x\reg, FRAMES + 0x1000
        .endr
        mret
        .balign 4
wild:   csrr s11, mscratch
        ld s1, 2040(s11)
        ld s2, 2032(s11)
        ld s4, 2024(s11)
        csrr a0, mcause
        saw a0
        csrr a0, mtval
        saw a0
        addi s4, s4, -1
        bnez s4, 13b
        log s2
        pass

pages:  mv s6, ra
        li s5, PAGES
        li s7, 300
1:      ld a1, 0(s5)
        sd s5, 8(s5)
        li t4, 0x1000
        add s5, s5, t4
        addi s7, s7, -1
        bnez s7, 1b
        mv ra, s6
        ret

        .balign 8
windows:                                # base, and which offset bits
        .8byte CLINT, 0x7fff
        .8byte CLINT + 0xc000, 0x3fff
        .8byte PLIC, 0x3fff
        .8byte PLIC + 0x200000, 0x1fff
        .8byte UART, 0x7
        .8byte VIRTIO, 0x7ff
        .8byte VIRTIO + 0x1000, 0x7ff
        .8byte 0x30000000, 0xfffffff

        .balign 4
trap:   csrr t5, mcause
        saw t5
        csrr t6, mtval
        saw t6
        csrr t6, mepc
        addi t6, t6, 4
        csrw mepc, t6
        addi t5, t5, -8
        li t6, 2
        bgeu t5, t6, 1f
        li t6, MPP
        csrs mstatus, t6
1:      mret
