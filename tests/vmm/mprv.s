# SPDX-License-Identifier: GPL-3.0-or-later
#
# M-mode that loads and stores as another mode would (MPRV), through its page tables: every kind of instruction in
# between, faults, devices, atomics; and what ends MPRV.
        .include "prelude.inc"
        start quiet                     # which only counts: under MPRV it must not store
        make_tables
        pte LEAVES, FRAMES, V|R|W
        pte LEAVES + 8, FRAMES + 0x1000, V|R|W|U
        pte LEAVES + 16, UART, V|R|W
        pte LEAVES + 24, FRAMES + 0x2000, V|R
        pte LEAVES + 32, FRAMES + 0x3000, V|X
        paging_on
        li s1, PAGES

        .macro as_mode mode, bits=0
        li t5, MPP|SUM|MXR
        csrc mstatus, t5
        li t5, MPRV | \mode << 11 | \bits
        csrs mstatus, t5
        .endm
        .macro as_myself
        li t5, MPRV
        csrc mstatus, t5
        .endm

        .macro accesses
        li a0, 0x1122334455667788
        sd a0, 0(s1)
        as_is ld, 0
        as_is lw, 4
        as_is lhu, 6
        as_is lbu, 7
        as_is ld, 3
        li t4, 0x1000
        add s1, s1, t4
        as_is ld, 0
        sw a0, 4(s1)
        as_is ld, 0
        add s1, s1, t4
        as_is lbu, 5                    # a register of the UART
        li a3, 'm'
        sb a3, 0(s1)
        add s1, s1, t4
        as_is ld, 0
        sd a0, 0(s1)
        as_is ld, -4
        add s1, s1, t4
        as_is ld, 0
        add s1, s1, t4
        as_is ld, 0
        sd a0, 0(s1)
        li s1, PAGES
        lr.d a2, (s1)
        sc.d a3, a0, (s1)
        add s4, s4, a3
        amoadd.w a2, a0, (s1)
        add s4, s4, a2
        amomaxu.d a2, a0, (s1)
        add s4, s4, a2
        addi s1, s1, 4
        lr.d a2, (s1)
        addi s1, s1, -4
        mul a4, a0, a2
        divw a5, a4, a0
        sltu a6, a4, a5
        xor s4, s4, a6
        add s4, s4, a4
        auipc a0, 0
        add s4, s4, a0
        jal ra, 73f
        nop
73:     add s4, s4, ra
        la ra, 72f
        jalr ra, 0(ra)
72:     fence
        fence.i
        sfence.vma
        csrr a0, mstatus
        add s4, s4, a0
        rdinstret a0
        add s4, s4, a0
        .endm
        .macro as_is kind, offset
        \kind a2, \offset(s1)
        add s4, s4, a2
        slli a1, s4, 5
        xor s4, s4, a1
        .endm

        .irp mode, 0, 1, 3
        as_mode \mode
        accesses
        as_myself
        log s4
        as_mode \mode, SUM
        accesses
        as_myself
        log s4
        as_mode \mode, MXR
        accesses
        as_myself
        log s4
        .endr

        # In M-mode's own handler MPRV stays, and MPP says M; mret to below ends it, mret to M does not.
        as_mode 1
        la t5, 1f
        csrw mepc, t5
        mret                            # to S-mode: MPRV is 0
1:      ld a0, 0(s1)
        la ra, 2f
        ecall
2:      csrr a0, mstatus
        log a0
        li t5, MPRV | MPP
        csrs mstatus, t5
        la t5, 3f
        csrw mepc, t5
        mret
3:      csrr a0, mstatus
        as_myself
        log a0
        csrr a0, mstatus
        log a0
        # A budget of one instruction at a time ends here, too; and code across two pages.
        as_mode 1
        j 4f
        .balign 4096
        .skip 4096 - 8
        nop
4:      .option rvc
        c.nop
        .option norvc
        li t4, 0x12345678
        ld a0, 0(s1)
        as_myself
        log a0
        log t4
        .option rvc
        c.nop                           # whole words again
        .option norvc
        pass

        .balign 4
quiet:  csrr t5, mcause                 # the sum of what was seen
        add s4, s4, t5
        csrr t6, mtval
        add s4, s4, t6
        slli t6, s4, 3
        xor s4, s4, t6
        csrr t6, mepc
        addi t6, t6, 4
        csrw mepc, t6
        addi t5, t5, -8
        li t6, 2
        bgeu t5, t6, 1f
        li t6, MPP
        csrs mstatus, t6
        mret
1:      mret                            # of M-mode's own: MPP is U from then on
