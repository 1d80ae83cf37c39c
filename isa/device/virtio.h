/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kinds of virtio devices behind the registers of virtio_mmio.c, and what those do for them. Freestanding.
 */
#ifndef ISA_DEVICE_VIRTIO_H
#define ISA_DEVICE_VIRTIO_H

#include "../bus.h"

#define VIRTIO_SECTOR 512
#define VIRTIO_CONFIG_MOST 24

struct virtio_ops {
    uint32_t device_id; /* virtio 1.1, chapter 5 */
    unsigned queues;
    uint64_t (*features)(const struct virtio *v);                                  /* but VERSION_1 */
    void (*config)(const struct virtio *v, uint8_t config[VIRTIO_CONFIG_MOST]);    /* fills what is not 0 */
    /* V that the request at `head` takes, as its descriptors are now. */
    uint64_t (*time)(const struct bus *bus, unsigned slot, unsigned queue, uint16_t head);
    /* Does the request, and says how many bytes were written. False: nothing can be answered, the device needs a reset. */
    bool (*serve)(struct bus *bus, unsigned slot, unsigned queue, uint16_t head, uint32_t *written);
};
extern const struct virtio_ops virtio_block_kind, virtio_rng_kind, virtio_console_kind;

/* Has the driver set this queue up, and is all well? */
bool virtio_working(const struct virtio *v, unsigned queue);

/* A request of this queue was served: gives it back, and interrupts if the driver wants that. */
void virtio_done(struct bus *bus, unsigned slot, unsigned queue, uint16_t head, uint32_t written);

/* What the driver did cannot be answered: nothing happens any more until it resets the device. */
void virtio_needs_reset(struct bus *bus, unsigned slot);

/* Buffers were made available in the receive queue of a console. */
void virtio_console_receive(struct bus *bus, unsigned slot);

#endif
