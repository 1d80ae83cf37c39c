/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The virtio entropy device and the virtio console: as a good driver uses them, and as a bad guest does.
 */
#include "board.h"

enum { DEVICE_ID = 0x08, FEATURES = 0x10, FEATURES_SEL = 0x14, QUEUE_SEL = 0x30, NUM_MAX = 0x34, NUM = 0x38, READY = 0x44 };
enum { NOTIFY = 0x50, INTERRUPT = 0x60, ACK = 0x64, STATUS = 0x70, DESC = 0x80, AVAIL = 0x90, USED = 0xa0, CONFIG = 0x100 };
enum { NEXT = 1, WRITE = 2, NEEDS_RESET = 0x40 };
enum { SIZE = 4, QUEUE_AT = 0x1000, AVAIL_AT = 0x400, USED_AT = 0x800, DATA_AT = 0x4000 };
enum { RECEIVE = 0, TRANSMIT = 1 };

static uint32_t reg(struct board *b, unsigned offset)
{
    return (uint32_t)load(b, BUS_VIRTIO + offset, 4);
}

static void set(struct board *b, unsigned offset, uint32_t value)
{
    store(b, BUS_VIRTIO + offset, 4, value);
}

static uint64_t at_queue(unsigned queue, unsigned offset)
{
    return (uint64_t)QUEUE_AT * queue + offset;
}

static void start(struct board *b, unsigned queues)
{
    set(b, STATUS, 0);
    set(b, STATUS, 3);
    set(b, STATUS, 11);
    for (unsigned q = 0; q < queues; q++) {
        set(b, QUEUE_SEL, q);
        set(b, NUM, SIZE);
        set(b, DESC, (uint32_t)(RAM_BASE + at_queue(q, 0)));
        set(b, AVAIL, (uint32_t)(RAM_BASE + at_queue(q, AVAIL_AT)));
        set(b, USED, (uint32_t)(RAM_BASE + at_queue(q, USED_AT)));
        set(b, READY, 1);
    }
    set(b, STATUS, 15);
}

static void describe(struct board *b, unsigned queue, unsigned i, uint64_t at, uint32_t length, unsigned flags)
{
    uint8_t *d = b->ram + at_queue(queue, 16 * i);
    bytes_put(d, 8, RAM_BASE + at);
    bytes_put(d + 8, 4, length);
    bytes_put(d + 12, 2, flags);
    bytes_put(d + 14, 2, i + 1);
}

/* Makes the chain at `head` available, and says so. */
static void offer(struct board *b, unsigned queue, unsigned head)
{
    uint8_t *avail = b->ram + at_queue(queue, AVAIL_AT);
    uint64_t index = bytes_get(avail + 2, 2);
    bytes_put(avail + 4 + 2 * (index % SIZE), 2, head);
    bytes_put(avail + 2, 2, index + 1);
    set(b, NOTIFY, queue);
}

static uint64_t used(struct board *b, unsigned queue)
{
    return bytes_get(b->ram + at_queue(queue, USED_AT + 2), 2);
}

/* Bytes written to the chain that was used last. */
static uint64_t written(struct board *b, unsigned queue)
{
    return bytes_get(b->ram + at_queue(queue, USED_AT + 4 + 8 * (unsigned)((used(b, queue) - 1) % SIZE) + 4), 4);
}

static bool broken(struct board *b)
{
    return reg(b, STATUS) & NEEDS_RESET;
}

static void registers(void **state)
{
    struct board *b = *state;
    assert_int_equal(reg(b, DEVICE_ID), 0);
    assert_int_equal(reg(b, NUM_MAX), 0);
    bus_add_console(&b->bus, 0);
    assert_int_equal(reg(b, DEVICE_ID), 3);
    assert_int_equal(reg(b, FEATURES), 0);
    set(b, FEATURES_SEL, 1);
    assert_int_equal(reg(b, FEATURES), 1);
    for (uint32_t q = 0; q < 4; q++) {
        set(b, QUEUE_SEL, q);
        assert_int_equal(reg(b, NUM_MAX), q < 2 ? VIRTQ_MAX : 0);
        set(b, NUM, UINT32_C(8) << q);
        set(b, READY, 1);
        assert_int_equal(reg(b, READY), q < 2);
    }
    assert_int_equal(b->bus.virtio[0].queue[0].size, 8);
    assert_int_equal(b->bus.virtio[0].queue[1].size, 16);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(load(b, BUS_VIRTIO + CONFIG + i, 1), 0);
    for (unsigned offset = 0xb0; offset < 0xc0; offset += 4)
        assert_int_equal(reg(b, offset), UINT32_MAX); /* there is no shared memory */
    bus_add_rng(&b->bus, 1, 1);
    assert_int_equal(load(b, BUS_VIRTIO + 0x1000 + DEVICE_ID, 4), 4);
}

static void random_bytes(void **state)
{
    struct board *b = *state;
    bus_add_rng(&b->bus, 0, 1);
    start(b, 1);
    describe(b, 0, 0, DATA_AT, 3, NEXT | WRITE);
    describe(b, 0, 1, DATA_AT + 100, 13, WRITE);
    offer(b, 0, 0);
    assert_int_equal(bus_next_due(&b->bus), 2000 + 16 * 10);
    advance_to(b, 5000);
    assert_int_equal(used(b, 0), 1);
    assert_int_equal(written(b, 0), 16);
    assert_int_equal(reg(b, INTERRUPT), 1);
    uint8_t all[16]; /* splitmix64 from 1 */
    memcpy(all, b->ram + DATA_AT, 3);
    memcpy(all + 3, b->ram + DATA_AT + 100, 13);
    assert_int_equal(bytes_get(all, 8), UINT64_C(0x910a2dec89025cc1));
    assert_int_equal(bytes_get(all + 8, 8), UINT64_C(0xbeeb8da1658eec67));
    assert_int_equal(b->ram[DATA_AT + 3] | b->ram[DATA_AT + 113], 0);
    for (unsigned i = 0; i < 3; i++)
        assert_true(b->announced[DATA_AT + i] && b->announced[DATA_AT + 100 + i]);
}

/* A reset does not wind it back; and a chain gets no more than a page of bytes. */
static void random_goes_on(void **state)
{
    struct board *b = *state;
    bus_add_rng(&b->bus, 0, 1);
    for (unsigned i = 0; i < 2; i++) {
        memset(b->ram, 0, DATA_AT);
        start(b, 1);
        describe(b, 0, 0, DATA_AT + 8 * i, i ? 0x8000 : 8, WRITE);
        offer(b, 0, 0);
        advance_to(b, b->clock.now + 100000);
    }
    assert_int_equal(written(b, 0), 4096);
    assert_int_equal(bytes_get(b->ram + DATA_AT + 8, 8), UINT64_C(0xbeeb8da1658eec67));
    assert_int_equal(b->ram[DATA_AT + 8 + 4096], 0);
}

static void bad_chains(void **state)
{
    struct board *b = *state;
    static const struct {
        uint64_t at;
        uint32_t length;
        unsigned flags;
    } bad[] = {{DATA_AT, 8, 0}, {BOARD_RAM, 8, WRITE}, {BOARD_RAM - 4, 8, WRITE}, {DATA_AT, 8, WRITE | 4}};
    for (unsigned kind = 0; kind < 2; kind++)
        for (unsigned i = 0; i < 4; i++) {
            memset(b->ram, 0, DATA_AT);
            b->input = "x";
            if (kind)
                bus_add_console(&b->bus, 0);
            else
                bus_add_rng(&b->bus, 0, 1);
            start(b, kind + 1);
            describe(b, 0, 0, bad[i].at, bad[i].length, bad[i].flags);
            offer(b, 0, 0);
            advance_to(b, b->clock.now + 10000);
            assert_true(broken(b));
            assert_int_equal(used(b, 0), 0);
            offer(b, 0, 0); /* in vain */
            assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
        }
}

static void prints(void **state)
{
    struct board *b = *state;
    bus_add_console(&b->bus, 0);
    start(b, 2);
    memcpy(b->ram + DATA_AT, "hello, world", 12);
    describe(b, TRANSMIT, 0, DATA_AT, 5, NEXT);
    describe(b, TRANSMIT, 1, DATA_AT + 5, 7, 0);
    describe(b, TRANSMIT, 2, DATA_AT, 1, 0);
    offer(b, TRANSMIT, 0);
    offer(b, TRANSMIT, 2);
    assert_int_equal(bus_next_due(&b->bus), 1000 + 10);
    advance_to(b, 1119);
    assert_int_equal(b->output_size, 1); /* the shorter one is through first */
    advance_to(b, 1120);
    assert_memory_equal(b->output, "hhello, world", 13);
    assert_int_equal(used(b, TRANSMIT), 2);
    assert_int_equal(written(b, TRANSMIT), 0);
    describe(b, TRANSMIT, 0, DATA_AT, 5, WRITE);
    offer(b, TRANSMIT, 0);
    advance_to(b, 9999);
    assert_true(broken(b));
    assert_int_equal(b->output_size, 13);
}

static void receives(void **state)
{
    struct board *b = *state;
    bus_add_console(&b->bus, 0);
    b->input = "ab";
    start(b, 2);
    describe(b, RECEIVE, 0, DATA_AT, 64, WRITE);
    describe(b, RECEIVE, 1, DATA_AT + 64, 64, WRITE);
    describe(b, RECEIVE, 2, DATA_AT + 128, 64, WRITE);
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX); /* nothing is asked for before there is a buffer */
    offer(b, RECEIVE, 0);
    assert_int_equal(bus_next_due(&b->bus), BUS_INPUT_GAP);
    advance_to(b, 10 * BUS_INPUT_GAP);
    assert_int_equal(used(b, RECEIVE), 1);
    assert_int_equal(b->ram[DATA_AT], 'a');
    assert_int_equal(written(b, RECEIVE), 1);
    assert_int_equal(reg(b, INTERRUPT), 1);
    offer(b, RECEIVE, 1);
    offer(b, RECEIVE, 2);
    advance_to(b, 11 * BUS_INPUT_GAP);
    assert_int_equal(b->ram[DATA_AT + 64], 'b');
    b->input = NULL; /* nothing now: asked again later, with the buffer that is left */
    advance_to(b, 12 * BUS_INPUT_GAP);
    assert_int_equal(bus_next_due(&b->bus), BUS_INPUT_POLL);
    b->input = "c";
    advance_to(b, BUS_INPUT_POLL);
    assert_int_equal(b->ram[DATA_AT + 128], 'c');
    assert_int_equal(used(b, RECEIVE), 3);
}

/* The UART has the input until the console asks, and not after that. */
static void takes_the_input(void **state)
{
    struct board *b = *state;
    bus_add_console(&b->bus, 0);
    b->input = "abc";
    load(b, BUS_UART + 5, 1);
    advance_to(b, 2 * BUS_INPUT_GAP);
    assert_int_equal(load(b, BUS_UART, 1), 'a');
    start(b, 2);
    describe(b, RECEIVE, 0, DATA_AT, 64, WRITE);
    offer(b, RECEIVE, 0);
    advance_to(b, 10 * BUS_INPUT_GAP);
    assert_int_equal(b->ram[DATA_AT], 'b');
    assert_int_equal(load(b, BUS_UART + 5, 1) & 1, 0);
    set(b, STATUS, 0); /* what was under way is forgotten */
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
}

/* A byte is not lost to a buffer that is none; and an empty piece before one with room is nothing special. */
static void keeps_the_input(void **state)
{
    struct board *b = *state;
    bus_add_console(&b->bus, 0);
    b->input = "ab";
    for (unsigned i = 0; i < 3; i++) {
        memset(b->ram, 0, DATA_AT);
        start(b, 2);
        describe(b, RECEIVE, 0, i == 1 ? BOARD_RAM : DATA_AT, i ? 1 : 0, i ? 0 : WRITE);
        offer(b, RECEIVE, 0);
        advance_to(b, b->clock.now + 10 * BUS_INPUT_GAP);
        assert_true(broken(b));
    }
    memset(b->ram, 0, DATA_AT);
    start(b, 2);
    describe(b, RECEIVE, 0, DATA_AT, 0, NEXT | WRITE);
    describe(b, RECEIVE, 1, DATA_AT + 8, 4, WRITE);
    offer(b, RECEIVE, 0);
    advance_to(b, b->clock.now + 10 * BUS_INPUT_GAP);
    assert_int_equal(b->ram[DATA_AT + 8], 'a');
    assert_int_equal(used(b, RECEIVE), 1);
    assert_int_equal(written(b, RECEIVE), 1);
}

/* What is under way on one queue goes on when the other one is stopped. */
static void one_queue_stops(void **state)
{
    struct board *b = *state;
    for (unsigned stopped = 0; stopped < 2; stopped++) {
        memset(b->ram, 0, DATA_AT);
        bus_add_console(&b->bus, 0);
        b->input = "a";
        b->output_size = 0;
        start(b, 2);
        describe(b, RECEIVE, 0, DATA_AT, 1, WRITE);
        describe(b, TRANSMIT, 0, DATA_AT + 8, 1, 0);
        offer(b, RECEIVE, 0);
        offer(b, TRANSMIT, 0);
        set(b, QUEUE_SEL, stopped);
        set(b, READY, 0);
        advance_to(b, b->clock.now + 10 * BUS_INPUT_GAP);
        assert_int_equal(used(b, stopped), 0);
        assert_int_equal(used(b, 1 - stopped), 1);
        assert_int_equal(b->output_size, stopped == RECEIVE);
        assert_int_equal(b->bus.events.count, 0);
        assert_int_equal(b->bus.virtio[0].in_flight, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(registers),       BOARD_TEST(random_bytes),    BOARD_TEST(random_goes_on),
        BOARD_TEST(bad_chains),      BOARD_TEST(prints),          BOARD_TEST(receives),
        BOARD_TEST(takes_the_input), BOARD_TEST(keeps_the_input), BOARD_TEST(one_queue_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
