/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real processor: architectural state, and the caches of the simulator beside it. The caches hold nothing that
 * cannot be found again, and dropping any of them at any time changes no result.
 */
#ifndef ISA_HART_H
#define ISA_HART_H

#include <stdbool.h>
#include <stdint.h>

#include "context.h"
#include "csr.h"
#include "tlb.h"
#include "trap.h"

struct code;        /* block.h: decoded code */
struct op;          /* block.h: one decoded instruction */

/* Why the hart came back. */
enum hart_reason {
    HART_BUDGET,            /* the budget is used up */
    HART_TRAP,              /* monitored: a trap to M-mode, which was not entered */
    HART_RESYNC,            /* interrupts, time or a device may need attention: look, and go on */
    HART_WAIT,              /* a wfi has completed */
    HART_STOP,              /* the board says stop; pc is on the store that said it */
};

struct hart_exit {
    enum hart_reason reason;
    struct trap trap;       /* HART_TRAP */
    uint32_t insn;          /* HART_TRAP: the instruction word at pc; 0 if it could not be fetched */
};

struct hart {
    struct context ctx;
    struct priv priv;
    struct tlb tlb;
    struct fast fast;       /* the simulator's own short cuts: a subset of tlb */
    struct code *code;      /* owned */

    /* Where counts stand while a block runs: see exec.c, "Counting". */
    int64_t left;
    uint64_t steps_base;    /* steps when left was left_base */
    int64_t left_base;
    uint64_t traps;         /* steps that were traps, since reset */
    uint64_t mems;          /* loads, stores and atomics completed, since reset */
    uint64_t charged_insns, charged_mems;       /* of them, already charged */
    uint64_t mode_mark;     /* insns when the mode last changed */
};

#endif
