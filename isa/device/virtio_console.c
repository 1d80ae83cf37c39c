/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The virtio console, one port (virtio 1.1, 5.3): queue 0 receives, queue 1 transmits.
 *
 * Its output goes where the UART's goes. Its input is the UART's, from the moment on at which the driver offers the first buffer
 * to receive it: a byte a buffer, by the rules of input in bus.h.
 */
#include "device.h"
#include "virtio.h"
#include "virtq.h"

enum { RECEIVE = 0, TRANSMIT = 1 };
enum { CONSOLE_TIME = 1000, CONSOLE_BYTE_TIME = 10 }; /* V */
enum { CONSOLE_MOST = 65536 };                        /* bytes of a chain that are printed */

static uint64_t console_features(const struct virtio *v)
{
    (void)v;
    return 0;
}

static void console_config(const struct virtio *v, uint8_t config[VIRTIO_CONFIG_MOST])
{
    (void)v, (void)config; /* its size and its ports are features that it has not */
}

/* --- transmitting ---------------------------------------------------------------------------------------------------- */

static bool transmit_chain(const struct bus *bus, unsigned slot, uint16_t head, struct virtq_chain *chain)
{
    return virtq_chain(&bus->ram, &bus->virtio[slot].queue[TRANSMIT], head, chain) && chain->sound &&
           chain->reads == chain->count;
}

static uint64_t console_time(const struct bus *bus, unsigned slot, unsigned queue, uint16_t head)
{
    struct virtq_chain chain;
    uint64_t length = 0;
    (void)queue;
    if (!transmit_chain(bus, slot, head, &chain))
        return CONSOLE_TIME;
    for (unsigned i = 0; i < chain.count; i++)
        length += chain.piece[i].length;
    return CONSOLE_TIME + CONSOLE_BYTE_TIME * (length < CONSOLE_MOST ? length : CONSOLE_MOST);
}

static bool console_serve(struct bus *bus, unsigned slot, unsigned queue, uint16_t head, uint32_t *written)
{
    struct virtq_chain chain;
    uint64_t left = CONSOLE_MOST;
    (void)queue;
    *written = 0;
    if (!transmit_chain(bus, slot, head, &chain))
        return false;
    for (unsigned i = 0; i < chain.count; i++) {
        const uint8_t *bytes = ram_at(&bus->ram, chain.piece[i].pa, chain.piece[i].length);
        for (uint64_t k = 0; k < chain.piece[i].length && left; k++, left--)
            bus->host->console_put(bus->host->context, bytes[k]);
    }
    return true;
}

/* --- receiving ------------------------------------------------------------------------------------------------------- */

static void expect(struct bus *bus, unsigned slot, uint64_t due)
{
    if (bus->virtio[slot].expecting)
        return;
    bus->virtio[slot].expecting = true;
    bus_schedule(bus, due, EVENT_VIRTIO_RX, (uint64_t)slot << 24);
}

void virtio_console_receive(struct bus *bus, unsigned slot)
{
    bus->uart.input_ended = true; /* its line is still from now on */
    expect(bus, slot, bus->clock->now + bus->input_gap);
}

/* Where the first byte of the buffer at `head` goes: *pa. False: it has no room, or is none. */
static bool receive_place(const struct bus *bus, unsigned slot, uint16_t head, uint64_t *pa)
{
    struct virtq_chain chain;
    if (!virtq_chain(&bus->ram, &bus->virtio[slot].queue[RECEIVE], head, &chain) || !chain.sound || chain.reads)
        return false;
    for (unsigned i = 0; i < chain.count; i++)
        if (chain.piece[i].length) {
            *pa = chain.piece[i].pa;
            return bus_dma_place(bus, *pa, 1);
        }
    return false;
}

/* The next byte of input into the buffer at `head`, which is at pa. False: there is none now. */
static bool receive_byte(struct bus *bus, unsigned slot, uint16_t head, uint64_t pa)
{
    int byte = bus->host->console_get(bus->host->context);
    if (byte == BUS_NO_INPUT)
        expect(bus, slot, (bus->clock->now / BUS_INPUT_POLL + 1) * BUS_INPUT_POLL);
    if (byte < 0)
        return false;
    bus->host->dma_write(bus->host->context, pa, 1);
    *bus_dma_place(bus, pa, 1) = (uint8_t)byte;
    virtio_done(bus, slot, RECEIVE, head, 1);
    return true;
}

void virtio_console_input(struct bus *bus, unsigned slot)
{
    struct virtio *v = &bus->virtio[slot];
    uint16_t head;
    uint64_t pa;
    v->expecting = false;
    if (!virtio_working(v, RECEIVE))
        return;
    struct virtq before = v->queue[RECEIVE];
    int more = virtq_next(&bus->ram, &v->queue[RECEIVE], &head);
    if (more < 0 || (more > 0 && !receive_place(bus, slot, head, &pa)))
        virtio_needs_reset(bus, slot); /* before a byte is taken, which would be lost */
    else if (more > 0 && !receive_byte(bus, slot, head, pa))
        v->queue[RECEIVE] = before;
    else if (more > 0 && virtio_working(v, RECEIVE))
        expect(bus, slot, bus->clock->now + bus->input_gap);
    /* Else the next notification goes on. */
}

const struct virtio_ops virtio_console_kind = {
    .device_id = 3,
    .queues = 2,
    .features = console_features,
    .config = console_config,
    .time = console_time,
    .serve = console_serve,
};
