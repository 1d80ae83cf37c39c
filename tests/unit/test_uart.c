/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The UART: registers, interrupts, and when input arrives.
 */
#include "board.h"

enum { RBR = 0, THR = 0, DLL = 0, IER = 1, DLM = 1, IIR = 2, FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7 };
#define G BUS_INPUT_GAP

static unsigned get(struct board *b, unsigned reg)
{
    return (unsigned)load(b, BUS_UART + reg, 1);
}

static void put(struct board *b, unsigned reg, unsigned value)
{
    store(b, BUS_UART + reg, 1, value);
}

/* Has the UART asked for an interrupt since this was last asked? */
static bool interrupted(struct board *b)
{
    bool pending = b->bus.plic.pending >> BUS_IRQ_UART & 1;
    b->bus.plic.pending = 0;
    return pending;
}

static void registers_at_reset(void **state)
{
    struct board *b = *state;
    assert_int_equal(get(b, IER), 0);
    assert_int_equal(get(b, IIR), 1);
    assert_int_equal(get(b, LCR), 0);
    assert_int_equal(get(b, MCR), 8);
    assert_int_equal(get(b, LSR), 0x60);
    assert_int_equal(get(b, MSR), 0xb0);
    assert_int_equal(get(b, SCR), 0);
    assert_int_equal(get(b, RBR), 0);
    assert_false(interrupted(b));
}

static void registers_keep_their_bits(void **state)
{
    struct board *b = *state;
    put(b, SCR, 0x5a);
    put(b, MCR, 0xff);
    put(b, IER, 0xff);
    put(b, LSR, 0);
    put(b, MSR, 0);
    assert_int_equal(get(b, SCR), 0x5a);
    assert_int_equal(get(b, MCR), 0x1f);
    assert_int_equal(get(b, IER), 0x0f);
    assert_int_equal(get(b, LSR), 0x60);
    put(b, LCR, 0x83);
    assert_int_equal(get(b, DLL), 12);
    put(b, DLL, 1);
    put(b, DLM, 2);
    assert_int_equal(get(b, DLL), 1);
    assert_int_equal(get(b, DLM), 2);
    put(b, LCR, 0x03);
    assert_int_equal(get(b, LCR), 3);
    assert_int_equal(get(b, IER), 0x0f);
    assert_int_equal(b->output_size, 0);
}

static void wide_accesses_are_of_one_register(void **state)
{
    struct board *b = *state;
    store(b, BUS_UART, 4, 0x11223341);
    store(b, BUS_UART, 8, 0x42);
    assert_memory_equal(b->output, "AB", 2);
    assert_int_equal(load(b, BUS_UART + 4, 4), 8);
}

static void the_transmitter_interrupts(void **state)
{
    struct board *b = *state;
    put(b, THR, 'a');
    assert_false(interrupted(b));
    put(b, IER, 2);
    assert_true(interrupted(b));
    assert_int_equal(get(b, IIR), 2);
    assert_int_equal(get(b, IIR), 1); /* reading it has cleared it */
    assert_false(interrupted(b));
    put(b, IER, 2); /* no change, no interrupt */
    assert_false(interrupted(b));
    put(b, THR, 'b');
    assert_true(interrupted(b));
    put(b, THR, 'c'); /* also without IIR ever being read */
    assert_true(interrupted(b));
    put(b, IER, 0);
    assert_int_equal(get(b, IIR), 1);
    put(b, IER, 2);
    assert_int_equal(get(b, IIR), 2);
    assert_memory_equal(b->output, "abc", 3);
}

static void input_waits_until_the_uart_is_used(void **state)
{
    struct board *b = *state;
    b->input = "hi";
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
    advance_to(b, 5000);
    get(b, LSR);
    assert_int_equal(bus_next_due(&b->bus), 5000 + G);
    advance_to(b, 5000 + G - 1);
    assert_int_equal(get(b, LSR), 0x60);
    advance_to(b, 5000 + G);
    assert_int_equal(get(b, LSR), 0x61);
}

static void bytes_come_after_each_other(void **state)
{
    struct board *b = *state;
    b->input = "hi";
    put(b, IER, 1);
    assert_false(interrupted(b));
    advance_to(b, G);
    assert_true(interrupted(b));
    assert_int_equal(get(b, IIR), 4);
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX); /* the next one only after this one */
    advance_to(b, 10 * G);
    assert_int_equal(get(b, RBR), 'h');
    assert_int_equal(get(b, IIR), 1);
    assert_int_equal(get(b, LSR), 0x60);
    assert_false(interrupted(b));
    advance_to(b, 11 * G - 1);
    assert_int_equal(get(b, LSR), 0x60);
    advance_to(b, 11 * G);
    assert_true(interrupted(b));
    assert_int_equal(get(b, RBR), 'i');
    advance_to(b, 20 * G);
    assert_true(b->bus.uart.input_ended);
    assert_int_equal(get(b, RBR), 0);
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
}

static void the_gap_can_be_chosen(void **state)
{
    struct board *b = *state;
    b->input = "hi";
    b->bus.input_gap = 7;
    get(b, LSR);
    assert_int_equal(bus_next_due(&b->bus), 7);
}

static void keys_are_looked_for_now_and_then(void **state)
{
    struct board *b = *state;
    b->input = NULL;
    put(b, IER, 1);
    advance_to(b, G);
    assert_int_equal(bus_next_due(&b->bus), BUS_INPUT_POLL);
    advance_to(b, BUS_INPUT_POLL);
    assert_int_equal(bus_next_due(&b->bus), 2 * BUS_INPUT_POLL);
    b->input = "k";
    advance_to(b, 2 * BUS_INPUT_POLL - 1);
    assert_false(interrupted(b));
    advance_to(b, 2 * BUS_INPUT_POLL);
    assert_true(interrupted(b));
    assert_int_equal(get(b, RBR), 'k');
    assert_int_equal(bus_next_due(&b->bus), 2 * BUS_INPUT_POLL + G);
}

static void a_cleared_fifo_loses_nothing(void **state)
{
    struct board *b = *state;
    b->input = "xy";
    get(b, LSR);
    advance_to(b, G);
    assert_int_equal(get(b, LSR), 0x61);
    put(b, FCR, 7);
    assert_int_equal(get(b, LSR), 0x60);
    put(b, FCR, 7); /* twice: still one event */
    assert_int_equal(b->bus.events.count, 1);
    advance_to(b, 2 * G);
    assert_int_equal(get(b, RBR), 'x');
    advance_to(b, 3 * G);
    assert_int_equal(get(b, RBR), 'y');
}

static void the_fifos_show_in_iir(void **state)
{
    struct board *b = *state;
    put(b, FCR, 1);
    assert_int_equal(get(b, IIR), 0xc1);
    put(b, IER, 2);
    assert_int_equal(get(b, IIR), 0xc2);
    assert_int_equal(get(b, IIR), 0xc1);
    interrupted(b);
    put(b, FCR, 5); /* clearing the transmitter empties it: an event */
    assert_true(interrupted(b));
    assert_int_equal(get(b, IIR), 0xc2);
    put(b, FCR, 0);
    assert_int_equal(get(b, IIR), 0x02);
}

static void the_loop_receives_what_is_sent(void **state)
{
    struct board *b = *state;
    put(b, FCR, 1);
    put(b, IER, 1);
    put(b, MCR, 0x1a); /* LOOP, OUT2, RTS */
    assert_int_equal(get(b, MSR), 0x90);
    put(b, MCR, 0x1f);
    assert_int_equal(get(b, MSR), 0xf0);
    for (unsigned i = 0; i < UART_FIFO; i++)
        put(b, THR, 'a' + i);
    assert_int_equal(get(b, LSR), 0x61);
    put(b, THR, 'z');
    assert_int_equal(get(b, LSR), 0x63); /* overrun */
    assert_int_equal(get(b, LSR), 0x61); /* reading has cleared it */
    for (unsigned i = 0; i < UART_FIFO; i++) {
        assert_true(interrupted(b));
        assert_int_equal(get(b, IIR), 0xc4);
        assert_int_equal(get(b, RBR), 'a' + i);
    }
    assert_false(interrupted(b));
    assert_int_equal(get(b, LSR), 0x60);
    assert_int_equal(b->output_size, 0);
}

static void an_overrun_interrupts_first(void **state)
{
    struct board *b = *state;
    put(b, MCR, 0x10);
    put(b, IER, 5);
    put(b, THR, 'a');
    put(b, THR, 'b'); /* without FIFOs there is room for one */
    assert_int_equal(get(b, IIR), 6);
    assert_int_equal(get(b, LSR), 0x63);
    assert_int_equal(get(b, IIR), 4);
    assert_int_equal(get(b, RBR), 'b'); /* which has taken its place */
    assert_int_equal(get(b, LSR), 0x60);
}

/* FIFOs interrupt at their trigger level, and below it when nothing comes or goes for a while (tests/device/uart.s has it on QEMU). */
static void the_fifo_has_a_trigger_level(void **state)
{
    static const unsigned levels[] = {1, 4, 8, 14};
    struct board *b = *state;
    put(b, MCR, 0x10);
    put(b, IER, 1);
    for (unsigned i = 0; i < 4; i++) {
        put(b, FCR, i << 6 | 3);
        for (unsigned n = 1; n <= levels[i]; n++) {
            assert_int_equal(get(b, IIR), 0xc1);
            put(b, THR, 'a');
            assert_true(interrupted(b) == (n == levels[i]));
        }
        assert_int_equal(get(b, IIR), 0xc4);
        get(b, RBR);
        assert_int_equal(get(b, IIR), 0xc1);
        advance_to(b, b->clock.now + 3999);
        assert_int_equal(get(b, IIR), 0xc1);
        assert_false(interrupted(b));
        advance_to(b, b->clock.now + 1);
        assert_int_equal(get(b, IIR), i ? 0xcc : 0xc1);
        assert_true(interrupted(b) == (i > 0));
        put(b, FCR, i << 6 | 3);
        assert_int_equal(get(b, IIR), 0xc1);
        advance_to(b, b->clock.now + 10000);
        assert_false(interrupted(b));
    }
}

/* A driver that waits for 14 bytes gets each of a slow line all the same. */
static void a_slow_line_times_out(void **state)
{
    struct board *b = *state;
    b->input = "xy";
    put(b, FCR, 0xc1);
    put(b, IER, 1);
    for (const char *byte = "xy"; *byte; byte++) {
        advance_to(b, b->clock.now + G);
        assert_int_equal(get(b, LSR), 0x61);
        assert_int_equal(get(b, IIR), 0xc1);
        advance_to(b, b->clock.now + 4000);
        assert_true(interrupted(b));
        assert_int_equal(get(b, IIR), 0xcc);
        assert_int_equal(get(b, RBR), *byte);
    }
    assert_int_equal(get(b, IIR), 0xc1);
}

static void loop_and_line_do_not_double_events(void **state)
{
    struct board *b = *state;
    b->input = "line";
    put(b, FCR, 1);
    advance_to(b, G);
    put(b, FCR, 3); /* 'l' is to be sent again */
    put(b, MCR, 0x10);
    for (unsigned i = 0; i < 100; i++) {
        put(b, THR, 'x');
        assert_int_equal(get(b, RBR), 'x');
        put(b, FCR, 3);
    }
    assert_int_equal(b->bus.events.count, 1);
    put(b, MCR, 0);
    advance_to(b, 2 * G);
    assert_int_equal(get(b, RBR), 'l');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(registers_at_reset),
        BOARD_TEST(registers_keep_their_bits),
        BOARD_TEST(wide_accesses_are_of_one_register),
        BOARD_TEST(the_transmitter_interrupts),
        BOARD_TEST(input_waits_until_the_uart_is_used),
        BOARD_TEST(bytes_come_after_each_other),
        BOARD_TEST(the_gap_can_be_chosen),
        BOARD_TEST(keys_are_looked_for_now_and_then),
        BOARD_TEST(a_cleared_fifo_loses_nothing),
        BOARD_TEST(the_fifos_show_in_iir),
        BOARD_TEST(the_loop_receives_what_is_sent),
        BOARD_TEST(an_overrun_interrupts_first),
        BOARD_TEST(the_fifo_has_a_trigger_level),
        BOARD_TEST(a_slow_line_times_out),
        BOARD_TEST(loop_and_line_do_not_double_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
