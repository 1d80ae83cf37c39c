# SPDX-License-Identifier: GPL-3.0-or-later
# The ends of the sections. This file must be the last one on the linker's line.

        .include "defs.inc"

        .text
        .balign PAGE
        .globl  text_end
text_end:

        .section .rodata
        .balign PAGE
        .globl  rodata_end
rodata_end:

        .bss
        .balign PAGE
        .globl  image_end
image_end:
