/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loops, other files, and messages: directives that decide what is read next.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static const char *const loop_openers[] = {".rept", ".irp", ".irpc", NULL};

static bool rept(struct assembler *a, int unused)
{
    (void)unused;
    int64_t count = 0;
    size_t body_lines;
    lex_skip_space(a);
    const char *start = a->at;
    bool ok = expr_parse_constant(a, &count) && lex_expect_end(a);
    const struct line *body = macro_gather(a, loop_openers, ".endr", &body_lines);
    if (!ok || body == NULL)
        return false;
    if (count < 0)
        return asm_fail(a, start, "the count is negative");
    struct lines lines = {0};
    if (count == 0 || body_lines == 0)
        return true;
    if (!macro_expand(a, &lines, ".rept", body, body_lines, NULL, NULL, 0)) {
        free(lines.all);
        return false;
    }
    if (!reader_push(a, lines, true, false))
        return false;
    a->reader->repeat = (uint64_t)count - 1;
    return true;
}

/* .irp name, value...; .irpc name, characters */
static bool irp(struct assembler *a, int characters)
{
    struct parameter p = {.value = ""};
    size_t body_lines;
    lex_skip_space(a);
    size_t length = lex_word_length(a->at);
    bool ok = length > 0 || asm_fail(a, a->at, "expected the name that the values get");
    p.name = arena_copy(&a->arena, a->at, length);
    a->at += length;
    lex_accept(a, ',');
    lex_skip_space(a);
    const char *values = a->at;
    const struct line *body = macro_gather(a, loop_openers, ".endr", &body_lines);
    if (!ok || body == NULL)
        return false;
    struct lines lines = {0};
    a->at = values;
    do {
        const char *value;
        char one[2] = "";
        if (characters) {
            one[0] = *a->at;
            value = one;
            if (*a->at != '\0')
                a->at++;
        } else {
            value = macro_argument(a, false);
            lex_accept(a, ',');
        }
        ok = macro_expand(a, &lines, characters ? ".irpc" : ".irp", body, body_lines, &p, &value, 1);
    } while (ok && !lex_at_end(a));
    if (ok)
        return reader_push(a, lines, true, false);
    free(lines.all);
    return false;
}

static bool stray(struct assembler *a, int unused)
{
    (void)unused;
    return asm_fail(a, a->line->text, "there is nothing that this ends");
}

static bool include(struct assembler *a, int unused)
{
    (void)unused;
    lex_skip_space(a);
    const char *start = a->at, *found;
    char *name, *text;
    size_t length, size;
    if (!lex_string(a, &name, &length) || !lex_expect_end(a) || !reader_open(a, start, name, &text, &size, &found))
        return false;
    char *kept = arena_copy(&a->arena, text, size);
    free(text);
    return reader_include(a, source_add(a, found, kept, size), a->line);
}

static bool message(struct assembler *a, int kind)
{
    char *text = NULL;
    size_t length;
    const char *start = a->line->text;
    if (kind != 'e' || !lex_at_end(a)) {
        if (!lex_string(a, &text, &length))
            return false;
    }
    if (kind == 'e')
        return asm_fail(a, a->at, "%s", text == NULL ? ".err" : text);
    if (kind == 'w')
        asm_report(a, SEVERITY_WARNING, asm_here(a, start), "%s", text);
    if (kind == 'p' && a->messages != NULL)
        fprintf(a->messages, "%s\n", text);
    return true;
}

static bool end(struct assembler *a, int unused)
{
    (void)unused;
    while (a->reader != NULL)
        reader_pop(a);
    return true;
}

const struct directive directives_loop[] = {
    {".rept", rept, 0},         {".irp", irp, 0},         {".irpc", irp, 1},        {".endr", stray, 0},
    {".endm", stray, 0},        {".include", include, 0}, {".error", message, 'e'}, {".err", message, 'e'},
    {".warning", message, 'w'}, {".print", message, 'p'}, {".end", end, 0},         {NULL, NULL, 0},
};
