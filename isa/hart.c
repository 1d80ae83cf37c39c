/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engine calls when an instruction is not simple: CSRs, fences, wfi, fetching; and the run itself.
 */
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

/* The instruction at the record, as a trap reports it: 16 bits if it is compressed. */
static uint32_t insn_word(const struct machine *m, const struct op *op)
{
    const struct op_cold *cold = &m->hart.code->cold[op - m->hart.code->ops];
    if (op - m->hart.code->ops < CODE_SCRATCH)
        return cold->length == 2 ? (uint16_t)m->hart.scratch_word : m->hart.scratch_word;
    const uint8_t *bytes = m->ram.bytes + (m->hart.page_pa - m->ram.base) + cold->offset; /* what is kept is in RAM */
    return (uint32_t)(cold->length == 2 ? bytes_get(bytes, 2) : bytes_get(bytes, 4));
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
        return hart_raise(h, effect & CSR_VIRTUAL ? CAUSE_virtual_insn : CAUSE_illegal, insn_word(m, op));
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
        return hart_raise(h, CAUSE_breakpoint, 0);
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
    return hart_raise(&m->hart, virtual_fault ? CAUSE_virtual_insn : CAUSE_illegal, word);
}

/* --- fetching ------------------------------------------------------------------------------------------------------------------ */

/* The halfword of code at pa, RAM or ROM; false with hart.raised: an access fault at va. */
static bool fetch_physical(struct machine *m, uint64_t pa, uint64_t va, uint32_t *half)
{
    const uint8_t *bytes = ram_at(&m->ram, pa, 2);
    if (!bytes && pa - BUS_ROM_BASE < BUS_ROM_SIZE - 1 && !m->config.monitored)
        bytes = m->bus.rom + (pa - BUS_ROM_BASE);
    hart_audit(m, pa, 2, PTE_X);
    if (!bytes) {
        hart_raise(&m->hart, CAUSE_insn_access, va);
        return false;
    }
    *half = (uint32_t)bytes_get(bytes, 2);
    return true;
}

static bool fetch_half(struct machine *m, uint64_t va, uint64_t *pa, uint32_t *half)
{
    return hart_translate_fetch(m, va, pa) && fetch_physical(m, *pa, va, half);
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
            hart_close_frame(m, page->pa);
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
