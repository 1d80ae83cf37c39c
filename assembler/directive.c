/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Directives about sections, symbols and options; and the table of all.
 */
#include "internal.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

/* Sections. */

static const char *const standard_sections[] = {".text", ".data", ".bss", ".rodata"};

static bool standard_section(struct assembler *a, int which)
{
    int64_t subsection = 0;
    if (!lex_at_end(a) && !expr_parse_constant(a, &subsection))
        return false;
    if (subsection != 0)
        return asm_fail(a, a->at, "numbered subsections are not supported");
    section_enter(a, section_get(a, standard_sections[which], NULL, -1));
    return lex_expect_end(a);
}

/* name [, "flags" [, @type [, entry size]]] */
static bool parse_section(struct assembler *a, struct section **section)
{
    const char *name;
    char *flags = NULL;
    size_t length;
    int type = -1;
    int64_t ignored;
    lex_skip_space(a);
    if (*a->at == '"') {
        if (!lex_name(a, &name, &length))
            return false;
    } else {
        name = a->at;
        length = strcspn(name, " ,");
        a->at += length;
        if (length == 0)
            return asm_fail(a, a->at, "expected the name of a section");
    }
    if (lex_accept(a, ',')) {
        size_t flags_length;
        if (!lex_string(a, &flags, &flags_length))
            return false;
        if (lex_accept(a, ',')) {
            lex_skip_space(a);
            const char *start = a->at++;
            size_t n = lex_word_length(a->at);
            if (*start != '@' && *start != '%')
                return asm_fail(a, start, "expected @progbits or @nobits");
            if (lex_word_is(a->at, n, "nobits"))
                type = SHT_NOBITS;
            else if (lex_word_is(a->at, n, "progbits") || lex_word_is(a->at, n, "note") ||
                     lex_word_is(a->at, n, "init_array"))
                type = SHT_PROGBITS;
            else
                return asm_fail(a, start, "expected @progbits or @nobits");
            a->at += n;
            while (lex_accept(a, ',')) {
                if (!expr_parse_constant(a, &ignored))
                    return false;
            }
        }
    }
    if (!lex_expect_end(a))
        return false;
    *section = section_get(a, arena_copy(&a->arena, name, length), flags, type);
    return true;
}

static bool section_directive(struct assembler *a, int unused)
{
    (void)unused;
    struct section *section;
    if (!parse_section(a, &section))
        return false;
    section_enter(a, section);
    return true;
}

static bool push_section(struct assembler *a, int unused)
{
    (void)unused;
    struct section *section;
    if (!parse_section(a, &section))
        return false;
    if (a->pushed_count == MOST_PUSHED)
        return asm_fail(a, a->line->text, "sections are pushed more than %d deep", MOST_PUSHED);
    a->pushed[a->pushed_count].section = a->section;
    a->pushed[a->pushed_count++].previous = a->previous;
    section_enter(a, section);
    return true;
}

static bool pop_section(struct assembler *a, int unused)
{
    (void)unused;
    if (a->pushed_count == 0)
        return asm_fail(a, a->line->text, ".popsection without .pushsection");
    a->section = a->pushed[--a->pushed_count].section;
    a->previous = a->pushed[a->pushed_count].previous;
    return lex_expect_end(a);
}

static bool previous_section(struct assembler *a, int unused)
{
    (void)unused;
    if (a->previous == NULL)
        return asm_fail(a, a->line->text, "there is no previous section");
    section_enter(a, a->previous);
    return lex_expect_end(a);
}

/* Symbols. */

enum { MAKE_GLOBAL, MAKE_WEAK, MAKE_LOCAL };

static bool binding(struct assembler *a, int which)
{
    do {
        const char *name;
        size_t length;
        if (!lex_name(a, &name, &length))
            return false;
        struct symbol *s = symbol_get(a, name, length);
        if (which == MAKE_GLOBAL)
            s->global = true;
        if (which == MAKE_WEAK)
            s->weak = true;
    } while (lex_accept(a, ','));
    return lex_expect_end(a);
}

/* name, expression. `once`: it must not have a value yet. */
bool symbol_assign(struct assembler *a, const char *name, size_t length, const char *at, bool once)
{
    struct expr *e = expr_parse(a);
    if (e == NULL || !lex_expect_end(a))
        return false;
    if (length == 1 && *name == '.') {
        emit_item(a, ITEM_ORG, at)->expr = e;
        return true;
    }
    struct symbol *s = symbol_get(a, name, length);
    if (s->state == SYMBOL_LABEL || (once && s->state == SYMBOL_VALUE)) {
        if (s->defined.line == NULL)
            return asm_fail(a, at, "`%s` is already defined", s->name);
        return asm_fail(a, at, "`%s` is already defined at %s:%u", s->name, s->defined.line->source->name,
                        s->defined.line->number);
    }
    s->state = SYMBOL_VALUE;
    s->value = e;
    s->defined = asm_here(a, at);
    return true;
}

static bool set(struct assembler *a, int once)
{
    const char *name, *start;
    size_t length;
    lex_skip_space(a);
    start = a->at;
    return lex_name(a, &name, &length) && lex_expect(a, ',') && symbol_assign(a, name, length, start, once != 0);
}

/* .comm, .lcomm: name, size [, alignment]: space in .common or .bss */
static bool common(struct assembler *a, int local)
{
    const char *name, *start;
    size_t length;
    int64_t size, alignment = 1;
    lex_skip_space(a);
    start = a->at;
    if (!lex_name(a, &name, &length) || !lex_expect(a, ',') || !expr_parse_constant(a, &size))
        return false;
    if (lex_accept(a, ',') && !expr_parse_constant(a, &alignment))
        return false;
    if (!lex_expect_end(a))
        return false;
    if (alignment < 1 || alignment > 1 << 30 || (alignment & (alignment - 1)) != 0)
        return asm_fail(a, start, "an alignment is a power of two, up to 2^30");
    if (size < 0 || (uint64_t)size > a->options.most_bytes)
        return asm_fail(a, start, "the size is out of range");
    if (!emit_room(a, (uint64_t)size))
        return false;
    struct section *before = a->section;
    a->section = local ? section_get(a, ".bss", NULL, -1) : section_get(a, ".common", "aw", SHT_NOBITS);
    if (a->section->alignment < (uint64_t)alignment)
        a->section->alignment = (uint64_t)alignment;
    struct item *item = emit_item(a, ITEM_ALIGN, start);
    item->alignment = (uint64_t)alignment;
    item->width = 1;
    struct symbol *s = symbol_get(a, name, length);
    bool ok = symbol_define_label(a, s, start);
    if (ok) {
        s->type = STT_OBJECT;
        s->size = expr_number(a, size);
        s->weak = s->global = !local;
        item = emit_item(a, ITEM_FILL, start);
        item->width = 1;
        item->size = (uint64_t)size;
    }
    a->section = before;
    return ok;
}

/* .type name, @function */
static bool type_directive(struct assembler *a, int unused)
{
    (void)unused;
    static const struct {
        const char *name;
        unsigned type;
    } types[] = {
        {"function", STT_FUNC}, {"object", STT_OBJECT},     {"notype", STT_NOTYPE},
        {"STT_FUNC", STT_FUNC}, {"STT_OBJECT", STT_OBJECT},
    };
    const char *name;
    size_t length;
    if (!lex_name(a, &name, &length) || !lex_expect(a, ','))
        return false;
    lex_skip_space(a);
    if (*a->at == '@' || *a->at == '%')
        a->at++;
    size_t n = lex_word_length(a->at);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!lex_word_is(a->at, n, types[i].name))
            continue;
        a->at += n;
        symbol_get(a, name, length)->type = types[i].type;
        return lex_expect_end(a);
    }
    return asm_fail(a, a->at, "expected @function, @object or @notype");
}

static bool size_directive(struct assembler *a, int unused)
{
    (void)unused;
    const char *name;
    size_t length;
    if (!lex_name(a, &name, &length) || !lex_expect(a, ','))
        return false;
    struct expr *e = expr_parse(a);
    if (e == NULL || !lex_expect_end(a))
        return false;
    symbol_get(a, name, length)->size = e;
    return true;
}

/* Options. */

static bool option(struct assembler *a, int unused)
{
    (void)unused;
    static const char *const ignored[] = {"relax", "norelax", "nopic", "csr-check", "no-csr-check", "arch"};
    lex_skip_space(a);
    const char *start = a->at;
    size_t n = strcspn(start, " ,");
    a->at += n;
    if (lex_word_is(start, n, "arch"))
        a->at += strlen(a->at);
    if (!lex_expect_end(a))
        return false;
    if (lex_word_is(start, n, "rvc") || lex_word_is(start, n, "norvc")) {
        a->compress = *start == 'r';
        return true;
    }
    if (lex_word_is(start, n, "push")) {
        if (a->compress_depth == MOST_PUSHED)
            return asm_fail(a, start, "options are pushed more than %d deep", MOST_PUSHED);
        a->compress_stack[a->compress_depth++] = a->compress;
        return true;
    }
    if (lex_word_is(start, n, "pop")) {
        if (a->compress_depth == 0)
            return asm_fail(a, start, ".option pop without push");
        a->compress = a->compress_stack[--a->compress_depth];
        return true;
    }
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
        if (lex_word_is(start, n, ignored[i]))
            return true;
    }
    return asm_fail(a, start, "there is no .option `%.*s`", (int)n, start);
}

static bool ignore(struct assembler *a, int unused)
{
    (void)unused;
    a->at += strlen(a->at);
    return true;
}

const struct directive directives_section[] = {
    {".text", standard_section, 0},
    {".data", standard_section, 1},
    {".bss", standard_section, 2},
    {".rodata", standard_section, 3},
    {".section", section_directive, 0},
    {".pushsection", push_section, 0},
    {".popsection", pop_section, 0},
    {".previous", previous_section, 0},
    {".option", option, 0},
    {".file", ignore, 0},
    {".loc", ignore, 0},
    {".ident", ignore, 0},
    {".attribute", ignore, 0},
    {".cfi_startproc", ignore, 0},
    {".cfi_endproc", ignore, 0},
    {".cfi_sections", ignore, 0},
    {".cfi_def_cfa", ignore, 0},
    {".cfi_def_cfa_offset", ignore, 0},
    {".cfi_offset", ignore, 0},
    {".cfi_restore", ignore, 0},
    {NULL, NULL, 0},
};

const struct directive directives_symbol[] = {
    {".globl", binding, MAKE_GLOBAL},
    {".global", binding, MAKE_GLOBAL},
    {".weak", binding, MAKE_WEAK},
    {".local", binding, MAKE_LOCAL},
    {".hidden", binding, MAKE_LOCAL},
    {".equ", set, 0},
    {".set", set, 0},
    {".equiv", set, 1},
    {".comm", common, 0},
    {".lcomm", common, 1},
    {".type", type_directive, 0},
    {".size", size_directive, 0},
    {NULL, NULL, 0},
};

static const struct directive *const groups[] = {
    directives_data, directives_section, directives_symbol, directives_macro, directives_loop, directives_condition,
};

const struct directive *directive_find(const char *name, size_t length)
{
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        for (const struct directive *d = groups[g]; d->name != NULL; d++) {
            if (lex_word_is(name, length, d->name))
                return d;
        }
    }
    return NULL;
}

void directive_offer(struct nearest *n)
{
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        for (const struct directive *d = groups[g]; d->name != NULL; d++)
            nearest_offer(n, d->name);
    }
}
