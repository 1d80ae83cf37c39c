/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The translator's rules. Innocuous instructions are copied as they are; what knows its own address (auipc, links, jumps) is
 * rewritten so that the guest only ever sees guest addresses; CSRs: translate_csr.c; all else calls out.
 */
#include "vmm/technique/bt/translate.h"

/* --- copying ---------------------------------------------------------------------------------------------------------------- */

static bool translate_copy(struct emitter *e, const struct guest_insn *g)
{
    emit_word(e, g->word, g->insn.length, RETIRES);
    return true;
}

static bool translate_callout(struct emitter *e, const struct guest_insn *g)
{
    (void)g;
    emit_callout(e, e->guest);
    return false;
}

static bool translate_auipc(struct emitter *e, const struct guest_insn *g)
{
    if (g->insn.rd)
        emit_constant(e, g->insn.rd, g->gva + (uint64_t)g->insn.imm, RETIRES);
    else
        emit_nop(e);
    return true;
}

/* --- control flow --------------------------------------------------------------------------------------------------------- */

/* The branch carries the mark; behind it lie the way on, and the way that is taken. */
static bool translate_branch(struct emitter *e, const struct guest_insn *g)
{
    const struct insn *i = &g->insn;
    uint32_t branch = emit_at(e);
    emit(e, (enum insn_id)i->id, 0, i->rs1, i->rs2, 0, RETIRES);
    emit_link(e, g->gva + i->length);
    emit_patch(e->t, branch, emit_at(e));
    emit_link(e, g->gva + (uint64_t)i->imm);
    return false;
}

static bool translate_jal(struct emitter *e, const struct guest_insn *g)
{
    const struct insn *i = &g->insn;
    if (i->rd)
        emit_constant(e, i->rd, g->gva + i->length, RETIRES);
    else
        emit_nop(e);
    emit_link(e, g->gva + (uint64_t)i->imm);
    return false;
}

static enum slot probe_slot(unsigned reg)
{
    return reg == PROBE_PC ? SLOT_A : reg == PROBE_AT ? SLOT_B : SLOT_C;
}

/* The link, once the probe's registers are spilled: one of those gets it in its slot. */
static void emit_jalr_link(struct emitter *e, const struct guest_insn *g)
{
    unsigned rd = g->insn.rd;
    uint64_t link = g->gva + g->insn.length;
    if (rd >= PROBE_PC && rd <= PROBE_TAG) {
        emit_constant(e, PROBE_AT, link, EXTRA);
        emit_store_slot(e, PROBE_AT, probe_slot(rd), RETIRES);
    } else {
        emit_constant(e, rd, link, RETIRES);
    }
}

/* The whole address is compared with that of the entry which its bits 10:1 choose. Hit: to the second entry of that unit,
 * which reloads what is spilled. */
static bool translate_jalr(struct emitter *e, const struct guest_insn *g)
{
    const struct insn *i = &g->insn;
    emit_store_slot(e, PROBE_PC, SLOT_A, EXTRA);
    emit_store_slot(e, PROBE_AT, SLOT_B, EXTRA);
    emit_store_slot(e, PROBE_TAG, SLOT_C, EXTRA);
    emit(e, INSN_addi, PROBE_PC, i->rs1, 0, i->imm, EXTRA);
    emit(e, INSN_andi, PROBE_PC, PROBE_PC, 0, -2, i->rd ? EXTRA : RETIRES);
    if (i->rd)
        emit_jalr_link(e, g);
    emit_record(e, RECORD_INDIRECT, 0);
    emit(e, INSN_slli, PROBE_AT, PROBE_PC, 0, 53, EXTRA);
    emit(e, INSN_srli, PROBE_AT, PROBE_AT, 0, 50, EXTRA);
    emit(e, INSN_lui, PROBE_TAG, 0, 0, (int64_t)PROBES_BASE, EXTRA);
    emit(e, INSN_add, PROBE_AT, PROBE_AT, PROBE_TAG, 0, EXTRA);
    emit(e, INSN_ld, PROBE_TAG, PROBE_AT, 0, 0, EXTRA);
    uint32_t miss = emit_at(e);
    emit(e, INSN_bne, 0, PROBE_TAG, PROBE_PC, 0, EXTRA);
    emit(e, INSN_ld, PROBE_AT, PROBE_AT, 0, 8, EXTRA);
    emit(e, INSN_jalr, 0, PROBE_AT, 0, 0, EXTRA);
    emit_patch(e->t, miss, emit_at(e));
    emit_record(e, RECORD_INDIRECT, 0);
    emit(e, INSN_ecall, 0, 0, 0, 0, EXTRA);
    return false;
}

_Static_assert(PROBES == 1024 && sizeof(struct probe) == 16, "the shifts of translate_jalr()");

/* --- one instruction ---------------------------------------------------------------------------------------------------------- */

static bool translate_innocuous(struct emitter *e, const struct guest_insn *g)
{
    switch (g->insn.id) {
    case INSN_auipc:
        return translate_auipc(e, g);
    case INSN_jal:
        return translate_jal(e, g);
    case INSN_jalr:
        return translate_jalr(e, g);
    }
    switch ((enum insn_flow)insn_rows[g->insn.id].flow) {
    case FLOW_BRANCH:
        return translate_branch(e, g);
    default:
        return translate_copy(e, g);
    }
}

/* Returns whether the unit goes on behind it. */
static bool translate_insn(struct emitter *e, const struct guest_insn *g)
{
    if (g->insn.id == INSN_illegal)
        return translate_callout(e, g);
    switch ((enum insn_class)insn_rows[g->insn.id].class) {
    case CLASS_INNOCUOUS:
        return translate_innocuous(e, g);
    case CLASS_BY_CSR:
        if (!e->vm->translator_options.no_inline && translate_csr(e, &g->insn))
            return true;
        return translate_callout(e, g);
    default:
        return translate_callout(e, g);
    }
}

/* --- units ------------------------------------------------------------------------------------------------------------------------ */

/* The guest instruction at `offset` of the page. False: it does not lie in the page as a whole. */
static bool fetch(struct emitter *e, uint32_t offset, struct guest_insn *g)
{
    const struct code_map *page = &e->t->page[e->page];
    const uint8_t *bytes = ram_at(&e->vm->bus.ram, page->gpa, PAGE_SIZE) + offset;
    uint32_t room = (uint32_t)PAGE_SIZE - offset;
    g->word = (uint32_t)bytes_get(bytes, room >= 4 ? 4 : 2);
    g->gva = page->gva + offset;
    insn_decode_in(e->vm->profile, g->word, &g->insn);
    insn_expand(&g->insn);
    hw_charge(e->vm->hw, COST_guest_word, 1);
    hw_charge(e->vm->hw, COST_insn_decoded, 1);
    return g->insn.length <= room;
}

static void note_lines(struct code_map *page, uint32_t offset, uint32_t length)
{
    page->lines |= UINT64_C(1) << offset / 64 | UINT64_C(1) << (offset + length - 1) / 64;
}

/* The second entry of a unit: where probes lead, with the spilled registers still to be reloaded. */
static void emit_second_entry(struct emitter *e)
{
    emit_load_slot(e, PROBE_PC, SLOT_A, EXTRA);
    emit_load_slot(e, PROBE_AT, SLOT_B, EXTRA);
    emit_load_slot(e, PROBE_TAG, SLOT_C, EXTRA);
}
#define SECOND_ENTRY 12 /* bytes */

/* A unit begins where decoded code of the machine is not yet shared with another, if that costs little. */
static void align(struct translator *t)
{
    t->used = (t->used + 3) & ~3u;
    if (PAGE_SIZE - t->used % PAGE_SIZE < 128)
        t->used = (t->used + (uint32_t)PAGE_SIZE - 1) & ~((uint32_t)PAGE_SIZE - 1);
}

static void set_entry(struct emitter *e, uint32_t offset, uint32_t flag)
{
    struct code_map *page = &e->t->page[e->page];
    page->entry[offset / 2] = (emit_at(e) + 1) | flag;
    emit_record(e, RECORD_POINT, e->page * (uint32_t)PAGE_HALVES + offset / 2);
}

void translate_unit(struct vm *vm, uint32_t number, uint32_t offset)
{
    struct translator *t = vm->translator;
    struct code_map *page = &t->page[number];
    struct emitter e;
    align(t);
    emit_begin(&e, vm, number);
    emit_second_entry(&e);
    bool more = true;
    uint32_t flag = ENTRY_HEAD;
    for (unsigned n = 0; more; n++, flag = 0) {
        if (offset == PAGE_SIZE || n == UNIT_LONGEST || page->entry[offset / 2]) {
            emit_link(&e, page->gva + offset);
            break;
        }
        struct guest_insn g;
        e.guest = offset;
        bool whole = fetch(&e, offset, &g);
        set_entry(&e, offset, flag);
        note_lines(page, offset, whole ? g.insn.length : 2);
        more = whole ? translate_insn(&e, &g) : translate_callout(&e, &g);
        offset += g.insn.length;
    }
    emit_stubs(&e);
    emit_end(&e);
    t->units++;
    vm->counters.bt_units++;
}

uint32_t translate_head(struct vm *vm, uint32_t number, uint32_t offset)
{
    struct translator *t = vm->translator;
    uint32_t *entry = &t->page[number].entry[offset / 2];
    if (!(*entry & ENTRY_HEAD)) {
        uint32_t to = ENTRY_OFFSET(*entry);
        struct emitter e;
        align(t);
        emit_begin(&e, vm, number);
        emit_second_entry(&e);
        set_entry(&e, offset, ENTRY_HEAD);
        uint32_t jump = emit_at(&e);
        emit(&e, INSN_jal, 0, 0, 0, 0, EXTRA);
        emit_patch(t, jump, to);
        emit_end(&e);
    }
    return ENTRY_OFFSET(*entry) - SECOND_ENTRY;
}
