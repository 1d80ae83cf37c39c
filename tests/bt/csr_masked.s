# SPDX-License-Identifier: GPL-3.0-or-later
#
# Writes that need scratch registers: bits of sepc and stvec that are not there, bits set and cleared; the scratch registers
# are none that the instruction names.
        .include "common.inc"
        addi a0, x0, -1
        addi t0, x0, 0x456
        addi t1, x0, 0x789
        csrrw x0, sepc, a0
        csrrw a1, stvec, a0
        csrrw t0, sepc, t0
        csrrwi a2, stvec, 31
        csrrs x0, sscratch, a0
        csrrs a3, scause, t0
        csrrs t1, stval, t1
        csrrc a4, sscratch, t1
        csrrc t0, sscratch, t0
        csrrsi a5, stval, 17
        csrrci a6, stval, 1
        csrrc x0, stvec, a0
        csrrs t2, sepc, a1
        pass
