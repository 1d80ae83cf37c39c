/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The roots of a guest's shadows and their tables, for the files of this folder. Freestanding.
 */
#ifndef VMM_ROOT_H
#define VMM_ROOT_H

#include "vmm/vm.h"

#define SHADOW_ENTRIES 512
#define MEGAPAGE EXTENT_SIZE /* what a leaf of level 1 maps */

/* Bytes that an entry of this level maps. */
static inline uint64_t level_size(unsigned level)
{
    return UINT64_C(1) << (12 + 9 * level);
}

/* One of a guest's tables by a number: root and view. */
#define TABLE_NUMBER(root, view) ((root)*SHADOW_VIEWS + (view))

static inline struct shadow_table *table_numbered(struct vm *vm, unsigned number)
{
    return &vm->shadow.roots[number / SHADOW_VIEWS].table[number % SHADOW_VIEWS];
}

/* The real ASID of a table. */
uint16_t table_asid(const struct vm *vm, unsigned number);

/* The TLB forgets what it has of a table: at gva, or everywhere. */
void table_fence(struct vm *vm, unsigned number, bool all_addresses, uint64_t gva);

/* Gives it a root frame if it has none. False if there is no frame. */
bool table_make(struct vm *vm, unsigned number);

/* The leaf that maps gva, and its level; NULL if there is none. */
uint64_t *table_leaf(struct vm *vm, unsigned number, uint64_t gva, unsigned *level);

/* The entry for gva of this level, with the tables above it; NULL if there are no more frames. If pages are mapped one by
 * one already where level 1 is asked for, it is the page's, and *level says so. */
uint64_t *table_entry(struct vm *vm, unsigned number, uint64_t gva, unsigned *level);

/* The root for the guest's present satp and MXR: a remembered one, or one made for them. */
unsigned root_for(struct vm *vm, uint64_t satp, uint64_t mxr);

/* Nothing of this root is mapped from now on, and whoever relies on it is told. Uses of the guest's tables are marked
 * only: trace_sweep() follows. */
void root_drop(struct vm *vm, unsigned root);

/* Likewise for what an entry of this level at gva maps; TRACE_EVERYTHING: all. */
void root_invalidate(struct vm *vm, unsigned root, uint64_t gva, unsigned level);

/* Some bound was reached: all shadows go, frames of roots and all records of them, too. */
void shadow_start_over(struct vm *vm);

#endif
