/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sizes, addresses, bytes. Branches grow and shrink in passes, in the very order in which GNU as goes through them,
 * so that where several outcomes would be right both choose the same.
 */
#include "internal.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Sizes. */

static uint64_t padding(uint64_t address, const struct item *item)
{
    uint64_t n = -address & (item->alignment - 1);
    return item->most != 0 && n > item->most ? 0 : n;
}

/* 2: compressed; 4; 6, 8: the inverted branch around a jal. A target elsewhere may be far: a branch is then long. */
static uint64_t branch_size(struct assembler *a, const struct section *s, const struct item *item)
{
    bool jump = item->insn.id == INSN_jal;
    struct value v = expr_value(a, item->expr, PHASE_SETTLE);
    int64_t reach = jump ? 2048 : 256, distance;
    bool weak = item->expr->kind == EXPR_SYMBOL && item->expr->symbol->weak;
    if (!v.known || weak || (v.section != NULL && v.section != s))
        return jump ? 4 : 8;
    distance = (int64_t)((uint64_t)v.number - item->address - (v.section == NULL ? s->address : 0));
    if (item->flag && distance >= -reach && distance < reach)
        return 2;
    if (jump || (distance >= -4096 && distance < 4096))
        return 4;
    return item->flag ? 6 : 8;
}

static uint64_t measure(struct assembler *a, const struct section *s, const struct item *item)
{
    struct value v = {0};
    uint8_t scratch[16];
    switch (item->kind) {
    case ITEM_BYTES:
        return item->size;
    case ITEM_ALIGN:
        return padding(item->address, item);
    case ITEM_BRANCH:
        return branch_size(a, s, item);
    case ITEM_FILL:
        if (item->expr == NULL)
            return item->size;
        v = expr_value(a, item->expr, PHASE_SETTLE);
        if (!v.known || v.section != NULL || v.number < 0)
            return 0;
        return (uint64_t)v.number > a->options.most_bytes ? a->options.most_bytes + 1 : (uint64_t)v.number * item->width;
    case ITEM_ORG:
        v = expr_value(a, item->expr, PHASE_SETTLE);
        if (!v.known || v.number < 0 || (uint64_t)v.number < item->address)
            return 0;
        return (uint64_t)v.number - item->address > a->options.most_bytes ? a->options.most_bytes + 1
                                                                          : (uint64_t)v.number - item->address;
    case ITEM_LEB:
        v = expr_value(a, item->expr, PHASE_SETTLE);
        return v.known ? layout_leb((uint64_t)v.number, item->flag, scratch) : 1;
    }
    return 0;
}

enum { GROWING_PASS = 50, MOST_PASSES = 1000 };

/* One pass: every item moves by what those before it grew, then is measured where it now stands. After many passes
 * sizes may only grow, which ends it. Returns an item that changed, or NULL. */
static const struct item *settle_pass(struct assembler *a, struct section *s, unsigned pass)
{
    uint64_t grown = 0;
    const struct item *changed = NULL;
    for (size_t i = 0; i < s->item_count && !a->stopped; i++) {
        struct item *item = &s->items[i];
        item->address += grown;
        uint64_t size = measure(a, s, item);
        if (pass > GROWING_PASS && size < item->size && item->kind != ITEM_ALIGN)
            size = item->size;
        if (size == item->size)
            continue;
        grown += size - item->size;
        item->size = size;
        changed = item;
    }
    return changed;
}

static void report_size(struct assembler *a, const struct item *item)
{
    asm_report(a, SEVERITY_ERROR, item->where, "the size of this depends on itself");
}

static void settle(struct assembler *a, struct section *s)
{
    uint64_t address = 0;
    for (size_t i = 0; i < s->item_count && !a->stopped; i++) {
        struct item *item = &s->items[i];
        item->address = address;
        item->size = measure(a, s, item);
        address += item->size;
    }
    const struct item *changed = s->items;
    for (unsigned pass = 0; pass < MOST_PASSES && changed != NULL; pass++)
        changed = settle_pass(a, s, pass);
    if (changed != NULL)
        report_size(a, changed);
    const struct item *last = &s->items[s->item_count - 1];
    s->size = last->address + last->size;
    if (changed == NULL && s->size > a->options.most_bytes && !a->stopped) {
        asm_report(a, SEVERITY_ERROR, last->where, "%s grows past %" PRIu64 " bytes", s->name, a->options.most_bytes);
    }
}

/* Addresses: .text, .rodata, .data, the others as they came; what holds no bytes; .common; what is not loaded. */

enum { RANKS = 7 };

static unsigned rank(const struct output *o)
{
    if (!(o->flags & SHF_ALLOC))
        return 6;
    if (o->type == SHT_NOBITS)
        return strcmp(o->name, ".common") == 0 ? 5 : 4;
    return strcmp(o->name, ".text") == 0 ? 0 : strcmp(o->name, ".rodata") == 0 ? 1 : strcmp(o->name, ".data") == 0 ? 2 : 3;
}

static void sort_outputs(struct assembler *a)
{
    struct output *sorted = NULL, **end = &sorted;
    for (unsigned r = 0; r < RANKS; r++) {
        for (struct output **o = &a->outputs; *o != NULL;) {
            struct output *this = *o;
            if (rank(this) != r) {
                o = &this->next;
                continue;
            }
            *o = this->next;
            *end = this;
            end = &this->next;
            this->next = NULL;
        }
    }
    a->outputs = sorted;
}

static uint64_t align_up(uint64_t address, uint64_t alignment)
{
    return (address + alignment - 1) & -alignment;
}

static void place_sections(struct assembler *a)
{
    uint64_t address = a->options.text_base;
    for (struct output *o = a->outputs; o != NULL; o = o->next) {
        for (struct section *s = o->first; s != NULL; s = s->next_in_output) {
            if (s->alignment > o->alignment)
                o->alignment = s->alignment;
        }
        uint64_t at = o->flags & SHF_ALLOC ? align_up(address, o->alignment) : 0;
        o->address = at;
        for (struct section *s = o->first; s != NULL; s = s->next_in_output) {
            at = align_up(at, s->alignment);
            s->address = at;
            at += s->size;
        }
        o->size = at - o->address;
        if ((o->flags & SHF_ALLOC) && o->size > 0)
            address = at;
    }
}

/* A branch to a bare number has a distance only when its section has an address: settle again until nothing moves. */
static void settle_all(struct assembler *a)
{
    for (unsigned round = 0; round < 4 && a->errors == 0; round++) {
        bool moved = false;
        for (struct output *o = a->outputs; o != NULL; o = o->next) {
            for (struct section *s = o->first; s != NULL; s = s->next_in_output) {
                uint64_t before = s->size;
                settle(a, s);
                moved |= s->size != before;
            }
        }
        place_sections(a);
        if (round > 0 && !moved)
            return;
    }
}

uint64_t layout_address(const struct place *p)
{
    return p->section->address + p->section->items[p->item].address + p->offset;
}

static void check_limits(struct assembler *a)
{
    uint64_t total = 0;
    const struct output *first = a->outputs;
    for (const struct output *o = first; o != NULL; o = o->next) {
        if ((o->flags & SHF_ALLOC) && o->type != SHT_NOBITS)
            total = o->address + o->size - first->address;
        if (o->address + o->size < o->address || total > a->options.most_bytes || o->size > a->options.most_bytes) {
            struct where where = o->last->items[o->last->item_count - 1].where;
            if (where.line == NULL)
                where = a->section->items[0].where;
            asm_report(a, SEVERITY_ERROR, where, "%s at 0x%" PRIx64 " makes the image larger than %" PRIu64 " bytes",
                       o->name, o->address, a->options.most_bytes);
            return;
        }
    }
}

void layout_run(struct assembler *a)
{
    sort_outputs(a);
    settle_all(a);
    if (a->errors == 0)
        check_limits(a);
    if (a->errors > 0)
        return;
    for (struct output *o = a->outputs; o != NULL; o = o->next) {
        if (o->type == SHT_NOBITS || o->size == 0)
            continue;
        o->bytes = calloc(1, o->size);
        if (o->bytes == NULL) {
            fputs("trapeze: out of memory\n", stderr);
            exit(125);
        }
    }
    for (struct output *o = a->outputs; o != NULL; o = o->next) {
        for (struct section *s = o->first; s != NULL; s = s->next_in_output)
            layout_write(a, s);
    }
    struct symbol *start = NULL;
    for (const struct unit *u = a->units; u != NULL && start == NULL; u = u->next) {
        start = symbol_find(u, "_start", 6);
        if (start != NULL && start->state == SYMBOL_UNDEFINED)
            start = NULL;
    }
    a->entry = a->outputs != NULL ? a->outputs->address : a->options.text_base;
    if (start != NULL && start->state == SYMBOL_LABEL)
        a->entry = layout_address(&start->place);
}
