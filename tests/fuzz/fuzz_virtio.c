/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hostile guest at the board: the input is a list of its acts. It loads from and stores to all device registers, writes
 * rings and HTIF words, and lets time pass. Nothing may be reached but its RAM and its sectors, every write to RAM is
 * announced, a device writes only where a driver has told it that it may, no byte of input is lost, and the books on events agree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/bus.h"
#include "tests/fuzz/must.h"

#define RAM_SIZE (UINT64_C(16) << 10)
#define SECTORS 8
#define DISKS 2 /* the second one is read-only */
#define TOHOST (RAM_BASE + 0x3000)

struct world {
    const uint8_t *data;
    size_t left;
    struct bus bus;
    struct clock clock;
    uint8_t known[RAM_SIZE]; /* RAM as it may be: what the guest wrote, and what was announced since */
    uint8_t announced[RAM_SIZE];
    bool any_announced;
    bool htif;     /* a word of HTIF is being looked at */
    bool moved;    /* a device has written to descriptors: what it took from them before cannot be seen any more */
    bool received; /* the console has taken a byte of input, and must put it somewhere */
    uint8_t disk[DISKS][SECTORS * 512];
};

static uint64_t take(struct world *w, unsigned n)
{
    uint64_t value = 0;
    n = n < w->left ? n : (unsigned)w->left;
    memcpy(&value, w->data, n);
    w->data += n;
    w->left -= n;
    return value;
}

/* --- the outside ----------------------------------------------------------------------------------------------------- */

static void console_put(void *context, uint8_t byte)
{
    (void)context, (void)byte;
}

static int console_get(void *context)
{
    struct world *w = context;
    int byte = (int)take(w, 1);
    byte = w->left == 0 ? BUS_END_OF_INPUT : byte < 64 ? BUS_NO_INPUT : byte;
    w->received = byte >= 0 && w->bus.uart.input_ended;
    return byte;
}

static bool within(uint64_t pa, uint64_t n, uint64_t at, uint64_t length)
{
    return pa >= at && n <= length && pa - at <= length - n;
}

/* Is this in the used ring of this queue, or in something that one of its descriptors has for a device to write? */
static bool writable(const struct world *w, const struct virtq *q, uint64_t pa, uint64_t n)
{
    bool found = within(pa, n, q->used, 4 + 8 * (uint64_t)q->size);
    for (uint32_t i = 0; i < q->size && !found; i++) {
        const uint8_t *d = ram_at(&w->bus.ram, q->desc + 16 * i, 16);
        found = d && (d[12] & 6) == 2 && within(pa, n, bytes_get(d, 8), bytes_get(d + 8, 4));
    }
    return found;
}

static void dma_write(void *context, uint64_t pa, uint64_t n)
{
    struct world *w = context;
    bool found = w->htif || w->moved;
    MUST(ram_at(&w->bus.ram, pa, n));
    for (unsigned q = 0; q < BUS_VIRTIO_SLOTS * VIRTIO_QUEUES; q++) {
        const struct virtq *queue = &w->bus.virtio[q / VIRTIO_QUEUES].queue[q % VIRTIO_QUEUES];
        found = found || (queue->ready && writable(w, queue, pa, n));
        w->moved |= queue->ready && pa < queue->desc + 16 * (uint64_t)queue->size && queue->desc < pa + n;
    }
    MUST(found);
    w->received = false;
    memset(w->announced + (pa - RAM_BASE), 1, n);
    w->any_announced = true;
}

static bool disk_transfer(void *context, unsigned drive, bool write, uint64_t sector, uint64_t count, uint64_t pa)
{
    struct world *w = context;
    uint8_t *bytes = ram_at(&w->bus.ram, pa, count * 512);
    MUST(drive < DISKS && bytes && count && sector < SECTORS && count <= SECTORS - sector && !(write && drive == 1));
    if (sector == SECTORS - 1)
        return false; /* a bad sector */
    if (write) {
        memcpy(w->disk[drive] + sector * 512, bytes, count * 512);
    } else {
        dma_write(context, pa, count * 512);
        memcpy(bytes, w->disk[drive] + sector * 512, count * 512);
    }
    return true;
}

static bool disk_flush(void *context, unsigned drive)
{
    (void)context;
    MUST(drive < DISKS);
    return true;
}

/* --- acts ------------------------------------------------------------------------------------------------------------ */

static uint64_t device_address(struct world *w)
{
    static const uint64_t bases[] = {BUS_VIRTIO,         BUS_VIRTIO + 0x1000, BUS_VIRTIO + 0x7000, BUS_UART,
                                     BUS_PLIC,           BUS_PLIC + 0x2000,   BUS_PLIC + 0x200000, BUS_CLINT,
                                     BUS_CLINT + 0x4000, BUS_CLINT + 0xbff8,  BUS_FINISHER,        BUS_ROM_BASE};
    uint64_t base = bases[take(w, 1) % (sizeof bases / sizeof bases[0])];
    return base + take(w, 2) % 0x1400;
}

static void guest_write(struct world *w, uint64_t offset, const void *bytes, uint64_t n)
{
    if (offset >= RAM_SIZE || n > RAM_SIZE - offset)
        return;
    memcpy(w->bus.ram.bytes + offset, bytes, n);
    memcpy(w->known + offset, bytes, n);
}

static void put_word(struct world *w, uint64_t offset, unsigned size, uint64_t value)
{
    guest_write(w, offset, &value, size);
}

/* A driver that knows what it does, up to the requests. Each queue is of 8; descriptors at 0, available at 0x400, used at 0x800. */
static void start_driver(struct world *w, uint64_t slot, uint32_t queue)
{
    static const struct {
        uint16_t offset;
        uint32_t value;
    } steps[] = {{0x70, 0}, {0x70, 1},          {0x70, 3},          {0x24, 1},          {0x20, 1}, {0x70, 0xb},
                 {0x38, 8}, {0x80, 0x80000000}, {0x90, 0x80000400}, {0xa0, 0x80000800}, {0x44, 1}, {0x70, 0xf}};
    bus_store(&w->bus, BUS_VIRTIO + slot * 0x1000 + 0x30, 4, queue);
    for (unsigned i = queue ? 6 : 0; i < sizeof steps / sizeof steps[0]; i++)
        bus_store(&w->bus, BUS_VIRTIO + slot * 0x1000 + steps[i].offset, 4, steps[i].value);
}

static void put_descriptor(struct world *w)
{
    uint64_t at = 16 * (take(w, 1) % 9), pa = RAM_BASE + take(w, 2) % 0x4800;
    uint64_t length = take(w, 1), flags = take(w, 1) % 8, next = take(w, 1) % 9;
    put_word(w, at, 8, pa);
    put_word(w, at + 8, 4, length & 0x80 ? (length & 7) * 512 : length);
    put_word(w, at + 12, 2, flags);
    put_word(w, at + 14, 2, next);
}

static void put_header(struct world *w)
{
    uint64_t at = take(w, 2) % RAM_SIZE;
    put_word(w, at, 8, take(w, 1) % 10);
    put_word(w, at + 8, 8, take(w, 1) % 10);
}

static void offer(struct world *w)
{
    uint64_t index = bytes_get(w->bus.ram.bytes + 0x402, 2);
    put_word(w, 0x404 + 2 * (index % 8), 2, take(w, 1) % 9);
    put_word(w, 0x402, 2, index + 1);
    uint64_t to = take(w, 1);
    bus_store(&w->bus, BUS_VIRTIO + to % 5 * 0x1000 + 0x50, 4, to >> 7);
}

/* A ring of the queue that is selected, 0x80 0x90 0xa0, lies across the end of RAM. */
static void move_ring(struct world *w, uint64_t slot, unsigned ring)
{
    uint64_t base = BUS_VIRTIO + slot * 0x1000;
    bus_store(&w->bus, base + 0x44, 4, 0);
    bus_store(&w->bus, base + 0x80 + 16 * ring, 4, RAM_BASE + RAM_SIZE - 8 * (take(w, 1) % 16));
    bus_store(&w->bus, base + 0x44, 4, 1);
}

/* The i-th descriptor of a chain of `count`: sound, unless this byte is high. */
static void put_link(struct world *w, unsigned i, unsigned count, uint8_t how)
{
    uint64_t pa = RAM_BASE + 0x1000 + 0x400 * i, length = how % 64, flags = (how & 64 ? 2 : 0) | (i + 1 < count ? 1 : 0),
             next = i + 1;
    switch (how) {
    case 0xf0 ... 0xf1:
        pa = RAM_BASE + RAM_SIZE - how % 32;
        break;
    case 0xf2 ... 0xf3:
        pa = how % 2 ? UINT64_MAX - 8 : 0;
        break;
    case 0xf4 ... 0xf5:
        next = 7 + how % 2;
        flags |= 1;
        break;
    case 0xf6 ... 0xf7:
        next = 0;
        flags |= 1;
        break;
    case 0xf8 ... 0xf9:
        flags |= 4;
        break;
    case 0xfa ... 0xfb:
        length = UINT32_MAX;
        break;
    }
    put_word(w, 16 * i, 8, pa);
    put_word(w, 16 * i + 8, 4, length);
    put_word(w, 16 * i + 12, 4, flags | next << 16);
}

/* A driver from its beginning to the end of a request: what it means to do well, but for a detail. */
static void request(struct world *w)
{
    uint64_t value = take(w, 1), slot = value % 5, queue = value >> 7, detail = take(w, 1);
    unsigned count = 1 + take(w, 1) % 8;
    start_driver(w, slot, 0);
    start_driver(w, slot, (uint32_t)queue);
    put_word(w, 0x400, 8, 0); /* the available ring is new */
    if (detail >= 0xf0)
        move_ring(w, slot, (unsigned)(detail % 3));
    for (unsigned i = 0; i < count; i++)
        put_link(w, i, count, (uint8_t)take(w, 1));
    put_link(w, 8, 9, 0x48); /* is none of the queue */
    put_word(w, 0x404, 2, detail % 32 == 1 ? 8 : 0);
    put_word(w, 0x402, 2, detail % 32 == 2 ? 9 : 1);
    bus_store(&w->bus, BUS_VIRTIO + slot * 0x1000 + 0x50, 4, queue);
    w->clock.now += 100000;
    bus_advance(&w->bus);
}

static void act(struct world *w)
{
    uint64_t value, address;
    unsigned size = 4;
    uint8_t what = (uint8_t)take(w, 1);
    if (what >= 0xe0) {
        request(w);
        return;
    }
    switch (what % 10) {
    case 0:
        address = device_address(w);
        value = take(w, 1);
        size = 1U << value % 4;
        bus_store(&w->bus, address, size, take(w, 8));
        break;
    case 1:
        address = device_address(w);
        bus_load(&w->bus, address, 1U << take(w, 1) % 4, &value);
        break;
    case 2:
        address = take(w, 2);
        put_word(w, address, 8, take(w, 8));
        break;
    case 3:
        w->clock.now += take(w, 2);
        bus_advance(&w->bus);
        break;
    case 4:
        value = take(w, 1);
        start_driver(w, value % 5, (uint32_t)(value >> 7));
        break;
    case 5:
        put_descriptor(w);
        break;
    case 6:
        put_header(w);
        break;
    case 7:
        offer(w);
        break;
    case 8:
        value = take(w, 1);
        put_word(w, TOHOST - RAM_BASE, 8, value & 0x80 ? RAM_BASE + take(w, 2) : take(w, 8));
        w->htif = true;
        bus_htif(&w->bus);
        w->htif = false;
        break;
    case 9:
        bus_reset(&w->bus);
        break;
    }
}

static void check(struct world *w)
{
    struct bus *bus = &w->bus;
    uint32_t of_slot[BUS_VIRTIO_SLOTS] = {0}, of_console[BUS_VIRTIO_SLOTS] = {0}, of_uart = 0, of_timeout = 0;
    const struct uart *uart = &bus->uart;
    MUST(bus->events.count <= BUS_EVENTS);
    for (uint32_t i = 0; i < bus->events.count; i++)
        if (bus->events.event[i].device == EVENT_VIRTIO)
            of_slot[bus->events.event[i].argument >> 24]++;
        else if (bus->events.event[i].device == EVENT_VIRTIO_RX)
            of_console[bus->events.event[i].argument >> 24]++;
        else if (bus->events.event[i].device == EVENT_UART_TIMEOUT)
            of_timeout++;
        else
            of_uart++;
    MUST(of_uart == uart->expecting && of_timeout == (uart->rx_count && (uart->fcr & 1) && !uart->timed_out));
    for (unsigned i = 0; i < BUS_VIRTIO_SLOTS; i++)
        MUST(of_slot[i] == bus->virtio[i].in_flight && of_slot[i] <= VIRTIO_IN_FLIGHT &&
             of_console[i] == bus->virtio[i].expecting);
    MUST(!w->received);
    w->moved = false;
    MUST(!(bus_lines(bus) & ~UINT64_C(0xa88)) && bus_next_due(bus));
    if (memcmp(bus->ram.bytes, w->known, RAM_SIZE))
        for (uint64_t i = 0; i < RAM_SIZE; i++)
            MUST(bus->ram.bytes[i] == w->known[i] || w->announced[i]);
    if (w->any_announced) {
        memcpy(w->known, bus->ram.bytes, RAM_SIZE);
        memset(w->announced, 0, RAM_SIZE);
        w->any_announced = false;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world *w = calloc(1, sizeof *w);
    uint8_t *ram = calloc(1, RAM_SIZE);
    const struct bus_host host = {w, console_put, console_get, disk_transfer, disk_flush, dma_write, NULL};
    w->data = data;
    w->left = size;
    bus_init(&w->bus, (struct ram){ram, RAM_BASE, RAM_SIZE}, &w->clock, &host);
    w->bus.htif_tohost = TOHOST;
    w->bus.htif_fromhost = TOHOST + 8;
    for (unsigned i = 0; i < DISKS; i++)
        bus_add_disk(&w->bus, i, SECTORS, i == 1);
    bus_add_rng(&w->bus, DISKS, 7);
    bus_add_console(&w->bus, DISKS + 1);
    for (unsigned acts = 0; w->left && acts < 400; acts++) {
        act(w);
        check(w);
    }
    w->clock.now += UINT64_C(1) << 40;
    bus_advance(&w->bus);
    check(w);
    free(ram);
    free(w);
    return 0;
}
