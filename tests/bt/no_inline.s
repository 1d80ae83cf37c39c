# SPDX-License-Identifier: GPL-3.0-or-later
#
# Without CSRs in line every access to one calls out.
# options: --no-inline
        .include "common.inc"
        csrrs a0, sscratch, x0
        csrrw x0, sscratch, a0
        csrrci a1, sstatus, 2
        csrrs x0, sepc, x0
        pass
