/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one way into a trap and the ways out of it: nothing else changes the mode. Real and virtual. Freestanding.
 */
#ifndef ISA_TRAP_H
#define ISA_TRAP_H

#include <stdint.h>

#include "hext.h"

enum cause {
#define EXCEPTION(name, code, rank, text) CAUSE_##name = code,
#define HEXCEPTION(name, code, rank, text) EXCEPTION(name, code, rank, text)
#include "cause.def"
};

#define CAUSE_INTERRUPT (UINT64_C(1) << 63)     /* set in xcause for an interrupt; the rest is its number */
#define NO_TRAP (-1)                            /* 0 is a real cause */

/* What an instruction raised, if anything. */
struct trap {
    int cause;              /* enum cause, or NO_TRAP */
    uint64_t tval;
};

/* Would this cause be taken in S-mode (true) or M-mode? */
static inline bool trap_delegated(const struct priv *p, uint64_t cause)
{
    uint64_t deleg = cause & CAUSE_INTERRUPT ? p->csr.mideleg : p->csr.medeleg;
    return p->mode != MODE_M && (deleg >> (cause & 63) & 1);
}

static inline uint64_t trap_vector(uint64_t tvec, uint64_t cause)
{
    uint64_t base = tvec & ~UINT64_C(3);
    return (cause & CAUSE_INTERRUPT) && (tvec & 1) ? base + 4 * (cause & 63) : base;
}

/* Takes a trap from *pc: to S-mode if delegated and the mode is not M, else to M-mode (privileged ISA, 3.1.8). Sets
 * xepc, xcause, xtval, the xstatus stack, the mode, and *pc to the handler (vectored for interrupts if xtvec says).
 * xPIE lies 4 bits above xIE. With the hypervisor extension: hext_trap_enter(). Inline, like the returns: the engine's speed in system calls is that of these three. */
static inline void trap_enter(struct priv *p, uint64_t *pc, uint64_t cause, uint64_t tval)
{
    struct csr_file *f = &p->csr;
    uint64_t status = f->mstatus;
    if (trap_delegated(p, cause)) {
        f->sepc = *pc;
        f->scause = cause;
        f->stval = tval;
        f->mstatus = (status & ~(MSTATUS_SPP | MSTATUS_SPIE | MSTATUS_SIE)) | (status & MSTATUS_SIE) << 4 |
                     (p->mode == MODE_S ? MSTATUS_SPP : 0);
        p->mode = MODE_S;
        *pc = trap_vector(f->stvec, cause);
    } else {
        f->mepc = *pc;
        f->mcause = cause;
        f->mtval = tval;
        f->mstatus = (status & ~(MSTATUS_MPP | MSTATUS_MPIE | MSTATUS_MIE)) | (status & MSTATUS_MIE) << 4 |
                     (uint64_t)p->mode << MSTATUS_MPP_SHIFT;
        p->mode = MODE_M;
        *pc = trap_vector(f->mtvec, cause);
    }
}

/* mret and sret without the hypervisor extension. */
static inline void trap_mret_plain(struct priv *p, uint64_t *pc)
{
    struct csr_file *f = &p->csr;
    uint64_t status = f->mstatus;
    p->mode = (enum mode)(status >> MSTATUS_MPP_SHIFT & 3);
    status = (status & ~(MSTATUS_MIE | MSTATUS_MPP)) | (status & MSTATUS_MPIE) >> 4 | MSTATUS_MPIE;
    if (p->mode != MODE_M)
        status &= ~MSTATUS_MPRV;
    f->mstatus = status;
    *pc = f->mepc;
}

static inline void trap_sret_plain(struct priv *p, uint64_t *pc)
{
    struct csr_file *f = &p->csr;
    uint64_t status = f->mstatus;
    p->mode = status & MSTATUS_SPP ? MODE_S : MODE_U;
    status &= ~(MSTATUS_SIE | MSTATUS_SPP | MSTATUS_MPRV);
    f->mstatus = status | (status & MSTATUS_SPIE) >> 4 | MSTATUS_SPIE;
    *pc = f->sepc;
}

/* mret and sret; whether they are allowed is the caller's to decide. */
static inline void trap_mret(struct priv *p, uint64_t *pc)
{
    uint64_t status = p->csr.mstatus;
    trap_mret_plain(p, pc);
    if (p->hext && (status & MSTATUS_MPV))
        hext_mret(p);
}

static inline void trap_sret(struct priv *p, uint64_t *pc)
{
    trap_sret_plain(p, pc);
    if (p->hext && !p->virt)
        hext_sret(p);
}

/* The number of the interrupt to take now, highest rank first (3.1.9), or NO_TRAP. trap_choose() is for when some interrupt
 * may be pending and enabled in mie: seldom. */
int trap_choose(const struct priv *p);
static inline int trap_pending(const struct priv *p)
{
    const struct csr_file *f = &p->csr;
    return (f->mip_written | f->mip_lines) & f->mie ? trap_choose(p) : NO_TRAP;
}

/* Is it a page, guest-page or access fault? */
static inline bool trap_is_memory(uint64_t cause)
{
#define BIT(name) UINT64_C(1) << CAUSE_##name
    const uint64_t memory = BIT(insn_access) | BIT(load_access) | BIT(store_access) | BIT(insn_page) | BIT(load_page) | BIT(store_page) |
                            BIT(insn_guest_page) | BIT(load_guest_page) | BIT(store_guest_page);
#undef BIT
    return cause < 64 && (memory >> cause & 1);
}

/* "load page fault", "supervisor timer interrupt"; takes xcause. Never NULL. */
const char *trap_name(uint64_t cause);

#endif
