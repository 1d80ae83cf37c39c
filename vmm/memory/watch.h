/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Watched pages: frames of the guest's RAM whose stores the monitor must see. A watched page is writable in no shadow, so a
 * store faults and is interpreted; whatever else writes to guest RAM (interpreter, DMA) says so by watch_written().
 *
 * To take the right to write away, a reverse map knows for each frame the shadow leaves that may map it. Its nodes may be
 * stale; it is bounded, and when it is full all shadows are dropped. Freestanding.
 */
#ifndef VMM_WATCH_H
#define VMM_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/ram.h"

struct vm;

enum watch_flag {
    WATCH_TABLE = 1, /* a page table of the guest that is traced */
    WATCH_CODE = 2,  /* holds code that was translated */
};

/* Who wants to know. Any function may be NULL. They must not change shadows, nor begin to watch a page. */
struct watch_observer {
    /* n bytes at gpa, on a page with WATCH_CODE, have been or are about to be written. */
    void (*written)(struct vm *vm, uint64_t gpa, uint64_t n);
    /* The guest's translations of [gva, gva + size) in this root may have changed. Size UINT64_MAX (and gva 0): of all. */
    void (*unmapped)(struct vm *vm, unsigned root, uint64_t gva, uint64_t size);
};

/* A leaf of a shadow that maps (or mapped) a frame. */
struct watch_node {
    uint32_t key;   /* number of the frame * 2; or of the megapage * 2 + 1 */
    uint32_t vpn;   /* gva >> 12, 27 bits */
    uint32_t table; /* TABLE_NUMBER */
    uint32_t next;  /* of the same bucket, + 1; 0 ends it */
};
#define WATCH_NODES 16384
#define WATCH_BUCKETS 4096

struct watch {
    uint8_t *flags;     /* of each frame: enum watch_flag */
    uint16_t *megapage; /* of each 2 MiB: how many of its frames have flags */
    uint32_t total;     /* frames that have flags */
    uint32_t *bucket;   /* the first node, + 1 */
    struct watch_node *node;
    uint32_t nodes, limit; /* in use; at most */
};

/* Bytes that the arrays for so much RAM need. */
uint64_t watch_bytes(uint64_t ram_size);

void watch_open(struct vm *vm);

/* From now on (no longer) `flag` holds for the page of gpa, which is RAM. */
void watch_begin(struct vm *vm, uint64_t gpa, enum watch_flag flag);
void watch_end(struct vm *vm, uint64_t gpa, enum watch_flag flag);

/* The flags of the page of gpa; 0 for what is not RAM. */
unsigned watch_flags(const struct vm *vm, uint64_t gpa);

/* Must stores to the page of gpa, or anywhere in its megapage, be seen? HTIF's page, too. */
bool watch_page(const struct vm *vm, uint64_t gpa);
bool watch_megapage(const struct vm *vm, uint64_t gpa);

/* n bytes of guest RAM have been, or are about to be, written by other means than the hardware through a shadow. */
void watch_written(struct vm *vm, uint64_t gpa, uint64_t n);

/* A and D were set in the entry of a page table at gpa, as the guest's hardware would have done. */
void watch_accessed(struct vm *vm, uint64_t gpa);

/* --- the reverse map, for this folder --------------------------------------------------------------------------------- */

/* A leaf of this level for gva in a table maps, or will at once, gpa. False if there is no room. */
bool watch_mapped(struct vm *vm, uint64_t gpa, unsigned level, unsigned table, uint64_t gva);

/* All shadows have gone. */
void watch_forget(struct vm *vm);

#endif
