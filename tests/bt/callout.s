# SPDX-License-Identifier: GPL-3.0-or-later
#
# What calls out: writes of sie and sip, other CSRs, satp, instructions that trap, fences of translations, wfi, mret.
        .include "common.inc"
        auipc t0, 0
        addi t0, t0, 92                 # handler
        csrrw x0, mtvec, t0
        addi a0, x0, 2
        csrrw x0, mie, a0
        csrrs x0, sie, a0
        csrrw a1, sip, x0
        csrrs a2, mhartid, x0
        csrrs a3, cycle, x0
        csrrw a4, satp, x0
        csrrwi x0, scounteren, 7
        sfence.vma
        csrrw a5, mscratch, a0
        csrrwi x0, mip, 2
        wfi
        ecall
        ebreak
        .word 0xffffffff
        pass
        .balign 4
handler: csrrs t1, mepc, x0
        addi t1, t1, 4
        csrrw x0, mepc, t1
        mret
