/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Split virtqueues, from the device's side (virtio 1.1, 2.6).
 *
 *   descriptor  | address 8 | length 4 | flags 2 | next 2 |
 *   available   | flags 2 | index 2 | head 2, head 2, ... |
 *   used        | flags 2 | index 2 | head 4, written 4, head 4, written 4, ... |
 */
#include "virtq.h"

#define DESC_SIZE 16
enum { DESC_LENGTH = 8, DESC_FLAGS = 12, DESC_NEXT = 14 };
enum { DESC_F_NEXT = 1, DESC_F_WRITE = 2 }; /* indirect descriptors are not offered */
enum { AVAIL_FLAGS = 0, AVAIL_INDEX = 2, AVAIL_RING = 4 };
enum { AVAIL_F_NO_INTERRUPT = 1 };
enum { USED_INDEX = 2, USED_RING = 4, USED_ENTRY = 8 };

bool virtq_chain(const struct ram *ram, const struct virtq *queue, uint16_t head, struct virtq_chain *chain)
{
    chain->reads = 0;
    chain->count = 0;
    chain->sound = true;
    for (uint64_t index = head;;) {
        const uint8_t *desc = ram_at(ram, queue->desc + DESC_SIZE * index, DESC_SIZE);
        if (index >= queue->size || chain->count == queue->size || !desc)
            return false;
        uint64_t flags = bytes_get(desc + DESC_FLAGS, 2);
        bool known = !(flags & ~(uint64_t)(DESC_F_NEXT | DESC_F_WRITE));
        struct virtq_piece piece = {bytes_get(desc, 8), bytes_get(desc + DESC_LENGTH, 4), known && (flags & DESC_F_WRITE)};
        if (!ram_at(ram, piece.pa, piece.length) || !known || (!piece.write && chain->reads != chain->count))
            chain->sound = false;
        chain->reads += !piece.write;
        chain->piece[chain->count++] = piece;
        if (!(flags & DESC_F_NEXT))
            return true;
        index = bytes_get(desc + DESC_NEXT, 2);
    }
}

int virtq_next(const struct ram *ram, struct virtq *queue, uint16_t *head)
{
    const uint8_t *index = ram_at(ram, queue->avail + AVAIL_INDEX, 2);
    const uint8_t *entry = ram_at(ram, queue->avail + AVAIL_RING + 2 * (queue->last_avail % queue->size), 2);
    if (!index || !entry)
        return -1;
    uint16_t ahead = (uint16_t)(bytes_get(index, 2) - queue->last_avail);
    if (ahead == 0)
        return 0;
    *head = (uint16_t)bytes_get(entry, 2);
    if (ahead > queue->size || *head >= queue->size)
        return -1;
    queue->last_avail++;
    return 1;
}

static bool put(struct bus *bus, uint64_t pa, unsigned size, uint64_t value)
{
    uint8_t *bytes = bus_dma_place(bus, pa, size);
    if (!bytes)
        return false;
    bus->host->dma_write(bus->host->context, pa, size);
    bytes_put(bytes, size, value);
    return true;
}

bool virtq_push(struct bus *bus, struct virtq *queue, uint16_t head, uint32_t written)
{
    uint64_t entry = queue->used + USED_RING + USED_ENTRY * (queue->used_index % queue->size);
    if (!put(bus, entry, USED_ENTRY, head | (uint64_t)written << 32))
        return false;
    return put(bus, queue->used + USED_INDEX, 2, ++queue->used_index);
}

bool virtq_wants_interrupt(const struct ram *ram, const struct virtq *queue)
{
    const uint8_t *flags = ram_at(ram, queue->avail + AVAIL_FLAGS, 2);
    return !flags || !(bytes_get(flags, 2) & AVAIL_F_NO_INTERRUPT);
}
