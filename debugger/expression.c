/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions: parsed once into a tree (expression_parse.c), and evaluated as often as a condition is looked at.
 */
#include "expression.h"

#include <string.h>

#include "vmm/technique/technique.h"
#include "debugger/expression_tree.h"
#include "debugger/name.h"

static uint64_t trap_value(const struct scene *s, enum expression_kind kind)
{
    const struct execution *e = s->execution;
    bool exit = e->stage == STAGE_trap || e->stage == STAGE_handler;
    if (scene_place(s) != PLACE_STAGE)
        return UINT64_MAX;
    if (exit)
        return kind == X_CAUSE ? e->detail.exit.cause : kind == X_TVAL ? e->detail.exit.tval : s->guest.ctx.pc;
    if (e->stage != STAGE_reflect && e->stage != STAGE_reflected)
        return UINT64_MAX;
    const struct stage_trap *t = &e->detail.trap;
    return kind == X_CAUSE ? t->cause : kind == X_TVAL ? t->tval : t->epc;
}

static uint64_t counter(const struct scene *s, size_t offset)
{
    const struct vm *vm = s->target->vm;
    uint64_t value = 0;
    if (vm)
        memcpy(&value, (const char *)&vm->counters + offset, sizeof value);
    return value;
}

static uint64_t technique_now(const struct scene *s)
{
    const struct technique *technique = execution_technique(s->execution, s->target);
    for (unsigned i = 0; i < techniques_count; i++)
        if (technique == techniques[i])
            return i + 1;
    return 0;
}

static uint64_t csr_value(const struct scene *s, const struct expression *x)
{
    const struct machine *m = s->target->machine;
    uint64_t value =
        x->real ? csr_read(&m->hart.priv, &m->clock, x->number) : csr_read(&s->guest.priv, &s->guest.clock, x->number);
    return x->width ? value >> x->low & ((UINT64_C(1) << x->width) - 1) : value;
}

static bool leaf_value(const struct expression *x, const struct scene *s, uint64_t *v)
{
    const struct machine *m = s->target->machine;
    const struct vm *vm = s->target->vm;
    switch (x->kind) {
    case X_NUMBER:
        *v = x->value;
        return true;
    case X_REGISTER:
        *v = x->real ? m->hart.ctx.x[x->number] : s->guest.ctx.x[x->number];
        return true;
    case X_PC:
        *v = x->real ? m->hart.ctx.pc : s->guest.ctx.pc;
        return true;
    case X_CSR:
        *v = csr_value(s, x);
        return true;
    case X_MODE:
        *v = x->real ? m->hart.priv.mode : s->guest.priv.mode;
        return true;
    case X_STEPS:
        *v = s->guest.clock.steps;
        return true;
    case X_NOW:
        *v = s->guest.clock.now;
        return true;
    case X_INSNS:
        *v = s->guest.clock.insns;
        return true;
    case X_CYCLES:
        *v = m->cost.total;
        return true;
    case X_COUNTER:
        *v = counter(s, x->offset);
        return true;
    case X_EXITS:
        *v = vm ? vm->exits[x->number].count : 0;
        return true;
    case X_REASON:
        *v = vm ? (uint64_t)vm->exit_reason : UINT64_MAX;
        return true;
    case X_TECHNIQUE:
        *v = technique_now(s);
        return true;
    default:
        *v = trap_value(s, x->kind);
        return true;
    }
}

/* clang-format off */
static uint64_t combine(enum expression_operator o, uint64_t a, uint64_t b)
{
    switch (o) {
    case O_MUL: return a * b;
    case O_DIV: return b ? a / b : UINT64_MAX; /* as the machine does it */
    case O_REM: return b ? a % b : a;
    case O_ADD: return a + b;
    case O_SUB: return a - b;
    case O_SHL: return b < 64 ? a << b : 0;
    case O_SHR: return b < 64 ? a >> b : 0;
    case O_LT: return a < b;
    case O_LE: return a <= b;
    case O_GT: return a > b;
    case O_GE: return a >= b;
    case O_EQ: return a == b;
    case O_NE: return a != b;
    case O_AND: return a & b;
    case O_XOR: return a ^ b;
    case O_OR: return a | b;
    default: return 0;
    }
}
/* clang-format on */

static bool binary_value(const struct expression *x, const struct scene *s, uint64_t *v)
{
    uint64_t a, b;
    if (!expression_value(x->a, s, &a))
        return false;
    if ((x->operator== O_BOTH && !a) || (x->operator== O_EITHER && a)) {
        *v = a != 0;
        return true;
    }
    if (!expression_value(x->b, s, &b))
        return false;
    *v = x->operator== O_BOTH || x->operator== O_EITHER ? b != 0 : combine(x->operator, a, b);
    return true;
}

static bool memory_value(const struct expression *x, const struct scene *s, uint64_t *v)
{
    uint64_t address;
    uint8_t bytes[8];
    size_t done;
    if (!expression_value(x->a, s, &address) || !debugger_read(s, address, x->real, bytes, x->number, &done))
        return false;
    *v = bytes_get(bytes, x->number);
    return true;
}

bool expression_value(const struct expression *x, const struct scene *s, uint64_t *v)
{
    uint64_t a;
    switch (x->kind) {
    case X_BINARY:
        return binary_value(x, s, v);
    case X_MEMORY:
        return memory_value(x, s, v);
    case X_NOT:
    case X_MINUS:
    case X_FLIP:
        if (!expression_value(x->a, s, &a))
            return false;
        *v = x->kind == X_NOT ? !a : x->kind == X_MINUS ? -a : ~a;
        return true;
    default:
        return leaf_value(x, s, v);
    }
}
