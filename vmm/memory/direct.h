/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Direct paging: the real MMU walks the guest's own page tables. Every entry was validated before it was written there, by the
 * monitor, since the guest cannot: a page is a table of one level, or it is writable somewhere, never both. The TLB forgets
 * what was taken back before the guest goes on. Freestanding.
 *
 * A page has a type as long as it is used as that, which is counted:
 *   free      nobody uses it, or it is only read
 *   clean     likewise; and it is known to be all zero
 *   writable  so many entries, and the monitor itself, let it be written
 *   level 0 and 1   so many entries of the next level lead to it
 *   level 2   a root: pinned
 * A megapage that is mapped writable counts for all of its pages, in one count. What is only read has no count: a guest's
 * frames stay its own.
 *
 * An entry that the kernel asks for has guest physical addresses; in the table it gets the real one, and a leaf gets U, since
 * all of the guest runs in user mode. A table that is given back is cleared.
 *
 * An address space is a pinned root. The kernel runs in the root itself; user code in a second one, of the monitor's, that has
 * a copy of the root's entries for user slots and nothing else. Tables of lower levels are shared by both.
 *
 * Files: direct.c has types and validation, direct_space.c the address spaces.
 */
#ifndef VMM_DIRECT_H
#define VMM_DIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/allocator.h"
#include "vmm/hypercall.h"

struct vm;

enum direct_type { DIRECT_FREE, DIRECT_CLEAN, DIRECT_WRITABLE, DIRECT_LEVEL0, DIRECT_LEVEL1, DIRECT_ROOT };

struct direct_frame {
    uint32_t count;
    uint16_t used; /* of a table: words that are not 0 */
    uint8_t type;  /* enum direct_type */
    uint8_t space; /* of a root: which address space it is, + 1 */
};

struct direct_megapage {
    uint32_t writable; /* entries that map all of it writable */
    uint32_t tables;   /* of its pages that are tables */
};

#define DIRECT_SPACES 128 /* roots that can be pinned at a time; fits direct_frame.space */
#define DIRECT_SHARE 16   /* of how many pages one can be a table */
#define DIRECT_WORK (UINT64_C(1) << 20) /* words that are looked at in one hypercall, to validate them */

struct direct_space {
    uint64_t root; /* gpa; 0: none */
    uint64_t user; /* hpa of the root for user code */
};

struct direct {
    struct direct_frame *frame;       /* of each page of guest RAM */
    struct direct_megapage *megapage; /* of each 2 MiB of it */
    uint32_t tables, tables_most;     /* pages that are tables */
    uint64_t work;                    /* words that may still be looked at in this hypercall */
    unsigned user_first, user_end;    /* root slots of user code */
    bool stale;                       /* the TLB may have what is not so any more */
    unsigned current;                 /* the address space */
    struct direct_space space[DIRECT_SPACES];
    struct frame_chain roots; /* frames of the roots for user code */
};

/* Bytes that the arrays for so much RAM need. */
uint64_t direct_bytes(uint64_t ram_size);
void direct_open(struct vm *vm);

/* No page is a table, and there is no address space, as at first. */
void direct_reset(struct vm *vm);

/* --- pages ---------------------------------------------------------------------------------------------------------------- */

/* n bytes at gpa that the monitor or a device is about to write for the guest; NULL if they are not all RAM, or if some are in
 * a page table. What is written is to be told to the machine by the caller. */
uint8_t *direct_writable(struct vm *vm, uint64_t gpa, uint64_t n);

/* The page of gpa is and remains writable: no table, until direct_let_go(). */
enum pv_error direct_hold(struct vm *vm, uint64_t gpa);
void direct_let_go(struct vm *vm, uint64_t gpa);

/* --- tables ----------------------------------------------------------------------------------------------------------------- */

/* The page becomes a table of this level, or is one, and has one more use; its entries are validated. */
enum pv_error direct_table_get(struct vm *vm, uint64_t gpa, unsigned level);
void direct_table_put(struct vm *vm, uint64_t gpa);

/* Writes `entry`, if it is one that the guest may have, at gpa, in a table. */
enum pv_error direct_update(struct vm *vm, uint64_t gpa, uint64_t entry);

/* --- address spaces ----------------------------------------------------------------------------------------------------------- */

/* Which root slots are user code's; before anything is pinned. */
void direct_user_slots(struct vm *vm, unsigned first, unsigned end);

enum pv_error direct_pin(struct vm *vm, uint64_t root);
enum pv_error direct_unpin(struct vm *vm, uint64_t root);

/* The guest runs in this address space from now on. */
enum pv_error direct_set_space(struct vm *vm, uint64_t root);
uint64_t direct_space_now(const struct vm *vm);

/* The entry of this slot of a pinned root has become this real one. */
void direct_root_changed(struct vm *vm, unsigned space, unsigned slot, uint64_t entry);

/* Makes the real MMU use the present address space, its part for user code or all of it; fences what is stale. Before every
 * entry. */
void direct_enter(struct vm *vm, bool user);

/* For the kernel: translations of all addresses, or of one page, are forgotten. */
void direct_fence(struct vm *vm, bool all, uint64_t gva);

#endif
