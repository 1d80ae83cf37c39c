/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adaptive stores (Adams and Agesen 2006, section 4.3): a store that keeps trapping because it hits traced page tables is
 * translated again. It then writes by an alias of the guest's own table, in the window, and logs the address; the log takes
 * effect when translated code is left: before an sfence.vma or a write to satp is emulated, and before a miss is looked into. A
 * guest that fences cannot tell.
 *
 * An alias stands for a page that the guest may write: its translation is followed, and a change of it ends the alias.
 */
#include "vmm/interpreter.h"
#include "vmm/memory/watch.h"
#include "vmm/technique/bt/translate.h"

#define TAG_BYTES ((int64_t)sizeof(uint64_t))
#define OFFSET_BITS 12

static uint64_t alias_of(uint64_t gva)
{
    return gva / PAGE_SIZE % ALIASES;
}

static uint64_t *tag_of(const struct window_space *s, uint64_t alias)
{
    return (uint64_t *)(void *)(s->slots + PAGE_SIZE + SLOT_TAGS) + alias;
}

/* --- aliases -------------------------------------------------------------------------------------------------------------------- */

static void alias_end(struct vm *vm, struct window_space *s, uint64_t alias)
{
    *tag_of(s, alias) = ALIAS_NONE;
    if (s->aliased[alias]) {
        s->aliased[alias] = 0;
        window_set_leaf(vm, s, ALIASES_BASE + alias * PAGE_SIZE, 0, 0);
    }
}

void adaptive_clear(struct vm *vm, unsigned space)
{
    for (uint64_t alias = 0; alias < ALIASES; alias++)
        alias_end(vm, &vm->translator->window.space[space], alias);
}

void adaptive_clear_page(struct vm *vm, uint64_t gpa)
{
    for (unsigned space = 0; space < SPACES; space++)
        for (uint64_t alias = 0; alias < ALIASES; alias++) {
            struct window_space *s = &vm->translator->window.space[space];
            if (s->aliased[alias] == gpa)
                alias_end(vm, s, alias);
        }
}

static void alias_begin(struct vm *vm, unsigned space, uint64_t gva, uint64_t gpa)
{
    struct window_space *s = &vm->translator->window.space[space];
    uint64_t alias = alias_of(gva);
    alias_end(vm, s, alias);
    if (space >= SPACE_PAGED)
        shadow_follow(vm, gva);
    s->aliased[alias] = gpa;
    s->gva[alias] = gva & ~(PAGE_SIZE - 1);
    *tag_of(s, alias) = gva / PAGE_SIZE;
    window_set_leaf(vm, s, ALIASES_BASE + alias * PAGE_SIZE, vm_hpa(vm, gpa), PTE_R | PTE_W);
}

void adaptive_unmapped(struct vm *vm, unsigned space, uint64_t gva, uint64_t size)
{
    struct window_space *s = &vm->translator->window.space[space];
    for (uint64_t alias = 0; alias < ALIASES; alias++)
        if (s->aliased[alias] && s->gva[alias] - gva < size)
            alias_end(vm, s, alias);
}

/* --- faults and the log --------------------------------------------------------------------------------------------------------- */

static bool is_adaptive(const struct code_map *page, uint64_t offset)
{
    return page->adaptive[offset / 2 / 64] >> offset / 2 % 64 & 1;
}

/* The page of a traced table that the supervisor may write at gva, and that nobody watches for another reason; or 0. */
static uint64_t table_at(struct vm *vm, unsigned space, uint64_t gva)
{
    struct mmu_result r = interpret_translate(vm, gva, ACCESS_STORE);
    uint64_t gpa = r.pa & ~(PAGE_SIZE - 1);
    bool of_user = space >= SPACE_PAGED && (r.walk.pte & PTE_U); /* depends on SUM */
    if (r.cause != NO_TRAP || of_user || watch_flags(vm, gpa) != WATCH_TABLE || bus_is_htif(&vm->bus, gpa, PAGE_SIZE))
        return 0;
    return gpa;
}

void adaptive_fault(struct vm *vm, unsigned space, uint64_t pc, uint64_t gva)
{
    struct translator *t = vm->translator;
    struct code_map *page = translator_page(vm, space, pc);
    struct adaptive_site *site = &t->site[pc / 2 % ADAPTIVE_SITES];
    uint64_t offset = pc % PAGE_SIZE, gpa = 0;
    if (page && !vm->translator_options.no_adaptive)
        gpa = table_at(vm, space, gva);
    if (!gpa)
        return;
    if (site->gva != pc)
        *site = (struct adaptive_site){pc, 0};
    if (!is_adaptive(page, offset) && ++site->faults == ADAPTIVE_FAULTS) {
        page->adaptive[offset / 2 / 64] |= UINT64_C(1) << offset / 2 % 64;
        translator_retranslate(vm, page);
        vm->counters.bt_retranslations++;
    }
    if (is_adaptive(page, offset))
        alias_begin(vm, space, gva, gpa);
}

/* The guest can have written anything to its slots: what they say is only used to forget shadows. That can end aliases, so
 * the addresses come first. */
void adaptive_apply(struct vm *vm)
{
    struct translator *t = vm->translator;
    uint64_t *left = window_slot(&t->window, SLOT_LOG_FREE), gpa[LOG_ENTRIES];
    const uint64_t *log = window_slot(&t->window, SLOT_LOG);
    if (*left == LOG_BYTES)
        return;
    uint64_t first = *left / sizeof(uint64_t);
    for (uint64_t i = first; i < LOG_ENTRIES; i++) {
        uint64_t page = t->window.now->aliased[alias_of(log[i])];
        gpa[i] = page ? page | (log[i] % PAGE_SIZE & ~UINT64_C(7)) : 0;
    }
    for (uint64_t i = first; i < LOG_ENTRIES; i++)
        if (gpa[i])
            shadow_table_written(vm, gpa[i], sizeof(uint64_t));
    if (first < LOG_ENTRIES)
        hw_charge(vm->hw, COST_table_lookup, LOG_ENTRIES - first);
    *left = LOG_BYTES;
}

/* --- translating ------------------------------------------------------------------------------------------------------------------ */

/* sd rs2, imm(rs1). Aligned, the page has an alias, and the log has room: store there, and log. Else the store as it is. */
bool translate_adaptive(struct emitter *e, const struct guest_insn *g)
{
    const struct insn *i = &g->insn;
    uint64_t next = g->gva % PAGE_SIZE + i->length;
    if (i->id != INSN_sd || next == PAGE_SIZE || !is_adaptive(&e->t->page[e->page], g->gva % PAGE_SIZE))
        return false;
    struct scratch s = {.count = 0};
    unsigned va = emit_spill(e, &s, i->rs1, i->rs2), page = emit_spill(e, &s, i->rs1, i->rs2);
    unsigned at = emit_spill(e, &s, i->rs1, i->rs2);
    uint32_t plain[3];
    emit(e, INSN_addi, va, i->rs1, 0, i->imm, EXTRA);
    emit(e, INSN_andi, at, va, 0, TAG_BYTES - 1, EXTRA);
    plain[0] = emit_at(e);
    emit(e, INSN_bne, 0, at, 0, 0, EXTRA);
    emit(e, INSN_srli, page, va, 0, OFFSET_BITS, EXTRA);
    emit(e, INSN_andi, at, page, 0, ALIASES - 1, EXTRA);
    emit(e, INSN_slli, at, at, 0, 3, EXTRA);
    emit(e, INSN_ld, at, at, 0, SLOT_TAGS, EXTRA);
    plain[1] = emit_at(e);
    emit(e, INSN_bne, 0, at, page, 0, EXTRA);
    emit_load_slot(e, at, SLOT_LOG_FREE, EXTRA);
    plain[2] = emit_at(e);
    emit(e, INSN_beq, 0, at, 0, 0, EXTRA);
    emit(e, INSN_addi, at, at, 0, -TAG_BYTES, EXTRA);
    emit(e, INSN_sd, 0, at, va, SLOT_LOG, EXTRA);
    emit_store_slot(e, at, SLOT_LOG_FREE, EXTRA);
    emit(e, INSN_slli, page, va, 0, 64 - OFFSET_BITS - 5, EXTRA);
    emit(e, INSN_srli, page, page, 0, 64 - OFFSET_BITS - 5, EXTRA);
    emit(e, INSN_lui, at, 0, 0, (int64_t)ALIASES_BASE, EXTRA);
    emit(e, INSN_add, page, page, at, 0, EXTRA);
    emit(e, INSN_sd, 0, page, i->rs2, 0, EXTRA);
    emit_reload(e, &s, RETIRES);
    emit_record(e, RECORD_POINT, e->page * (uint32_t)PAGE_HALVES + (uint32_t)next / 2);
    uint32_t done = emit_at(e);
    emit(e, INSN_jal, 0, 0, 0, 0, EXTRA);
    for (unsigned k = 0; k < 3; k++)
        emit_patch(e->t, plain[k], emit_at(e));
    emit_reload(e, &s, EXTRA);
    emit_record(e, RECORD_POINT, e->page * (uint32_t)PAGE_HALVES + (uint32_t)(g->gva % PAGE_SIZE / 2));
    emit_word(e, g->word, i->length, RETIRES);
    emit_patch(e->t, done, emit_at(e));
    return true;
}

_Static_assert(ALIASES == 1 << 5 && SLOT_TAGS % 8 == 0, "the shifts of translate_adaptive()");
