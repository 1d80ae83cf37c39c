# SPDX-License-Identifier: GPL-3.0-or-later
#
# What lies across two pages: loads, stores and instructions whose halves translate, fail, or are marked apart.
        .include "test.inc"
        START
        MAKE_TABLES
        # Two neighbours whose frames are none: PAGES -> FRAMES + 0x5000, PAGES + 0x1000 -> FRAMES + 0x2000.
        .equ FIRST, FRAMES + 0x5000
        .equ SECOND, FRAMES + 0x2000
        .macro TWO first=V|R|W|X|A|D, second=V|R|W|X|A|D
        PTE LEAVES, FIRST, \first
        PTE LEAVES + 8, SECOND, \second
        .endm
        .macro CLEAR
        li t5, FIRST + 0xff8
        sd zero, 0(t5)
        li t5, SECOND
        sd zero, 0(t5)
        .endm
        PAGING_ON

        # Every distance and width.
        TWO
        .macro ACROSS n, distance, load, store, mask
        CLEAR
        sfence.vma
        ENTER 1
        li a1, PAGES + 0x1000 - \distance
        li a0, 0x8877665544332211
        \store a0, 0(a1)
        \load a2, 0(a1)
        LEAVE
        li a3, \mask
        and a2, a2, a3
        and a0, a0, a3
        TEST_SAME \n, a0, a2
        li a3, FIRST + 0xff8
        ld a3, 0(a3)
        srli a3, a3, 8 * (8 - \distance)
        li a4, SECOND
        ld a4, 0(a4)
        slli a4, a4, 8 * \distance
        or a4, a4, a3
        TEST_SAME \n, a4, a0
        .endm
        ACROSS 1, 1, lhu, sh, 0xffff
        .irp distance, 1, 2, 3
        ACROSS 2, \distance, lwu, sw, 0xffffffff
        .endr
        .irp distance, 1, 2, 3, 4, 5, 6, 7
        ACROSS 3, \distance, ld, sd, -1
        .endr

        # A fault in either page: nothing is stored. tval is the address of the part that faults.
        .macro FAULTING n, tval
        CLEAR
        sfence.vma
        ENTER 1
        li a1, PAGES + 0xffc
        li a0, -1
        TRAPPING
        sd a0, 0(a1)
        TEST_CASE \n, s8, STORE_PAGE
        DIFFERS straddle-tval, 81f
        TEST_CASE \n, s9, \tval
        TRAPPING
        sd a0, 0(a1)
        TRAPPED \n, STORE_PAGE, \tval
81:     LEAVE
        li a1, FIRST + 0xff8
        ld a1, 0(a1)
        TEST_CASE \n, a1, 0
        li a1, SECOND
        ld a1, 0(a1)
        TEST_CASE \n, a1, 0
        .endm
        TWO V|R|W|X|A|D, 0
        FAULTING 10, PAGES + 0x1000
        TWO 0, V|R|W|X|A|D
        FAULTING 11, PAGES + 0xffc
        TWO 0, 0
        FAULTING 12, PAGES + 0xffc
        TWO V|R|W|X|A|D, V|R|X|A|D
        FAULTING 13, PAGES + 0x1000
        TWO V|R|X|A|D, V|R|W|X|A|D
        FAULTING 14, PAGES + 0xffc
        TWO V|R|W|X|A|D, V|R|W|X|A|D|U
        FAULTING 15, PAGES + 0x1000
        TWO V|R|W|X|A|D, 0
        ENTER 1
        sfence.vma
        li a1, PAGES + 0xffe
        li a0, 5
        DIFFERS straddle-tval, 1f
        TRAPPING
        lw a0, 0(a1)
        TRAPPED 16, LOAD_PAGE, PAGES + 0x1000
        TEST_CASE 16, a0, 5
1:      LEAVE

        # A and D of both pages; in order: the first page's are set though the second faults.
        .macro MARKS n, first, second
        li a1, LEAVES
        ld a0, 0(a1)
        TEST_CASE \n, a0, (FIRST >> 2) | (\first)
        ld a0, 8(a1)
        TEST_CASE \n, a0, (SECOND >> 2) | (\second)
        .endm
        TWO V|R|W|X, V|R|W|X
        sfence.vma
        ENTER 1
        li a1, PAGES + 0xffe
        lw a0, 0(a1)
        LEAVE
        MARKS 20, V|R|W|X|A, V|R|W|X|A
        ENTER 1
        li a1, PAGES + 0xffe
        sw a0, 0(a1)
        LEAVE
        MARKS 21, V|R|W|X|A|D, V|R|W|X|A|D
        DIFFERS a-and-d, 1f
        TWO V|R|W|X, V|R|X
        sfence.vma
        ENTER 1
        li a1, PAGES + 0xffe
        sw a0, 0(a1)
        LEAVE
        MARKS 22, V|R|W|X|A|D, V|R|X
1:
        # Instructions: the first half at the end of one page, the second in the next.
        .macro PLANT word               # at PAGES + 0xffe, then jr ra
        li t5, \word
        li t6, FIRST + 0xffe
        sh t5, 0(t6)
        srli t5, t5, 16
        li t6, SECOND
        sh t5, 0(t6)
        li t5, 0x8082                   # c.jr ra
        sh t5, 2(t6)
        fence.i
        .endm
        .equ ADDI, 0x12350513           # addi a0, a0, 0x123
        TWO
        PLANT ADDI
        sfence.vma
        ENTER 1
        li a0, 1
        li a1, PAGES + 0xffe
        jalr a1
        TEST_CASE 30, a0, 0x124
        jalr a1
        TEST_CASE 31, a0, 0x247
        LEAVE
        # rewritten: first half, second half
        PLANT 0x12358513                # addi a0, a1, 0x123
        ENTER 1
        li a1, PAGES + 0xffe
        jalr a1
        TEST_CASE 32, a0, PAGES + 0xffe + 0x123
        LEAVE
        PLANT 0x45658513                # addi a0, a1, 0x456
        ENTER 1
        jalr a1
        TEST_CASE 33, a0, PAGES + 0xffe + 0x456
        LEAVE
        # remapped: another second page
        li t5, FRAMES + 0x7000
        li a2, 0x7895
        sh a2, 0(t5)
        li a2, 0x8082
        sh a2, 2(t5)
        fence.i
        PTE LEAVES + 8, FRAMES + 0x7000, V|R|W|X|A|D
        sfence.vma
        ENTER 1
        li a1, PAGES + 0xffe
        jalr a1
        TEST_CASE 34, a0, PAGES + 0xffe + 0x789
        LEAVE
        # Faults of the second half: epc is the instruction, tval the page that is missing.
        .macro HALF n, cause, tval
        sfence.vma
        la s6, 81f
        li s7, 0
        ENTER 1
        li a1, PAGES + 0xffe
        jalr a1
        li gp, \n
        j fail
81:     LEAVE_SEEN
        TEST_CASE \n, s3, \cause
        TEST_CASE \n, s4, \tval
        li t5, PAGES + 0xffe
        TEST_SAME \n, s2, t5
        .endm
        .macro LEAVE_SEEN
        mv s3, s8
        mv s4, s9
        mv s2, s10
        LEAVE
        .endm
        TWO V|R|W|X|A|D, 0
        HALF 40, INSN_PAGE, PAGES + 0x1000
        TWO V|R|W|X|A|D, V|R|W|A|D
        HALF 41, INSN_PAGE, PAGES + 0x1000
        TWO V|R|W|X|A|D, V|R|W|X|A|D|U
        HALF 42, INSN_PAGE, PAGES + 0x1000
        TWO 0, V|R|W|X|A|D
        HALF 43, INSN_PAGE, PAGES + 0xffe
        TWO 0, 0
        HALF 44, INSN_PAGE, PAGES + 0xffe
        PTE LEAVES, FIRST, V|R|W|X|A|D
        PTE LEAVES + 8, NOWHERE, V|R|W|X|A|D
        DIFFERS straddle-access, 2f
        HALF 45, INSN_ACCESS, PAGES + 0x1000
2:
        # A compressed one at the end needs only its own page.
        TWO V|R|W|X|A|D, 0
        li t5, 0x8082
        li t6, FIRST + 0xffe
        sh t5, 0(t6)
        fence.i
        sfence.vma
        ENTER 1
        li a1, PAGES + 0xffe
        jalr a1
        LEAVE
        # What runs off the end of a page: the next one faults with itself as epc.
        li t5, 0x0001                   # c.nop
        li t6, FIRST + 0xffe
        sh t5, 0(t6)
        fence.i
        la s6, 1f
        ENTER 1
        li a1, PAGES + 0xffe
        jr a1
1:      LEAVE_SEEN
        TEST_CASE 46, s3, INSN_PAGE
        TEST_CASE 47, s4, PAGES + 0x1000
        TEST_CASE 48, s2, PAGES + 0x1000
        # A of both pages of an instruction.
        TWO V|X, V|X
        PLANT ADDI
        sfence.vma
        ENTER 1
        li a1, PAGES + 0xffe
        jalr a1
        LEAVE
        MARKS 49, V|X|A, V|X|A

        # A block that goes on into the next page, run from both.
        TWO
        li a0, FIRST + 0xff0
        li a1, 4
        li a2, 0x00158593               # addi a1, a1, 1
1:      sw a2, 0(a0)
        addi a0, a0, 4
        addi a1, a1, -1
        bnez a1, 1b
        li a0, SECOND
        sw a2, 0(a0)
        sw a2, 4(a0)
        li a2, 0x8082
        sw a2, 8(a0)
        fence.i
        sfence.vma
        ENTER 1
        li a5, 100
        li a1, 0
1:      li a0, PAGES + 0xff0
        jalr a0
        li a0, PAGES + 0x1004
        jalr a0
        addi a5, a5, -1
        bnez a5, 1b
        TEST_CASE 50, a1, 700
        LEAVE
        j pass
        FINISH
