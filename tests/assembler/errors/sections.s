# SPDX-License-Identifier: GPL-3.0-or-later
        .section .bss
        .word   1
        .section .comment
        nop
        .section .odd, "aw", @wrong
        .data   3
        .text
        .zero   2000000000
        .zero   -1
        .comm   big, -1
        .include "nowhere.inc"
        .incbin "nowhere.bin"
