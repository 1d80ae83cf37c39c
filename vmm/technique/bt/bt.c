/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Binary translation: the guest's kernel, virtual M and S, never runs itself, but a translation of it that is made as it is
 * reached, in real user mode. User code runs directly. See translator.h.
 */
#include "vmm/interpreter.h"
#include "vmm/technique/bt/translator.h"
#include "vmm/technique/technique.h"

/* --- out of translated code ------------------------------------------------------------------------------------------------- */

/* The auipc before this point has been counted; now it is carried out. Its bytes are those that were translated: they are
 * watched. */
static void complete_auipc(const struct vm *vm, uint32_t record, struct context *ctx)
{
    const struct code_map *page = &vm->translator->page[record_payload(record) / PAGE_HALVES];
    uint64_t gva = record_gva(vm->translator, record) - 4;
    struct insn i;
    insn_decode((uint32_t)bytes_get(ram_at(&vm->bus.ram, page->gpa + gva % PAGE_SIZE, 4), 4), &i);
    ctx->x[i.rd] = gva + (uint64_t)i.imm;
}

static uint32_t record_at(const struct translator *t, uint64_t pc)
{
    uint64_t offset = pc - TRANSLATOR_BASE;
    return offset < CACHE_SIZE ? t->record[offset / 2] : 0;
}

/* The guest's registers and pc, from those of the hardware at a point of the cache with this record. False: no point to stop at. */
static bool recover_context(const struct vm *vm, uint32_t record, struct context *ctx)
{
    const struct translator *t = vm->translator;
    switch (record_kind(record)) {
    case RECORD_NONE:
    case RECORD_UNIT:
        return false;
    case RECORD_BETWEEN:
        complete_auipc(vm, record, ctx);
        ctx->pc = record_gva(t, record);
        break;
    case RECORD_POINT:
    case RECORD_CALLOUT:
        ctx->pc = record_gva(t, record);
        break;
    case RECORD_LINK:
        ctx->pc = t->link[record_payload(record)].target;
        break;
    case RECORD_INDIRECT:
        ctx->pc = ctx->x[PROBE_PC] & ~UINT64_C(1);
        ctx->x[PROBE_PC] = *window_slot(&t->window, SLOT_A);
        ctx->x[PROBE_AT] = *window_slot(&t->window, SLOT_B);
        ctx->x[PROBE_TAG] = *window_slot(&t->window, SLOT_C);
    }
    return true;
}

/* The guest's state between two of its instructions, from where the hardware has stopped in the cache. */
static void recover(struct vm *vm, struct hw_exit *exit)
{
    struct translator *t = vm->translator;
    struct context *ctx = vm->vcpu.ctx;
    uint32_t record = record_at(t, exit->pc);
    enum record_kind kind = record_kind(record);
    bool asks = exit->cause == CAUSE_ecall_u;
    window_take_csrs(vm);
    adaptive_apply(vm);
    hw_charge(vm->hw, COST_table_lookup, 1);
    if (!recover_context(vm, record, ctx))
        hw_panic(vm->hw, "translated code has stopped where it cannot");
    if (kind == RECORD_BETWEEN)
        hw_charge(vm->hw, COST_insn_decoded, 1);
    if (kind == RECORD_INDIRECT)
        hw_charge(vm->hw, COST_reg_moved, 3);
    t->wants_link = asks && kind == RECORD_LINK;
    t->wants_probe = asks && kind == RECORD_INDIRECT;
    t->wanted_link = record_payload(record);
    t->wanted_pc = ctx->pc;
    t->wanted_generation = t->generation;
    t->wanted_space = translator_space(vm);
    t->calls_out = asks && kind == RECORD_CALLOUT;
}

bool translator_peek(const struct vm *vm, struct context *ctx, struct priv *priv)
{
    const struct translator *t = vm->translator;
    if (!t->inside || ctx->pc < TRANSLATOR_BASE)
        return true;
    window_read_csrs(&t->window, &priv->csr);
    return recover_context(vm, record_at(t, ctx->pc), ctx);
}

/* The instruction at pc is on a page that has been translated, so its bytes are those that were. The interpreter fetches
 * those that run over the end of the page. */
static void call_out(struct vm *vm)
{
    struct translator *t = vm->translator;
    const struct code_map *page = translator_page(vm, t->wanted_space, t->wanted_pc);
    uint64_t offset = t->wanted_pc % PAGE_SIZE;
    if (!page || offset > PAGE_SIZE - 4) {
        dispatch_interpreted(vm);
        return;
    }
    uint32_t word = (uint32_t)bytes_get(ram_at(&vm->bus.ram, page->gpa + offset, 4), 4);
    hw_charge(vm->hw, COST_guest_word, 1);
    dispatch_fetched(vm, (word & 3) == 3 ? word : (uint16_t)word);
}

static void exit_callout(struct vm *vm, const struct hw_exit *exit)
{
    struct translator *t = vm->translator;
    if (!t->inside) {
        exit_ecall(vm, exit);
        return;
    }
    if (t->calls_out)
        call_out(vm);
    vm_exit_reason(vm, EXIT_callout);
}

static void exit_store_fault(struct vm *vm, const struct hw_exit *exit)
{
    const struct translator *t = vm->translator;
    uint64_t pc = vm->vcpu.ctx->pc;
    unsigned space = t->inside ? translator_space(vm) : 0;
    exit_page_fault(vm, exit);
    if (t->inside && vm->exit_reason == EXIT_page_trace)
        adaptive_fault(vm, space, pc, exit->tval);
}

/* --- into it -------------------------------------------------------------------------------------------------------------------- */

static void run_directly(struct vm *vm, uint64_t budget)
{
    vm->translator->inside = false;
    shadow_enter(vm, false);
    dispatch_direct(vm, budget);
}

static void bt_run(struct vm *vm, uint64_t budget)
{
    struct translator *t = vm->translator;
    if (vm->vcpu.priv.mode == MODE_U) {
        run_directly(vm, budget);
        return;
    }
    if (technique_beyond_tables(&vm->vcpu.priv)) {
        dispatch_interpreted(vm);
        return;
    }
    struct shadow_table *table = shadow_enter(vm, true);
    unsigned space = translator_space(vm);
    if (!table->window) {
        if (shadow_window_used(vm)) { /* the guest has something where the translator would be */
            vm->counters.bt_fallbacks++;
            run_directly(vm, budget);
            return;
        }
        window_map(vm, table, space);
    }
    uint32_t offset;
    if (!translator_find(vm, space, &offset)) {
        dispatch_interpreted(vm);
        return;
    }
    translator_connect(vm, space, offset);
    window_give_csrs(vm, space);
    t->inside = true;
    vm->vcpu.ctx->pc = cache_va(offset);
    dispatch_translated(vm, budget, recover);
}

const struct technique technique_bt = {
    .name = "bt",
    .meaning = "binary translation: the guest's kernel runs as a translation; user code runs directly",
    .shadow = SHADOW_TRACED,
    .run = bt_run,
    .leave = translator_flush,
    .handler = HANDLERS_IN_USER_MODE(exit_callout, exit_store_fault),
};
