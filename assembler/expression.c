/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions: 64-bit, with the operators and the precedence of GNU as. Comparisons give -1 or 0.
 */
#include "internal.h"

#include <ctype.h>
#include <string.h>

/* Operators of two characters are named by a letter that is no operator. */
enum {
    OP_SHIFT_LEFT = 'l',
    OP_SHIFT_RIGHT = 'r',
    OP_EQUAL = 'e',
    OP_NOT_EQUAL = 'n',
    OP_AT_MOST = 'm',
    OP_AT_LEAST = 'g',
    OP_AND = 'a',
    OP_OR = 'o'
};

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

/* Values. */

static struct value number_value(int64_t number)
{
    return (struct value){.known = true, .number = number};
}

static struct value place_value(const struct place *p, enum phase phase)
{
    if (phase == PHASE_READ)
        return (struct value){.known = true, .number = (int64_t)p->offset, .section = p->section, .item = p->item};
    return (struct value){
        .known = true, .section = p->section, .number = (int64_t)(p->section->items[p->item].address + p->offset)};
}

static struct value symbol_value(struct assembler *a, struct symbol *symbol, enum phase phase)
{
    if (phase == PHASE_FINAL && (symbol->state == SYMBOL_UNDEFINED || symbol->weak) && !symbol->hidden) {
        struct symbol *other = symbol_global(a, symbol);
        if (other != NULL)
            symbol = other;
        else if (symbol->weak)
            return number_value(0);
    }
    if (symbol->state == SYMBOL_LABEL)
        return place_value(&symbol->place, phase);
    if (symbol->state != SYMBOL_VALUE || symbol->busy)
        return (struct value){.symbol = symbol};
    symbol->busy = true;
    struct value v = expr_value(a, symbol->value, phase);
    symbol->busy = false;
    return v;
}

/* Bytes from item `from` to item `to`, if nothing between them can change its size. */
static bool fixed_distance(const struct section *s, size_t from, size_t to, int64_t *out)
{
    *out = 0;
    for (size_t i = from; i < to; i++) {
        const struct item *item = &s->items[i];
        if (item->kind != ITEM_BYTES && !(item->kind == ITEM_FILL && item->expr == NULL))
            return false;
        *out += (int64_t)item->size;
    }
    return true;
}

static struct value difference(struct value x, struct value y)
{
    int64_t between = 0;
    size_t low = x.item < y.item ? x.item : y.item, high = x.item < y.item ? y.item : x.item;
    if (!fixed_distance(x.section, low, high, &between))
        return (struct value){0};
    if (x.item < y.item)
        between = -between;
    return number_value((int64_t)((uint64_t)x.number - (uint64_t)y.number + (uint64_t)between));
}

static int64_t compute(int op, int64_t x, int64_t y)
{
    uint64_t ux = (uint64_t)x, uy = (uint64_t)y;
    switch (op) {
    case '*':
        return (int64_t)(ux * uy);
    case '/':
        return y == 0 ? 0 : y == -1 ? (int64_t)-ux : x / y;
    case '%':
        return y == 0 || y == -1 ? 0 : x % y;
    case '+':
        return (int64_t)(ux + uy);
    case '-':
        return (int64_t)(ux - uy);
    case '|':
        return x | y;
    case '&':
        return x & y;
    case '^':
        return x ^ y;
    case '!':
        return x | ~y;
    case '<':
        return -(x < y);
    case '>':
        return -(x > y);
    case OP_SHIFT_LEFT:
        return uy < 64 ? (int64_t)(ux << uy) : 0;
    case OP_SHIFT_RIGHT:
        return uy < 64 ? (int64_t)(ux >> uy) : 0;
    case OP_EQUAL:
        return -(x == y);
    case OP_NOT_EQUAL:
        return -(x != y);
    case OP_AT_MOST:
        return -(x <= y);
    case OP_AT_LEAST:
        return -(x >= y);
    case OP_AND:
        return x != 0 && y != 0;
    default:
        return x != 0 || y != 0;
    }
}

static bool is_comparison(int op)
{
    return op == '<' || op == '>' || op == OP_EQUAL || op == OP_NOT_EQUAL || op == OP_AT_MOST || op == OP_AT_LEAST;
}

static struct value absolute(struct value v)
{
    if (v.section != NULL)
        v.number = (int64_t)((uint64_t)v.number + v.section->address);
    v.section = NULL;
    return v;
}

static struct value binary_value(struct assembler *a, const struct expr *e, enum phase phase)
{
    struct value x = expr_value(a, e->left, phase), y = expr_value(a, e->right, phase);
    if (!x.known || !y.known)
        return (struct value){.symbol = x.known ? y.symbol : x.symbol};
    if (x.section == NULL && y.section == NULL)
        return number_value(compute(e->op, x.number, y.number));
    if (x.section != NULL && x.section == y.section && (e->op == '-' || is_comparison(e->op))) {
        struct value d =
            phase == PHASE_READ ? difference(x, y) : number_value((int64_t)((uint64_t)x.number - (uint64_t)y.number));
        return d.known && e->op != '-' ? number_value(compute(e->op, d.number, 0)) : d;
    }
    if (e->op == '+' && (x.section == NULL || y.section == NULL)) {
        struct value v = x.section != NULL ? x : y;
        v.number = (int64_t)((uint64_t)x.number + (uint64_t)y.number);
        return v;
    }
    if (e->op == '-' && y.section == NULL) {
        x.number = (int64_t)((uint64_t)x.number - (uint64_t)y.number);
        return x;
    }
    if (phase != PHASE_FINAL)
        return (struct value){0};
    return number_value(compute(e->op, absolute(x).number, absolute(y).number));
}

static struct value unary_value(struct assembler *a, const struct expr *e, enum phase phase)
{
    struct value v = expr_value(a, e->left, phase);
    if (!v.known || e->op == '+')
        return v;
    if (v.section != NULL && phase != PHASE_FINAL)
        return (struct value){0};
    int64_t x = absolute(v).number;
    if (e->op == '-')
        return number_value((int64_t) - (uint64_t)x);
    return number_value(e->op == '~' ? ~x : x == 0);
}

/* Symbols defined by sums of each other can take exponential time: bounded, like the depth. */
struct value expr_value(struct assembler *a, const struct expr *e, enum phase phase)
{
    if (e->kind == EXPR_NUMBER)
        return number_value(e->number);
    if (e->kind == EXPR_PLACE)
        return place_value(&e->place, phase);
    if (a->value_depth == 0)
        a->value_steps = 0;
    if (a->value_depth >= MOST_VALUE_DEPTH || ++a->value_steps > MOST_VALUE_STEPS) {
        asm_report(a, SEVERITY_ERROR, e->where, "the expression is too large");
        a->stopped = true;
        return (struct value){0};
    }
    a->value_depth++;
    struct value v = e->kind == EXPR_SYMBOL   ? symbol_value(a, e->symbol, phase)
                     : e->kind == EXPR_BINARY ? binary_value(a, e, phase)
                                              : unary_value(a, e, phase);
    a->value_depth--;
    return v;
}

bool expr_constant(struct assembler *a, const struct expr *e, int64_t *out)
{
    struct value v = expr_value(a, e, PHASE_READ);
    if (!v.known || v.section != NULL)
        return false;
    *out = v.number;
    return true;
}

bool expr_is_symbolic(struct assembler *a, const struct expr *e)
{
    int64_t number;
    return !expr_constant(a, e, &number);
}

bool expr_address(struct assembler *a, const struct expr *e, uint64_t *out)
{
    struct value v = expr_value(a, e, PHASE_FINAL);
    *out = (uint64_t)absolute(v).number;
    if (v.known)
        return true;
    if (v.symbol != NULL && v.symbol->state == SYMBOL_VALUE) {
        asm_report(a, SEVERITY_ERROR, e->where, "`%s` is defined by itself", v.symbol->name);
    }
    return false; /* undefined symbols were reported once, by symbol_check() */
}
