/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sections of a unit, and appending to the current one.
 */
#include "internal.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What a name says when no flags are given: the name itself, or the name and a dot. */
static const struct {
    const char *name;
    unsigned flags, type;
} known_sections[] = {
    {".text", SHF_ALLOC | SHF_EXECINSTR, SHT_PROGBITS},
    {".init", SHF_ALLOC | SHF_EXECINSTR, SHT_PROGBITS},
    {".fini", SHF_ALLOC | SHF_EXECINSTR, SHT_PROGBITS},
    {".rodata", SHF_ALLOC, SHT_PROGBITS},
    {".srodata", SHF_ALLOC, SHT_PROGBITS},
    {".data", SHF_ALLOC | SHF_WRITE, SHT_PROGBITS},
    {".sdata", SHF_ALLOC | SHF_WRITE, SHT_PROGBITS},
    {".bss", SHF_ALLOC | SHF_WRITE, SHT_NOBITS},
    {".sbss", SHF_ALLOC | SHF_WRITE, SHT_NOBITS},
};

static void flags_of_name(const char *name, unsigned *flags, unsigned *type)
{
    for (size_t i = 0; i < sizeof known_sections / sizeof *known_sections; i++) {
        size_t n = strlen(known_sections[i].name);
        if (strncmp(name, known_sections[i].name, n) != 0 || (name[n] != '\0' && name[n] != '.'))
            continue;
        *flags = known_sections[i].flags;
        *type = known_sections[i].type;
        return;
    }
    *flags = 0;
    *type = SHT_PROGBITS;
}

static struct output *output_get(struct assembler *a, const char *name, const char *flags, int type)
{
    struct output **last = &a->outputs;
    for (; *last != NULL; last = &(*last)->next) {
        if (strcmp((*last)->name, name) == 0)
            return *last;
    }
    struct output *o = arena_alloc(&a->arena, sizeof *o);
    o->name = name;
    o->alignment = 1;
    flags_of_name(name, &o->flags, &o->type);
    if (flags != NULL) {
        o->flags = 0;
        for (; *flags != '\0'; flags++) {
            if (*flags == 'a')
                o->flags |= SHF_ALLOC;
            if (*flags == 'w')
                o->flags |= SHF_WRITE;
            if (*flags == 'x')
                o->flags |= SHF_EXECINSTR;
        }
    }
    if (type >= 0)
        o->type = (unsigned)type;
    return *last = o;
}

/* flags: letters of .section, or NULL for those of the name; type: SHT_ or -1. The first mention decides. */
struct section *section_get(struct assembler *a, const char *name, const char *flags, int type)
{
    struct section **last = &a->unit->sections;
    for (; *last != NULL; last = &(*last)->next) {
        if (strcmp((*last)->name, name) == 0)
            return *last;
    }
    struct section *s = arena_alloc(&a->arena, sizeof *s);
    s->name = name;
    s->unit = a->unit;
    s->output = output_get(a, name, flags, type);
    s->alignment = strcmp(name, ".text") == 0 ? (a->compress ? 2 : 4) : 1;
    if (s->output->last == NULL)
        s->output->first = s;
    else
        s->output->last->next_in_output = s;
    s->output->last = s;
    *last = s;
    struct section *current = a->section;
    a->section = s;
    emit_item(a, ITEM_BYTES, "");
    a->section = current;
    return s;
}

void section_enter(struct assembler *a, struct section *section)
{
    a->previous = a->section;
    a->section = section;
}

void section_free(struct section *s)
{
    for (size_t i = 0; i < s->item_count; i++)
        free(s->items[i].bytes);
    free(s->items);
    free(s->fixups);
}

/* The end of the section: it always ends with a run of bytes, so that a label has something to lie in. */
struct place section_place(const struct section *s)
{
    size_t last = s->item_count - 1;
    return (struct place){(struct section *)(uintptr_t)s, last, s->items[last].size};
}

struct item *emit_item(struct assembler *a, enum item_kind kind, const char *at)
{
    struct section *s = a->section;
    s->items = vector_room(s->items, s->item_count, &s->item_capacity, sizeof *s->items);
    struct item *item = &s->items[s->item_count++];
    *item = (struct item){.kind = kind, .where = asm_here(a, at)};
    if (kind == ITEM_BYTES)
        return item;
    size_t made = s->item_count - 1;
    emit_item(a, ITEM_BYTES, at);
    return &s->items[made];
}

bool emit_room(struct assembler *a, uint64_t size)
{
    if (size <= a->options.most_bytes - a->bytes_emitted) {
        a->bytes_emitted += size;
        return true;
    }
    asm_fail(a, a->line->text, "the output grows past %" PRIu64 " bytes", a->options.most_bytes);
    asm_report(a, SEVERITY_ERROR, asm_here(a, a->line->text), "%s", a->failure);
    a->stopped = true;
    return false;
}

bool emit_bytes(struct assembler *a, const void *bytes, size_t size)
{
    if (!emit_room(a, size))
        return false;
    struct section *s = a->section;
    struct item *item = &s->items[s->item_count - 1];
    if (s->output->type == SHT_NOBITS) {
        for (size_t i = 0; i < size; i++) {
            if (((const uint8_t *)bytes)[i] != 0)
                return asm_fail(a, a->line->text, "%s holds no data, only space", s->name);
        }
    }
    if (item->capacity - item->size < size) {
        size_t capacity = item->capacity == 0 ? 32 : item->capacity;
        while (capacity - item->size < size)
            capacity *= 2;
        uint8_t *more = realloc(item->bytes, capacity);
        if (more == NULL) {
            fputs("trapeze: out of memory\n", stderr);
            exit(125);
        }
        item->bytes = more;
        item->capacity = capacity;
    }
    if (size > 0)
        memcpy(item->bytes + item->size, bytes, size);
    item->size += size;
    return true;
}

bool emit_number(struct assembler *a, uint64_t number, unsigned size)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> 8 * i);
    return emit_bytes(a, bytes, size);
}

static bool fixup_add(struct assembler *a, struct fixup f)
{
    struct section *s = a->section;
    f.place = section_place(s);
    s->fixups = vector_room(s->fixups, s->fixup_count, &s->fixup_capacity, sizeof *s->fixups);
    s->fixups[s->fixup_count++] = f;
    return emit_number(a, 0, f.size);
}

bool emit_data(struct assembler *a, struct expr *e, unsigned size)
{
    int64_t number;
    if (!expr_constant(a, e, &number)) {
        return fixup_add(a, (struct fixup){.kind = FIXUP_DATA, .size = size, .expr = e, .where = e->where});
    }
    if (size < 8 && (number >> 8 * size) != 0 && (number >> 8 * size) != -1) {
        asm_report(a, SEVERITY_WARNING, e->where, "0x%" PRIx64 " is cut to %u bytes", (uint64_t)number, size);
    }
    return emit_number(a, (uint64_t)number, size);
}

bool emit_insn(struct assembler *a, const struct insn *i, bool compress)
{
    uint32_t word;
    if (a->compress && compress && insn_compress(i, &word))
        return emit_number(a, word, 2);
    if (!insn_encode(i, &word))
        return asm_fail(a, a->line->text, "`%s` cannot have these operands", insn_rows[i->id].mnemonic);
    return emit_number(a, word, insn_formats[insn_rows[i->id].format].length);
}

bool emit_insn_fixup(struct assembler *a, const struct insn *i, enum fixup_kind kind, struct expr *e, const char *at)
{
    unsigned size = insn_formats[insn_rows[i->id].format].length;
    return fixup_add(a, (struct fixup){.kind = kind, .size = size, .insn = *i, .expr = e, .where = asm_here(a, at)});
}

bool emit_branch(struct assembler *a, const struct insn *i, struct expr *target, bool compress, const char *at)
{
    if (!emit_room(a, 8))
        return false;
    struct item *item = emit_item(a, ITEM_BRANCH, at);
    item->insn = *i;
    item->expr = target;
    struct insn nearby = *i;
    uint32_t word;
    nearby.imm = 0;
    item->flag = compress && insn_compress(&nearby, &word);
    return true;
}

/* As GNU as fills code without linker relaxation: at most one short nop, and it comes first. */
void emit_nops(uint8_t *out, uint64_t size)
{
    uint64_t i = 0;
    if (size % 2 == 1)
        out[i++] = 0;
    if ((size - i) % 4 == 2) {
        out[i++] = 0x01;
        out[i++] = 0x00;
    }
    for (; i < size; i += 4)
        memcpy(out + i, (const uint8_t[4]){0x13, 0, 0, 0}, 4);
}
