# SPDX-License-Identifier: GPL-3.0-or-later
#
# An S-mode guest of OpenSBI: what it is told by the SBI, timer interrupts by sbi_set_timer, its own IPI, remote fences, the firmware's
# console, an illegal instruction and a misaligned access as the firmware hands them on; at the end it has the machine turned off.
        .equ    TIME, 0x54494d45        # extensions
        .equ    IPI, 0x735049
        .equ    RFENCE, 0x52464e43
        .equ    BASE, 0x10
        .equ    HSM, 0x48534d
        .equ    SRST, 0x53525354
        .equ    UART, 0x10000000

        .macro  sbi extension, function
        li      a7, \extension
        li      a6, \function
        ecall
        .endm
        .macro  say what
        la      a0, 9f
        call    print
        .data
9:      .asciz  "\what\n"
        .text
        .endm
        # a0 is 0, or the guest says so and goes on.
        .macro  wants what
        beqz    a0, 8f
        say     "\what fails"
8:
        .endm

        .globl  _start
_start: la      sp, stack
        mv      s10, a0                 # hart
        mv      s11, a1                 # device tree
        csrw    sie, zero
        la      t0, trap
        csrw    stvec, t0
        say     "S-mode"
        sbi     BASE, 0                 # version of the SBI
        wants   "get_spec_version"
        li      t0, 0x1000000
        bgeu    a1, t0, 1f
        li      t0, 3
        bgeu    a1, t0, 1f
        say     "an old SBI"
1:      bnez    s10, wrong
        lwu     t0, (s11)
        li      t1, 0xedfe0dd0
        bne     t0, t1, wrong

        # Each of these extensions is there.
        la      s0, extensions
1:      lwu     a0, (s0)
        beqz    a0, 2f
        sbi     BASE, 3
        wants   "probe_extension"
        beqz    a1, wrong
        addi    s0, s0, 4
        j       1b

        # Three timer interrupts, a tenth of a millisecond apart, each waited for asleep.
2:      li      s1, 3
        li      t0, 0x20
        csrw    sie, t0
1:      li      s2, 0
        rdtime  s3
        addi    s3, s3, 1000
        mv      a0, s3
        sbi     TIME, 0
        wants   "set_timer"
2:      wfi
        csrsi   sstatus, 2              # interrupts come here only
        csrci   sstatus, 2
        beqz    s2, 2b
        rdtime  t0
        bltu    t0, s3, wrong
        say     "timer"
        addi    s1, s1, -1
        bnez    s1, 1b

        # An IPI to itself.
        li      t0, 2
        csrw    sie, t0
        li      s2, 0
        li      a0, 1
        li      a1, 0
        sbi     IPI, 0
        wants   "send_ipi"
        csrsi   sstatus, 2
2:      beqz    s2, 2b
        csrci   sstatus, 2
        say     "IPI"

        # Fences of this hart, asked for as one asks for remote ones; its state.
        li      a0, 1
        li      a1, 0
        sbi     RFENCE, 0
        wants   "remote_fence_i"
        li      a0, 1
        li      a1, 0
        li      a2, 0
        li      a3, -1
        sbi     RFENCE, 1
        wants   "remote_sfence_vma"
        li      a0, 0
        sbi     HSM, 2
        wants   "hart_get_status"
        bnez    a1, wrong
        say     "fences"

        # What the firmware cannot do for its guest comes back as a trap: the instruction, and where it was.
        li      s2, 0
        csrr    t0, mscratch
        li      t0, 2
        bne     s2, t0, wrong
        li      t1, 0x340022f3
        bne     s4, t1, wrong
        say     "illegal instruction"
        li      t0, 0x8000000000000000
        li      s2, 0
        ld      t1, (t0)                # nothing is there
        li      t1, 5
        bne     s2, t1, wrong
        bne     s4, t0, wrong
        say     "access fault"

        la      s0, last
1:      lbu     a0, (s0)
        beqz    a0, 2f
        li      a7, 1                   # the old console_putchar
        ecall
        addi    s0, s0, 1
        j       1b
2:      li      a0, 0                   # shut down
        li      a1, 0
        sbi     SRST, 0
wrong:  say     "wrong"
        li      t0, 0x100000
        li      t1, 0x13333
        sw      t1, (t0)

print:  li      t0, UART
1:      lbu     t1, (a0)
        beqz    t1, 2f
        sb      t1, (t0)
        addi    a0, a0, 1
        j       1b
2:      ret

        # s2: an exception's cause, with s4 its value, and it is skipped; 1 after an interrupt, of which there is no more.
        .balign 4
trap:   csrr    s2, scause
        csrr    s4, stval
        bltz    s2, 1f
        csrr    s5, sepc
        addi    s5, s5, 4
        csrw    sepc, s5
        sret
1:      andi    s2, s2, 15
        li      s5, 5
        bne     s2, s5, 2f
        li      a0, -1
        li      a7, TIME
        li      a6, 0
        ecall
        j       3f
2:      csrci   sip, 2
3:      li      s2, 1
        sret

        .data
        .balign 4
extensions:
        .4byte  BASE, TIME, IPI, RFENCE, HSM, SRST, 0
last:   .asciz  "good night\n"
        .bss
        .balign 16
        .zero   1024
stack:
