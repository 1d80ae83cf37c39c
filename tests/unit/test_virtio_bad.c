/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The virtio block device, as a bad guest uses it.
 */
#include "virtio.h"

/* The chain at descriptor 0 gets this answer; -1: none, and the device needs a reset. */
static void answer(struct board *b, int expected)
{
    b->ram[STATUS_AT] = NOT_WRITTEN;
    offer(b, 0);
    go(b);
    if (expected >= 0) {
        assert_int_equal(status(b, 0), expected);
        assert_int_equal(reg(b, STATUS), 15);
        return;
    }
    assert_int_equal(status(b, 0), NOT_WRITTEN);
    assert_int_equal(reg(b, STATUS), 15 | 0x40);
    assert_int_equal(reg(b, INTERRUPT) & 2, 2);
    assert_true(raised(b));
    memset(b->ram, 0, 0x3000);
    start(b, false, true); /* a reset helps */
    assert_int_equal(reg(b, STATUS), 15);
}

static void bad_chains(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    request(b, 0, IN, 0, 512);
    answer(b, OK);

    request(b, 0, IN, 0, 512); /* a loop */
    descriptor(b, 2, RAM_BASE + STATUS_AT, 1, WRITE | NEXT, 0);
    answer(b, -1);
    request(b, 0, IN, 0, 512); /* to itself */
    descriptor(b, 0, RAM_BASE + HEADER_AT, 16, NEXT, 0);
    answer(b, -1);
    request(b, 0, IN, 0, 512); /* out of range */
    descriptor(b, 1, RAM_BASE + DATA_AT, 512, NEXT | WRITE, SIZE);
    answer(b, -1);
    request(b, 0, IN, 0, 512); /* no status byte */
    descriptor(b, 2, RAM_BASE + STATUS_AT, 0, WRITE, 0);
    descriptor(b, 1, RAM_BASE + DATA_AT, 0, NEXT | WRITE, 2);
    answer(b, -1);
    request(b, 0, IN, 0, 512); /* it is outside of RAM */
    descriptor(b, 2, RAM_BASE + BOARD_RAM, 1, WRITE, 0);
    answer(b, -1);
    request(b, 0, OUT, 0, 512); /* nothing that could be written */
    descriptor(b, 2, RAM_BASE + STATUS_AT, 1, 0, 0);
    answer(b, -1);
    descriptor(b, 0, RAM_BASE + HEADER_AT, 16, INDIRECT, 0);
    answer(b, -1);
    request(b, 0, OUT, 0, 512); /* a table is nothing to write a status to */
    descriptor(b, 2, RAM_BASE + STATUS_AT, 1, WRITE | INDIRECT, 0);
    answer(b, -1);
}

static void bad_pieces(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    static const uint64_t outside[] = {
        0,        RAM_BASE - 1,     RAM_BASE - 512, RAM_BASE + BOARD_RAM - 511, RAM_BASE + BOARD_RAM,
        BUS_UART, UINT64_MAX - 511, UINT64_MAX};
    for (unsigned i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        request(b, 0, IN, 0, 512);
        descriptor(b, 1, outside[i], 512, NEXT | WRITE, 2);
        answer(b, IOERR);
        request(b, 0, IN, 0, 512);
        descriptor(b, 0, outside[i], 512, NEXT, 1);
        answer(b, IOERR);
    }
    request(b, 0, IN, 0, 512); /* a header that is too short */
    descriptor(b, 0, RAM_BASE + HEADER_AT, 15, NEXT, 1);
    answer(b, IOERR);
    request(b, 0, IN, 0, 512); /* data on the wrong side */
    descriptor(b, 1, RAM_BASE + DATA_AT, 512, NEXT, 2);
    answer(b, IOERR);
    request(b, 0, OUT, 0, 512);
    descriptor(b, 1, RAM_BASE + DATA_AT, 512, NEXT | WRITE, 2);
    answer(b, IOERR);
    request(b, 0, IN, 0, 512); /* read after written */
    descriptor(b, 0, RAM_BASE + HEADER_AT, 16, NEXT | WRITE, 1);
    descriptor(b, 1, RAM_BASE + DATA_AT, 512, NEXT, 2);
    answer(b, IOERR);
    request(b, 0, IN, 0, 512); /* unknown flags */
    descriptor(b, 1, RAM_BASE + DATA_AT, 512, NEXT | WRITE | INDIRECT, 2);
    answer(b, IOERR);
}

/* A chain that ends in a piece to be read has its status byte before that, in the last one to be written. */
static void a_status_byte_never_goes_to_a_piece_to_be_read(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    request(b, 0, IN, 0, 512);
    descriptor(b, 1, RAM_BASE + STATUS_AT, 1, NEXT | WRITE, 2);
    descriptor(b, 2, RAM_BASE + DATA_AT, 1, 0, 0);
    b->ram[DATA_AT] = 0x77;
    answer(b, IOERR);
    assert_int_equal(b->ram[DATA_AT], 0x77);
}

static void bad_rings(void **state)
{
    struct board *b = *state;
    static const uint32_t ring[] = {DESC, AVAIL, USED};
    for (unsigned i = 0; i < 3; i++) {
        start(b, false, true);
        request(b, 0, IN, 0, 512);
        set(b, READY, 0);
        set(b, ring[i], (uint32_t)(RAM_BASE + BOARD_RAM - 3));
        set(b, READY, 1);
        set(b, STATUS, 15);
        bytes_put(b->ram + AVAIL_AT + 2, 2, 0);
        offer(b, 0);
        go(b);
        assert_int_equal(reg(b, STATUS), 15 | 0x40);
        assert_int_equal(b->bus.events.count, 0);
    }
    memset(b->ram, 0, 0x3000);
    start(b, false, true);
    request(b, 0, IN, 0, 512);
    bytes_put(b->ram + AVAIL_AT + 2, 2, SIZE + 1); /* more chains than the ring has */
    set(b, NOTIFY, 0);
    assert_int_equal(reg(b, STATUS), 15 | 0x40);
    memset(b->ram, 0, 0x3000);
    start(b, false, true);
    offer(b, SIZE); /* a head that is none */
    set(b, NOTIFY, 0);
    assert_int_equal(reg(b, STATUS), 15 | 0x40);
    bytes_put(b->ram + AVAIL_AT + 2, 2, 0);
    request(b, 0, IN, 0, 512); /* from then on even a good request is not served */
    offer(b, 0);
    set(b, STATUS, 15);
    go(b);
    assert_int_equal(status(b, 0), NOT_WRITTEN);
    assert_int_equal(reg(b, STATUS), 15 | 0x40);
}

static void nothing_happens_before_the_driver_is_ready(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    request(b, 0, IN, 0, 512);
    offer(b, 0);
    set(b, STATUS, 11);
    go(b);
    assert_int_equal(status(b, 0), NOT_WRITTEN);
    set(b, STATUS, 15);
    set(b, NOTIFY, 1); /* there is only queue 0 */
    assert_int_equal(b->bus.events.count, 0);
    go(b);
    assert_int_equal(status(b, 0), OK);
}

static void a_reset_forgets_what_is_under_way(void **state)
{
    struct board *b = *state;
    for (unsigned how = 0; how < 2; how++) {
        start(b, false, true);
        memset(b->ram + AVAIL_AT, 0, 64);
        request(b, 0, IN, 0, 512);
        offer(b, 0);
        set(b, NOTIFY, 0);
        assert_int_equal(b->bus.events.count, 1);
        set(b, how ? READY : STATUS, 0);
        assert_int_equal(b->bus.events.count, 0);
        advance_to(b, b->clock.now + 100000);
        assert_int_equal(status(b, 0), NOT_WRITTEN);
        assert_int_equal(load(b, SLOT0 + CONFIG, 8), BOARD_SECTORS);
    }
    memset(b->ram + AVAIL_AT, 0, 64);
    set(b, READY, 1); /* the rings begin anew */
    offer(b, 0);
    go(b);
    assert_int_equal(status(b, 0), OK);
    assert_int_equal(word(b, USED_AT + 2, 2), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(bad_chains),
        BOARD_TEST(bad_pieces),
        BOARD_TEST(a_status_byte_never_goes_to_a_piece_to_be_read),
        BOARD_TEST(bad_rings),
        BOARD_TEST(nothing_happens_before_the_driver_is_ready),
        BOARD_TEST(a_reset_forgets_what_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
