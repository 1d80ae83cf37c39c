# SPDX-License-Identifier: GPL-3.0-or-later
        addi    a0, a0
        addi    a0, a0, 1, 2
        lw      a0, 4(a1
        .word   1 +
        .word   (1 + 2
        .ascii  hello
        .byte   0x, 09, 1/0
        .align  3, 1, 2, 3
        .balign 3
        ?
        fence   q, w
        lui     a0, %lo(1)
        addi    a0, a0, %hi(1)
