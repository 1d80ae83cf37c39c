/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The instructions of the flawed profile, on the hart.
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

enum step hart_flawed(struct machine *m, const struct op *op, enum op_kind kind)
{
    switch (kind) {
    case OP_popf:
        return popf(m, op);
    case OP_smsw:
        return smsw(m, op);
    case OP_era:
        return era(m, op);
    default:
        return jrst(m, op);
    }
}
