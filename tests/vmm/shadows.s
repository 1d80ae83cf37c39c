# SPDX-License-Identifier: GPL-3.0-or-later
#
# Page tables that change, each change fenced: other frames, fewer and more rights, A and D cleared, satp and ASIDs,
# megapages in the place of tables and back, SUM and MXR, tables edited from M-mode, aliases; and all memory through them.
        .include "prelude.inc"
        start
        make_tables
        li t5, FRAMES
        li t6, 0x1111
        sd t6, 0(t5)
        li t6, 0x2222
        li t5, FRAMES + 0x1000
        sd t6, 0(t5)
        li t6, 0x3333
        li t5, FRAMES + 0x200000
        sd t6, 0(t5)
        pte LEAVES, FRAMES, V|R|W
        paging_on
        li s2, PAGES
        li s3, LEAVES
        enter 1

        .macro load_it
        ld a0, 0(s2)
        log a0
        .endm
        .macro store_it value
        li a0, \value
        sd a0, 0(s2)
        ld a1, 0(s2)
        log a1
        .endm
        .macro entry_is frame, rights
        li a0, (\frame) >> 2 | (\rights)
        sd a0, 0(s3)
        .endm
        .macro log_entry
        ld a0, 0(s3)
        log a0
        .endm

        load_it                         # A
        log_entry
        store_it 0x1234                 # D
        log_entry
        entry_is FRAMES + 0x1000, V|R|W
        sfence.vma                      # another frame
        load_it
        log_entry
        entry_is FRAMES, V|R|W
        sfence.vma s2, zero
        load_it
        log_entry
        entry_is FRAMES, V|R|W|A        # D cleared
        sfence.vma s2, zero
        store_it 0x77
        log_entry
        entry_is FRAMES, V|R|W|D        # A cleared
        sfence.vma
        load_it
        log_entry
        entry_is FRAMES, V|R|A|D        # no longer writable
        sfence.vma zero, zero
        store_it 0x78
        entry_is FRAMES, 0              # gone
        sfence.vma
        load_it
        entry_is FRAMES, V|R|W          # there again: no fence is needed for what was invalid
        load_it
        store_it 0x79
        log_entry

        # The same address by two roots, with and without ASIDs, and with no fence in between.
        .macro other_tables
        li a0, V|R|W|X|A|D
        li a1, ROOT + 0x8000
        sd a0, 0(a1)
        li a0, RAM >> 2 | V|R|W|X|A|D
        sd a0, 16(a1)
        li a0, (MIDDLE + 0x8000) >> 2 | V
        sd a0, 8(a1)
        li a1, MIDDLE + 0x8000
        li a0, (FRAMES + 0x200000) >> 2 | V|R|W|X
        sd a0, 0(a1)                    # a megapage
        .endm
        other_tables
        sfence.vma
        li s4, 8 << 60 | ROOT >> 12
        li s5, 8 << 60 | (ROOT + 0x8000) >> 12
        .rept 3
        csrw satp, s5
        sfence.vma
        load_it
        store_it 0x55
        csrw satp, s4
        sfence.vma
        load_it
        store_it 0x66
        .endr
        li t5, 1 << 44
        add s6, s4, t5                  # ASID 1
        add t5, t5, t5
        add s7, s5, t5                  # ASID 2
        .rept 3
        csrw satp, s6
        load_it
        store_it 0x5501
        csrw satp, s7
        load_it
        store_it 0x6602
        .endr
        csrr a0, satp
        log a0
        li t5, 3 << 60                  # no such mode: satp stays
        csrw satp, t5
        csrr a0, satp
        log a0
        load_it
        li a0, MIDDLE + 0x8000
        ld a0, 0(a0)
        log a0
        csrw satp, s4
        sfence.vma

        # A megapage becomes a table of pages, and the reverse.
        li s2, MEGAPAGE
        li s3, MIDDLE + 8
        entry_is FRAMES + 0x200000, V|R|W|X
        load_it
        store_it 0x99
        log_entry
        li a1, LEAVES + 0x1000
        li a0, FRAMES >> 2 | V|R|W
        sd a0, 0(a1)
        entry_is LEAVES + 0x1000, V
        sfence.vma s2, zero
        load_it
        store_it 0x9a
        log_entry
        entry_is FRAMES + 0x200000, V|R|W|X
        sfence.vma
        load_it
        li t5, MEGAPAGE + 0x123456 & ~7
        ld a0, 0(t5)
        sd a0, 8(t5)
        log_entry
        entry_is FRAMES + 0x1000, V|R|W # a misaligned megapage
        sfence.vma
        load_it
        entry_is 0x300000000, V|R|W     # where there is no memory
        sfence.vma
        load_it
        entry_is 0x300000000, V         # and tables there
        sfence.vma
        load_it
        entry_is LEAVES + 0x1000, V|A   # reserved in a pointer
        sfence.vma
        load_it
        entry_is FRAMES + 0x200000, V|R|A|1 << 54
        sfence.vma
        load_it

        # SUM and MXR, of pages that stay mapped.
        li s2, PAGES
        li s3, LEAVES
        entry_is FRAMES, V|R|W|U
        sfence.vma
        .rept 2
        load_it
        li t5, SUM
        csrs sstatus, t5
        load_it
        store_it 0xab
        csrc sstatus, t5
        .endr
        entry_is FRAMES, V|X
        sfence.vma
        .rept 2
        load_it
        li t5, MXR
        csrs sstatus, t5
        load_it
        li t5, MXR
        csrc sstatus, t5
        .endr

        # Two addresses of one frame; a frame that is a page table at once.
        entry_is FRAMES, V|R|W
        li t5, LEAVES
        li a0, FRAMES >> 2 | V|R|W
        sd a0, 8(t5)
        li a0, LEAVES >> 2 | V|R|W
        sd a0, 16(t5)
        sfence.vma
        store_it 0x1357
        li t5, PAGES + 0x1000
        ld a0, 0(t5)
        log a0
        li t5, PAGES + 0x2000
        ld a0, 0(t5)
        log a0
        li a0, (FRAMES + 0x1000) >> 2 | V|R|W
        sd a0, 8(t5)
        sfence.vma
        li t5, PAGES + 0x1000
        ld a0, 0(t5)
        log a0
        leave

        # From M-mode: the tables change, and the fence comes from there.
        pte LEAVES, FRAMES + 0x1000, V|R|W
        sfence.vma
        li t5, LEAVES
        li s2, PAGES
        enter 1
        load_it
        leave
        # Not canonical, and outside of RAM, bare and paged.
        .irp address, 0x4000000000, 0xffffffc080000000, 0x8000000000000000, 0x7ffffff8, 0xffffffffffdffff8, 0x50000000
        li a1, \address
        ld a0, 0(a1)
        sd a0, 0(a1)
        enter 1
        ld a0, 0(a1)
        sd a0, 0(a1)
        leave
        .endr
        csrw satp, zero
        enter 1
        li a1, RAM + 0x3ff8
        ld a0, 0(a1)
        leave
        pass

        define_mtrap
