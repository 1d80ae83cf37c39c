/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A walk through the translator's cache. See listing.h.
 */
#include "vmm/technique/bt/listing.h"

#include <stddef.h>

static enum record_kind kind_at(const struct translator *t, uint32_t offset)
{
    return record_kind(t->record[offset / 2]);
}

/* --- units -------------------------------------------------------------------------------------------------------------------- */

/* A unit ends with an instruction that leaves it, so one with a record; behind it there may be unused bytes. */
static uint32_t find_end(const struct translator *t, uint32_t start)
{
    uint32_t end = start;
    for (uint32_t at = start + 2; at < t->used && kind_at(t, at) != RECORD_UNIT; at += 2)
        if (kind_at(t, at) != RECORD_NONE)
            end = at + 4;
    return end;
}

/* The page of the unit's code is still the one that it was translated from, and the page's map leads here. */
static bool in_use(const struct translator *t, uint32_t start)
{
    uint32_t payload = record_payload(t->record[start / 2]);
    const struct code_map *page = &t->page[payload / PAGE_HALVES];
    return page->used && page->entry[payload % PAGE_HALVES] == ((start + SECOND_ENTRY + 1) | ENTRY_HEAD);
}

bool listing_unit(const struct vm *vm, struct listed_unit *u)
{
    const struct translator *t = vm->translator;
    for (uint32_t at = u->end; at < t->used; at += 2) {
        if (kind_at(t, at) != RECORD_UNIT || !in_use(t, at))
            continue;
        uint32_t payload = record_payload(t->record[at / 2]);
        const struct code_map *page = &t->page[payload / PAGE_HALVES];
        uint64_t offset = 2 * (payload % PAGE_HALVES);
        *u = (struct listed_unit){page->gva + offset, page->gpa + offset, at, find_end(t, at), page->space, page->mode};
        return true;
    }
    return false;
}

/* --- instructions ------------------------------------------------------------------------------------------------------------- */

void listing_begin(struct listing *l, const struct vm *vm, const struct listed_unit *u)
{
    l->vm = vm;
    l->unit = *u;
    l->at = u->start;
    l->guest = u->gva;
    l->branches = 0;
}

static bool is_marked(const struct translator *t, uint32_t offset)
{
    return t->marks[offset / PAGE_SIZE][offset % PAGE_SIZE / 128] >> offset % 128 / 2 & 1;
}

static void find_target(const struct translator *t, struct listed_insn *i)
{
    uint32_t record = t->record[i->offset / 2];
    i->record = record_kind(record);
    if (i->record == RECORD_LINK)
        i->target = t->link[record_payload(record)].target;
    else if (i->record != RECORD_NONE && i->record != RECORD_INDIRECT)
        i->target = record_gva(t, record);
    unsigned flow = insn_rows[i->insn.id].flow;
    i->leads = i->insn.id == INSN_jal || flow == FLOW_BRANCH;
    i->to = i->leads ? i->offset + (uint32_t)i->insn.imm : 0;
}

/* Which guest instruction this is a part of: the one that begins here, or the one whose branch leads here, or the last one. */
static void find_guest(struct listing *l, struct listed_insn *i)
{
    i->second_entry = i->offset < l->unit.start + SECOND_ENTRY;
    i->first =
        i->record == RECORD_POINT || i->record == RECORD_BETWEEN || (i->record == RECORD_CALLOUT && i->target != l->guest);
    if (i->first)
        l->guest = i->target;
    for (unsigned b = 0; b < l->branches && !i->first; b++)
        if (l->branch[b].to == i->offset)
            l->guest = l->branch[b].guest;
    i->guest = l->guest;
    if (i->leads && i->to > i->offset && i->to < l->unit.end && l->branches < LISTING_BRANCHES) {
        l->branch[l->branches].to = i->to;
        l->branch[l->branches++].guest = l->guest;
    }
}

bool listing_next(struct listing *l, struct listed_insn *i)
{
    const struct translator *t = l->vm->translator;
    if (l->at >= l->unit.end)
        return false;
    *i = (struct listed_insn){.offset = l->at};
    i->word = (uint32_t)bytes_get(t->cache + l->at, l->at + 4 <= CACHE_SIZE ? 4 : 2);
    insn_decode_in(l->vm->profile, i->word, &i->insn);
    if (i->insn.length == 2)
        i->word &= 0xffff;
    insn_expand(&i->insn);
    i->retires = is_marked(t, i->offset);
    find_target(t, i);
    find_guest(l, i);
    l->at += i->insn.length;
    return true;
}

unsigned listing_guest_word(const struct listing *l, uint64_t gva, uint32_t *word)
{
    uint64_t gpa = l->unit.gpa + (gva - l->unit.gva), room = PAGE_SIZE - gpa % PAGE_SIZE;
    *word = (uint32_t)bytes_get(ram_at(&l->vm->bus.ram, gpa, 2), 2);
    if ((*word & 3) != 3)
        return 2;
    if (room < 4)
        return 0;
    *word = (uint32_t)bytes_get(ram_at(&l->vm->bus.ram, gpa, 4), 4);
    return 4;
}

const char *slot_name(int64_t offset)
{
    switch (offset) {
#define SLOT(id, at, name, meaning)                                                                                        \
    case SLOT_##id:                                                                                                        \
        return name;
#include "vmm/technique/bt/slot.def"
    }
    return NULL;
}
