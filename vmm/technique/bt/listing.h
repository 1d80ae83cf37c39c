/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What has been translated, to look at: unit by unit, instruction by instruction. Nothing is changed. Freestanding.
 */
#ifndef VMM_BT_LISTING_H
#define VMM_BT_LISTING_H

#include "vmm/technique/bt/translator.h"

/* Code of the cache that is in use: a second entry, and what lies behind it up to the next one. */
struct listed_unit {
    uint64_t gva, gpa;   /* of the guest instruction that it begins with */
    uint32_t start, end; /* in the cache; [start, start + SECOND_ENTRY) is the second entry */
    uint16_t space;      /* SPACE_ORPHAN: no address space has it at the moment */
    uint8_t mode;        /* virtual */
};

/* The next unit of the cache behind u->end, which is 0 at first. False: there is no other. Units of pages that were dropped,
 * and that nothing leads to, are passed over. */
bool listing_unit(const struct vm *vm, struct listed_unit *u);

/* A translated instruction. */
struct listed_insn {
    uint32_t offset; /* in the cache */
    uint32_t word;
    struct insn insn;
    uint64_t guest;          /* gva of the guest instruction that it is a part of, if not second_entry */
    bool second_entry;
    bool first;              /* at which that guest instruction begins, whatever comes before it */
    bool retires;            /* it carries the mark */
    enum record_kind record; /* of its address */
    uint64_t target;         /* gva: of a link; where else the record says */
    bool leads;              /* a jal or a branch, to `to` in the cache */
    uint32_t to;
};

#define LISTING_BRANCHES (6 * UNIT_LONGEST)

/* On the way through a unit. */
struct listing {
    const struct vm *vm;
    struct listed_unit unit;
    uint32_t at;
    uint64_t guest;
    unsigned branches; /* seen so far, that lead further down: to stubs */
    struct {
        uint32_t to;
        uint64_t guest;
    } branch[LISTING_BRANCHES];
};

void listing_begin(struct listing *l, const struct vm *vm, const struct listed_unit *u);
bool listing_next(struct listing *l, struct listed_insn *i);

/* The bytes of the guest's code at gva, of the page that the unit was translated from: 2 or 4 of them, 0 if the instruction
 * goes on in the next page. */
unsigned listing_guest_word(const struct listing *l, uint64_t gva, uint32_t *word);

/* The slot at this offset from address 0, as listings call it; NULL if there is none. */
const char *slot_name(int64_t offset);

#endif
