/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page tables of a random program: some roots that differ in rights and in the sizes of pages, and share some tables.
 * Wherever a table leads, stores to it by the random elements can only hit data, or code at a known place.
 */
#include "generator.h"

#include "isa/bus.h"

#define ENTRIES 512
#define GIGAPAGE (UINT64_C(1) << 30)
#define MEGAPAGE (UINT64_C(1) << 21)

uint64_t random_place(struct generator *g, enum mode mode)
{
    uint64_t windows = one_in(g, 3) ? HIGH : LOW;
    unsigned way = below(g, 8);
    if (mode == MODE_M || way == 0 || (mode == MODE_S && way < 5))
        return pa_of(AT_BODY);
    if (mode == MODE_S)
        return WINDOW_VA(windows, WINDOW_SYSTEM);
    return way < 5 ? WINDOW_VA(windows, WINDOW_USER) : WINDOW_VA(windows, WINDOW_USER_MEGA) + AT_BODY;
}

unsigned random_page(struct generator *g)
{
    return below(g, one_in(g, 2) ? DATA_PAGES : 3);
}

/* --- entries ---------------------------------------------------------------------------------------------------------------- */

static uint64_t leaf(uint64_t pa, uint64_t flags)
{
    return pa >> 12 << 10 | flags;
}

static uint64_t unless_one_in(struct generator *g, unsigned n, uint64_t flag)
{
    return one_in(g, n) ? 0 : flag;
}

/* A and D are set or clear, as it comes. */
static uint64_t random_ad(struct generator *g)
{
    return dice_bits(&g->dice) & (PTE_A | PTE_D);
}

uint64_t random_leaf_flags(struct generator *g)
{
    uint64_t flags = random_ad(g);
    flags |= unless_one_in(g, 12, PTE_V);
    flags |= unless_one_in(g, 8, PTE_R);
    flags |= unless_one_in(g, 4, PTE_W);
    flags |= unless_one_in(g, 2, PTE_X);
    flags |= unless_one_in(g, 2, PTE_U);
    flags |= (uint64_t)below(g, 4) << 8; /* for software */
    if (one_in(g, 40))
        flags |= UINT64_C(1) << (54 + below(g, 10)); /* reserved */
    return flags;
}

uint64_t random_data_leaf(struct generator *g)
{
    uint64_t flags = random_leaf_flags(g);
    if (one_in(g, 16)) /* a device, the end of RAM, or nothing */
        switch (below(g, 4)) {
        case 0:
            return leaf(BUS_UART, flags);
        case 1:
            return leaf(BUS_CLINT, flags);
        case 2:
            return leaf(RAM_BASE + PROGRAM_RAM - PAGE_SIZE, flags);
        default:
            return leaf(RAM_BASE + PROGRAM_RAM, flags);
        }
    return leaf(pa_of(AT_DATA) + PAGE_SIZE * below(g, DATA_PAGES), flags);
}

/* --- tables ----------------------------------------------------------------------------------------------------------------- */

static uint32_t new_table(struct generator *g)
{
    return AT_TABLES + (uint32_t)PAGE_SIZE * g->tables++;
}

static void put_entry(struct generator *g, uint32_t table, unsigned index, uint64_t entry)
{
    put64(g, table + 8 * index, entry);
}

static void put_pointer(struct generator *g, uint32_t table, unsigned index, uint32_t to)
{
    put_entry(g, table, index, leaf(pa_of(to), PTE_V));
}

/* The body, page by page. */
static void fill_code(struct generator *g, uint32_t table, uint64_t rights)
{
    for (unsigned i = 0; i < BODY_PAGES; i++) {
        uint64_t flags = rights | random_ad(g);
        flags |= rights & PTE_X ? unless_one_in(g, 4, PTE_R) : PTE_R;
        flags |= flags & PTE_R ? unless_one_in(g, 3, PTE_W) : 0;
        flags |= unless_one_in(g, 16, PTE_V);
        put_entry(g, table, i, leaf(pa_of(AT_BODY) + PAGE_SIZE * i, flags));
    }
}

static uint32_t window_table(struct generator *g, enum window window)
{
    uint32_t table = new_table(g);
    uint64_t user = unless_one_in(g, 2, PTE_U);
    switch (window) {
    case WINDOW_DATA:
        for (unsigned i = 0; i < DATA_PAGES; i++)
            put_entry(g, table, i, random_data_leaf(g));
        break;
    case WINDOW_USER:
        fill_code(g, table, PTE_X | PTE_U);
        break;
    case WINDOW_SYSTEM:
        fill_code(g, table, PTE_X);
        break;
    case WINDOW_WRITE:
        fill_code(g, table, user);
        break;
    default:
        put_entry(g, table, 0, leaf(pa_of(AT_FUNCTIONS), PTE_V | PTE_R | PTE_X | user));
    }
    return table;
}

static void fill_swing(struct generator *g)
{
    for (unsigned page = 0; page < SWING_PAGES; page++)
        for (unsigned i = 0; i < DATA_PAGES; i++)
            put_entry(g, AT_SWING + (uint32_t)PAGE_SIZE * page, i, random_data_leaf(g));
}

static void fill_level1(struct generator *g, struct root *r)
{
    uint64_t data = PTE_V | PTE_R | PTE_W, code = PTE_V | PTE_X | PTE_U;
    for (unsigned w = 0; w < WINDOWS; w++)
        if (r->level0[w])
            put_pointer(g, r->level1, w, r->level0[w]);
    data |= random_ad(g);
    data |= unless_one_in(g, 2, PTE_U);
    put_entry(g, r->level1, WINDOW_MEGA, leaf(pa_of(AT_DATA), data));
    code |= random_ad(g);
    code |= unless_one_in(g, 3, PTE_R);
    put_entry(g, r->level1, WINDOW_USER_MEGA, leaf(RAM_BASE, code));
    put_pointer(g, r->level1, WINDOW_SWING, AT_SWING);
}

/* RAM where it lies, for S-mode: with pages of any size. */
static void fill_identity(struct generator *g, struct root *r)
{
    uint64_t rights = PTE_V | PTE_R | PTE_W | PTE_X;
    if (one_in(g, 2)) {
        put_entry(g, r->root, RAM_BASE / GIGAPAGE, leaf(RAM_BASE, rights | random_ad(g)));
        return;
    }
    r->identity = new_table(g);
    put_pointer(g, r->root, RAM_BASE / GIGAPAGE, r->identity);
    for (unsigned i = 0; i < PROGRAM_RAM / MEGAPAGE; i++)
        put_entry(g, r->identity, i, leaf(RAM_BASE + i * MEGAPAGE, rights | random_ad(g)));
    if (one_in(g, 2))
        return;
    uint32_t table = new_table(g);
    put_pointer(g, r->identity, 0, table);
    for (unsigned i = 0; i < ENTRIES; i++)
        put_entry(g, table, i, leaf(RAM_BASE + i * PAGE_SIZE, rights | random_ad(g)));
}

static void fill_root(struct generator *g, struct root *r)
{
    uint64_t devices = PTE_V | PTE_R | PTE_W, all = devices;
    put_pointer(g, r->root, LOW / GIGAPAGE, r->level1);
    put_pointer(g, r->root, HIGH / GIGAPAGE % ENTRIES, r->level1);
    devices |= random_ad(g);
    devices |= one_in(g, 3) ? PTE_U : 0;
    if (!one_in(g, 8))
        put_entry(g, r->root, 0, leaf(0, devices));
    all |= random_ad(g);
    all |= unless_one_in(g, 2, PTE_U);
    put_entry(g, r->root, GIGA / GIGAPAGE, leaf(RAM_BASE, all));
    fill_identity(g, r);
}

/* Its own tables, or those of the root before it. */
static void choose_tables(struct generator *g, struct root *r, struct root *before)
{
    static const enum window tables[] = {WINDOW_DATA, WINDOW_USER, WINDOW_SYSTEM, WINDOW_WRITE, WINDOW_FUNCTIONS};
    for (unsigned i = 0; i < sizeof tables / sizeof *tables; i++) {
        enum window w = tables[i];
        if (before && one_in(g, 2)) {
            r->level0[w] = before->level0[w];
            r->shared[w] = before->shared[w] = true;
        } else {
            r->level0[w] = window_table(g, w);
        }
    }
    r->shared[WINDOW_SWING] = true;
}

void make_tables(struct generator *g)
{
    g->root_count = 1 + below(g, ROOTS_MAX);
    g->share_asid = one_in(g, 5);
    fill_swing(g);
    for (unsigned i = 0; i < g->root_count; i++) {
        struct root *r = &g->roots[i];
        uint64_t asid = g->share_asid ? 7 : i * 0x3001 + below(g, 2); /* 0 too; else all differ */
        r->root = new_table(g);
        r->level1 = new_table(g);
        r->satp = SATP_MODE_SV39 << 60 | asid << 44 | pa_of(r->root) >> 12;
        choose_tables(g, r, i ? &g->roots[i - 1] : 0);
        fill_level1(g, r);
        fill_root(g, r);
    }
    if (g->share_asid) /* nothing but full fences */
        for (unsigned i = 0; i < g->root_count; i++)
            for (unsigned w = 0; w < WINDOWS; w++)
                g->roots[i].shared[w] = true;
}
