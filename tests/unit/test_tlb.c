/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The TLB against a list that remembers everything (fills in order, fences as the manual words them, FIFO by set), and the
 * fast path, which must stay a subset of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "isa/hart.h"

static uint64_t random_state = 88172645463325252u;

static unsigned below(unsigned n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % n;
}

/* --- a model ------------------------------------------------------------------------------------------------------------ */

struct cached {
    uint64_t vpn, ppn;
    uint16_t asid;
    bool global;
    unsigned level;
};
struct set {
    struct cached way[TLB_WAYS];
    bool valid[TLB_WAYS];
    unsigned next;
};
static struct set model[2][TLB_DATA_SETS];

static struct set *set_of(bool fetch, uint64_t vpn)
{
    return &model[fetch][vpn % (fetch ? TLB_FETCH_SETS : TLB_DATA_SETS)];
}

static struct cached *model_find(bool fetch, uint64_t vpn, uint16_t asid)
{
    struct set *s = set_of(fetch, vpn);
    for (unsigned w = 0; w < TLB_WAYS; w++)
        if (s->valid[w] && s->way[w].vpn == vpn && (s->way[w].global || s->way[w].asid == asid))
            return &s->way[w];
    return NULL;
}

static void model_fill(bool fetch, struct cached c)
{
    struct set *s = set_of(fetch, c.vpn);
    struct cached *same = model_find(fetch, c.vpn, c.asid);
    unsigned way = same ? (unsigned)(same - s->way) : 0;
    if (!same) {
        for (way = 0; way < TLB_WAYS && s->valid[way]; way++)
            ;
        if (way == TLB_WAYS) {
            way = s->next;
            s->next = (s->next + 1) % TLB_WAYS;
        }
    }
    s->way[way] = c;
    s->valid[way] = true;
}

static void model_fence(bool all_addresses, uint64_t vpn, bool all_asids, uint16_t asid)
{
    for (unsigned f = 0; f < 2; f++)
        for (unsigned i = 0; i < TLB_DATA_SETS; i++)
            for (unsigned w = 0; w < TLB_WAYS; w++) {
                const struct cached *c = &model[f][i].way[w];
                bool address = all_addresses || c->vpn >> (9 * c->level) == vpn >> (9 * c->level);
                if (address && (all_asids || (c->asid == asid && !c->global)))
                    model[f][i].valid[w] = false;
            }
}

/* --- both at once ------------------------------------------------------------------------------------------------------- */

static struct hart hart;
static uint8_t host_page[4096];
static struct code_page *some_page = (struct code_page *)host_page;

static uint64_t random_vpn(void)
{
    return 0x40000 + below(6) * 512 + below(80);
}

static void check_all(void)
{
    for (unsigned fetch = 0; fetch < 2; fetch++)
        for (uint64_t group = 0; group < 6; group++)
            for (uint64_t low = 0; low < 80; low++)
                for (uint16_t asid = 0; asid < 3; asid++) {
                    uint64_t vpn = 0x40000 + group * 512 + low;
                    const struct tlb_entry *e = tlb_find(&hart.tlb, fetch, vpn << 12, asid);
                    const struct cached *c = model_find(fetch, vpn, asid);
                    assert_int_equal(e != NULL, c != NULL);
                    if (e)
                        assert_int_equal(e->ppn, c->ppn);
                }
}

/* Whatever the fast path knows of a translated space an entry of the TLB knows, too, for the address space of its set. */
static void check_in_tlb(const struct fast_set *set, bool fetch, uint64_t tag)
{
    assert_true(tag == FAST_NONE || tlb_find(&hart.tlb, fetch, tag, SATP_ASID(set->satp)));
}

static void check_fast(void)
{
    for (const struct fast_set *set = hart.fast.set; set < hart.fast.set + hart.fast.used; set++) {
        for (unsigned space = 0; space < SPACE_M; space++) {
            for (unsigned i = 0; i < FAST_DATA; i++) {
                check_in_tlb(set, false, set->data[space][i].read_tag);
                check_in_tlb(set, false, set->data[space][i].write_tag);
            }
            for (unsigned i = 0; i < FAST_FETCH; i++)
                check_in_tlb(set, true, set->fetch[space][i].tag);
        }
    }
}

static void fill(void)
{
    bool fetch = below(3) == 0;
    unsigned level = below(4) == 0 ? 1 : 0;
    struct cached c = {.vpn = random_vpn(), .ppn = below(1u << 20), .asid = (uint16_t)below(3), .level = level};
    c.global = c.vpn % 16 == 3; /* the same page is always global, or never */
    struct walk walk = {.level = (uint8_t)level,
                        .pte = PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D | (c.global ? PTE_G : 0),
                        .pa = c.ppn << 12};
    tlb_fill(&hart, fetch, c.vpn << 12, c.asid, &walk, 0, tlb_find(&hart.tlb, fetch, c.vpn << 12, c.asid));
    model_fill(fetch, c);
    enum fast_space space = (enum fast_space)below(SPACE_M);
    uint64_t root = 0x80000 + below(2); /* six address spaces: more than there are sets */
    fast_switch(&hart.fast, SATP_MODE_SV39 << 60 | (uint64_t)c.asid << 44 | root, 0);
    if (fetch)
        fast_fill_fetch(&hart.fast, space, c.vpn << 12, some_page);
    else
        fast_fill_data(&hart.fast, space, c.vpn << 12, host_page, below(4) != 0, below(2));
}

static void fence(void)
{
    bool all_addresses = below(8) == 0, all_asids = below(2);
    uint64_t vpn = random_vpn();
    uint16_t asid = (uint16_t)below(3);
    tlb_flush(&hart, all_addresses, vpn << 12 | below(4096), all_asids, asid);
    model_fence(all_addresses, vpn, all_asids, asid);
}

static void fills_and_fences(void **state)
{
    (void)state;
    memset(model, 0, sizeof model);
    tlb_reset(&hart);
    for (unsigned step = 0; step < 200000; step++) {
        if (below(6))
            fill();
        else
            fence();
        if (step % 997 == 0) {
            check_all();
            check_fast();
        }
        if (below(500) == 0)
            fast_flush_translated(&hart.fast);
    }
    check_all();
    check_fast();
}

/* Who comes back to an address space finds what he left there, if not too many others were used in between. */
static void sets_stay(void **state)
{
    (void)state;
    tlb_reset(&hart);
    for (uint64_t satp = 1; satp <= FAST_SETS + 1; satp++) {
        fast_switch(&hart.fast, satp, 0);
        assert_int_equal(hart.fast.now->data[SPACE_U][5].read_tag, FAST_NONE);
        fast_fill_data(&hart.fast, SPACE_U, 0x5000, host_page, true, false);
    }
    fast_switch(&hart.fast, 3, 0);
    assert_int_equal(hart.fast.now->data[SPACE_U][5].read_tag, 0x5000);
    fast_flush_translated(&hart.fast);
    for (uint64_t satp = 2; satp <= FAST_SETS + 1; satp++) {
        fast_switch(&hart.fast, satp, 0);
        assert_int_equal(hart.fast.now->data[SPACE_U][5].read_tag, FAST_NONE);
    }
}

/* A flush of the translated spaces leaves nothing in them, however many entries there were, and all of M's. */
static void flushes_of_the_fast_path(void **state)
{
    (void)state;
    for (unsigned entries = 1; entries < 600; entries += 37) {
        tlb_reset(&hart);
        for (unsigned i = 0; i < entries; i++) {
            fast_fill_data(&hart.fast, (enum fast_space)(i % SPACE_M), (uint64_t)i << 12, host_page, true, true);
            fast_fill_fetch(&hart.fast, (enum fast_space)(i % SPACE_M), (uint64_t)i << 12, some_page);
        }
        fast_fill_data(&hart.fast, SPACE_M, 0x80005000, host_page, true, true);
        fast_flush_translated(&hart.fast);
        for (unsigned s = 0; s < SPACE_M; s++) {
            for (unsigned i = 0; i < FAST_DATA; i++)
                assert_true(hart.fast.now->data[s][i].read_tag == FAST_NONE &&
                            hart.fast.now->data[s][i].write_tag == FAST_NONE);
            for (unsigned i = 0; i < FAST_FETCH; i++)
                assert_true(hart.fast.now->fetch[s][i].tag == FAST_NONE);
        }
        assert_int_equal(hart.fast.now->data[SPACE_M][0x80005 % FAST_DATA].read_tag, 0x80005000);
    }
}

static void no_more_stores_to_a_page(void **state)
{
    (void)state;
    static uint8_t pages[2][4096];
    tlb_reset(&hart);
    for (unsigned s = 0; s < SPACE_count; s++)
        for (unsigned i = 0; i < 8; i++)
            fast_fill_data(&hart.fast, (enum fast_space)s, (uint64_t)(i + 8 * s) << 12, pages[i % 2], true, true);
    fast_forbid_stores(&hart.fast, pages[1]);
    for (unsigned s = 0; s < SPACE_count; s++)
        for (unsigned i = 0; i < 8; i++) {
            uint64_t va = (uint64_t)(i + 8 * s) << 12;
            assert_int_equal(hart.fast.now->data[s][i + 8 * s].read_tag, va);
            assert_int_equal(hart.fast.now->data[s][i + 8 * s].write_tag, i % 2 ? FAST_NONE : va);
        }
}

/* After 2^32 full flushes nothing old is valid again. */
static void generations_wrap(void **state)
{
    (void)state;
    tlb_reset(&hart);
    struct walk walk = {.pte = PTE_V | PTE_R | PTE_A, .pa = 0x80001000};
    tlb_fill(&hart, false, 0x1000, 0, &walk, 0, NULL);
    assert_non_null(tlb_find(&hart.tlb, false, 0x1000, 0));
    hart.tlb.generation = UINT32_MAX;
    assert_null(tlb_find(&hart.tlb, false, 0x1000, 0));
    tlb_fill(&hart, false, 0x2000, 0, &walk, 0, NULL);
    tlb_flush(&hart, true, 0, true, 0);
    assert_null(tlb_find(&hart.tlb, false, 0x1000, 0));
    assert_null(tlb_find(&hart.tlb, false, 0x2000, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_and_fences),         cmocka_unit_test(sets_stay),
        cmocka_unit_test(flushes_of_the_fast_path), cmocka_unit_test(no_more_stores_to_a_page),
        cmocka_unit_test(generations_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
