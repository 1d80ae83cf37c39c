/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the instructions of flawed.def do, to a real hart and to a virtual one alike. A jrst needs nothing from here: it sets
 * the mode. Freestanding.
 */
#ifndef ISA_FLAWED_H
#define ISA_FLAWED_H

#include "mmu.h"
#include "seeded.h"

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

static inline void flawed_scratch(struct priv *p, uint64_t value)
{
    if (p->mode != MODE_U)
        p->csr.sscratch = value;
}

/* x[rd] of an odd instruction that only computes one. *refs as above. */
static inline uint64_t flawed_value(const struct ram *ram, const struct priv *p, enum odd_does does, uint64_t operand, unsigned *refs)
{
    *refs = 0;
    switch (does) {
    case ODD_smsw:
        return flawed_smsw(p);
    case ODD_who:
        return operand + p->mode;
    case ODD_status:
        return p->mode == MODE_U ? 0 : p->csr.mstatus & SSTATUS_MASK;
    case ODD_era:
        return flawed_era(ram, p, operand, refs);
    case ODD_frame:
        operand = flawed_era(ram, p, operand, refs);
        return operand == UINT64_MAX ? operand : operand / PAGE_SIZE;
    case ODD_reverse:
        return __builtin_bswap64(operand);
    case ODD_ones:
        operand -= operand >> 1 & UINT64_C(0x5555555555555555);
        operand = (operand & UINT64_C(0x3333333333333333)) + (operand >> 2 & UINT64_C(0x3333333333333333));
        return ((operand + (operand >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f)) * UINT64_C(0x0101010101010101) >> 56;
    default: /* ODD_rotate */
        return operand >> 8 | operand << 56;
    }
}

#endif
