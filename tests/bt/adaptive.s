# SPDX-License-Identifier: GPL-3.0-or-later
#
# A store that keeps hitting a page table that is traced goes to an alias of that page, and into a log.
# options: --shadow traced
        .include "common.inc"
        lui s1, 0x80100
        slli s1, s1, 32
        srli s1, s1, 32                 # the root: the first and the third GiB are mapped as they are; of the second
        addi a0, x0, 0xcf               # a megapage, by another table
        sd a0, 0(s1)
        lui a0, 0x20000
        addi a0, a0, 0xcf
        sd a0, 16(s1)
        lui s2, 1
        add s2, s1, s2
        srli a1, s2, 2
        addi a1, a1, 1
        sd a1, 8(s1)
        addi t0, x0, -8
        slli t0, t0, 60
        srli t1, s1, 12
        or t0, t0, t1
        csrrw x0, satp, t0
        sfence.vma
        lui t0, 1
        addi t0, t0, -2048              # MPP = S
        csrrs x0, mstatus, t0
        la t0, body
        csrrw x0, mepc, t0
        lui s3, 0x40000
        addi s4, x0, 8
        lui a2, 0x80                    # the other one of two frames
        mret
        .balign 4096
body:   sd a0, 0(s2)
        sfence.vma
        ld a3, 0(s3)
        xor a0, a0, a2
        addi s4, s4, -1
        bne s4, x0, body
        pass
