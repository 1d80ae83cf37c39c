/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sv39 tables in 4 KiB pages for the measuring guests: two views of the same 32 MiB (see io.h).
 */
#include "io.h"

#define BASE 0x80000000ull
#define LEAF_TABLES (MAPPED_BYTES >> 21)
#define SATP_SV39 (8ull << 60)
#define LEAF_FLAGS (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

typedef uint64_t table[PAGE / 8];

/* A root has the supervisor view in its entry 1 (1 GiB) and the user view in its entry 2 (2 GiB). */
struct tables {
    table root;
    table middle[2];
    table leaf[2][LEAF_TABLES];
};

static struct tables sets[2] __attribute__((aligned(PAGE)));

/* In either view, and in M-mode, an address of ours has its last 30 bits in common with the physical one. */
static uint64_t physical(const void *p)
{
    return BASE | ((uintptr_t)p & ((1ull << 30) - 1));
}

static uint64_t pte_of(uint64_t address, unsigned flags)
{
    return address >> 12 << 10 | flags;
}

uint64_t paging_make(unsigned set)
{
    struct tables *t = &sets[set];

    for (unsigned view = 0; view < 2; view++) {
        t->root[1 + view] = pte_of(physical(t->middle[view]), PTE_V);
        for (unsigned i = 0; i < LEAF_TABLES; i++)
            t->middle[view][i] = pte_of(physical(t->leaf[view][i]), PTE_V);
        for (unsigned i = 0; i < MAPPED_BYTES / PAGE; i++)
            t->leaf[view][i / 512][i % 512] = pte_of(BASE + (uint64_t)i * PAGE, LEAF_FLAGS | (view ? PTE_U : 0));
    }
    return SATP_SV39 | physical(t->root) >> 12;
}

uint64_t *paging_pte(uint64_t address, unsigned set)
{
    return &sets[set].leaf[0][0][(address - BASE - (uint64_t)SUPERVISOR_VIEW) / PAGE];
}

void paging_permit(void)
{
    csr_write(pmpaddr0, ~0ull >> 10);
    csr_write(pmpcfg0, 0x1f); /* NAPOT, read, write, execute */
}
