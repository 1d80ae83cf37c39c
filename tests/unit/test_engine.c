/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine stops exactly where it is told to, and nothing of how it gets there can be seen: pieces of every length,
 * blocks of one instruction, a TLB that is dropped at random, all with the kernel-like programs of tests/vmm.
 */
#include "sides.h"

#include "isa/block.h"

/* A count of steps after which all has been compared: it ends the programs that wait for something. */
#define MOST_STEPS 30000

static const char *const programs[] = {"traps",      "csrs", "rights",  "shadows", "straddle",
                                       "interrupts", "code", "atomics", "idle"};
#define PROGRAMS (sizeof programs / sizeof *programs)

static struct side *fresh(const char *name, struct machine_stress stress)
{
    struct program p = program_assemble(name);
    struct side *s = side_new();
    side_native(s, NULL);
    s->m->config.stress = stress;
    s->m->random = 12345;
    side_load(s, &p);
    free(p.bytes);
    return s;
}

static struct side *whole(const char *name)
{
    struct side *s = fresh(name, (struct machine_stress){0});
    side_run(s, MOST_STEPS);
    return s;
}

/* Runs on for `steps`; the clock must say so, unless the program has ended. */
static void run_exactly(struct side *s, uint64_t steps)
{
    uint64_t before = s->m->clock.steps;
    side_run(s, steps);
    if (s->m->end.reason == END_NONE)
        assert_int_equal(s->m->clock.steps, before + steps);
    else
        assert_true(s->m->clock.steps <= before + steps);
    assert_int_equal(s->m->clock.steps, s->m->clock.insns + s->m->counters.traps);
    uint64_t modes = 0;
    for (unsigned i = 0; i < 4; i++)
        modes += s->m->counters.insns_by_mode[i];
    assert_int_equal(modes, s->m->clock.insns);
}

/* What the simulator's short cuts must not change, beyond what sides_compare() looks at. */
static void same_counters(struct side *a, struct side *b)
{
    side_same(a, b, "cycles", a->m->cost.total, b->m->cost.total);
    for (unsigned row = 0; row < COST_count; row++)
        side_same(a, b, cost_rows[row].name, a->m->cost.count[row], b->m->cost.count[row]);
    side_same(a, b, "fetch misses", a->m->counters.tlb_misses_fetch, b->m->counters.tlb_misses_fetch);
    side_same(a, b, "data misses", a->m->counters.tlb_misses_data, b->m->counters.tlb_misses_data);
    side_same(a, b, "walk references", a->m->counters.walk_refs, b->m->counters.walk_refs);
    for (unsigned i = 0; i < 4; i++)
        side_same(a, b, "instructions of a mode", a->m->counters.insns_by_mode[i], b->m->counters.insns_by_mode[i]);
}

/* Every length from 1 to 1,000, each once, one after the other; then each of some lengths all the way. */
static void pieces_of_every_length(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PROGRAMS; i++) {
        struct side *expected = whole(programs[i]);
        struct side *s = fresh(programs[i], (struct machine_stress){0});
        for (uint64_t length = 1;
             length <= 1000 && s->m->end.reason == END_NONE && s->m->clock.steps + length <= MOST_STEPS; length++)
            run_exactly(s, length);
        if (s->m->end.reason == END_NONE)
            run_exactly(s, MOST_STEPS - s->m->clock.steps);
        sides_compare(expected, s);
        same_counters(expected, s);
        side_free(s);
        side_free(expected);
    }
}

static void pieces_of_one_length(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {1, 2, 63, 64, 65, 130};
    for (unsigned i = 0; i < PROGRAMS; i++) {
        struct side *expected = whole(programs[i]);
        for (unsigned j = 0; j < sizeof lengths / sizeof *lengths; j++) {
            struct side *s = fresh(programs[i], (struct machine_stress){0});
            while (s->m->end.reason == END_NONE && s->m->clock.steps < MOST_STEPS) {
                uint64_t left = MOST_STEPS - s->m->clock.steps;
                run_exactly(s, lengths[j] < left ? lengths[j] : left);
            }
            sides_compare(expected, s);
            same_counters(expected, s);
            side_free(s);
        }
        side_free(expected);
    }
}

/* A run that is told to stop after n steps is, there, what a run by single steps is: pc and registers of each stop. */
static void every_budget_from_the_start(void **state)
{
    (void)state;
    struct side *single = fresh("straddle", (struct machine_stress){.one_instruction = true});
    for (uint64_t n = 1; n <= 1000; n++) {
        run_exactly(single, 1);
        struct side *s = fresh("straddle", (struct machine_stress){0});
        run_exactly(s, n);
        assert_int_equal(s->m->hart.ctx.pc, single->m->hart.ctx.pc);
        assert_memory_equal(s->m->hart.ctx.x + 1, single->m->hart.ctx.x + 1, 31 * sizeof(uint64_t));
        assert_int_equal(s->m->cost.total, single->m->cost.total);
        side_free(s);
    }
    side_free(single);
}

static void no_short_cuts(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PROGRAMS; i++) {
        struct side *expected = whole(programs[i]);
        struct side *one = fresh(programs[i], (struct machine_stress){.one_instruction = true});
        side_run(one, MOST_STEPS);
        sides_compare(expected, one);
        same_counters(expected, one);
        side_free(one);
        for (uint32_t every = 1; every < 2000; every = every * 7 + 1) {
            struct side *flushed = fresh(programs[i], (struct machine_stress){.flush_tlb = every});
            side_run(flushed, MOST_STEPS);
            sides_compare(expected, flushed);
            side_free(flushed);
        }
        side_free(expected);
    }
}

/* Code and fast path forgotten at any moment change nothing, counters included: they are no part of the machine. */
static void dropped_caches(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PROGRAMS; i++) {
        struct side *expected = whole(programs[i]);
        struct side *s = fresh(programs[i], (struct machine_stress){0});
        for (unsigned n = 0; s->m->end.reason == END_NONE && s->m->clock.steps < MOST_STEPS; n++) {
            uint64_t left = MOST_STEPS - s->m->clock.steps, piece = 1 + n * 37 % 301;
            run_exactly(s, piece < left ? piece : left);
            if (n % 3 != 1)
                fast_flush_all(&s->m->hart.fast);
            if (n % 3 != 2) {
                code_drop(s->m->hart.code);
                fast_forget_code(&s->m->hart.fast);
            }
        }
        sides_compare(expected, s);
        same_counters(expected, s);
        side_free(s);
        side_free(expected);
    }
}

/* More code than the arena holds: it is dropped as a whole and comes again. */
static void full_arena(void **state)
{
    (void)state;
    struct side *s = side_new();
    side_native(s, NULL);
    uint8_t *ram = s->m->ram.bytes;
    const uint64_t count = SIDE_RAM / 4 - 2;
    for (uint64_t i = 0; i < count; i++)
        bytes_put(ram + 4 * i, 4, 0x00150513); /* addi a0, a0, 1 */
    bytes_put(ram + 4 * count, 4, 0x00028067); /* jr t0 */
    s->m->hart.ctx.x[5] = RAM_BASE;
    side_run(s, 3 * (count + 1));
    assert_int_equal(s->m->hart.ctx.x[10], 3 * count);
    assert_int_equal(s->m->hart.ctx.pc, RAM_BASE);
    assert_true(s->m->hart.code->pages_dropped > 0);
    side_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_every_length),
        cmocka_unit_test(pieces_of_one_length),
        cmocka_unit_test(every_budget_from_the_start),
        cmocka_unit_test(no_short_cuts),
        cmocka_unit_test(dropped_caches),
        cmocka_unit_test(full_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
