# SPDX-License-Identifier: GPL-3.0-or-later
#
# The entropy device: asked twice, it gives different bytes, all that were asked for; they are printed.
        .include "virtio.inc"
main:   mv      s1, ra
        li      a0, 4
        call    begin
        li      a0, 0
        la      a1, rings
        call    queue
        call    go
        li      s2, 2
1:      li      a0, 0
        la      a1, rings
        la      a2, buffer
        li      a3, 20
        li      a4, 2
        call    request
        li      t0, 20
        bne     a0, t0, bad
        ld      s3, buffer
        beqz    s3, bad
        beq     s3, s4, bad
        mv      s4, s3
        li      t1, UART
        li      t2, 16
2:      srli    t3, s3, 60
        addi    t3, t3, 'a'
        sb      t3, (t1)
        slli    s3, s3, 4
        addi    t2, t2, -1
        bnez    t2, 2b
        li      t3, '\n'
        sb      t3, (t1)
        addi    s2, s2, -1
        bnez    s2, 1b
        li      a0, 0
        jr      s1
