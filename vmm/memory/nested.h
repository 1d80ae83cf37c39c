/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nested paging: the second stage of translation, from the guest's physical addresses to real ones. The guest's own tables
 * are the first stage, and the monitor need not know when they change. Filled on faults, dropped at will. Freestanding.
 */
#ifndef VMM_NESTED_H
#define VMM_NESTED_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/allocator.h"

struct vm;

struct nested {
    bool small;                /* leaves are pages of 4 KiB; else megapages where nothing is watched */
    uint64_t root;             /* hpa of its 16 KiB */
    uint64_t *entries;         /* the same, as memory */
    struct frame_chain tables; /* below it */
};

/* Takes what the root needs of the guest's share; while the guest is made. */
void nested_open(struct vm *vm, bool small);

/* The value of hgatp for it: Sv39x4 (privileged ISA 8.2.10), with a VMID of its own. */
uint64_t nested_hgatp(const struct vm *vm);

/* Maps the page of gpa; with small pages its whole megapage, since neighbours will follow. False if it is not RAM, or it
 * is mapped already, which means that a store, or the setting of A or D, hit a page that is watched: then the access is to be
 * interpreted. */
bool nested_fill(struct vm *vm, uint64_t gpa);

/* What the guest's own tables say may have changed without its hardware's knowing. */
void nested_fence(struct vm *vm);

#endif
