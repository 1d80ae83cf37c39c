# SPDX-License-Identifier: GPL-3.0-or-later
#
# Round trips from user to machine mode: ecall and mret, without paging.
        .include "guest.inc"

        guest   1500000, MODE_M
        mv      s0, a0
        call    paging_permit
        la      t0, handler
        csrw    mtvec, t0
        la      t0, user
        csrw    mepc, t0
        li      t0, MSTATUS_MPP
        csrc    mstatus, t0
        mv      a0, s0
        mret

user:   user_loop ecall
        j       finish                  # without paging U-mode reaches the devices

        trap_handler m
