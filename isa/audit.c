/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See audit.h.
 */
#include "audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "machine.h"

/* --- telling ------------------------------------------------------------------------------------------------------------------ */

void audit_violated(struct machine *m, const struct machine_violation *violation)
{
    if (!m->counters.violations++)
        m->violation = *violation;
    if (m->audit.observer.broken)
        m->audit.observer.broken(m->audit.observer.context, violation);
}

static const char *const names[] = {
    [VIOLATION_NONE] = "none",   [VIOLATION_MODE] = "mode",       [VIOLATION_FRAME] = "frame",
    [VIOLATION_TABLE] = "table", [VIOLATION_CONTROL] = "control", [VIOLATION_DMA] = "dma",
    [VIOLATION_WRITE] = "write", [VIOLATION_STALE] = "stale",     [VIOLATION_PROGRESS] = "progress",
};

const char *audit_kind_name(enum violation_kind kind)
{
    return names[kind];
}

int audit_text(const struct machine_violation *v, char *text, size_t n)
{
    switch (v->kind) {
    case VIOLATION_NONE:
        break;
    case VIOLATION_MODE:
        return snprintf(text, n, "guest code has run in a real mode that is not for guests, at 0x%" PRIx64, v->pc);
    case VIOLATION_FRAME:
        return snprintf(text, n, "the guest at 0x%" PRIx64 " has reached a foreign frame, 0x%" PRIx64 " (%s)", v->pc,
                        v->address, v->what);
    case VIOLATION_TABLE:
        return snprintf(text, n,
                        "the guest is entered at 0x%" PRIx64 " with a page table in which the entry at 0x%" PRIx64
                        ", 0x%" PRIx64 ", %s",
                        v->pc, v->address, v->value, v->what);
    case VIOLATION_CONTROL:
        return snprintf(text, n, "real %s is 0x%" PRIx64 " as the guest runs at 0x%" PRIx64, v->what, v->value, v->pc);
    case VIOLATION_DMA:
    case VIOLATION_WRITE:
        return snprintf(text, n,
                        "%s reaches 0x%" PRIx64 " bytes at 0x%" PRIx64 ", which are not all the guest's, at 0x%" PRIx64,
                        v->kind == VIOLATION_DMA ? "a device" : "the monitor", v->value, v->address, v->pc);
    case VIOLATION_STALE:
        return snprintf(text, n,
                        "the guest at 0x%" PRIx64 " uses a translation of 0x%" PRIx64
                        " that the monitor has withdrawn and not fenced: 0x%" PRIx64,
                        v->pc, v->address, v->value);
    case VIOLATION_PROGRESS:
        return snprintf(text, n, "%" PRIu64 " exits in a row at 0x%" PRIx64 ", and the guest does not get on", v->value,
                        v->pc);
    }
    return snprintf(text, n, "nothing");
}

/* --- memory ------------------------------------------------------------------------------------------------------------------- */

static bool within(uint64_t lo, uint64_t hi, uint64_t pa, uint64_t n)
{
    return pa >= lo && pa <= hi && n <= hi - pa;
}

/* The rights that the domain has to all of [pa, pa + n). */
static uint64_t rights_to(const struct audit_domain *d, uint64_t pa, uint64_t n)
{
    if (within(d->lo, d->hi, pa, n))
        return PTE_R | PTE_W | PTE_X;
    for (unsigned i = 0; i < d->also_count; i++)
        if (within(d->also[i].lo, d->also[i].hi, pa, n))
            return d->also[i].rights;
    return 0;
}

void audit_access(struct machine *m, uint64_t pa, uint64_t n, uint64_t right)
{
    m->audit.stores += right == PTE_W;
    if (right == PTE_X)
        m->audit.in_ram = within(m->audit.domain.lo, m->audit.domain.hi, pa, n);
    if (rights_to(&m->audit.domain, pa, n) & right)
        return;
    const char *what = right == PTE_W ? "store" : right == PTE_X ? "fetch" : "load";
    audit_violated(m, &(struct machine_violation){VIOLATION_FRAME, m->hart.ctx.pc, pa, n, what});
}

/* The monitor's, and nothing that the guest may write? */
static bool keeps_tables(const struct audit_domain *d, uint64_t pa, uint64_t n)
{
    bool kept = !d->share_hi || within(d->share_lo, d->share_hi, pa, n);
    return kept && !(rights_to(d, pa, n) & PTE_W);
}

/* With V = 1: does a second stage confine the guest? If not, the first one does, whose tables must be the monitor's. */
static bool has_second_stage(const struct machine *m)
{
    return HGATP_MODE(m->hart.priv.hcsr.hgatp) == HGATP_MODE_SV39X4;
}

void audit_reference(struct machine *m, uint64_t pa, bool second, bool written)
{
    const struct audit_domain *d = &m->audit.domain;
    if (second || !has_second_stage(m) ? keeps_tables(d, pa, 8) && !written : within(d->lo, d->hi, pa, 8))
        return;
    const char *what = second ? "its second-stage tables" : written ? "bits set in its page tables" : "its page tables";
    audit_violated(m, &(struct machine_violation){VIOLATION_FRAME, m->hart.ctx.pc, pa, 8, what});
}

void audit_announced(struct machine *m, const struct audit_domain *d, uint64_t pa, uint64_t n, enum violation_kind kind)
{
    m->audit.announced++;
    if (within(d->lo, d->hi, pa, n) || (kind == VIOLATION_WRITE && within(d->share_lo, d->share_hi, pa, n)))
        return;
    audit_violated(m, &(struct machine_violation){kind, m->hart.ctx.pc, pa, n, "write"});
}

/* --- page tables -------------------------------------------------------------------------------------------------------------- */

#define ENTRIES (PAGE_SIZE / 8)

static void bad_entry(struct machine *m, uint64_t pa, uint64_t pte, const char *what)
{
    audit_violated(m, &(struct machine_violation){VIOLATION_TABLE, m->hart.ctx.pc, pa, pte, what});
}

static void audit_leaf(struct machine *m, uint64_t pa, uint64_t pte, unsigned level)
{
    uint64_t wants = pte & (PTE_R | PTE_W | PTE_X);
    uint64_t has = rights_to(&m->audit.domain, PTE_PPN(pte) << 12, PAGE_SIZE << 9 * level);
    if (!has)
        bad_entry(m, pa, pte, "leads to a frame that is not the guest's");
    else if (wants & ~has)
        bad_entry(m, pa, pte, "gives rights to a frame that the guest must not have");
}

/* Where a table may lie: where its monitor keeps it; or, of a domain that may, in its RAM. */
static bool table_kept(struct machine *m, uint64_t table, uint64_t n)
{
    const struct audit_domain *d = &m->audit.domain;
    if (m->audit.own && within(d->lo, d->hi, table, PAGE_SIZE)) {
        m->audit.own[(table - d->lo) / PAGE_SIZE] = 1;
        return true;
    }
    return keeps_tables(d, table, n);
}

/* The table at `table`, whose entries (so many) are of this level, and all below it. `pte`, at `from`, has led here. */
static void audit_table(struct machine *m, uint64_t table, unsigned entries, unsigned level, uint64_t from, uint64_t pte)
{
    m->audit.tables++;
    const uint8_t *all = ram_at(&m->ram, table, entries * 8);
    if (!all || !table_kept(m, table, entries * 8)) {
        bad_entry(m, from, pte, "leads to a table that is not the monitor's");
        return;
    }
    for (unsigned i = 0; i < entries; i++) {
        uint64_t entry = bytes_get(all + 8 * i, 8);
        if (!(entry & PTE_V))
            continue;
        m->audit.entries++;
        if (entry & (PTE_R | PTE_X))
            audit_leaf(m, table + 8 * i, entry, level);
        else if (level && !(entry & (PTE_W | PTE_U | PTE_A | PTE_D))) /* else the hardware faults: it is reserved */
            audit_table(m, PTE_PPN(entry) << 12, ENTRIES, level - 1, table + 8 * i, entry);
    }
}

/* A writable leaf, of this level at pa: does it lead to one of the tables? */
static void audit_writable(struct machine *m, uint64_t pa, uint64_t pte, unsigned level)
{
    const struct audit_domain *d = &m->audit.domain;
    uint64_t frame = PTE_PPN(pte) << 12, first = (frame - d->lo) / PAGE_SIZE, n = UINT64_C(1) << 9 * level;
    for (uint64_t i = 0; within(d->lo, d->hi, frame, PAGE_SIZE * n) && i < n; i++)
        if (m->audit.own[first + i]) {
            bad_entry(m, pa, pte, "lets the guest write a page table");
            return;
        }
}

/* The same tables once more, all of which are sound, and known by now. */
static void audit_rights(struct machine *m, uint64_t table, unsigned level)
{
    const uint8_t *entries = ram_at(&m->ram, table, PAGE_SIZE);
    for (unsigned i = 0; i < ENTRIES; i++) {
        uint64_t entry = bytes_get(entries + 8 * i, 8);
        if (!(entry & PTE_V))
            continue;
        if ((entry & PTE_W) && (entry & PTE_R))
            audit_writable(m, table + 8 * i, entry, level);
        else if (level && !(entry & (PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D)))
            audit_rights(m, PTE_PPN(entry) << 12, level - 1);
    }
}

static void audit_own_tables(struct machine *m, uint64_t root)
{
    const struct audit_domain *d = &m->audit.domain;
    uint64_t before = m->counters.violations;
    m->audit.own = calloc((d->hi - d->lo) / PAGE_SIZE, 1);
    if (m->audit.own) {
        audit_table(m, root, ENTRIES, 2, 0, m->hart.priv.csr.satp);
        if (m->counters.violations == before)
            audit_rights(m, root, 2);
    }
    free(m->audit.own);
    m->audit.own = NULL;
}

#define TABLES_EACH_TIME 64

/* All that satp (of VS-mode, with V = 1), or hgatp, leads to. Of many tables not each time, but on the average so many of them:
 * what the guest does with a leaf that is overlooked for a while is seen in any case. */
static void audit_tables(struct machine *m, uint64_t satp, unsigned entries)
{
    struct audit *a = &m->audit;
    a->unseen += TABLES_EACH_TIME;
    if (satp == a->tables_satp && a->unseen < a->tables)
        return;
    a->tables_satp = satp;
    a->unseen = a->tables = 0;
    if (a->domain.own_tables)
        audit_own_tables(m, SATP_PPN(satp) << 12);
    else
        audit_table(m, SATP_PPN(satp) << 12, entries, 2, 0, satp);
}

/* --- control state ------------------------------------------------------------------------------------------------------------ */

static void bad_control(struct machine *m, const char *what, uint64_t value)
{
    audit_violated(m, &(struct machine_violation){VIOLATION_CONTROL, m->hart.ctx.pc, 0, value, what});
}

/* The first stage, in user mode or without a second one: it must be on, and the guest must not change it. */
static void audit_first_stage(struct machine *m, bool changeable)
{
    uint64_t satp = m->hart.priv.csr.satp;
    if (SATP_MODE(satp) != SATP_MODE_SV39 || changeable)
        bad_control(m, "satp", satp);
    else
        audit_tables(m, satp, ENTRIES);
}

/* With V = 1: nothing may go to HS-mode, where nobody is; what goes on to VS-mode is the guest's own. */
static void audit_control_virtual(struct machine *m)
{
    const struct csr_file *f = &m->hart.priv.csr;
    const struct hcsr_file *h = &m->hart.priv.hcsr;
    if (f->medeleg & ~h->hedeleg)
        bad_control(m, "medeleg", f->medeleg);
    if (f->mideleg & ~h->hideleg & f->mie)
        bad_control(m, "mideleg", f->mideleg);
    if (f->mcounteren & h->hcounteren)
        bad_control(m, "hcounteren", h->hcounteren);
    if (has_second_stage(m))
        audit_tables(m, h->hgatp, 4 * ENTRIES);
    else
        audit_first_stage(m, !(h->hstatus & HSTATUS_VTVM));
}

/* What the guest is entered with must leave every decision to the monitor. */
static void audit_control(struct machine *m)
{
    const struct csr_file *f = &m->hart.priv.csr;
    if (f->mstatus & MSTATUS_MPRV)
        bad_control(m, "mstatus", f->mstatus);
    if (m->hart.priv.virt) {
        audit_control_virtual(m);
        return;
    }
    if (f->medeleg)
        bad_control(m, "medeleg", f->medeleg);
    if (f->mideleg & ~HEXT_INTERRUPTS)
        bad_control(m, "mideleg", f->mideleg);
    if (f->mcounteren)
        bad_control(m, "mcounteren", f->mcounteren);
    audit_first_stage(m, false);
}

struct control {
    const char *name;
    size_t offset;
};

#define STORED_FIELD(name) {#name, offsetof(struct priv, csr.name)},
#define STORED_SYNCED(name) STORED_FIELD(name)
#define STORED_VIEW(name)
#define STORED_CONST(name)
static const struct control controls[] = {
#define CSR(name, number, kind, mask, reset, meaning) STORED_##kind(name)
#include "csr.def"
    STORED_FIELD(mstatus) STORED_FIELD(satp) STORED_FIELD(mip_written) STORED_FIELD(mip_lines) STORED_FIELD(cycle_offset)
        STORED_FIELD(instret_offset)};

/* With V = 1 VS-mode's registers are its own (satp only above a second stage), and so are scounteren and senvcfg, of which there is but one. In `then` they
 * become what they are now. */
static void forgive_virtual(const struct priv *now, struct priv *then)
{
    static const size_t own[] = {offsetof(struct csr_file, stvec),  offsetof(struct csr_file, sscratch),
                                 offsetof(struct csr_file, sepc),   offsetof(struct csr_file, scause),
                                 offsetof(struct csr_file, stval),  offsetof(struct csr_file, scounteren),
                                 offsetof(struct csr_file, senvcfg)};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        memcpy((char *)&then->csr + own[i], (const char *)&now->csr + own[i], sizeof(uint64_t));
    if (HGATP_MODE(now->hcsr.hgatp) == HGATP_MODE_SV39X4)
        then->csr.satp = now->csr.satp;
    const uint64_t ints = now->hcsr.hideleg;
    then->mode = now->mode == MODE_M ? then->mode : now->mode;
    then->csr.mstatus = (then->csr.mstatus & ~HEXT_BANKED) | (now->csr.mstatus & HEXT_BANKED);
    then->csr.mie = (then->csr.mie & ~ints) | (now->csr.mie & ints);
    then->csr.mip_written = (then->csr.mip_written & ~(ints & MIP_VSSIP)) | (now->csr.mip_written & ints & MIP_VSSIP);
    if (hext_stce(now))
        then->hcsr.vstimecmp = now->hcsr.vstimecmp;
}

/* Which of the control state is another than when the guest was entered? */
static void audit_changed(struct machine *m)
{
    const struct priv *now = &m->hart.priv;
    struct priv *then = &m->audit.entered;
    uint64_t pc = m->audit.pc;
    if (now->virt && then->virt)
        forgive_virtual(now, then);
    if (now->virt != then->virt)
        audit_violated(m, &(struct machine_violation){VIOLATION_MODE, pc, 0, now->mode, "mode"});
    if (memcmp(&then->hcsr, &now->hcsr, sizeof then->hcsr) != 0)
        audit_violated(
            m, &(struct machine_violation){VIOLATION_CONTROL, pc, 0, now->hcsr.hstatus, "hstatus, or another of H"});
    if (now->mode != then->mode)
        audit_violated(m, &(struct machine_violation){VIOLATION_MODE, pc, 0, now->mode, "mode"});
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
        uint64_t value = *(const uint64_t *)(const void *)((const char *)now + controls[i].offset);
        if (value != *(const uint64_t *)(const void *)((const char *)then + controls[i].offset))
            audit_violated(m, &(struct machine_violation){VIOLATION_CONTROL, pc, 0, value, controls[i].name});
    }
    m->audit.entered = *now;
}

/* With config.one_instruction, which goes with all of this, hart_steps() is the count before the present one. */
void audit_step(struct machine *m)
{
    struct audit *a = &m->audit;
    uint64_t now = hart_steps(&m->hart) - m->hart.traps;
    *(a->in_ram ? &a->direct : &a->translated) += now - a->insns;
    a->insns = now;
    a->controls++;
    if (memcmp(&a->entered, &m->hart.priv, sizeof a->entered) != 0)
        audit_changed(m);
    a->pc = m->hart.ctx.pc;
}

/* VS-mode, above a second stage or without a say in the first one. */
static bool in_virtual_supervisor(const struct machine *m)
{
    const struct priv *p = &m->hart.priv;
    bool first = SATP_MODE(p->csr.satp) == SATP_MODE_SV39 && (p->hcsr.hstatus & HSTATUS_VTVM);
    return p->virt && p->mode == MODE_S && (has_second_stage(m) || first);
}

void audit_enter(struct machine *m)
{
    struct audit *a = &m->audit;
    if (m->hart.priv.mode != MODE_U && !in_virtual_supervisor(m))
        audit_violated(m, &(struct machine_violation){VIOLATION_MODE, m->hart.ctx.pc, 0, m->hart.priv.mode, "mode"});
    if (!m->config.audit)
        return;
    audit_control(m);
    audit_second_stage(m);
    memcpy(&a->entered, &m->hart.priv, sizeof a->entered);
    a->pc = m->hart.ctx.pc;
    a->insns = m->clock.insns;
}

void audit_leave(struct machine *m, uint64_t completed)
{
    audit_step(m);
    m->audit.vain_exits = completed ? 0 : m->audit.vain_exits + 1;
    if (m->audit.vain_exits == AUDIT_VAIN_EXITS)
        audit_violated(m, &(struct machine_violation){VIOLATION_PROGRESS, m->hart.ctx.pc, 0, AUDIT_VAIN_EXITS, "exit"});
}
