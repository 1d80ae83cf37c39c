# SPDX-License-Identifier: GPL-3.0-or-later
#
# The virtio console: what is typed comes back in upper case, until a line that begins with a dot. The UART prints, too, and gets
# nothing once the console has asked.
        .include "virtio.inc"
main:   mv      s1, ra
        li      a0, 3
        call    begin
        li      a0, 0
        la      a1, rings
        call    queue
        li      a0, 1
        la      a1, rings2
        call    queue
        call    go
        li      t0, UART
        li      t1, '>'
        sb      t1, (t0)
1:      li      a0, 0
        la      a1, rings
        la      a2, buffer
        li      a3, 64
        li      a4, 2
        call    request
        li      t0, 1
        bne     a0, t0, bad             # a byte a buffer
        la      a2, buffer
        lbu     t0, (a2)
        li      t1, '.'
        beq     t0, t1, 3f
        addi    t1, t0, -'a'
        li      t2, 26
        bgeu    t1, t2, 2f
        addi    t0, t0, -32
        sb      t0, (a2)
2:      li      a0, 1
        la      a1, rings2
        li      a3, 1
        li      a4, 0
        call    request
        bnez    a0, bad
        j       1b
3:      li      t0, UART
        lbu     t1, 5(t0)
        andi    t1, t1, 1
        bnez    t1, bad
        li      a0, 0
        jr      s1
