/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The translator's place in the address space: the last MiB, of those shadow tables only in which translated code runs.
 * Freestanding.
 *
 *   fffffffffff00000  the translation cache: executable, nothing else
 *   fffffffffffc0000  aliases of page tables of the guest (adaptive.c)
 *   ffffffffffffb000  of the space: the probes' table
 *   fffffffffffff000  of the space: slots; the last 2 KiB are reached from x0
 *
 * So `jal x0` reaches every unit from every other, and `sd t0, -8(x0)` needs no free register. The window holds nothing that
 * the guest may not already change: spilled registers, its S-level CSRs, addresses of its code.
 */
#ifndef VMM_BT_WINDOW_H
#define VMM_BT_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define TRANSLATOR_BASE UINT64_C(0xfffffffffff00000)
#define ALIASES_BASE UINT64_C(0xfffffffffffc0000)
#define PROBES_BASE UINT64_C(0xffffffffffffb000)
#define SLOTS_BASE UINT64_C(0xfffffffffffff000)

/* --- slots: offsets from address 0 ---------------------------------------------------------------------------------------- */

enum slot {
#define SLOT(id, offset, name, meaning) SLOT_##id = (offset),
#include "vmm/technique/bt/slot.def"
};
#define LOG_ENTRIES 64
#define LOG_BYTES (LOG_ENTRIES * sizeof(uint64_t))
#define WINDOW_CSRS 8 /* words moved each way */

/* --- the probes' table ---------------------------------------------------------------------------------------------------- */

/* Of an indirect jump: bits of the address choose the entry, the whole address is compared. */
#define PROBES 1024
struct probe {
    uint64_t gva;   /* PROBE_NONE: free */
    uint64_t entry; /* address in the cache: the second entry of that unit */
};
#define PROBE_BYTES (PROBES * sizeof(struct probe))
#define PROBE_NONE UINT64_C(1) /* no instruction has an odd address */

/* Registers that a probe spills to slots A, B, C: t0 (the guest's next pc), t1, t2. */
enum { PROBE_PC = 5, PROBE_AT = 6, PROBE_TAG = 7 };

/* --- aliases (adaptive.c) ------------------------------------------------------------------------------------------------------ */

#define ALIASES 32 /* by the low bits of the page number */
#define ALIAS_NONE UINT64_MAX

struct csr_file;
struct vm;
struct shadow_table;

/* The window of one space. */
struct window_space {
    uint64_t level0_hpa;
    uint64_t *level0; /* leaves of the last 2 MiB */
    uint8_t *slots;
    struct probe *probe;
    bool probed; /* some probe is not free */
    uint64_t aliased[ALIASES], gva[ALIASES]; /* the page that an alias shows: gpa, 0 for none; where the guest has it */
};

struct window {
    struct window_space *space;
    struct window_space *now; /* the one that was entered last */
};

/* Of the space that was entered last. The guest can have written anything there. */
static inline uint64_t *window_slot(const struct window *w, enum slot slot)
{
    return (uint64_t *)(void *)(w->now->slots + 4096 + slot);
}

/* Makes the windows of all spaces, in real memory: pages that are stored to at `stored`, pages that are only loaded from at
 * `loaded`, tables in the guest's share. Once. */
void window_open(struct vm *vm, uint64_t stored, uint64_t loaded);

/* The leaf of the window at va in this space becomes a page of real memory, with these rights; or nothing, if they are 0. */
void window_set_leaf(struct vm *vm, struct window_space *s, uint64_t va, uint64_t hpa, uint64_t rights);

/* Maps the window of `space` into a shadow table. */
void window_map(struct vm *vm, struct shadow_table *table, unsigned space);

/* The guest's S-level CSRs go into the slots of the space that is to be entered, and come back. */
void window_give_csrs(struct vm *vm, unsigned space);
void window_take_csrs(struct vm *vm);

/* The second of the two, into any csr_file, and free of charge. */
void window_read_csrs(const struct window *w, struct csr_file *f);

/* Forgets all probes of a space. */
void window_clear_probes(struct vm *vm, unsigned space);

#endif
