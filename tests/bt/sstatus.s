# SPDX-License-Identifier: GPL-3.0-or-later
#
# sstatus: SIE, SPIE and SPP change in line; SUM and MXR, and SIE while an interrupt waits, call out. SIE can always be
# cleared.
        .include "common.inc"
        auipc t0, 0
        addi t0, t0, 104                # handler
        csrrw x0, mtvec, t0
        addi a0, x0, 0x122
        csrrs x0, sstatus, a0
        csrrc a1, sstatus, a0
        csrrw a2, sstatus, a0
        csrrw a0, sstatus, a0
        csrrsi a3, sstatus, 2
        csrrci a4, sstatus, 2
        csrrci x0, sstatus, 3
        csrrci a5, sstatus, 1
        lui a6, 0xc0                    # SUM, MXR
        csrrs a7, sstatus, a6
        csrrs s2, sstatus, x0
        csrrc s3, sstatus, a6
        addi s4, x0, 2
        csrrw x0, mideleg, s4
        csrrw x0, mie, s4
        csrrw x0, mip, s4
        csrrsi s5, sstatus, 2           # M-mode is not interrupted by it, but it calls out
        pass
handler: jal x0, handler
