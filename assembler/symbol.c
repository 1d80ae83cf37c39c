/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Symbols: one table a unit; global ones are found across units.
 */
#include "internal.h"

#include <string.h>

static unsigned hash(const char *name, size_t length)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)name[i]) * 16777619u;
    return h % SYMBOL_BUCKETS;
}

struct symbol *symbol_find(const struct unit *unit, const char *name, size_t length)
{
    for (struct symbol *s = unit->buckets[hash(name, length)]; s != NULL; s = s->next) {
        if (strlen(s->name) == length && memcmp(s->name, name, length) == 0)
            return s;
    }
    return NULL;
}

static struct symbol *create(struct assembler *a, const char *name, size_t length)
{
    struct symbol *s = arena_alloc(&a->arena, sizeof *s);
    s->name = arena_copy(&a->arena, name, length);
    s->unit = a->unit;
    if (a->unit->last == NULL)
        a->unit->first = s;
    else
        a->unit->last->next_in_unit = s;
    a->unit->last = s;
    return s;
}

struct symbol *symbol_get(struct assembler *a, const char *name, size_t length)
{
    struct symbol *s = symbol_find(a->unit, name, length);
    if (s != NULL)
        return s;
    s = create(a, name, length);
    struct symbol **bucket = &a->unit->buckets[hash(name, length)];
    s->next = *bucket;
    *bucket = s;
    return s;
}

bool symbol_define_label(struct assembler *a, struct symbol *symbol, const char *at)
{
    if (symbol->state != SYMBOL_UNDEFINED) {
        if (symbol->defined.line == NULL)
            return asm_fail(a, at, "`%s` is already defined", symbol->name);
        return asm_fail(a, at, "`%s` is already defined at %s:%u", symbol->name, symbol->defined.line->source->name,
                        symbol->defined.line->number);
    }
    symbol->state = SYMBOL_LABEL;
    symbol->place = section_place(a->section);
    symbol->defined = asm_here(a, at);
    return true;
}

/* Numeric labels. `forward` is the symbol that the next definition will define, made when it is first wanted. */

static struct local *local_get(struct assembler *a, uint64_t number)
{
    struct local *l = a->unit->locals;
    while (l != NULL && l->number != number)
        l = l->next;
    if (l != NULL)
        return l;
    l = arena_alloc(&a->arena, sizeof *l);
    l->number = number;
    l->next = a->unit->locals;
    a->unit->locals = l;
    return l;
}

static struct symbol *local_forward(struct assembler *a, struct local *l)
{
    if (l->forward == NULL) {
        char name[32];
        int n = snprintf(name, sizeof name, "%df", (int)l->number);
        l->forward = create(a, name, (size_t)n);
        l->forward->hidden = true;
    }
    return l->forward;
}

struct symbol *symbol_local(struct assembler *a, uint64_t number, bool forward)
{
    struct local *l = local_get(a, number);
    if (!forward)
        return l->back;
    struct symbol *s = local_forward(a, l);
    if (s->used.line == NULL)
        s->used = asm_here(a, a->at);
    return s;
}

void symbol_define_local(struct assembler *a, uint64_t number)
{
    struct local *l = local_get(a, number);
    struct symbol *s = local_forward(a, l);
    symbol_define_label(a, s, a->at);
    l->back = s;
    l->forward = NULL;
}

/* Across units. */

struct symbol *symbol_global(const struct assembler *a, const struct symbol *symbol)
{
    struct symbol *found = NULL;
    for (const struct unit *u = a->units; u != NULL; u = u->next) {
        struct symbol *s = symbol_find(u, symbol->name, strlen(symbol->name));
        if (s == NULL || s->state == SYMBOL_UNDEFINED || !(s->global || s->weak))
            continue;
        if (!s->weak)
            return s;
        if (found == NULL)
            found = s;
    }
    return found;
}

static void report_undefined(struct assembler *a, const struct unit *unit, const struct symbol *symbol)
{
    if (symbol->hidden) {
        asm_report(a, SEVERITY_ERROR, symbol->used, "no label `%.*s:` follows", (int)strlen(symbol->name) - 1,
                   symbol->name);
        return;
    }
    struct nearest nearest;
    nearest_start(&nearest, symbol->name, strlen(symbol->name));
    for (const struct unit *u = a->units; u != NULL; u = u->next) {
        for (const struct symbol *s = u->first; s != NULL; s = s->next_in_unit) {
            if (s->state != SYMBOL_UNDEFINED && !s->hidden && (u == unit || s->global))
                nearest_offer(&nearest, s->name);
        }
    }
    char hint[80];
    asm_report(a, SEVERITY_ERROR, symbol->used, "the symbol `%s` is not defined%s", symbol->name,
               nearest_hint(&nearest, hint));
}

void symbol_check(struct assembler *a)
{
    for (const struct unit *u = a->units; u != NULL; u = u->next) {
        for (struct symbol *s = u->first; s != NULL; s = s->next_in_unit) {
            if (s->state == SYMBOL_UNDEFINED) {
                if (s->used.line != NULL && !s->weak && (s->hidden || symbol_global(a, s) == NULL))
                    report_undefined(a, u, s);
                continue;
            }
            struct symbol *other = s->global && !s->weak && s->defined.line != NULL ? symbol_global(a, s) : s;
            if (other == s || other->defined.line == NULL)
                continue;
            asm_report(a, SEVERITY_ERROR, s->defined, "`%s` is already defined at %s:%u", s->name,
                       other->defined.line->source->name, other->defined.line->number);
        }
    }
}
