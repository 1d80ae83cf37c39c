# SPDX-License-Identifier: GPL-3.0-or-later
# Page frames: allocation, and the reference counts that copy on write needs.
# A frame lives as long as its count is not 0. Frames of the image have no count.

        .include "defs.inc"
        .globl  frame_init, frame_alloc, frame_zalloc, frame_get, frame_put
        .globl  frame_shared, fresh

# RAM, from low to high: the image; a word of reference count for each frame of
# RAM; frames. Those at `fresh` and above were never used; those given back are
# on a list linked through their first word.
        .text
frame_init:
        la      t0, image_end
        store   t0, counts, t3
        load    t1, ram_end
        li      t2, RAM
        sub     t2, t1, t2
        srli    t2, t2, 12 - 2          # bytes of counts
        add     t0, t0, t2
        round_up t0
        store   t0, first, t3
        store   t0, fresh, t3
        ret

# out: a0 = a frame with count 1 and any content, or 0; clobbers t0-t2
frame_alloc:
        la      t0, free_list
        ld      a0, 0(t0)
        beqz    a0, 1f
        ld      t1, 0(a0)
        sd      t1, 0(t0)
        j       2f
1:      la      t0, fresh
        ld      a0, 0(t0)
        li      t1, PAGE
        add     t1, t1, a0
        load    t2, ram_end
        bgtu    t1, t2, none
        sd      t1, 0(t0)
2:      mv      t2, ra
        call    count_of
        li      t1, 1
        sw      t1, 0(t0)
        jr      t2
none:   li      a0, 0
        ret

# out: a0 = a frame with count 1, filled with zeros, or 0; clobbers t0-t3
frame_zalloc:
        mv      t3, ra
        call    frame_alloc
        beqz    a0, 2f
        li      t1, PAGE
        add     t1, t1, a0
        mv      t0, a0
1:      .irp    word, 0, 1, 2, 3
        sd      zero, 8*\word(t0)
        .endr
        addi    t0, t0, 8*4
        bltu    t0, t1, 1b
2:      jr      t3

# One more reference. in: a0 = frame; clobbers t0-t2
frame_get:
        mv      t2, ra
        load    t0, first
        bltu    a0, t0, 1f
        call    count_of
        li      t1, 1
        amoadd.w zero, t1, (t0)
1:      jr      t2

# One reference less; the last one frees the frame. in: a0 = frame; clobbers t0-t2
frame_put:
        mv      t2, ra
        load    t0, first
        bltu    a0, t0, 1f
        call    count_of
        li      t1, -1
        amoadd.w t1, t1, (t0)           # t1: the count before
        addi    t1, t1, -1
        bnez    t1, 1f
        la      t0, free_list
        ld      t1, 0(t0)
        sd      t1, 0(a0)
        sd      a0, 0(t0)
1:      jr      t2

# in: a0 = frame; out: t1 = 0 if this is the only reference; clobbers t0, t2
frame_shared:
        mv      t2, ra
        call    count_of
        lw      t1, 0(t0)
        addi    t1, t1, -1
        jr      t2

# in: a0 = frame; out: t0 = address of its count; clobbers t1
count_of:
        li      t0, RAM
        sub     t0, a0, t0
        srli    t0, t0, 12 - 2
        load    t1, counts
        add     t0, t0, t1
        ret

        .bss
        .balign 8
counts: .zero   8                       # the count of the frame at RAM
first:  .zero   8                       # the first frame with a count
fresh:  .zero   8                       # the first frame never used
free_list:
        .zero   8
