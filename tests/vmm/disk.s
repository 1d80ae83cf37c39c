# SPDX-License-Identifier: GPL-3.0-or-later
#
# A virtio disk: found, asked, read into code that has run before, read into a page table, written; a reservation that the
# data break; and requests that are not well formed.
        .include "prelude.inc"
        start
        .equ QUEUE, FRAMES              # descriptors; available ring at +0x400; used ring at +0x600
        .equ HEAD, FRAMES + 0x1000      # header, and status at +16
        .equ DATA, FRAMES + 0x2000
        li s1, VIRTIO
        .irp offset, 0, 4, 8, 12, 16, 0x34, 0x70, 0xfc, 0x100, 0x104, 0x10c
        lw a0, \offset(s1)
        log a0
        .endr
        ld a0, 0x100(s1)
        log a0
        lbu a0, 0x100(s1)
        log a0
        ld a0, 0(s1)
        .macro set offset, value
        li a0, \value
        sw a0, \offset(s1)
        .endm
        set 0x70, 0
        set 0x70, 1
        set 0x70, 3
        set 0x24, 1
        set 0x20, 1                     # VERSION_1
        set 0x70, 11
        set 0x30, 0
        set 0x38, 8
        set 0x80, QUEUE
        set 0x84, 0
        set 0x90, QUEUE + 0x400
        set 0x94, 0
        set 0xa0, QUEUE + 0x600
        set 0xa4, 0
        set 0x44, 1
        set 0x70, 15
        lw a0, 0x70(s1)
        log a0

        li a0, 7                        # interrupts by context 0, source 1
        li t4, PLIC
        sw a0, 4(t4)
        li a0, 2
        li t4, PLIC + 0x2000
        sw a0, 0(t4)
        li a0, 0x800
        csrw mie, a0
        li s5, 0                        # requests made
        li s6, QUEUE
        li s7, HEAD

        # One request: kind, sector, address, length, what the device may do with the data (2 write). Waits for its end.
        .macro request kind, sector, address, length, flags
        csrci mstatus, 8                # wfi only waits
        li a0, \kind
        sd a0, 0(s7)
        li a0, \sector
        sd a0, 8(s7)
        li a0, 0xff
        sb a0, 16(s7)
        sd s7, 0(s6)
        li a0, 16 | 1 << 32 | 1 << 48
        sd a0, 8(s6)
        li a0, \address
        sd a0, 16(s6)
        li a0, \length | (1 | \flags) << 32 | 2 << 48
        sd a0, 24(s6)
        addi a0, s7, 16
        sd a0, 32(s6)
        li a0, 1 | 2 << 32
        sd a0, 40(s6)
        andi a1, s5, 7
        add a1, a1, a1
        add a1, a1, s6
        sh zero, 0x404(a1)
        addi s5, s5, 1
        sh s5, 0x402(s6)
        sw zero, 0x50(s1)
        wfi
        lbu a0, 16(s7)
        log a0
        lhu a0, 0x602(s6)
        log a0
        lw a0, 0x60(s1)
        log a0
        sw a0, 0x64(s1)
        li t4, PLIC + 0x200004
        lw a0, 0(t4)
        log a0
        sw a0, 0(t4)
        csrr a0, mcycle
        log a0
        .endm

        request 0, 3, DATA, 512, 2
        li t4, DATA
        ld a0, 8(t4)
        log a0
        request 1, 5, RAM, 1024, 0      # the program itself goes out
        request 4, 0, DATA, 0, 0        # flush
        request 8, 0, DATA, 20, 2       # its name
        request 0, 1000, DATA, 512, 2   # past the end
        request 0, 0, 0x1000, 512, 2    # not RAM
        request 0, 0, RAM_END - 256, 512, 2
        request 77, 0, DATA, 512, 2     # no such request
        request 1, 9, DATA, 512, 0

        # Code that has run is read over; a reservation there is lost.
        li t4, DATA
        li a0, 0x00008067               # ret
        sw a0, 0(t4)
        sw a0, 512(t4)
        fence.i
        jalr ra, 0(t4)
        li a1, 0x00150513               # addi a0, a0, 1
        sw a1, 0(t4)
        sw a0, 4(t4)
        request 1, 20, DATA, 512, 0
        li t4, DATA
        li a1, 0x00008067
        sw a1, 0(t4)
        fence.i
        li a0, 5
        jalr ra, 0(t4)
        log a0
        lr.d a1, (t4)
        request 0, 20, DATA, 512, 2
        li t4, DATA
        sc.d a2, a1, (t4)
        log a2
        lr.d a1, (t4)
        request 0, 20, DATA + 0x1000, 512, 2
        li t4, DATA
        sc.d a2, a1, (t4)               # elsewhere: kept
        log a2
        request 0, 20, DATA, 512, 2
        fence.i
        li t4, DATA
        li a0, 5
        jalr ra, 0(t4)
        log a0

        # A page table is read from the disk.
        make_tables
        li t4, DATA
        li a0, (FRAMES + 0x5000) >> 2 | V|R|W
        sd a0, 0(t4)
        request 1, 30, DATA, 512, 0
        li t4, FRAMES + 0x5000
        li a0, 0x7777
        sd a0, 0(t4)
        pte LEAVES, FRAMES, V|R|W
        paging_on
        li s9, PAGES
        enter 1
        ld a0, 0(s9)
        log a0
        leave
        request 0, 30, LEAVES, 512, 2
        sfence.vma
        enter 1
        ld a0, 0(s9)
        log a0
        leave
        set 0x70, 0                     # reset
        lw a0, 0x70(s1)
        log a0
        pass

        define_mtrap
