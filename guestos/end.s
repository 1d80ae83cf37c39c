# SPDX-License-Identifier: GPL-3.0-or-later
# The ends of the sections. This file must be the last one on the linker's line.

        .include "defs.inc"
        .globl  text_end, rodata_end, image_end

        .text
        .balign PAGE
text_end:

        .section .rodata
        .balign PAGE
rodata_end:

        .bss
        .balign PAGE
image_end:
