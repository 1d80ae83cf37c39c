# SPDX-License-Identifier: GPL-3.0-or-later
#
# Code that is written while it runs: by stores in place, by an alias, across pages, from M-mode; compressed and not.
        .include "prelude.inc"
        start
        make_tables
        pte LEAVES, FRAMES, V|R|W
        pte LEAVES + 8, FRAMES, V|X
        pte LEAVES + 16, FRAMES + 0x1000, V|R|X
        pte LEAVES + 24, FRAMES, V|R|W|X
        pte LEAVES + 32, FRAMES + 0x1000, V|R|W|X
        paging_on
        li s0, 2
        li s1, FRAMES                   # written by this
        li s2, FRAMES                   # executed by that
again:
        li a0, 0
        li s3, 50
        .balign 4
1:      addi a0, a0, 1                  # its immediate changes all the time
        la t4, 1b
        lw t5, 0(t4)
        li t6, 1 << 20
        add t5, t5, t6
        sw t5, 0(t4)
        fence.i
        addi s3, s3, -1
        bnez s3, 1b
        log a0
        li t5, 0x00150513
        sw t5, 0(t4)                    # as it was

        li t5, 0x00a00513               # li a0, 10
        sw t5, 0(s1)
        li t5, 0x00008067
        sw t5, 4(s1)
        fence.i
        jalr ra, 0(s2)
        log a0
        li t5, 0x01400513               # li a0, 20
        sw t5, 0(s1)
        fence.i
        jalr ra, 0(s2)
        log a0
        li t5, 0x45014505               # c.li a0, 1; c.li a0, 0
        sw t5, 0(s1)
        fence.i
        jalr ra, 0(s2)
        log a0
        addi s0, s0, -1
        beqz s0, 2f
        li s1, PAGES
        li s2, PAGES + 0x1000
        enter 1
        j again

        # An instruction across two pages, the second of which comes and goes.
2:      li s1, PAGES + 0x3000
        li t5, 0xffc
        add s1, s1, t5
        li t5, 0x05130001               # c.nop; the first half of li a0, 10
        sw t5, 0(s1)
        li t5, 0x806700a0               # its second half; the first of ret
        sw t5, 4(s1)
        sh zero, 8(s1)
        fence.i
        jalr ra, 0(s1)
        log a0
        ecall
        pte LEAVES + 32, FRAMES + 0x1000, V|R|W
        sfence.vma
        enter 1
        jalr ra, 0(s1)                  # the fault is of the second page
        nop
        ecall
        pte LEAVES + 32, 0x50000000, V|R|X
        sfence.vma
        enter 1
        jalr ra, 0(s1)
        ecall
        pte LEAVES + 32, FRAMES + 0x2000, V|R|X
        sfence.vma
        li t5, FRAMES + 0x2000
        li t6, 0x80670140
        sw t6, 0(t5)
        fence.i
        enter 1
        jalr ra, 0(s1)
        log a0
        ecall
        # The same bare, over the end of a megapage.
        csrw satp, zero
        li s1, RAM + 0x3ffffe
        li t5, 0x00513
        sh t5, 0(s1)
        li t5, 0x806700a0
        sw t5, 2(s1)
        sh zero, 6(s1)
        fence.i
        jalr ra, 0(s1)
        log a0
        pass

        define_mtrap
