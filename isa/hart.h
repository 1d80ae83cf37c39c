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
    HART_LEFT,              /* who looks on (machine_probe) wants it back */
    HART_STOP,              /* the board says stop, with pc on the store that said it; or a fault loop */
};

struct hart_exit {
    enum hart_reason reason;
    struct trap trap;       /* HART_TRAP */
    uint32_t insn;          /* HART_TRAP: the instruction at pc; 0 if it could not be fetched */
};

struct hart {
    struct context ctx;
    struct priv priv;
    struct tlb tlb;
    struct fast fast;       /* the simulator's own short cuts: a subset of tlb */
    struct code *code;      /* owned */
    uint8_t *plain;         /* owned; for each frame of RAM: 1 if M-mode may store there and nobody need look */
    struct trap raised;     /* by the instruction that did not complete */
    struct { bool known; struct trap_guest guest; } fault; /* with the hypervisor extension: more of it, if it is known */

    /* While blocks run (exec.h, "Counting"). */
    int64_t left;
    uint64_t steps_end;     /* what the clock's steps will be when left is 0 */
    uint64_t page_va;       /* virtual address of the page that code runs in */
    uint64_t page_pa;       /* its physical address; of a block of one instruction as well */
    const struct op *at;    /* the record that trapped; NULL: a fetch */
    uint32_t scratch_word;  /* the instruction of a block of one */
    bool one;               /* one instruction at a time: the budget is nearly used up, or stress */
    bool stale;             /* decoded code was dropped by a store: leave the block */

    /* Since reset. */
    uint64_t traps;         /* steps that were traps */
    uint64_t returns;       /* mret and sret completed */
    uint64_t extra;         /* instructions executed that retire nothing (block.h, "Marks") */
    uint64_t mems;          /* loads, stores and atomics completed */
    uint64_t csrs;          /* accesses to CSRs that are only fields */
    uint64_t charged_traps, charged_returns, charged_extra, charged_insns, charged_mems, charged_csrs; /* of them */
    uint64_t mode_mark;     /* instructions completed when the mode last changed */
};

/* With the hypervisor extension: what is known of the access that has raised this (HART_TRAP: before the next run). */
struct trap_guest hart_hext_fault(struct hart *h, uint64_t cause);

#endif
