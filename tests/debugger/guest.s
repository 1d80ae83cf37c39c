# SPDX-License-Identifier: GPL-3.0-or-later
#
# A guest for scripts of the debugger: M-mode sets up traps, S-mode switches paging on, U-mode calls it, and loads what
# is not mapped.

        .text
        .globl  _start
_start: la      t0, m_trap
        csrw    mtvec, t0
        li      t0, -1
        srli    t0, t0, 10
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        li      t0, 0xb1ff
        csrw    medeleg, t0             # all but ecall from S
        la      t0, supervisor
        csrw    mepc, t0
        li      t0, 1 << 11
        csrw    mstatus, t0             # MPP = S
        mret
        .balign 4
m_trap: j       finish

supervisor:
        la      sp, stack_top
        la      t0, s_trap
        csrw    stvec, t0
        la      t0, root
        srli    t0, t0, 12
        li      t1, 8 << 60
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        call    twice
        call    twice
        la      t0, user - 0x80000000 + 0x40000000
        csrw    sepc, t0
        csrc    sstatus, t1
        sret

# adds 2 to `count`
twice:  addi    sp, sp, -16
        sd      ra, 8(sp)
        call    once
        call    once
        ld      ra, 8(sp)
        addi    sp, sp, 16
        ret
once:   la      t0, count
        ld      t1, 0(t0)
        addi    t1, t1, 1
        sd      t1, 0(t0)
        ret

        .balign 4
s_trap: csrr    t0, scause
        li      t1, 8
        bne     t0, t1, finish
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        sret

finish: li      t0, 0x100000
        li      t1, 0x5555
        sw      t1, 0(t0)
1:      j       1b

        .balign 4096

user:
        li      a7, 7
        ecall
        li      a0, 3
1:      addi    a0, a0, -1
        bnez    a0, 1b
        ld      a1, 8(zero)             # a page that is not for U-mode
        j       finish

        .data
        .balign 4096
# 0: devices, a 1 GiB page; 0x40000000: user code, 4 KiB pages by level1 and level0; 0x80000000: all of RAM, a 1 GiB page
root:   .dword  0xc7, level1 >> 2 | 1, 0x200000cf, 0
        .zero   4096 - 32
level1: .dword  level0 >> 2 | 1
        .zero   4096 - 8
level0: .dword  0, user >> 2 | 0x5b
        .zero   4096 - 16
count:  .dword  0
        .zero   512
        .balign 16
stack_top:
