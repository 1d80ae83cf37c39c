/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A walk that the interpreter knows is the walk that would be done now, whatever has been changed since, and by whom: entries
 * of any level, satp, mode, SUM, MXR. Random tables, random changes; each answer is held against a fresh walk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "vmm/memory/walks.h"

#define TABLES 6 /* at the start of RAM: every one can be root, middle and leaf */
#define FRAMES 16
#define STEPS 2000000
#define BASE RAM_BASE

struct world {
    struct ram ram;
    struct priv priv;
    struct walks walks;
    uint64_t seed;
};

static uint64_t next(struct world *w) /* xorshift64 */
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed;
}

/* Few indices, so that addresses meet. */
static uint64_t random_va(struct world *w)
{
    uint64_t n = next(w);
    return (n & 1) << 30 | (n >> 2 & 1) << 21 | (n >> 4 & 1) << 12 | (n >> 6 & 0xfff);
}

static uint64_t random_entry(struct world *w)
{
    uint64_t n = next(w), pages = TABLES + FRAMES, rights = PTE_V;
    switch (n >> 60 & 3) {
    case 0:
        rights = n & 0xff;
        break;
    case 1:
        rights |= PTE_R | PTE_W | PTE_X | (n & (PTE_U | PTE_A | PTE_D));
        break;
    default:
        pages = TABLES; /* a pointer */
    }
    uint64_t page = n >> 62 ? (n >> 16) % pages : 0; /* page 0 is where a superpage can begin, too */
    return (BASE / PAGE_SIZE + page) << 10 | rights;
}

static void change(struct world *w)
{
    uint64_t n = next(w);
    switch (n % 8) {
    case 0:
        w->priv.csr.satp = SATP_MODE_SV39 << 60 | (BASE / PAGE_SIZE + (n >> 8) % TABLES);
        break;
    case 1:
        w->priv.csr.mstatus ^= MSTATUS_SUM;
        break;
    case 2:
        w->priv.csr.mstatus ^= MSTATUS_MXR;
        break;
    case 3:
        w->priv.mode = n >> 8 & 1 ? MODE_S : MODE_U;
        break;
    default:
        bytes_put(w->ram.bytes + (n >> 8) % TABLES * PAGE_SIZE + (n >> 16) % 2 * 8, 8, random_entry(w));
    }
}

/* One access as the interpreter makes it. Returns whether the walk was known. */
static bool translate(struct world *w, uint64_t va, enum access access)
{
    uint64_t key = walk_key(&w->priv, w->priv.mode, va, access), satp = w->priv.csr.satp;
    struct known_walk *known = walk_slot(&w->walks, key);
    bool holds = walk_holds(known, key, satp);
    struct mmu_result r = mmu_translate(&w->ram, &w->priv, w->priv.mode, va, access);
    if (holds) {
        assert_int_equal(r.cause, NO_TRAP);
        assert_false(r.pte_written);
        assert_int_equal(r.pa, known->frame | va % PAGE_SIZE);
        assert_int_equal(r.walk.refs, known->refs);
    } else if (r.cause == NO_TRAP && !r.pte_written) {
        walk_keep(known, key, &w->ram, satp, va, &r.walk);
        assert_true(walk_holds(known, key, satp));
    }
    return holds;
}

static void test_like_a_fresh_walk(void **state)
{
    (void)state;
    struct world *w = calloc(1, sizeof *w);
    w->ram = (struct ram){calloc(TABLES + FRAMES, PAGE_SIZE), BASE, (TABLES + FRAMES) * PAGE_SIZE};
    w->priv = (struct priv){.mode = MODE_S, .csr.satp = SATP_MODE_SV39 << 60 | BASE / PAGE_SIZE};
    w->seed = 1974;
    unsigned known = 0;
    for (unsigned i = 0; i < 1000; i++)
        change(w);
    for (unsigned i = 0; i < STEPS; i++) {
        if (next(w) % 32 == 0)
            change(w);
        known += translate(w, random_va(w), (enum access)(next(w) % 3));
    }
    print_message("%u walks were known\n", known);
    assert_in_range(known, STEPS / 50, STEPS); /* else nothing was looked at */
    free(w->ram.bytes);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_like_a_fresh_walk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
