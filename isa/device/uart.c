/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The UART: a 16550A with a byte a register (National Semiconductor PC16550D data sheet, section 8). Interrupts behave
 * as QEMU's do, on which the kernels that run here were tried out.
 *
 * Sending takes no time. Receiving follows the rules of input in bus.h; since the line sends a byte only after the one
 * before it was read, nothing is lost between guest and outside. A byte that software throws away with the FIFO, as
 * drivers do when they start, is sent again. Modem lines are always up; the speed means nothing.
 */
#include "device.h"

enum { RBR_THR = 0, IER = 1, IIR_FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7, UART_REGISTERS = 8 };

enum { IER_RX = 0x01, IER_THRE = 0x02, IER_STATUS = 0x04, IER_MASK = 0x0f };
enum { IIR_NONE = 0x01, IIR_THRE = 0x02, IIR_RX = 0x04, IIR_STATUS = 0x06, IIR_TIMEOUT = 0x0c, IIR_FIFOS = 0xc0 };
enum { FCR_ENABLE = 0x01, FCR_CLEAR_RX = 0x02, FCR_CLEAR_TX = 0x04, FCR_MASK = 0xc9 };
enum { LCR_DLAB = 0x80 };
enum { MCR_DTR = 0x01, MCR_RTS = 0x02, MCR_OUTS = 0x0c, MCR_OUT2 = 0x08, MCR_LOOP = 0x10, MCR_MASK = 0x1f };
enum { LSR_READY = 0x01, LSR_OVERRUN = 0x02, LSR_IDLE = 0x60 }; /* IDLE: THRE and TEMT */
enum { MSR_UP = 0xb0 };                                         /* carrier, data set ready, clear to send */
enum { UART_DIVISOR = 12 };                                     /* at reset: 9,600 baud */
enum { UART_TIMEOUT = 4000 };                                   /* V: as four bytes at the usual gap */

static void uart_reset(struct bus *bus)
{
    const struct uart *before = &bus->uart;
    bus->uart =
        (struct uart){.mcr = MCR_OUT2, .dll = UART_DIVISOR, .line_held = before->line_held, .line_byte = before->line_byte};
}

/* Bytes from which on the receiver interrupts at once: by FCR, table III. */
static unsigned uart_trigger(const struct uart *uart)
{
    static const uint8_t levels[] = {1, 4, 8, 14};
    return uart->fcr & FCR_ENABLE ? levels[uart->fcr >> 6] : 1;
}

/* Which interrupt is the most urgent now: what IIR shows. */
static uint8_t uart_reason(const struct uart *uart)
{
    if ((uart->ier & IER_STATUS) && uart->overrun)
        return IIR_STATUS;
    if ((uart->ier & IER_RX) && uart->timed_out)
        return IIR_TIMEOUT;
    if ((uart->ier & IER_RX) && uart->rx_count >= uart_trigger(uart))
        return IIR_RX;
    if ((uart->ier & IER_THRE) && uart->thre_pending)
        return IIR_THRE;
    return IIR_NONE;
}

/* To be called after whatever may give the line a reason. */
static void uart_update(struct bus *bus)
{
    if (uart_reason(&bus->uart) != IIR_NONE)
        plic_raise(bus, BUS_IRQ_UART);
}

/* --- receiving ------------------------------------------------------------------------------------------------------- */

/* A byte has come or gone: with some left, the time-out begins anew. */
static void uart_moved(struct bus *bus)
{
    struct uart *uart = &bus->uart;
    uart->timed_out = false;
    bus_cancel_timeout(bus);
    if (uart->rx_count && (uart->fcr & FCR_ENABLE))
        bus_schedule(bus, bus->clock->now + UART_TIMEOUT, EVENT_UART_TIMEOUT, 0);
}

void uart_timeout(struct bus *bus)
{
    bus->uart.timed_out = true;
    uart_update(bus);
}

static void uart_receive(struct bus *bus, uint8_t byte)
{
    struct uart *uart = &bus->uart;
    unsigned room = uart->fcr & FCR_ENABLE ? UART_FIFO : 1;
    if (uart->rx_count < room)
        uart->rx[(uart->rx_head + uart->rx_count++) % UART_FIFO] = byte;
    else
        uart->overrun = true;
    if (!(uart->fcr & FCR_ENABLE))
        uart->rx[uart->rx_head] = byte; /* over the one that was there; a full FIFO keeps what it has */
    uart_moved(bus);
    uart_update(bus);
}

/* The line sends again at V `due`. */
static void uart_expect(struct bus *bus, uint64_t due)
{
    if (bus->uart.expecting || bus->uart.input_ended)
        return;
    bus->uart.expecting = true;
    bus_schedule(bus, due, EVENT_UART_RX, 0);
}

static uint64_t uart_next(const struct bus *bus)
{
    return bus->clock->now + bus->input_gap;
}

void uart_input(struct bus *bus)
{
    struct uart *uart = &bus->uart;
    uart->expecting = false;
    if (uart->input_ended)
        return;
    if (!uart->line_held) {
        int byte = bus->host->console_get(bus->host->context);
        if (byte == BUS_END_OF_INPUT) {
            uart->input_ended = true;
            return;
        }
        if (byte == BUS_NO_INPUT) {
            uart_expect(bus, (bus->clock->now / BUS_INPUT_POLL + 1) * BUS_INPUT_POLL);
            return;
        }
        uart->line_byte = (uint8_t)byte;
        uart->line_held = true;
    }
    uart_receive(bus, uart->line_byte);
}

static uint8_t uart_read_data(struct bus *bus)
{
    struct uart *uart = &bus->uart;
    if (!uart->rx_count)
        return 0;
    uint8_t byte = uart->rx[uart->rx_head];
    uart->rx_head = (uint8_t)(uart->rx_head + 1) % UART_FIFO;
    uart->rx_count--;
    if (uart->line_held && !uart->expecting && !uart->rx_count) {
        uart->line_held = false;
        uart_expect(bus, uart_next(bus));
    }
    uart_moved(bus);
    uart_update(bus);
    return byte;
}

static void uart_clear_rx(struct bus *bus)
{
    bus->uart.rx_count = 0;
    uart_moved(bus);
    if (bus->uart.line_held)
        uart_expect(bus, uart_next(bus));
}

/* --- registers ------------------------------------------------------------------------------------------------------- */

static void uart_send(struct bus *bus, uint8_t byte)
{
    bus->uart.thre_pending = true; /* empty again at once */
    if (bus->uart.mcr & MCR_LOOP) {
        uart_receive(bus, byte);
    } else {
        bus->host->console_put(bus->host->context, byte);
        uart_update(bus);
    }
}

static void uart_write_ier(struct bus *bus, uint8_t value)
{
    uint8_t changed = bus->uart.ier ^ value;
    bus->uart.ier = value;
    if (changed & IER_THRE)
        bus->uart.thre_pending = value & IER_THRE;
    if (changed)
        uart_update(bus);
}

static void uart_write_fcr(struct bus *bus, uint8_t value)
{
    bool toggled = (value ^ bus->uart.fcr) & FCR_ENABLE;
    bus->uart.fcr = value & FCR_MASK;
    if (toggled || value & FCR_CLEAR_RX)
        uart_clear_rx(bus);
    if (toggled || value & FCR_CLEAR_TX)
        bus->uart.thre_pending = true;
    uart_update(bus);
}

static uint8_t uart_read_iir(struct uart *uart)
{
    uint8_t reason = uart_reason(uart);
    if (reason == IIR_THRE)
        uart->thre_pending = false;
    return uart->fcr & FCR_ENABLE ? reason | IIR_FIFOS : reason;
}

static uint8_t uart_read_lsr(struct uart *uart)
{
    unsigned lsr = LSR_IDLE | (uart->rx_count ? LSR_READY : 0) | (uart->overrun ? LSR_OVERRUN : 0);
    uart->overrun = false;
    return (uint8_t)lsr;
}

/* In a loop the modem's outputs are its inputs: DTR is DSR, RTS is CTS, OUT1 and OUT2 are RI and DCD. */
static uint8_t uart_read_msr(const struct uart *uart)
{
    unsigned mcr = uart->mcr;
    if (!(mcr & MCR_LOOP))
        return MSR_UP;
    return (uint8_t)((mcr & MCR_OUTS) << 4 | (mcr & MCR_RTS) << 3 | (mcr & MCR_DTR) << 5);
}

/* Input may come once software has used the UART; a guest that never does is never given any. */
static void uart_touch(struct bus *bus)
{
    if (bus->uart.touched)
        return;
    bus->uart.touched = true;
    uart_expect(bus, uart_next(bus));
}

static bool uart_load(struct bus *bus, uint64_t offset, unsigned size, uint64_t *value)
{
    struct uart *uart = &bus->uart;
    bool divisor = uart->lcr & LCR_DLAB;
    (void)size; /* as on QEMU, a wider load or store is one of the register that it begins at */
    uart_touch(bus);
    switch (offset) {
    case RBR_THR:
        *value = divisor ? uart->dll : uart_read_data(bus);
        break;
    case IER:
        *value = divisor ? uart->dlm : uart->ier;
        break;
    case IIR_FCR:
        *value = uart_read_iir(uart);
        break;
    case LCR:
        *value = uart->lcr;
        break;
    case MCR:
        *value = uart->mcr;
        break;
    case LSR:
        *value = uart_read_lsr(uart);
        break;
    case MSR:
        *value = uart_read_msr(uart);
        break;
    case SCR:
        *value = uart->scr;
        break;
    }
    return true;
}

static bool uart_store(struct bus *bus, uint64_t offset, unsigned size, uint64_t value)
{
    struct uart *uart = &bus->uart;
    bool divisor = uart->lcr & LCR_DLAB;
    uint8_t byte = (uint8_t)value;
    (void)size;
    uart_touch(bus);
    switch (offset) {
    case RBR_THR:
        if (divisor)
            uart->dll = byte;
        else
            uart_send(bus, byte);
        break;
    case IER:
        if (divisor)
            uart->dlm = byte;
        else
            uart_write_ier(bus, byte & IER_MASK);
        break;
    case IIR_FCR:
        uart_write_fcr(bus, byte);
        break;
    case LCR:
        uart->lcr = byte;
        break;
    case MCR:
        uart->mcr = byte & MCR_MASK;
        break;
    case LSR:
        break;
    case MSR:
        break;
    case SCR:
        uart->scr = byte;
        break;
    }
    return true;
}

const struct device_ops uart_ops = {
    .base = BUS_UART,
    .size = UART_REGISTERS,
    .cost = COST_device_uart,
    .reset = uart_reset,
    .load = uart_load,
    .store = uart_store,
};
