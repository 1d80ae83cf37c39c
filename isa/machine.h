/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A machine: one hart, RAM, the board; run bare ("native"), or below a monitor (vmm/hw.h). Hosted.
 * Any number of machines can exist at once; nothing is shared between them.
 */
#ifndef ISA_MACHINE_H
#define ISA_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "audit.h"
#include "bus.h"
#include "cost.h"
#include "end.h"
#include "hart.h"
#include "insn.h"
#include "trap_log.h"

struct console;     /* console.h */
struct drive;       /* drive.h */

/* Ways to run hostile to the simulator's own caches; none may change a result (docs/engine.md). */
struct machine_stress {
    bool one_instruction;       /* blocks of one instruction, and no fast path to memory: hashes and counters stay */
    uint32_t flush_tlb;         /* if not 0, the simulated TLB is dropped every so many steps at the most, at random: state stays */
    uint32_t stall;             /* if not 0, the machine stands still for so many cycles at the most, at random: state stays, if the
                                   clock counts steps */
};

struct machine_config {
    uint64_t ram_size;          /* bytes of real RAM, a multiple of PAGE_SIZE */
    struct cost_model cost;
    bool clock_cycles;          /* --clock cycles */
    bool monitored;             /* a monitor stands where M-mode stands: traps to M leave machine_run() */
    bool audit;                 /* monitored: everything that guests do is checked (audit.h); slow, and changes nothing */
    bool detect_stale;          /* bare: uses of stale translations are found; likewise */
    uint64_t window;            /* with detect_stale: accesses of M- and S-mode from this address on are found, too; 0: none */
    uint64_t seed;
    insn_profile profile;       /* which instructions it has */
    bool hext;                  /* it has the hypervisor extension */
    struct machine_stress stress;
};

/* Somebody looks on while the machine runs. He sees everything, and what he does not change does not change: no counter, no
 * cycle. Each is called or, if NULL, not. */
struct machine_probe {
    /* The hart stands between two instructions, inside of hart_run(). Returns after how many steps it wants to look again,
     * or 0: the hart comes back as if its budget were used up, which a monitor pays for. */
    uint64_t (*look)(void *context);
    /* The bare machine stands between two steps, before what is due then (time.md). */
    void (*between)(void *context);
    /* It waits: no interrupt that it has enabled has come yet. Returns whether it was changed. */
    bool (*waits)(void *context);
    /* The hart is about to take a trap, which the log of traps has already. */
    void (*trap)(void *context, const struct trap_note *note);
    void *context;
};

#define INSNS_VIRTUAL 4

/* What the hardware counted, besides cost. */
struct machine_counters {
    uint64_t insns_by_mode[8];      /* completed by the hart in real U, S, -, M; from INSNS_VIRTUAL on: VU, VS */
    uint64_t traps;                 /* taken by software on the bare machine */
    uint64_t interrupts;            /* those of them that were interrupts */
    uint64_t exits;                 /* monitored: times that the machine came back to the monitor */
    uint64_t tlb_misses_fetch, tlb_misses_data, walk_refs;
    uint64_t violations;            /* what the simulator found wrong with a monitor */
};

struct machine {
    struct machine_config config;
    struct ram ram;                 /* owned; mapped lazily */
    uint8_t *frame_written;         /* owned; a byte a frame of RAM: 1 once anything may have been written to it */
    struct hart hart;
    struct clock clock;
    uint64_t random;                /* of stress.flush_tlb */
    uint64_t random_stall;          /* of stress.stall */
    bool waiting;                   /* for an interrupt, in the middle of machine_run() */
    uint64_t idle;                  /* V that was skipped in wfi (and not charged, if the clock is the cycles) */
    struct bus bus;
    struct bus_host bus_host;
    struct cost_account cost;
    struct machine_counters counters;
    struct trap_log *trap_log;      /* of those that software on the bare machine sees, or NULL; borrowed */
    struct machine_probe probe;
    struct machine_violation violation;             /* the first one, if there is any */
    struct audit audit;
    uint64_t same_insns_traps, last_trap_insns;     /* to find a fault loop */
    struct run_end end;
};

/* NULL if memory cannot be had. The machine is reset, with pc at the ROM; RAM is zero. host: what the board's devices
 * reach outside, copied; its dma_write must end in machine_wrote(), which only its owner can: the context is the owner's. */
struct machine *machine_new(const struct machine_config *config, const struct bus_host *host);
void machine_free(struct machine *m);

/* Bare runs: runs until `steps` more steps are done or the guest has ended, and says how (END_NONE: it can go on).
 * Stops at exactly that step. */
struct run_end machine_run(struct machine *m, uint64_t steps);

/* --- for vmm/hw_machine.c: the hart as a monitor's hardware --------------------------------------------------------- */

/* Runs the hart in the mode and at the pc that it has until a trap would go to M-mode or `budget` instructions have been
 * completed. No devices, interrupts or time of the real machine are involved. With V = 1 the budget is of steps: traps to
 * VS-mode happen inside, interrupts of VS-mode too, and are observed like those of the bare machine; HART_STOP is a fault loop
 * (same_insns_traps, last_trap_insns). */
struct hart_exit machine_run_guest(struct machine *m, uint64_t budget);

/* Software other than the hart (a monitor, DMA, a loader) has written, or is about to write, n bytes at pa: decoded code
 * there is dropped, and a reservation is broken if `dma`. */
void machine_wrote(struct machine *m, uint64_t pa, uint64_t n, bool dma);

/* From now on the hart, outside of M-mode, may reach only what is of this domain: whatever else it reaches is a violation. */
void machine_fence(struct machine *m, const struct audit_domain *domain);

/* sfence.vma on the hart (tlb_flush()). */
static inline void machine_fence_vma(struct machine *m, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid)
{
    tlb_flush(&m->hart, all_addresses, va, all_asids, asid);
    if (__builtin_expect(m->audit.coherence != NULL, 0))
        coherence_fence(m->audit.coherence, all_addresses, va, all_asids, asid);
}

/* hfence.vvma of hgatp's VMID, and hfence.gvma of one VMID or all. */
void machine_hfence_vvma(struct machine *m, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid);
void machine_hfence_gvma(struct machine *m, bool all_vmids, uint16_t vmid);

/* Software other than the hart (a monitor) has done something: with stress.stall, perhaps the machine now stands still. */
void machine_may_stall(struct machine *m);

/* Charges cycles to the machine (cost.h). */
static inline void machine_charge(struct machine *m, enum cost_row row, uint64_t count, bool in_monitor)
{
    cost_charge(&m->cost, row, count, in_monitor);
}

/* Charges what the hart has done and is not yet charged: instructions, loads and stores, accesses to plain CSRs, traps and
 * returns; and with --clock cycles sets the clock to the sum. The clock's steps must be up to date. */
void machine_charge_hart(struct machine *m);

/* Cycles by owner, and their sum: with what the hart has done and is not yet charged, in the middle of its run. For a
 * trap_log that is told of each. */
uint64_t machine_cycles(const struct machine *m, uint64_t by_owner[OWNER_count]);

/* Brings cost, insns_by_mode and traps up to date. Idempotent; machine_run() and machine_run_guest() leave the clock up to date,
 * and machine_run() has settled all. */
void machine_settle(struct machine *m);

#endif
