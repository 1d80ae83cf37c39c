/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parsing expressions, by recursive descent.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "vmm/technique/technique.h"
#include "debugger/expression_tree.h"
#include "debugger/memory.h"
#include "debugger/name.h"

struct parser {
    const struct target *target;
    const char *at;
    char *error;
    size_t n;
};

static struct expression *node(enum expression_kind kind)
{
    struct expression *x = memory_zero(sizeof *x);
    x->kind = kind;
    return x;
}

void expression_free(struct expression *x)
{
    if (!x)
        return;
    expression_free(x->a);
    expression_free(x->b);
    free(x);
}

static struct expression *wrong(struct parser *p, const char *format, const char *what, int length)
{
    snprintf(p->error, p->n, format, length, what);
    return NULL;
}

static void skip(struct parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static bool take(struct parser *p, const char *token)
{
    skip(p);
    size_t n = strlen(token);
    if (strncmp(p->at, token, n) != 0)
        return false;
    p->at += n;
    return true;
}

/* --- names --------------------------------------------------------------------------------------------------------------- */

static size_t name_length(const char *at)
{
    size_t n = 0;
    while (isalnum((unsigned char)at[n]) || at[n] == '_' || at[n] == '.')
        n++;
    return n;
}

static bool is(const char *name, const char *text, size_t length)
{
    return strncmp(name, text, length) == 0 && !name[length];
}

/* What has a fixed name. */
static const struct {
    const char *name;
    enum expression_kind kind;
    uint64_t value;
} fixed[] = {
    {"pc", X_PC, 0},       {"mode", X_MODE, 0}, {"vmode", X_MODE, 0},    {"T", X_STEPS, 0},
    {"V", X_NOW, 0},       {"I", X_INSNS, 0},   {"cycles", X_CYCLES, 0}, {"reason", X_REASON, 0},
    {"cause", X_CAUSE, 0}, {"tval", X_TVAL, 0}, {"epc", X_EPC, 0},       {"technique", X_TECHNIQUE, 0},
    {"M", X_NUMBER, 3},    {"S", X_NUMBER, 1},  {"U", X_NUMBER, 0},      {"native", X_NUMBER, 0},
};
#define FIXED (sizeof fixed / sizeof fixed[0])

static struct expression *fixed_name(const char *text, size_t length)
{
    for (unsigned i = 0; i < FIXED; i++)
        if (is(fixed[i].name, text, length)) {
            struct expression *x = node(fixed[i].kind);
            x->value = fixed[i].value;
            return x;
        }
    return NULL;
}

static struct expression *csr_name_of(const char *text, size_t length)
{
    const char *dot = memchr(text, '.', length);
    const struct csr_row *csr = csr_find(text, dot ? (size_t)(dot - text) : length);
    const struct csr_part *part = csr && dot ? csr_part_find(csr, dot + 1, length - (size_t)(dot + 1 - text)) : NULL;
    if (!csr || (dot && !part))
        return NULL;
    struct expression *x = node(X_CSR);
    x->number = csr->number;
    if (part) {
        x->low = part->low;
        x->width = part->width;
    }
    return x;
}

static struct expression *counted_name(const char *text, size_t length)
{
    for (unsigned i = 0; i < counter_names_count; i++)
        if (is(counter_names[i].name, text, length)) {
            struct expression *x = node(X_COUNTER);
            x->offset = counter_names[i].offset;
            return x;
        }
    if (length > 6 && strncmp(text, "exits.", 6) == 0)
        for (unsigned i = 0; i < EXIT_count; i++)
            if (is(exit_names[i].name, text + 6, length - 6)) {
                struct expression *x = node(X_EXITS);
                x->number = i;
                return x;
            }
    return NULL;
}

/* Constants to compare with: reasons of exits, techniques. */
static struct expression *constant_name(const char *text, size_t length)
{
    for (unsigned i = 0; i < EXIT_count + techniques_count; i++)
        if (is(i < EXIT_count ? exit_names[i].name : techniques[i - EXIT_count]->name, text, length)) {
            struct expression *x = node(X_NUMBER);
            x->value = i < EXIT_count ? i : i - EXIT_count + 1;
            return x;
        }
    return NULL;
}

static struct expression *symbol_name(const struct target *t, const char *text, size_t length)
{
    char name[256];
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    for (unsigned i = 0; i < 2; i++) {
        const struct image_symbol *s = t->image[i] ? image_find(t->image[i], name) : NULL;
        if (s) {
            struct expression *x = node(X_NUMBER);
            x->value = s->address;
            return x;
        }
    }
    return NULL;
}

static struct expression *hart_name(const char *text, size_t length)
{
    int r = register_number(text, length);
    if (r < 0)
        return csr_name_of(text, length);
    struct expression *x = node(X_REGISTER);
    x->number = (unsigned)r;
    return x;
}

static struct expression *name(struct parser *p)
{
    const char *text = p->at + (*p->at == '$');
    bool dollar = *p->at == '$', real = strncmp(text, "real.", 5) == 0;
    text += real ? 5 : 0;
    size_t length = name_length(text);
    struct expression *x = hart_name(text, length);
    if (!x)
        x = fixed_name(text, length);
    if (x)
        x->real = real;
    if (!x && !dollar && !real)
        x = counted_name(text, length);
    if (!x && !dollar && !real)
        x = symbol_name(p->target, text, length);
    if (!x && !dollar && !real)
        x = constant_name(text, length);
    if (!x)
        return wrong(p, "'%.*s' is no register, CSR, counter or symbol", text, (int)(length ? length : strlen(text)));
    p->at = text + length;
    return x;
}

/* --- grammar --------------------------------------------------------------------------------------------------------------- */

static struct expression *binary(struct parser *p, unsigned level);

static struct expression *memory(struct expression *address, unsigned size, bool physical)
{
    if (!address)
        return NULL;
    struct expression *x = node(X_MEMORY);
    x->number = size;
    x->real = physical;
    x->a = address;
    return x;
}

static struct expression *closed(struct parser *p, struct expression *x)
{
    if (x && !take(p, ")")) {
        expression_free(x);
        return wrong(p, "a ) is missing before '%.*s'", p->at, (int)strlen(p->at));
    }
    return x;
}

/* u8( to u64(, p8( to p64(; 0: none of these. */
static unsigned memory_size(struct parser *p, bool *physical)
{
    static const char *const names[2][4] = {{"u8(", "u16(", "u32(", "u64("}, {"p8(", "p16(", "p32(", "p64("}};
    for (unsigned i = 0; i < 8; i++)
        if (take(p, names[i / 4][i % 4])) {
            *physical = i >= 4;
            return 1u << i % 4;
        }
    return 0;
}

static struct expression *unary_of(struct parser *p, enum expression_kind kind);

static struct expression *number(struct parser *p)
{
    char *end;
    struct expression *x = node(X_NUMBER);
    x->value = strtoull(p->at, &end, 0);
    if (isalnum((unsigned char)*end) || *end == '_') {
        expression_free(x);
        return wrong(p, "'%.*s' is no number", p->at, (int)name_length(p->at));
    }
    p->at = end;
    return x;
}

static struct expression *unary(struct parser *p)
{
    bool physical;
    unsigned size = memory_size(p, &physical);
    if (size)
        return memory(closed(p, binary(p, 0)), size, physical);
    if (take(p, "("))
        return closed(p, binary(p, 0));
    if (take(p, "*"))
        return memory(unary(p), 8, false);
    if (take(p, "-"))
        return unary_of(p, X_MINUS);
    if (take(p, "!"))
        return unary_of(p, X_NOT);
    if (take(p, "~"))
        return unary_of(p, X_FLIP);
    skip(p);
    if (isdigit((unsigned char)*p->at))
        return number(p);
    if (isalpha((unsigned char)*p->at) || *p->at == '_' || *p->at == '$' || *p->at == '.')
        return name(p);
    return *p->at ? wrong(p, "an expression is wanted, not '%.*s'", p->at, (int)strlen(p->at))
                  : wrong(p, "an expression is wanted%.*s", "", 0);
}

static struct expression *unary_of(struct parser *p, enum expression_kind kind)
{
    struct expression *a = unary(p);
    if (!a)
        return NULL;
    struct expression *x = node(kind);
    x->a = a;
    return x;
}

/* By precedence, the weakest first; of one level the longer token first. */
static const struct {
    const char *token;
    enum expression_operator operator;
    unsigned level;
} operators[] = {
    {"||", O_EITHER, 0}, {"&&", O_BOTH, 1}, {"|", O_OR, 2},   {"^", O_XOR, 3}, {"&", O_AND, 4}, {"==", O_EQ, 5},
    {"!=", O_NE, 5},     {"<<", O_SHL, 7},  {">>", O_SHR, 7}, {"<=", O_LE, 6}, {">=", O_GE, 6}, {"<", O_LT, 6},
    {">", O_GT, 6},      {"+", O_ADD, 8},   {"-", O_SUB, 8},  {"*", O_MUL, 9}, {"/", O_DIV, 9}, {"%", O_REM, 9},
};
#define LEVELS 10

/* The operator of this level that comes next: index, or -1. */
static int operator_at(struct parser *p, unsigned level)
{
    skip(p);
    for (unsigned i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (strncmp(p->at, operators[i].token, strlen(operators[i].token)) == 0)
            return operators[i].level == level ? (int)i : -1;
    return -1;
}

static struct expression *binary(struct parser *p, unsigned level)
{
    if (level == LEVELS)
        return unary(p);
    struct expression *left = binary(p, level + 1);
    int o;
    while (left && (o = operator_at(p, level)) >= 0) {
        p->at += strlen(operators[o].token);
        struct expression *x = node(X_BINARY);
        x->operator= operators[o].operator;
        x->a = left;
        x->b = binary(p, level + 1);
        left = x;
        if (!x->b) {
            expression_free(x);
            return NULL;
        }
    }
    return left;
}

struct expression *expression_parse(const struct target *target, const char *text, const char **end, char *error, size_t n)
{
    struct parser p = {target, text, error, n};
    struct expression *x = binary(&p, 0);
    skip(&p);
    *end = p.at;
    return x;
}

/* Names with a dot in them. */
static void dotted_names(void (*each)(void *context, const char *name), void *context)
{
    char name[64];
    for (unsigned i = 0; i < csr_parts_count; i++) {
        snprintf(name, sizeof name, "%s.%s", csr_parts[i].csr, csr_parts[i].name);
        each(context, name);
    }
    for (unsigned i = 0; i < csr_names_count; i++) {
        snprintf(name, sizeof name, "real.%s", csr_names[i].name);
        each(context, name);
    }
    for (unsigned i = 0; i < EXIT_count; i++) {
        snprintf(name, sizeof name, "exits.%s", exit_names[i].name);
        each(context, name);
    }
}

void expression_names(const struct target *target, void (*each)(void *context, const char *name), void *context)
{
    for (unsigned i = 0; i < 32; i++)
        each(context, insn_register_names[i]);
    for (unsigned i = 0; i < csr_names_count; i++)
        each(context, csr_names[i].name);
    for (unsigned i = 0; i < FIXED; i++)
        each(context, fixed[i].name);
    for (unsigned i = 0; i < counter_names_count; i++)
        each(context, counter_names[i].name);
    dotted_names(each, context);
    for (unsigned k = 0; k < 2; k++)
        for (size_t i = 0; target->image[k] && i < target->image[k]->symbol_count; i++)
            each(context, target->image[k]->symbol[i].name);
}
