# SPDX-License-Identifier: GPL-3.0-or-later
#
# Page tables that a monitor may be following: shared by two addresses and two levels, written in parts, in rows, by
# atomics, by aliases, from other roots and modes, given up and made into something else. Every change is fenced.
        .include "prelude.inc"
        start
        make_tables
        .equ SECOND, RAM + 0x83000      # another table of level 0
        .equ ROOTS, RAM + 0x90000       # a dozen of them
        .equ FOURTH, 0x40600000         # where SECOND translates
        .equ SHARED, 0x40400000         # LEAVES once more
        li t5, FRAMES                   # each of these frames knows its number
        li t6, 0x1000
1:      sd t6, 0(t5)
        sd t6, 0x18(t5)
        li t4, 0x1000
        add t5, t5, t4
        addi t6, t6, 1
        li t4, 0x1020
        bne t6, t4, 1b
        li t5, FRAMES + 0x200000
        li t6, 0x2222
        sd t6, 0(t5)

        # Entry a1 of the table at a0 is frame a2 with rights a3.
        .macro entry table, index, frame, rights
        li a0, \table + 8 * (\index)
        li a1, ((FRAMES + 0x1000 * (\frame)) >> 2) | (\rights)
        sd a1, 0(a0)
        .endm
        .macro look address
        li a0, \address
        ld a1, 0(a0)
        log a1
        .endm
        .macro put address, value
        li a0, \address
        li a1, \value
        sd a1, 0x18(a0)
        ld a1, 0x18(a0)
        log a1
        .endm
        .macro look_at_entry table, index
        li a0, \table + 8 * (\index)
        ld a1, 0(a0)
        log a1
        .endm

        .irp i, 0, 1, 2, 3
        entry LEAVES, \i, \i, V|R|W
        entry SECOND, \i, \i + 8, V|R|W
        .endr
        pte MIDDLE + 16, LEAVES, V
        pte MIDDLE + 24, SECOND, V
        paging_on
        enter 1

        # One table, two addresses.
        look PAGES
        look SHARED
        put SHARED, 0x31
        entry LEAVES, 0, 4, V|R|W
        sfence.vma
        look PAGES
        look SHARED
        entry LEAVES, 0, 5, V|R|W|A|D   # nothing is left for the hardware to set
        sfence.vma
        put PAGES, 0x32
        put SHARED, 0x33
        entry LEAVES, 0, 5, V|R|W|A     # D is clear again, for both
        sfence.vma
        put PAGES, 0x34
        look_at_entry LEAVES, 0
        entry LEAVES, 0, 5, V|R|W|A
        sfence.vma
        put SHARED, 0x35
        look_at_entry LEAVES, 0
        entry LEAVES, 0, 5, V|R|W|D     # and A
        sfence.vma
        look SHARED
        look_at_entry LEAVES, 0

        # Parts of entries, and parts of two.
        li s2, LEAVES
        look PAGES + 0x1000
        li a0, ((FRAMES + 0x6000) >> 2) | V|R|W
        srli a0, a0, 8
        sb a0, 9(s2)                    # frame 6 instead of 1
        sfence.vma
        look PAGES + 0x1000
        look PAGES + 0x2000
        li a0, V|R
        sb a0, 16(s2)
        sfence.vma
        put PAGES + 0x2000, 0x41        # not writable now
        li a0, (((FRAMES + 0x9000) >> 2) | V|R|W) << 16
        sw a0, 6(s2)                    # the end of entry 0, the beginning of entry 1
        sfence.vma
        look PAGES
        look PAGES + 0x1000
        li a0, (((FRAMES + 0xa000) >> 2) | V|R|W) << 32
        sd a0, 4(s2)
        sfence.vma
        look PAGES
        look PAGES + 0x1000
        look SHARED + 0x1000

        # Atomics.
        li a0, 1 << 10
        addi a1, s2, 8
        amoadd.d a2, a0, (a1)           # the next frame
        log a2
        sfence.vma
        look PAGES + 0x1000
1:      lr.d a2, (a1)
        add a2, a2, a0
        sc.d a3, a2, (a1)
        bnez a3, 1b
        sfence.vma
        look PAGES + 0x1000
        look SHARED + 0x1000
        li a0, ~W
        amoand.w a2, a0, (a1)
        sfence.vma
        put PAGES + 0x1000, 0x51

        # Rows of writes; each entry looked at between, and not.
        .macro many first, between
        li s3, LEAVES
        li s4, PAGES
        li s5, (\first >> 2) | V|R|W
        li s6, 24
1:      sd s5, 0(s3)
        sfence.vma s4, zero
        .if \between
        ld a0, 0(s4)
        log a0
        sd a0, 0x20(s4)
        .endif
        addi s3, s3, 8
        li a0, 0x1000
        add s4, s4, a0
        li a0, 1 << 10
        add s5, s5, a0
        addi s6, s6, -1
        bnez s6, 1b
        li s4, PAGES
        li s6, 24
1:      ld a0, 0(s4)
        log a0
        li a0, 0x1000
        add s4, s4, a0
        addi s6, s6, -1
        bnez s6, 1b
        .endm
        many FRAMES, 0
        many FRAMES + 0x4000, 0
        many FRAMES + 0x2000, 1
        many FRAMES, 1
        look SHARED + 0x3000

        # The root as a table of lower levels: 0xc0000000 on is translated by ROOT, MIDDLE, ... as levels 1 and 0.
        .equ AGAIN, 0xc0000000
        li a0, ROOT + 24
        li a1, ROOT >> 2 | V
        sd a1, 0(a0)
        li a0, MIDDLE + 8
        li a1, ((FRAMES + 0x200000) >> 2) | V|R|W
        sd a1, 0(a0)
        sfence.vma
        look MEGAPAGE
        look AGAIN + 0x201000           # MIDDLE's entry 1 as that of a page
        li a0, MIDDLE + 8
        li a1, (FRAMES >> 2) | V|R|W
        sd a1, 0(a0)
        sfence.vma
        look MEGAPAGE
        look AGAIN + 0x201000
        put AGAIN + 0x201000, 0x61
        li a0, ROOT + 40                # 1 GiB, and the same as 2 MiB
        li a1, (RAM >> 2) | V|R|W
        sd a1, 0(a0)
        sfence.vma
        look 0x140000000 + 0x200000
        look AGAIN + 5 * 0x200000
        li a0, ROOT + 40
        li a1, (RAM >> 2) | V|R|A|D
        sd a1, 0(a0)
        sfence.vma
        put 0x140000000 + 0x200000, 0x62
        put AGAIN + 5 * 0x200000, 0x63
        li a0, ROOT + 40
        sd zero, 0(a0)
        sfence.vma
        look 0x140000000 + 0x200000
        look AGAIN + 5 * 0x200000
        li a0, ROOT + 24
        sd zero, 0(a0)
        sfence.vma
        look AGAIN + 0x201000

        # A table that becomes data, and a table again, elsewhere.
        look FOURTH
        look FOURTH + 0x1000
        li a0, MIDDLE + 24
        sd zero, 0(a0)
        sfence.vma
        look FOURTH
        li a0, SECOND
        li a1, 40
1:      sd a1, 0(a0)
        addi a0, a0, 8
        addi a1, a1, -1
        bnez a1, 1b
        look SECOND
        .irp i, 0, 1, 2, 3
        entry SECOND, \i, \i + 12, V|R|W
        .endr
        li a0, MIDDLE + 8
        li a1, SECOND >> 2 | V
        sd a1, 0(a0)
        sfence.vma
        look MEGAPAGE + 0x1000
        put MEGAPAGE + 0x2000, 0x71
        # A table among the pages that it maps.
        li a0, LEAVES + 8 * 30
        li a1, LEAVES >> 2 | V|R|W
        sd a1, 0(a0)
        sfence.vma
        look PAGES + 30 * 0x1000
        li a0, PAGES + 30 * 0x1000
        li a1, ((FRAMES + 0x7000) >> 2) | V|R|W
        sd a1, 8(a0)
        sfence.vma
        look PAGES + 0x1000
        li a0, PAGES + 30 * 0x1000
        sd zero, 30 * 8(a0)
        sfence.vma
        look PAGES + 30 * 0x1000

        # MXR is part of what a root is known by.
        entry LEAVES, 3, 3, V|X
        sfence.vma
        li s3, MXR
        .rept 2
        look PAGES + 0x3000
        csrs sstatus, s3
        look PAGES + 0x3000
        entry LEAVES, 3, 9, V|X
        sfence.vma
        look PAGES + 0x3000
        csrc sstatus, s3
        entry LEAVES, 3, 3, V|X
        sfence.vma
        .endr
        entry LEAVES, 3, 3, V|R|W

        # More roots than anybody remembers: each has the code, and either MIDDLE or a page of its own.
        li s3, ROOTS
        li s4, 12
1:      li a0, (RAM >> 2) | V|R|W|X|A|D
        sd a0, 16(s3)
        li a0, MIDDLE >> 2 | V
        sd a0, 8(s3)
        li a0, 0x1000
        add s3, s3, a0
        addi s4, s4, -1
        bnez s4, 1b
        li s7, 4                        # rounds
2:      li s3, ROOTS >> 12
        li s4, 12
1:      li a0, 8 << 60
        or a0, a0, s3
        csrw satp, a0
        sfence.vma
        look PAGES
        look PAGES + 0x1000
        put PAGES + 0x2000, 0x81
        andi a0, s4, 3                  # one in four changes a table that all of them share, one its own root
        bnez a0, 3f
        li a0, LEAVES
        ld a1, 0(a0)
        li a2, 1 << 10
        add a1, a1, a2
        sd a1, 0(a0)
        sfence.vma
        look PAGES
3:      addi a0, s4, -6
        bnez a0, 4f
        slli a0, s3, 12
        li a1, (RAM >> 2) | V|R|A
        andi a2, s7, 1
        beqz a2, 5f
        li a1, MIDDLE >> 2 | V
5:      sd a1, 8(a0)
        sfence.vma
        look PAGES
        look PAGES + 0x200000
4:      addi s3, s3, 1
        addi s4, s4, -1
        bnez s4, 1b
        addi s7, s7, -1
        bnez s7, 2b
        li a0, 8 << 60 | ROOT >> 12     # two of them in turn, with ASIDs and without fences
        li s3, 8 << 60 | 1 << 44 | ROOT >> 12
        li s4, 8 << 60 | 2 << 44 | ROOTS >> 12
        csrw satp, a0
        sfence.vma
        .rept 3
        csrw satp, s3
        look PAGES
        look PAGES + 0x1000
        csrw satp, s4
        look PAGES
        put PAGES + 0x2000, 0x91
        entry LEAVES, 0, 2, V|R|W
        sfence.vma
        csrw satp, s3
        look PAGES
        csrw satp, s4
        entry LEAVES, 0, 11, V|R|W
        sfence.vma
        .endr
        leave

        # From M-mode, bare and by MPRV, while roots are remembered.
        csrw satp, s3
        pte LEAVES, FRAMES + 0x8000, V|R|W
        sfence.vma
        enter 1
        look PAGES
        leave
        li t5, MPP
        csrc mstatus, t5
        li t5, 1 << 11 | MPRV
        csrs mstatus, t5
        li a0, LEAVES                   # by way of ROOT's third GiB
        li a1, ((FRAMES + 0x9000) >> 2) | V|R|W
        sd a1, 0(a0)
        li t5, MPRV
        csrc mstatus, t5
        sfence.vma
        enter 1
        look PAGES
        csrw satp, s4
        look PAGES
        leave

        # Both modes by one entry: code of the user's at PAGES + 0x4000, data at PAGES.
        li a0, FRAMES + 0x4000
        la a1, user
        li a2, 4
1:      lw a3, 0(a1)
        sw a3, 0(a0)
        addi a0, a0, 4
        addi a1, a1, 4
        addi a2, a2, -1
        bnez a2, 1b
        li t5, SUM
        csrs mstatus, t5
        pte LEAVES + 32, FRAMES + 0x4000, V|R|X|U|A
        .irp frame, 3, 7, 12
        pte LEAVES, FRAMES + 0x1000 * \frame, V|R|W|U
        sfence.vma
        enter 1
        put PAGES, 0xa1
        leave
        li a0, PAGES
        li t5, MPP
        csrc mstatus, t5
        li t5, PAGES + 0x4000
        csrw mepc, t5
        la ra, 1f
        mret
        .balign 4
1:      log a1                          # in M-mode, which finds no code behind the user's ecall
        .endr
        pass

        .balign 4
user:   ld a1, 0(a0)
        sd a1, 8(a0)
        ecall
        nop

        define_mtrap
