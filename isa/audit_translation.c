/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The audit of translations: does software use what it has withdrawn from memory, but not from the TLB? See audit.h.
 */
#include "exec.h"
#include "machine.h"

void audit_second_stage(struct machine *m)
{
    struct stale_use use;
    uint64_t hgatp = m->hart.priv.hcsr.hgatp;
    if (m->hart.priv.virt && HGATP_MODE(hgatp) == HGATP_MODE_SV39X4 &&
        coherence_stale_second(m->audit.second, &m->ram, hgatp, &use))
        audit_violated(m, &(struct machine_violation){VIOLATION_STALE, m->hart.ctx.pc, use.va, use.cached,
                                                      "second-stage translation"});
}

void audit_translation(struct machine *m, enum mode mode, uint64_t va, enum access access)
{
    struct hart *h = &m->hart;
    struct audit *a = &m->audit;
    struct stale_use use;
    if (m->config.window && va >= m->config.window && mode != MODE_U && !a->window_uses++)
        a->window.step = hart_steps(h), a->window.pc = h->ctx.pc, a->window.va = va;
    if (!a->coherence || !mmu_paged(&h->priv, mode) ||
        !coherence_stale(a->coherence, &m->ram, h->priv.csr.satp, h->priv.csr.mstatus, mode, va, access, &use))
        return;
    if (m->config.monitored) {
        audit_violated(m, &(struct machine_violation){VIOLATION_STALE, h->ctx.pc, va, use.cached, "translation"});
        return;
    }
    if (a->stale_uses++)
        return;
    const struct tlb_entry *e = tlb_find(&h->tlb, access == ACCESS_FETCH, va, SATP_ASID(h->priv.csr.satp));
    use.step = hart_steps(h);
    use.pc = h->ctx.pc;
    use.in_tlb = e && e->ppn == use.cached_pa >> 12 && e->flags == (uint8_t)use.cached;
    a->stale = use;
}

void audit_virtual_translation(struct machine *m, const struct two_stage *t, enum mode mode, uint64_t va,
                               enum access access)
{
    struct stale_use use;
    if (SATP_MODE(t->vsatp) == SATP_MODE_SV39 && HGATP_MODE(t->hgatp) != HGATP_MODE_SV39X4 &&
        coherence_stale(m->audit.assisted, &m->ram, t->vsatp, t->vsstatus | (t->mxr ? MSTATUS_MXR : 0), mode, va, access,
                        &use))
        audit_violated(m, &(struct machine_violation){VIOLATION_STALE, m->hart.ctx.pc, va, use.cached, "translation"});
}

void audit_virtual_walk(struct machine *m, const struct two_stage *t, uint64_t va, const struct two_stage_walk *walk)
{
    if (HGATP_MODE(t->hgatp) != HGATP_MODE_SV39X4)
        coherence_note(m->audit.assisted, va, SATP_ASID(t->vsatp), &walk->leaf);
    for (unsigned i = 0; i < walk->second_leaves; i++) {
        struct walk leaf = {.pte = walk->second_leaf[i].pte, .level = walk->second_leaf[i].level};
        coherence_note(m->audit.second, walk->second_leaf[i].gpa, HGATP_VMID(t->hgatp), &leaf);
    }
}
