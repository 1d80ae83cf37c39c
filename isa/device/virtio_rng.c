/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The virtio entropy device (virtio 1.1, 5.4): fills what buffers it is given, at most RNG_MOST bytes of a chain. Its bytes are
 * splitmix64's, from the run's seed: the same in every run, and no secret.
 */
#include "virtio.h"
#include "virtq.h"

enum { RNG_TIME = 2000, RNG_BYTE_TIME = 10 }; /* V */
enum { RNG_MOST = 4096 };

static uint64_t rng_features(const struct virtio *v)
{
    (void)v;
    return 0;
}

static void rng_config(const struct virtio *v, uint8_t config[VIRTIO_CONFIG_MOST])
{
    (void)v, (void)config;
}

static uint64_t rng_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* The chain at `head`; false if it has no end, or asks for anything but bytes. */
static bool rng_chain(const struct bus *bus, unsigned slot, uint16_t head, struct virtq_chain *chain)
{
    return virtq_chain(&bus->ram, &bus->virtio[slot].queue[0], head, chain) && chain->sound && chain->reads == 0;
}

static uint64_t rng_time(const struct bus *bus, unsigned slot, unsigned queue, uint16_t head)
{
    struct virtq_chain chain;
    uint64_t length = 0;
    (void)queue;
    if (!rng_chain(bus, slot, head, &chain))
        return RNG_TIME;
    for (unsigned i = 0; i < chain.count; i++)
        length += chain.piece[i].length;
    return RNG_TIME + RNG_BYTE_TIME * (length < RNG_MOST ? length : RNG_MOST);
}

static bool rng_serve(struct bus *bus, unsigned slot, unsigned queue, uint16_t head, uint32_t *written)
{
    struct virtq_chain chain;
    uint64_t word = 0;
    (void)queue;
    *written = 0;
    if (!rng_chain(bus, slot, head, &chain))
        return false;
    for (unsigned i = 0; i < chain.count; i++) {
        struct virtq_piece *piece = &chain.piece[i];
        uint64_t n = piece->length < RNG_MOST - *written ? piece->length : RNG_MOST - *written;
        uint8_t *bytes = bus_dma_place(bus, piece->pa, n);
        if (n && !bytes)
            return false;
        if (n)
            bus->host->dma_write(bus->host->context, piece->pa, n);
        for (uint64_t k = 0; k < n; k++, ++*written) {
            word = *written % 8 ? word >> 8 : rng_next(&bus->virtio[slot].random);
            bytes[k] = (uint8_t)word;
        }
    }
    return true;
}

const struct virtio_ops virtio_rng_kind = {
    .device_id = 4,
    .queues = 1,
    .features = rng_features,
    .config = rng_config,
    .time = rng_time,
    .serve = rng_serve,
};
