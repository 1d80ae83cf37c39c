/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes of a section, once every item has its address: branches, padding, and what was not known before.
 */
#include "internal.h"

#include <inttypes.h>
#include <string.h>

unsigned layout_leb(uint64_t number, bool is_signed, uint8_t *out)
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
            memcpy(out, leb, layout_leb(number, item->flag, leb)), memcpy(out, leb, item->size);
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

void layout_write(struct assembler *a, struct section *s)
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
