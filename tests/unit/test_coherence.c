/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What counts as the use of a stale translation, and which fences make it none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "isa/coherence.h"
#include "isa/trap.h"

#define RAM_SIZE (16 * PAGE_SIZE)
#define ROOT (RAM_BASE + 0 * PAGE_SIZE)
#define MIDDLE (RAM_BASE + 1 * PAGE_SIZE)
#define LEAVES (RAM_BASE + 2 * PAGE_SIZE)
#define FRAME(n) (RAM_BASE + (8 + (n)) * PAGE_SIZE)
#define VA UINT64_C(0x40003000)       /* by LEAVES + 24 */
#define MEGAPAGE UINT64_C(0x40200000) /* by MIDDLE + 8 */
#define ALL (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)

struct world {
    uint8_t bytes[RAM_SIZE];
    struct ram ram;
    struct priv p;
    struct coherence *c;
    struct stale_use use;
};

static void put(struct world *w, uint64_t pa, uint64_t frame, uint64_t bits)
{
    bytes_put(ram_at(&w->ram, pa, 8), 8, frame >> 12 << 10 | bits);
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    w->ram = (struct ram){w->bytes, RAM_BASE, RAM_SIZE};
    w->p.mode = MODE_S;
    w->p.csr.satp = SATP_MODE_SV39 << 60 | UINT64_C(5) << 44 | ROOT >> 12;
    w->c = coherence_new();
    put(w, ROOT + 8, MIDDLE, PTE_V);
    put(w, MIDDLE, LEAVES, PTE_V);
    put(w, MIDDLE + 8, RAM_BASE, ALL);
    put(w, LEAVES + 24, FRAME(0), ALL);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    coherence_free(w->c);
    free(w);
    return 0;
}

/* The hart makes the access, and a TLB may remember it. */
static void use(struct world *w, uint64_t va, enum access access)
{
    struct mmu_result r = mmu_translate(&w->ram, &w->p, w->p.mode, va, access);
    assert_int_equal(r.cause, NO_TRAP);
    coherence_note(w->c, va, SATP_ASID(w->p.csr.satp), &r.walk);
}

static bool stale(struct world *w, uint64_t va, enum access access)
{
    return coherence_stale(w->c, &w->ram, w->p.csr.satp, w->p.csr.mstatus, w->p.mode, va, access, &w->use);
}

static void test_changes(void **state)
{
    struct world *w = *state;
    use(w, VA, ACCESS_STORE);
    assert_false(stale(w, VA, ACCESS_STORE));

    put(w, LEAVES + 24, FRAME(1), ALL); /* another frame */
    assert_true(stale(w, VA + 8, ACCESS_LOAD));
    assert_int_equal(w->use.va, VA + 8);
    assert_int_equal(w->use.cached_pa, FRAME(0) + 8);
    assert_int_equal(w->use.memory_pa, FRAME(1) + 8);

    put(w, LEAVES + 24, FRAME(0), ALL & ~PTE_W); /* a right less */
    assert_true(stale(w, VA, ACCESS_STORE));
    assert_false(stale(w, VA, ACCESS_LOAD));

    put(w, LEAVES + 24, FRAME(0), ALL & ~PTE_V); /* nothing there */
    assert_true(stale(w, VA, ACCESS_LOAD));
    assert_int_equal(w->use.memory_pa, 0);

    put(w, LEAVES + 24, FRAME(0), ALL & ~PTE_D); /* a bit to set, for a store */
    assert_true(stale(w, VA, ACCESS_STORE));
    assert_false(stale(w, VA, ACCESS_LOAD));
    put(w, LEAVES + 24, FRAME(0), ALL & ~(PTE_D | PTE_A));
    assert_true(stale(w, VA, ACCESS_LOAD));

    put(w, LEAVES + 24, FRAME(0), ALL);
    put(w, MIDDLE, FRAME(2), PTE_V); /* a table above */
    assert_true(stale(w, VA, ACCESS_LOAD));
    put(w, MIDDLE, LEAVES, PTE_V);
    assert_false(stale(w, VA, ACCESS_LOAD));
}

/* What memory has gained, or what no entry of a TLB would serve, is never stale. */
static void test_gains(void **state)
{
    struct world *w = *state;
    put(w, LEAVES + 24, FRAME(0), PTE_V | PTE_R);
    use(w, VA, ACCESS_LOAD);
    assert_false(stale(w, VA, ACCESS_LOAD)); /* A has been set */
    put(w, LEAVES + 24, FRAME(0), ALL);
    assert_false(stale(w, VA, ACCESS_LOAD));
    assert_false(stale(w, VA, ACCESS_STORE)); /* the old entry has no W: a miss */
    put(w, LEAVES + 24, FRAME(1), ALL);
    assert_false(stale(w, VA, ACCESS_STORE));
    assert_false(stale(w, VA + PAGE_SIZE, ACCESS_LOAD));
    assert_true(stale(w, VA, ACCESS_LOAD));
    w->p.mode = MODE_U; /* who may not use the entry misses, too */
    assert_false(stale(w, VA, ACCESS_LOAD));
}

/* The newer entry does not make the older one go. */
static void test_both_remain(void **state)
{
    struct world *w = *state;
    put(w, LEAVES + 24, FRAME(0), PTE_V | PTE_R);
    use(w, VA, ACCESS_LOAD);
    put(w, LEAVES + 24, FRAME(1), ALL);
    use(w, VA, ACCESS_STORE);
    assert_true(stale(w, VA, ACCESS_LOAD));
    assert_false(stale(w, VA, ACCESS_STORE));
}

static void test_fences(void **state)
{
    struct world *w = *state;
    static const struct {
        bool all_addresses;
        uint64_t va;
        bool all_asids;
        uint16_t asid;
        bool helps, helps_global;
    } fences[] = {
        {true, 0, true, 0, true, true},
        {true, 0, false, 5, true, false},
        {true, 0, false, 6, false, false},
        {false, VA + 8, true, 0, true, true},
        {false, VA, false, 5, true, false},
        {false, VA, false, 6, false, false},
        {false, VA + 4096, true, 0, false, false},
    };
    for (size_t i = 0; i < sizeof fences / sizeof *fences; i++)
        for (uint64_t global = 0; global <= PTE_G; global += PTE_G) {
            put(w, LEAVES + 24, FRAME(0), ALL | global);
            use(w, VA, ACCESS_LOAD);
            put(w, LEAVES + 24, FRAME(1), ALL | global);
            assert_true(stale(w, VA, ACCESS_LOAD));
            coherence_fence(w->c, fences[i].all_addresses, fences[i].va, fences[i].all_asids, fences[i].asid);
            assert_int_equal(stale(w, VA, ACCESS_LOAD), !(global ? fences[i].helps_global : fences[i].helps));
            coherence_fence(w->c, true, 0, true, 0);
        }
}

/* All of a superpage is one entry, wherever it was used and wherever it is fenced. */
static void test_superpages(void **state)
{
    struct world *w = *state;
    put(w, MIDDLE + 8, UINT64_C(0x80200000), ALL); /* in no RAM: only the translation matters */
    use(w, MEGAPAGE + 0x1000, ACCESS_LOAD);
    put(w, MIDDLE + 8, UINT64_C(0x80400000), ALL);
    assert_true(stale(w, MEGAPAGE + 0x5008, ACCESS_LOAD));
    assert_int_equal(w->use.cached_pa, 0x80205008);
    coherence_fence(w->c, false, MEGAPAGE - 8, true, 0);
    assert_true(stale(w, MEGAPAGE + 0x5008, ACCESS_LOAD));
    coherence_fence(w->c, false, MEGAPAGE + 0x9000, true, 0);
    assert_false(stale(w, MEGAPAGE + 0x5008, ACCESS_LOAD));
}

static void test_spaces(void **state)
{
    struct world *w = *state;
    uint64_t other = SATP_MODE_SV39 << 60 | UINT64_C(6) << 44 | ROOT >> 12;
    put(w, LEAVES + 32, FRAME(2), ALL | PTE_G);
    use(w, VA, ACCESS_LOAD);
    use(w, VA + PAGE_SIZE, ACCESS_LOAD);
    put(w, LEAVES + 24, FRAME(1), ALL);
    put(w, LEAVES + 32, FRAME(3), ALL | PTE_G);
    w->p.csr.satp = other;
    assert_false(stale(w, VA, ACCESS_LOAD));            /* of another address space */
    assert_true(stale(w, VA + PAGE_SIZE, ACCESS_LOAD)); /* global */
}

/* Many, in and out again. */
static void test_many(void **state)
{
    struct world *w = *state;
    for (uint64_t round = 0; round < 3; round++)
        for (uint64_t asid = 0; asid < 3000; asid++) {
            w->p.csr.satp = SATP_MODE_SV39 << 60 | asid << 44 | ROOT >> 12;
            put(w, LEAVES + 24, FRAME(0), ALL);
            use(w, VA, ACCESS_LOAD);
            put(w, LEAVES + 24, FRAME(1), ALL);
            assert_true(stale(w, VA, ACCESS_LOAD));
            if (asid % 3 != round)
                continue;
            coherence_fence(w->c, asid % 2, VA, false, (uint16_t)asid);
            assert_false(stale(w, VA, ACCESS_LOAD));
        }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_changes), TEST(test_gains),      TEST(test_both_remain), TEST(test_fences),
        TEST(test_spaces),  TEST(test_superpages), TEST(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
