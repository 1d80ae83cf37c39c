# SPDX-License-Identifier: GPL-3.0-or-later
#
# Macros, loops, conditions, local labels: compared with GNU as, byte for byte.
        .globl  _start
        .text
_start:
        .macro  two a, b=7, c
        .byte   \a, \b
        .ifb    \c
        .byte   0xee
        .else
        .byte   \c
        .endif
        .endm
        .data
        two     1
        two     1 2
        two     1,2,3
        two     b=5, a=4
        two     1 + 2, 3
        two     (1 + 2), 3
        .macro  text x
        .ascii  "\x"
        .endm
        text    hello
        text    "hello world; # no comment"
        .macro  rest first, others:vararg
        .byte   \first
        .byte   \others
        .endm
        rest    1, 2, 3 , 4
        .macro  need x:req
        .byte   \x
        .endm
        need    9
        .macro  unique
        .byte   \@
l\@:    .byte   l\@ - l\@
        .endm
        unique
        unique
        .macro  glue name
\name\()_end = 3
        .byte   \name\()_end
        .endm
        glue    foo
        .macro  outer n
        .macro  inner\n
        .byte   0x40 + \n
        .endm
        .endm
        outer   1
        outer   2
        inner1
        inner2
        .purgem inner1
        .macro  inner1
        .byte   0x77
        .endm
        inner1
        .macro  countdown n
        .byte   \n
        .if     \n
        countdown (\n - 1)
        .endif
        .endm
        countdown 5
        .macro  leave n
        .rept   1
        .byte   1
        .endr
        .if     \n
        .exitm
        .endif
        .byte   2
        .endm
        leave   0
        leave   1
        .irp    r, 1, 2,3
        .byte   \r
        .endr
        .irp    r 4 5
        .byte   \r
        .endr
        .irp    r
        .byte   0\r
        .endr
        .irpc   c, 789
        .byte   \c
        .endr
        .rept   3
        .irp    v, 1, 2
        .byte   \v
        .endr
        .endr
        .rept   0
        .error  "not here"
        .endr
        .if     1 - 1
        .byte   1
        .if     1
        .byte   2
        .else
        .byte   3
        .endif
        .elseif 2 > 1
        .byte   4
        .else
        .byte   5
        .endif
        .ifdef  _start
        .byte   6
        .endif
        .ifndef nowhere
        .byte   7
        .endif
        .ifc    a b, a b
        .byte   8
        .endif
        .ifnc   a, b
        .byte   9
        .endif
        .ifeq   0
        .byte   10
        .endif
        .ifne   1
        .byte   11
        .endif
        .ifgt   1
        .byte   12
        .endif
        .iflt   -1
        .byte   13
        .endif
        .ifge   0
        .byte   14
        .endif
        .ifle   0
        .byte   15
        .endif
        .ifnb   x
        .byte   16
        .endif
        .text
        .macro  save reg, at
        sd      \reg, \at(sp)
        .endm
        .irp    r, ra, s0, s1
        save    \r, 8
        .endr
        save    a0, 8 + 8
        .macro  load x
        lw      a0, \x
        .endm
        load    4(sp)
        load    4 (sp)
        load    "8 (sp)"
        /* a comment
           over two lines */ nop; nop # and another
1:      j       1f
1:      j       1b
        bnez    a0, 2f
1:      beqz    a1, 1b
2:      call    1b
        tail    2b
"quoted name":
        j       "quoted name"
first: second: third:
        nop
        j       first
        .include "included.inc"
        .incbin "included.inc", 4, 8
        .warning "only a warning"
        .print  ""
        .end
        this is not read
