/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The virtio block device, as a good driver uses it.
 */
#include "virtio.h"

/* --- registers ------------------------------------------------------------------------------------------------------- */

static void an_empty_slot_says_so(void **state)
{
    struct board *b = *state;
    for (unsigned slot = 0; slot < BUS_VIRTIO_SLOTS; slot++) {
        uint64_t base = BUS_VIRTIO + slot * 0x1000;
        assert_int_equal(load(b, base + MAGIC, 4), 0x74726976);
        assert_int_equal(load(b, base + VERSION, 4), 2);
        assert_int_equal(load(b, base + DEVICE_ID, 4), 0);
        assert_int_equal(load(b, base + VENDOR, 4), 0x554d4551);
        assert_int_equal(load(b, base + CONFIG, 8), 0);
        store(b, base + STATUS, 4, 15);
        store(b, base + NOTIFY, 4, 0);
        assert_int_equal(load(b, base + STATUS, 4), 0);
    }
    assert_int_equal(b->bus.events.count, 0);
}

static void a_disk_describes_itself(void **state)
{
    struct board *b = *state;
    bus_add_disk(&b->bus, 0, 0x123456789a, false);
    assert_int_equal(reg(b, DEVICE_ID), 2);
    assert_int_equal(reg(b, NUM_MAX), VIRTQ_MAX);
    set(b, FEATURES_SEL, 1);
    assert_int_equal(reg(b, FEATURES), 1);
    set(b, FEATURES_SEL, 0);
    assert_int_equal(reg(b, FEATURES), 1 << 9 | 1 << 6 | 1 << 2);
    set(b, FEATURES_SEL, 2);
    assert_int_equal(reg(b, FEATURES), 0);
    set(b, QUEUE_SEL, 1);
    assert_int_equal(reg(b, NUM_MAX), 0);
    assert_int_equal(reg(b, 0xfc), 0);
    assert_int_equal(reg(b, 0xb0), 0xffffffff);
    assert_int_equal(load(b, SLOT0 + CONFIG, 8), 0x123456789a);
    assert_int_equal(load(b, SLOT0 + CONFIG + 4, 4), 0x12);
    assert_int_equal(load(b, SLOT0 + CONFIG + 2, 2), 0x3456);
    assert_int_equal(load(b, SLOT0 + CONFIG, 1), 0x9a);
    assert_int_equal(load(b, SLOT0 + CONFIG + 12, 4), VIRTQ_MAX - 2);
    assert_int_equal(load(b, SLOT0 + CONFIG + 20, 4), 512);
    assert_int_equal(load(b, SLOT0 + CONFIG + 24, 4), 0);
    store(b, SLOT0 + CONFIG, 1, 1);
    assert_int_equal(load(b, SLOT0 + CONFIG, 8), 0x123456789a);
    bus_add_disk(&b->bus, 0, 1, true);
    set(b, FEATURES_SEL, 0);
    assert_int_equal(reg(b, FEATURES), 1 << 9 | 1 << 6 | 1 << 5 | 1 << 2);
}

static void features_that_were_not_offered_are_refused(void **state)
{
    struct board *b = *state;
    bus_add_disk(&b->bus, 0, 1, false);
    set(b, TAKEN_SEL, 0);
    set(b, TAKEN, 1 << 28); /* indirect descriptors */
    set(b, STATUS, 11);
    assert_int_equal(reg(b, STATUS), 3);
    set(b, TAKEN, 1 << 9);
    set(b, STATUS, 11);
    assert_int_equal(reg(b, STATUS), 11);
}

static void a_queue_has_a_good_size_or_none(void **state)
{
    struct board *b = *state;
    bus_add_disk(&b->bus, 0, 1, false);
    static const uint32_t bad[] = {0, 3, VIRTQ_MAX + 1, 2 * VIRTQ_MAX, 0x80000000};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        set(b, NUM, bad[i]);
        set(b, READY, 1);
        assert_int_equal(reg(b, READY), 0);
    }
    set(b, NUM, VIRTQ_MAX);
    set(b, READY, 1);
    assert_int_equal(reg(b, READY), 1);
    set(b, NUM, 3); /* not while it is in use */
    assert_int_equal(b->bus.virtio[0].queue[0].size, VIRTQ_MAX);
}

/* --- requests -------------------------------------------------------------------------------------------------------- */

static void a_read_takes_its_time(void **state)
{
    struct board *b = *state;
    start(b, false, false);
    memset(b->disk + 5 * 512, 0xab, 1024);
    request(b, 0, IN, 5, 1024);
    offer(b, 0);
    b->clock.now = 100;
    set(b, NOTIFY, 0);
    assert_int_equal(bus_next_due(&b->bus), 100 + 2000 + 2 * 500);
    advance_to(b, 100 + 2999);
    assert_int_equal(status(b, 0), NOT_WRITTEN);
    assert_false(raised(b));
    advance_to(b, 100 + 3000);
    assert_int_equal(status(b, 0), OK);
    assert_memory_equal(b->ram + DATA_AT, b->disk + 5 * 512, 1024);
    assert_int_equal(word(b, USED_AT + 2, 2), 1);
    used(b, 0, 0, 1025);
    assert_true(raised(b));
    assert_int_equal(reg(b, INTERRUPT), 1);
    set(b, ACK, 1);
    assert_int_equal(reg(b, INTERRUPT), 0);
    assert_false(raised(b));
}

static void a_write_and_a_flush(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    memset(b->ram + DATA_AT, 0x5a, 512);
    request(b, 0, OUT, BOARD_SECTORS - 1, 512);
    header(b, 1, FLUSH, 0);
    descriptor(b, 3, RAM_BASE + HEADER_AT + 16, 16, NEXT, 4);
    descriptor(b, 4, RAM_BASE + STATUS_AT + 1, 1, WRITE, 0);
    offer(b, 0);
    offer(b, 3);
    go(b);
    assert_int_equal(status(b, 0), OK);
    assert_int_equal(status(b, 1), OK);
    assert_memory_equal(b->disk + (BOARD_SECTORS - 1) * 512, b->ram + DATA_AT, 512);
    assert_int_equal(b->flushes, 1);
    used(b, 0, 0, 1);
    used(b, 1, 3, 1);
}

static void the_device_has_a_name(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    memset(b->ram + DATA_AT, 0xff, 32);
    request(b, 0, GET_ID, 0, 20);
    request(b, 1, GET_ID, 0, 4);
    offer(b, 0);
    offer(b, 3);
    go(b);
    assert_memory_equal(b->ram + DATA_AT, "trapeze-disk\0\0\0\0\0\0\0\0\xff", 21);
    assert_memory_equal(b->ram + DATA_AT + 0x1000, "trap\0", 5);
    used(b, 0, 0, 21);
    used(b, 1, 3, 5);
}

static void pieces_may_be_cut_anyhow(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    for (unsigned i = 0; i < 1024; i++)
        b->ram[DATA_AT + i] = (uint8_t)(i / 3);
    header(b, 0, OUT, 2);
    memcpy(b->ram + DATA_AT - 6, b->ram + HEADER_AT + 10, 6); /* the header's end and a sector, in one piece */
    descriptor(b, 0, RAM_BASE + HEADER_AT, 10, NEXT, 7);
    descriptor(b, 7, RAM_BASE + DATA_AT - 6, 6 + 512, NEXT, 3);
    descriptor(b, 3, RAM_BASE + DATA_AT + 512, 512, NEXT, 5);
    descriptor(b, 5, RAM_BASE + STATUS_AT, 1, NEXT | WRITE, 6);
    descriptor(b, 6, RAM_BASE + STATUS_AT + 8, 0, WRITE, 0); /* empty: the status byte is the one before */
    offer(b, 0);
    go(b);
    assert_int_equal(status(b, 0), OK);
    assert_memory_equal(b->disk + 2 * 512, b->ram + DATA_AT, 1024);

    header(b, 1, IN, 2); /* data and status in one piece */
    descriptor(b, 8, RAM_BASE + HEADER_AT + 16, 16, NEXT, 9);
    descriptor(b, 9, RAM_BASE + DATA_AT + 0x1000, 513, WRITE, 0);
    b->ram[DATA_AT + 0x1000 + 512] = NOT_WRITTEN;
    offer(b, 8);
    go(b);
    assert_int_equal(b->ram[DATA_AT + 0x1000 + 512], OK);
    assert_memory_equal(b->disk + 2 * 512, b->ram + DATA_AT + 0x1000, 512);
}

static void requests_end_when_each_is_due(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    request(b, 0, IN, 0, 8 * 512); /* due at 6,000 */
    request(b, 1, IN, 9, 512);     /* due at 2,500 */
    request(b, 2, IN, 10, 512);    /* the same: in the order of the ring */
    offer(b, 0);
    offer(b, 3);
    offer(b, 6);
    go(b);
    used(b, 0, 3, 513);
    used(b, 1, 6, 513);
    used(b, 2, 0, 8 * 512 + 1);
}

/* Of events at the same time the UART's come first. */
static void input_comes_before_disks(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    request(b, 0, FLUSH, 0, 0);
    offer(b, 0);
    set(b, NOTIFY, 0);
    b->input = "x";
    b->bus.input_gap = 5000;
    load(b, BUS_UART + 5, 1);
    assert_int_equal(b->bus.events.event[0].due, b->bus.events.event[1].due);
    advance_to(b, 5000);
    assert_int_equal(b->flushes, 1);
    assert_int_equal(b->flushes_at_input, 0);
}

static void more_than_it_works_on_at_once(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    header(b, 0, FLUSH, 0);
    for (unsigned i = 0; i < SIZE / 2; i++) {
        descriptor(b, 2 * i, RAM_BASE + HEADER_AT, 16, NEXT, 2 * i + 1);
        descriptor(b, 2 * i + 1, RAM_BASE + STATUS_AT + i, 1, WRITE, 0);
    }
    for (unsigned i = 0; i < SIZE; i++)
        offer(b, 2 * (i % (SIZE / 2))); /* each twice: foolish, but allowed */
    set(b, NOTIFY, 0);
    assert_int_equal(b->bus.events.count, VIRTIO_IN_FLIGHT);
    go(b);
    assert_int_equal(word(b, USED_AT + 2, 2), SIZE);
    assert_int_equal(b->flushes, SIZE);
    assert_int_equal(b->bus.virtio[0].in_flight, 0);
}

static void the_rings_go_round(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    bytes_put(b->ram + AVAIL_AT + 2, 2, 0);
    for (unsigned i = 0; i < 70000; i++) {
        request(b, i % 5, IN, i % BOARD_SECTORS, 512);
        offer(b, 3 * (i % 5));
        set(b, NOTIFY, 0);
        b->clock.now += 10000;
        bus_advance(&b->bus);
        assert_int_equal(status(b, i % 5), OK);
        assert_int_equal(word(b, USED_AT + 2, 2), (uint16_t)(i + 1));
    }
}

static void the_driver_may_not_want_interrupts(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    bytes_put(b->ram + AVAIL_AT, 2, 1);
    request(b, 0, IN, 0, 512);
    offer(b, 0);
    go(b);
    assert_int_equal(status(b, 0), OK);
    assert_int_equal(reg(b, INTERRUPT), 0);
    assert_false(raised(b));
}

static void an_unacknowledged_reason_interrupts_again(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    for (unsigned i = 0; i < 2; i++) {
        request(b, i, IN, 0, 512);
        offer(b, 3 * i);
        go(b);
        assert_true(raised(b)); /* nobody writes INTERRUPT_ACK */
    }
}

static void errors_are_answered(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    static const struct {
        unsigned type;
        uint64_t sector, length;
        unsigned status;
    } cases[] = {
        {IN, BOARD_SECTORS, 512, IOERR},
        {IN, BOARD_SECTORS - 1, 1024, IOERR},
        {OUT, UINT64_MAX, 512, IOERR},
        {OUT, UINT64_MAX - 1, 1024, IOERR},
        {IN, 0, 511, IOERR},
        {IN, 0, 513, IOERR},
        {IN, 0, 0xfffffe00, IOERR}, /* more than RAM has */
        {OUT, 0, 0xffffffff, IOERR},
        {IN, BOARD_SECTORS, 0, OK}, /* nothing, at the end */
        {2, 0, 512, UNSUPP},
        {11, 0, 512, UNSUPP},
        {0xffffffff, 0, 512, UNSUPP},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        request(b, 0, cases[i].type, cases[i].sector, cases[i].length);
        offer(b, 0);
        go(b);
        assert_int_equal(status(b, 0), cases[i].status);
        used(b, i % SIZE, 0, 1);
    }
    assert_int_equal(reg(b, STATUS), 15);
}

static void a_broken_disk_is_an_error(void **state)
{
    struct board *b = *state;
    start(b, false, true);
    b->disk_fails = true;
    request(b, 0, IN, 0, 512);
    request(b, 1, OUT, 0, 512);
    offer(b, 0);
    offer(b, 3);
    go(b);
    assert_int_equal(status(b, 0), IOERR);
    assert_int_equal(status(b, 1), IOERR);
    request(b, 0, FLUSH, 0, 0);
    offer(b, 0);
    go(b);
    assert_int_equal(status(b, 0), IOERR);
}

static void a_readonly_disk_is_not_written(void **state)
{
    struct board *b = *state;
    start(b, true, true);
    memset(b->ram + DATA_AT, 1, 512);
    request(b, 0, OUT, 0, 512);
    offer(b, 0);
    go(b);
    assert_int_equal(status(b, 0), IOERR);
    assert_int_equal(b->disk[0], 0);
    request(b, 0, IN, 0, 512);
    offer(b, 0);
    go(b);
    assert_int_equal(status(b, 0), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(an_empty_slot_says_so),
        BOARD_TEST(a_disk_describes_itself),
        BOARD_TEST(features_that_were_not_offered_are_refused),
        BOARD_TEST(a_queue_has_a_good_size_or_none),
        BOARD_TEST(a_read_takes_its_time),
        BOARD_TEST(a_write_and_a_flush),
        BOARD_TEST(the_device_has_a_name),
        BOARD_TEST(pieces_may_be_cut_anyhow),
        BOARD_TEST(requests_end_when_each_is_due),
        BOARD_TEST(input_comes_before_disks),
        BOARD_TEST(more_than_it_works_on_at_once),
        BOARD_TEST(the_rings_go_round),
        BOARD_TEST(the_driver_may_not_want_interrupts),
        BOARD_TEST(an_unacknowledged_reason_interrupts_again),
        BOARD_TEST(errors_are_answered),
        BOARD_TEST(a_broken_disk_is_an_error),
        BOARD_TEST(a_readonly_disk_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
