/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The TLB and the fast path: look-up, replacement, flushing.
 */
#include "tlb.h"

#include <string.h>

#include "hart.h"

static inline void forget_data(struct fast_data *e, uint64_t va)
{
    if (e->read_tag == va || e->write_tag == va)
        e->read_tag = e->write_tag = FAST_NONE;
}

static inline void forget_fetch(struct fast_fetch *e, uint64_t va)
{
    if (e->tag == va)
        e->tag = FAST_NONE;
}

static void fast_forget_fetches(struct fast *f, uint64_t vpn)
{
    uint64_t va = vpn << 12, e = vpn % FAST_FETCH;
    for (uint32_t i = 0; i < f->used; i++) {
        struct fast_set *set = &f->set[i];
        if (!set->fetch_logged)
            continue;
        forget_fetch(&set->fetch[SPACE_U][e], va);
        forget_fetch(&set->fetch[SPACE_S][e], va);
        forget_fetch(&set->fetch[SPACE_M_MPRV][e], va);
    }
}

static inline void fast_forget_data(struct fast *f, uint64_t vpn)
{
    uint64_t va = vpn << 12, d = vpn % FAST_DATA;
    for (uint32_t i = 0; i < f->used; i++) {
        struct fast_set *set = &f->set[i];
        if (!set->data_logged)
            continue;
        forget_data(&set->data[SPACE_U][d], va);
        forget_data(&set->data[SPACE_S][d], va);
        forget_data(&set->data[SPACE_S_SUM][d], va);
    }
}

static inline void tlb_drop(struct hart *h, bool fetch, struct tlb_entry *e)
{
    if (e->generation == h->tlb.generation && fetch)
        fast_forget_fetches(&h->fast, e->vpn);
    else if (e->generation == h->tlb.generation)
        fast_forget_data(&h->fast, e->vpn);
    e->generation = 0;
}

static struct tlb_entry *tlb_victim(struct tlb *t, bool fetch, uint64_t vpn)
{
    struct tlb_entry *set = tlb_set(t, fetch, vpn);
    for (unsigned way = 0; way < TLB_WAYS; way++)
        if (set[way].generation != t->generation)
            return &set[way];
    uint8_t *next = fetch ? &t->fetch_next[vpn % TLB_FETCH_SETS] : &t->data_next[vpn % TLB_DATA_SETS];
    unsigned way = *next;
    *next = (uint8_t)((way + 1) % TLB_WAYS);
    return &set[way];
}

static uint64_t superpage_vpn(uint64_t vpn, unsigned level)
{
    return vpn >> (9 * level) << (9 * level);
}

static void tlb_note_superpage(struct tlb *t, uint64_t vpn, uint8_t level)
{
    vpn = superpage_vpn(vpn, level);
    for (unsigned i = 0; i < t->superpage_count && i < TLB_SUPERPAGES; i++)
        if (t->superpage[i].vpn == vpn && t->superpage[i].level == level)
            return;
    if (t->superpage_count < TLB_SUPERPAGES) {
        t->superpage[t->superpage_count].vpn = vpn;
        t->superpage[t->superpage_count].level = level;
        t->superpage_count++;
    } else {
        t->superpage_count = TLB_SUPERPAGES + 1;
    }
}

const struct tlb_entry *tlb_fill(struct hart *h, bool fetch, uint64_t va, uint32_t space, const struct walk *walk,
                                 uint8_t second, struct tlb_entry *same)
{
    uint64_t vpn = va >> 12;
    struct tlb_entry *e = same ? same : tlb_victim(&h->tlb, fetch, vpn);
    tlb_drop(h, fetch, e);
    *e = (struct tlb_entry){.vpn = vpn,
                            .ppn = walk->pa >> 12,
                            .generation = h->tlb.generation,
                            .space = space,
                            .flags = (uint8_t)walk->pte,
                            .level = walk->level,
                            .second = second};
    if (space & TLB_GUEST)
        h->tlb.guests = true;
    if (walk->level)
        tlb_note_superpage(&h->tlb, vpn, walk->level);
    return e;
}

static void tlb_new_generation(struct tlb *t)
{
    if (++t->generation == 0) { /* wrapped: what was valid 2^32 flushes ago must not come back */
        memset(t->fetch, 0, sizeof t->fetch);
        memset(t->data, 0, sizeof t->data);
        t->generation = 1;
    }
    t->superpage_count = 0;
    t->guests = false;
}

void tlb_reset(struct hart *h)
{
    memset(&h->tlb, 0, sizeof h->tlb);
    h->tlb.generation = 1;
    fast_flush_all(&h->fast);
}

/* May va lie in a superpage of which something is cached? */
static bool tlb_in_superpage(const struct tlb *t, uint64_t vpn)
{
    if (t->superpage_count > TLB_SUPERPAGES)
        return true;
    for (unsigned i = 0; i < t->superpage_count; i++)
        if (superpage_vpn(vpn, t->superpage[i].level) == t->superpage[i].vpn)
            return true;
    return false;
}

/* What a fence is about: entries of which `space` has these bits under `mask`. */
struct fence {
    bool all_addresses, spare_global;
    uint64_t vpn;
    uint32_t mask, space;
};

static inline __attribute__((always_inline)) bool tlb_fenced(const struct tlb_entry *e, const struct fence *f)
{
    return (f->all_addresses || superpage_vpn(e->vpn, e->level) == superpage_vpn(f->vpn, e->level)) &&
           (e->space & f->mask) == f->space && !(f->spare_global && (e->flags & PTE_G));
}

static void tlb_fence_all(struct hart *h, const struct fence *f)
{
    struct tlb *t = &h->tlb;
    for (int fetch = 0; fetch < 2; fetch++) {
        struct tlb_entry *e = tlb_set(t, fetch, 0);
        for (unsigned count = (fetch ? TLB_FETCH_SETS : TLB_DATA_SETS) * TLB_WAYS; count; count--, e++)
            if (e->generation == t->generation && tlb_fenced(e, f))
                tlb_drop(h, fetch, e);
    }
}

/* One page, of no superpage. */
static inline void tlb_fence_page(struct hart *h, const struct fence *f)
{
    struct tlb *t = &h->tlb;
    for (int fetch = 0; fetch < 2; fetch++) {
        struct tlb_entry *set = tlb_set(t, fetch, f->vpn);
#define FENCE(way)                                                                                                         \
    if (set[way].vpn == f->vpn && set[way].generation == t->generation && tlb_fenced(&set[way], f))                        \
        tlb_drop(h, fetch, &set[way]);
        TLB_EACH_WAY(FENCE)
#undef FENCE
    }
}

static inline __attribute__((always_inline)) void tlb_fence(struct hart *h, struct fence f)
{
    if (f.all_addresses || tlb_in_superpage(&h->tlb, f.vpn))
        tlb_fence_all(h, &f);
    else
        tlb_fence_page(h, &f);
}

void tlb_flush(struct hart *h, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid)
{
    if (all_addresses && all_asids && !h->tlb.guests) {
        tlb_new_generation(&h->tlb);
        fast_flush_translated(&h->fast);
        return;
    }
    uint32_t mask = all_asids ? TLB_GUEST : ~UINT32_C(0);
    tlb_fence(h, (struct fence){all_addresses, !all_asids, va >> 12, mask, all_asids ? 0 : asid});
}

void tlb_flush_guest(struct hart *h, uint16_t vmid, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid)
{
    uint32_t mask = ~(TLB_GUEST_BARE | (all_asids ? UINT32_C(0xffff) : 0)), space = tlb_guest_space(vmid, false, asid);
    tlb_fence(h, (struct fence){all_addresses, !all_asids, va >> 12, mask, space & mask});
}

void tlb_flush_second(struct hart *h, bool all_vmids, uint16_t vmid)
{
    uint32_t mask = TLB_GUEST | (all_vmids ? 0 : UINT32_C(0x3fff) << 16), space = tlb_guest_space(vmid, false, 0);
    tlb_fence(h, (struct fence){true, false, 0, mask, space & mask});
}

/* --- the fast path --------------------------------------------------------------------------------------------------- */

static void set_flush_translated(struct fast_set *f)
{
    struct fast_data *data = f->data[0];
    struct fast_fetch *fetch = f->fetch[0];
    if (f->data_logged < FAST_LOG)
        for (uint32_t i = 0; i < f->data_logged; i++)
            data[f->data_log[i]].read_tag = data[f->data_log[i]].write_tag = FAST_NONE;
    else
        memset(f->data, 0xff, sizeof f->data[0] * SPACE_M);
    if (f->fetch_logged < FAST_LOG)
        for (uint32_t i = 0; i < f->fetch_logged; i++)
            fetch[f->fetch_log[i]].tag = FAST_NONE;
    else
        memset(f->fetch, 0xff, sizeof f->fetch[0] * SPACE_M);
    f->data_logged = f->fetch_logged = 0;
}

void fast_flush_translated(struct fast *f)
{
    for (uint32_t i = 0; i < f->used; i++)
        set_flush_translated(&f->set[i]);
}

/* One more set, or one that is given up: M-mode's part of it is as good as ever. */
static struct fast_set *fast_take(struct fast *f)
{
    struct fast_set *set;
    if (f->used < FAST_SETS) {
        set = &f->set[f->used++];
        memset(set->data, 0xff, sizeof set->data); /* FAST_NONE everywhere */
        memset(set->fetch, 0xff, sizeof set->fetch);
        set->data_logged = set->fetch_logged = 0;
    } else {
        set = &f->set[f->next];
        f->next = (f->next + 1) % FAST_SETS;
        set_flush_translated(set);
    }
    return set;
}

void fast_switch(struct fast *f, uint64_t satp, uint64_t guest)
{
    for (uint32_t i = 0; i < f->used; i++) {
        if (f->set[i].satp == satp && f->set[i].guest == guest) {
            f->now = &f->set[i];
            return;
        }
    }
    f->now = fast_take(f);
    f->now->satp = satp;
    f->now->guest = guest;
}

void fast_flush_all(struct fast *f)
{
    uint64_t satp = f->used ? f->now->satp : 0, guest = f->used ? f->now->guest : 0;
    f->used = f->next = 0;
    fast_switch(f, satp, guest);
}

void fast_fill_fetch(struct fast *fast, enum fast_space space, uint64_t va, struct code_page *page)
{
    struct fast_set *f = fast->now;
    uint64_t index = (va >> 12) % FAST_FETCH;
    struct fast_fetch *e = &f->fetch[space][index];
    if (space != SPACE_M && f->fetch_logged < FAST_LOG && e->tag == FAST_NONE)
        f->fetch_log[f->fetch_logged++] = (uint16_t)(space * FAST_FETCH + index);
    e->tag = va & ~(PAGE_SIZE - 1);
    e->page = page;
}

void fast_forbid_stores(struct fast *f, const uint8_t *host)
{
    for (struct fast_set *set = f->set; set < f->set + f->used; set++) {
        struct fast_data *e = set->data[0];
        for (unsigned i = 0; i < SPACE_count * FAST_DATA; i++, e++)
            if (e->write_tag != FAST_NONE && e->write_tag + e->addend == (uint64_t)(uintptr_t)host)
                e->write_tag = FAST_NONE;
    }
}

void fast_forget_code(struct fast *f)
{
    for (struct fast_set *set = f->set; set < f->set + f->used; set++) {
        memset(set->fetch, 0xff, sizeof set->fetch);
        set->fetch_logged = 0;
    }
}
