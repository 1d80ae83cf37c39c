# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sv39: leaves at each level, A and D, reserved and invalid entries, misaligned superpages, canonical addresses, tables
# outside of RAM, fences of every form, address spaces, one page under several addresses.
        .include "test.inc"
        START
        MAKE_TABLES
        li s1, PAGES
        .macro FAULTS n, op, cause      # the access at a1 faults; entry at a2 unchanged
        ld s4, 0(a2)
        TRAPPING
        \op a0, 0(a1)
        TEST_CASE \n, s8, \cause
        TEST_SAME \n, s9, a1
        TEST_SAME \n, s10, s5
        ld s3, 0(a2)
        TEST_SAME \n, s3, s4
        .endm
        .macro IN_S n, insns:vararg
        ENTER 1
        \insns
        LEAVE
        .endm

        # A leaf at each level; the value is found where it lies.
        PTE LEAVES + 8, DATA, V|R|W|X
        PTE MIDDLE + 8, RAM + 0x400000, V|R|W|X
        PTE ROOT + 24, RAM, V|R|W|X             # from 0xc0000000
        li a0, DATA + 0x123
        li a1, 0x1111
        sd a1, 0(a0)
        li a0, RAM + 0x400000 + 0x54320
        li a1, 0x2222
        sd a1, 0(a0)
        li a0, RAM + 0x2345678
        li a1, 0x3333
        sd a1, 0(a0)
        PAGING_ON
        ENTER 1
        li a1, PAGES + 0x1123
        ld a0, 0(a1)
        TEST_CASE 1, a0, 0x1111
        li a1, MEGAPAGE + 0x54320
        ld a0, 0(a1)
        TEST_CASE 2, a0, 0x2222
        li a1, 0xc0000000 + 0x2345678
        ld a0, 0(a1)
        TEST_CASE 3, a0, 0x3333
        LEAVE

        # A was set by the loads, in the leaf only; D is set by the first store. QEMU 7.2 does the same.
        .equ LOADED, V|R|W|X|A
        .macro ENTRY n, entry, pa, rights
        li a1, \entry
        ld a0, 0(a1)
        TEST_CASE \n, a0, ((\pa) >> 2) | (\rights)
        .endm
        ENTRY 4, LEAVES + 8, DATA, LOADED
        ENTRY 5, MIDDLE + 8, RAM + 0x400000, LOADED
        ENTRY 6, ROOT + 24, RAM, LOADED
        ENTRY 7, ROOT + 8, MIDDLE, V
        ENTRY 8, MIDDLE, LEAVES, V
        ENTER 1
        li a1, PAGES + 0x1123
        sd a1, 0(a1)
        li a1, MEGAPAGE + 0x54320
        sb a1, 0(a1)
        li a1, 0xc0000000 + 0x2345678
        amoadd.d a0, a1, (a1)
        LEAVE
        ENTRY 9, LEAVES + 8, DATA, LOADED|D
        ENTRY 10, MIDDLE + 8, RAM + 0x400000, LOADED|D
        ENTRY 11, ROOT + 24, RAM, LOADED|D
        # Fetches set A; a store alone sets both; a failing SC sets both; a fault sets none.
        PTE LEAVES + 16, DATA + 0x1000, V|R|W|X
        PTE LEAVES + 24, DATA + 0x2000, V|R|W|X
        PTE LEAVES + 32, DATA + 0x3000, V|R|W|X
        PTE LEAVES + 40, DATA + 0x4000, V|R|X
        li t5, 0x00008067               # ret
        li t6, DATA + 0x1000
        sw t5, 0(t6)
        fence.i
        PAGING_ON
        ENTER 1
        li a1, PAGES + 0x2000
        jalr a1
        li a1, PAGES + 0x3000
        sd zero, 8(a1)
        li a1, PAGES + 0x4000
        sc.d zero, zero, (a1)
        li a1, PAGES + 0x5000
        TRAPPING
        sd zero, 0(a1)
        TRAPPED 12, STORE_PAGE, PAGES + 0x5000
        TRAPPING
        amoor.w zero, zero, (a1)
        TRAPPED 12, STORE_PAGE, PAGES + 0x5000
        DIFFERS failing-sc, 1f
        TRAPPING
        sc.w zero, zero, (a1)
        TRAPPED 12, STORE_PAGE, PAGES + 0x5000
1:
        LEAVE
        ENTRY 13, LEAVES + 16, DATA + 0x1000, LOADED
        ENTRY 14, LEAVES + 24, DATA + 0x2000, LOADED|D
        DIFFERS a-and-d, 1f
        ENTRY 15, LEAVES + 32, DATA + 0x3000, LOADED|D
        ENTRY 16, LEAVES + 40, DATA + 0x4000, V|R|X     # which the machine may set speculatively, too
1:

        # Entries that are none: the fault of the access, and nothing is written to the entry.
        .macro INVALID n, entry, bits, va
        li a2, \entry
        li t5, \bits
        sd t5, 0(a2)
        PAGING_ON
        li t5, MPP | MPRV
        csrc mstatus, t5
        li a1, \va
        ENTER 1
        FAULTS \n, lb, LOAD_PAGE
        FAULTS \n, sb, STORE_PAGE
        la s6, 1f
        li s7, 0
        mv s5, a1
        jr a1
1:      TEST_CASE \n, s8, INSN_PAGE
        TEST_SAME \n, s9, a1
        TEST_SAME \n, s10, a1
        LEAVE
        .endm
        INVALID 20, LEAVES + 48, 0, PAGES + 0x6000
        INVALID 21, LEAVES + 48, DATA >> 2 | R|W|X|A|D, PAGES + 0x6000          # not V
        INVALID 22, LEAVES + 48, DATA >> 2 | V|W|A|D, PAGES + 0x6000            # W without R
        INVALID 23, LEAVES + 48, DATA >> 2 | V|W|X|A|D, PAGES + 0x6000
        INVALID 24, LEAVES + 48, DATA >> 2 | V, PAGES + 0x6000                  # a pointer at the last level
        INVALID 25, LEAVES + 48, DATA >> 2 | V|R|W|X|A|D | 1 << 54, PAGES + 0x6000      # reserved bits
        INVALID 26, LEAVES + 48, DATA >> 2 | V|R|W|X|A|D | 1 << 60, PAGES + 0x6000
        INVALID 27, LEAVES + 48, DATA >> 2 | V|R|W|X|A|D | 1 << 61, PAGES + 0x6000      # Svpbmt, Svnapot
        INVALID 28, LEAVES + 48, DATA >> 2 | V|R|W|X|A|D | 1 << 63, PAGES + 0x6000
        INVALID 29, MIDDLE + 16, (RAM + 0x1000) >> 2 | V|R|W|X|A|D, 0x40400000  # a misaligned megapage
        INVALID 30, MIDDLE + 16, (RAM + 0x100000) >> 2 | V|R|W|X|A|D, 0x40400000
        INVALID 31, ROOT + 32, (RAM + 0x200000) >> 2 | V|R|W|X|A|D, 0x100000000 # a misaligned gigapage
        INVALID 32, ROOT + 32, (RAM + 0x1000) >> 2 | V|R|W|X|A|D, 0x100000000
        INVALID 33, MIDDLE + 24, 0, 0x40600000
        INVALID 34, ROOT + 40, 0, 0x140000000
        INVALID 35, ROOT + 40, MIDDLE >> 2 | V | 1 << 54, 0x140000000
        DIFFERS pointer-bits, 2f
        INVALID 36, ROOT + 40, MIDDLE >> 2 | V|A, 0x140000000                   # A, D and U of a pointer are reserved
        INVALID 37, ROOT + 40, MIDDLE >> 2 | V|D, 0x140000000
        INVALID 38, ROOT + 40, MIDDLE >> 2 | V|U, 0x140000000
2:
        # G and the bits for software are nobody's business.
        PTE LEAVES + 48, DATA, V|R|W|X|A|D|G | 3 << 8
        PAGING_ON
        ENTER 1
        li a1, PAGES + 0x6123
        ld a0, 0(a1)
        LEAVE
        # Addresses whose bits 63:39 are not all bit 38.
        .macro NOT_CANONICAL n, va
        ENTER 1
        li a1, \va
        li a2, ROOT
        FAULTS \n, lb, LOAD_PAGE
        FAULTS \n, sb, STORE_PAGE
        la s6, 1f
        jr a1
1:      TEST_CASE \n, s8, INSN_PAGE
        TEST_SAME \n, s9, a1
        LEAVE
        .endm
        NOT_CANONICAL 40, (1 << 39) | RAM
        NOT_CANONICAL 41, (1 << 63) | RAM
        NOT_CANONICAL 42, (1 << 38) | RAM
        NOT_CANONICAL 43, -1 << 39
        # The upper half.
        PTE ROOT + 511 * 8, RAM, V|R|W|X|A|D
        PAGING_ON
        ENTER 1
        li a1, -0x40000000 + 0x100123
        ld a0, 0(a1)
        li a1, DATA + 0x123
        ld a2, 0(a1)
        TEST_SAME 44, a0, a2
        LEAVE

        # A table that is not in RAM, and pages that are nowhere: access faults.
        PTE MIDDLE + 32, NOWHERE, V
        PTE LEAVES + 56, NOWHERE, V|R|W|X|A|D
        PAGING_ON
        ENTER 1
        li a1, PAGES + 0x7000
        TRAPPING
        lb a0, 0(a1)
        TRAPPED 50, LOAD_ACCESS, PAGES + 0x7000
        TRAPPING
        sb a0, 0(a1)
        TRAPPED 51, STORE_ACCESS, PAGES + 0x7000
        la s6, 1f
        TRAPPING
        mv s5, a1
        jr a1
1:      TRAPPED 52, INSN_ACCESS, PAGES + 0x7000
        LEAVE
        DIFFERS table-access, 1f
        ENTER 1
        li a1, 0x40800000
        TRAPPING
        lb a0, 0(a1)
        TRAPPED 53, LOAD_ACCESS, 0x40800000
        TRAPPING
        sb a0, 0(a1)
        TRAPPED 54, STORE_ACCESS, 0x40800000
        la s6, 2f
        TRAPPING
        mv s5, a1
        jr a1
2:      TRAPPED 55, INSN_ACCESS, 0x40800000
        LEAVE
        PAGING_ON 0x3fffff000           # no root: nothing at all can be fetched
        la s6, 2f
        li a7, TO_M
        ENTER 1
        j fail
2:      TEST_CASE 56, s8, INSN_ACCESS
        TEST_SAME 57, s9, s10
1:      PAGING_OFF

        # Fences. An entry that became valid needs none here (nothing invalid is cached); a changed one does.
        .macro SHOWS n, va, value
        li a1, \va
        ld a0, 0(a1)
        TEST_CASE \n, a0, \value
        .endm
        .macro CHANGE fence:vararg      # the page at PAGES + 0x8000 shows FRAMES + 0x1000 instead of FRAMES
        LEAVE
        PTE LEAVES + 64, FRAMES, V|R|W|X|A|D
        sfence.vma
        ENTER 1
        SHOWS 60, PAGES + 0x8000, 0x1000
        LEAVE
        PTE LEAVES + 64, FRAMES + 0x1000, V|R|W|X|A|D
        ENTER 1
        li a2, PAGES + 0x8000
        li a3, 5
        \fence
        SHOWS 61, PAGES + 0x8000, 0x1001
        .endm
        li a0, FRAMES
        li a1, 0x1000
        li a3, 64
1:      sd a1, 0(a0)
        li a2, 0x1000
        add a0, a0, a2
        addi a1, a1, 1
        addi a3, a3, -1
        bnez a3, 1b
        PAGING_ON ROOT, 5
        ENTER 1
        CHANGE sfence.vma
        CHANGE sfence.vma a2
        CHANGE sfence.vma a2, a3
        CHANGE sfence.vma zero, a3
        li a4, PAGES + 0x8fff
        CHANGE sfence.vma a4
        LEAVE
        # Superpages: one address of it fences all of it.
        PTE MIDDLE + 40, FRAMES, V|R|W|X|A|D
        sfence.vma
        ENTER 1
        SHOWS 62, 0x40a00000, 0x1000
        SHOWS 63, 0x40a03000, 0x1003
        LEAVE
        PTE MIDDLE + 40, FRAMES + 0x200000, V|R|W|X|A|D
        li a1, FRAMES + 0x203000
        li a2, 0x5555
        sd a2, 0(a1)
        ENTER 1
        li a2, 0x40a00000
        sfence.vma a2
        SHOWS 64, 0x40a03000, 0x5555
        LEAVE
        # A megapage becomes pages, and back.
        PTE MIDDLE + 40, LEAVES + 0x1000, V
        PTE LEAVES + 0x1018, FRAMES + 0x7000, V|R|W|X|A|D
        sfence.vma
        ENTER 1
        SHOWS 65, 0x40a03000, 0x1007
        LEAVE
        PTE MIDDLE + 40, FRAMES, V|R|W|X|A|D
        sfence.vma
        ENTER 1
        SHOWS 66, 0x40a03000, 0x1003
        LEAVE

        # Address spaces: two roots under two numbers, and a global page.
        .equ ROOT2, ROOT + 0x10000
        .equ MIDDLE2, ROOT + 0x11000
        .equ LEAVES2, ROOT + 0x12000
        PTE ROOT2, 0, V|R|W|X|A|D|G
        PTE ROOT2 + 16, RAM, V|R|W|X|A|D|G
        PTE ROOT2 + 8, MIDDLE2, V
        PTE MIDDLE2, LEAVES2, V
        PTE ROOT, 0, V|R|W|X|A|D|G
        PTE ROOT + 16, RAM, V|R|W|X|A|D|G
        PTE LEAVES + 72, FRAMES + 0x9000, V|R|W|A|D
        PTE LEAVES2 + 72, FRAMES + 0xa000, V|R|W|A|D
        sfence.vma
        li a4, (8 << 60) | (1 << 44) | (ROOT >> 12)
        li a5, (8 << 60) | (2 << 44) | (ROOT2 >> 12)
        csrw satp, a4
        ENTER 1
        li a3, 20
1:      SHOWS 70, PAGES + 0x9000, 0x1009
        csrw satp, a5
        SHOWS 71, PAGES + 0x9000, 0x100a
        csrw satp, a4
        addi a3, a3, -1
        bnez a3, 1b
        LEAVE
        # Only space 2 is changed and fenced.
        PTE LEAVES2 + 72, FRAMES + 0xb000, V|R|W|A|D
        ENTER 1
        li a3, 2
        sfence.vma zero, a3
        SHOWS 72, PAGES + 0x9000, 0x1009
        csrw satp, a5
        SHOWS 73, PAGES + 0x9000, 0x100b
        li a3, 0
        csrw satp, a3                   # bare
        SHOWS 74, FRAMES + 0x3000, 0x1003
        csrw satp, a4
        SHOWS 75, PAGES + 0x9000, 0x1009
        LEAVE

        # More pages than the TLB has, several times.
        li a0, LEAVES + 0x2000
        li a1, (FRAMES >> 2) | V|R|W
        li a3, 512
1:      sd a1, 0(a0)
        addi a0, a0, 8
        addi a1, a1, 1024
        addi a3, a3, -1
        bnez a3, 1b
        PTE MIDDLE + 48, LEAVES + 0x2000, V
        sfence.vma
        csrw satp, a4
        ENTER 1
        li a5, 3
2:      li a0, 0x40c00000
        li a3, 512
        li a2, 0x1000
1:      ld a1, 8(a0)
        addi a1, a1, 1
        sd a1, 8(a0)
        add a0, a0, a2
        addi a3, a3, -1
        bnez a3, 1b
        addi a5, a5, -1
        bnez a5, 2b
        li a0, 0x40c00000
        li a3, 512
1:      ld a1, 8(a0)
        TEST_CASE 80, a1, 3
        add a0, a0, a2
        addi a3, a3, -1
        bnez a3, 1b
        LEAVE

        # One page under two addresses: stores through one are seen through the other.
        PTE LEAVES + 80, FRAMES + 0xc000, V|R|W|A|D
        PTE LEAVES + 88, FRAMES + 0xc000, V|R|W|A|D
        sfence.vma
        ENTER 1
        li a0, PAGES + 0xa000
        li a1, PAGES + 0xb000
        li a2, 77
        sd a2, 16(a0)
        ld a3, 16(a1)
        TEST_SAME 81, a2, a3
        sd a0, 16(a1)
        ld a3, 16(a0)
        TEST_SAME 82, a0, a3
        LEAVE

        # Page tables that map themselves: the program changes its own entry through it.
        PTE LEAVES + 96, LEAVES, V|R|W|A|D
        sfence.vma
        ENTER 1
        li a0, PAGES + 0xc000
        li a1, ((FRAMES + 0xd000) >> 2) | V|R|W|A|D
        sd a1, 80(a0)                   # entry 10
        sfence.vma
        SHOWS 83, PAGES + 0xa000, 0x100d
        LEAVE

        # Delegated page faults.
        PTE LEAVES + 104, 0, 0
        li t5, 0xb000
        csrw medeleg, t5
        sfence.vma
        ENTER 1
        li a1, PAGES + 0xd008
        TRAPPING
        ld a0, 0(a1)
        TRAPPED 90, LOAD_PAGE, PAGES + 0xd008, 256
        TRAPPING
        sd a0, 0(a1)
        TRAPPED 91, STORE_PAGE, PAGES + 0xd008, 256
        DIFFERS amo-access, 2f
        TRAPPING
        amoadd.d a0, a0, (a1)
        TRAPPED 92, STORE_PAGE, PAGES + 0xd008, 256
2:      la s6, 1f
        TRAPPING
        mv s5, a1
        jr a1
1:      TRAPPED 93, INSN_PAGE, PAGES + 0xd008, 256
        LEAVE
        csrw medeleg, zero
        j pass
        FINISH
