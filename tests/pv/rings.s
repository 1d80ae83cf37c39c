# SPDX-License-Identifier: GPL-3.0-or-later
#
# Requests to a disk that would let the device write what the guest must not. With a drive of 8 sectors of 0x41.
        .include "pv.inc"
        .equ DESCRIPTORS, FREE + 0x1000
        .equ AVAIL, FREE + 0x2000
        .equ USED, FREE + 0x3000
        .equ HEADER, FREE + 0x4000      # type, sector; the answer behind it
        .equ ANSWER, HEADER + 16
        .equ DATA, FREE + 0x5000
        .equ F_NEXT, 1
        .equ F_WRITE, 2

        .macro descriptor n, address, length, flags, next
        li t1, DESCRIPTORS + 16 * \n
        li t0, \address
        sd t0, 0(t1)
        li t0, \length
        sw t0, 8(t1)
        li t0, \flags
        sh t0, 12(t1)
        li t0, \next
        sh t0, 14(t1)
        .endm
        # A request to read a sector to `data`, the answer to `answer`; then the events that come of it, and the answer in t2.
        .macro request data, answer
        descriptor 0, HEADER, 16, F_NEXT, 1
        descriptor 1, \data, 512, F_NEXT | F_WRITE, 2
        descriptor 2, \answer, 1, F_WRITE, 0
        li t1, HEADER
        sd zero, 0(t1)
        sd zero, 8(t1)
        li t0, 0x77
        sb t0, 16(t1)
        li t1, AVAIL
        lhu t0, 2(t1)
        addi t0, t0, 1
        sh t0, 2(t1)
        .endm
        .macro ring used
        li t1, AVAIL
        sd zero, 0(t1)
        call block_ring, 0, DESCRIPTORS, AVAIL, \used, 4
        want ok
        want_value 8
        .endm
        # Time passes; what has happened by then is no event any more.
        .macro pass_time
        li t1, SHARED
        ld t1, PV_time(t1)
        addi s3, t1, 1000
        mv a0, s3
        call set_timer
782:    call events
        call yield
        want ok
        li t1, SHARED
        ld t1, PV_time(t1)
        bltu t1, s3, 782b
        call set_timer, -1
        call events
        .endm
        .macro answer value
        li t1, ANSWER
        lbu t2, 0(t1)
        want_equal t2, \value
        .endm
        .text
        BEGIN
        # Before: a request is under way as the kernel becomes paravirtual, by the registers of the device. It is to write into
        # what will be a page table. It is lost.
        .equ SLOT, 0x10001000
        li s2, SLOT
        .macro register offset, value
        li t0, \value
        sw t0, \offset(s2)
        .endm
        register 0x70, 0
        register 0x70, 3
        register 0x24, 1
        register 0x20, 1
        register 0x70, 11
        register 0x30, 0
        register 0x38, 4
        register 0x80, DESCRIPTORS
        register 0x84, 0
        register 0x90, AVAIL
        register 0x94, 0
        register 0xa0, USED
        register 0xa4, 0
        register 0x44, 1
        register 0x70, 15
        request LEAVES, ANSWER
        sw zero, 0x50(s2)

        BECOME_PARAVIRTUAL
        pass_time
        answer 0x77
        # Rings in odd places.
        call block_ring, 0, DESCRIPTORS, AVAIL, USED, 0
        want invalid_param
        call block_ring, 0, DESCRIPTORS, AVAIL, USED, 3
        want invalid_param
        call block_ring, 0, DESCRIPTORS, AVAIL, USED, 256
        want invalid_param
        call block_ring, 0, DESCRIPTORS, AVAIL, USED, -1
        want invalid_param
        call block_kick, 0              # no ring yet: nothing
        want ok
        # As it should be.
        ring USED
        request DATA, ANSWER
        call block_kick, 0
        want ok
        call set_timer, -1
        call yield
        want ok
        call events
        want ok
        want_value PV_EVENT_DISK
        answer 0
        li t1, DATA
        lbu t2, 511(t1)
        want_equal t2, 0x41
        call events
        want ok
        want_value 0
        # Data into a page table; into a page of which it is only a part; beyond RAM.
        .irp target, LEAVES, TABLES - 256, ROOT, 0, RAM + (128 << 20) - 256, SLOT
        request \target, ANSWER
        call block_kick, 0
        want ok
        pass_time
        answer 1                        # an I/O error
        .endr
        # The answer into a page table, at the place of an entry: the request has none, and the device wants a reset.
        request DATA, LEAVES + 8
        call block_kick, 0
        pass_time
        call block_kick, 0
        want failed
        # The used ring in a page table.
        ring LEAVES
        request DATA, ANSWER
        call block_kick, 0
        pass_time
        call block_kick, 0
        want failed
        # Rings outside of RAM, chains without an end.
        ring 0
        request DATA, ANSWER
        call block_kick, 0
        pass_time
        call block_kick, 0
        want failed
        li t1, AVAIL
        sd zero, 0(t1)
        call block_ring, 0, -16, AVAIL, USED, 4
        want ok
        request DATA, ANSWER
        call block_kick, 0
        pass_time
        call block_kick, 0
        want failed
        ring USED
        request DATA, ANSWER
        descriptor 2, ANSWER, 1, F_WRITE | F_NEXT, 1
        call block_kick, 0
        pass_time
        call block_kick, 0
        want failed
        # A page that becomes a table while the request to write it is under way.
        ring USED
        .equ PAGE, FREE + 0x8000
        request PAGE, ANSWER
        call block_kick, 0
        want ok
        update LEAVES + 8*(PAGE - RAM)/4096, PAGE >> 2 | V|R|A, ok
        call pin, PAGE
        want ok
        pass_time
        answer 1
        # Nobody has written to tables: this one's entries are as they were.
        li t1, LEAVES
        ld t2, 8(t1)
        li t1, SHARED
        ld t1, PV_offset(t1)
        srli t1, t1, 2
        sub t2, t2, t1
        andi t2, t2, ~(A|D)
        want_equal t2, (RAM + 0x1000) >> 2 | V|R|W|X|U
        li t1, PAGE
        ld t2, 0(t1)
        want_equal t2, 0
        END
