/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Translations that may be cached, in a table of chains by level and page number. See coherence.h.
 */
#include "coherence.h"

#include <stdlib.h>
#include <string.h>

#include "two_stage.h"

#define BUCKETS 4096
#define NOBODY UINT32_MAX
#define LEVELS 3

struct cached {
    uint64_t vpn; /* va >> (12 + 9 * level) */
    uint64_t pte;
    uint32_t next; /* in its chain, or of the free ones */
    uint16_t asid;
    uint8_t level;
};

struct coherence {
    uint32_t bucket[BUCKETS];
    struct cached *cached;     /* owned */
    uint32_t used, room, free; /* used: all from this one on are free, too */
};

struct coherence *coherence_new(void)
{
    struct coherence *c = calloc(1, sizeof *c);
    if (c)
        coherence_fence(c, true, 0, true, 0);
    return c;
}

void coherence_free(struct coherence *c)
{
    if (c)
        free(c->cached);
    free(c);
}

static uint64_t page_at(uint64_t va, unsigned level)
{
    return va >> (12 + 9 * level);
}

static uint32_t *chain_of(struct coherence *c, uint64_t vpn, unsigned level)
{
    uint64_t hash = (vpn * LEVELS + level) * UINT64_C(0x9e3779b97f4a7c15);
    return &c->bucket[hash >> 52];
}

_Static_assert(BUCKETS == 1 << 12, "the hash has twelve bits");

static bool matches(const struct cached *e, uint64_t vpn, unsigned level, uint16_t asid)
{
    return e->vpn == vpn && e->level == level && (e->asid == asid || (e->pte & PTE_G));
}

/* --- what is cached ----------------------------------------------------------------------------------------------------------- */

static uint32_t take(struct coherence *c)
{
    uint32_t i = c->free;
    if (i != NOBODY) {
        c->free = c->cached[i].next;
        return i;
    }
    if (c->used == c->room) {
        uint32_t room = c->room ? 2 * c->room : 1024;
        struct cached *more = realloc(c->cached, room * sizeof *more);
        if (!more)
            abort(); /* to forget one would be to overlook it */
        c->cached = more;
        c->room = room;
    }
    return c->used++;
}

void coherence_note(struct coherence *c, uint64_t va, uint16_t asid, const struct walk *walk)
{
    uint64_t vpn = page_at(va, walk->level);
    uint32_t *chain = chain_of(c, vpn, walk->level);
    for (uint32_t i = *chain; i != NOBODY; i = c->cached[i].next) {
        const struct cached *e = &c->cached[i];
        if (e->vpn == vpn && e->level == walk->level && e->asid == asid && e->pte == walk->pte)
            return;
    }
    uint32_t i = take(c);
    c->cached[i] = (struct cached){vpn, walk->pte, *chain, asid, walk->level};
    *chain = i;
}

/* --- fences ------------------------------------------------------------------------------------------------------------------- */

/* Forgets what of the chain is of this page (level LEVELS: of any) and of this address space. */
static void fence_chain(struct coherence *c, uint32_t *chain, uint64_t vpn, unsigned level, bool all_asids, uint16_t asid)
{
    while (*chain != NOBODY) {
        uint32_t i = *chain;
        struct cached *e = &c->cached[i];
        bool page = level == LEVELS || (e->vpn == vpn && e->level == level);
        if (page && (all_asids || (e->asid == asid && !(e->pte & PTE_G)))) {
            *chain = e->next;
            e->next = c->free;
            c->free = i;
        } else {
            chain = &e->next;
        }
    }
}

void coherence_fence(struct coherence *c, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid)
{
    if (all_addresses && all_asids) {
        memset(c->bucket, 0xff, sizeof c->bucket); /* NOBODY everywhere */
        c->used = 0;
        c->free = NOBODY;
    } else if (all_addresses) {
        for (unsigned i = 0; i < BUCKETS; i++)
            fence_chain(c, &c->bucket[i], 0, LEVELS, all_asids, asid);
    } else {
        for (unsigned level = 0; level < LEVELS; level++)
            fence_chain(c, chain_of(c, page_at(va, level), level), page_at(va, level), level, all_asids, asid);
    }
}

/* --- uses --------------------------------------------------------------------------------------------------------------------- */

/* The leaf serves the access, and leaves nothing to be set in memory. */
static bool serves(uint64_t pte, enum access access, enum mode mode, uint64_t mstatus)
{
    uint64_t bits = PTE_A | (access == ACCESS_STORE ? PTE_D : 0);
    return mmu_permits(pte, access, mode, mstatus) && (pte & bits) == bits;
}

static uint64_t leads_to(const struct cached *e, uint64_t va)
{
    uint64_t offset = (UINT64_C(1) << (12 + 9 * e->level)) - 1;
    return PTE_PPN(e->pte) << 12 | (va & offset);
}

bool coherence_stale(const struct coherence *c, const struct ram *ram, uint64_t satp, uint64_t mstatus, enum mode mode,
                     uint64_t va, enum access access, struct stale_use *use)
{
    struct walk now = mmu_walk(ram, satp, va);
    bool served = now.end == WALK_LEAF && serves(now.pte, access, mode, mstatus);
    for (unsigned level = 0; level < LEVELS; level++) {
        uint64_t vpn = page_at(va, level);
        uint32_t i = *chain_of((struct coherence *)(uintptr_t)c, vpn, level);
        for (; i != NOBODY; i = c->cached[i].next) {
            const struct cached *e = &c->cached[i];
            if (!matches(e, vpn, level, SATP_ASID(satp)) || !serves(e->pte, access, mode, mstatus))
                continue;
            if (served && leads_to(e, va) == now.pa)
                continue;
            *use = (struct stale_use){.va = va, .access = access, .cached = e->pte, .memory = now.pte};
            use->cached_pa = leads_to(e, va);
            use->memory_pa = now.end == WALK_LEAF ? now.pa : 0;
            return true;
        }
    }
    return false;
}

bool coherence_stale_second(const struct coherence *c, const struct ram *ram, uint64_t hgatp, struct stale_use *use)
{
    for (unsigned b = 0; b < BUCKETS; b++) {
        for (uint32_t i = c->bucket[b]; i != NOBODY; i = c->cached[i].next) {
            const struct cached *e = &c->cached[i];
            uint64_t gpa = e->vpn << (12 + 9 * e->level);
            if (e->asid != HGATP_VMID(hgatp))
                continue;
            struct walk now = two_stage_second(ram, hgatp, gpa);
            if (now.end == WALK_LEAF && now.pa == leads_to(e, gpa) && !(e->pte & ~now.pte & 0xff))
                continue;
            *use = (struct stale_use){.va = gpa, .cached = e->pte, .memory = now.pte};
            return true;
        }
    }
    return false;
}
