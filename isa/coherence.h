/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is software fenced? Remembers every translation that some TLB, however large, might still hold: each leaf that a walk has
 * given, until an sfence.vma that covers it (privileged ISA, 4.2.1). A use of such a leaf is stale if memory would give that
 * very access something else by now: another address, a fault, or an A or D bit to set. What a cached leaf does not permit
 * is no use of it (tlb.h), so that rights and bits that memory has gained since are never stale.
 */
#ifndef ISA_COHERENCE_H
#define ISA_COHERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu.h"

struct coherence;

struct stale_use {
    uint64_t step, pc, va;
    enum access access;
    uint64_t cached, memory;        /* the leaf as it was read, and the entry that the walk ends with now */
    uint64_t cached_pa, memory_pa;  /* where they lead; memory_pa is 0 if the walk finds no leaf */
    bool in_tlb;                    /* the machine's own TLB held it; else only a larger one would have */
};

struct coherence *coherence_new(void); /* NULL if there is no memory */
void coherence_free(struct coherence *c);

/* A walk for va has given this leaf, A and D set as the access wanted. */
void coherence_note(struct coherence *c, uint64_t va, uint16_t asid, const struct walk *walk);

/* sfence.vma, with the arguments of tlb_flush(). */
void coherence_fence(struct coherence *c, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid);

/* Would some TLB make this access, translated by satp in memory, differ from memory? Then fills in va, access and both
 * translations. SUM and MXR of mstatus count. */
bool coherence_stale(const struct coherence *c, const struct ram *ram, uint64_t satp, uint64_t mstatus, enum mode mode,
                     uint64_t va, enum access access, struct stale_use *use);

/* The leaves are the second stage's of two_stage.h, noted by guest physical address and VMID: does memory give less by now, or
 * something else, than some leaf of hgatp's VMID? The address is in use->va; it need not be used. */
bool coherence_stale_second(const struct coherence *c, const struct ram *ram, uint64_t hgatp, struct stale_use *use);

#endif
