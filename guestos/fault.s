# SPDX-License-Identifier: GPL-3.0-or-later
# Giving a process the page that it touches (demand zero, copy on write), and the
# copying of bytes between the kernel and a process, which relies on it.

        .include "defs.inc"
        .globl  vm_resolve, copy_in, copy_out, copy_in_string, copy_bytes

        .text
# Makes an access of the current process possible, if it has the right to it.
# in: a0 = address, a1 = PTE_R, PTE_W or PTE_X; out: a0 = 0, E_FAULT or E_NOMEM
vm_resolve:
        enter
        mv      s0, a0
        mv      s1, a1
        bltui   s0, USER_BASE, refuse
        bgeui   s0, USER_END, refuse
        ld      a0, P_ROOT(tp)
        mv      a1, s0
        li      a2, 0
        call    vm_walk
        mv      s2, a0                  # s2: address of the entry
        beqz    s2, absent
        load_entry s3, 0(s2)            # s3: the entry
        andi    t0, s3, PTE_V
        beqz    t0, absent
        and     t0, s3, s1
        bnez    t0, done
        bnei    s1, PTE_W, refuse
        andi    t0, s3, PTE_COW
        beqz    t0, refuse

        frame_of s4, s3                 # copy on write
        mv      a0, s4
        call    frame_shared
        beqz    t1, own                 # the others have made their copies
        call    frame_alloc
        beqz    a0, no_memory
        mv      s5, a0
        mv      a1, s4
        call    copy_page
        mv      a0, s4
        call    frame_put
        mv      s4, s5
own:    andi    t0, s3, 0xff            # all flags but PTE_COW
        ori     t0, t0, PTE_W
        j       install

absent: beqi    s1, PTE_X, refuse       # demand zero, in the stack and the heap
        bltui   s0, USER_STACK, refuse
        bltui   s0, USER_STACK_TOP, 1f
        bltui   s0, USER_HEAP, refuse
        ld      t0, P_BRK(tp)
        bgeu    s0, t0, refuse
1:      ld      a0, P_ROOT(tp)
        mv      a1, s0
        li      a2, 1
        call    vm_walk
        mv      s2, a0
        beqz    a0, no_memory
        call    frame_zalloc
        beqz    a0, no_memory
        mv      s4, a0
        li      t0, USER_RW

install:                                # s2: where, s4: frame, t0: flags
        srli    t1, s4, 2
        or      t1, t1, t0
        set_entry t1, s2
        fence_entries s0
done:   leave_with 0
refuse: leave_with E_FAULT
no_memory:
        leave_with E_NOMEM

# Makes a whole range of the current process accessible.
# in: a0 = address, a1 = bytes, a2 = PTE_R or PTE_W; out: a0 = 0, E_FAULT or E_NOMEM
resolve_range:
        enter
        mv      s0, a0
        mv      s1, a2
        add     s2, a0, a1              # s2: end
        bltu    s2, a0, 3f              # wraps around
1:      bgeu    s0, s2, 2f
        mv      a0, s0
        mv      a1, s1
        call    vm_resolve
        bnez    a0, 4f
        addi    s0, s0, 1               # the next page's first byte
        round_up s0
        j       1b
2:      leave_with 0
3:      li      a0, E_FAULT
4:      leave

# From the process. in: a0 = kernel address, a1 = user address, a2 = bytes;
# out: a0 = 0, E_FAULT or E_NOMEM, and then nothing was copied
copy_in:
        enter
        mv      s0, a0
        mv      s1, a1
        mv      s2, a2
        mv      a0, a1
        mv      a1, a2
        li      a2, PTE_R
        j       copy

# To the process. in: a0 = user address, a1 = kernel address, a2 = bytes;
# out: a0 = 0, E_FAULT or E_NOMEM, and then nothing was copied
copy_out:
        enter
        mv      s0, a0
        mv      s1, a1
        mv      s2, a2
        mv      a1, a2
        li      a2, PTE_W
copy:   call    resolve_range
        bnez    a0, 1f
        mv      a0, s0
        mv      a1, s1
        mv      a2, s2
        load    t0, pv_on
        bnez    t0, 2f
        li      s3, SSTATUS_SUM         # user pages are open to us only here
        csrs    sstatus, s3
        call    copy_bytes
        csrc    sstatus, s3
        li      a0, 0
1:      leave
2:      call    copy_bytes              # always open to a paravirtual kernel
        leave_with 0

# A NUL-terminated string from the process. in: a0 = kernel address, a1 = user
# address, a2 = room; out: a0 = 0, E_FAULT, E_NOMEM, or E_INVAL: it is too long
copy_in_string:
        enter
        mv      s0, a0
        mv      s1, a1
        add     s2, a0, a2
1:      mv      a0, s0
        mv      a1, s1
        li      a2, 1
        call    copy_in
        bnez    a0, 2f
        lbu     t0, 0(s0)
        beqz    t0, 2f
        addi    s0, s0, 1
        addi    s1, s1, 1
        bltu    s0, s2, 1b
        li      a0, E_INVAL
2:      leave

# in: a0 = to, a1 = from, a2 = bytes; clobbers a0-a2, t0
copy_bytes:
        add     a2, a2, a1
1:      bgeu    a1, a2, 2f
        lbu     t0, 0(a1)
        sb      t0, 0(a0)
        addi    a0, a0, 1
        addi    a1, a1, 1
        j       1b
2:      ret

# in: a0 = to, a1 = from; clobbers a0, a1, t0, t1
copy_page:
        li      t1, PAGE
        add     t1, t1, a1
1:      .irp    word, 0, 1, 2, 3
        ld      t0, 8*\word(a1)
        sd      t0, 8*\word(a0)
        .endr
        addi    a0, a0, 8*4
        addi    a1, a1, 8*4
        bltu    a1, t1, 1b
        ret
