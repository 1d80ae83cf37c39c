# SPDX-License-Identifier: GPL-3.0-or-later
# Rings: queues of RING_SIZE bytes between the kernel's two sides. The counters in
# defs.inc only grow; a byte's place is its number modulo the size.

        .include "defs.inc"
        .globl  ring_put, ring_get, ring_room, ring_piece, ring_from_user, ring_to_user

        .text
# in: a0 = ring with room, a1 = byte; clobbers t0, t1
ring_put:
        ld      t0, RING_TAIL(a0)
        andi    t1, t0, RING_SIZE - 1
        add     t1, t1, a0
        sb      a1, RING_DATA(t1)
        addi    t0, t0, 1
        sd      t0, RING_TAIL(a0)
        ret

# in: a0 = ring that is not empty; out: a0 = byte; clobbers t0, t1
ring_get:
        ld      t0, RING_HEAD(a0)
        addi    t1, t0, 1
        sd      t1, RING_HEAD(a0)
        andi    t0, t0, RING_SIZE - 1
        add     t0, t0, a0
        lbu     a0, RING_DATA(t0)
        ret

# in: a0 = ring; out: t0 = bytes of room; clobbers t1
ring_room:
        ld      t0, RING_HEAD(a0)
        ld      t1, RING_TAIL(a0)
        sub     t0, t0, t1
        addi    t0, t0, RING_SIZE
        ret

# Takes in as many bytes as there is room for, up to the end of the array.
# in: a0 = ring, a1 = user address, a2 = bytes; out: a0 = bytes taken, 0 if there
# is no room, or E_FAULT, E_NOMEM
ring_from_user:
        enter
        mv      s0, a0
        call    ring_room
        ld      s1, RING_TAIL(s0)
        call    piece                   # s2: bytes, s3: where in the ring
        mv      a0, s3
        mv      a2, s2
        call    copy_in
        bnez    a0, 1f
        add     s1, s1, s2
        sd      s1, RING_TAIL(s0)
        mv      a0, s2
1:      leave

# Gives out bytes. in: a0 = ring, a1 = user address, a2 = bytes; out: a0 = bytes
# given, 0 if the ring is empty, or E_FAULT, E_NOMEM
ring_to_user:
        enter
        mv      s0, a0
        ld      s1, RING_HEAD(s0)
        ld      t0, RING_TAIL(s0)
        sub     t0, t0, s1
        call    piece
        mv      a0, a1
        mv      a1, s3
        mv      a2, s2
        call    copy_out
        bnez    a0, 1f
        add     s1, s1, s2
        sd      s1, RING_HEAD(s0)
        mv      a0, s2
1:      leave

# As `piece`, of all that is possible. in: s0 = ring, t1 = number of the first byte, t0 = bytes
ring_piece:
        mv      s1, t1
        mv      a2, t0
        j       piece

# The part of a transfer that lies in one piece. in: s0 = ring, s1 = number of the
# first byte, t0 = bytes possible, a2 = bytes wanted; out: s2 = bytes, s3 = address
piece:  mv      s2, a2
        bleu    s2, t0, 1f
        mv      s2, t0
1:      andi    t1, s1, RING_SIZE - 1
        li      t0, RING_SIZE
        sub     t0, t0, t1
        bleu    s2, t0, 2f
        mv      s2, t0
2:      add     s3, s0, t1
        addi    s3, s3, RING_DATA
        ret
