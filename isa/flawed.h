/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the instructions of flawed.def do, to a real hart and to a virtual one alike. jrst needs nothing from here: it sets
 * the mode. Freestanding.
 */
#ifndef ISA_FLAWED_H
#define ISA_FLAWED_H

#include "mmu.h"

#define POPF_MASK (MSTATUS_SIE | MSTATUS_SPIE)
#define SMSW_MODE_SHIFT MSTATUS_MPP_SHIFT /* two bits that sstatus does not use */

static inline void flawed_popf(struct priv *p, uint64_t value)
{
    if (p->mode != MODE_U)
        p->csr.mstatus = (p->csr.mstatus & ~POPF_MASK) | (value & POPF_MASK);
}

static inline uint64_t flawed_smsw(const struct priv *p)
{
    return (p->csr.mstatus & SSTATUS_MASK) | (uint64_t)p->mode << SMSW_MODE_SHIFT;
}

/* *refs: entries of page tables that were read. */
static inline uint64_t flawed_era(const struct ram *ram, const struct priv *p, uint64_t va, unsigned *refs)
{
    *refs = 0;
    if (!mmu_paged(p, mmu_data_mode(p)))
        return va;
    struct walk w = mmu_walk(ram, p->csr.satp, va);
    *refs = w.refs;
    return w.end == WALK_LEAF ? w.pa : UINT64_MAX;
}

#endif
