/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions: 64-bit, with the operators and the precedence of GNU as. Comparisons give -1 or 0.
 */
#include "internal.h"

#include <ctype.h>
#include <string.h>

static const struct {
    const char *text;
    int op, rank;
} operators[] = {
    /* the longer ones first */
    {"<<", OP_SHIFT_LEFT, 6},
    {">>", OP_SHIFT_RIGHT, 6},
    {"==", OP_EQUAL, 3},
    {"!=", OP_NOT_EQUAL, 3},
    {"<>", OP_NOT_EQUAL, 3},
    {"<=", OP_AT_MOST, 3},
    {">=", OP_AT_LEAST, 3},
    {"&&", OP_AND, 2},
    {"||", OP_OR, 1},
    {"*", '*', 6},
    {"/", '/', 6},
    {"%", '%', 6},
    {"|", '|', 5},
    {"&", '&', 5},
    {"^", '^', 5},
    {"!", '!', 5},
    {"+", '+', 4},
    {"-", '-', 4},
    {"<", '<', 3},
    {">", '>', 3},
};

static struct expr *make(struct assembler *a, enum expr_kind kind, const char *at)
{
    struct expr *e = arena_alloc(&a->arena, sizeof *e);
    e->kind = kind;
    e->where = asm_here(a, at);
    return e;
}

struct expr *expr_number(struct assembler *a, int64_t number)
{
    struct expr *e = make(a, EXPR_NUMBER, a->at);
    e->number = number;
    return e;
}

struct expr *expr_place(struct assembler *a, struct place place)
{
    struct expr *e = make(a, EXPR_PLACE, a->at);
    e->place = place;
    return e;
}

/* A number, or a numeric local label (`1f`, `1b`). */
static struct expr *parse_number(struct assembler *a)
{
    const char *start = a->at;
    struct expr *e = make(a, EXPR_NUMBER, start);
    uint64_t value = 0, decimal = 0;
    const char *s = start;
    while (isdigit((unsigned char)*s))
        decimal = decimal * 10 + (uint64_t)(*s++ - '0');
    bool binary = start[0] == '0' && (start[1] == 'b' || start[1] == 'B') && (start[2] == '0' || start[2] == '1');
    if (!binary && (*s == 'f' || *s == 'b') && !isalnum((unsigned char)s[1]) && s[1] != '_') {
        a->at = s + 1;
        e->kind = EXPR_SYMBOL;
        e->symbol = symbol_local(a, decimal, *s == 'f');
        if (e->symbol != NULL)
            return e;
        asm_fail(a, start, "no label `%d:` stands before this line", (int)decimal);
        return NULL;
    }
    unsigned base = 10;
    s = start;
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        base = 16, s += 2;
    else if (binary)
        base = 2, s += 2;
    else if (s[0] == '0')
        base = 8;
    const char *digits = s;
    for (; isxdigit((unsigned char)*s); s++) {
        unsigned digit =
            isdigit((unsigned char)*s) ? (unsigned)(*s - '0') : (unsigned)(tolower((unsigned char)*s) - 'a' + 10);
        if (digit >= base)
            break;
        if (value > (UINT64_MAX - digit) / base) {
            asm_fail(a, start, "the number does not fit 64 bits");
            return NULL;
        }
        value = value * base + digit;
    }
    a->at = s;
    if (s == digits || isalnum((unsigned char)*s)) {
        asm_fail(a, s, "`%c` is no digit of this number", *s == '\0' ? ' ' : *s);
        return NULL;
    }
    e->number = (int64_t)value;
    return e;
}

static struct expr *parse_character(struct assembler *a)
{
    struct expr *e = make(a, EXPR_NUMBER, a->at++);
    if (*a->at == '\0') {
        asm_fail(a, a->at, "expected a character");
        return NULL;
    }
    if (*a->at == '\\' && a->at[1] != '\0') {
        a->at++;
        e->number = lex_escape(&a->at);
    } else {
        e->number = (unsigned char)*a->at++;
    }
    if (*a->at == '\'')
        a->at++;
    return e;
}

/* A symbol that already has a value stands for the value that it has now: .set may change it later. */
static struct expr *parse_symbol(struct assembler *a)
{
    const char *start = a->at, *name;
    size_t length;
    if (!lex_name(a, &name, &length))
        return NULL;
    if (name == start && instruction_is_register(name, length)) {
        asm_fail(a, start, "expected an expression, and `%.*s` is a register", (int)length, name);
        return NULL;
    }
    struct expr *e = make(a, EXPR_SYMBOL, start);
    if (length == 1 && name[0] == '.') {
        e->kind = EXPR_PLACE;
        e->place = section_place(a->section);
        return e;
    }
    e->symbol = symbol_get(a, name, length);
    if (e->symbol->used.line == NULL)
        e->symbol->used = e->where;
    if (e->symbol->state == SYMBOL_VALUE && !e->symbol->weak) {
        int64_t number;
        if (!expr_constant(a, e->symbol->value, &number))
            return e->symbol->value;
        e->kind = EXPR_NUMBER;
        e->number = number;
    }
    return e;
}

static struct expr *parse_ranked(struct assembler *a, int rank);

static struct expr *parse_nested(struct assembler *a)
{
    if (a->depth >= MOST_EXPRESSION) {
        asm_fail(a, a->at, "the expression is nested too deeply");
        return NULL;
    }
    a->depth++;
    struct expr *e = NULL;
    const char *start = a->at++;
    if (*start == '(') {
        e = parse_ranked(a, 1);
        if (e != NULL && !lex_expect(a, ')'))
            e = NULL;
    } else {
        lex_skip_space(a);
        struct expr *operand = parse_ranked(a, 7);
        if (operand != NULL) {
            e = make(a, EXPR_UNARY, start);
            e->op = *start;
            e->left = operand;
        }
    }
    a->depth--;
    return e;
}

static struct expr *parse_primary(struct assembler *a)
{
    lex_skip_space(a);
    char c = *a->at;
    if (isdigit((unsigned char)c))
        return parse_number(a);
    if (c == '\'')
        return parse_character(a);
    if (c == '(' || c == '-' || c == '+' || c == '~' || c == '!')
        return parse_nested(a);
    if (lex_word_length(a->at) > 0 || c == '"')
        return parse_symbol(a);
    if (c == '\0')
        asm_fail(a, a->at, "expected an expression before the end of the line");
    else
        asm_fail(a, a->at, "expected an expression");
    return NULL;
}

static int operator_here(struct assembler *a, int rank, size_t *length, int *its_rank)
{
    lex_skip_space(a);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t n = strlen(operators[i].text);
        if (strncmp(a->at, operators[i].text, n) != 0)
            continue;
        *length = n;
        *its_rank = operators[i].rank;
        return operators[i].rank >= rank ? operators[i].op : 0;
    }
    return 0;
}

static struct expr *parse_ranked(struct assembler *a, int rank)
{
    struct expr *left = parse_primary(a);
    size_t length;
    int op, its_rank;
    while (left != NULL && rank < 7 && (op = operator_here(a, rank, &length, &its_rank)) != 0) {
        struct expr *e = make(a, EXPR_BINARY, a->at);
        a->at += length;
        e->op = op;
        e->left = left;
        e->right = parse_ranked(a, its_rank + 1);
        if (e->right == NULL)
            return NULL;
        int64_t number;
        if ((op == '/' || op == '%') && expr_constant(a, e->right, &number) && number == 0) {
            asm_fail(a, e->right->where.at, "division by zero");
            return NULL;
        }
        if (expr_constant(a, e, &number)) { /* keeps long sums of numbers shallow */
            e->kind = EXPR_NUMBER;
            e->number = number;
        }
        left = e;
        if (left->kind == EXPR_BINARY && ++a->depth > MOST_EXPRESSION * 4) {
            asm_fail(a, a->at, "the expression has too many terms");
            return NULL;
        }
    }
    return left;
}

struct expr *expr_parse(struct assembler *a)
{
    a->depth = 0;
    return parse_ranked(a, 1);
}

bool expr_parse_constant(struct assembler *a, int64_t *out)
{
    lex_skip_space(a);
    const char *start = a->at;
    struct expr *e = expr_parse(a);
    if (e == NULL)
        return false;
    if (expr_constant(a, e, out))
        return true;
    struct value v = expr_value(a, e, PHASE_READ);
    if (v.symbol != NULL)
        return asm_fail(a, start, "the value must be known here, and `%s` is not yet", v.symbol->name);
    return asm_fail(a, start, "the value must be a plain number that is known here");
}
