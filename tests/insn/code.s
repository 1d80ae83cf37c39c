# SPDX-License-Identifier: GPL-3.0-or-later
#
# Programs that change themselves, fenced: in the same block, ahead and behind, across pages, through other addresses, by
# atomics; in loops that have been linked; from S-mode and U-mode; code and data in one page.
        .include "test.inc"
        START

        .macro NEW reg, imm             # reg = the word of li a0, imm
        li \reg, ((\imm) << 20) | 0x513
        .endm
        # The next instruction but one, again and again.
        li s2, 100
1:      slli a1, s2, 20
        addi a1, a1, 0x513
        la a2, 2f
        sw a1, 0(a2)
        fence.i
2:      li a0, 0
        TEST_SAME 1, a0, s2
        addi s2, s2, -1
        bnez s2, 1b

        # One halfword, one byte, one doubleword over two instructions, an atomic, a misaligned store.
        la a2, 2f
        li a1, 0x7ff
        slli a1, a1, 4
        sh a1, 2(a2)                    # the immediate's bits
        fence.i
        call 2f
        TEST_CASE 2, a0, 0x7ff
        li a1, 0x11
        sb a1, 3(a2)
        fence.i
        call 2f
        TEST_CASE 3, a0, 0x11f
        NEW a1, 5
        li a3, 0x00008067
        slli a3, a3, 32
        or a1, a1, a3
        sd a1, 0(a2)
        fence.i
        call 2f
        TEST_CASE 4, a0, 5
        NEW a1, 6
        amoswap.w a3, a1, (a2)
        fence.i
        call 2f
        TEST_CASE 5, a0, 6
        NEW a1, 7
        lr.w a3, (a2)
        sc.w a3, a1, (a2)
        fence.i
        call 2f
        TEST_CASE 6, a0, 7
        li a1, 0x00800513 >> 16 | 0x8067 << 16
        sw a1, 2(a2)
        fence.i
        call 2f
        TEST_CASE 7, a0, 8
        j 3f
        .balign 8
2:      li a0, 0
        ret
3:
        # A linked loop whose body changes itself half-way.
        li a0, 0
        li a4, 20
        la a2, 2f
        li a1, 0x00350513               # addi a0, a0, 3
1:      li a5, 10
        bne a4, a5, 2f
        sw a1, 0(a2)
        fence.i
2:      addi a0, a0, 1
        addi a4, a4, -1
        bnez a4, 1b
        TEST_CASE 8, a0, 10 + 30

        # A callee in another page, changed by its caller; and a caller changed by its callee.
        la s1, elsewhere
        li s2, 50
1:      slli a1, s2, 20
        addi a1, a1, 0x513
        sw a1, 0(s1)
        fence.i
        jalr s1
        TEST_SAME 9, a0, s2
        addi s2, s2, -1
        bnez s2, 1b
        la s3, 2f
        la s4, changer
        li s2, 50
1:      jalr s4
2:      li a0, 0
        TEST_SAME 10, a0, s2
        addi s2, s2, -1
        bnez s2, 1b

        # Over the boundary: the four bytes lie in two pages, and each half changes.
        la a2, boundary - 2
        li a3, 0x8067
        sw a3, 4(a2)
        li s2, 50
1:      slli a1, s2, 20
        addi a1, a1, 0x513
        sw a1, 0(a2)
        fence.i
        jalr a2
        TEST_SAME 11, a0, s2
        addi s2, s2, -1
        bnez s2, 1b
        li a1, 0x7ff0
        sh a1, 2(a2)                    # only the second page
        fence.i
        jalr a2
        TEST_CASE 12, a0, 0x7ff
        li a1, 0x593                    # only the first: li a1
        sh a1, 0(a2)
        fence.i
        li a0, 4
        jalr a2
        TEST_CASE 13, a0, 4
        TEST_CASE 14, a1, 0x7ff

        # Data beside code, in the same page: stores there change nothing.
        la a2, beside
        li a4, 200
        li a0, 0
1:      call beside_code
        sd a0, 0(a2)
        addi a4, a4, -1
        bnez a4, 1b
        ld a1, 0(a2)
        TEST_CASE 15, a1, 200

        # Code is copied, run, cleared, and run again as what it is now.
        li s2, 5
1:      la a0, beside_code
        li a1, DATA
        li a3, 8
2:      lbu a4, 0(a0)
        sb a4, 0(a1)
        addi a0, a0, 1
        addi a1, a1, 1
        addi a3, a3, -1
        bnez a3, 2b
        fence.i
        li a0, 0
        li a1, DATA
        jalr a1
        TEST_CASE 16, a0, 1
        li a1, DATA
        sd zero, 0(a1)
        fence.i
        la s6, 3f
        li s7, 0
        jalr a1
3:      TEST_CASE 17, s8, ILLEGAL
        addi s2, s2, -1
        bnez s2, 1b

        # A store that begins before the code, 64 bytes apart from all other code.
        li s1, DATA + 0x1040
        li a3, 0x8067
        sw a3, 4(s1)
        li s2, 20
1:      slli a1, s2, 20
        addi a1, a1, 0x513
        slli a1, a1, 32
        sd a1, -4(s1)
        fence.i
        jalr s1
        TEST_SAME 18, a0, s2
        addi s2, s2, -1
        bnez s2, 1b

        # Paged: written through another address, in S-mode and in U-mode; and a page that changes its frame.
        MAKE_TABLES
        PTE LEAVES, FRAMES, V|R|W|A|D
        PTE LEAVES + 8, FRAMES, V|X|A
        PTE LEAVES + 16, FRAMES, V|R|W|X|U|A|D
        PTE LEAVES + 24, FRAMES, V|R|W|U|A|D
        PAGING_ON
        ENTER 1
        li s1, PAGES
        li s3, PAGES + 0x1000
        li a3, 0x8067
        sw a3, 4(s1)
        li s2, 50
1:      slli a1, s2, 20
        addi a1, a1, 0x513
        sw a1, 0(s1)
        fence.i
        jalr s3
        TEST_SAME 20, a0, s2
        addi s2, s2, -1
        bnez s2, 1b
        LEAVE
        # In U-mode the program is in the page itself: it writes its next instruction through its neighbour.
        li a0, FRAMES
        la a1, user
        la a2, user_end
1:      lw a3, 0(a1)
        sw a3, 0(a0)
        addi a0, a0, 4
        addi a1, a1, 4
        bne a1, a2, 1b
        fence.i
        li t5, MPP
        csrc mstatus, t5
        li t5, PAGES + 0x2000
        csrw mepc, t5
        la s6, 1f
        li a7, TO_M
        li s1, PAGES + 0x3000
        mret
1:      TEST_CASE 21, s8, ECALL_U
        TEST_CASE 22, a4, 50 * 51 / 2
        # Another frame under the same address.
        .irp frame, 0, 1, 2, 3
        NEW a1, \frame + 1
        li a0, FRAMES + 0x1000 * \frame
        sw a1, 0(a0)
        li a3, 0x8067
        sw a3, 4(a0)
        .endr
        fence.i
        li s2, 3
1:
        .irp frame, 0, 1, 2, 3
        PTE LEAVES + 8, FRAMES + 0x1000 * \frame, V|X|A
        sfence.vma
        ENTER 1
        li a1, PAGES + 0x1000
        jalr a1
        LEAVE
        TEST_CASE 23, a0, \frame + 1
        .endr
        addi s2, s2, -1
        bnez s2, 1b
        PAGING_OFF

        # Many pages of code, so that what was decoded is forgotten and comes again.
        li s2, 2
1:      li a0, FRAMES
        li a3, 0x8067
        li a4, 1200
        li a5, 0x1000
2:      NEW a1, 9
        sw a1, 0(a0)
        sw a3, 4(a0)
        add a0, a0, a5
        addi a4, a4, -1
        bnez a4, 2b
        fence.i
        li s3, FRAMES
        li a4, 1200
        li a2, 0
3:      jalr s3
        add a2, a2, a0
        add s3, s3, a5
        addi a4, a4, -1
        bnez a4, 3b
        TEST_CASE 24, a2, 9 * 1200
        addi s2, s2, -1
        bnez s2, 1b
        j pass

        .option push
        .option norvc                   # so that the instruction at 2: lies 24 bytes behind `user`
user:   li a4, 0
        li s2, 50
1:      slli a1, s2, 20
        addi a1, a1, 0x513
        sw a1, 24(s1)
        fence.i
2:      li a0, 0
        add a4, a4, a0
        addi s2, s2, -1
        bnez s2, 1b
        ecall
user_end:
        .option pop
        .balign 16
beside_code:
        addi a0, a0, 1
        ret
        .space 100
        .balign 8
beside: .dword 0
        FINISH
        .balign 4096
elsewhere:
        li a0, 0
        ret
changer: slli a1, s2, 20
        addi a1, a1, 0x513
        sw a1, 0(s3)
        fence.i
        ret
        .balign 4096
boundary:
        .space 64
