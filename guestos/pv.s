# SPDX-License-Identifier: GPL-3.0-or-later
# What this kernel does differently when its monitor offers it an interface (docs/paravirtual.md):
# it asks for changes of page tables in batches, has its traps and the way back to a process without
# privileged instructions, and has no devices. `pv_on` is 0 where there is no such monitor; every
# other file tests that where it would touch the hardware.

        .include "defs.inc"
        .globl  pv_start, pv_on, pv_delta, pv_shared, pv_resume, pv_entry_set, pv_flush
        .globl  pv_table_alloc, pv_table_put, pv_create, pv_unpin, pv_vm_switch
        .globl  pv_set_timer, pv_yield, pv_events, pv_console_service, pv_disk_init
        .globl  pv_disk_kick, pv_halt

.equ POOL,              512             # frames that are kept for tables: a megapage's
.equ FDT_ROOM,          64 << 10        # the device tree, with what is left of making it
.equ BATCH,             64              # changes of entries that are asked for at a time

# A batch. Its parts are done in this order.
.equ B_PIN,             0               # a root to pin, or 0
.equ B_COUNT,           8               # changes of entries
.equ B_SPACE,           16              # a root to run in, or 0
.equ B_UNPIN,           24              # a root that is none any more, or 0
.equ B_LIST,            32

.macro hypercall name
        li      a6, PV_CALL_\name
        li      a7, PV_EXTENSION
        ecall
.endm

        .text
# ---- Start ------------------------------------------------------------------
# Is there such a monitor? Then we are its paravirtual kernel from now on. The kernel's mapping has
# been built, and not yet been used. out: a0 = 1 if so
pv_start:
        enter
        hypercall info
        bnez    a0, 1f
        bnei    a1, PV_VERSION, 1f
        load    s0, ram_end             # the last megapage is for tables
        li      t0, MEGAPAGE
        sub     s0, s0, t0
        load    t0, fresh
        bltu    s0, t0, 1f              # so little memory: as on any machine
        store   s0, ram_end, t0
        mv      t1, s0
        load    t2, fdt                 # tables begin as zeros: not where the device tree lies
        bltu    t2, s0, 2f
        li      t1, FDT_ROOM
        add     t1, t1, t2
        srli    t1, t1, 12
        slli    t1, t1, 12
2:      store   t1, pool_next, t0
        li      t0, MEGAPAGE
        add     t0, t0, s0
        store   t0, pool_end, t1

        la      t0, kernel_root         # no devices
        sd      zero, 0(t0)
        la      t0, kernel_level1       # tables cannot be written: the pool,
        li      t1, RAM
        sub     t1, s0, t1
        srli    t1, t1, 21 - 3
        add     t0, t0, t1
        ld      t1, 0(t0)
        andi    t1, t1, ~PTE_W
        sd      t1, 0(t0)
        la      t1, kernel_root         # and the kernel's three, which lie behind each other
        li      t0, RAM
        sub     t1, t1, t0
        srli    t1, t1, 12 - 3
        la      t0, kernel_level0
        add     t0, t0, t1
        .irp    n, 0, 1, 2
        ld      t1, 8*\n(t0)
        andi    t1, t1, ~PTE_W
        sd      t1, 8*\n(t0)
        .endr

        la      a0, pv_shared
        la      a1, pv_trap
        la      a2, pv_kernel_trap
        la      a3, kernel_root
        li      a4, USER_SLOT | 1 << 16
        hypercall start
        bnez    a0, refused
        load    t0, pv_shared+PV_offset
        srli    t0, t0, 2
        store   t0, pv_delta, t1
        li      a0, 1
        store   a0, pv_on, t0
        leave
1:      leave_with 0

refused:
        mv      a2, a6
        mv      a1, a0
        la      a0, not_done
        mv      a3, zero
        j       panic_trap              # cause: the error; pc: which call

# ---- Traps -------------------------------------------------------------------
# From a process: tp is it already, and its own tp in the shared page.
pv_trap:
        .irp    n, 1,2,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sd      x\n, 8*\n(tp)
        .endr
        la      t0, pv_shared
        ld      t1, PV_user_tp(t0)
        sd      t1, P_TP(tp)
        ld      t1, PV_epc(t0)
        sd      t1, P_PC(tp)
        la      sp, kernel_stack_top
        ld      s0, PV_cause(t0)
        ld      s1, PV_tval(t0)
        j       trap_sort

pv_resume:
        la      t0, pv_shared
        ld      t1, P_ROOT(tp)          # changed on the way, if it is another one
        sd      t1, PV_root(t0)
        store   t1, current_root, t2
        ld      t1, P_PC(tp)
        sd      t1, PV_epc(t0)
        sd      tp, PV_kernel_tp(t0)
        ld      t1, 8*16(tp)
        sd      t1, PV_a6(t0)
        ld      t1, 8*17(tp)
        sd      t1, PV_a7(t0)
        .irp    n, 1,2,3,5,6,7,8,9,10,11,12,13,14,15,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      x\n, 8*\n(tp)
        .endr
        ld      tp, P_TP(tp)
        hypercall return_to_user
        j       refused

pv_kernel_trap:
        la      sp, kernel_stack_top
        la      t0, pv_shared
        ld      a1, PV_cause(t0)
        ld      a2, PV_epc(t0)
        ld      a3, PV_tval(t0)
        la      a0, in_kernel
        j       panic_trap

# ---- Page tables --------------------------------------------------------------
# Notes a change. in: t4 = where, t5 = the new entry; clobbers t4-t6
pv_entry_set:
        addi    sp, sp, -16
        sd      t0, 0(sp)
        la      t6, batch
        ld      t0, B_COUNT(t6)
        addi    t0, t0, 1
        sd      t0, B_COUNT(t6)
        slli    t0, t0, 4
        add     t6, t6, t0
        sd      t4, B_LIST-16(t6)
        sd      t5, B_LIST-8(t6)
        addi    t0, t0, -16*BATCH
        mv      t6, t0
        ld      t0, 0(sp)
        addi    sp, sp, 16
        beqz    t6, pv_flush            # it is full
        ret

# Has everything done that was noted; what can be more than one call is a multicall. Clobbers t4-t6
pv_flush:
        addi    sp, sp, -48
        sd      a0, 0(sp)
        sd      a1, 8(sp)
        sd      a6, 16(sp)
        sd      a7, 24(sp)
        sd      t0, 32(sp)
        la      t6, batch
        la      t5, calls               # t5: the next entry
        li      t4, PV_CALL_pin
        ld      t0, B_PIN(t6)
        sd      zero, B_PIN(t6)
        beqz    t0, 1f
        sd      t4, 0(t5)
        sd      t0, 8(t5)
        addi    t5, t5, PV_CALL_SIZE
1:      li      t4, PV_CALL_mmu_update
        ld      t0, B_COUNT(t6)
        sd      zero, B_COUNT(t6)
        beqz    t0, 2f
        sd      t4, 0(t5)
        addi    t4, t6, B_LIST
        sd      t4, 8(t5)
        sd      t0, 16(t5)
        addi    t5, t5, PV_CALL_SIZE
2:      li      t4, PV_CALL_set_space
        ld      t0, B_SPACE(t6)
        sd      zero, B_SPACE(t6)
        beqz    t0, 3f
        sd      t4, 0(t5)
        sd      t0, 8(t5)
        addi    t5, t5, PV_CALL_SIZE
3:      li      t4, PV_CALL_unpin
        ld      t0, B_UNPIN(t6)
        sd      zero, B_UNPIN(t6)
        beqz    t0, 4f
        sd      t4, 0(t5)
        sd      t0, 8(t5)
        addi    t5, t5, PV_CALL_SIZE

4:      la      t4, calls
        sub     t0, t5, t4
        beqz    t0, 6f
        addi    t0, t0, -PV_CALL_SIZE
        bnez    t0, 5f
        ld      a0, 8(t4)               # only one
        ld      a1, 16(t4)
        ld      a6, 0(t4)
        li      a7, PV_EXTENSION
        ecall
        bnez    a0, refused
        j       6f
5:      mv      a0, t4
        srli    a1, t0, 6
        addi    a1, a1, 1
        hypercall multicall
        bnez    a0, refused
6:      ld      a0, 0(sp)
        ld      a1, 8(sp)
        ld      a6, 16(sp)
        ld      a7, 24(sp)
        ld      t0, 32(sp)
        addi    sp, sp, 48
        ret

# in: a0 = root; clobbers t0, t1
pv_vm_switch:
        la      t0, batch
        sd      a0, B_SPACE(t0)
        ret

# Frames for tables: what was one is zero again. out: a0 = frame, or 0; clobbers t0, t1
pv_table_alloc:
        la      t0, pool_free
        ld      t1, 0(t0)
        beqz    t1, 1f
        addi    t1, t1, -1
        sd      t1, 0(t0)
        slli    t1, t1, 3
        la      t0, pool
        add     t0, t0, t1
        ld      a0, 0(t0)
        ret
1:      load    a0, pool_next
        load    t0, pool_end
        li      t1, PAGE
        add     t1, t1, a0
        bgtu    t1, t0, 2f
        store   t1, pool_next, t0
        ret
2:      li      a0, 0
        ret

# in: a0 = frame; clobbers t0-t2
pv_table_put:
        la      t0, pool_free
        ld      t1, 0(t0)
        addi    t2, t1, 1
        sd      t2, 0(t0)
        slli    t1, t1, 3
        la      t0, pool
        add     t0, t0, t1
        sd      a0, 0(t0)
        ret

# The rest of vm_create: the root is pinned while it is empty. in: a0 = its frame; out: a0 = root
pv_create:
        la      t0, batch
        sd      a0, B_PIN(t0)
        addi    t4, a0, 8*2
        la      t5, kernel_level1
        entry_of t5, t5, PTE_V
        call    pv_entry_set
        leave

# The end of a root. in: a0 = root; clobbers t0
pv_unpin:
        la      t0, batch
        sd      a0, B_UNPIN(t0)
        ret

# ---- Time and devices ---------------------------------------------------------
# in: t0 = time; clobbers a0, a1, a6, a7
pv_set_timer:
        mv      a0, t0
        hypercall set_timer
        ret

pv_yield:
        hypercall yield
        ret

# Answers the external event, as plic_dispatch does.
pv_events:
        enter
        hypercall events
        mv      s0, a1
        andi    t0, s0, PV_EVENT_CONSOLE
        beqz    t0, 1f
        call    console_service
1:      andi    t0, s0, PV_EVENT_DISK
        beqz    t0, 2f
        call    disk_interrupt
2:      leave

# As console_service, a piece of a ring at a time. in: s0 = ring of input, s1 = of output
pv_console_service:
        enter
        mv      s5, s1
1:      mv      a0, s0
        call    ring_room
        ld      t1, RING_TAIL(s0)
        call    ring_piece              # s2: bytes, s3: address
        beqz    s2, 2f
        mv      a0, s3
        mv      a1, s2
        hypercall console_read
        bnez    a0, refused
        beqz    a1, 2f
        ld      t0, RING_TAIL(s0)
        add     t0, t0, a1
        sd      t0, RING_TAIL(s0)
        mv      a0, s0
        call    wakeup
        j       1b
2:      mv      s0, s5
3:      ld      t1, RING_HEAD(s0)
        ld      t0, RING_TAIL(s0)
        sub     t0, t0, t1
        beqz    t0, 4f
        call    ring_piece
        mv      a0, s3
        mv      a1, s2
        hypercall console_write
        bnez    a0, refused
        ld      t0, RING_HEAD(s0)
        add     t0, t0, a1
        sd      t0, RING_HEAD(s0)
        mv      a0, s0
        call    wakeup
        j       3b
4:      leave

# in: a1-a3 = addresses of descriptors, available and used ring, a4 = length; out: a0 = 0 if there is
# a disk, a1 = its sectors
pv_disk_init:
        li      a0, 0
        hypercall block_ring
        ret

pv_disk_kick:
        li      a0, 0
        hypercall block_kick
        ret

# in: a0 = status
pv_halt:
        hypercall halt
        j       refused

        .section .rodata
not_done:
        .asciz  "the monitor refuses a call"

        .bss
        .balign PAGE
pv_shared:
        .zero   PAGE
pv_on:  .zero   8
pv_delta:                               # what an entry in a table has more than the one that was asked for
        .zero   8
pool_next:
        .zero   8                       # the first frame of the pool never used
pool_end:
        .zero   8
pool_free:
        .zero   8                       # how many were given back
pool:   .zero   8*POOL
batch:  .zero   B_LIST + 16*BATCH
        .balign PV_CALL_SIZE
calls:  .zero   4*PV_CALL_SIZE
