/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The instructions of flawed machines, on the hart.
 */
#include "flawed.h"

#include "exec.h"

static enum step popf(struct machine *m, const struct op *op)
{
    struct hart *h = &m->hart;
    machine_charge(m, COST_csr_access, 1, false);
    flawed_popf(&h->priv, h->ctx.x[op->rs1]);
    return trap_pending(&h->priv) == NO_TRAP ? STEP_NEXT : STEP_RETURN;
}

static enum step smsw(struct machine *m, const struct op *op)
{
    machine_charge(m, COST_csr_access, 1, false);
    m->hart.ctx.x[op->rd] = flawed_smsw(&m->hart.priv);
    return STEP_NEXT;
}

static enum step era(struct machine *m, const struct op *op)
{
    struct hart *h = &m->hart;
    unsigned refs;
    h->ctx.x[op->rd] = flawed_era(&m->ram, &h->priv, h->ctx.x[op->rs1], &refs);
    m->counters.walk_refs += refs;
    machine_charge(m, COST_walk_ref, refs, false);
    return STEP_NEXT;
}

static enum step jrst(struct machine *m, const struct op *op)
{
    struct hart *h = &m->hart;
    hart_sync(m, op);
    hart_leave_mode(m, m->clock.insns + 1); /* the jump itself belongs to the mode that it leaves */
    h->priv.mode = MODE_U;
    h->ctx.pc = h->ctx.x[op->rs1] & ~UINT64_C(1);
    return trap_pending(&h->priv) == NO_TRAP ? STEP_ENTER : STEP_ENTER_RETURN;
}

static enum step odd_value(struct machine *m, const struct op *op, enum odd_does does)
{
    struct hart *h = &m->hart;
    unsigned refs;
    uint64_t value = flawed_value(&m->ram, &h->priv, does, h->ctx.x[op->rs1], &refs);
    h->ctx.x[op->rd] = value;
    m->counters.walk_refs += refs;
    machine_charge(m, COST_walk_ref, refs, false);
    return STEP_NEXT;
}

/* One of a seeded machine: what it does, the machine's seed says. */
static enum step odd(struct machine *m, const struct op *op, unsigned id)
{
    struct hart *h = &m->hart;
    struct odd o = odd_insn(h->code->profile, id);
    if (h->priv.mode < o.mode)
        return hart_illegal(m, op);
    switch (o.does) {
    case ODD_popf:
        return popf(m, op);
    case ODD_jrst:
        return jrst(m, op);
    case ODD_scratch:
        flawed_scratch(&h->priv, h->ctx.x[op->rs1]);
        return STEP_NEXT;
    }
    return odd_value(m, op, (enum odd_does)o.does);
}

enum step hart_flawed(struct machine *m, const struct op *op, enum op_kind kind)
{
    switch (kind) {
    case OP_popf:
        return popf(m, op);
    case OP_smsw:
        return smsw(m, op);
    case OP_era:
        return era(m, op);
    case OP_jrst:
        return jrst(m, op);
    default:
        return odd(m, op, INSN_odd1 + (unsigned)(kind - OP_odd1));
    }
}
