/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Split virtqueues, from the device's side (virtio 1.1, 2.6). The rings lie in the guest's RAM: nothing read from them is
 * trusted. Freestanding.
 */
#ifndef ISA_DEVICE_VIRTQ_H
#define ISA_DEVICE_VIRTQ_H

#include "../bus.h"

struct virtq_piece {
    uint64_t pa, length;
    bool write;
};

/* A chain of descriptors. It is sound if all its pieces are RAM, if it has no flags but the known ones, and if the device
 * reads piece[0..reads) and then writes piece[reads..count). A piece with other flags is nothing to write. */
struct virtq_chain {
    struct virtq_piece piece[VIRTQ_MAX];
    unsigned reads, count;
    bool sound;
};

/* Follows the chain from descriptor `head`. False if its end cannot be found: a number out of range, more descriptors
 * than the queue has, a table outside of RAM. */
bool virtq_chain(const struct ram *ram, const struct virtq *queue, uint16_t head, struct virtq_chain *chain);

/* The next chain that the driver has made available: 1 and *head; 0: none; -1: the ring makes no sense. */
int virtq_next(const struct ram *ram, struct virtq *queue, uint16_t *head);

/* Gives a chain back to the driver, `written` bytes of it written. False if the ring is outside of RAM. */
bool virtq_push(struct bus *bus, struct virtq *queue, uint16_t head, uint32_t written);

/* Does the driver want to be interrupted about used chains? */
bool virtq_wants_interrupt(const struct ram *ram, const struct virtq *queue);

#endif
