/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests of the virtio block device: a driver of it, on the board of board.h, with rings of SIZE entries.
 */
#ifndef TESTS_UNIT_VIRTIO_H
#define TESTS_UNIT_VIRTIO_H

#include "board.h"

#define SLOT0 BUS_VIRTIO
enum {
    MAGIC = 0x00,
    VERSION = 0x04,
    DEVICE_ID = 0x08,
    VENDOR = 0x0c,
    FEATURES = 0x10,
    FEATURES_SEL = 0x14,
    TAKEN = 0x20,
    TAKEN_SEL = 0x24,
    QUEUE_SEL = 0x30,
    NUM_MAX = 0x34,
    NUM = 0x38,
    READY = 0x44,
    NOTIFY = 0x50,
    INTERRUPT = 0x60,
    ACK = 0x64,
    STATUS = 0x70,
    DESC = 0x80,
    AVAIL = 0x90,
    USED = 0xa0,
    CONFIG = 0x100,
};
enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8 };
enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };
enum { OK = 0, IOERR = 1, UNSUPP = 2, NOT_WRITTEN = 0xee };

/* Where things are in RAM, as offsets. */
enum {
    SIZE = 16,
    DESC_AT = 0x0000,
    AVAIL_AT = 0x1000,
    USED_AT = 0x2000,
    HEADER_AT = 0x3000,
    STATUS_AT = 0x3800,
    DATA_AT = 0x4000
};

static inline uint32_t reg(struct board *b, unsigned offset)
{
    return (uint32_t)load(b, SLOT0 + offset, 4);
}

static inline void set(struct board *b, unsigned offset, uint32_t value)
{
    store(b, SLOT0 + offset, 4, value);
}

static inline uint64_t word(struct board *b, unsigned at, unsigned size)
{
    return bytes_get(b->ram + at, size);
}

/* Brings the device up as a driver should; xv6's way if it takes no features. */
static inline void start(struct board *b, bool readonly, bool modern)
{
    bus_add_disk(&b->bus, 0, BOARD_SECTORS, readonly);
    set(b, STATUS, 0);
    set(b, STATUS, 1);
    set(b, STATUS, 3);
    set(b, TAKEN_SEL, 1);
    set(b, TAKEN, modern);
    set(b, STATUS, 11);
    assert_int_equal(reg(b, STATUS), 11);
    set(b, QUEUE_SEL, 0);
    assert_int_equal(reg(b, READY), 0);
    assert_true(reg(b, NUM_MAX) >= SIZE);
    set(b, NUM, SIZE);
    set(b, DESC, (uint32_t)RAM_BASE + DESC_AT);
    set(b, AVAIL, (uint32_t)RAM_BASE + AVAIL_AT);
    set(b, USED, (uint32_t)RAM_BASE + USED_AT);
    set(b, DESC + 4, 0);
    set(b, READY, 1);
    assert_int_equal(reg(b, READY), 1);
    set(b, STATUS, 15);
}

static inline void descriptor(struct board *b, unsigned i, uint64_t pa, uint64_t length, unsigned flags, unsigned next)
{
    uint8_t *d = b->ram + DESC_AT + 16 * i;
    bytes_put(d, 8, pa);
    bytes_put(d + 8, 4, length);
    bytes_put(d + 12, 2, flags);
    bytes_put(d + 14, 2, next);
}

static inline void offer(struct board *b, unsigned head)
{
    uint64_t index = word(b, AVAIL_AT + 2, 2);
    bytes_put(b->ram + AVAIL_AT + 4 + 2 * (index % SIZE), 2, head);
    bytes_put(b->ram + AVAIL_AT + 2, 2, index + 1);
}

static inline void header(struct board *b, unsigned n, unsigned type, uint64_t sector)
{
    bytes_put(b->ram + HEADER_AT + 16 * n, 8, type);
    bytes_put(b->ram + HEADER_AT + 16 * n + 8, 8, sector);
    b->ram[STATUS_AT + n] = NOT_WRITTEN;
}

/* The usual three descriptors, from 3n on: header n, data at its place n, status n. */
static inline void request(struct board *b, unsigned n, unsigned type, uint64_t sector, uint64_t length)
{
    unsigned d = 3 * n;
    header(b, n, type, sector);
    descriptor(b, d, RAM_BASE + HEADER_AT + 16 * n, 16, NEXT, d + 1);
    descriptor(b, d + 1, RAM_BASE + DATA_AT + 0x1000 * n, length, type == OUT ? NEXT : NEXT | WRITE, d + 2);
    descriptor(b, d + 2, RAM_BASE + STATUS_AT + n, 1, WRITE, 0);
}

/* Kicks, and lets all be done. All that changes in RAM must have been announced. */
static inline void go(struct board *b)
{
    memcpy(b->before, b->ram, sizeof b->ram);
    memset(b->announced, 0, sizeof b->announced);
    set(b, NOTIFY, 0);
    advance_to(b, b->clock.now + 1000000);
    for (unsigned i = 0; i < BOARD_RAM; i++)
        assert_true(b->ram[i] == b->before[i] || b->announced[i]);
}

static inline unsigned status(struct board *b, unsigned n)
{
    return b->ram[STATUS_AT + n];
}

/* Head and length of the i-th entry of the used ring. */
static inline void used(struct board *b, unsigned i, unsigned head, unsigned length)
{
    assert_int_equal(word(b, USED_AT + 4 + 8 * i, 4), head);
    assert_int_equal(word(b, USED_AT + 8 + 8 * i, 4), length);
}

static inline bool raised(struct board *b)
{
    bool pending = b->bus.plic.pending >> BUS_IRQ_VIRTIO & 1;
    b->bus.plic.pending = 0;
    return pending;
}

#endif
