/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Into a trap and out of it.
 */
#include "trap.h"

bool trap_delegated(const struct priv *p, uint64_t cause)
{
    uint64_t deleg = cause & CAUSE_INTERRUPT ? p->csr.mideleg : p->csr.medeleg;
    return p->mode != MODE_M && (deleg >> (cause & 63) & 1);
}

static uint64_t trap_vector(uint64_t tvec, uint64_t cause)
{
    uint64_t base = tvec & ~UINT64_C(3);
    return (tvec & 1) && (cause & CAUSE_INTERRUPT) ? base + 4 * (cause & 63) : base;
}

void trap_enter(struct priv *p, uint64_t *pc, uint64_t cause, uint64_t tval)
{
    struct csr_file *f = &p->csr;
    uint64_t status = f->mstatus;
    if (trap_delegated(p, cause)) {
        f->sepc = *pc;
        f->scause = cause;
        f->stval = tval;
        status &= ~(MSTATUS_SPP | MSTATUS_SPIE | MSTATUS_SIE);
        status |= p->mode == MODE_S ? MSTATUS_SPP : 0;
        status |= f->mstatus & MSTATUS_SIE ? MSTATUS_SPIE : 0;
        p->mode = MODE_S;
        *pc = trap_vector(f->stvec, cause);
    } else {
        f->mepc = *pc;
        f->mcause = cause;
        f->mtval = tval;
        status &= ~(MSTATUS_MPP | MSTATUS_MPIE | MSTATUS_MIE);
        status |= (uint64_t)p->mode << MSTATUS_MPP_SHIFT;
        status |= f->mstatus & MSTATUS_MIE ? MSTATUS_MPIE : 0;
        p->mode = MODE_M;
        *pc = trap_vector(f->mtvec, cause);
    }
    f->mstatus = status;
}

void trap_mret(struct priv *p, uint64_t *pc)
{
    struct csr_file *f = &p->csr;
    uint64_t status = f->mstatus;
    enum mode to = (enum mode)(status >> MSTATUS_MPP_SHIFT & 3);
    status &= ~(MSTATUS_MIE | MSTATUS_MPP);
    status |= status & MSTATUS_MPIE ? MSTATUS_MIE : 0;
    status |= MSTATUS_MPIE;
    if (to != MODE_M)
        status &= ~MSTATUS_MPRV;
    f->mstatus = status;
    p->mode = to;
    *pc = f->mepc;
}

void trap_sret(struct priv *p, uint64_t *pc)
{
    struct csr_file *f = &p->csr;
    uint64_t status = f->mstatus;
    enum mode to = status & MSTATUS_SPP ? MODE_S : MODE_U;
    status &= ~(MSTATUS_SIE | MSTATUS_SPP | MSTATUS_MPRV);
    status |= status & MSTATUS_SPIE ? MSTATUS_SIE : 0;
    status |= MSTATUS_SPIE;
    f->mstatus = status;
    p->mode = to;
    *pc = f->sepc;
}

int trap_choose(const struct priv *p)
{
    const struct csr_file *f = &p->csr;
    uint64_t pending = csr_mip(f) & f->mie;
    uint64_t machine = pending & ~f->mideleg, supervisor = pending & f->mideleg;
    if (p->mode == MODE_M && !(f->mstatus & MSTATUS_MIE))
        machine = 0;
    if (p->mode == MODE_M || (p->mode == MODE_S && !(f->mstatus & MSTATUS_SIE)))
        supervisor = 0;
    pending = machine ? machine : supervisor;
#define INTERRUPT(name, code, rank, text)                                                                                  \
    if (pending >> code & 1)                                                                                               \
        return code;
#include "cause.def"
    return NO_TRAP;
}

const char *trap_name(uint64_t cause)
{
    switch (cause) {
#define EXCEPTION(name, code, rank, text)                                                                                  \
    case code:                                                                                                             \
        return text;
#define INTERRUPT(name, code, rank, text)                                                                                  \
    case CAUSE_INTERRUPT | code:                                                                                           \
        return text;
#include "cause.def"
    }
    return "unknown cause";
}
