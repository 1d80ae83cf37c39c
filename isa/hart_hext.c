/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hypervisor extension on the hart: translation with V = 1 by way of the TLB, its instructions, and what of a trap or a
 * return the rest of the engine does not know.
 */
#include "exec.h"
#include "two_stage.h"

/* --- V and traps --------------------------------------------------------------------------------------------------------- */

bool hart_hext_moved(struct hart *h)
{
    const struct priv *p = &h->priv;
    bool virt = hext_data_virtual(p);
    uint64_t satp = virt && !p->virt ? p->hcsr.vsatp : p->csr.satp, guest = virt ? p->hcsr.hgatp | FAST_GUEST : 0;
    if (h->fast.now->satp == satp && h->fast.now->guest == guest)
        return false;
    fast_switch(&h->fast, satp, guest);
    return true;
}

/* Is tval an address? */
static bool tells_address(uint64_t cause)
{
    return trap_is_memory(cause) || cause == CAUSE_insn_misaligned || cause == CAUSE_load_misaligned ||
           cause == CAUSE_store_misaligned;
}

static bool is_fetch(uint64_t cause)
{
    return cause == CAUSE_insn_misaligned || cause == CAUSE_insn_access || cause == CAUSE_insn_page ||
           cause == CAUSE_insn_guest_page;
}

struct trap_guest hart_hext_fault(struct hart *h, uint64_t cause)
{
    struct trap_guest guest = {0};
    if (h->fault.known)
        guest = h->fault.guest;
    else if (tells_address(cause))
        guest.gva = is_fetch(cause) ? h->priv.virt : hext_data_virtual(&h->priv);
    h->fault.known = false;
    return guest;
}

void hart_hext_enter(struct hart *h, uint64_t cause, uint64_t tval)
{
    struct trap_guest guest = hart_hext_fault(h, cause);
    hext_trap_enter(&h->priv, &h->ctx.pc, cause, tval, &guest);
    hart_hext_moved(h);
}

void hart_hext_mret(struct hart *h)
{
    trap_mret(&h->priv, &h->ctx.pc);
    hart_hext_moved(h);
}

void hart_hext_sret(struct hart *h)
{
    trap_sret(&h->priv, &h->ctx.pc);
    hart_hext_moved(h);
}

/* A fault of an access with V = 1. */
static bool raise_guest(struct hart *h, int cause, uint64_t va, uint64_t gpa, uint32_t tinst)
{
    h->fault.known = true;
    h->fault.guest = (struct trap_guest){gpa, tinst, true};
    hart_raise(h, cause, va);
    return false;
}

/* --- translation ----------------------------------------------------------------------------------------------------------- */

static uint32_t space_of(const struct two_stage *t)
{
    bool bare = SATP_MODE(t->vsatp) != SATP_MODE_SV39;
    return tlb_guest_space(HGATP_VMID(t->hgatp), bare, SATP_ASID(t->vsatp));
}

/* Does the cached entry serve, with nothing to be set in memory? */
static bool serves(const struct tlb_entry *e, const struct two_stage *t, enum mode mode, enum access access, bool hlvx)
{
    if (!two_stage_permits(t, e->flags, e->second, access, mode, hlvx))
        return false;
    bool clean = (e->flags && !(e->flags & PTE_D)) || (e->second && !(e->second & PTE_D));
    return access != ACCESS_STORE || !clean;
}

static void account(struct machine *m, const struct two_stage_walk *w)
{
    m->counters.walk_refs += w->refs;
    machine_charge(m, COST_walk_ref, w->refs, false);
    for (unsigned i = 0; i < w->refs; i++) {
        if (m->config.monitored)
            audit_reference(m, w->ref[i].pa, w->ref[i].second, w->ref[i].written);
        if (w->ref[i].written)
            machine_wrote(m, w->ref[i].pa, 8, false);
    }
}

bool hart_hext_translate(struct machine *m, enum mode mode, uint64_t va, enum access access, bool hlvx, uint64_t *pa)
{
    struct hart *h = &m->hart;
    struct two_stage t = two_stage_of(&h->priv);
    bool fetch = access == ACCESS_FETCH;
    *pa = va;
    if (!two_stage_paged(&t))
        return true;
    bool audited = m->config.monitored && m->audit.coherence;
    if (audited && !hlvx)
        audit_virtual_translation(m, &t, mode, va, access);
    uint32_t space = space_of(&t);
    struct tlb_entry *e = tlb_find(&h->tlb, fetch, va, space);
    if (e && serves(e, &t, mode, access, hlvx)) {
        *pa = e->ppn << 12 | va % PAGE_SIZE;
        return true;
    }
    *(fetch ? &m->counters.tlb_misses_fetch : &m->counters.tlb_misses_data) += 1;
    struct two_stage_walk w;
    two_stage_translate(&m->ram, &t, mode, va, access, hlvx, &w);
    account(m, &w);
    if (w.cause != NO_TRAP)
        return raise_guest(h, w.cause, va, w.gpa, w.tinst);
    tlb_fill(h, fetch, va, space, &w.leaf, w.second, e);
    if (audited)
        audit_virtual_walk(m, &t, va, &w);
    *pa = w.pa;
    return true;
}

void hart_hext_rights(struct hart *h, enum mode mode, uint64_t va, bool *readable, bool *writable)
{
    struct two_stage t = two_stage_of(&h->priv);
    if (!two_stage_paged(&t))
        return;
    const struct tlb_entry *e = tlb_find(&h->tlb, false, va, space_of(&t));
    *readable = e && serves(e, &t, mode, ACCESS_LOAD, false);
    *writable = e && serves(e, &t, mode, ACCESS_STORE, false);
}

void hart_hext_fence(struct machine *m, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid)
{
    tlb_flush_guest(&m->hart, HGATP_VMID(m->hart.priv.hcsr.hgatp), all_addresses, va, all_asids, asid);
}

/* --- instructions ------------------------------------------------------------------------------------------------------------ */

static enum step hfence(struct machine *m, const struct op *op)
{
    struct hart *h = &m->hart;
    const struct priv *p = &h->priv;
    bool second = op->imm == INSN_hfence_gvma, all = op->rs1 == 0, every = op->rs2 == 0;
    uint64_t x1 = h->ctx.x[op->rs1], x2 = h->ctx.x[op->rs2];
    if (p->virt || p->mode == MODE_U || (second && p->mode == MODE_S && (p->csr.mstatus & MSTATUS_TVM)))
        return hart_illegal(m, op);
    machine_charge(m, COST_fence, 1, false);
    if (second)
        tlb_flush_second(h, every, (uint16_t)(x2 & 0x3fff));
    else
        hart_hext_fence(m, all, x1, every, (uint16_t)x2);
    return STEP_LEAVE;
}

/* How wide, and of which kind, each hlv and hsv is. */
struct width {
    uint8_t size;
    bool store, is_signed, hlvx;
};

static struct width width_of(int id)
{
    switch (id) {
    case INSN_hlv_b:
        return (struct width){1, false, true, false};
    case INSN_hlv_bu:
        return (struct width){1, false, false, false};
    case INSN_hlv_h:
        return (struct width){2, false, true, false};
    case INSN_hlv_hu:
        return (struct width){2, false, false, false};
    case INSN_hlvx_hu:
        return (struct width){2, false, false, true};
    case INSN_hlv_w:
        return (struct width){4, false, true, false};
    case INSN_hlv_wu:
        return (struct width){4, false, false, false};
    case INSN_hlvx_wu:
        return (struct width){4, false, false, true};
    case INSN_hlv_d:
        return (struct width){8, false, false, false};
    case INSN_hsv_b:
        return (struct width){1, true, false, false};
    case INSN_hsv_h:
        return (struct width){2, true, false, false};
    case INSN_hsv_w:
        return (struct width){4, true, false, false};
    default:
        return (struct width){8, true, false, false};
    }
}

/* The bytes of an access, in one page or two. */
struct parts {
    uint8_t *bytes[2];
    uint64_t pa[2];
    unsigned size[2];
};

static bool find_parts(struct machine *m, uint64_t va, const struct width *w, struct parts *parts)
{
    struct hart *h = &m->hart;
    enum mode mode = h->priv.hcsr.hstatus & HSTATUS_SPVP ? MODE_S : MODE_U;
    enum access access = w->store ? ACCESS_STORE : ACCESS_LOAD;
    uint64_t room = PAGE_SIZE - va % PAGE_SIZE;
    parts->size[0] = w->size <= room ? w->size : (unsigned)room;
    parts->size[1] = w->size - parts->size[0];
    for (unsigned i = 0; i < 2 && parts->size[i]; i++)
        if (!hart_hext_translate(m, mode, i ? va + room : va, access, w->hlvx, &parts->pa[i]))
            return false;
    for (unsigned i = 0; i < 2 && parts->size[i]; i++) { /* RAM alone: the board's devices are not reached so */
        parts->bytes[i] = ram_at(&m->ram, parts->pa[i], parts->size[i]);
        if (!parts->bytes[i])
            return raise_guest(h, mmu_access_fault(access), va, 0, 0);
    }
    return true;
}

static uint64_t extended(uint64_t value, const struct width *w)
{
    unsigned unused = 64 - 8u * w->size;
    return w->is_signed ? (uint64_t)((int64_t)(value << unused) >> unused) : value;
}

/* hlv, hlvx, hsv (8.3.1). */
static enum step access_guest(struct machine *m, const struct op *op)
{
    struct hart *h = &m->hart;
    const struct priv *p = &h->priv;
    struct width w = width_of(op->imm);
    struct parts parts;
    if (p->virt || (p->mode == MODE_U && !(p->hcsr.hstatus & HSTATUS_HU)))
        return hart_illegal(m, op);
    if (!find_parts(m, h->ctx.x[op->rs1], &w, &parts))
        return STEP_TRAP;
    uint64_t value = h->ctx.x[op->rs2];
    if (!w.store)
        value = 0;
    for (unsigned i = 0, shift = 0; i < 2 && parts.size[i]; i++) {
        if (w.store) {
            bytes_put(parts.bytes[i], parts.size[i], value >> shift);
            machine_wrote(m, parts.pa[i], parts.size[i], false);
        } else {
            value |= bytes_get(parts.bytes[i], parts.size[i]) << shift;
        }
        shift += 8 * parts.size[i];
    }
    if (!w.store)
        h->ctx.x[op->rd] = extended(value, &w);
    h->mems++;
    h->stale = false;
    return STEP_LEAVE;
}

enum step hart_hext(struct machine *m, const struct op *op, enum op_kind kind)
{
    (void)kind;
    return op->imm == INSN_hfence_gvma || op->imm == INSN_hfence_vvma ? hfence(m, op) : access_guest(m, op);
}
