/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shadow page tables: what the real MMU walks while a guest runs. They map the guest's virtual addresses straight to real
 * frames, with the rights that the guest's own tables give, folded into those of real user mode. A cache: filled on
 * faults, dropped at will. Freestanding.
 *
 * Two variants:
 *   flush   one guest root at a time; dropped at every virtual sfence.vma and change of satp or mstatus.MXR
 *   traced  several roots are remembered; the guest's page tables are write-protected, and a store to one takes away what
 *           depended on it (trace.h), so that shadows are always what a fresh walk would give, and fences do nothing
 *
 * Files: root.c has the roots and their tables, shadow.c chooses and fills, trace.c follows the guest's tables, watch.c
 * knows which pages of the guest must not be written unseen.
 */
#ifndef VMM_SHADOW_H
#define VMM_SHADOW_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/mmu.h"
#include "vmm/allocator.h"

/* Frames without which a guest might not get on: an instruction and its operand, each across two pages, two tables each;
 * their root; and the translator's table of level 1. */
#define SHADOW_LEAST_FRAMES 10

#define SHADOW_ROOTS 9 /* no paging, and up to eight of the guest's */

enum shadow_variant { SHADOW_FLUSH, SHADOW_TRACED };

/* What the guest may do depends on its mode, so a root has a table for each case, made on its first use:
 *   user            virtual U. Without paging: every mode that runs its own code
 *   supervisor      virtual S under paging, SUM = 0: no user pages; and SUM = 1: they can be loaded from and stored to
 *   translated      virtual S that runs from the translation cache: nothing of the guest's own is executable. Likewise
 *                   with SUM = 1, and without paging virtual M, which keeps a table (and a window) of its own
 *   assisted        real VS-mode, and under paging VU-mode, which the rights of the leaf tell apart */
enum shadow_view {
    VIEW_USER,
    VIEW_SUPERVISOR,
    VIEW_SUPERVISOR_SUM,
    VIEW_ASSISTED,
    VIEW_TRANSLATED,
    VIEW_TRANSLATED_SUM,
    VIEW_TRANSLATED_M,
    SHADOW_VIEWS
};

struct shadow_table {
    uint64_t satp;                   /* real: Sv39, an ASID of its own, the root's frame; 0: not made */
    struct frame_chain root, tables; /* that frame, and those below it */
    bool window;                     /* the translator's window is mapped: shadow_map_window() */
    uint64_t level0;                 /* if so: its table, real */
};

/* An address space of the guest. */
struct shadow_root {
    bool used;
    uint64_t satp, mxr; /* virtual satp and mstatus.MXR: what it is known by. roots[0]: nothing, it has no tables */
    uint64_t entered;   /* the change of roots that entered it last */
    struct shadow_table table[SHADOW_VIEWS];
};

struct shadow {
    enum shadow_variant variant;
    bool assisted; /* these are first-stage tables for VS- and VU-mode, and no others are there */
    unsigned root; /* in use, with this view */
    enum shadow_view view;
    unsigned paged;   /* the root that was in use when the guest last ran paged */
    uint64_t changes; /* of roots so far */
    struct shadow_root roots[SHADOW_ROOTS];
};

/* Where the translator's window begins, in VIEW_TRANSLATED*: what the guest has there is never mapped. */
#define SHADOW_WINDOW (~UINT64_C(0) << 21)

void shadow_open(struct vm *vm, enum shadow_variant variant);

/* Makes the real MMU use the root and view that belong to the guest's virtual state; `translated`: it runs from the
 * translation cache, not its own code (virtual U always runs its own). Before every entry. */
struct shadow_table *shadow_enter(struct vm *vm, bool translated);

/* Is the table in use the one for the guest's present mode? Under hardware assistance it changes modes on its own. */
bool shadow_fits(const struct vm *vm);

/* The root that shadow_enter() has chosen. It stands for the same guest tables until watch_observer.unmapped says that
 * all of it has gone. */
unsigned shadow_root_now(const struct vm *vm);

/* Maps the page of gva in the table in use, which the guest's tables translate so for this access. False if it is not to
 * be mapped, because it is not RAM, its stores are watched, it lies in the translator's window, or original code would be
 * fetched by a translated guest: then the access is to be interpreted. */
bool shadow_fill(struct vm *vm, uint64_t gva, enum access access, const struct mmu_result *guest);

/* A virtual sfence.vma, whatever it names. */
void shadow_fence(struct vm *vm);

/* Forgets everything that came from the guest's page tables. */
void shadow_drop(struct vm *vm);

/* Likewise, and of all that the hardware knows of them, frames and records too: another kind of shadows follows, or none. */
void shadow_forget(struct vm *vm);

/* --- for the translator ----------------------------------------------------------------------------------------------- */

/* In t, the table in use: the last 2 MiB of the address space are mapped by the level-0 table in the real frame `level0`,
 * which stays its owner's. Holds until t->window is false again: also once the guest may map something there itself. */
void shadow_map_window(struct vm *vm, struct shadow_table *t, uint64_t level0);

/* Does the guest's present root map anything in the last 1 MiB? Under `traced` a change is told as unmapped. */
bool shadow_window_used(struct vm *vm);

/* The translation of gva in the root in use is going to be relied on without a shadow entry: if it changes,
 * watch_observer.unmapped is told. The window stays. (Under `flush` it is told at each fence anyway.) */
void shadow_follow(struct vm *vm, uint64_t gva);

/* Is gpa in a page table of the guest that is traced? */
bool shadow_is_table(struct vm *vm, uint64_t gpa);

/* n bytes at gpa have been written by other ways than a watched store: what depended on them goes. */
void shadow_table_written(struct vm *vm, uint64_t gpa, uint64_t n);

#endif
