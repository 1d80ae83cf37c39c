/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Variant "traced": which frames of the guest are page tables, and what depends on them.
 *
 * When a shadow is filled, each frame on the path through the guest's tables is watched (WATCH_TABLE), and its use is
 * noted: in this root, at this level, it translates the addresses from `base` on. A write to an entry takes away what the
 * shadows of each use have for it. So at any time a shadow leaf is what a fresh walk gives, or less.
 *
 * A frame is traced while it has a use. A use goes when all that it translates is taken away: with its root, when an entry
 * above it is written, or when it was written TRACE_WRITES times without being used for a fill in between. Freestanding.
 */
#ifndef VMM_TRACE_H
#define VMM_TRACE_H

#include <stdbool.h>
#include <stdint.h>

struct vm;

/* Writes in a row that end the tracing of a frame. Each costs a trap and its emulation, as much as a leaf costs to be filled
 * again. A fork or an exit writes dozens of entries in a row; a page fault of the guest writes one of each level, and uses it
 * at once. By the kernel's fork tree, storm of page faults and misbehaver, 2 to 8 are within 3 % of each other in all cycles
 * that are charged, and 64 is 20 % worse on the first. */
#define TRACE_WRITES 4

#define TRACE_EVERYTHING 3 /* as a level: all that a root maps */

struct trace_use {
    uint32_t frame; /* of the guest's RAM, + 1; 0: this node is free */
    uint32_t vpn;   /* the first page that it translates: gva >> 12, 27 bits */
    uint32_t next;  /* of the same bucket, or of the free ones, + 1; 0 ends it */
    uint8_t root, level;
    bool dead; /* trace_sweep() takes it away */
};
#define TRACE_USES 4096
#define TRACE_BUCKETS 1024

struct trace {
    uint8_t *writes; /* of each frame, since something was last filled through it */
    uint32_t *bucket;
    struct trace_use *use;
    uint32_t uses, limit; /* nodes that were ever in use; at most */
    uint32_t free;        /* a free one among them, + 1 */
    uint32_t dead;
};

/* Bytes that the array for so much RAM needs. */
uint64_t trace_bytes(uint64_t ram_size);

void trace_open(struct vm *vm);

/* The guest's tables of this root are used to translate gva: as far as they lead, they are traced. False if there is no
 * room to note it. */
bool trace_path(struct vm *vm, unsigned root, uint64_t gva);

/* n bytes at gpa, on one page with WATCH_TABLE, have been or are about to be written; `trapped`: at the price of a trap. */
void trace_written(struct vm *vm, uint64_t gpa, uint64_t n, bool trapped);

/* Nothing remains that was translated by the tables below the entry of this level at gva: their uses are dead. */
void trace_mark(struct vm *vm, unsigned root, uint64_t gva, unsigned level);

/* Forgets what was marked. */
void trace_sweep(struct vm *vm);

#endif
