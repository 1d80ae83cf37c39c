# SPDX-License-Identifier: GPL-3.0-or-later
# Address spaces: the kernel's own mapping, and the page tables of processes: made,
# walked, copied for fork, freed. The layout is drawn in defs.inc.

        .include "defs.inc"
        .globl  vm_init, vm_switch, vm_create, vm_walk, vm_unmap, vm_free, vm_copy
        .globl  vm_map_programs, kernel_root, kernel_level0, kernel_level1, current_root

.equ KERNEL_RX,         PTE_V | PTE_R | PTE_X | PTE_A
.equ KERNEL_R,          PTE_V | PTE_R | PTE_A
.equ KERNEL_RW,         PTE_V | PTE_R | PTE_W | PTE_A | PTE_D

        .text
# Builds the kernel's mapping and turns paging on. The image lies in the first
# megapage of RAM, which is mapped in pages so that each section has its rights.
vm_init:
        enter
        la      s0, kernel_root
        la      s1, kernel_level1
        la      t2, kernel_level0
        li      t0, KERNEL_RW           # slot 0: devices, one gigapage
        sd      t0, 0(s0)
        entry_of t0, s1, PTE_V          # slot 2: RAM
        sd      t0, 8*2(s0)
        entry_of t0, t2, PTE_V          # its first megapage
        sd      t0, 0(s1)
        li      t3, RAM
        li      t6, PAGE
        la      t4, text_end
        li      t5, KERNEL_RX
        call    map
        la      t4, rodata_end
        li      t5, KERNEL_R
        call    map
        li      t4, RAM + MEGAPAGE
        li      t5, KERNEL_RW
        call    map
        addi    t2, s1, 8               # the other megapages
        li      t6, MEGAPAGE
        load    t4, ram_end
        call    map
        call    pv_start
        bnez    a0, 1f
        mv      a0, s0
        call    vm_switch
        leave
1:      store   s0, current_root, t0
        leave

# Maps t3 up to t4 onto itself, in pages of size t6 with the flags t5. t2: next entry
map:    bgeu    t3, t4, 1f
        srli    t0, t3, 2
        or      t0, t0, t5
        sd      t0, 0(t2)
        addi    t2, t2, 8
        add     t3, t3, t6
        j       map
1:      ret

# in: a0 = root of the address space to run in; clobbers t0, t1
vm_switch:
        la      t0, current_root
        ld      t1, 0(t0)
        beq     t1, a0, 1f
        sd      a0, 0(t0)
        load    t0, pv_on
        bnez    t0, pv_vm_switch
        srli    t0, a0, 12
        li      t1, SATP_SV39
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
1:      ret

# Frames for tables. out: a0 = frame of zeros, or 0; clobbers t0-t3
table_alloc:
        load    t0, pv_on
        beqz    t0, frame_zalloc
        j       pv_table_alloc

# in: a0 = frame; clobbers t0-t2
table_put:
        load    t0, pv_on
        beqz    t0, frame_put
        j       pv_table_put

# out: a0 = root of an address space with nothing in the process's slot, or 0
vm_create:
        enter
        call    table_alloc
        beqz    a0, 1f
        load    t0, pv_on
        bnez    t0, pv_create
        la      t0, kernel_root
        ld      t1, 0(t0)
        sd      t1, 0(a0)
        ld      t1, 8*2(t0)
        sd      t1, 8*2(a0)
1:      leave

# Finds the level-0 entry of a user address. It is the caller's to fence what it
# then changes there. in: a0 = root, a1 = address, a2 = 1 to add missing tables;
# out: a0 = address of the entry, or 0
vm_walk:
        enter
        mv      s0, a0
        mv      s1, a1
        mv      s2, a2
        li      s4, 0                   # tables were added
        li      s3, 12 + 9 + 9          # where this level's index begins
1:      srl     t0, s1, s3
        andi    t0, t0, 511
        slli    t0, t0, 3
        add     s0, s0, t0
        beqi    s3, 12, 3f
        load_entry t1, 0(s0)
        andi    t0, t1, PTE_V
        bnez    t0, 2f
        beqz    s2, 4f
        call    table_alloc
        beqz    a0, 4f
        entry_of t1, a0, PTE_V
        set_entry t1, s0
        li      s4, 1
2:      frame_of s0, t1
        addi    s3, s3, -9
        j       1b
4:      li      s0, 0
3:      beqz    s4, 5f
        fence_entries                   # not leaves: only the full fence covers them
5:      mv      a0, s0
        leave

# The first mapped page of a user range. in: a0 = root, a1 = address, a2 = end;
# out: a0 = address of its entry, or 0; a1 = its address; clobbers t0-t3
vm_next:
        load_entry t0, 8*USER_SLOT(a0)
        li      a0, 0
        andi    t1, t0, PTE_V
        beqz    t1, 4f
        frame_of t0, t0                 # t0: level-1 table
        li      t2, PAGE
1:      bgeu    a1, a2, 4f
        srli    t1, a1, 21
        andi    t1, t1, 511
        slli    t1, t1, 3
        add     t1, t1, t0
        load_entry t1, 0(t1)
        andi    t3, t1, PTE_V
        beqz    t3, 3f
        frame_of t1, t1                 # t1: level-0 entry of a1
        srli    t3, a1, 12
        andi    t3, t3, 511
        slli    t3, t3, 3
        add     t1, t1, t3
2:      ld      t3, 0(t1)
        andi    t3, t3, PTE_V
        bnez    t3, 5f
        addi    t1, t1, 8
        add     a1, a1, t2
        bgeu    a1, a2, 4f
        slli    t3, a1, 64 - 21
        bnez    t3, 2b
        j       1b
3:      srli    a1, a1, 21              # no table: on to the next megapage
        addi    a1, a1, 1
        slli    a1, a1, 21
        j       1b
5:      mv      a0, t1
4:      ret

# Unmaps the pages of a user range. in: a0 = root, a1 = address, a2 = end
vm_unmap:
        enter
        call    unmap
        fence_entries                   # before anybody uses those frames again
        leave

# Likewise; the fence is the caller's.
unmap:  enter
        mv      s0, a0
        mv      s1, a2
1:      mv      a0, s0
        mv      a2, s1
        call    vm_next
        beqz    a0, 2f
        load_entry t0, 0(a0)
        set_entry zero, a0
        frame_of a0, t0
        call    frame_put
        li      t0, PAGE
        add     a1, a1, t0
        j       1b
2:      leave

# Frees an address space that is not the current one. in: a0 = root, a1 = its brk
vm_free:
        enter
        mv      s0, a0
        mv      a2, a1
        li      a1, USER_BASE
        call    unmap
        load_entry t0, 8*USER_SLOT(s0)
        andi    t1, t0, PTE_V
        beqz    t1, 3f
        frame_of s1, t0                 # s1: level-1 table, s2: entry, s3: end
        mv      s2, s1
        li      s3, PAGE
        add     s3, s3, s1
1:      ld      t0, 0(s2)
        beqz    t0, 2f
        load_entry t0, 0(s2)
        frame_of a0, t0
        call    table_put
2:      addi    s2, s2, 8
        bltu    s2, s3, 1b
        mv      a0, s1
        call    table_put
3:      mv      a0, s0
        call    table_put
        native  4f
        mv      a0, s0
        call    pv_unpin
4:      fence_entries                   # before anybody uses those frames again
        leave

# A copy for fork: every page is shared, and what was writable becomes copy on
# write on both sides. in: a0 = current root, a1 = its brk; out: a0 = new root, or 0
vm_copy:
        enter
        mv      s0, a0
        mv      s1, a1
        call    vm_create
        mv      s2, a0
        beqz    a0, 4f
        li      s3, USER_BASE
1:      mv      a0, s0
        mv      a1, s3
        mv      a2, s1
        call    vm_next
        mv      s3, a1
        beqz    a0, 4f
        load_entry s4, 0(a0)
        andi    t0, s4, PTE_W
        beqz    t0, 2f
        andi    s4, s4, ~PTE_W
        ori     s4, s4, PTE_COW
        set_entry s4, a0
2:      mv      a0, s2
        mv      a1, s3
        li      a2, 1
        call    vm_walk
        beqz    a0, 3f
        set_entry s4, a0
        frame_of a0, s4
        call    frame_get
        li      t0, PAGE
        add     s3, s3, t0
        j       1b
3:      mv      a0, s2                  # out of memory
        mv      a1, s1
        call    vm_free
        li      s2, 0
4:      fence_entries                   # the parent has lost rights
        mv      a0, s2
        leave

# Maps the programs' text and constants. in: a0 = root; out: a0 = 0 or E_NOMEM
vm_map_programs:
        enter
        mv      s0, a0
        la      s1, user_text           # s1: page, s2: end, s3: flags
        la      s2, text_end
        li      s3, USER_RX
1:      mv      a0, s0
        la      a1, user_text
        sub     a1, s1, a1
        li      t0, USER_BASE
        add     a1, a1, t0
        li      a2, 1
        call    vm_walk
        beqz    a0, 3f
        srli    t0, s1, 2
        or      t0, t0, s3
        set_entry t0, a0
        li      t0, PAGE
        add     s1, s1, t0
        bltu    s1, s2, 1b
        beqi    s3, USER_R, 2f
        li      s3, USER_R
        la      s1, user_rodata
        la      s2, rodata_end
        j       1b
2:      fence_entries
        leave_with 0
3:      leave_with E_NOMEM

        .bss
        .balign PAGE
kernel_root:
        .zero   PAGE
kernel_level1:
        .zero   PAGE
kernel_level0:
        .zero   PAGE
current_root:
        .zero   8
