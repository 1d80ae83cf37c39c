/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the engine's loop (exec.c) and what it calls when an instruction is not simple (hart.c, hart_memory.c).
 *
 * Counting. `left` is how many steps may still be taken before the engine must look up, and is brought up to date only
 * when a block is left: the record left at knows how many instructions of the block that makes (op.n). So at any record
 *     steps = steps_end - left + (op.n - 1)       instructions and traps before it (without the 1 if the record retires
 *                                                 nothing)
 * which hart_sync() writes to the clock, as often as anyone asks.
 */
#ifndef ISA_EXEC_H
#define ISA_EXEC_H

#include "block.h"
#include "machine.h"

/* What became of an instruction. Up to STEP_WAIT it has completed; all but STEP_NEXT leave the block. */
enum step {
    STEP_NEXT,
    STEP_LEAVE,         /* the block may be stale: fetch the next instruction anew */
    STEP_ENTER,         /* ctx.pc says where it goes on */
    STEP_RETURN,        /* somebody outside must look (HART_RESYNC) */
    STEP_ENTER_RETURN,  /* both */
    STEP_WAIT,          /* a wfi */
    STEP_TRAP,          /* not completed: hart.raised */
    STEP_STOP,          /* not completed, and the run ends */
};

/* The seam for a generator of host code: executes the blocks from ctx.pc on until the hart must look up, and says why
 * (docs/engine.md). In and out: hart.left, and all that instructions change; ctx.pc is exact at the end. */
enum hart_reason block_run(struct machine *m);

/* The handlers' labels, for code_new(). */
const void *const *block_labels(void);

/* Runs for at most `budget` steps, and exactly as many if nothing else ends it. */
struct hart_exit hart_run(struct machine *m, uint64_t budget);

/* The block at ctx.pc; NULL if the fetch traps (hart.raised is set). */
const struct op *hart_fetch(struct machine *m);

/* Brings the clock up to just before `op`; NULL: hart.left is exact. */
void hart_sync(struct machine *m, const struct op *op);

/* Steps until now, hart.left being exact. */
static inline uint64_t hart_steps(const struct hart *h)
{
    return h->steps_end - (uint64_t)h->left;
}

/* Accounts for a change of mode: call before it, with the number of instructions completed by then. */
static inline void hart_leave_mode(struct machine *m, uint64_t insns)
{
    struct hart *h = &m->hart;
    m->counters.insns_by_mode[h->priv.mode + (h->priv.virt ? INSNS_VIRTUAL : 0)] += insns - h->mode_mark;
    h->mode_mark = insns;
}

/* What becomes of an instruction that traps. */
static inline enum step hart_raise(struct hart *h, int cause, uint64_t tval)
{
    h->raised = (struct trap){cause, tval};
    return STEP_TRAP;
}

/* The physical address of a fetch by way of the TLB; false with hart.raised on a fault. */
bool hart_translate_fetch(struct machine *m, uint64_t va, uint64_t *pa);

/* Code is about to be decoded in the page of RAM at pa: stores there are to be seen. */
void hart_close_frame(struct machine *m, uint64_t pa);

/* The simulator's own check on a monitor: a guest must stay inside the frames that its machine was given. */
static inline void hart_audit(struct machine *m, uint64_t pa, uint64_t n, uint64_t right)
{
    const struct audit_domain *d = &m->audit.domain;
    if (m->config.monitored && (m->config.audit || pa < d->lo || pa + n > d->hi))
        audit_access(m, pa, n, right);
}

/* --- of a machine with the hypervisor extension (hart_hext.c) -------------------------------------------------------------- */

/* Its instructions; op->imm is the id. */
enum step hart_hext(struct machine *m, const struct op *op, enum op_kind kind);

/* What trap_enter() does, with what is known of an access that trapped. */
void hart_hext_enter(struct hart *h, uint64_t cause, uint64_t tval);

/* mret and sret, allowed. */
void hart_hext_mret(struct hart *h);
void hart_hext_sret(struct hart *h);

/* V, or what decides translation, may have changed: the fast path's set follows. Says whether it is another. */
bool hart_hext_moved(struct hart *h);

/* Translates va, of an access with V = 1, by way of the TLB; false with hart.raised on a fault. hlvx: hlvx's, wants X. */
bool hart_hext_translate(struct machine *m, enum mode mode, uint64_t va, enum access access, bool hlvx, uint64_t *pa);

/* May the fast path load from and store to the page of va in this mode with V = 1? */
void hart_hext_rights(struct hart *h, enum mode mode, uint64_t va, bool *readable, bool *writable);

/* sfence.vma where V = 1. */
void hart_hext_fence(struct machine *m, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid);

/* Takes a trap from ctx.pc, hart.left being exact: enters the handler and counts the step. False, and nothing changed, if it
 * is the monitor's to take; false if the run has ended in a fault loop (machine.end). */
static inline __attribute__((always_inline)) bool hart_trap(struct machine *m, uint64_t cause, uint64_t tval)
{
    struct hart *h = &m->hart;
    if (m->config.monitored && !trap_delegated(&h->priv, cause))
        return false;
    uint64_t steps = hart_steps(h), insns = steps - h->traps;
    hart_leave_mode(m, insns);
    uint64_t seen = __builtin_expect(h->priv.hext, 0) ? hext_seen_cause(&h->priv, cause) : cause;
    if (m->trap_log)
        trap_log_add(m->trap_log, steps, seen, h->ctx.pc, tval);
    if (__builtin_expect(m->probe.trap != NULL, 0))
        m->probe.trap(m->probe.context, &(struct trap_note){steps, seen, h->ctx.pc, tval});
    if (__builtin_expect(h->priv.hext, 0))
        hart_hext_enter(h, cause, tval);
    else
        trap_enter(&h->priv, &h->ctx.pc, cause, tval);
    h->traps++;
    h->left--;
    m->same_insns_traps = insns == m->last_trap_insns ? m->same_insns_traps + 1 : 1;
    m->last_trap_insns = insns;
    if (m->same_insns_traps >= FAULT_LOOP_TRAPS)
        m->end = (struct run_end){END_FAULT_LOOP, 0};
    return m->same_insns_traps < FAULT_LOOP_TRAPS;
}

/* Loads and stores that miss the fast path. */
enum step hart_load(struct machine *m, const struct op *op, uint64_t va, unsigned size, uint64_t *value);
enum step hart_store(struct machine *m, const struct op *op, uint64_t va, unsigned size, uint64_t value);

/* Whole instructions; kind is the record's. hart_system: wfi sfence.vma fence.i ebreak. hart_illegal: what is none, or none
 * in this mode. hart_flawed: all of flawed.def (flawed.c). */
enum step hart_atomic(struct machine *m, const struct op *op, enum op_kind kind);
enum step hart_csr(struct machine *m, const struct op *op, enum op_kind kind);
enum step hart_system(struct machine *m, const struct op *op, enum op_kind kind);
enum step hart_flawed(struct machine *m, const struct op *op, enum op_kind kind);
enum step hart_illegal(struct machine *m, const struct op *op);

/* Which translations loads and stores, and fetches, use now (tlb.h). Code in M-mode is decoded for loads and stores that are
 * not translated, unless MPRV makes them be: then its fetches have a space of their own. */
_Static_assert((int)SPACE_U == MODE_U && (int)SPACE_S == MODE_S && (int)SPACE_M == MODE_M, "a mode names its space");

static inline enum fast_space hart_data_space(const struct priv *p)
{
    enum mode mode = mmu_data_mode(p);
    return mode == MODE_S && (p->csr.mstatus & MSTATUS_SUM) ? SPACE_S_SUM : (enum fast_space)mode;
}

static inline enum fast_space hart_fetch_space(const struct priv *p)
{
    return p->mode == MODE_M && mmu_data_mode(p) != MODE_M ? SPACE_M_MPRV : (enum fast_space)p->mode;
}

#endif
