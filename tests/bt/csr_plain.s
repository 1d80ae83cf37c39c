# SPDX-License-Identifier: GPL-3.0-or-later
#
# Reads of S-level CSRs are loads, simple writes are stores; into the register that it comes from goes through a scratch
# register; reads of x0 need none.
        .include "common.inc"
        addi a0, x0, 0x123
        csrrw x0, sscratch, a0
        csrrs a1, sscratch, x0
        csrrs x0, sscratch, x0
        csrrw a2, scause, a0
        csrrw a0, stval, a0
        csrrw t0, sscratch, t0
        csrrwi a3, scause, 0
        csrrwi x0, stval, 0
        csrrwi a4, stval, 9
        csrrs a5, sepc, x0
        csrrc a6, stvec, x0
        csrrsi a7, sstatus, 0
        csrrs s2, sie, x0
        csrrs s3, sip, x0
        csrrci s4, stval, 0
        pass
