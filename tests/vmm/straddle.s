# SPDX-License-Identifier: GPL-3.0-or-later
#
# Misaligned accesses: inside a page, across two pages of different frames, rights and kinds, and of devices. No byte is
# stored if either page faults, and A and D come in the order of addresses.
        .include "prelude.inc"
        start
        make_tables
        pte LEAVES + 32, UART, V|R|W|A|D
        pte LEAVES + 40, 0x50000000, V|R|W|A|D
        paging_on
        li s1, LEAVES
        li s2, PAGES + 0x1000 - 3
        la s5, pairs
next:   ld a0, 0(s5)                    # the two entries
        ld a1, 8(s5)
        beqz a0, done
        sd a0, 0(s1)
        sd a1, 8(s1)
        sfence.vma
        enter 1
        ld a2, 0(s2)
        log a2
        lw a2, 0(s2)
        log a2
        lhu a2, 2(s2)
        log a2
        lh a2, 1(s2)                    # all on the first page
        log a2
        li a3, 0x8877665544332211
        sd a3, 0(s2)
        sw a3, 1(s2)
        sh a3, 2(s2)
        ld a2, 0(s2)
        log a2
        leave
        ld a0, 0(s1)
        log a0
        ld a1, 8(s1)
        log a1
        li t5, FRAMES + 0xff8           # what really was stored
        ld a0, 0(t5)
        log a0
        li t5, FRAMES + 0x2000
        ld a0, 0(t5)
        log a0
        addi s5, s5, 16
        j next

done:   enter 1                         # a device behind the end of a page, and before the beginning
        li s2, PAGES + 0x4000
        li a0, FRAMES >> 2 | V|R|W
        li t5, LEAVES + 24
        sd a0, 0(t5)
        ld a0, -4(s2)                   # RAM, then the UART
        sd a0, -4(s2)
        li s2, PAGES + 0x5000
        ld a0, -4(s2)                   # the UART, then nothing
        sd a0, -4(s2)
        lw a0, 2(s2)
        li s2, PAGES + 0x6000
        ld a0, -4(s2)                   # nothing, then no page
        sd a0, -4(s2)
        li s2, PAGES + 0x4000
        lw a0, 1(s2)                    # misaligned for a device
        sw a0, 2(s2)
        lh a0, 1(s2)
        ld a0, 0(s2)                    # too large
        leave
        csrw satp, zero
        li s2, RAM
        ld a0, -4(s2)                   # bare: nothing, then RAM
        sd a0, -4(s2)
        li s2, RAM_END
        lh a0, -1(s2)
        li s2, RAM + 0x1ffffd
        li a0, 0x0123456789abcdef
        sd a0, 0(s2)                    # across two megapages
        ld a1, 0(s2)
        log a1
        pass

        define_mtrap

        .balign 8
        .equ FIRST, FRAMES >> 2
        .equ SECOND, (FRAMES + 0x2000) >> 2
pairs:  .8byte FIRST|V|R|W|X, SECOND|V|R|W|X
        .8byte FIRST|V|R|W, 0
        .8byte FIRST|V|R, SECOND|V|R|W
        .8byte FIRST|V|R|W, SECOND|V|R
        .8byte FIRST|R|W, SECOND|V|R|W
        .8byte FIRST|V|R|W, SECOND|V|R|W|U
        .8byte FIRST|V|R|W|A, SECOND|V|R|W|A
        .8byte FIRST|V|R|W|A|D, SECOND|V|R|W
        .8byte FIRST|V|X, SECOND|V|R|W|A|D
        .8byte FIRST|V|R|W|A|D, 0x50000000 >> 2|V|R|W
        .8byte 0x50000000 >> 2|V|R|W, SECOND|V|R|W
        .8byte UART >> 2|V|R|W, SECOND|V|R|W
        .8byte FIRST|V|R|W, UART >> 2|V|R|W
        .8byte FIRST|V|R|W, FIRST|V|R|W
        .8byte 0, 0
