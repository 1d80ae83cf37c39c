# SPDX-License-Identifier: GPL-3.0-or-later
# hello: the smallest program.

        .include "user.inc"

        .text
        .globl  hello
hello:  say     "hello from process "
        sys     getpid
        call    u_decimal
        say     "\n"
        li      a0, 0
        sys     exit
