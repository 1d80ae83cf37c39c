# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every combination of a leaf's bits, with SUM and MXR, from S- and U-mode: a load, a store and a fetch each. The entry
# is logged afterwards: its A and D bits tell what the hardware did.
        .include "prelude.inc"
        start
        make_tables
        paging_on
        li t5, 0x00008067               # ret
        li t6, FRAMES
        sw t5, 0(t6)
        csrw medeleg, zero
        li s0, 0                        # bits 7:0 the entry's; 8 SUM; 9 MXR; 10 which mode
        li s1, LEAVES
        li s2, PAGES
        li s3, FRAMES >> 2

next:   li t5, SUM|MXR
        csrc mstatus, t5
        srli t5, s0, 8
        andi t5, t5, 3
        slli t5, t5, 18
        csrs mstatus, t5
        li t5, MPP
        csrc mstatus, t5
        andi t5, s0, 0xff
        or t5, t5, s3
        sd t5, 0(s1)
        sfence.vma s2, zero
        srli t5, s0, 10
        andi t5, t5, 1
        slli t5, t5, 11
        csrs mstatus, t5
        srli t6, t5, 11
        la t5, s_part
        bnez t6, 1f
        li t5, PAGES + 0x1000           # U-mode has its own view of the code: a page that maps s_part for it
        la t6, s_part
        slli t6, t6, 52
        srli t6, t6, 52
        add t5, t5, t6
1:      csrw mepc, t5
        la t5, s_part
        srli t5, t5, 12
        slli t5, t5, 10
        ori t5, t5, V|R|X|U|A
        sd t5, 8(s1)
        mret

back:   ld a0, 0(s1)                    # in M-mode again
        log a0
        addi s0, s0, 1
        li t5, 2048
        bne s0, t5, next
        pass

        # In the mode under test, one page of code.
        .balign 4096
s_part: lw a1, 0(s2)
        add s4, s4, a1
        sw s4, 8(s2)
        jalr ra, 0(s2)                  # a failed fetch comes back to ra
        ecall

        .balign 4
mtrap:  csrr t5, mcause
        log t5
        csrr t6, mtval
        log t6
        csrr t6, mepc
        addi t6, t6, 4
        csrw mepc, t6
        li t6, 12
        beq t5, t6, 1f
        addi t5, t5, -8
        li t6, 2
        bltu t5, t6, back
        mret
1:      csrw mepc, ra
        mret
