# SPDX-License-Identifier: GPL-3.0-or-later
# misbehave [N]: does everything that a user program must not do, or only the N-th
# misdeed. Each is done by a child of its own. Another child, the bystander, is asked
# after each for a sign of life.

        .include "user.inc"
        .option norvc                   # the addresses in the kernel's reports stay put

# The table of misdeeds is at the end: where the deed is, from the table's start, and
# its description.
.equ DEED_SIZE, 44

        .text
        .globl  misbehave
# s0: misdeed at hand, s1: the one that is asked for, or 0, s2: its entry, s3: its
# child, s4, s5: pipe to the bystander (read, write), s6, s7: pipe from it
misbehave:
        li      a1, 0
        call    u_number
        mv      s1, a1
        addi    sp, sp, -16
        mv      a0, sp
        sys     pipe
        ld      s4, 0(sp)
        ld      s5, 8(sp)
        mv      a0, sp
        sys     pipe
        ld      s6, 0(sp)
        ld      s7, 8(sp)
        sys     fork
        beqz    a0, bystander
        mv      s8, a0                  # s8: the bystander
        mv      a0, s4
        sys     close
        mv      a0, s7
        sys     close

        li      s0, 0
        la      s2, deeds
each:   addi    s0, s0, 1
        lw      t0, 0(s2)
        beqz    t0, ready
        beqz    s1, 1f
        bne     s0, s1, 3f
1:      say     "misdeed "
        mv      a0, s0
        call    u_decimal
        say     ": "
        addi    a0, s2, 4
        call    u_print
        say     "\n"
        sys     fork
        bnez    a0, 2f
        la      t0, deeds
        lw      t1, 0(s2)
        add     t0, t0, t1
        jr      t0
2:      call    u_wait
        mv      s3, a0
        say     "  status "
        mv      a0, s3
        call    u_decimal
        mv      a0, s5                  # a byte there and back
        mv      a1, sp
        li      a2, 1
        sys     write
        mv      a0, s6
        mv      a1, sp
        li      a2, 1
        sys     read
        blez    a0, 4f
        say     "; the bystander is well\n"
3:      addi    s2, s2, DEED_SIZE
        j       each
4:      say     "; the bystander is gone\n"
        li      a0, 1
        sys     exit

ready:  mv      a0, s5                  # the bystander reads the end
        sys     close
        mv      a0, s8
        call    u_wait
        sys     exit

bystander:
        mv      a0, s5
        sys     close
1:      mv      a0, s4
        mv      a1, sp
        li      a2, 1
        sys     read
        blez    a0, 2f
        mv      a0, s7
        mv      a1, sp
        li      a2, 1
        sys     write
        j       1b
2:      li      a0, 0
        sys     exit

# The misdeeds. One that does not kill exits: with 0 if it was answered as it should
# be, with 1 if not.
load_null:
        ld      t0, 0(zero)
        j       survived
load_noncanonical:
        li      t0, 1 << 62
        ld      t0, 0(t0)
        j       survived
load_kernel:
        li      t0, RAM
        ld      t0, 0(t0)
        j       survived
store_kernel:
        li      t0, RAM
        sd      t0, 0(t0)
        j       survived
store_device:
        li      t0, UART
        sb      t0, 0(t0)
        j       survived
store_text:
        la      t0, user_text
        sd      t0, 0(t0)
        j       survived
jump_nowhere:
        li      t0, USER_END - PAGE
        jr      t0
jump_stack:
        mv      t0, sp
        jr      t0
jump_kernel:
        li      t0, RAM
        jr      t0
read_csr:
        csrr    t0, sstatus
        j       survived
write_csr:
        csrw    satp, zero
        j       survived
do_sret:
        sret
do_wfi: wfi
        j       survived
do_sfence:
        sfence.vma
        j       survived
illegal:
        .word   0                       # no instruction, now or ever
breakpoint:
        ebreak
        j       survived
misaligned:
        addi    t0, sp, 1
        lr.d    t0, (t0)
        j       survived
overflow:
        addi    sp, sp, -512
        sd      ra, 0(sp)
        call    overflow

bad_call:
        li      a7, SYS_COUNT
        ecall
        bnei    a0, E_NOSYS, survived
        li      a7, -1
        ecall
        bnei    a0, E_NOSYS, survived
        j       answered

bad_pointer:
        .irp    pointer, 0, RAM, UART, USER_HEAP, USER_STACK - 8, USER_END - 4, -4, 1 << 62
        li      a0, 1
        li      a1, \pointer
        li      a2, 8
        sys     write
        bnei    a0, E_FAULT, survived
        .endr
        la      a1, user_text           # a disk or a pipe would write there
        mv      a0, a1
        sys     pipe
        bnei    a0, E_FAULT, survived
        li      a0, RAM
        li      a1, 0
        sys     exec
        bnei    a0, E_FAULT, survived
        j       answered

bad_descriptor:
        .irp    descriptor, 1 << 40, -1, NFILES, NFILES - 1
        li      a0, \descriptor
        mv      a1, sp
        li      a2, 1
        sys     read
        bnei    a0, E_BADF, survived
        .endr
        mv      a0, s5                  # write-only
        mv      a1, sp
        li      a2, 1
        sys     read
        bnei    a0, E_BADF, survived
        j       answered

bad_size:
        .irp    size, 1 << 40, -PAGE, 1 << 63
        li      a0, \size
        sys     sbrk
        bnei    a0, E_INVAL, survived
        .endr
        j       answered

kill_self:
        sys     getpid
        sys     kill
        j       survived

endless:
        li      a0, 3
        sys     limit
1:      j       1b

survived:
        li      a0, 1
        sys     exit
answered:
        li      a0, 0
        sys     exit

.macro deed label, text
        .word   \label - deeds
1:      .asciz  "\text"
        .zero   DEED_SIZE - 4 - (. - 1b)
.endm
        .balign 4
deeds:
        deed    load_null, "load from address 0"
        deed    load_noncanonical, "load from a non-canonical address"
        deed    load_kernel, "load from the kernel"
        deed    store_kernel, "store to the kernel"
        deed    store_device, "store to a device"
        deed    store_text, "store to read-only text"
        deed    jump_nowhere, "jump to nowhere"
        deed    jump_stack, "jump to the stack"
        deed    jump_kernel, "jump into the kernel"
        deed    read_csr, "read of a supervisor CSR"
        deed    write_csr, "write of satp"
        deed    do_sret, "sret"
        deed    do_wfi, "wfi"
        deed    do_sfence, "sfence.vma"
        deed    illegal, "an illegal instruction"
        deed    breakpoint, "ebreak without a debugger"
        deed    misaligned, "a misaligned lr.d"
        deed    overflow, "stack overflow"
        deed    bad_call, "bad system call numbers"
        deed    bad_pointer, "bad pointers to system calls"
        deed    bad_descriptor, "bad descriptors"
        deed    bad_size, "bad sizes of the heap"
        deed    kill_self, "kill of oneself"
        deed    endless, "an endless loop under a CPU limit"
        .word   0
