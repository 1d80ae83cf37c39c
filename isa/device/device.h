/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the board and its devices know of each other: each device's operations, and the board's services. Freestanding.
 */
#ifndef ISA_DEVICE_DEVICE_H
#define ISA_DEVICE_DEVICE_H

#include "../bus.h"
#include "../cost.h"

/* A device in the physical map. load and store get accesses that are naturally aligned and whole in the window; offset is
 * from `base`. They return false for a size that the device does not take or, where noted, for an unused offset. */
struct device_ops {
    uint64_t base, size;
    enum cost_row cost;
    void (*reset)(struct bus *bus);
    bool (*load)(struct bus *bus, uint64_t offset, unsigned size, uint64_t *value);
    bool (*store)(struct bus *bus, uint64_t offset, unsigned size, uint64_t value);
};

extern const struct device_ops finisher_ops, clint_ops, plic_ops, uart_ops, virtio_ops;

/* --- the board's services -------------------------------------------------------------------------------------------- */

/* The event happens at V `due`, not before the next bus_advance(). */
void bus_schedule(struct bus *bus, uint64_t due, enum bus_event_device device, uint64_t argument);

/* Forgets the UART's time-out. */
void bus_cancel_timeout(struct bus *bus);

/* Forgets the events of a queue of a virtio slot, EVENT_VIRTIO or EVENT_VIRTIO_RX: so many there were. */
unsigned bus_cancel_virtio(struct bus *bus, enum bus_event_device device, unsigned slot, unsigned queue);

/* Ends the run, unless it was ended before. */
void bus_end(struct bus *bus, enum bus_stop stop, uint64_t code);

/* A device asserts its line, or has a new reason for the line to be asserted. Remembered until it is claimed. */
void plic_raise(struct bus *bus, unsigned source);

/* --- what the board calls -------------------------------------------------------------------------------------------- */

uint64_t plic_lines(const struct bus *bus);                /* MIP_MEIP and MIP_SEIP, or neither */
uint64_t clint_lines(const struct bus *bus);               /* likewise, MIP_MSIP and MIP_MTIP */
void uart_input(struct bus *bus);                              /* EVENT_UART_RX */
void uart_timeout(struct bus *bus);                            /* EVENT_UART_TIMEOUT */
void virtio_serve(struct bus *bus, uint64_t argument);         /* EVENT_VIRTIO */
void virtio_console_input(struct bus *bus, unsigned slot);     /* EVENT_VIRTIO_RX */

#endif
