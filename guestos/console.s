# SPDX-License-Identifier: GPL-3.0-or-later
# The console: a 16550 UART, driven by its interrupts, with a ring for each
# direction. Input is not echoed here: the shell does that as it reads.

        .include "defs.inc"
        .globl  console_init, console_service, console_read, console_write
        .globl  console_put, console_flush

.equ UART_DATA,         0               # RBR and THR
.equ UART_IER,          1
.equ UART_LCR,          3
.equ UART_LSR,          5
.equ IER_RX,            1 << 0
.equ IER_THRE,          1 << 1
.equ LCR_8N1,           3
.equ LSR_DR,            1 << 0          # a byte has come in
.equ LSR_THRE,          1 << 5          # a byte may go out
.equ LSR_TEMT,          1 << 6          # all have gone out

        .text
# FCR stays as it is: to turn the FIFOs on would drop a byte that is already there.
console_init:
        load    t0, pv_on
        bnez    t0, console_service
        enter
        li      t0, UART
        li      t1, LCR_8N1
        sb      t1, UART_LCR(t0)
        li      a0, UART_IRQ
        call    plic_enable
        call    console_service
        leave

# Moves bytes between the rings and the UART, wakes who waits for that, and asks
# for the interrupts that are needed to go on. The UART is left alone while the
# input ring is full, so that no byte is lost.
console_service:
        enter
        native  7f
        la      s0, input
        la      s1, output
        call    pv_console_service
        leave
7:      li      s0, UART
        li      s1, 0                   # s1: IER to be
        li      s2, 0                   # s2: bytes received
1:      la      a0, input
        call    ring_room
        beqz    t0, 2f
        li      s1, IER_RX
        lbu     t0, UART_LSR(s0)
        andi    t0, t0, LSR_DR
        beqz    t0, 2f
        li      s1, 0
        lbu     a1, UART_DATA(s0)
        call    ring_put
        addi    s2, s2, 1
        j       1b
2:      beqz    s2, 3f
        la      a0, input
        call    wakeup

3:      la      s3, output
        ld      t0, RING_HEAD(s3)
        ld      t1, RING_TAIL(s3)
        beq     t0, t1, 5f
4:      lbu     t0, UART_LSR(s0)
        andi    t0, t0, LSR_THRE
        beqz    t0, 6f
        mv      a0, s3
        call    ring_get
        sb      a0, UART_DATA(s0)
        ld      t0, RING_HEAD(s3)
        ld      t1, RING_TAIL(s3)
        bne     t0, t1, 4b
        mv      a0, s3                  # there is room again
        call    wakeup
5:      sb      s1, UART_IER(s0)
        leave
6:      ori     s1, s1, IER_THRE
        j       5b

# in: a1 = user address, a2 = bytes, not 0; out: a0 = bytes, or an error
console_read:
        enter
        la      a0, input
        call    ring_to_user
        bnez    a0, served
        la      a0, input
        j       block

# in: a1 = user address, a2 = bytes, not 0; out: a0 = bytes, or an error
console_write:
        enter
        la      a0, output
        call    ring_from_user
        bnez    a0, served
        la      a0, output
        j       block

served: mv      s0, a0
        call    console_service
        mv      a0, s0
        leave

# For the kernel, which cannot wait: where there is no room, polls until there is.
# in: a0 = byte
console_put:
        enter
        mv      s0, a0
1:      la      a0, output
        call    ring_room
        bnez    t0, 2f
        call    console_service
        j       1b
2:      mv      a1, s0
        call    ring_put
        native  3f
        bnei    s0, '\n', 4f            # a line at a time
3:      call    console_service
4:      leave

# Returns when all output has left the UART.
console_flush:
        enter
        li      s0, UART
        la      s1, output
        load    t0, pv_on
        bnez    t0, 2f
1:      call    console_service
        lbu     t0, UART_LSR(s0)
        andi    t0, t0, LSR_TEMT
        beqz    t0, 1b
        ld      t0, RING_HEAD(s1)
        ld      t1, RING_TAIL(s1)
        bne     t0, t1, 1b
        leave
2:      call    console_service         # all goes out at once
        leave

        .bss
        .balign 8
input:  .zero   RING_DATA + RING_SIZE
output: .zero   RING_DATA + RING_SIZE
