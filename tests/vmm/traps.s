# SPDX-License-Identifier: GPL-3.0-or-later
#
# Exceptions of every mode, to M-mode and delegated to S-mode, with their status stacks; xret; wrong privileges.
        .include "prelude.inc"
        start
        la t5, strap
        csrw stvec, t5

        .macro exceptions               # one of each kind that a program can raise without paging
        ebreak
        .4byte 0                        # illegal: as compressed halfwords, too
        .4byte 0xffffffff
        .4byte 0xfff04073               # nearly a CSR instruction
        csrr a0, 0x7ff                  # no such CSR
        csrw mhartid, a0                # read-only
        csrr a0, mstatus
        csrr a0, sstatus
        csrr a0, cycle
        .4byte 0x30200073 | 1 << 7      # nearly mret
        lw a0, 1(zero)                  # nothing there
        li a1, RAM_END
        ld a0, 0(a1)
        sd a0, 0(a1)
        ld a0, -4(a1)                   # runs over the end
        sd a0, -4(a1)
        li a1, RAM + 0x1001
        lr.w a0, (a1)                   # misaligned
        sc.w a0, a0, (a1)
        amoadd.d a0, a0, (a1)
        li a1, UART
        lr.w a0, (a1)                   # not for devices
        amoadd.w a0, a0, (a1)
        lw a0, 1(a1)
        la ra, 76f
        li a1, UART
        jr a1                           # nor can they be executed
76:     la ra, 75f
        li a1, RAM_END
        jr a1
75:     la ra, 74f
        li a1, 0x4000000000             # not even canonical under Sv39
        jr a1
74:
        .endm

        exceptions                      # in M-mode
        ecall
        enter 1
        exceptions
        mret                            # illegal in S-mode
        leave
        enter 0
        exceptions
        mret
        sret
        sfence.vma
        wfi
        leave

        # Everything to S-mode: its handler logs, and ecall comes to M-mode still from S.
        li t5, 0xb1ff
        csrw medeleg, t5
        csrr a0, medeleg
        log a0
        li t5, 1 << 5 | 1 << 1          # SPIE and SIE: the stack of sstatus moves
        csrs mstatus, t5
        enter 0
        exceptions
        mret
        wfi
        ecall                           # to strap
        csrr a0, scause                 # now in S-mode
        log a0
        csrr a0, sstatus
        log a0
        exceptions
        la t5, 1f
        csrw sepc, t5
        sret                            # SPP of the last trap: S
1:      li t5, 1 << 8
        csrc sstatus, t5
        la t5, 2f
        csrw sepc, t5
        sret
2:      csrr a0, sstatus                # in U-mode again: illegal
        ecall
        leave
        csrr a0, mstatus
        log a0
        pass

        define_mtrap

        .balign 4
strap:  csrr t5, scause
        log t5
        csrr t6, stval
        log t6
        csrr t6, sepc
        log t6
        csrr t6, sstatus
        log t6
        csrr t6, sepc
        addi t6, t6, 4
        csrw sepc, t6
        li t6, 1
        beq t5, t6, 1f
        li t6, 8
        bne t5, t6, 2f
        li t6, 1 << 8                   # after an ecall of U-mode: on in S-mode
        csrs sstatus, t6
        sret
1:      csrw sepc, ra
2:      sret
