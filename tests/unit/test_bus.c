/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The board's map, events and lines; ROM, finisher, CLINT, HTIF; charging.
 */
#include "board.h"

#include "isa/cost.h"
#include "isa/device/device.h"

static bool can_load(struct board *b, uint64_t pa, unsigned size)
{
    uint64_t value;
    return bus_load(&b->bus, pa, size, &value);
}

/* --- the map --------------------------------------------------------------------------------------------------------- */

static void places_without_a_device_fault(void **state)
{
    struct board *b = *state;
    static const uint64_t nothing[] = {0,          0xff8,      0x1080,     0xffff8,       0x101000,   0x1ffffff8,
                                       0x2010000,  0xbfffff8,  0xc600000,  0xffffff8,     0x10000008, 0x10000ff8,
                                       0x10009000, 0x7ffffff8, 0x80000000, UINT64_MAX - 7};
    for (unsigned i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        for (unsigned size = 1; size <= 8; size *= 2) {
            assert_false(can_load(b, nothing[i], size));
            assert_false(bus_store(&b->bus, nothing[i], size, 0));
            assert_false(bus_has_device(&b->bus, nothing[i]));
        }
}

static void each_device_takes_its_sizes(void **state)
{
    struct board *b = *state;
    static const struct {
        uint64_t pa;
        unsigned sizes;
        enum cost_row row;
    } places[] = {
        {BUS_ROM_BASE, 1 | 2 | 4 | 8, COST_mem},
        {BUS_ROM_BASE + BUS_ROM_SIZE - 8, 1 | 2 | 4 | 8, COST_mem},
        {BUS_FINISHER, 2 | 4, COST_device_timer},
        {BUS_CLINT, 4, COST_device_timer},
        {BUS_CLINT + 0x4000, 4 | 8, COST_device_timer},
        {BUS_CLINT + 0xbff8, 4 | 8, COST_device_timer},
        {BUS_CLINT + 0xfff8, 4 | 8, COST_device_timer},
        {BUS_PLIC, 4, COST_device_plic},
        {BUS_PLIC + 0x5ffff8, 4, COST_device_plic},
        {BUS_UART, 1 | 2 | 4 | 8, COST_device_uart},
        {BUS_VIRTIO, 4, COST_device_disk},
        {BUS_VIRTIO + 0x100, 1 | 2 | 4 | 8, COST_device_disk},
        {BUS_VIRTIO + 7 * BUS_DEVICE_PAGE, 4, COST_device_disk},
        {BUS_VIRTIO + 8 * BUS_DEVICE_PAGE - 8, 1 | 2 | 4 | 8, COST_device_disk},
    };
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        assert_true(bus_has_device(&b->bus, places[i].pa));
        assert_int_equal(bus_cost_row(places[i].pa), places[i].row);
        for (unsigned size = 1; size <= 8; size *= 2)
            assert_int_equal(can_load(b, places[i].pa, size), (places[i].sizes & size) != 0);
    }
}

static void odd_accesses_fault(void **state)
{
    struct board *b = *state;
    for (unsigned size = 2; size <= 8; size *= 2)
        for (unsigned off = 1; off < size; off++) {
            assert_false(can_load(b, BUS_ROM_BASE + off, size));
            assert_false(can_load(b, BUS_CLINT + 0x4000 + off, size));
            assert_false(bus_store(&b->bus, BUS_UART + off, size, 'x'));
        }
    assert_false(can_load(b, BUS_ROM_BASE, 3));
    assert_false(can_load(b, BUS_ROM_BASE, 16));
    assert_int_equal(b->output_size, 0);
}

static void the_rom_is_read_only(void **state)
{
    struct board *b = *state;
    b->bus.rom[8] = 0x78, b->bus.rom[9] = 0x56;
    assert_int_equal(load(b, BUS_ROM_BASE + 8, 4), 0x5678);
    for (unsigned size = 1; size <= 8; size *= 2)
        assert_false(bus_store(&b->bus, BUS_ROM_BASE + 8, size, 0));
    assert_int_equal(load(b, BUS_ROM_BASE + 8, 2), 0x5678);
}

/* --- finisher and HTIF ----------------------------------------------------------------------------------------------- */

static void finisher(struct board *b, unsigned size, uint64_t word, enum bus_stop stop, uint64_t code)
{
    b->bus.stop = BUS_RUNNING;
    b->bus.stop_code = 0;
    store(b, BUS_FINISHER, size, word);
    assert_int_equal(b->bus.stop, stop);
    assert_int_equal(b->bus.stop_code, code);
}

static void the_finisher_ends_the_run(void **state)
{
    struct board *b = *state;
    finisher(b, 4, 0x5555, BUS_STOP_FINISHER, 0);
    finisher(b, 2, 0x5555, BUS_STOP_FINISHER, 0);
    finisher(b, 4, 0x00075555, BUS_STOP_FINISHER, 0);
    finisher(b, 4, 0x00073333, BUS_STOP_FINISHER, 7);
    finisher(b, 4, 0xffff3333, BUS_STOP_FINISHER, 0xffff);
    finisher(b, 4, 0x00003333, BUS_STOP_FINISHER, 1);
    finisher(b, 2, 0x00053333, BUS_STOP_FINISHER, 1);
    finisher(b, 4, 0x00007777, BUS_STOP_RESET, 0);
    finisher(b, 4, 0x12345678, BUS_RUNNING, 0);
    store(b, BUS_FINISHER + 4, 4, 0x5555);
    assert_int_equal(b->bus.stop, BUS_RUNNING);
    assert_int_equal(load(b, BUS_FINISHER, 4), 0);
    assert_false(bus_store(&b->bus, BUS_FINISHER, 1, 0x55));
    assert_false(bus_store(&b->bus, BUS_FINISHER, 8, 0x5555));
}

static void the_first_end_counts(void **state)
{
    struct board *b = *state;
    store(b, BUS_FINISHER, 4, 0x00033333);
    store(b, BUS_FINISHER, 4, 0x5555);
    assert_int_equal(b->bus.stop_code, 3);
}

/* The line: what was going on is forgotten; time goes on, but mtime is 0; a byte that was not read is not lost. */
static void a_reset_forgets_what_was_going_on(void **state)
{
    struct board *b = *state;
    b->input = "xyz";
    load(b, BUS_UART + 5, 1);
    advance_to(b, 500000);
    assert_int_equal(load(b, BUS_UART + 5, 1) & 1, 1);
    store(b, BUS_UART + 1, 1, 0xf);
    store(b, BUS_CLINT, 4, 1);
    store(b, BUS_CLINT + 0x4000, 8, 5000);
    store(b, BUS_PLIC + 4 * BUS_IRQ_UART, 4, 7);
    store(b, BUS_PLIC + 0x2000, 4, 1u << BUS_IRQ_UART);
    assert_int_equal(bus_lines(&b->bus), MIP_MSIP | MIP_MTIP | MIP_MEIP);
    store(b, BUS_FINISHER, 4, 0x7777);
    bus_reset(&b->bus);
    assert_int_equal(b->bus.stop, BUS_RUNNING);
    assert_int_equal(bus_lines(&b->bus), 0);
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
    assert_int_equal(b->clock.now, 500000);
    assert_int_equal(load(b, BUS_CLINT + 0xbff8, 8), 0);
    assert_int_equal(load(b, BUS_PLIC + 0x2000, 4), 0);
    for (const char *byte = "xyz"; *byte; byte++) {
        assert_int_equal(load(b, BUS_UART + 5, 1) & 1, 0);
        advance_to(b, b->clock.now + BUS_INPUT_GAP);
        assert_int_equal(load(b, BUS_UART, 1), *byte);
    }
    assert_int_equal(load(b, BUS_CLINT + 0xbff8, 8), 3 * BUS_INPUT_GAP / 100);
}

#define TOHOST (RAM_BASE + 0x100)
#define FROMHOST (RAM_BASE + 0x108)

static void htif(struct board *b, uint64_t word)
{
    b->bus.htif_tohost = TOHOST;
    b->bus.htif_fromhost = FROMHOST;
    bytes_put(b->ram + 0x100, 8, word);
    bus_htif(&b->bus);
}

static void htif_ends_the_run(void **state)
{
    struct board *b = *state;
    htif(b, 0);
    assert_int_equal(b->bus.stop, BUS_RUNNING);
    htif(b, 1);
    assert_int_equal(b->bus.stop, BUS_STOP_HTIF);
    assert_int_equal(b->bus.stop_code, 0);
    assert_int_equal(bytes_get(b->ram + 0x100, 8), 1);
    b->bus.stop = BUS_RUNNING;
    htif(b, 9 << 1 | 1);
    assert_int_equal(b->bus.stop_code, 9);
}

static void htif_prints_a_character(void **state)
{
    struct board *b = *state;
    htif(b, UINT64_C(0x0101000000000041));
    assert_memory_equal(b->output, "A", 1);
    assert_int_equal(bytes_get(b->ram + 0x100, 8), 0);
    assert_true(b->announced[0x100]);
    htif(b, UINT64_C(0x0100000000000000)); /* asks for a key: taken, not answered */
    htif(b, UINT64_MAX);
    assert_int_equal(bytes_get(b->ram + 0x100, 8), 0);
    assert_int_equal(bytes_get(b->ram + 0x108, 8), 0);
    assert_int_equal(b->output_size, 1);
    assert_int_equal(b->bus.stop, BUS_RUNNING);
}

static int64_t htif_call(struct board *b, uint64_t number, uint64_t fd, uint64_t buffer, uint64_t length)
{
    const uint64_t block[] = {number, fd, buffer, length};
    memcpy(b->ram + 0x200, block, sizeof block);
    bytes_put(b->ram + 0x108, 8, 0);
    htif(b, RAM_BASE + 0x200);
    assert_int_equal(bytes_get(b->ram + 0x100, 8), 0);
    assert_int_equal(bytes_get(b->ram + 0x108, 8), 1);
    return (int64_t)bytes_get(b->ram + 0x200, 8);
}

static void htif_writes(void **state)
{
    struct board *b = *state;
    memcpy(b->ram + 0x300, "hello", 5);
    memcpy(b->ram + BOARD_RAM - 4, "last", 4);
    assert_int_equal(htif_call(b, 64, 1, RAM_BASE + 0x300, 5), 5);
    assert_int_equal(htif_call(b, 64, 2, RAM_BASE + BOARD_RAM - 4, 4), 4);
    assert_memory_equal(b->output, "hellolast", 9);
    assert_int_equal(htif_call(b, 64, 1, RAM_BASE + BOARD_RAM - 4, 5), -14);
    assert_int_equal(htif_call(b, 64, 1, RAM_BASE, UINT64_MAX), -14);
    assert_int_equal(htif_call(b, 64, 3, RAM_BASE, 1), -9);
    assert_int_equal(htif_call(b, 63, 0, RAM_BASE, 1), -38);
    assert_int_equal(b->output_size, 9);
}

static void htif_survives_bad_pointers(void **state)
{
    struct board *b = *state;
    htif(b, RAM_BASE + BOARD_RAM - 24);
    assert_int_equal(bytes_get(b->ram + 0x108, 8), 1);
    htif(b, 2);
    b->bus.htif_tohost = RAM_BASE + BOARD_RAM;
    bus_htif(&b->bus);
    b->bus.htif_tohost = TOHOST;
    b->bus.htif_fromhost = 0;
    bytes_put(b->ram + 0x100, 8, RAM_BASE + 0x200);
    bus_htif(&b->bus);
    assert_int_equal(bytes_get(b->ram + 0x100, 8), 0);
}

static void htif_is_found_by_its_word(void **state)
{
    struct board *b = *state;
    assert_false(bus_is_htif(&b->bus, 0, 8));
    b->bus.htif_tohost = TOHOST;
    assert_true(bus_is_htif(&b->bus, TOHOST, 8));
    assert_true(bus_is_htif(&b->bus, TOHOST + 7, 1));
    assert_true(bus_is_htif(&b->bus, TOHOST - 4, 8));
    assert_false(bus_is_htif(&b->bus, TOHOST + 8, 8));
    assert_false(bus_is_htif(&b->bus, TOHOST - 8, 8));
}

/* --- CLINT ----------------------------------------------------------------------------------------------------------- */

static void the_software_interrupt_has_one_bit(void **state)
{
    struct board *b = *state;
    assert_int_equal(bus_lines(&b->bus), 0);
    store(b, BUS_CLINT, 4, 0xffffffff);
    assert_int_equal(load(b, BUS_CLINT, 4), 1);
    assert_int_equal(bus_lines(&b->bus), MIP_MSIP);
    store(b, BUS_CLINT, 4, 2);
    assert_int_equal(bus_lines(&b->bus), 0);
}

static void the_timer_compares(void **state)
{
    struct board *b = *state;
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
    store(b, BUS_CLINT + 0x4000, 8, 5);
    assert_int_equal(bus_next_due(&b->bus), 5 * CLOCK_PER_TIME);
    b->clock.now = 5 * CLOCK_PER_TIME - 1;
    assert_int_equal(bus_lines(&b->bus), 0);
    b->clock.now++;
    assert_int_equal(bus_lines(&b->bus), MIP_MTIP);
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
    store(b, BUS_CLINT + 0x4004, 4, 1);
    assert_int_equal(load(b, BUS_CLINT + 0x4000, 8), UINT64_C(0x100000005));
    assert_int_equal(load(b, BUS_CLINT + 0x4004, 4), 1);
    assert_int_equal(load(b, BUS_CLINT + 0x4000, 4), 5);
    assert_int_equal(bus_lines(&b->bus), 0);
}

static void the_time_can_be_set(void **state)
{
    struct board *b = *state;
    b->clock.now = 1234;
    assert_int_equal(load(b, BUS_CLINT + 0xbff8, 8), 12);
    store(b, BUS_CLINT + 0xbff8, 8, 1000);
    b->clock.now += 100;
    assert_int_equal(load(b, BUS_CLINT + 0xbff8, 8), 1001);
    assert_int_equal(load(b, BUS_CLINT + 0xbff8, 4), 1001);
    store(b, BUS_CLINT + 0xbffc, 4, 7);
    assert_int_equal(load(b, BUS_CLINT + 0xbff8, 8), UINT64_C(7) << 32 | 1001);
    assert_int_equal(load(b, BUS_CLINT + 0xbffc, 4), 7);
    store(b, BUS_CLINT + 0xbff8, 8, 0);
    assert_int_equal(load(b, BUS_CLINT + 0xbff8, 8), 0);
    store(b, BUS_CLINT + 0x4000, 8, 3);
    assert_int_equal(bus_next_due(&b->bus), (13 + 3) * 100);
}

/* A timer that is on goes off when time goes round; one that is too far ahead never comes, so that V cannot overflow. */
static void time_goes_round_and_V_does_not(void **state)
{
    struct board *b = *state;
    b->clock.now = 1234;
    store(b, BUS_CLINT + 0xbff8, 8, UINT64_MAX - 1);
    store(b, BUS_CLINT + 0x4000, 8, UINT64_MAX - 15);
    assert_int_equal(bus_lines(&b->bus), MIP_MTIP);
    assert_int_equal(bus_next_due(&b->bus), 1400);
    b->clock.now = 1400;
    assert_int_equal(bus_lines(&b->bus), 0);
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
    store(b, BUS_CLINT + 0xbff8, 8, 14);
    store(b, BUS_CLINT + 0x4000, 8, CLOCK_END / CLOCK_PER_TIME);
    assert_int_equal(bus_next_due(&b->bus), CLOCK_END / CLOCK_PER_TIME * CLOCK_PER_TIME);
    store(b, BUS_CLINT + 0x4000, 8, CLOCK_END / CLOCK_PER_TIME + 1);
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
    store(b, BUS_CLINT + 0x4000, 8, 0); /* never off */
    assert_int_equal(bus_lines(&b->bus), MIP_MTIP);
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
}

static void unused_places_read_zero(void **state)
{
    struct board *b = *state;
    store(b, BUS_CLINT + 4, 4, 1); /* the second hart that is not there */
    store(b, BUS_CLINT + 0x4008, 8, 1);
    assert_int_equal(load(b, BUS_CLINT + 4, 4), 0);
    assert_int_equal(load(b, BUS_CLINT + 0x4008, 8), 0);
    assert_int_equal(bus_lines(&b->bus), 0);
}

/* --- events ---------------------------------------------------------------------------------------------------------- */

static void equal_events_keep_their_order(void **state)
{
    struct board *b = *state;
    b->input = "a";
    b->bus.uart.touched = b->bus.uart.expecting = true;
    bus_add_disk(&b->bus, 0, 1, false);
    bus_add_disk(&b->bus, 1, 1, false);
    bus_schedule(&b->bus, 50, EVENT_VIRTIO, 0); /* to slots without a queue: each sets NEEDS_RESET */
    bus_schedule(&b->bus, 50, EVENT_VIRTIO, 1 << 24);
    bus_schedule(&b->bus, 50, EVENT_UART_RX, 0);
    bus_schedule(&b->bus, 60, EVENT_VIRTIO, 2 << 24);
    assert_int_equal(bus_next_due(&b->bus), 50);
    b->clock.now = 49;
    bus_advance(&b->bus);
    assert_int_equal(b->bus.events.count, 4);
    b->clock.now = 50;
    bus_advance(&b->bus);
    assert_int_equal(b->bus.events.count, 1);
    assert_int_equal(b->bus.uart.rx_count, 1);
    assert_int_equal(b->bus.virtio[0].status & b->bus.virtio[1].status, 0x40);
    assert_int_equal(bus_cancel_virtio(&b->bus, EVENT_VIRTIO, 1, 0), 0);
    assert_int_equal(bus_next_due(&b->bus), 60);
    assert_int_equal(bus_cancel_virtio(&b->bus, EVENT_VIRTIO, 2, 1), 0);
    assert_int_equal(bus_cancel_virtio(&b->bus, EVENT_VIRTIO_RX, 2, 0), 0);
    assert_int_equal(bus_next_due(&b->bus), 60);
    assert_int_equal(bus_cancel_virtio(&b->bus, EVENT_VIRTIO, 2, 0), 1);
    assert_int_equal(bus_next_due(&b->bus), UINT64_MAX);
}

/* --- charging -------------------------------------------------------------------------------------------------------- */

static void the_owners_sum_to_the_total(void **state)
{
    (void)state;
    struct cost_model model = {.name = "test"};
    struct cost_account account = {.model = &model};
    uint64_t owners = 0, rows = 0;
    for (unsigned row = 0; row < COST_count; row++)
        model.cycles[row] = 7 * row + 1;
    for (unsigned row = 0; row < COST_count; row++) {
        cost_charge(&account, (enum cost_row)row, 3, 0);
        cost_charge(&account, (enum cost_row)row, row, 1);
        assert_int_equal(account.count[row], 3 + row);
        rows += account.count[row] * model.cycles[row];
    }
    for (unsigned owner = 0; owner < OWNER_count; owner++)
        owners += account.by_owner[owner];
    assert_int_equal(account.total, rows);
    assert_int_equal(account.total, owners);
}

static enum cost_owner who_pays(enum cost_row row, int in_monitor)
{
    struct cost_model model = {0};
    struct cost_account account = {.model = &model};
    unsigned owner = 0;
    model.cycles[row] = 1;
    cost_charge(&account, row, 1, in_monitor);
    while (!account.by_owner[owner])
        owner++;
    return (enum cost_owner)owner;
}

static void the_monitor_pays_for_what_it_causes(void **state)
{
    (void)state;
    assert_int_equal(who_pays(COST_csr_access, 0), OWNER_GUEST);
    assert_int_equal(who_pays(COST_csr_access, 1), OWNER_MONITOR);
    assert_int_equal(who_pays(COST_walk_ref, 0), OWNER_WALK);
    assert_int_equal(who_pays(COST_walk_ref, 1), OWNER_MONITOR);
    assert_int_equal(who_pays(COST_trap_enter, 1), OWNER_TRAP);
    assert_int_equal(who_pays(COST_world_switch, 1), OWNER_SWITCH);
    assert_int_equal(who_pays(COST_device_uart, 1), OWNER_DEVICE);
    assert_int_equal(who_pays(COST_idle, 1), OWNER_IDLE);
    assert_int_equal(who_pays(COST_reg_moved, 0), OWNER_MONITOR);
    assert_string_equal(cost_owner_names[OWNER_SWITCH], "switch");
    assert_string_equal(cost_rows[COST_walk_ref].name, "walk_ref");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(places_without_a_device_fault),
        BOARD_TEST(each_device_takes_its_sizes),
        BOARD_TEST(odd_accesses_fault),
        BOARD_TEST(the_rom_is_read_only),
        BOARD_TEST(the_finisher_ends_the_run),
        BOARD_TEST(the_first_end_counts),
        BOARD_TEST(a_reset_forgets_what_was_going_on),
        BOARD_TEST(htif_ends_the_run),
        BOARD_TEST(htif_prints_a_character),
        BOARD_TEST(htif_writes),
        BOARD_TEST(htif_survives_bad_pointers),
        BOARD_TEST(htif_is_found_by_its_word),
        BOARD_TEST(the_software_interrupt_has_one_bit),
        BOARD_TEST(the_timer_compares),
        BOARD_TEST(the_time_can_be_set),
        BOARD_TEST(time_goes_round_and_V_does_not),
        BOARD_TEST(unused_places_read_zero),
        BOARD_TEST(equal_events_keep_their_order),
        cmocka_unit_test(the_owners_sum_to_the_total),
        cmocka_unit_test(the_monitor_pays_for_what_it_causes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
