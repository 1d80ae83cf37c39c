# SPDX-License-Identifier: GPL-3.0-or-later
# Where the programs' text and constants begin, and the table in which exec finds
# the programs. From here to the ends of their sections both are mapped in every
# process, as far apart as in the image, so that pc-relative addresses stay right.

        .include "user.inc"

        .text
        .balign PAGE
        .globl  user_text
user_text:

        .section .rodata
        .balign PAGE
        .globl  user_rodata, programs
user_rodata:

.macro program name
1:      .asciz  "\name"
        .zero   NAME_MAX - (. - 1b)
        .dword  \name
.endm

programs:
        program hello
        program primes
        program forktree
        program pipe
        program pfstorm
        program sysstorm
        program diskcopy
        program misbehave
        program shell
        program init
        .dword  0                       # the end
