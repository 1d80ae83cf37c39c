/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engine calls when an instruction is not simple: translation, memory beyond the fast path, atomics, CSRs,
 * traps, fetching.
 */
#include <string.h>

#include "alu.h"
#include "exec.h"

/* --- counting and modes ------------------------------------------------------------------------------------------------ */

void hart_sync(struct machine *m, const struct op *op)
{
    struct hart *h = &m->hart;
    uint64_t before = op ? (uint64_t)op->n - h->code->cold[op - h->code->ops].retires : 0;
    m->clock.steps = hart_steps(h) + before;
    m->clock.insns = m->clock.steps - h->traps;
    if (m->config.clock_cycles)
        machine_charge_hart(m);
    else
        m->clock.now = m->clock.steps + m->idle;
}

static enum step raise(struct hart *h, int cause, uint64_t tval)
{
    h->raised = (struct trap){cause, tval};
    return STEP_TRAP;
}

/* The instruction has completed; did it, by the way, change code that is decoded? */
static enum step completed(struct hart *h)
{
    enum step step = h->stale ? STEP_LEAVE : STEP_NEXT;
    h->stale = false;
    return step;
}

/* The instruction at the record, as a trap reports it: 16 bits if it is compressed. */
static uint32_t insn_word(const struct machine *m, const struct op *op)
{
    const struct op_cold *cold = &m->hart.code->cold[op - m->hart.code->ops];
    if (op - m->hart.code->ops < CODE_SCRATCH)
        return cold->length == 2 ? (uint16_t)m->hart.scratch_word : m->hart.scratch_word;
    const uint8_t *bytes = m->ram.bytes + (m->hart.page_pa - m->ram.base) + cold->offset; /* what is kept is in RAM */
    return (uint32_t)(cold->length == 2 ? bytes_get(bytes, 2) : bytes_get(bytes, 4));
}

/* --- translation --------------------------------------------------------------------------------------------------------- */

/* The physical address of va by way of the TLB; false with hart.raised on a fault. */
static bool translate(struct machine *m, enum mode mode, uint64_t va, enum access access, uint64_t *pa)
{
    struct hart *h = &m->hart;
    *pa = va;
    if (__builtin_expect(h->priv.hext, 0) && (access == ACCESS_FETCH ? h->priv.virt : hext_data_virtual(&h->priv)))
        return hart_hext_translate(m, mode, va, access, false, pa);
    if (m->audit.coherence)
        audit_translation(m, mode, va, access);
    if (!mmu_paged(&h->priv, mode))
        return true;
    bool fetch = access == ACCESS_FETCH;
    uint32_t asid = SATP_ASID(h->priv.csr.satp);
    const struct tlb_entry *e = tlb_find(&h->tlb, fetch, va, asid);
    if (e && mmu_permits(e->flags, access, mode, h->priv.csr.mstatus) && (access != ACCESS_STORE || (e->flags & PTE_D))) {
        *pa = e->ppn << 12 | va % PAGE_SIZE;
        return true;
    }
    *(fetch ? &m->counters.tlb_misses_fetch : &m->counters.tlb_misses_data) += 1;
    struct mmu_result r = mmu_translate(&m->ram, &h->priv, mode, va, access);
    m->counters.walk_refs += r.walk.refs;
    machine_charge(m, COST_walk_ref, r.walk.refs, false);
    if (r.pte_written)
        machine_wrote(m, r.walk.pte_pa, 8, false);
    if (r.cause != NO_TRAP) {
        raise(h, r.cause, va);
        return false;
    }
    tlb_fill(h, fetch, va, asid, &r.walk, 0);
    if (m->audit.coherence)
        coherence_note(m->audit.coherence, va, (uint16_t)asid, &r.walk);
    *pa = r.pa;
    return true;
}

/* The simulator's own check on a monitor: a guest must stay inside the frames that its machine was given. */
static void audit(struct machine *m, uint64_t pa, uint64_t n, uint64_t right)
{
    const struct audit_domain *d = &m->audit.domain;
    if (m->config.monitored && (m->config.audit || pa < d->lo || pa + n > d->hi))
        audit_access(m, pa, n, right);
}

/* May stores go to this page of RAM without anyone looking? If so, it counts as written from now on. */
static bool open_frame(struct machine *m, uint64_t pa)
{
    if (code_in_frame(m->hart.code, pa) || (m->bus.htif_tohost && (m->bus.htif_tohost ^ pa) < PAGE_SIZE))
        return false;
    m->frame_written[(pa - m->ram.base) / PAGE_SIZE] = 1;
    return true;
}

/* Code is about to be decoded in this page. */
static void close_frame(struct machine *m, uint64_t pa)
{
    m->hart.plain[(pa - m->ram.base) / PAGE_SIZE] = 0;
    fast_forbid_stores(&m->hart.fast, ram_at(&m->ram, pa, PAGE_SIZE));
}

/* Remembers where the page of va is, after an access through `mode` has found it at pa in RAM. */
static void fill_fast(struct machine *m, enum mode mode, uint64_t va, uint64_t pa, enum access access)
{
    struct hart *h = &m->hart;
    if (m->config.stress.one_instruction)
        return;
    bool readable = true, writable = access == ACCESS_STORE;
    if (mode == MODE_M) {
        if (writable && open_frame(m, pa))
            h->plain[(pa - m->ram.base) / PAGE_SIZE] = 1;
        return;
    }
    if (h->priv.hext && hext_data_virtual(&h->priv)) {
        hart_hext_rights(h, mode, va, &readable, &writable);
    } else if (mmu_paged(&h->priv, mode)) {
        const struct tlb_entry *e = tlb_find(&h->tlb, false, va, SATP_ASID(h->priv.csr.satp));
        if (!e)
            return;
        readable = mmu_permits(e->flags, ACCESS_LOAD, mode, h->priv.csr.mstatus);
        writable = (e->flags & PTE_D) && mmu_permits(e->flags, ACCESS_STORE, mode, h->priv.csr.mstatus);
    }
    writable = writable && open_frame(m, pa);
    uint8_t *host = ram_at(&m->ram, pa & ~(PAGE_SIZE - 1), PAGE_SIZE);
    fast_fill_data(&h->fast, hart_data_space(&h->priv), va, host, readable, writable);
}

/* --- loads and stores ----------------------------------------------------------------------------------------------------- */

/* The host bytes of [va, va + size), which may cross into a second page: first[0..split) and second[0..size-split). Both
 * pages are settled, in the order of addresses, before anything is done. */
struct span {
    uint64_t pa, pa2;
    unsigned split;
};

static bool translate_span(struct machine *m, uint64_t va, unsigned size, enum access access, struct span *s)
{
    enum mode mode = mmu_data_mode(&m->hart.priv);
    uint64_t room = PAGE_SIZE - va % PAGE_SIZE;
    s->split = size <= room ? size : (unsigned)room;
    s->pa2 = 0;
    if (!translate(m, mode, va, access, &s->pa))
        return false;
    return s->split == size || translate(m, mode, va + room, access, &s->pa2);
}

/* Loads and stores of a misaligned span, and of RAM. */
static bool span_ram(struct machine *m, const struct span *s, unsigned size, uint64_t right, uint8_t **first,
                     uint8_t **second)
{
    *first = ram_at(&m->ram, s->pa, s->split);
    *second = s->split == size ? NULL : ram_at(&m->ram, s->pa2, size - s->split);
    if (!*first || (s->split != size && !*second))
        return false;
    audit(m, s->pa, s->split, right);
    if (*second)
        audit(m, s->pa2, size - s->split, right);
    return true;
}

/* A device register at pa: false for an access fault. */
static bool device_access(struct machine *m, const struct op *op, uint64_t pa, unsigned size, uint64_t *value, bool store)
{
    if (m->config.monitored) { /* the board below a monitor is the monitor's */
        audit(m, pa, size, store ? PTE_W : PTE_R);
        return false;
    }
    if (pa % size || !bus_has_device(&m->bus, pa))
        return false;
    hart_sync(m, op);
    if (!(store ? bus_store(&m->bus, pa, size, *value) : bus_load(&m->bus, pa, size, value)))
        return false;
    machine_charge(m, (enum cost_row)bus_cost_row(pa), 1, false);
    return true;
}

enum step hart_load(struct machine *m, const struct op *op, uint64_t va, unsigned size, uint64_t *value)
{
    struct hart *h = &m->hart;
    struct span s;
    uint8_t *first, *second;
    if (!translate_span(m, va, size, ACCESS_LOAD, &s))
        return STEP_TRAP;
    if (!span_ram(m, &s, size, PTE_R, &first, &second)) {
        if (s.split != size || !device_access(m, op, s.pa, size, value, false))
            return raise(h, CAUSE_load_access, va);
        return STEP_RETURN;
    }
    *value = bytes_get(first, s.split);
    if (second)
        *value |= bytes_get(second, size - s.split) << (8 * s.split);
    fill_fast(m, mmu_data_mode(&h->priv), va, s.pa, ACCESS_LOAD);
    return completed(h);
}

/* Bytes of RAM have been stored by the hart: drops decoded code, looks at HTIF. */
static enum step stored(struct machine *m, const struct op *op, uint64_t pa, unsigned size)
{
    machine_wrote(m, pa, size, false);
    if (!m->config.monitored && bus_is_htif(&m->bus, pa, size)) {
        hart_sync(m, op);
        bus_htif(&m->bus);
        machine_charge(m, COST_device_disk, 1, false);
        return m->bus.stop ? STEP_STOP : STEP_RETURN;
    }
    return completed(&m->hart);
}

enum step hart_store(struct machine *m, const struct op *op, uint64_t va, unsigned size, uint64_t value)
{
    struct hart *h = &m->hart;
    struct span s;
    uint8_t *first, *second;
    if (!translate_span(m, va, size, ACCESS_STORE, &s))
        return STEP_TRAP;
    if (!span_ram(m, &s, size, PTE_W, &first, &second)) {
        uint64_t low = size == 8 ? value : value & ((UINT64_C(1) << 8 * size) - 1);
        if (s.split != size || !device_access(m, op, s.pa, size, &low, true))
            return raise(h, CAUSE_store_access, va);
        return m->bus.stop ? STEP_STOP : STEP_RETURN;
    }
    bytes_put(first, s.split, value);
    enum step step = stored(m, op, s.pa, s.split);
    if (second) {
        bytes_put(second, size - s.split, value >> (8 * s.split));
        enum step other = stored(m, op, s.pa2, size - s.split);
        step = other > step ? other : step;
    }
    if (step == STEP_NEXT)
        fill_fast(m, mmu_data_mode(&h->priv), va, s.pa, ACCESS_STORE);
    return step;
}

/* --- atomics (unprivileged ISA, 8) ------------------------------------------------------------------------------------------ */

enum step hart_atomic(struct machine *m, const struct op *op, enum op_kind kind)
{
    struct hart *h = &m->hart;
    uint64_t *x = h->ctx.x;
    uint64_t va = x[op->rs1], operand = x[op->rs2];
    unsigned size = kind >= OP_lr_d ? 8 : 4;
    bool lr = kind == OP_lr_w || kind == OP_lr_d, sc = kind == OP_sc_w || kind == OP_sc_d;
    enum access access = lr ? ACCESS_LOAD : ACCESS_STORE;
    struct span s;
    if (va % size)
        return raise(h, lr ? CAUSE_load_misaligned : CAUSE_store_misaligned, va);
    if (!translate_span(m, va, size, access, &s))
        return STEP_TRAP;
    uint8_t *bytes = ram_at(&m->ram, s.pa, size);
    audit(m, s.pa, size, lr ? PTE_R : PTE_W);
    if (!bytes)
        return raise(h, mmu_access_fault(access), va);
    uint64_t reserved = s.pa | (size == 8);
    uint64_t old = bytes_get(bytes, size);
    if (size == 4)
        old = alu_sext32(old);
    if (lr) {
        h->ctx.reservation = reserved;
        x[op->rd] = old;
        return completed(h);
    }
    if (sc) {
        bool held = h->ctx.reservation == reserved;
        h->ctx.reservation = RESERVATION_NONE;
        x[op->rd] = !held;
        if (!held)
            return completed(h);
        bytes_put(bytes, size, operand);
        return stored(m, op, s.pa, size);
    }
    bytes_put(bytes, size, alu_amo((enum amo)(insn_rows[kind + 1].match >> 27), size, old, operand));
    x[op->rd] = old;
    return stored(m, op, s.pa, size);
}

/* --- CSRs --------------------------------------------------------------------------------------------------------------------- */

enum step hart_csr(struct machine *m, const struct op *op, enum op_kind kind)
{
    struct hart *h = &m->hart;
    bool immediate = kind >= OP_csrrwi;
    enum csr_op operation = (enum csr_op)((kind - OP_csrrw) % 3);
    uint64_t operand = immediate ? op->rs1 : h->ctx.x[op->rs1];
    bool writes = operation == CSR_WRITE || op->rs1 != 0;
    uint64_t old, satp = h->priv.csr.satp, mstatus = h->priv.csr.mstatus;
    enum fast_space space = hart_fetch_space(&h->priv);
    hart_sync(m, op);
    unsigned effect = csr_access(&h->priv, &m->clock, (unsigned)op->imm, operation, operand, writes, &old);
    if (effect & CSR_ILLEGAL)
        return raise(h, effect & CSR_VIRTUAL ? CAUSE_virtual_insn : CAUSE_illegal, insn_word(m, op));
    machine_charge(m, COST_csr_access, 1, false);
    if (effect & CSR_SERIALIZE)
        machine_charge(m, COST_csr_serialize, 1, false);
    h->ctx.x[op->rd] = old;
    bool moved = satp != h->priv.csr.satp;
    if (__builtin_expect(h->priv.hext, 0)) {
        if (op->imm == CSR_vsstatus) /* perhaps its MXR */
            fast_flush_translated(&h->fast);
        moved = hart_hext_moved(h);
    } else if (moved) {
        fast_switch(&h->fast, h->priv.csr.satp, 0);
    }
    if ((mstatus ^ h->priv.csr.mstatus) & MSTATUS_MXR)
        fast_flush_translated(&h->fast);
    if ((effect & CSR_TIMER) || ((effect & CSR_INTERRUPTS) && trap_pending(&h->priv) != NO_TRAP))
        return STEP_RETURN;
    return moved || space != hart_fetch_space(&h->priv) ? STEP_LEAVE : STEP_NEXT;
}

/* --- privileged instructions (privileged ISA, 3.3 and 4.2), but for returns --------------------------------------------------------------------- */

static enum step fence_vma(struct machine *m, const struct op *op)
{
    struct hart *h = &m->hart;
    const struct priv *p = &h->priv;
    if (p->hext ? !hext_permits_sfence(p) : p->mode == MODE_U || (p->mode == MODE_S && (p->csr.mstatus & MSTATUS_TVM)))
        return hart_illegal(m, op);
    machine_charge(m, COST_fence, 1, false);
    if (p->virt)
        hart_hext_fence(m, op->rs1 == 0, h->ctx.x[op->rs1], op->rs2 == 0, (uint16_t)h->ctx.x[op->rs2]);
    else
        machine_fence_vma(m, op->rs1 == 0, h->ctx.x[op->rs1], op->rs2 == 0, (uint16_t)h->ctx.x[op->rs2]);
    return STEP_LEAVE;
}

static enum step wait_for_interrupt(struct machine *m, const struct op *op)
{
    const struct priv *p = &m->hart.priv;
    if (p->hext ? !hext_permits_wfi(p) : p->mode == MODE_U || (p->mode == MODE_S && (p->csr.mstatus & MSTATUS_TW)))
        return hart_illegal(m, op);
    return STEP_WAIT;
}

enum step hart_system(struct machine *m, const struct op *op, enum op_kind kind)
{
    struct hart *h = &m->hart;
    switch (kind) {
    case OP_ebreak:
        return raise(h, CAUSE_breakpoint, 0);
    case OP_wfi:
        return wait_for_interrupt(m, op);
    case OP_sfence_vma:
        return fence_vma(m, op);
    case OP_fence_i: /* stores are always visible to fetches here */
        machine_charge(m, COST_fence, 1, false);
        return STEP_NEXT;
    default:
        return hart_illegal(m, op);
    }
}

enum step hart_illegal(struct machine *m, const struct op *op)
{
    uint32_t word = insn_word(m, op);
    bool virtual_fault = m->hart.priv.virt && hext_is_virtual_fault(&m->hart.priv, word);
    return raise(&m->hart, virtual_fault ? CAUSE_virtual_insn : CAUSE_illegal, word);
}

/* --- fetching ------------------------------------------------------------------------------------------------------------------ */

/* The halfword of code at pa, RAM or ROM; false with hart.raised: an access fault at va. */
static bool fetch_physical(struct machine *m, uint64_t pa, uint64_t va, uint32_t *half)
{
    const uint8_t *bytes = ram_at(&m->ram, pa, 2);
    if (!bytes && pa - BUS_ROM_BASE < BUS_ROM_SIZE - 1 && !m->config.monitored)
        bytes = m->bus.rom + (pa - BUS_ROM_BASE);
    audit(m, pa, 2, PTE_X);
    if (!bytes) {
        raise(&m->hart, CAUSE_insn_access, va);
        return false;
    }
    *half = (uint32_t)bytes_get(bytes, 2);
    return true;
}

static bool fetch_half(struct machine *m, uint64_t va, uint64_t *pa, uint32_t *half)
{
    return translate(m, m->hart.priv.mode, va, ACCESS_FETCH, pa) && fetch_physical(m, *pa, va, half);
}

/* The instruction at pc, whatever it lies in or across, as a block of its own. */
static const struct op *fetch_one(struct machine *m, uint64_t pc)
{
    struct hart *h = &m->hart;
    uint64_t pa, pa2;
    uint32_t low, high = 0;
    if (m->config.audit)
        audit_step(m);
    if (!fetch_half(m, pc, &pa, &low))
        return NULL;
    if ((low & 3) == 3) {
        if (pc % PAGE_SIZE != PAGE_SIZE - 2) { /* the same page: no second look at the TLB */
            if (!fetch_physical(m, pa + 2, pc, &high))
                return NULL;
        } else if (!fetch_half(m, pc + 2, &pa2, &high)) {
            return NULL;
        }
    }
    h->page_va = pc & ~(PAGE_SIZE - 1);
    h->page_pa = pa & ~(PAGE_SIZE - 1);
    h->scratch_word = low | high << 16;
    h->stale = false;
    return block_decode_one(h->code, h->scratch_word, (uint32_t)(pc % PAGE_SIZE), code_retires(h->code, pa));
}

/* The code page of pa, with room for one more block. */
static struct code_page *fetch_page(struct hart *h, uint64_t pa, bool bare)
{
    struct code *c = h->code;
    bool dropped = code_full(c), dropped_too;
    if (dropped)
        code_drop(c);
    struct code_page *page = code_page_get(c, pa, bare, &dropped_too);
    if (dropped || dropped_too)
        fast_forget_code(&h->fast);
    return page;
}

const struct op *hart_fetch(struct machine *m)
{
    struct hart *h = &m->hart;
    uint64_t pc = h->ctx.pc, pa;
    uint32_t low;
    if (h->one)
        return fetch_one(m, pc);
    if (!fetch_half(m, pc, &pa, &low))
        return NULL;
    if (!ram_at(&m->ram, pa, 2) || (pc % PAGE_SIZE == PAGE_SIZE - 2 && (low & 3) == 3))
        return fetch_one(m, pc);
    enum fast_space space = hart_fetch_space(&h->priv);
    struct code_page *page = fetch_page(h, pa, space == SPACE_M);
    uint32_t *entry = &page->entry[pa % PAGE_SIZE / 2];
    if (!*entry) {
        if (!page->decoded)
            close_frame(m, page->pa);
        block_decode(h->code, page, (uint32_t)(pa % PAGE_SIZE));
    }
    h->page_va = pc & ~(PAGE_SIZE - 1);
    h->page_pa = page->pa;
    h->stale = false;
    fast_fill_fetch(&h->fast, space, pc, page);
    return &h->code->ops[*entry];
}

/* --- running --------------------------------------------------------------------------------------------------------------------- */

struct hart_exit hart_run(struct machine *m, uint64_t budget)
{
    struct hart *h = &m->hart;
    uint64_t end = m->clock.steps + (budget < INT64_MAX / 2 ? budget : INT64_MAX / 2);
    enum hart_reason reason = HART_BUDGET;
    if (h->priv.virt || h->fast.now->guest || h->fast.now->satp != h->priv.csr.satp) /* a monitor may have changed it */
        hart_hext_moved(h);
    while (reason == HART_BUDGET && m->clock.steps < end) {
        uint64_t remain = end - m->clock.steps;
        if (m->probe.look) {
            uint64_t some = m->probe.look(m->probe.context);
            if (some == 0) {
                reason = HART_LEFT;
                break;
            }
            remain = some < remain ? some : remain;
        }
        h->one = m->config.stress.one_instruction || remain <= BLOCK_LONGEST;
        h->left = h->one ? -1 : (int64_t)(remain - BLOCK_LONGEST); /* one: up at once, retired or not */
        h->steps_end = m->clock.steps + (uint64_t)h->left;
        reason = block_run(m);
        hart_sync(m, NULL);
    }
    if (m->probe.look && reason == HART_BUDGET)
        m->probe.look(m->probe.context);
    struct hart_exit exit = {.reason = reason, .trap = {.cause = NO_TRAP}};
    if (reason == HART_TRAP) {
        exit.trap = h->raised;
        exit.insn = h->at ? insn_word(m, h->at) : 0;
    }
    return exit;
}
