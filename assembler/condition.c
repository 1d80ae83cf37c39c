/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conditional assembly. While a condition does not hold, assemble.c runs only the directives of this file.
 */
#include "internal.h"

#include <string.h>

enum {
    IF_TRUE,
    IF_EQ,
    IF_NE,
    IF_GT,
    IF_GE,
    IF_LT,
    IF_LE,
    IF_BLANK,
    IF_NOT_BLANK,
    IF_SAME,
    IF_DIFFERENT,
    IF_DEFINED,
    IF_NOT_DEFINED
};

static bool compare_zero(int kind, int64_t n)
{
    switch (kind) {
    case IF_EQ:
        return n == 0;
    case IF_GT:
        return n > 0;
    case IF_GE:
        return n >= 0;
    case IF_LT:
        return n < 0;
    case IF_LE:
        return n <= 0;
    default:
        return n != 0;
    }
}

/* One side of .ifc: up to the comma or the end, without blanks around it, or in quotes. */
static void side(struct assembler *a, const char **text, size_t *length)
{
    lex_skip_space(a);
    if (*a->at == '\'' || *a->at == '"') {
        char quote = *a->at++;
        *text = a->at;
        *length = strcspn(a->at, (char[]){quote, '\0'});
        a->at += *length + (a->at[*length] == quote);
        return;
    }
    *text = a->at;
    *length = strcspn(a->at, ",");
    a->at += *length;
    while (*length > 0 && (*text)[*length - 1] == ' ')
        --*length;
}

static bool evaluate(struct assembler *a, int kind, bool *holds)
{
    const char *x, *y;
    size_t x_length, y_length;
    int64_t n;
    switch (kind) {
    case IF_BLANK:
    case IF_NOT_BLANK:
        *holds = lex_at_end(a) == (kind == IF_BLANK);
        a->at += strlen(a->at);
        return true;
    case IF_SAME:
    case IF_DIFFERENT:
        side(a, &x, &x_length);
        if (!lex_expect(a, ','))
            return false;
        side(a, &y, &y_length);
        *holds = (x_length == y_length && memcmp(x, y, x_length) == 0) == (kind == IF_SAME);
        return lex_expect_end(a);
    case IF_DEFINED:
    case IF_NOT_DEFINED: {
        if (!lex_name(a, &x, &x_length))
            return false;
        const struct symbol *s = symbol_find(a->unit, x, x_length);
        *holds = (s != NULL && s->state != SYMBOL_UNDEFINED) == (kind == IF_DEFINED);
        return lex_expect_end(a);
    }
    default:
        if (!expr_parse_constant(a, &n))
            return false;
        *holds = compare_zero(kind, n);
        return lex_expect_end(a);
    }
}

static bool condition_active(const struct assembler *a)
{
    return a->condition_count == 0 || a->conditions[a->condition_count - 1].active;
}

static bool if_directive(struct assembler *a, int kind)
{
    bool outer = condition_active(a), holds = false;
    if (a->condition_count == MOST_CONDITIONS)
        return asm_fail(a, a->line->text, "conditions are nested more than %d deep", MOST_CONDITIONS);
    struct condition *c = &a->conditions[a->condition_count++];
    *c = (struct condition){.was_active = outer, .line = a->line};
    bool ok = !outer || evaluate(a, kind, &holds);
    c->active = outer && holds;
    c->taken = !outer || holds || !ok;
    return ok;
}

static struct condition *innermost(struct assembler *a)
{
    unsigned base = a->reader == NULL ? 0 : a->reader->conditions;
    if (a->condition_count > base)
        return &a->conditions[a->condition_count - 1];
    asm_fail(a, a->line->text, "there is no .if before this");
    return NULL;
}

/* .else, and .elseif with a condition */
static bool else_directive(struct assembler *a, int with_condition)
{
    struct condition *c = innermost(a);
    if (c == NULL)
        return false;
    if (c->seen_else)
        return asm_fail(a, a->line->text, "this .if has had its .else");
    bool holds = !with_condition, ok = true;
    c->seen_else = !with_condition;
    if (with_condition && !c->taken)
        ok = evaluate(a, IF_TRUE, &holds);
    c->active = c->was_active && !c->taken && holds && ok;
    c->taken |= c->active || !ok;
    return ok && (with_condition || lex_expect_end(a));
}

static bool endif(struct assembler *a, int unused)
{
    (void)unused;
    if (innermost(a) == NULL)
        return false;
    a->condition_count--;
    return lex_expect_end(a);
}

const struct directive directives_condition[] = {
    {".if", if_directive, IF_TRUE},
    {".ifne", if_directive, IF_NE},
    {".ifeq", if_directive, IF_EQ},
    {".ifgt", if_directive, IF_GT},
    {".ifge", if_directive, IF_GE},
    {".iflt", if_directive, IF_LT},
    {".ifle", if_directive, IF_LE},
    {".ifb", if_directive, IF_BLANK},
    {".ifnb", if_directive, IF_NOT_BLANK},
    {".ifc", if_directive, IF_SAME},
    {".ifnc", if_directive, IF_DIFFERENT},
    {".ifeqs", if_directive, IF_SAME},
    {".ifnes", if_directive, IF_DIFFERENT},
    {".ifdef", if_directive, IF_DEFINED},
    {".ifndef", if_directive, IF_NOT_DEFINED},
    {".ifnotdef", if_directive, IF_NOT_DEFINED},
    {".else", else_directive, 0},
    {".elseif", else_directive, 1},
    {".endif", endif, 0},
    {NULL, NULL, 0},
};
