/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The translator of one guest, as its files see it: what it keeps, and where that lies. Freestanding.
 *
 *   vmm/technique/bt.c        the technique: into translated code and out of it
 *   translate.c translate_csr.c   guest instructions -> translated ones: the rules
 *   emit.c                    writes instructions, marks and records into the cache
 *   cache.c                   which guest page has been translated where; links; what becomes stale
 *   window.c                  what translated code can load and store: the translator's place in the address space
 *   adaptive.c                stores to traced page tables, without a trap
 *
 * A unit is a run of guest instructions of one page, translated in one go: it ends with a jump, a branch, an instruction that
 * the monitor must carry out (a call-out), or the page. Between any two guest instructions of a unit all registers are the
 * guest's, so a unit can be entered at each of them.
 *
 * Everything here is a cache: translator_flush() forgets it, and no result changes.
 */
#ifndef VMM_BT_TRANSLATOR_H
#define VMM_BT_TRANSLATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/csr.h"
#include "vmm/technique/bt/window.h"
#include "vmm/vmm.h"

#define UNIT_LONGEST 64             /* guest instructions */
#define UNIT_BYTES (8u << 10)       /* no unit is longer than that when translated */
#define UNIT_LINKS (UNIT_LONGEST + 2)

#define CACHE_SIZE ((uint32_t)VMM_WINDOW_CACHE) /* bytes; at TRANSLATOR_BASE */
#define CACHE_HALVES (CACHE_SIZE / 2)
#define CACHE_PAGES (CACHE_SIZE / PAGE_SIZE)
#define GUEST_PAGES 256             /* guest pages with translations */
#define LINKS 16384
#define PAGE_CHAINS 256
#define PAGE_HALVES (PAGE_SIZE / 2)

/* Where guest code runs: links and probes never lead from one space to another. Virtual M, virtual S without paging, and each
 * root of the guest's (shadow.h) in virtual S. */
enum { SPACE_BARE_M, SPACE_BARE_S, SPACE_PAGED, SPACE_ORPHAN = 0xffff };
#define SPACES (SPACE_PAGED + SHADOW_ROOTS)

/* What is known of an address in the cache: how to find the guest's state if the hardware stops there. 32 bits: the kind in
 * the upper 4, below it a payload. 0: it cannot stop there. */
enum record_kind {
    RECORD_NONE,
    RECORD_POINT,    /* page << 11 | halfword: between two guest instructions, this one is next */
    RECORD_BETWEEN,  /* likewise; it was translated as one with the auipc before it, whose register is still to be set */
    RECORD_CALLOUT,  /* the same; an ecall here has the monitor carry it out */
    RECORD_LINK,     /* number of a link: its target is next; an ecall here asks for the way there */
    RECORD_UNIT,     /* page << 11 | halfword: a second entry begins here, of what is translated from there on; no stop */
    RECORD_INDIRECT, /* number of its link + 1, or 0: the next address is in PROBE_PC, the probe's registers are spilled; an
                        ecall: it is not in the table */
};

/* A way from one unit to another by a direct jump: an ecall until it is known (not yet, or no longer), then a jal. */
struct link {
    uint64_t target; /* gva; PROBE_NONE: of an indirect jump that nobody has made yet */
    uint32_t slot;   /* offset in the cache */
    uint32_t guess;  /* of an indirect jump: where the guess is to be written */
    uint16_t page;   /* that it comes from */
    uint8_t guess_register;
    bool made;
};

/* A page of the guest, with what was translated of it. */
struct code_map {
    uint64_t gva, gpa;
    uint64_t adaptive[PAGE_HALVES / 64]; /* stores that have been seen to hit page tables: a bit for each halfword */
    uint64_t lines;  /* bit i: something of bytes 64*i .. 64*i+63 has been translated */
    uint16_t space;  /* SPACE_ORPHAN: nobody knows at the moment whether gva still leads to gpa */
    uint16_t next;   /* in its chain: index + 1; 0 ends it */
    uint8_t mode;    /* enum mode */
    bool used;
    uint32_t entry[PAGE_HALVES]; /* of each halfword: offset in the cache + 1; 0: none. Bit 31: a head, with a second entry */
};
#define SECOND_ENTRY 12 /* bytes: three loads before a head, of what a probe has spilled */
#define ENTRY_HEAD (UINT32_C(1) << 31)
#define ENTRY_OFFSET(entry) (((entry) & ~ENTRY_HEAD) - 1)

#define ADAPTIVE_SITES 64
#define ADAPTIVE_FAULTS 4 /* so many, and a store is translated again */

struct translator {
    struct window window;
    uint64_t cache_hpa;
    uint8_t *cache; /* CACHE_SIZE */
    uint32_t used, limit; /* bytes; of the cache, may be used */
    uint32_t pages_used, links_used, units;
    uint32_t *record;               /* of each halfword of the cache */
    uint64_t (*marks)[HW_MARKS];    /* of each page of the cache */
    struct code_map *page;          /* GUEST_PAGES */
    struct link *link;              /* LINKS */
    uint16_t chain[PAGE_CHAINS];    /* of pages, by space and gva: index + 1 */

    struct adaptive_site { uint64_t gva; uint32_t faults; } site[ADAPTIVE_SITES]; /* by address */
    uint64_t generation;  /* of the cache: flushes so far */
    bool inside;          /* the exit being dealt with comes from translated code */
    bool calls_out;       /* it was a call-out */
    bool wants_link;      /* it was one for a link, ... */
    bool wants_probe;     /* ... or for an entry in the probes' table: if pc is still there, it can be made now */
    uint32_t wanted_link; /* number; of an indirect jump + 1, or 0 */
    unsigned wanted_space;
    uint64_t wanted_pc, wanted_generation;
};

static inline uint32_t record_make(enum record_kind kind, uint32_t payload)
{
    return (uint32_t)kind << 28 | payload;
}

static inline enum record_kind record_kind(uint32_t record)
{
    return (enum record_kind)(record >> 28);
}

static inline uint32_t record_payload(uint32_t record)
{
    return record & 0x0fffffff;
}

static inline uint64_t cache_va(uint32_t offset)
{
    return TRANSLATOR_BASE + offset;
}

/* Takes the memory that a translator needs: what translated code reaches at hpa, the rest from the guest's share. Once, as
 * the guest is made. */
void translator_open(struct vm *vm, uint64_t hpa, uint64_t size);

/* For who looks on while the hardware runs the guest, and stands right behind a mark: *ctx and *priv, copies of vcpu's, become what
 * recovery would make of them there. They are that already if it does not run translated code. False: it can not stop there. */
bool translator_peek(const struct vm *vm, struct context *ctx, struct priv *priv);

/* Forgets all translations. */
void translator_flush(struct vm *vm);

/* --- cache.c ------------------------------------------------------------------------------------------------------------ */

/* Which space the guest's code runs in now. Virtual M or S. */
unsigned translator_space(const struct vm *vm);

/* The translation of the code at the guest's pc, made if there is none: offset in the cache of its first entry. False: the
 * fetch faults, or this is not RAM; the interpreter is to have it. */
bool translator_find(struct vm *vm, unsigned space, uint32_t *offset);

/* What the last exit wanted (wants_link, wants_probe) has been found at `offset`. */
void translator_connect(struct vm *vm, unsigned space, uint32_t offset);

/* For watch.h: guest RAM was written; translations of a root may have changed. */
void translator_written(struct vm *vm, uint64_t gpa, uint64_t n);
void translator_unmapped(struct vm *vm, unsigned root, uint64_t gva, uint64_t size);

/* The page of a record, and the guest address of a point or call-out. */
static inline uint64_t record_gva(const struct translator *t, uint32_t record)
{
    uint32_t payload = record_payload(record);
    return t->page[payload / PAGE_HALVES].gva + 2 * (payload % PAGE_HALVES);
}

/* The page that holds this address, if its mapping is known. */
struct code_map *translator_page(struct vm *vm, unsigned space, uint64_t gva);

/* The page's code is to be translated again: nobody gets to what there is. */
void translator_retranslate(struct vm *vm, struct code_map *page);

/* --- adaptive.c ------------------------------------------------------------------------------------------------------------ */

/* The store at the guest's address `pc`, to gva, has trapped because it hit a page table that is traced, and was emulated. */
void adaptive_fault(struct vm *vm, unsigned space, uint64_t pc, uint64_t gva);

/* What translated code has stored to page tables by aliases takes effect. After each run of it. */
void adaptive_apply(struct vm *vm);

/* No alias holds any longer: of a space; of those addresses in it; of a page of guest RAM, in all spaces. */
void adaptive_clear(struct vm *vm, unsigned space);
void adaptive_unmapped(struct vm *vm, unsigned space, uint64_t gva, uint64_t size);
void adaptive_clear_page(struct vm *vm, uint64_t gpa);

/* --- translate.c ---------------------------------------------------------------------------------------------------------- */

/* Translates a unit that starts at `offset` of the page, and enters it in the page's map. There is room for it. */
void translate_unit(struct vm *vm, uint32_t page, uint32_t offset);

/* The indirect jump of this link has gone to gva: it will try that first from now on. False: it tries something already, or
 * gva cannot be tried. */
bool predict_jump(struct vm *vm, uint32_t link, uint64_t gva);

/* A second entry for what has been translated at this offset of the page: offset in the cache. There is room for it. */
uint32_t translate_head(struct vm *vm, uint32_t page, uint32_t offset);

#endif
