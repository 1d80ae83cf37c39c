/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walks of a guest's page tables that the interpreter has done before, each with the entries that it read. While all of them
 * are what they were, a walk of the same page for the same access would end in the same way: so nobody has to say when tables
 * change, and what is found here cannot be told from a walk. It is charged as one. Freestanding.
 */
#ifndef VMM_MEMORY_WALKS_H
#define VMM_MEMORY_WALKS_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/mmu.h"

#define WALKS 256
#define WALK_LEVELS 3

struct known_walk {
    uint64_t key;                       /* the page, and what else decides: walk_key(); 0: none */
    uint64_t satp;
    uint64_t frame;                     /* its physical address */
    unsigned refs;                      /* entries read: of `entry`, the rest repeat the last */
    const uint8_t *entry[WALK_LEVELS];  /* in the guest's RAM */
    uint64_t pte[WALK_LEVELS];
};

struct walks {
    struct known_walk known[WALKS];
};

/* Page, access, effective mode, SUM and MXR; never 0. */
static inline uint64_t walk_key(const struct priv *p, enum mode mode, uint64_t va, enum access access)
{
    _Static_assert(MSTATUS_SUM == 1 << 18 && MSTATUS_MXR == 1 << 19, "two bits side by side");
    return (va & ~(PAGE_SIZE - 1)) | 1 | (uint64_t)access << 1 | (uint64_t)mode << 3 | (p->csr.mstatus >> 18 & 3) << 5;
}

/* Where the walk with this key is kept. Fetches and data have halves of their own. */
static inline struct known_walk *walk_slot(struct walks *w, uint64_t key)
{
    uint64_t page = key / PAGE_SIZE, data = (key & 6) != 0;
    return &w->known[((page ^ page >> 9) % (WALKS / 2)) * 2 + data];
}

/* Would a walk still end as this one did? */
static inline bool walk_holds(const struct known_walk *k, uint64_t key, uint64_t satp)
{
    return k->key == key && k->satp == satp && bytes_get(k->entry[0], 8) == k->pte[0] &&
           bytes_get(k->entry[1], 8) == k->pte[1] && bytes_get(k->entry[2], 8) == k->pte[2];
}

/* Keeps a walk of va that found a page, permitted, with nothing to be written: A and, for stores, D were set. */
static inline void walk_keep(struct known_walk *k, uint64_t key, const struct ram *ram, uint64_t satp, uint64_t va,
                             const struct walk *w)
{
    uint64_t table = SATP_PPN(satp) << 12;
    *k = (struct known_walk){.key = key, .satp = satp, .frame = w->pa & ~(PAGE_SIZE - 1), .refs = w->refs};
    for (unsigned n = 0; n < WALK_LEVELS; n++) {
        if (n < w->refs) {
            k->entry[n] = ram_at(ram, table + (va >> (30 - 9 * n) & 0x1ff) * 8, 8);
            k->pte[n] = bytes_get(k->entry[n], 8);
            table = PTE_PPN(k->pte[n]) << 12;
        } else {
            k->entry[n] = k->entry[n - 1];
            k->pte[n] = k->pte[n - 1];
        }
    }
}

#endif
