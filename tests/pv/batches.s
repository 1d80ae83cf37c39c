# SPDX-License-Identifier: GPL-3.0-or-later
#
# Multicalls: what they do, in which order, and what they must not.
        .include "pv.inc"
        .equ CALLS, LIST
        .macro batch n, number, first=0, second=0
        li t1, CALLS + \n * PV_CALL_SIZE
        li t0, \number
        sd t0, 0(t1)
        li t0, \first
        sd t0, 8(t1)
        li t0, \second
        sd t0, 16(t1)
        li t0, 77
        sd t0, PV_CALL_ERROR(t1)
        sd t0, PV_CALL_ERROR+8(t1)
        .endm
        .macro result n, error, value
        li t1, CALLS + \n * PV_CALL_SIZE
        ld t2, PV_CALL_ERROR(t1)
        want_equal t2, \error
        ld t2, PV_CALL_ERROR+8(t1)
        want_equal t2, \value
        .endm
        .text
        BEGIN
        BECOME_PARAVIRTUAL
        batch 0, PV_CALL_info
        batch 1, PV_CALL_pin, OTHER
        batch 2, PV_CALL_set_space, FREE        # refused
        batch 3, PV_CALL_info                   # not reached
        call multicall, CALLS, 4
        want invalid_param
        want_value 2
        result 0, PV_ERROR_ok, PV_VERSION
        result 1, PV_ERROR_ok, 0
        result 2, PV_ERROR_invalid_param, 0
        result 3, 77, 77
        call unpin, OTHER
        want ok
        # Calls that move control cannot be in a batch; nor can a batch.
        .irp number, PV_CALL_multicall, PV_CALL_start, PV_CALL_return_to_user, PV_CALL_yield, PV_CALL_halt, 18, -1
        batch 0, \number, CALLS, 1
        call multicall, CALLS, 1
        want not_supported
        want_value 0
        .endr
        # Lists that are not ours.
        call multicall, CALLS, 0
        want ok
        want_value 0
        call multicall, CALLS, PV_MOST_CALLS + 1
        want invalid_param
        call multicall, CALLS, -1
        want invalid_param
        call multicall, CALLS + 4, 1
        want invalid_address
        call multicall, 0, 1
        want invalid_address
        call multicall, -64, 2
        want invalid_address
        call multicall, RAM + (128 << 20) - 32, 1
        want invalid_address
        # A list in a page table: it can be read, but has no room for the answer.
        call pin, OTHER + 0x2000
        want ok
        call multicall, OTHER + 0x2000, 1
        want invalid_address
        # A list whose page becomes a table by what it says (none of its words is odd): there is no room for the answer.
        li t1, FREE + 0x4000
        li t0, PV_CALL_mmu_update
        sd t0, 0(t1)
        li t0, LIST
        sd t0, 8(t1)
        li t0, 2
        sd t0, 16(t1)
        li t0, PV_CALL_pin
        sd t0, 64(t1)
        li t0, FREE + 0x4000
        sd t0, 72(t1)
        li t1, LIST
        li t0, LEAVES + 8*(FREE + 0x4000 - RAM)/4096
        sd t0, 0(t1)
        entry t0, FREE + 0x4000, V|R|A
        sd t0, 8(t1)
        li t0, LEAVES + 8*510
        sd t0, 16(t1)
        sd zero, 24(t1)
        call multicall, FREE + 0x4000, 2
        want invalid_address
        want_value 1
        call unpin, FREE + 0x4000
        want ok
        # 64 calls of 1024 updates each: all is done, in order.
        li t1, FREE + 0x8000
        li t2, 1024
        li t3, LEAVES + 8*500
        entry t4, FREE, V|R|A
1:      sd t3, 0(t1)
        sd t4, 8(t1)
        addi t1, t1, 16
        addi t2, t2, -1
        bnez t2, 1b
        li t1, FREE + 0x10000
        li t2, 64
1:      li t0, PV_CALL_mmu_update
        sd t0, 0(t1)
        li t0, FREE + 0x8000
        sd t0, 8(t1)
        li t0, 1024
        sd t0, 16(t1)
        addi t1, t1, 64
        addi t2, t2, -1
        bnez t2, 1b
        call multicall, FREE + 0x10000, 64
        want ok
        want_value 64
        END
