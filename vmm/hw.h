/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only door from the monitor to the machine: what firmware in M-mode could do, and nothing else. The monitor's core
 * includes this and the freestanding headers of isa/ only; vmm/hw_machine.c implements it on a struct machine.
 *
 * The monitor stands where M-mode stands: every trap to M comes back from hw_run().
 */
#ifndef VMM_HW_H
#define VMM_HW_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/context.h"
#include "isa/cost.h"

struct hw;

#define HW_BUDGET (UINT64_C(1) << 62) /* hw_exit.cause when the budget ended the run: no trap */
#define HW_FAULT_LOOP (HW_BUDGET | 1) /* with V = 1: FAULT_LOOP_TRAPS traps in a row; the last one has been taken, and counts */

struct hw_exit {
    uint64_t cause;         /* as in mcause; or HW_BUDGET */
    uint64_t tval;          /* as in mtval */
    uint64_t gpa;           /* guest physical address of a guest-page fault, low bits too; 0 otherwise */
    uint32_t tinst;         /* of a guest-page fault: TINST_READ, TINST_WRITE (isa/two_stage.h) if it was on the way; else 0 */
    uint32_t insn;          /* the instruction at pc, 16 bits of it if compressed; 0 if it could not be fetched */
    uint64_t pc;            /* as in mepc */
    uint64_t retired;       /* guest instructions completed since hw_run() was called; at most the budget */
    uint64_t traps;         /* with V = 1: guest-visible traps taken inside; with `retired` at most the budget */
    uint64_t interrupts;    /* of `traps` */
    uint64_t retired_user, retired_supervisor; /* with V = 1: of `retired`, those in VU- and in VS-mode */
    uint64_t entered, left; /* hw_cycles() as the guest began (entry charged), and as it stopped (exit not yet charged) */
};

/* mret into the mode of mstatus.MPP at context.pc, until a trap to M-mode or until `budget` (> 0) instructions have been
 * completed. Charges world_switch and trap_return on the way in, trap_enter and world_switch on the way out.
 *
 * With mstatus.MPV (and MPP not M) the guest runs with V = 1. Then vm_enter is charged on the way in and vm_exit on the way out,
 * and nothing else: the hardware's own switch is in them, and the traps that the guest takes inside are charged as trap_enter and
 * trap_return, like natively. The budget is of steps: what is delegated to VS-mode, exceptions (medeleg and hedeleg) and
 * interrupts (hideleg, by hvip or vsip), is taken inside, is a step, and is told to the log of the guest selected by
 * hw_select() as if hw_note_trap() had been called (an interrupt with the number that the guest sees). A wfi that does not trap
 * (hstatus.VTW) completes at once. The run stops exactly, also just before such a trap or interrupt. */
struct hw_exit hw_run(struct hw *hw, uint64_t budget);

/* What the guest has done until now, by the monitor's own account: write it before hw_run() with V = 1, which goes on from it
 * and brings it up to date. Traps inside are noted at `steps` and count against the fault loop. */
struct hw_account {
    uint64_t steps, insns;              /* T and I */
    uint64_t trap_insns, traps_in_row;  /* I at the last trap, UINT64_MAX before the first; how many traps found that same I */
};
struct hw_account *hw_account(struct hw *hw);

/* The guest's registers in the machine: read and written in place while the guest is outside. */
struct context *hw_context(struct hw *hw);

/* Real CSRs by number, those of H and VS-mode too: as M-mode reads and writes them. A write that changes satp does not flush the TLB, as on hardware. */
uint64_t hw_csr_read(struct hw *hw, unsigned number);
void hw_csr_write(struct hw *hw, unsigned number, uint64_t value);

/* Real physical memory: n bytes at pa as host memory, NULL if they are not all RAM. Reading is free of formality; before
 * (or right after) writing, say so with hw_wrote(), so that stale decoded code cannot survive. */
uint8_t *hw_frames(struct hw *hw, uint64_t pa, uint64_t n);
void hw_wrote(struct hw *hw, uint64_t pa, uint64_t n, bool dma);

/* The page at pa holds translated code: bit i of marks[] says whether the instruction at its halfword i retires a guest
 * instruction (docs/time.md). hw_run() then stops for its budget, and counts, only behind marked ones. */
#define HW_MARKS 32
void hw_marks(struct hw *hw, uint64_t pa, const uint64_t marks[HW_MARKS]);

/* fence.i, sfence.vma: va 0 and `all_addresses`, or one page; every ASID, or one. */
void hw_fence_i(struct hw *hw);
void hw_sfence(struct hw *hw, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid);

/* hfence.gvma: every VMID, or one; all of its addresses. hfence.vvma: as hw_sfence(), of the VMID that hgatp has now. */
void hw_hfence_gvma(struct hw *hw, bool all_vmids, uint16_t vmid);
void hw_hfence_vvma(struct hw *hw, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid);

/* Which guest runs from now on: for the simulator's own audit (its memory map says what guest n may reach) and for the
 * channel of its console. */
void hw_select(struct hw *hw, unsigned guest);

/* Devices of the machine, as the monitor's drivers use them; each use is charged the accesses to registers that it needs. `guest` is a channel: each guest has its own console and
 * drives. console_get: as bus_host's. Sectors are 512 bytes; pa is real; false on an I/O error. */
void hw_console_put(struct hw *hw, unsigned guest, uint8_t byte);
int hw_console_get(struct hw *hw, unsigned guest);
bool hw_disk_transfer(struct hw *hw, unsigned guest, unsigned drive, bool write, uint64_t sector, uint64_t count,
                      uint64_t pa);
bool hw_disk_flush(struct hw *hw, unsigned guest, unsigned drive);

/* The guest's images once more into its memory, as bus_host's reload. */
bool hw_reload(struct hw *hw, unsigned guest);

/* Charges the monitor's own work. */
void hw_charge(struct hw *hw, enum cost_row row, uint64_t count);

/* Cycles charged so far, by anyone. */
uint64_t hw_cycles(struct hw *hw);

/* A trap that the guest sees: for the trap log and its hash. */
void hw_note_trap(struct hw *hw, unsigned guest, uint64_t step, uint64_t cause, uint64_t epc, uint64_t tval);

/* An instruction of the guest, at pc, completed in this virtual mode by the monitor: for the simulator's account of what was
 * not left to the hardware. Each one must be noted, if hw_wants_insns(). */
bool hw_wants_insns(struct hw *hw, unsigned guest);
void hw_note_insn(struct hw *hw, unsigned guest, uint64_t pc, uint32_t word, unsigned mode);

/* An exit that has been dealt with, or a part of one: from when the guest stopped until it goes on, or until its turn ends; then
 * the rest follows with its next turn. For whoever watches: nothing depends on it. Cycles are those of hw_cycles(). */
struct exit_note {
    unsigned guest;
    unsigned reason;         /* enum exit_reason; EXIT_count: what came before the first one */
    bool rest;               /* no exit of its own, but the rest of the one before */
    unsigned mode;           /* virtual, as the guest stopped, like pc and what follows */
    uint64_t pc;             /* the guest's */
    uint64_t cause, tval, gpa; /* of the hardware, as in struct hw_exit */
    uint32_t insn;           /* the guest's instruction at pc, if the hardware has told it; 0 */
    uint64_t step, retired;  /* T; instructions completed by the hardware before it stopped */
    uint64_t entered;        /* the guest has run from here ... */
    uint64_t begin, end;     /* ... to `begin`; the exit lasts to `end` */
    uint64_t back, leaving;  /* before `back` the hardware takes the trap, from `leaving` on it returns */
    const char *technique;
    uint64_t cost[OWNER_count], ran_cost[OWNER_count]; /* of the exit, and of what the guest ran before; the machine fills them in */
};

/* Each exit must be noted, if hw_wants_exits(): right after the next hw_run(), or as the turn ends. */
bool hw_wants_exits(struct hw *hw, unsigned guest);
void hw_note_exit(struct hw *hw, struct exit_note *note);

/* A broken invariant of the monitor: prints the message and the state of the machine, and ends the process with 127. */
_Noreturn void hw_panic(struct hw *hw, const char *message);

#endif
