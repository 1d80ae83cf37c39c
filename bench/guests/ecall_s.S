# SPDX-License-Identifier: GPL-3.0-or-later
#
# Round trips from user to supervisor mode with paging on: ecall and sret.
        .include "guest.inc"

        guest   1500000, MODE_S
        la      t0, handler
        csrw    stvec, t0
        la      t0, user
        li      t1, 1 << 30
        add     t0, t0, t1              # where U-mode sees it
        csrw    sepc, t0
        li      t0, SSTATUS_SPP
        csrc    sstatus, t0
        sret

user:   user_loop ecall
        ebreak                          # to M-mode, with the sum

        trap_handler s
