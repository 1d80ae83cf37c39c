# SPDX-License-Identifier: GPL-3.0-or-later
#
# A virtio block device in slot 0 (of virtio 1.1, with a disk of 8 sectors of which each byte is the sector's number + 0x40): registers,
# reads, writes, a flush, several requests at once, what is answered with an error, interrupts and their acknowledgement.
        .include "table.inc"
        .equ    SLOT, 0x10001000
        .equ    STATUS, SLOT + 0x70
        .equ    RINGS, 0x80100000       # descriptors; available ring at + 0x400, used ring at + 0x800
        .equ    AVAIL, RINGS + 0x400
        .equ    USED, RINGS + 0x800
        .equ    HEADERS, 0x80101000     # of 16 bytes each; answers at + 0x800
        .equ    ANSWERS, HEADERS + 0x800
        .equ    BUFFERS, 0x80110000     # 4096 bytes each
        .equ    READ, 0
        .equ    WRITE, 1
        .equ    FLUSH, 4

        .macro  descriptor n, address, length, flags, next
        putw    RINGS + 16 * (\n), \address
        putw    RINGS + 16 * (\n) + 8, \length
        putw    RINGS + 16 * (\n) + 12, (\flags) | (\next) << 16
        .endm
        # Request n, in descriptors 3n and so on: `length` bytes with these flags in the middle.
        .macro  request n, type, sector, length, flags
        putw    HEADERS + 16 * \n, \type
        putw    HEADERS + 16 * \n + 8, \sector
        put     ANSWERS + \n, 0x77
        descriptor 3 * \n, HEADERS + 16 * \n, 16, 1, 3 * \n + 1
        descriptor 3 * \n + 1, BUFFERS + 0x1000 * \n, \length, 1 | \flags, 3 * \n + 2
        descriptor 3 * \n + 2, ANSWERS + \n, 1, 2, 0
        .endm

        getw    SLOT
        getw    SLOT + 4
        getw    SLOT + 8
        getw    SLOT + 12
        getw    SLOT + 0x2008           # the third slot is empty
        getw    SLOT + 0x100            # capacity
        getw    SLOT + 0x104
        getw    STATUS
        putw    STATUS, 1
        putw    STATUS, 3
        getw    STATUS
        putw    SLOT + 0x24, 1          # VERSION_1
        putw    SLOT + 0x20, 1
        putw    SLOT + 0x24, 0
        putw    SLOT + 0x20, 0x200      # FLUSH
        putw    STATUS, 11
        getw    STATUS
        putw    SLOT + 0x30, 1          # there is one queue
        getw    SLOT + 0x34
        putw    SLOT + 0x30, 0
        getw    SLOT + 0x44
        putw    SLOT + 0x38, 64
        putw    SLOT + 0x80, RINGS
        putw    SLOT + 0x90, AVAIL
        putw    SLOT + 0xa0, USED
        putw    SLOT + 0x44, 1
        getw    SLOT + 0x44
        putw    STATUS, 15
        getw    STATUS
        putw    PLIC + 4, 1
        putw    PLIC + 0x2000, 2
        putw    PLIC + 0x200000, 0

        # Reads sector 5.
        request 0, READ, 5, 512, 2
        putw    AVAIL + 4, 0
        putw    AVAIL, 1 << 16
        getw    USED
        putw    SLOT + 0x50, 0
        until   USED, 1 << 16
        getw    USED
        getw    USED + 4
        getw    USED + 8
        get     ANSWERS
        getw    BUFFERS
        getw    BUFFERS + 508
        getw    BUFFERS + 512
        getw    SLOT + 0x60
        lines
        getw    PLIC + 0x200004
        putw    SLOT + 0x64, 1
        getw    SLOT + 0x60
        putw    PLIC + 0x200004, 1
        lines

        # Writes it to sectors 1 and 2, flushes, and reads three sectors: at once, in this order offered. The driver wants no interrupt.
        putw    BUFFERS + 0x1000, 0x12345678
        putw    BUFFERS + 0x13fc, 0x9abcdef0
        request 1, WRITE, 1, 1024, 0
        request 2, FLUSH, 0, 0, 0
        descriptor 6, HEADERS + 32, 16, 1, 8
        putw    AVAIL + 4, 3 << 16
        putw    AVAIL + 8, 6
        putw    AVAIL, 3 << 16 | 1
        putw    SLOT + 0x50, 0
        until   USED, 3 << 16
        get     ANSWERS + 1
        get     ANSWERS + 2
        getw    USED
        getw    SLOT + 0x60
        request 3, READ, 0, 1536, 2
        putw    AVAIL + 8, 6 | 9 << 16
        putw    AVAIL, 4 << 16
        putw    SLOT + 0x50, 0
        until   USED, 4 << 16
        get     ANSWERS + 3
        getw    BUFFERS + 0x3000
        getw    BUFFERS + 0x31fc
        getw    BUFFERS + 0x3200
        getw    BUFFERS + 0x35fc
        getw    SLOT + 0x60
        putw    SLOT + 0x64, 1

        # Errors: beyond the end; partly beyond it; what is no command; a write where there is nothing.
        request 4, READ, 8, 512, 2
        request 5, READ, 7, 1024, 2
        request 6, 99, 0, 512, 2
        request 7, WRITE, 0x7fffffff, 512, 0
        putw    AVAIL + 12, 12 | 15 << 16
        putw    AVAIL + 16, 18 | 21 << 16
        putw    AVAIL, 8 << 16
        putw    SLOT + 0x50, 0
        until   USED, 8 << 16
        get     ANSWERS + 4
        get     ANSWERS + 5
        get     ANSWERS + 6
        get     ANSWERS + 7
        getw    USED
        getw    STATUS
        putw    SLOT + 0x64, 1

        # A chain without room for the answer: the device needs a reset, and gets it.
        request 0, READ, 5, 512, 2
        descriptor 0, HEADERS, 16, 0, 0
        putw    AVAIL + 20, 0
        putw    AVAIL, 9 << 16
        putw    SLOT + 0x50, 0
        until   STATUS, 0x4f
        getw    USED
        getw    STATUS
        putw    STATUS, 0
        getw    STATUS
        getw    SLOT + 0x44
        getw    SLOT + 0x60
        .4byte  0
