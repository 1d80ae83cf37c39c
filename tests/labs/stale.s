# SPDX-License-Identifier: GPL-3.0-or-later
# No evidence of anything: it changes a page table, uses the page with no fence
# between, and sees the new page natively (the TLB has forgotten the old one
# meanwhile) and the old one under te. Both are allowed.
        .include "harness.inc"

in_s:   ld      t0, (a1)
        la      t1, root
        srli    t1, t1, 2
        ori     t1, t1, 0xd7
        la      t0, leaves
        sd      t1, 8(t0)
        li      t1, 2000
        li      t2, 0x80100000
        li      t3, 4096
1:      ld      t0, (t2)
        add     t2, t2, t3
        addi    t1, t1, -1
        bnez    t1, 1b
        ld      a0, (a1)
        ret

        .section .user, "ax"
in_u:   ecall
