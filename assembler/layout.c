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

static unsigned leb_bytes(uint64_t number, bool is_signed, uint8_t *out)
{
    unsigned n = 0;
    for (;;) {
        uint8_t byte = number & 0x7f;
        bool last;
        if (is_signed) {
            number = (uint64_t)((int64_t)number >> 7);
            last = (number == 0 && !(byte & 0x40)) || (number == UINT64_MAX && (byte & 0x40));
        } else {
            number >>= 7;
            last = number == 0;
        }
        out[n++] = last ? byte : byte | 0x80;
        if (last)
            return n;
    }
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
        return v.known ? leb_bytes((uint64_t)v.number, item->flag, scratch) : 1;
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

/* Bytes. */

static void store(uint8_t *out, uint64_t number, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++)
        out[i] = (uint8_t)(i < 8 ? number >> 8 * i : 0);
}

static void out_of_range(struct assembler *a, struct where where, const struct insn *i, int64_t value)
{
    struct insn_range range = insn_immediate_range((enum insn_immediate)insn_formats[insn_rows[i->id].format].immediate);
    asm_report(a, SEVERITY_ERROR, where, "`%s` takes %" PRId64 " to %" PRId64 "%s, and this is %" PRId64,
               insn_rows[i->id].mnemonic, range.least, range.greatest, range.multiple == 1 ? "" : " in steps", value);
}

static void write_branch(struct assembler *a, const struct section *s, const struct item *item, uint8_t *out)
{
    uint64_t target;
    if (!expr_address(a, item->expr, &target))
        return;
    struct insn i = item->insn;
    i.imm = (int64_t)(target - s->address - item->address);
    uint32_t word = 0;
    if (item->size == 2 && insn_compress(&i, &word)) {
        store(out, word, 2);
        return;
    }
    if (item->size > 4) { /* the opposite branch, over a jal */
        struct insn around = i;
        static const uint16_t opposite[][2] = {{INSN_beq, INSN_bne}, {INSN_blt, INSN_bge}, {INSN_bltu, INSN_bgeu}};
        for (size_t k = 0; k < 3; k++) {
            if (i.id == opposite[k][0])
                around.id = opposite[k][1];
            if (i.id == opposite[k][1])
                around.id = opposite[k][0];
        }
        around.imm = (int64_t)item->size;
        uint64_t first = item->size - 4;
        if (first == 2)
            insn_compress(&around, &word);
        else
            insn_encode(&around, &word);
        store(out, word, first);
        out += first;
        i = (struct insn){.id = INSN_jal, .imm = i.imm - (int64_t)first};
    }
    if (insn_encode(&i, &word))
        store(out, word, 4);
    else if (i.imm % 2 != 0)
        asm_report(a, SEVERITY_ERROR, item->where, "the target 0x%" PRIx64 " is odd", target);
    else
        asm_report(a, SEVERITY_ERROR, item->where, "the target 0x%" PRIx64 " is out of reach, %" PRId64 " bytes away",
                   target, i.imm);
}

static void write_item(struct assembler *a, const struct section *s, const struct item *item, uint8_t *out)
{
    struct value v = {0};
    uint64_t number;
    uint8_t leb[16];
    switch (item->kind) {
    case ITEM_BYTES:
        if (item->size > 0)
            memcpy(out, item->bytes, item->size);
        break;
    case ITEM_BRANCH:
        write_branch(a, s, item, out);
        break;
    case ITEM_LEB:
        if (expr_address(a, item->expr, &number))
            memcpy(out, leb, leb_bytes(number, item->flag, leb)), memcpy(out, leb, item->size);
        break;
    case ITEM_FILL:
        if (item->expr != NULL)
            v = expr_value(a, item->expr, PHASE_FINAL);
        if (item->expr != NULL && (!v.known || v.section != NULL || v.number < 0)) {
            asm_report(a, SEVERITY_ERROR, item->where, "the size must be a number that is not negative");
        }
        for (uint64_t i = 0; i < item->size; i += item->width)
            store(out + i, item->value, item->width);
        break;
    case ITEM_ORG:
        v = expr_value(a, item->expr, PHASE_SETTLE);
        if (!v.known || (v.section != NULL && v.section != s))
            asm_report(a, SEVERITY_ERROR, item->where, "the place must be in this section");
        else if ((uint64_t)v.number < item->address)
            asm_report(a, SEVERITY_ERROR, item->where, ".org goes backwards, from 0x%" PRIx64 " to 0x%" PRIx64,
                       item->address, (uint64_t)v.number);
        memset(out, (int)(item->value & 0xff), item->size);
        break;
    case ITEM_ALIGN:
        if (item->width == 0)
            emit_nops(out, item->size);
        else
            for (uint64_t i = 0; i < item->size; i++)
                out[i] = (uint8_t)(item->value >> 8 * (i % item->width));
        break;
    }
}

/* Fixups. */

static int64_t high_part(int64_t value)
{
    return (int64_t)((uint64_t)value + 0x800) >> 12;
}
static int64_t low_part(int64_t value)
{
    return (int64_t)((uint64_t)value - ((uint64_t)high_part(value) << 12));
}

/* What the %pcrel_hi at this address refers to, less its own address. */
static bool find_pcrel(struct assembler *a, uint64_t address, int64_t *distance)
{
    for (const struct unit *u = a->units; u != NULL; u = u->next) {
        for (const struct section *s = u->sections; s != NULL; s = s->next) {
            if (address < s->address || address >= s->address + s->size)
                continue;
            size_t low = 0, high = s->fixup_count;
            while (low < high) { /* fixups lie in the order of their places */
                size_t middle = low + (high - low) / 2;
                if (layout_address(&s->fixups[middle].place) < address)
                    low = middle + 1;
                else
                    high = middle;
            }
            if (low == s->fixup_count || layout_address(&s->fixups[low].place) != address)
                continue;
            const struct fixup *f = &s->fixups[low];
            uint64_t target;
            if (f->kind != FIXUP_PCREL_HI || !expr_address(a, f->expr, &target))
                continue;
            *distance = (int64_t)(target - address);
            return true;
        }
    }
    return false;
}

static bool fixup_immediate(struct assembler *a, struct fixup *f, uint64_t value, uint64_t address)
{
    int64_t distance;
    switch (f->kind) {
    case FIXUP_UPPER:
        if (value > 0xfffff)
            return false;
        f->insn.imm = (int32_t)(value << 12);
        return true;
    case FIXUP_HI:
    case FIXUP_PCREL_HI:
        distance = f->kind == FIXUP_HI ? (int64_t)value : (int64_t)(value - address);
        if (distance > INT32_MAX && distance <= UINT32_MAX && !expr_is_symbolic(a, f->expr))
            distance = (int32_t)distance;
        f->insn.imm = high_part(distance) * 4096;
        return distance >= INT32_MIN - (int64_t)0x800 && distance < (int64_t)INT32_MAX + 1 - 0x800;
    case FIXUP_LO:
        f->insn.imm = low_part((int64_t)value);
        return true;
    case FIXUP_PCREL_NEXT:
        f->insn.imm = low_part((int64_t)(value - address + 4));
        return true;
    case FIXUP_PCREL_LO:
        if (find_pcrel(a, value, &distance))
            f->insn.imm = low_part(distance);
        else
            asm_report(a, SEVERITY_ERROR, f->where, "no %%pcrel_hi stands at 0x%" PRIx64 ", where this %%pcrel_lo points",
                       value);
        return true;
    default:
        f->insn.imm = (int64_t)value;
        return true;
    }
}

static void apply_fixup(struct assembler *a, struct fixup *f, uint8_t *out)
{
    uint64_t value, address = layout_address(&f->place);
    if (!expr_address(a, f->expr, &value))
        return;
    if (f->kind == FIXUP_DATA) {
        store(out, value, f->size);
        int64_t rest = f->size < 8 ? (int64_t)value >> 8 * f->size : 0;
        if (rest != 0 && rest != -1)
            asm_report(a, SEVERITY_WARNING, f->where, "0x%" PRIx64 " is cut to %u bytes", value, f->size);
        return;
    }
    uint32_t word = 0;
    if (!fixup_immediate(a, f, value, address)) {
        if (f->kind == FIXUP_UPPER)
            asm_report(a, SEVERITY_ERROR, f->where, "`%s` takes 0 to 1048575, and this is %" PRId64,
                       insn_rows[f->insn.id].mnemonic, (int64_t)value);
        else
            asm_report(a, SEVERITY_ERROR, f->where, "0x%" PRIx64 " is out of the reach of 32 bits", value);
    } else if (insn_encode(&f->insn, &word)) {
        store(out, word, f->size);
    } else {
        out_of_range(a, f->where, &f->insn, f->insn.imm);
    }
}

static void write_section(struct assembler *a, struct section *s)
{
    uint8_t *out = s->output->bytes == NULL ? NULL : s->output->bytes + (s->address - s->output->address);
    if (out == NULL)
        return;
    for (size_t i = 0; i < s->item_count && !a->stopped; i++)
        write_item(a, s, &s->items[i], out + s->items[i].address);
    for (size_t i = 0; i < s->fixup_count && !a->stopped; i++) {
        const struct place *p = &s->fixups[i].place;
        apply_fixup(a, &s->fixups[i], out + s->items[p->item].address + p->offset);
    }
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
            write_section(a, s);
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
