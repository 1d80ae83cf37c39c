# SPDX-License-Identifier: GPL-3.0-or-later
#
# Forged page tables: entries of every shape with frames of every kind (in RAM, at its ends, behind it, devices, all 44
# bits), at all three levels, and roots likewise; then loads, stores, atomics and jumps through them, from S and U.
        .include "hostile.inc"
        HOSTILE
        MAKE_TABLES
        li s4, 1500
forge:  # the frame
        RANDOM a1
        andi a2, a1, 7
        srli a1, a1, 20
        li a3, 1
        bltu a2, a3, 9f                 # 0: any
        beq a2, a3, 1f
        li a3, 2
        beq a2, a3, 2f
        li a3, 3
        beq a2, a3, 3f
        li a3, 4
        beq a2, a3, 4f
        li a3, 5
        beq a2, a3, 5f
        # 6, 7: a single bit of it, or all but one
        andi a4, a1, 63
        li a1, 1
        sll a1, a1, a4
        andi a2, a2, 1
        beqz a2, 9f
        not a1, a1
        j 9f
1:      li a3, 0x1fff                   # 1: in this guest's RAM, above the program
        and a1, a1, a3
        li a3, RAM >> 12 | 0x2000
        or a1, a1, a3
        j 9f
2:      andi a1, a1, 0x3ff              # 2: around the end of RAM: the monitor's, perhaps
        li a3, (RAM >> 12) + 0x8000 - 0x200
        add a1, a1, a3
        j 9f
3:      slli a1, a1, 48                 # 3: within 64 KiB pages of the low 256 MiB: devices
        srli a1, a1, 48
        j 9f
4:      andi a1, a1, 0xff               # 4: below RAM
        li a3, (RAM >> 12) - 0x100
        add a1, a1, a3
        j 9f
5:      slli a1, a1, 44                 # 5: 4 GiB
        srli a1, a1, 44
9:      slli a1, a1, 10
        RANDOM a2
        srli a2, a2, 9
        andi a2, a2, 0x3ff
        RANDOM a3
        andi a4, a3, 7
        beqz a4, 1f
        ori a2, a2, V                   # mostly valid
1:      or a1, a1, a2
        andi a4, a3, 0x70
        beqz a4, 1f
        slli a1, a1, 10                 # mostly without reserved bits
        srli a1, a1, 10
1:      # where it goes: the leaf table, the middle one, or the root
        li a5, LEAVES
        li a0, PAGES
        srli a4, a3, 8
        andi a4, a4, 3
        li a2, 1
        bltu a2, a4, 2f
        beqz a4, 1f
        sd a1, 8(a5)
        li a2, 0x1000
        add a0, a0, a2
        j 3f
1:      li a5, MIDDLE
        sd a1, 40(a5)
        li a2, 0xa00000
        add a0, a0, a2
        j 3f
2:      li a5, ROOT
        sd a1, 24(a5)
        li a0, 0xc0000000
3:      # an address in it
        RANDOM a1
        srli a1, a1, 43
        andi a2, s1, 1
        bnez a2, 1f
        li a2, 0xff8
        and a1, a1, a2
1:      add a0, a0, a1
        PAGING_ON
        # the accesses: under MPRV, as S or as U
        li s5, 0
next_kind:
        UNTIL_TRAP trapped
        li t5, MPP | SUM | MXR
        csrc mstatus, t5
        RANDOM a1
        srli a2, a1, 5
        andi a2, a2, 1
        slli a2, a2, 11
        li t5, MPRV
        or a2, a2, t5
        li t5, SUM | MXR
        and a3, a1, t5
        or a2, a2, t5
        la t5, kinds
        slli t6, s5, 3
        add t5, t5, t6
        csrs mstatus, a2
        jr t5
trapped: addi s5, s5, 1
        sfence.vma
        li t5, 4
        bne s5, t5, next_kind
        # and a jump there, from S; its code is what lies there
        UNTIL_TRAP jumped
        li t5, MPP
        csrc mstatus, t5
        li t5, 1 << 11
        csrs mstatus, t5
        andi a0, a0, -2
        csrw mepc, a0
        csrw medeleg, zero
        mret
jumped: PAGING_OFF
        addi s4, s4, -1
        bnez s4, forge

        # Roots: any value of satp. Nothing can be fetched in most of them.
        li s4, 500
root:   RANDOM a1
        slli a2, a1, 20
        srli a2, a2, 20
        andi a3, a1, 3
        beqz a3, 1f
        li a3, 0x3ffff
        and a2, a2, a3
        li a3, RAM >> 12
        add a2, a2, a3
1:      li a3, 8 << 60
        or a2, a2, a3
        csrw satp, a2
        sfence.vma
        UNTIL_TRAP rooted
        ENTER 1
        ld a0, 0(a1)
        ecall
rooted: PAGING_OFF
        addi s4, s4, -1
        bnez s4, root
        mv a0, s0
        j pass
        .balign 8
kinds:  ld a1, 0(a0)
        ecall
        sw zero, 4(a0)
        ecall
        amoor.d a1, zero, (a0)
        ecall
        sd a1, -3(a0)
        ecall
        CAUGHT
        FINISH
