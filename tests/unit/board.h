/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests: a board with nothing around it but memory: what the console was given, what it will type, drives.
 */
#ifndef TESTS_BOARD_H
#define TESTS_BOARD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "isa/bus.h"
#include "isa/csr.h"

#define BOARD_RAM (UINT64_C(64) << 10)
#define BOARD_SECTORS 64

struct board {
    struct bus bus;
    struct clock clock;
    struct bus_host host;
    uint8_t ram[BOARD_RAM], before[BOARD_RAM], announced[BOARD_RAM];
    char output[256];
    size_t output_size;
    const char *input; /* what is left to type; NULL: nothing now, but perhaps later */
    uint8_t disk[BOARD_SECTORS * 512];
    bool disk_fails;
    unsigned flushes, flushes_at_input; /* in all; when input was last asked for */
};

static void board_put(void *context, uint8_t byte)
{
    struct board *b = context;
    assert_true(b->output_size < sizeof b->output);
    b->output[b->output_size++] = (char)byte;
}

static int board_get(void *context)
{
    struct board *b = context;
    b->flushes_at_input = b->flushes;
    if (!b->input)
        return BUS_NO_INPUT;
    return *b->input ? (uint8_t)*b->input++ : BUS_END_OF_INPUT;
}

static void board_dma(void *context, uint64_t pa, uint64_t n)
{
    struct board *b = context;
    assert_non_null(ram_at(&b->bus.ram, pa, n));
    memset(b->announced + (pa - RAM_BASE), 1, n);
}

static bool board_transfer(void *context, unsigned drive, bool write, uint64_t sector, uint64_t count, uint64_t pa)
{
    struct board *b = context;
    uint8_t *bytes = ram_at(&b->bus.ram, pa, count * 512);
    assert_int_equal(drive, 0);
    assert_non_null(bytes);
    assert_true(sector + count <= BOARD_SECTORS);
    if (b->disk_fails)
        return false;
    if (!write)
        board_dma(context, pa, count * 512);
    memcpy(write ? b->disk + sector * 512 : bytes, write ? bytes : b->disk + sector * 512, count * 512);
    return true;
}

static bool board_flush(void *context, unsigned drive)
{
    struct board *b = context;
    assert_int_equal(drive, 0);
    b->flushes++;
    return !b->disk_fails;
}

static int board_setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);
    b->host = (struct bus_host){b, board_put, board_get, board_transfer, board_flush, board_dma, NULL};
    b->input = "";
    bus_init(&b->bus, (struct ram){b->ram, RAM_BASE, BOARD_RAM}, &b->clock, &b->host);
    *state = b;
    return 0;
}

static int board_teardown(void **state)
{
    free(*state);
    return 0;
}

static inline uint64_t load(struct board *b, uint64_t pa, unsigned size)
{
    uint64_t value = 0;
    assert_true(bus_load(&b->bus, pa, size, &value));
    return value;
}

static inline void store(struct board *b, uint64_t pa, unsigned size, uint64_t value)
{
    assert_true(bus_store(&b->bus, pa, size, value));
}

/* V becomes `now`, stopping at each event on the way as the machine does. */
static inline void advance_to(struct board *b, uint64_t now)
{
    for (uint64_t due; b->bus.events.count && (due = bus_next_due(&b->bus)) < now;) {
        b->clock.now = due;
        bus_advance(&b->bus);
    }
    b->clock.now = now;
    bus_advance(&b->bus);
}

#define BOARD_TEST(function) cmocka_unit_test_setup_teardown(function, board_setup, board_teardown)

#endif
