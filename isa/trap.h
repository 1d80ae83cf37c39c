/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one way into a trap and the ways out of it: nothing else changes the mode. Real and virtual. Freestanding.
 */
#ifndef ISA_TRAP_H
#define ISA_TRAP_H

#include <stdint.h>

#include "csr.h"

enum cause {
#define EXCEPTION(name, code, rank, text) CAUSE_##name = code,
#include "cause.def"
};

#define CAUSE_INTERRUPT (UINT64_C(1) << 63)     /* set in xcause for an interrupt; the rest is its number */
#define NO_TRAP (-1)                            /* 0 is a real cause */

/* What an instruction raised, if anything. */
struct trap {
    int cause;              /* enum cause, or NO_TRAP */
    uint64_t tval;
};

/* Takes a trap from *pc: to S-mode if delegated and the mode is not M, else to M-mode (privileged ISA, 3.1.8). Sets
 * xepc, xcause, xtval, the xstatus stack, the mode, and *pc to the handler (vectored for interrupts if xtvec says). */
void trap_enter(struct priv *p, uint64_t *pc, uint64_t cause, uint64_t tval);

/* Would this cause be taken in S-mode (true) or M-mode? */
bool trap_delegated(const struct priv *p, uint64_t cause);

/* mret and sret; whether they are allowed is the caller's to decide. */
void trap_mret(struct priv *p, uint64_t *pc);
void trap_sret(struct priv *p, uint64_t *pc);

/* The number of the interrupt to take now, highest rank first (3.1.9), or NO_TRAP. trap_choose() is for when some interrupt
 * is pending and enabled in mie: seldom. */
int trap_choose(const struct priv *p);
static inline int trap_pending(const struct priv *p)
{
    return csr_mip(&p->csr) & p->csr.mie ? trap_choose(p) : NO_TRAP;
}

/* "load page fault", "supervisor timer interrupt"; takes xcause. Never NULL. */
const char *trap_name(uint64_t cause);

#endif
