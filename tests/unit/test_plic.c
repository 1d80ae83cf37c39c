/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The PLIC.
 */
#include "board.h"

#include "isa/device/device.h"

#define PRIORITY(source) (BUS_PLIC + 4 * (source))
#define PENDING (BUS_PLIC + 0x1000)
#define ENABLE(context) (BUS_PLIC + 0x2000 + 0x80 * (context))
#define THRESHOLD(context) (BUS_PLIC + 0x200000 + 0x1000 * (context))
#define CLAIM(context) (THRESHOLD(context) + 4)

static void source_on(struct board *b, unsigned context, unsigned source, unsigned priority)
{
    store(b, PRIORITY(source), 4, priority);
    store(b, ENABLE(context), 4, load(b, ENABLE(context), 4) | UINT32_C(1) << source);
}

static void registers_keep_their_bits(void **state)
{
    struct board *b = *state;
    for (unsigned source = 0; source < BUS_IRQS; source++) {
        store(b, PRIORITY(source), 4, 0xffffffff);
        assert_int_equal(load(b, PRIORITY(source), 4), source ? 7 : 0);
    }
    for (unsigned context = 0; context < 2; context++) {
        store(b, ENABLE(context), 4, 0xffffffff);
        assert_int_equal(load(b, ENABLE(context), 4), 0xfffffffe);
        store(b, ENABLE(context) + 4, 4, 0xffffffff); /* sources that are not there */
        assert_int_equal(load(b, ENABLE(context) + 4, 4), 0);
        store(b, THRESHOLD(context), 4, 0xff);
        assert_int_equal(load(b, THRESHOLD(context), 4), 7);
    }
    store(b, PENDING, 4, 0xffffffff);
    assert_int_equal(load(b, PENDING, 4), 0);
    store(b, ENABLE(2), 4, 2); /* contexts that are not there */
    store(b, THRESHOLD(2), 4, 2);
    assert_int_equal(load(b, ENABLE(2), 4) | load(b, THRESHOLD(2), 4) | load(b, CLAIM(2), 4), 0);
    store(b, PRIORITY(BUS_IRQS), 4, 1);
    assert_int_equal(load(b, PRIORITY(BUS_IRQS), 4), 0);
}

static void contexts_have_their_own_lines(void **state)
{
    struct board *b = *state;
    source_on(b, 0, 3, 1);
    source_on(b, 1, 4, 1);
    plic_raise(&b->bus, 3);
    assert_int_equal(bus_lines(&b->bus), MIP_MEIP);
    plic_raise(&b->bus, 4);
    assert_int_equal(bus_lines(&b->bus), MIP_MEIP | MIP_SEIP);
    assert_int_equal(load(b, PENDING, 4), 1 << 3 | 1 << 4);
    assert_int_equal(load(b, CLAIM(1), 4), 4);
    assert_int_equal(bus_lines(&b->bus), MIP_MEIP);
    assert_int_equal(load(b, PENDING, 4), 1 << 3);
}

static void a_source_must_be_enabled_and_above_the_threshold(void **state)
{
    struct board *b = *state;
    plic_raise(&b->bus, 31);
    assert_int_equal(bus_lines(&b->bus), 0);
    store(b, ENABLE(1), 4, UINT32_C(1) << 31);
    assert_int_equal(bus_lines(&b->bus), 0); /* its priority is 0: never */
    store(b, PRIORITY(31), 4, 3);
    assert_int_equal(bus_lines(&b->bus), MIP_SEIP);
    store(b, THRESHOLD(1), 4, 3);
    assert_int_equal(bus_lines(&b->bus), 0);
    assert_int_equal(load(b, CLAIM(1), 4), 0);
    store(b, THRESHOLD(1), 4, 2);
    assert_int_equal(load(b, CLAIM(1), 4), 31);
    plic_raise(&b->bus, 0); /* there is no source 0 */
    assert_int_equal(load(b, PENDING, 4), 0);
}

static void claims_go_by_priority_then_by_number(void **state)
{
    struct board *b = *state;
    static const unsigned priority[] = {[2] = 2, [5] = 7, [9] = 7, [20] = 3};
    static const unsigned order[] = {5, 9, 20, 2, 0};
    for (unsigned source = 0; source <= 20; source++)
        if (priority[source]) {
            source_on(b, 1, source, priority[source]);
            plic_raise(&b->bus, source);
        }
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(load(b, CLAIM(1), 4), order[i]);
    assert_int_equal(bus_lines(&b->bus), 0);
}

static void an_event_while_being_served_comes_again(void **state)
{
    struct board *b = *state;
    source_on(b, 1, 10, 1);
    plic_raise(&b->bus, 10);
    assert_int_equal(load(b, CLAIM(1), 4), 10);
    plic_raise(&b->bus, 10);
    assert_int_equal(bus_lines(&b->bus), 0);
    assert_int_equal(load(b, CLAIM(1), 4), 0);
    store(b, CLAIM(1), 4, 10);
    assert_int_equal(bus_lines(&b->bus), MIP_SEIP);
    assert_int_equal(load(b, CLAIM(1), 4), 10);
    store(b, CLAIM(1), 4, 10);
    assert_int_equal(bus_lines(&b->bus), 0);
}

static void a_strange_completion_changes_nothing(void **state)
{
    struct board *b = *state;
    source_on(b, 1, 10, 1);
    plic_raise(&b->bus, 10);
    assert_int_equal(load(b, CLAIM(1), 4), 10);
    plic_raise(&b->bus, 10);
    store(b, CLAIM(1), 4, 42);
    store(b, CLAIM(1), 4, 0);
    store(b, CLAIM(1), 4, 11);
    store(b, CLAIM(1), 4, 0xffffffff);
    assert_int_equal(bus_lines(&b->bus), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(registers_keep_their_bits),
        BOARD_TEST(contexts_have_their_own_lines),
        BOARD_TEST(a_source_must_be_enabled_and_above_the_threshold),
        BOARD_TEST(claims_go_by_priority_then_by_number),
        BOARD_TEST(an_event_while_being_served_comes_again),
        BOARD_TEST(a_strange_completion_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
