# SPDX-License-Identifier: GPL-3.0-or-later
#
# Data, expressions, strings, alignment: compared with GNU as, byte for byte.
        .globl  _start
        .text
_start: nop
        .data
        .4byte  3==1+2, 1+2==3, -1>>1&0xff, 7/-2, -7%3, 'a, 'a', '\n', 1<<2+1, 2+3|4, !5, ~5, -(3), 1&&2, 0||5
        .4byte  1<2, 2<1, 5!1, 3<>4, 3!=3, 2<=2, 2>=3, 5^3, 6&3, 1<2<3, 2==2==-1, 1|2&&0, - 1 - - 1
        .8byte  -1>>1, 0x8000000000000000>>63, 017, 0b101, 0XfF, 0xffffffffffffffff/2, -8/2, 1<<63, -9223372036854775807-1
        .quad   ';', '#', '"', '\\', '\'', ' '
        .byte   -128, 255, -129, 'b'+1
        .half   -1, 65535
        .short  1
        .hword  2
        .2byte  3
        .int    4
        .long   5
        .dword  6
        .byte
        .ascii  "a\n\x41\101\"\\" "bc", "d\0", "\q\x123\8\r\t\b\f"
        .asciz  "x", "y;z#/*w*/"
        .string "abc", ""
        .fill   2,3,0x123456
        .fill   1,8,0x1122334455667788
        .fill   3
        .fill   0, 4, 1
        .zero   5
        .skip   2, 0xab
        .space  1+1
        .uleb128 300
        .uleb128 0x7fffffffffffffff
        .sleb128 -300
        .sleb128 63
        .sleb128 64
x = 5
        .word   x
x = x + 1
        .word   x
        .set    x, x * 2
        .word   x
        .equiv  fixed, 77
        .word   fixed, forward
forward = 0x1234
        .balign 8, 0xff
        .byte   1
        .p2align 4,,3
        .byte   2
        .p2align 2,,3
        .align  3
        .balign 16
early:  .word   late - early, . - early, late - .
        .8byte  late, early + 4, _start
        .org    early + 96, 0x5a
        .org    . + 4
late:   .byte   late - early
        .pushsection .rodata
        .asciz  "read-only"
        .align  2
table:  .dword  late, table
        .popsection
        .byte   1
        .section .other, "aw", @progbits
        .word   0x11223344
        .previous
        .byte   2
        .bss
        .balign 64
        .skip   100
buffer: .zero   28
        .comm   shared, 16, 8
        .lcomm  mine, 3
        .text
        la      a0, buffer
        la      a1, shared
        la      a2, mine
        lla     a3, table
        .equ    DEVICE, 0x10001804
        lui     a4, %hi(DEVICE)
        addi    a4, a4, %lo(DEVICE)
        lw      a5, %lo(DEVICE + 4)(a4)
        sw      a5, %lo(DEVICE)(a4)
        lui     a4, %hi(0x80000804)
        lui     a4, %hi(-4096)
1:      auipc   t0, %pcrel_hi(early)
        addi    t0, t0, %pcrel_lo(1b)
        ld      t1, %pcrel_lo(1b)(t0)
        sd      t1, %pcrel_lo(1b)(t0)
        lw      a0, early
        sd      a0, late + 4, t2
        li      a1, 'A' + 1
        .align  4
        nop
        .align  3, 0x5a
        .byte   1
        .align  2
        .byte   1, 2, 3
        .balign 16
        .option push
        .option norvc
        nop
        ret
        .align  2
        .align  4
        .option pop
        ret
        .type   _start, @function
        .size   _start, . - _start
