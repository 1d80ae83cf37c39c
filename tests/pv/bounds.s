# SPDX-License-Identifier: GPL-3.0-or-later
#
# As many tables and address spaces as there can be, and then no more; what was taken comes back.
        .include "pv.inc"
        .equ MANY, RAM + (8 << 20)      # a region of pages that nobody maps, for tables
        .text
        BEGIN
        BECOME_PARAVIRTUAL
        # Address spaces: 127 besides ours.
        li s2, MANY
        li s3, 127
1:      mv a0, s2
        call pin
        want ok
        li s11, 1
        li t0, 4096
        add s2, s2, t0
        addi s3, s3, -1
        bnez s3, 1b
        mv a0, s2
        call pin
        want failed
        li s2, MANY
        li s3, 127
1:      mv a0, s2
        call unpin
        want ok
        li s11, 2
        li t0, 4096
        add s2, s2, t0
        addi s3, s3, -1
        bnez s3, 1b
        # Tables: a sixteenth of RAM's 32768 pages, all under one entry of level 1 each.
        update ROOT + 24, (MANY + 0x1000000) >> 2 | V, ok
        update ROOT + 32, (MANY + 0x1001000) >> 2 | V, ok
        update ROOT + 40, (MANY + 0x1002000) >> 2 | V, ok
        update ROOT + 48, (MANY + 0x1003000) >> 2 | V, ok
        li s2, MANY >> 2 | V            # s2: the entry
        li s3, MANY + 0x1000000         # s3: its place
        li s4, 2048 - 7                 # s4: tables to go
2:      li t1, LIST
        sd s3, 0(t1)
        sd s2, 8(t1)
        call mmu_update, LIST, 1
        want ok
        li s11, 3
        addi s3, s3, 8
        addi s2, s2, 0x400
        addi s4, s4, -1
        bnez s4, 2b
        li t1, LIST
        sd s3, 0(t1)
        sd s2, 8(t1)
        call mmu_update, LIST, 1
        want failed
        # An entry of the root leads to 512 of them: given back by one update; then there is room again.
        update ROOT + 24, 0, ok
        li t1, LIST
        sd s3, 0(t1)
        sd s2, 8(t1)
        call mmu_update, LIST, 1
        want ok
        update ROOT + 32, 0, ok
        update ROOT + 40, 0, ok
        update ROOT + 48, 0, ok
        # Work: a page becomes writable, a table that has to be looked at, and nothing, 16 * 256 times in one call: too often.
        .equ PAGE, FREE + 0x4000
        .equ CALLS, FREE + 0x5000
        .equ UPDATES, FREE + 0x8000
        update LEAVES + 8*(PAGE - RAM)/4096, 0, ok
        li t1, UPDATES
        li t2, 256
        li t3, LEAVES + 8*(PAGE - RAM)/4096
        entry t4, PAGE, V|R|W|A|D
        li t5, MIDDLE + 8*100
        entry t6, PAGE, V
3:      sd t3, 0(t1)
        sd t4, 8(t1)
        sd t3, 16(t1)
        sd zero, 24(t1)
        sd t5, 32(t1)
        sd t6, 40(t1)
        sd t5, 48(t1)
        sd zero, 56(t1)
        addi t1, t1, 64
        addi t2, t2, -1
        bnez t2, 3b
        li t1, CALLS
        li t2, 16
4:      li t0, PV_CALL_mmu_update
        sd t0, 0(t1)
        li t0, UPDATES
        sd t0, 8(t1)
        li t0, 1024
        sd t0, 16(t1)
        addi t1, t1, 64
        addi t2, t2, -1
        bnez t2, 4b
        call multicall, CALLS, 4
        want ok
        call multicall, CALLS, 16
        want failed
        want_value 8
        END
