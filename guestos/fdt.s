# SPDX-License-Identifier: GPL-3.0-or-later
# The flattened device tree: finds the end of RAM (/memory, reg) and the boot
# argument (/chosen, bootargs). Nothing in the tree is trusted to lie in bounds.

        .include "defs.inc"
        .globl  fdt_read, ram_end, bootargs, fdt

.equ FDT_MAGIC,         0xd00dfeed
.equ FDT_BEGIN_NODE,    1               # tokens of the structure block
.equ FDT_END_NODE,      2
.equ FDT_PROP,          3
.equ FDT_NOP,           4
.equ FDT_END,           9
.equ FDT_MAX_SIZE,      1 << 20

        .text
# in: a0 = device tree. Sets ram_end and bootargs; panics if the tree is unusable.
fdt_read:
        enter
        mv      s6, a0
        store   a0, fdt, t0
        call    be32                    # offset 0: magic
        bnei    a0, FDT_MAGIC, bad
        addi    a0, s6, 4               # total size
        call    be32
        bgeui   a0, FDT_MAX_SIZE, bad
        add     s1, s6, a0              # s1: end of the tree
        addi    a0, s6, 8               # offset of the structure block
        call    be32
        add     s0, s6, a0              # s0: next token
        addi    a0, s6, 12              # offset of the strings block
        call    be32
        add     s2, s6, a0              # s2: names of properties
        li      s3, 0                   # s3: depth; the root's is 1
        li      s4, 0                   # s4: memory or chosen, if we are in it

next:   call    take32
        beqi    a0, FDT_PROP, property
        beqi    a0, FDT_BEGIN_NODE, begin_node
        beqi    a0, FDT_END_NODE, end_node
        beqi    a0, FDT_NOP, next
        bnei    a0, FDT_END, bad
        load    t0, ram_end
        beqz    t0, bad
        leave

begin_node:
        li      s4, 0
        addi    s3, s3, 1
        bnei    s3, 2, skip_name        # the root's children have names to look at
        .irp    name, memory, chosen
        mv      a0, s0
        la      a1, \name
        call    begins_with
        beqz    a0, 1f
        la      s4, \name
1:
        .endr
skip_name:
        bgeu    s0, s1, bad
        lbu     t0, 0(s0)
        addi    s0, s0, 1
        bnez    t0, skip_name
align:  addi    s0, s0, 3
        andi    s0, s0, -4
        j       next

end_node:
        addi    s3, s3, -1
        li      s4, 0
        j       next

property:
        call    take32
        mv      s5, a0                  # s5: length of the value
        call    take32
        add     a0, s2, a0              # the property's name
        sub     t0, s1, s0
        bgtu    s5, t0, bad
        la      t0, memory
        beq     s4, t0, memory_property
        la      t0, chosen
        beq     s4, t0, chosen_property
skip_value:
        add     s0, s0, s5
        j       align

memory_property:                        # reg: two cells of address, two of size
        la      a1, reg
        call    begins_with
        beqz    a0, skip_value
        bltui   s5, 16, bad
        addi    a0, s0, 8
        call    be32
        bnez    a0, all                 # 4 GiB or more
        addi    a0, s0, 12
        call    be32
        bltui   a0, GIGAPAGE, 1f        # the kernel maps one gigabyte at most
all:    li      a0, GIGAPAGE
1:      srli    a0, a0, 21              # RAM is mapped in megapages
        slli    a0, a0, 21
        li      t0, RAM
        add     a0, a0, t0
        store   a0, ram_end, t0
        j       skip_value

chosen_property:
        la      a1, bootargs_name
        call    begins_with
        beqz    a0, skip_value
        mv      a2, s5
        bltui   a2, ARG_MAX, 1f         # too long an argument loses its end
        li      a2, ARG_MAX-1
1:      la      a0, bootargs
        mv      a1, s0
        call    copy_bytes
        j       skip_value

bad:    la      a0, bad_tree
        j       panic

# take32: the big-endian word at s0, and moves s0 past it. Panics at the end s1.
take32: addi    t0, s0, 4
        bgtu    t0, s1, bad
        mv      a0, s0
        mv      s0, t0
# be32: in: a0 = address; out: a0 = big-endian word there; clobbers t0, t1
be32:   mv      t1, a0
        li      a0, 0
        .irp    byte, 0, 1, 2, 3
        lbu     t0, \byte(t1)
        slli    a0, a0, 8
        or      a0, a0, t0
        .endr
        ret

# begins_with: does the text at a0, of which nothing lies behind s1, begin with
# the string at a1? A string that ends in "\0" must match wholly.
# in: a0, a1 (length byte, bytes); out: a0 = 1 or 0; clobbers t0-t2
begins_with:
        lbu     t0, 0(a1)
1:      addi    a1, a1, 1
        bgeu    a0, s1, 2f
        lbu     t1, 0(a0)
        lbu     t2, 0(a1)
        bne     t1, t2, 2f
        addi    a0, a0, 1
        addi    t0, t0, -1
        bnez    t0, 1b
        li      a0, 1
        ret
2:      li      a0, 0
        ret

        .section .rodata
memory: .byte   7
        .ascii  "memory@"
chosen: .byte   7
        .ascii  "chosen\0"
reg:    .byte   4
        .ascii  "reg\0"
bootargs_name:
        .byte   9
        .ascii  "bootargs\0"
bad_tree:
        .asciz  "the device tree is malformed or names no memory"

        .bss
        .balign 8
ram_end:
        .zero   8                       # first address behind RAM
fdt:    .zero   8                       # where the tree lies
bootargs:
        .zero   ARG_MAX                 # the boot argument, NUL-terminated
