# SPDX-License-Identifier: GPL-3.0-or-later
# What the kernel itself says: strings and numbers, the report of a killed process,
# the panic; and the end of the machine.

        .include "defs.inc"
        .globl  print, print_hex, print_decimal, report, report_end
        .globl  report_exception, panic_trap, panic, halt

.macro say string                       # print a string given on the spot
        .section .rodata
9:      .asciz  "\string"
        .text
        la      a0, 9b
        call    print
.endm

        .text
# in: a0 = string
print:  enter
        mv      s0, a0
1:      lbu     a0, 0(s0)
        beqz    a0, 2f
        call    console_put
        addi    s0, s0, 1
        j       1b
2:      leave

# in: a0 = number; prints 0x and 16 digits
print_hex:
        enter
        mv      s0, a0
        say     "0x"
        li      s1, 64
1:      addi    s1, s1, -4
        srl     t0, s0, s1
        andi    t0, t0, 15
        la      t1, digits
        add     t1, t1, t0
        lbu     a0, 0(t1)
        call    console_put
        bnez    s1, 1b
        leave

# in: a0 = unsigned number
print_decimal:
        enter
        li      t0, 10
        remu    s0, a0, t0
        divu    a0, a0, t0
        beqz    a0, 1f
        call    print_decimal
1:      addi    a0, s0, '0'
        call    console_put
        leave

# Begins a line about the current process, "kernel: pid 7 (NAME) killed: REASON".
# in: a0 = reason
report: enter
        mv      s0, a0
        say     "kernel: pid "
        ld      a0, P_PID(tp)
        call    print_decimal
        say     " ("
        addi    a0, tp, P_NAME
        call    print
        say     ") killed: "
        mv      a0, s0
        call    print
        leave

report_end:
        li      a0, '\n'
        j       console_put

# The whole line for an exception of the current process. in: a0 = cause, a1 = stval
report_exception:
        enter
        mv      s0, a0
        mv      s1, a1
        slli    t0, s0, 3
        la      t1, cause_names
        add     t1, t1, t0
        ld      a0, 0(t1)
        call    report
        say     " at pc "
        ld      a0, P_PC(tp)
        call    print_hex
        bltui   s0, CAUSE_FETCH_PAGE, 1f # all from here on are page faults
        say     " address "
        mv      a0, s1
        call    print_hex
1:      call    report_end
        leave

# in: a0 = what happened, a1 = cause, a2 = pc, a3 = trap value
panic_trap:
        mv      s0, a1
        mv      s1, a2
        mv      s2, a3
        mv      s3, a0
        say     "kernel panic: "
        mv      a0, s3
        call    print
        say     ": cause "
        mv      a0, s0
        call    print_hex
        say     " at pc "
        mv      a0, s1
        call    print_hex
        say     " tval "
        mv      a0, s2
        call    print_hex
        j       give_up

# in: a0 = what happened
panic:  mv      s0, a0
        say     "kernel panic: "
        mv      a0, s0
        call    print
give_up:
        call    report_end
        li      a0, STATUS_PANIC

# Stops the machine. in: a0 = status
halt:   mv      s0, a0
        call    console_flush
        load    t0, pv_on
        mv      a0, s0
        bnez    t0, pv_halt
        li      t0, FINISHER_PASS
        beqz    s0, 1f
        slli    s0, s0, 16
        li      t0, FINISHER_FAIL
        or      t0, t0, s0
1:      li      t1, FINISHER
        sw      t0, 0(t1)
2:      wfi
        j       2b

        .section .rodata
        .balign 8
cause_names:
        .dword  fetch_misaligned, fetch_access, illegal, breakpoint
        .dword  load_misaligned, load_access, store_misaligned, store_access
        .dword  reserved, reserved, reserved, reserved
        .dword  fetch_page, load_page, reserved, store_page
fetch_misaligned: .asciz "instruction address misaligned"
fetch_access:     .asciz "instruction access fault"
illegal:          .asciz "illegal instruction"
breakpoint:       .asciz "breakpoint"
load_misaligned:  .asciz "load address misaligned"
load_access:      .asciz "load access fault"
store_misaligned: .asciz "store address misaligned"
store_access:     .asciz "store access fault"
fetch_page:       .asciz "instruction page fault"
load_page:        .asciz "load page fault"
store_page:       .asciz "store page fault"
reserved:         .asciz "reserved cause"
digits:           .ascii "0123456789abcdef"
