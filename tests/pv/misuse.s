# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every call with wrong arguments, before `start` and after it.
        .include "pv.inc"
        .text
        BEGIN
        # Before: only info and start.
        call info
        want ok
        want_value PV_VERSION
        call pin, ROOT
        want denied
        call mmu_update, LIST, 1
        want denied
        call return_to_user
        want denied
        call multicall, LIST, 1
        want denied
        call halt, 3
        want denied
        call console_write, RAM, 1
        want denied
        li a6, 99
        li a7, PV_EXTENSION
        ecall
        want not_supported
        li a6, 0                        # not ours: the firmware's
        li a7, 0x10
        ecall
        want not_supported

        call start, SHARED + 8, 0, 0, ROOT, USER_SLOT | 1 << 16
        want invalid_address
        call start, RAM - 0x1000, 0, 0, ROOT, USER_SLOT | 1 << 16
        want invalid_address
        call start, 0x7ffffffffffff000, 0, 0, ROOT, USER_SLOT | 1 << 16
        want invalid_address
        call start, ROOT, 0, 0, ROOT, USER_SLOT | 1 << 16       # the shared page is the root
        want denied
        call start, SHARED, 0, 0, ROOT + 8, USER_SLOT | 1 << 16
        want invalid_address
        call start, SHARED, 0, 0, 0, USER_SLOT | 1 << 16
        want invalid_address
        call start, SHARED, 0, 0, ROOT, 511 | 2 << 16
        want invalid_param
        call start, SHARED, 0, 0, ROOT, 513
        want invalid_param
        call start, SHARED, 0, 0, ROOT, 0x7fffffffffff0001
        want invalid_param

        # A root with a forged entry; what was looked at on the way to it is cleared, the rest is as it was.
        li t0, LEAVES + 8*511
        entry t1, 0x10000000, V|R|W|A|D
        sd t1, 0(t0)
        call start, SHARED, 0, 0, ROOT, USER_SLOT | 1 << 16
        want invalid_address
        li t0, LEAVES
        ld t1, 0(t0)
        want_equal t1, 0
        li t0, LEAVES                   # once more
        entry t2, RAM, V|R|W|X|A|D
        li t3, 512
        li t4, TABLES >> 2
        li t5, FRAMES >> 2
1:      bltu t2, t4, 2f
        bgeu t2, t5, 2f
        andi t1, t2, ~(W|D|X)
        j 3f
2:      mv t1, t2
3:      sd t1, 0(t0)
        addi t0, t0, 8
        addi t2, t2, 0x400
        addi t3, t3, -1
        bnez t3, 1b
        li t0, MIDDLE
        entry t1, LEAVES, V
        sd t1, 0(t0)
        entry t1, SPARE, V|R|W|X|A|D
        sd t1, 8(t0)
        li t0, ROOT
        entry t1, MIDDLE, V
        sd t1, 16(t0)

        BECOME_PARAVIRTUAL
        li a0, SHARED
        li a3, ROOT
        li a4, 0
        call start
        want already
        li a6, 0                        # there is no firmware any more
        li a7, 0x10
        ecall
        want not_supported
        li a6, 19
        li a7, PV_EXTENSION
        ecall
        want not_supported
        li a6, -1
        ecall
        want not_supported

        call pin, ROOT
        want already
        call pin, RAM - 0x1000
        want invalid_address
        call pin, OTHER + 4
        want invalid_address
        call pin, -0x1000
        want invalid_address
        call pin, MIDDLE                # it is a table of another level
        want denied
        call unpin, ROOT                # we are in it
        want denied
        call unpin, MIDDLE
        want invalid_param
        call unpin, OTHER
        want invalid_param
        call unpin, 0
        want invalid_param
        call set_space, MIDDLE
        want invalid_param
        call set_space, FREE
        want invalid_param
        call set_space, -1
        want invalid_param
        call tlb_flush, 0, 2
        want invalid_param
        call tlb_flush, -1, 1
        want ok
        call tlb_flush, 0, 0
        want ok

        call mmu_update, LIST, PV_MOST_UPDATES + 1
        want invalid_param
        call mmu_update, LIST, -1
        want invalid_param
        call mmu_update, LIST, 0
        want ok
        call mmu_update, LIST + 4, 1
        want invalid_address
        call mmu_update, RAM - 16, 2
        want invalid_address
        want_value 0
        call mmu_update, -16, 1
        want invalid_address
        call mmu_update, RAM + (128 << 20) - 16, 2      # runs over the end of RAM
        want invalid_address
        want_value 0                    # its first entry is all 0: there is no table at 0
        update ROOT + 4, 0, invalid_address
        update FREE, 0, denied
        update OTHER, 0, denied
        update 0, 0, invalid_address

        li t0, SHARED                   # a root that is none, to return to
        li t1, FREE
        sd t1, PV_root(t0)
        call return_to_user
        want invalid_param
        li t0, SHARED
        sd zero, PV_root(t0)

        call console_write, RAM, PV_MOST_BYTES + 1
        want invalid_param
        call console_write, RAM, -1
        want invalid_param
        call console_write, 0x10000000, 8
        want invalid_address
        call console_write, RAM + (128 << 20) - 4, 8
        want invalid_address
        call console_write, -4, 8
        want invalid_address
        call console_read, ROOT, 8
        want denied
        call console_read, OTHER - 8, 16        # its first half is in a table
        want denied
        call console_read, 0, 8
        want invalid_address
        call console_read, LIST, -1
        want invalid_param
        call console_read, LIST, 64
        want ok
        want_value 0
        call block_ring, 7, LIST, LIST, LIST, 4
        want failed
        call block_ring, -1, LIST, LIST, LIST, 4
        want failed
        call block_kick, 1
        want failed
        call events
        want ok

        # Instructions that such a kernel has not: satp, fences, return to M-mode; and the devices are gone.
        traps 2, csrw satp, zero
        traps 2, sfence.vma
        traps 2, mret
        li t3, 0x10000000
        traps 13, lb t4, 0(t3)
        END
