# SPDX-License-Identifier: GPL-3.0-or-later
#
# A guest that resets itself three times, first from S-mode with paging and everything in use, and looks each time at what is
# as at first and what is not. Prints a line a boot, with a byte of input; status 0, or the number of what was not right. s0 counts
# the boots, in memory that belongs to no image.
        .equ    UART, 0x10000000
        .equ    FINISHER, 0x100000
        .equ    SLOT0, 0x10001000
        .equ    SLOT1, 0x10002000
        .equ    PLIC, 0xc000000
        .equ    CLINT, 0x2000000
        .equ    KEPT, 0x80600000        # boots, then mcycle and minstret before the last reset

# check NUMBER, REGISTER, VALUE: the end, with that status, if they differ.
        .macro  check number, register, value
        li      t6, \value
        li      a7, \number
        bne     \register, t6, wrong
        .endm

        .globl  _start
_start: mv      s1, a1
        check   1, a0, 0
        check   2, sp, 0                # registers that the ROM does not set
        check   2, t4, 0
        lw      t0, (a1)                # the device tree's magic number
        check   3, t0, 0xffffffffedfe0dd0
        csrr    t0, mstatus
        check   4, t0, 0xa00000000
        csrr    t0, mie
        check   5, t0, 0
        csrr    t0, mip
        check   6, t0, 0
        csrr    t0, satp
        check   7, t0, 0
        csrr    t0, mtvec
        check   8, t0, 0
        csrr    t0, stvec
        check   9, t0, 0
        csrr    t0, medeleg
        check   10, t0, 0
        csrr    t0, mscratch
        check   11, t0, 0
        li      t1, CLINT + 0x4000
        ld      t0, (t1)
        check   12, t0, -1
        li      t1, CLINT
        lw      t0, (t1)
        check   13, t0, 0
        li      t1, CLINT + 0xbff8
        ld      t0, (t1)
        sltiu   t0, t0, 100
        check   14, t0, 1
        li      t1, PLIC
        lw      t0, 40(t1)
        check   15, t0, 0
        li      t1, PLIC + 0x2080
        lw      t0, (t1)
        check   16, t0, 0
        li      t1, PLIC + 0x201000
        lw      t0, (t1)
        check   17, t0, 0
        li      t1, UART
        lbu     t0, 1(t1)
        check   18, t0, 0
        lbu     t0, 3(t1)
        check   19, t0, 0
        lbu     t0, 7(t1)
        check   20, t0, 0
        li      t1, SLOT0
        lw      t0, 0x70(t1)
        check   21, t0, 0
        lw      t0, 0x44(t1)
        check   22, t0, 0
        lw      t0, 0x60(t1)
        check   23, t0, 0
        la      t1, data
        ld      t0, (t1)
        check   24, t0, 12345
        la      t1, bss
        ld      t0, (t1)
        check   25, t0, 0
        call    code
        check   26, a0, 1
        li      s2, KEPT
        ld      s0, (s2)
        beqz    s0, first
        csrr    t0, mcycle              # counters go on
        ld      t1, 8(s2)
        sltu    t0, t1, t0
        check   27, t0, 1
        csrr    t0, minstret
        ld      t1, 16(s2)
        sub     t0, t0, t1              # exactly so many instructions ago
        li      t1, 20
        bltu    t0, t1, bad_count
        sltiu   t0, t0, 400
        check   28, t0, 1
first:  addi    s0, s0, 1
        sd      s0, (s2)

# A byte of input, and the line.
        li      s3, UART
1:      lbu     t0, 5(s3)
        andi    t0, t0, 1
        beqz    t0, 1b
        lbu     t0, (s3)
        la      t1, text
        addi    t2, s0, '0'
        sb      t2, 5(t1)
        sb      t0, 7(t1)
        mv      t2, t1
2:      lbu     t0, (t2)
        beqz    t0, 3f
        sb      t0, (s3)
        addi    t2, t2, 1
        j       2b
3:      li      t0, 4
        beq     s0, t0, done
        call    disturb
        li      t0, 3
        beq     s0, t0, plain

# The first times: from S-mode, paging on. At 0x40000000 there is RAM at first, and then what RAM is at, devices: without a fence, since
# no TLB outlives a reset.
        la      t0, table
        li      t1, 0x200000cf
        li      t2, 1
        beq     s0, t2, 7f
        li      t1, 0xcf
7:      sd      t1, 8(t0)
        li      t1, 0xcf                # gigapages: devices, and RAM
        sd      t1, (t0)
        li      t1, 0x200000cf
        sd      t1, 16(t0)
        srli    t0, t0, 12
        li      t1, 8
        slli    t1, t1, 60
        or      t0, t0, t1
        csrw    satp, t0
        la      t0, super
        csrw    mepc, t0
        csrw    sscratch, t0
        csrw    stvec, t0
        li      t0, 0x802
        csrrs   zero, mstatus, t0
        mret
super:  li      t0, 0x40001000
        lwu     t0, (t0)
        li      t1, 0x297               # the first instruction of the ROM
        xor     t0, t0, t1
        seqz    t0, t0
        addi    t1, s0, -1
        li      a7, 31
        bne     t0, t1, wrong
        call    note
        li      t0, FINISHER
        li      t1, 0x7777
        sw      t1, (t0)
        li      a7, 90                  # a reset does not come back
        j       wrong
plain:  call    note
        li      t0, FINISHER
        li      t1, 0x7777
        c.nop
        sh      t1, (t0)
        li      a7, 91
        j       wrong

done:   li      t0, FINISHER
        li      t1, 0x5555
        sw      t1, (t0)
4:      j       4b

bad_count:
        li      a7, 29
        .balign 4
wrong:  li      t0, FINISHER
        li      t1, 0x3333
        slli    a7, a7, 16
        or      t1, t1, a7
        sw      t1, (t0)
5:      j       5b

# What counters say, right before the reset. In S-mode they are allowed.
note:   csrr    t0, cycle
        sd      t0, 8(s2)
        csrr    t0, instret
        sd      t0, 16(s2)
        ret

# Everything is used: data, code, the device tree, timers, interrupts, UART, a request of a disk that is not done yet.
disturb:
        la      t0, data
        sd      zero, (t0)
        la      t0, bss
        sd      t0, (t0)
        la      t0, code
        lw      t1, 8(t0)
        sw      t1, (t0)
        fence.i
        sw      zero, (s1)
        csrw    mscratch, s1
        li      t0, 7
        csrw    mcounteren, t0
        csrw    medeleg, t0
        la      t0, wrong
        csrw    mtvec, t0
        li      t0, CLINT
        li      t1, 1
        sw      t1, (t0)
        li      t0, CLINT + 0x4000
        sd      zero, (t0)
        li      t0, 0x22
        csrw    mie, t0
        li      t0, CLINT + 0xbff8
        li      t1, 1000000
        sd      t1, (t0)
        li      t0, PLIC
        li      t1, 7
        sw      t1, 40(t0)
        li      t0, PLIC + 0x2080
        li      t1, 0x400
        sw      t1, (t0)
        li      t0, PLIC + 0x201000
        li      t1, 3
        sw      t1, (t0)
        li      t1, 0x55
        sb      t1, 7(s3)
        li      t1, 1
        sb      t1, 2(s3)
        li      t1, 0xf
        sb      t1, 1(s3)
        li      t1, 3
        sb      t1, 3(s3)

        li      t0, SLOT0
        lw      t1, 8(t0)
        beqz    t1, 6f
        la      t2, ring
        li      t1, 8
        sw      t1, 0x38(t0)
        sw      t2, 0x80(t0)
        addi    t3, t2, 0x100
        sw      t3, 0x90(t0)
        addi    t4, t2, 0x200
        sw      t4, 0xa0(t0)
        li      t1, 1
        sw      t1, 0x44(t0)
        li      t1, 15
        sw      t1, 0x70(t0)
        la      t1, header              # reads a sector to `landed`, which must never come there
        sd      t1, (t2)
        li      t1, 16
        sw      t1, 8(t2)
        li      t1, 0x10001
        sw      t1, 12(t2)
        li      t1, KEPT + 0x1000
        sd      t1, 16(t2)
        li      t1, 512
        sw      t1, 24(t2)
        li      t1, 0x20003
        sw      t1, 28(t2)
        li      t1, KEPT + 0x2000
        sd      t1, 32(t2)
        li      t1, 1
        sw      t1, 40(t2)
        li      t1, 2
        sw      t1, 44(t2)
        li      t1, 1
        sh      t1, 2(t3)
        sw      zero, 0x50(t0)
6:      li      t0, KEPT + 0x1000
        ld      t0, (t0)
        check   30, t0, 0
        ret

        .balign 4
code:   .4byte  0x00100513              # addi a0, zero, 1
        .4byte  0x00008067              # ret
        .4byte  0x00200513              # addi a0, zero, 2

        .data
        .balign 8
data:   .dword  12345
header: .dword  0, 0
text:   .asciz  "boot . .\n"
        .balign 4096
table:  .zero   4096
ring:   .zero   4096
        .bss
        .balign 8
bss:    .zero   8
