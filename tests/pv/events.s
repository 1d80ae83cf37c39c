# SPDX-License-Identifier: GPL-3.0-or-later
#
# Events and their mask; traps from user code and from the kernel, and the ways back.
        .include "pv.inc"
        .text
        BEGIN
        BECOME_PARAVIRTUAL
        li s0, SHARED
        ld t1, PV_sie(s0)
        want_equal t1, 0
        # Masked, the timer is pending and does not come.
        call set_timer, 0
        want ok
        call info
        ld t1, PV_pending(s0)
        want_equal t1, 1 << 5
        # Masked in the shared page only, without a call: it comes by itself once the kernel is entered again.
        la s10, 1f
        li t1, 1
        sd t1, PV_sie(s0)
        li a0, -1
        li s3, 5
        call unmask
        addi s11, s11, 1
        j wrong                         # it has come before this
1:      li s10, 0
        ld t1, PV_cause(s0)
        want_equal t1, 1 << 63 | 5
        ld t1, PV_from_kernel(s0)
        want_equal t1, 1
        ld t1, PV_saved_sie(s0)
        want_equal t1, 1
        ld t1, PV_sie(s0)
        want_equal t1, 0
        # Back to where it was, which is behind the call, with events as they were.
        call set_timer, -1
        want ok
        la t1, 2f
        sd t1, PV_epc(s0)
        li t1, 4711
        sd t1, PV_a6(s0)
        sd t1, PV_a7(s0)
        call return_to_user
2:      want_equal a6, 4711
        want_equal a7, 4711
        ld t1, PV_sie(s0)
        want_equal t1, 1
        sd zero, PV_sie(s0)
        # Waiting for it.
        call info
        ld s4, PV_time(s0)
        addi a0, s4, 50
        call set_timer
        call yield
        want ok
        ld t1, PV_time(s0)
        sub t1, t1, s4
        li t0, 50
        addi s11, s11, 1
        bltu t1, t0, wrong
        # Due while the kernel computes, unmasked: no call is needed for it to come.
        addi a0, t1, 100
        add a0, a0, s4
        call set_timer
        la s10, 4f
        li t1, 1
        sd t1, PV_sie(s0)
        li t1, 100000
3:      addi t1, t1, -1
        bnez t1, 3b
        addi s11, s11, 1
        j wrong
4:      li s10, 0
        call set_timer, -1

        # User code: a page of it, with an ecall; its tp, a6 and a7 are kept.
        li t1, FREE
        li t0, 0x00000073               # ecall
        sw t0, 0(t1)
        sw t0, 4(t1)
        li t1, LIST
        li t0, ROOT + 8*USER_SLOT
        sd t0, 0(t1)
        entry t0, OTHER, V
        sd t0, 8(t1)
        li t0, OTHER
        sd t0, 16(t1)
        entry t0, OTHER + 0x1000, V
        sd t0, 24(t1)
        li t0, OTHER + 0x1000
        sd t0, 32(t1)
        entry t0, FREE, V|R|X
        sd t0, 40(t1)
        call mmu_update, LIST, 3
        want ok
        la t0, from_user
        la t1, on_user
        sd t0, 0(t1)
        sd zero, PV_from_kernel(s0)
        li t0, USER
        sd t0, PV_epc(s0)
        li t0, 16
        sd t0, PV_a6(s0)
        li t0, 17
        sd t0, PV_a7(s0)
        li t0, 0x1234
        sd t0, PV_kernel_tp(s0)
        li tp, 0x5678
        call return_to_user
from_user:
        want_equal tp, 0x1234
        ld t1, PV_user_tp(s0)
        want_equal t1, 0x5678
        want_equal a6, 16
        want_equal a7, 17
        ld t1, PV_cause(s0)
        want_equal t1, 8
        ld t1, PV_from_kernel(s0)
        want_equal t1, 0
        ld t1, PV_epc(s0)
        want_equal t1, USER
        # The entry has A now, U and the real address.
        li t1, OTHER + 0x1000
        ld t2, 0(t1)
        ld t1, PV_offset(s0)
        srli t1, t1, 2
        sub t2, t2, t1
        want_equal t2, FREE >> 2 | V|R|X|U|A

        # User code cannot call the monitor, nor read the kernel: it traps.
        la t0, 5f
        la t1, on_user
        sd t0, 0(t1)
        li t0, PV_CALL_halt
        sd t0, PV_a6(s0)
        li t0, PV_EXTENSION
        sd t0, PV_a7(s0)
        li a0, 0
        li a6, PV_CALL_return_to_user
        li a7, PV_EXTENSION
        ecall
5:      ld t1, PV_cause(s0)
        want_equal t1, 8
        la t0, 6f
        la t1, on_user
        sd t0, 0(t1)
        la t0, 6f                       # an address of the kernel's
        sd t0, PV_epc(s0)
        call return_to_user
6:      ld t1, PV_cause(s0)
        want_equal t1, 12
        # An odd pc is even; without a page it faults there.
        la t0, 7f
        la t1, on_user
        sd t0, 0(t1)
        li t0, USER + 0x1000001
        sd t0, PV_epc(s0)
        call return_to_user
7:      ld t1, PV_tval(s0)
        want_equal t1, USER + 0x1000000
        # A table that the root has lost is none of user code's.
        # Whatever is written into it afterwards: here a megapage of zeros.
        update ROOT + 8*USER_SLOT, 0, ok
        update LEAVES + 8*(OTHER - RAM)/4096, OTHER >> 2 | V|R|W|A|D, ok
        ld t1, PV_offset(s0)
        li t0, UNMAPPED
        add t1, t1, t0
        srli t1, t1, 2
        ori t1, t1, V|R|X|U|A|D
        li t0, OTHER
        sd t1, 0(t0)
        la t0, 8f
        la t1, on_user
        sd t0, 0(t1)
        li t0, USER
        sd t0, PV_epc(s0)
        call return_to_user
8:      ld t1, PV_cause(s0)
        want_equal t1, 12
        ld t1, PV_tval(s0)
        want_equal t1, USER
        call halt, 0
wrong:  mv s9, a0                      # for who looks at it
        mv a0, s11
        li a6, PV_CALL_halt
        li a7, PV_EXTENSION
        ecall
        .balign 4
user_trap:
        ld t0, on_user
        jr t0
        .balign 4
kernel_trap:
        beqz s10, 1f
        jr s10
1:      addi s11, s11, 100
        j wrong
        .data
        .balign 8
on_user: .dword 0
