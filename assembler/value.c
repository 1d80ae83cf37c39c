/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an expression is worth: while reading, while sizes settle, and at the end.
 */
#include "internal.h"

#include <inttypes.h>

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
