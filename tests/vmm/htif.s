# SPDX-License-Identifier: GPL-3.0-or-later
#
# HTIF in the middle of a page that is otherwise plain memory: stores beside it, over it in parts and by atomics, through
# page tables too; characters; a system call; and the end by it.
        .include "prelude.inc"
        .equ tohost_page, RAM + 0x10000
        .globl tohost, fromhost
        .equ tohost, tohost_page + 64
        .equ fromhost, tohost_page + 72
        start
        make_tables
        pte LEAVES, tohost_page, V|R|W
        paging_on
        li s1, tohost_page
        li s0, 2
again:  li s2, 20
1:      sd s2, 0(s1)                    # beside it
        ld a0, 0(s1)
        log a0
        lr.d a0, (s1)
        sc.d a1, a0, (s1)
        log a1
        amoadd.d a0, s2, (s1)
        log a0
        addi s2, s2, -1
        bnez s2, 1b
        li a0, 0x0101000000000000 | 'h'
        sd a0, 64(s1)
        ld a1, 64(s1)
        log a1
        li a0, 'j'                      # even: the address of a system call, but none is there
        sb a0, 64(s1)
        sb zero, 71(s1)
        sw zero, 64(s1)
        li a0, 0x01010000
        sw a0, 68(s1)                   # NUL
        sd zero, 64(s1)
        li a0, 0x0101000000000000 | '!'
        addi t4, s1, 64
        amoswap.d a1, a0, (t4)
        log a1
        li a0, 64                       # write(1, text, 5)
        sd a0, 128(s1)
        li a0, 1
        sd a0, 136(s1)
        la a0, text
        sd a0, 144(s1)
        li a0, 5
        sd a0, 152(s1)
        li a0, tohost_page + 128
        sd a0, 64(s1)
        ld a0, 128(s1)
        log a0
        ld a0, 72(s1)
        log a0
        addi s0, s0, -1
        beqz s0, 2f
        li s1, PAGES
        enter 1
        j again
2:      ecall
        li a0, 1
        sd a0, 64(s1)                   # in M-mode bare: no such address
        li s1, tohost_page
        sd a0, 64(s1)
        fail 9

        define_mtrap

text:   .ascii "text\n"
