# SPDX-License-Identifier: GPL-3.0-or-later
# A kernel for the flawed machine. It uses each of the four instructions that
# only `--profile flawed` has as a real kernel would, lets a user program use
# them, too, and says after each use what it relied on and what it found.
#
#   trapeze asm --profile flawed kernel.s -o kernel.elf
#   trapeze run -t native --profile flawed kernel.elf
#
# Status: how many uses went wrong. -D CHECKS=MASK leaves only some in it: bits
# 0 to 3 the kernel's popf, smsw, era, jrst; bits 4 to 7 the user program's.

        .ifndef CHECKS
CHECKS  = 0xff
        .endif
        .ifndef OFFSET
OFFSET  = 0x123                 # of what the kernel uses of its buffer
        .endif

.equ FINISHER,  0x00100000
.equ UART,      0x10000000
.equ USER_TEXT, 0x40000000      # where the user program believes to be
.equ USER_DATA, 0x40001000
.equ WINDOW,    0x40002000      # where the kernel maps `buffer`
.equ LEAF,      0xc3            # a page table entry: D, A, R (W, X, U), V
.equ POINTER,   1
.equ KERNEL_RWX, LEAF | 0xc
.equ USER_RX,   LEAF | 0x18
.equ USER_RW,   LEAF | 0x14
.equ WINDOW_RW, LEAF | 0x4
.equ SIE,       1 << 1
.equ SPIE,      1 << 5
.equ SPP,       1 << 8
.equ ECALL_U,   8

        .include "uses.inc"             # the kernel's four uses

# ---- Boot -----------------------------------------------------------------
        .text
# M-mode: memory, traps and the timer are the supervisor's.
_start: la      t0, m_trap
        csrw    mtvec, t0
        li      t0, -1
        srli    t0, t0, 10
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        li      t0, 0xb1ff              # all exceptions but calls from S
        csrw    medeleg, t0
        li      t0, 0x20                # the supervisor's timer
        csrw    mideleg, t0
        li      t0, 1 << 63             # stimecmp
        csrw    menvcfg, t0
        csrwi   mcounteren, 2           # time
        li      t0, 3 << 11
        csrc    mstatus, t0
        li      t0, 1 << 11
        csrs    mstatus, t0
        la      t0, supervisor
        csrw    mepc, t0
        mret

m_trap: j       panic

# S-mode: page tables, then the checks.
supervisor:
        la      sp, stack_top
        la      t0, s_trap
        csrw    stvec, t0
        call    map
        li      t0, -1
        csrw    stimecmp, t0
        li      t0, 0x20
        csrw    sie, t0
        li      s0, 0                   # how many uses went wrong
        .if     CHECKS & 0x01
        call    kernel_popf
        .endif
        .if     CHECKS & 0x02
        call    kernel_smsw
        .endif
        .if     CHECKS & 0x04
        call    kernel_era
        .endif
        .if     CHECKS & 0x08
        call    kernel_jrst
        .endif
        .if     CHECKS & 0x10
        call    check_user_popf
        .endif
        .if     CHECKS & 0x20
        call    check_user_smsw
        .endif
        .if     CHECKS & 0x40
        call    check_user_era
        .endif
        .if     CHECKS & 0x80
        call    check_user_jrst
        .endif
        la      a0, all_well
        beqz    s0, 1f
        la      a0, not_well
1:      call    print
        slli    a0, s0, 16
        li      t0, 0x3333
        or      a0, a0, t0
        bnez    s0, stop
        li      a0, 0x5555
stop:   li      t0, FINISHER
        sw      a0, (t0)
1:      j       1b

# Kernel, devices and RAM where they are; the user's pages and the window.
        .macro  entry table, index, frame, flags
        la      t1, \frame
        srli    t1, t1, 2
        ori     t1, t1, \flags
        la      t0, \table
        sd      t1, 8 * \index(t0)
        .endm

map:    entry   root, 0, 0, KERNEL_RWX          # 1 GiB each: devices, ...
        entry   root, 1, middle, POINTER        # ... USER_TEXT, ...
        entry   root, 2, 0x80000000, KERNEL_RWX # ... RAM
        entry   middle, 0, leaves, POINTER
        entry   leaves, 0, user_text, USER_RX
        entry   leaves, 1, user_data, USER_RW
        entry   leaves, 2, buffer, WINDOW_RW
        la      t0, root
        srli    t0, t0, 12
        li      t1, 8 << 60                     # Sv39
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        ret

# ---- The kernel's uses ----------------------------------------------------

# A critical section in another: interrupts off, some work, and as they were
# before. They come back with the outer one's end.
kernel_popf:
        mv      s1, ra
        la      t0, ticks
        sd      zero, (t0)
        csrsi   sstatus, SIE            # a kernel that can be interrupted, ...
        csrr    t0, time
        addi    t0, t0, 5
        csrw    stimecmp, t0            # ... some 500 instructions from now
        csrrci  s2, sstatus, SIE        # the outer section begins
        csrrci  s3, sstatus, SIE        # the inner one
        li      t0, 100
1:      addi    t0, t0, -1              # the work
        bnez    t0, 1b
        restore_interrupts s3           # the inner one ends
        csrr    s4, sstatus
        andi    s4, s4, SIE             # still off?
        restore_interrupts s2           # the outer one ends
        li      t0, 2000
        la      t2, ticks
1:      addi    t0, t0, -1              # until the tick, or ten times as long
        ld      t1, (t2)
        bnez    t1, 2f
        bnez    t0, 1b
2:      csrci   sstatus, SIE
        li      t0, -1
        csrw    stimecmp, t0
        la      a0, text_kernel_popf
        li      a1, 1
        slli    a2, s4, 4               # 0x20 more if they were on too early
        or      a2, a2, t1
        mv      ra, s1
        j       report

# Is this code the kernel's, or a library that a user program runs, too?
kernel_smsw:
        current_mode a2
        la      a0, text_kernel_smsw
        li      a1, 1
        j       report

# A device is to be given the physical address of a buffer.
kernel_era:
        li      a3, WINDOW + OFFSET
        sb      a3, (a3)                # the buffer is in use
        physical_address a2, a3
        la      a0, text_kernel_era
        la      a1, buffer + OFFSET
        j       report

# On to a user program, which makes a system call at once.
kernel_jrst:
        mv      s1, ra
        li      t0, SPP                 # left by some trap of the kernel's own
        csrs    sstatus, t0
        la      a0, user_nothing
        la      t0, jrst_user
        call    user
        mv      a2, a0
        la      a0, text_kernel_jrst
        li      a1, ECALL_U
        mv      ra, s1
        j       report

# ---- The user program's uses ----------------------------------------------

# A user program tries to switch interrupts off. They must stay on.
check_user_popf:
        mv      s1, ra
        la      a0, user_popf
        la      t0, sret_user
        call    user
        srli    a2, a2, 5               # SPIE: were they on as it made its call?
        andi    a2, a2, 1
        la      a0, text_user_popf
        li      a1, 1
        mv      ra, s1
        j       report

# It looks at the status that the kernel gave it: user mode, interrupts on.
check_user_smsw:
        mv      s1, ra
        la      a0, user_smsw
        la      t0, sret_user
        call    user
        li      t0, 3 << 11 | SPIE | SIE
        and     a2, a1, t0
        la      a0, text_user_smsw
        li      a1, SPIE | SIE
        mv      ra, s1
        j       report

# It asks for the physical address of its own data.
check_user_era:
        mv      s1, ra
        la      a0, user_era
        la      t0, sret_user
        call    user
        mv      a2, a1
        la      a0, text_user_era
        la      a1, user_data + 0x123
        mv      ra, s1
        j       report

# It jumps.
check_user_jrst:
        mv      s1, ra
        la      a0, user_jrst
        la      t0, sret_user
        call    user
        mv      a2, a1
        la      a0, text_user_jrst
        li      a1, 0x123
        mv      ra, s1
        j       report

# ---- To user mode and back ------------------------------------------------

# Runs the user program from the label a0 on until it traps, entered by way
# of t0. out: a0 = the cause, a1 = its a0, a2 = sstatus at the trap
user:   la      t1, user_text
        sub     a0, a0, t1
        li      t1, USER_TEXT
        add     a0, a0, t1
        la      t1, resume
        sd      ra, (t1)
        sd      sp, 8(t1)
        jr      t0

sret_user:
        csrw    sepc, a0
        li      t0, SPP
        csrc    sstatus, t0
        li      t0, SPIE
        csrs    sstatus, t0
        sret

jrst_user:
        enter_user a0

# Every trap of S-mode. The timer ticks and goes on; all else ends the user.
        .balign 4
s_trap: csrw    sscratch, t0
        csrr    t0, scause
        bltz    t0, tick
        la      t1, resume
        ld      ra, (t1)
        ld      sp, 8(t1)
        beqz    ra, panic
        sd      zero, (t1)
        mv      a1, a0
        mv      a0, t0
        csrr    a2, sstatus
        ret

tick:   sd      t1, -8(sp)              # interrupts come in S-mode only
        li      t0, -1
        csrw    stimecmp, t0
        la      t0, ticks
        ld      t1, (t0)
        addi    t1, t1, 1
        sd      t1, (t0)
        ld      t1, -8(sp)
        csrr    t0, sscratch
        sret

panic:  la      a0, text_panic
        call    print
        li      a0, 99 << 16 | 0x3333
        j       stop

# ---- Telling --------------------------------------------------------------

# a0 = what it is about, a1 = what was expected, a2 = what was found. Counts in s0.
report: mv      s3, ra
        mv      s4, a1
        mv      s5, a2
        call    print
        la      a0, text_expected
        call    print
        mv      a0, s4
        call    print_hex
        la      a0, text_got
        call    print
        mv      a0, s5
        call    print_hex
        la      a0, text_right
        beq     s4, s5, 1f
        la      a0, text_wrong
        addi    s0, s0, 1
1:      call    print
        mv      ra, s3
        ret

print:  li      t0, UART
1:      lbu     t1, (a0)
        addi    a0, a0, 1
        beqz    t1, 2f
        sb      t1, (t0)
        j       1b
2:      ret

print_hex:
        li      t0, UART
        li      t1, 60                  # leading zeroes
1:      srl     t2, a0, t1
        bnez    t2, 2f
        beqz    t1, 2f
        addi    t1, t1, -4
        j       1b
2:      srl     t2, a0, t1
        andi    t2, t2, 15
        addi    t2, t2, '0'
        li      t3, '9'
        ble     t2, t3, 3f
        addi    t2, t2, 'a' - '0' - 10
3:      sb      t2, (t0)
        addi    t1, t1, -4
        bgez    t1, 2b
        ret

        .rodata
text_kernel_popf: .asciz "popf kernel: ticks after the critical section"
text_kernel_smsw: .asciz "smsw kernel: the kernel's mode"
text_kernel_era:  .asciz "era  kernel: a buffer's physical address"
text_kernel_jrst: .asciz "jrst kernel: the trap by which the user comes back"
text_user_popf:   .asciz "popf user: interrupts are still on"
text_user_smsw:   .asciz "smsw user: the user's mode and interrupts"
text_user_era:    .asciz "era  user: its data's physical address"
text_user_jrst:   .asciz "jrst user: where it came to"
text_expected:    .asciz ": expected 0x"
text_got:         .asciz ", got 0x"
text_right:       .asciz ": right\n"
text_wrong:       .asciz ": wrong\n"
all_well:         .asciz "all is well\n"
not_well:         .asciz "this machine is not what the kernel took it for\n"
text_panic:       .asciz "an unexpected trap\n"

# ---- The user program: a page of code, a page of data ---------------------
        .section .user, "ax"
        .balign 4096
user_text:
user_nothing:
        ecall
user_popf:
        popf    zero
        ecall
user_smsw:
        smsw    a0
        ecall
user_era:
        li      t0, USER_DATA + 0x123
        sb      t0, (t0)
        era     a0, t0
        ecall
user_jrst:
        la      t0, 1f
        jrst    t0
        li      a0, 0
        ecall
1:      li      a0, 0x123
        ecall
        .balign 4096

        .bss
        .balign 4096
root:   .zero   4096
middle: .zero   4096
leaves: .zero   4096
user_data: .zero 4096
buffer: .zero   4096
        .zero   4096
stack_top:
ticks:  .zero   8
resume: .zero   16
