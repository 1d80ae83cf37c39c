/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which interrupt to take; kinds and names of traps.
 */
#include "trap.h"

int trap_choose(const struct priv *p)
{
    if (p->hext)
        return hext_interrupt(p);
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
#define HEXCEPTION(name, code, rank, text) EXCEPTION(name, code, rank, text)
#define HINTERRUPT(name, code, rank, text) INTERRUPT(name, code, rank, text)
#include "cause.def"
    }
    return "unknown cause";
}
