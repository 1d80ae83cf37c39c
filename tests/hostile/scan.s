# SPDX-License-Identifier: GPL-3.0-or-later
#
# All of the address space: loads, stores, atomics and jumps at every megabyte of the first 16 GiB, at every power of two,
# and down from the top; from M, S and U, bare and with every gigabyte mapped where it is.
        .include "hostile.inc"
        HOSTILE
        li s4, 0                        # bit 0: paged; bits 2:1: mode 0, 1, 3
next_way:
        li t5, ROOT
        li a1, 0
        li a2, V|R|W|X|A|D
        andi a3, s4, 6
        bnez a3, 1f
        ori a2, a2, U
1:      slli a4, a1, 28
        or a4, a4, a2
        sd a4, 0(t5)
        addi t5, t5, 8
        addi a1, a1, 1
        li a4, 256
        bne a1, a4, 1b
        csrw satp, zero
        andi a3, s4, 1
        beqz a3, 1f
        PAGING_ON
1:      sfence.vma
        li s2, 0                        # address
        li s3, 0
next_address:
        la t5, kinds
        li s5, 0
next_kind:
        UNTIL_TRAP trapped
        li a1, 0x4242
        mv a0, s2
        li t5, MPP
        csrc mstatus, t5
        srli t5, s4, 1
        slli t5, t5, 11
        csrs mstatus, t5
        la t5, kinds
        slli t6, s5, 3
        add t5, t5, t6
        csrw mepc, t5
        mret
trapped: addi s5, s5, 1
        li t5, 4
        bne s5, t5, next_kind
        # the next address: steps of 1 MiB + 4 to 16 GiB (from the end of what this program needs), then powers of two
        addi s3, s3, 1
        li t5, 1 << 20
        add s2, s2, t5
        addi s2, s2, 8
        li t5, 0x80000000
        bltu s2, t5, 1f
        li t5, DATA
        bgeu s2, t5, 1f
        mv s2, t5
1:      li t5, 600
        bltu s3, t5, next_address
        li t5, 2500
        bltu s3, t5, 2f
        li t5, 2628
        bgeu s3, t5, 3f
        andi t6, s3, 63
        li s2, 1
        sll s2, s2, t6
        andi t6, s3, 64
        beqz t6, next_address
        neg s2, s2
        j next_address
2:      li t5, 8 << 20                  # larger ones
        add s2, s2, t5
        j next_address
3:      addi s4, s4, 1
        li t5, 4                        # there is no mode 2
        bne s4, t5, 1f
        li s4, 6
1:      li t5, 8
        bltu s4, t5, next_way
        mv a0, s0
        j pass
        .balign 8
kinds:  ld a1, 0(a0)
        ecall
        sw a1, 4(a0)
        ecall
        amoor.d a1, zero, (a0)
        ecall
        jr a0
        ecall
        CAUGHT
        FINISH
