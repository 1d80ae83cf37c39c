# SPDX-License-Identifier: GPL-3.0-or-later
#
# Random values of every width in the registers of every device, the drive's queue among them: rings anywhere, of any
# length, with any content.
        .include "hostile.inc"
        HOSTILE
        li s4, 6000
again:  la a2, windows
        RANDOM a1
        andi a1, a1, 7
        slli a1, a1, 4
        add a2, a2, a1
        ld a0, 0(a2)
        ld a1, 8(a2)
        RANDOM a3
        srli a3, a3, 15
        and a3, a3, a1
        add a0, a0, a3                  # register
        RANDOM a4
        andi a5, a4, 3
        beqz a5, 1f
        slli a4, a4, 48                 # mostly small values
        srli a4, a4, 48
1:      andi a5, a4, 7
        bnez a5, 1f
        RANDOM a4                       # or addresses around the end of RAM
        slli a4, a4, 44
        srli a4, a4, 44
        li a5, 0x87f80000
        add a4, a4, a5
1:      RANDOM a5
        srli a5, a5, 7
        andi a5, a5, 7
        slli a5, a5, 3
        UNTIL_TRAP after
        la t5, kinds
        add t5, t5, a5
        jr t5
after:  SUM_UP a1
        # random words where rings may be
        RANDOM a0
        li a1, 0xfff8
        and a0, a0, a1
        li a1, DATA
        add a0, a0, a1
        RANDOM a1
        sd a1, 0(a0)
        addi s4, s4, -1
        bnez s4, again

        # A queue that is nearly right, with descriptors that are not.
        li s2, 0x10001000
        li s4, 400
queue:  sw zero, 0x70(s2)
        li t5, 15 & ~4
        sw t5, 0x70(s2)
        sw zero, 0x30(s2)
        RANDOM a1
        andi a1, a1, 15
        addi a1, a1, 1
        sw a1, 0x38(s2)
        .irp register, 0x80, 0x90, 0xa0
        RANDOM a1
        andi a2, a1, 3
        slli a1, a1, 45
        srli a1, a1, 45
        li a3, DATA
        bnez a2, 1f
        li a3, 0x87fff000
1:      andi a1, a1, -16
        add a1, a1, a3
        sw a1, \register(s2)
        sw zero, \register + 4(s2)
        .endr
        li t5, 1
        sw t5, 0x44(s2)
        li t5, 15
        sw t5, 0x70(s2)
        # fill the neighbourhood with descriptors
        li a0, DATA
        li a4, 200
1:      RANDOM a1
        slli a1, a1, 44
        srli a1, a1, 44
        li a3, 0x87f80000
        add a1, a1, a3
        sd a1, 0(a0)
        RANDOM a1
        li a3, 0x0003000700000fff
        and a1, a1, a3
        sd a1, 8(a0)
        RANDOM a1
        li a3, 2048
        and a1, a1, a3
        addi a0, a0, 16
        add a0, a0, a1
        addi a4, a4, -1
        bnez a4, 1b
        UNTIL_TRAP 2f
        sw zero, 0x50(s2)
        csrsi mstatus, MIE
        wfi
3:      j 3b
2:      lw a1, 0x60(s2)
        SUM_UP a1
        sw a1, 0x64(s2)
        addi s4, s4, -1
        bnez s4, queue
        mv a0, s0
        j pass
        .balign 8
kinds:  sb a4, 0(a0)
        ecall
        sh a4, 0(a0)
        ecall
        sw a4, 0(a0)
        ecall
        sd a4, 0(a0)
        ecall
        lbu a1, 0(a0)
        ecall
        lhu a1, 0(a0)
        ecall
        lw a1, 0(a0)
        ecall
        ld a1, 0(a0)
        ecall
        .balign 8
windows: .dword UART, 7                 # base, mask of the offset
        .dword PLIC, 0xfff
        .dword PLIC + 0x2000, 0xff
        .dword PLIC + 0x200000, 0x1fff
        .dword CLINT, 0x3fff            # not mtimecmp: the way back
        .dword 0x10001000, 0x1fc
        .dword 0x10002000, 0x7fff
        .dword 0x10001000, 0xff
        CAUGHT
        FINISH
