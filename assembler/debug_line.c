/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Source lines for debuggers: DWARF 4 .debug_line (6.2 of the standard), and the smallest .debug_info and
 * .debug_abbrev that lead to it. One sequence of rows for each section that holds code.
 */
#include "internal.h"

#include <elf.h>
#include <string.h>

enum {
    DW_LNS_COPY = 1,
    DW_LNS_ADVANCE_PC,
    DW_LNS_ADVANCE_LINE,
    DW_LNS_SET_FILE,
    DW_LNE_END_SEQUENCE = 1,
    DW_LNE_SET_ADDRESS,
    DW_TAG_COMPILE_UNIT = 0x11,
    DW_AT_NAME = 0x03,
    DW_AT_STMT_LIST = 0x10,
    DW_AT_LANGUAGE = 0x13,
    DW_AT_PRODUCER = 0x25,
    DW_AT_LOW_PC = 0x11,
    DW_AT_HIGH_PC = 0x12,
    DW_FORM_ADDR = 0x01,
    DW_FORM_DATA2 = 0x05,
    DW_FORM_STRING = 0x08,
    DW_FORM_DATA8 = 0x07,
    DW_FORM_SEC_OFFSET = 0x17,
    DW_LANG_MIPS_ASSEMBLER = 0x8001,
    OPCODE_BASE = 13,
};

static void put(struct debug_data *d, uint64_t number, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        d->bytes = vector_room(d->bytes, d->size, &d->capacity, 1);
        d->bytes[d->size++] = (uint8_t)(number >> 8 * i);
    }
}

static void put_text(struct debug_data *d, const char *text)
{
    do
        put(d, (unsigned char)*text, 1);
    while (*text++ != '\0');
}

static void put_uleb(struct debug_data *d, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        put(d, (number & 0x7f) | 0x80, 1);
    put(d, number, 1);
}

static void put_sleb(struct debug_data *d, int64_t number)
{
    while (number < -64 || number > 63) {
        put(d, ((uint64_t)number & 0x7f) | 0x80, 1);
        number >>= 7;
    }
    put(d, (uint64_t)number & 0x7f, 1);
}

static void patch_length(struct debug_data *d, size_t at)
{
    uint64_t length = d->size - at - 4;
    for (unsigned i = 0; i < 4; i++)
        d->bytes[at + i] = (uint8_t)(length >> 8 * i);
}

static void put_header(struct debug_data *d, const struct assembler *a)
{
    static const uint8_t operand_counts[OPCODE_BASE - 1] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
    put(d, 0, 4);
    put(d, 4, 2); /* version */
    size_t header = d->size;
    put(d, 0, 4);
    put(d, 2, 1);           /* minimum_instruction_length: we advance in bytes of 2 */
    put(d, 1, 1);           /* maximum_operations_per_instruction */
    put(d, 1, 1);           /* default_is_stmt */
    put(d, (uint8_t)-5, 1); /* line_base, line_range: of special opcodes, which we do not use */
    put(d, 14, 1);
    put(d, OPCODE_BASE, 1);
    for (size_t i = 0; i < sizeof operand_counts; i++)
        put(d, operand_counts[i], 1);
    put(d, 0, 1); /* no include directories: names are as given */
    for (const struct source *s = a->sources; s != NULL; s = s->next) {
        put_text(d, s->name);
        put(d, 0, 3); /* directory, time, length */
    }
    put(d, 0, 1);
    patch_length(d, header);
}

struct rows {
    uint64_t address;
    unsigned file, line;
};

static void put_row(struct debug_data *d, struct rows *now, uint64_t address, unsigned file, unsigned line)
{
    if (address != now->address)
        put(d, DW_LNS_ADVANCE_PC, 1), put_uleb(d, (address - now->address) / 2);
    if (file != now->file)
        put(d, DW_LNS_SET_FILE, 1), put_uleb(d, file);
    if (line != now->line)
        put(d, DW_LNS_ADVANCE_LINE, 1), put_sleb(d, (int64_t)line - (int64_t)now->line);
    put(d, DW_LNS_COPY, 1);
    *now = (struct rows){address, file, line};
}

/* The line of an expansion is that of the outermost call. */
static void put_sequence(struct debug_data *d, const struct assembler *a, const struct section *s)
{
    struct rows now = {s->address, 1, 1};
    bool started = false;
    for (size_t i = 0; i < a->record_count; i++) {
        const struct record *r = &a->records[i];
        if (r->from.section != s)
            continue;
        const struct line *line = r->line;
        while (line->macro != NULL)
            line = line->caller;
        uint64_t address = layout_address(&r->from);
        if (address % 2 != 0 || address < now.address || layout_address(&r->to) == address)
            continue;
        if (!started)
            put(d, 0, 1), put_uleb(d, 9), put(d, DW_LNE_SET_ADDRESS, 1), put(d, s->address, 8);
        started = true;
        put_row(d, &now, address, line->source->number, line->number);
    }
    if (!started)
        return;
    put(d, DW_LNS_ADVANCE_PC, 1);
    put_uleb(d, (s->address + s->size + 1 - now.address) / 2);
    put(d, 0, 1), put_uleb(d, 1), put(d, DW_LNE_END_SEQUENCE, 1);
}

static void put_info(struct debug_data *info, struct debug_data *abbrev, const struct assembler *a, uint64_t low,
                     uint64_t high)
{
    static const uint8_t attributes[][2] = {
        {DW_AT_STMT_LIST, DW_FORM_SEC_OFFSET},
        {DW_AT_LOW_PC, DW_FORM_ADDR},
        {DW_AT_HIGH_PC, DW_FORM_DATA8},
        {DW_AT_NAME, DW_FORM_STRING},
        {DW_AT_PRODUCER, DW_FORM_STRING},
        {DW_AT_LANGUAGE, DW_FORM_DATA2},
        {0, 0},
    };
    put_uleb(abbrev, 1);
    put_uleb(abbrev, DW_TAG_COMPILE_UNIT);
    put(abbrev, 0, 1); /* no children */
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        put(abbrev, attributes[i][0], 1), put(abbrev, attributes[i][1], 1);
    put(abbrev, 0, 1);
    put(info, 0, 4);
    put(info, 4, 2); /* version */
    put(info, 0, 4); /* offset in .debug_abbrev */
    put(info, 8, 1); /* bytes of an address */
    put_uleb(info, 1);
    put(info, 0, 4);
    put(info, low, 8);
    put(info, high - low, 8);
    put_text(info, a->sources == NULL ? "" : a->sources->name);
    put_text(info, "trapeze asm");
    put(info, DW_LANG_MIPS_ASSEMBLER, 2);
    patch_length(info, 0);
}

void debug_build(const struct assembler *a, struct debug_data *line, struct debug_data *info, struct debug_data *abbrev)
{
    uint64_t low = UINT64_MAX, high = 0;
    put_header(line, a);
    for (const struct output *o = a->outputs; o != NULL; o = o->next) {
        if (!(o->flags & SHF_EXECINSTR) || !(o->flags & SHF_ALLOC))
            continue;
        for (const struct section *s = o->first; s != NULL; s = s->next_in_output)
            put_sequence(line, a, s);
        if (o->size == 0)
            continue;
        if (o->address < low)
            low = o->address;
        if (o->address + o->size > high)
            high = o->address + o->size;
    }
    patch_length(line, 0);
    put_info(info, abbrev, a, low > high ? 0 : low, low > high ? 0 : high);
}
