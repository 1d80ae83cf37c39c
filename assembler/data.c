/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Directives that put bytes into the section: numbers, strings, space, alignment.
 */
#include "internal.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* .byte .2byte .word ...: numbers of `size` bytes. */
static bool numbers(struct assembler *a, int size)
{
    if (lex_at_end(a))
        return true;
    do {
        struct expr *e = expr_parse(a);
        if (e == NULL || !emit_data(a, e, (unsigned)size))
            return false;
    } while (lex_accept(a, ','));
    return lex_expect_end(a);
}

/* .ascii .asciz: strings, each followed by `zeros` NULs; strings without a comma between them run together. */
static bool strings(struct assembler *a, int zeros)
{
    if (lex_at_end(a))
        return true;
    do {
        do {
            char *text;
            size_t length;
            if (!lex_string(a, &text, &length) || !emit_bytes(a, text, length))
                return false;
            lex_skip_space(a);
        } while (*a->at == '"');
        if (zeros > 0 && !emit_bytes(a, "", 1))
            return false;
    } while (lex_accept(a, ','));
    return lex_expect_end(a);
}

static bool fill(struct assembler *a, struct expr *count, unsigned width, uint64_t value, const char *at)
{
    int64_t n;
    bool known = expr_constant(a, count, &n);
    if (known && n < 0)
        return asm_fail(a, at, "the count is negative");
    if (known && (uint64_t)n > a->options.most_bytes)
        return asm_fail(a, at, "%" PRId64 " is more than the %" PRIu64 " bytes that the output may have", n,
                        a->options.most_bytes);
    if (known && width > 0 && !emit_room(a, (uint64_t)n * width))
        return false;
    if (a->section->output->type == SHT_NOBITS && value != 0)
        return asm_fail(a, at, "%s holds no data, only space", a->section->name);
    struct item *item = emit_item(a, ITEM_FILL, at);
    item->width = width == 0 ? 1 : width;
    item->value = value;
    if (known)
        item->size = (uint64_t)n * width;
    else
        item->expr = count;
    return true;
}

/* .zero .skip .space: count [, value] */
static bool space(struct assembler *a, int unused)
{
    (void)unused;
    int64_t value = 0;
    lex_skip_space(a);
    const char *start = a->at;
    struct expr *count = expr_parse(a);
    if (count == NULL || (lex_accept(a, ',') && !expr_parse_constant(a, &value)) || !lex_expect_end(a))
        return false;
    return fill(a, count, 1, (uint64_t)value & 0xff, start);
}

/* .fill count [, width [, value]]: GNU as takes four bytes of the value at most. */
static bool fill_directive(struct assembler *a, int unused)
{
    (void)unused;
    int64_t width = 1, value = 0;
    lex_skip_space(a);
    const char *start = a->at;
    struct expr *count = expr_parse(a);
    if (count == NULL)
        return false;
    if (lex_accept(a, ',')) {
        if (!expr_parse_constant(a, &width))
            return false;
        if (lex_accept(a, ',') && !expr_parse_constant(a, &value))
            return false;
    }
    if (!lex_expect_end(a))
        return false;
    if (width < 0)
        return asm_fail(a, start, "the width is negative");
    return fill(a, count, (unsigned)(width > 8 ? 8 : width), (uint64_t)value & 0xffffffff, start);
}

/* .align, .p2align (a power of two) and .balign (bytes), by `bytes`: n [, [fill] [, most]] */
static bool align(struct assembler *a, int bytes)
{
    int64_t n = 0, value = 0, most = 0;
    bool has_value = false;
    lex_skip_space(a);
    const char *start = a->at;
    if (!expr_parse_constant(a, &n))
        return false;
    if (lex_accept(a, ',')) {
        lex_skip_space(a);
        has_value = *a->at != ',' && *a->at != '\0';
        if (has_value && !expr_parse_constant(a, &value))
            return false;
        if (lex_accept(a, ',') && !expr_parse_constant(a, &most))
            return false;
    }
    if (!lex_expect_end(a))
        return false;
    if (bytes && (n < 0 || n > 1 << 30 || (n & (n - 1)) != 0))
        return asm_fail(a, start, "an alignment is a power of two, up to 2^30");
    if (!bytes && (n < 0 || n > 30))
        return asm_fail(a, start, "the power of two must be from 0 to 30");
    uint64_t alignment = bytes ? (n == 0 ? 1 : (uint64_t)n) : (uint64_t)1 << n;
    if (a->section->alignment < alignment)
        a->section->alignment = alignment;
    bool code = !has_value && (a->section->output->flags & SHF_EXECINSTR);
    if (code && alignment <= (a->compress ? 2 : 4))
        return true; /* GNU as trusts that code is so aligned */
    struct item *item = emit_item(a, ITEM_ALIGN, start);
    item->alignment = alignment;
    item->most = most < 0 ? 0 : (uint64_t)most;
    item->value = (uint64_t)value;
    item->width = code ? 0 : 1;
    return true;
}

/* .org place [, fill] */
static bool org(struct assembler *a, int unused)
{
    (void)unused;
    int64_t value = 0;
    lex_skip_space(a);
    const char *start = a->at;
    struct expr *target = expr_parse(a);
    if (target == NULL || (lex_accept(a, ',') && !expr_parse_constant(a, &value)) || !lex_expect_end(a))
        return false;
    struct item *item = emit_item(a, ITEM_ORG, start);
    item->expr = target;
    item->value = (uint64_t)value;
    return true;
}

static bool leb(struct assembler *a, int is_signed)
{
    do {
        lex_skip_space(a);
        const char *start = a->at;
        struct expr *e = expr_parse(a);
        if (e == NULL || !emit_room(a, 10))
            return false;
        struct item *item = emit_item(a, ITEM_LEB, start);
        item->expr = e;
        item->flag = is_signed != 0;
    } while (lex_accept(a, ','));
    return lex_expect_end(a);
}

/* .incbin "file" [, skip [, count]] */
static bool incbin(struct assembler *a, int unused)
{
    (void)unused;
    lex_skip_space(a);
    const char *start = a->at, *found;
    char *name, *bytes;
    size_t length, size;
    int64_t skip = 0, count = -1;
    if (!lex_string(a, &name, &length))
        return false;
    if (lex_accept(a, ',')) {
        if (!expr_parse_constant(a, &skip))
            return false;
        if (lex_accept(a, ',') && !expr_parse_constant(a, &count))
            return false;
    }
    if (!lex_expect_end(a) || !reader_open(a, start, name, &bytes, &size, &found))
        return false;
    uint64_t left = skip >= 0 && (uint64_t)skip <= size ? size - (uint64_t)skip : 0;
    bool ok;
    if (skip < 0 || (uint64_t)skip > size || (count >= 0 && (uint64_t)count > left)) {
        ok = asm_fail(a, start, "%s has only %zu bytes", found, size);
    } else {
        ok = emit_bytes(a, bytes + skip, count >= 0 ? (size_t)count : left);
    }
    free(bytes);
    return ok;
}

/* .insn word: an instruction by its number, of the length that its low bits say. */
static bool insn_directive(struct assembler *a, int unused)
{
    (void)unused;
    lex_skip_space(a);
    const char *start = a->at;
    int64_t word, length = 0;
    if (!expr_parse_constant(a, &word))
        return false;
    if (lex_accept(a, ',')) {
        length = word;
        if (!expr_parse_constant(a, &word))
            return false;
    }
    int64_t real = (word & 3) == 3 ? 4 : 2;
    if (!lex_expect_end(a))
        return false;
    if ((length != 0 && length != real) || word < 0 || word > (real == 4 ? 0xffffffff : 0xffff)) {
        return asm_fail(a, start, "0x%" PRIx64 " is no instruction of %d bytes", (uint64_t)word,
                        (int)(length != 0 ? length : real));
    }
    return emit_number(a, (uint64_t)word, (unsigned)real);
}

const struct directive directives_data[] = {
    {".byte", numbers, 1},  {".dc.b", numbers, 1},  {".2byte", numbers, 2}, {".half", numbers, 2},
    {".short", numbers, 2}, {".hword", numbers, 2}, {".4byte", numbers, 4}, {".word", numbers, 4},
    {".long", numbers, 4},  {".int", numbers, 4},   {".8byte", numbers, 8}, {".dword", numbers, 8},
    {".quad", numbers, 8},  {".ascii", strings, 0}, {".asciz", strings, 1}, {".string", strings, 1},
    {".zero", space, 0},    {".skip", space, 0},    {".space", space, 0},   {".fill", fill_directive, 0},
    {".align", align, 0},   {".p2align", align, 0}, {".balign", align, 1},  {".org", org, 0},
    {".uleb128", leb, 0},   {".sleb128", leb, 1},   {".incbin", incbin, 0}, {".insn", insn_directive, 0},
    {NULL, NULL, 0},
};
