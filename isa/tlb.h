/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The TLB of the machine, and the simulator's fast path above it.
 *
 * The TLB is part of the machine: its misses cost walk references and are exact. Fetches and data have one each;
 * set-associative, FIFO in each set (so that a hit changes nothing), 4 KiB granules also of superpages, tagged with
 * ASIDs; with the hypervisor extension with V and VMIDs, too, and an entry with V = 1 is both stages in one. A cached entry that does not permit an access (or is clean, for a store) does not fault: it is a miss, and
 * memory decides. Invalid entries are never cached.
 *
 * The fast path maps a virtual page to host memory or to decoded code. For paged accesses its entries are a subset of the
 * TLB's: when the TLB loses one, so does the fast path. So whoever hits there would have hit in the TLB, and need not look.
 */
#ifndef ISA_TLB_H
#define ISA_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu.h"

#define TLB_WAYS 4
#define TLB_FETCH_SETS 16       /* 64 entries */
#define TLB_DATA_SETS 64        /* 256 entries */
#define TLB_SUPERPAGES 8

struct tlb_entry {
    uint64_t vpn;               /* va >> 12 */
    uint64_t ppn;               /* of this 4 KiB page, also inside a superpage */
    uint32_t generation;        /* valid if it is the TLB's */
    uint32_t space;             /* ASID; of V = 1: tlb_guest_space() */
    uint8_t flags;              /* PTE_V .. PTE_D as in the leaf when it was read; 0: V = 1, and vsatp is Bare */
    uint8_t level;              /* of the leaf */
    uint8_t second;             /* V = 1: as flags, of the second stage's leaf; 0: hgatp is Bare */
};

#define TLB_GUEST (UINT32_C(1) << 31)
#define TLB_GUEST_BARE (UINT32_C(1) << 30)
#define TLB_VMID(space) ((space) >> 16 & 0x3fff)
static inline uint32_t tlb_guest_space(uint16_t vmid, bool bare, uint16_t asid)
{
    return TLB_GUEST | (bare ? TLB_GUEST_BARE : 0) | (uint32_t)vmid << 16 | (bare ? 0 : asid);
}

struct tlb {
    struct tlb_entry fetch[TLB_FETCH_SETS][TLB_WAYS], data[TLB_DATA_SETS][TLB_WAYS];
    uint8_t fetch_next[TLB_FETCH_SETS], data_next[TLB_DATA_SETS];       /* the way that FIFO gives up next */
    uint32_t generation;        /* a full flush makes a new one; never 0 */

    /* Superpages of which some granule was filled since the last full flush, so that fencing one page is cheap if it is in
     * none of them. More than TLB_SUPERPAGES: superpage_count stays above it, and nothing is known. */
    struct { uint64_t vpn; uint8_t level; } superpage[TLB_SUPERPAGES];
    uint32_t superpage_count;
    bool guests;                /* entries of V = 1 were filled since the last full flush */
};

/* --- the fast path --------------------------------------------------------------------------------------------------- */

#define FAST_DATA 256           /* entries of each space, direct-mapped by the low bits of the page number */
#define FAST_FETCH 64
#define FAST_NONE UINT64_MAX    /* a tag that no masked address equals */
#define FAST_LOG 256
#define FAST_SETS 4
#define FAST_GUEST (UINT64_C(1) << 59)  /* a bit that is 0 in hgatp */

/* Which translation an access uses: user; supervisor with SUM = 0 and with SUM = 1; M-mode, which has none. Fetches know no
 * SUM, but M-mode whose loads and stores are translated (hart_fetch_space()). */
enum fast_space { SPACE_U, SPACE_S, SPACE_S_SUM, SPACE_M, SPACE_count, SPACE_M_MPRV = SPACE_S_SUM };

struct fast_data {
    uint64_t read_tag, write_tag;       /* va of the page, or FAST_NONE */
    uint64_t addend;                    /* host address = va + addend */
    uint64_t pad;
};

struct code_page;
struct fast_fetch {
    uint64_t tag;                       /* va of the page, or FAST_NONE */
    struct code_page *page;
};

/* What is known of one address space. */
struct fast_set {
    uint64_t satp, guest;               /* name it: of V = 1, vsatp, and hgatp with FAST_GUEST; else guest is 0 */
    struct fast_data data[SPACE_count][FAST_DATA];          /* of SPACE_M: never filled, since nothing is to be remembered */
    struct fast_fetch fetch[SPACE_count][FAST_FETCH];
    /* What was filled in other spaces than M since they were last flushed, as space * entries + index; a count of FAST_LOG
     * means that it may be more. */
    uint16_t data_log[FAST_LOG], fetch_log[FAST_LOG];
    uint32_t data_logged, fetch_logged;
};

/* The address spaces that were used last: who switches back and forth, like a monitor, finds what he left. What leaves the
 * TLB leaves all of them. */
struct fast {
    struct fast_set *now;
    struct fast_fetch *pages;           /* of `now`: where fetches look; the engine's */
    struct fast_set set[FAST_SETS];
    uint32_t used, next;                /* sets in use; the one that FIFO gives up next */
};

struct hart;

void tlb_reset(struct hart *h);

static inline struct tlb_entry *tlb_set(struct tlb *t, bool fetch, uint64_t vpn)
{
    return fetch ? t->fetch[vpn % TLB_FETCH_SETS] : t->data[vpn % TLB_DATA_SETS];
}

static inline bool tlb_matches(const struct tlb *t, const struct tlb_entry *e, uint64_t vpn, uint32_t space)
{
    return e->vpn == vpn && e->generation == t->generation &&
           (e->space == space || ((e->flags & PTE_G) && (e->space ^ space) >> 16 == 0));
}

/* Written out, since no compiler unrolls the loop. */
#define TLB_EACH_WAY(DO) DO(0) DO(1) DO(2) DO(3)
_Static_assert(TLB_WAYS == 4, "TLB_EACH_WAY has as many");

/* The entry that translates va for a fetch (or for data) in this space, or NULL. */
static inline struct tlb_entry *tlb_find(struct tlb *t, bool fetch, uint64_t va, uint32_t space)
{
    uint64_t vpn = va >> 12;
    struct tlb_entry *set = tlb_set(t, fetch, vpn);
#define FIND(way)                                                                                                          \
    if (tlb_matches(t, &set[way], vpn, space))                                                                             \
        return &set[way];
    TLB_EACH_WAY(FIND)
#undef FIND
    return 0;
}

/* Enters a leaf that a walk has found; replaces `same`, which is what tlb_find() says, or if that is NULL an invalid entry, or the oldest.
 * Takes what is replaced out of the fast path. second: of V = 1, the second stage's leaf; pte 0 is vsatp Bare. Returns the entry. */
const struct tlb_entry *tlb_fill(struct hart *h, bool fetch, uint64_t va, uint32_t space, const struct walk *walk, uint8_t second,
                                 struct tlb_entry *same);

/* hfence.vvma, and sfence.vma of V = 1 (8.3.2): as tlb_flush(), of one VMID. */
void tlb_flush_guest(struct hart *h, uint16_t vmid, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid);

/* hfence.gvma: one VMID or all. Entries do not know their guest physical address: all of them go. */
void tlb_flush_second(struct hart *h, bool all_vmids, uint16_t vmid);

/* sfence.vma (privileged ISA, 4.2.1), of V = 0: one address or all, one ASID (global entries stay) or all. */
void tlb_flush(struct hart *h, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid);

/* Drops the fast path: of the spaces that are translated (MXR has changed, or the TLB is empty), or all. */
void fast_flush_translated(struct fast *f);
void fast_flush_all(struct fast *f);

/* From now on satp is this (fast_set: and guest). */
void fast_switch(struct fast *f, uint64_t satp, uint64_t guest);

/* Enters a page. `host` is the host address of its first byte; write: stores may use it, too. Inline: part of each miss. */
static inline void fast_fill_data(struct fast *fast, enum fast_space space, uint64_t va, uint8_t *host, bool read, bool write)
{
    struct fast_set *f = fast->now;
    uint64_t page = va & ~(PAGE_SIZE - 1);
    uint64_t index = (va >> 12) % FAST_DATA;
    struct fast_data *e = &f->data[space][index];
    if (space != SPACE_M && f->data_logged < FAST_LOG && e->read_tag == FAST_NONE && e->write_tag == FAST_NONE)
        f->data_log[f->data_logged++] = (uint16_t)(space * FAST_DATA + index);
    e->read_tag = read ? page : FAST_NONE;
    e->write_tag = write ? page : FAST_NONE;
    e->addend = (uint64_t)(uintptr_t)host - page;
}

void fast_fill_fetch(struct fast *f, enum fast_space space, uint64_t va, struct code_page *page);

/* No store may any longer reach the page at `host` by the fast path. */
void fast_forbid_stores(struct fast *f, const uint8_t *host);

/* Every code page has been forgotten. */
void fast_forget_code(struct fast *f);

#endif
