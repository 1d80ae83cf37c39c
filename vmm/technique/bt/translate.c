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

/* The branch carries the mark. Not taken, it goes on in the unit. */
static bool translate_branch(struct emitter *e, const struct guest_insn *g)
{
    const struct insn *i = &g->insn;
    emit_branch_to_link(e, (enum insn_id)i->id, i->rs1, i->rs2, g->gva + (uint64_t)i->imm);
    return true;
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
static void emit_probe(struct emitter *e, const struct guest_insn *g, uint32_t site)
{
    const struct insn *i = &g->insn;
    emit_store_slot(e, PROBE_PC, SLOT_A, EXTRA);
    emit_store_slot(e, PROBE_AT, SLOT_B, EXTRA);
    emit_store_slot(e, PROBE_TAG, SLOT_C, EXTRA);
    emit(e, INSN_addi, PROBE_PC, i->rs1, 0, i->imm, i->rd ? EXTRA : RETIRES); /* an odd address is a miss */
    if (i->rd)
        emit_jalr_link(e, g);
    emit_record(e, RECORD_INDIRECT, site);
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
    emit_record(e, RECORD_INDIRECT, site);
    emit(e, INSN_ecall, 0, 0, 0, 0, EXTRA);
}

/* The register that holds the guess of a prediction: none that the jump names. */
static unsigned guess_register(const struct insn *i)
{
    unsigned reg = PROBE_PC;
    while (reg == i->rd || reg == i->rs1)
        reg++;
    return reg;
}

/* An indirect jump mostly goes where it went before. In front of the probe is room for that guess (predict_jump()); until
 * there is one, it is jumped over:
 *     sd g, A     (j probe)
 *     g = guess   three instructions
 *     bne g, rs1, wrong
 *     ld g, A
 *     rd = link
 *     link to the guess
 * wrong: ld g, A
 * probe: */
static bool translate_jalr(struct emitter *e, const struct guest_insn *g)
{
    const struct insn *i = &g->insn;
    unsigned guess = guess_register(i);
    bool predictable = i->imm == 0 && i->rs1 != 0 && i->rd != i->rs1;
    uint32_t site = e->t->links_used;
    if (predictable) {
        uint32_t start = emit_at(e);
        emit(e, INSN_jal, 0, 0, 0, 0, EXTRA);
        for (unsigned k = 0; k < GUESS_INSNS; k++)
            emit(e, INSN_addi, 0, 0, 0, 0, EXTRA);
        uint32_t wrong = emit_at(e);
        emit(e, INSN_bne, 0, guess, i->rs1, 0, EXTRA);
        emit_load_slot(e, guess, SLOT_A, i->rd ? EXTRA : RETIRES);
        if (i->rd)
            emit_constant(e, i->rd, g->gva + i->length, RETIRES);
        emit_link(e, PROBE_NONE);
        emit_patch(e->t, wrong, emit_at(e));
        emit_load_slot(e, guess, SLOT_A, EXTRA);
        emit_patch(e->t, start, emit_at(e));
        e->t->link[site].guess = start;
        e->t->link[site].guess_register = (uint8_t)guess;
    }
    emit_probe(e, g, predictable ? site + 1 : 0);
    return false;
}

bool predict_jump(struct vm *vm, uint32_t number, uint64_t gva)
{
    struct link *link = &vm->translator->link[number];
    struct emitter e;
    if (link->target != PROBE_NONE || !constant_fits(gva))
        return false;
    link->target = gva;
    emit_rewrite(&e, vm, link->page, link->guess);
    emit_store_slot(&e, link->guess_register, SLOT_A, EXTRA);
    emit_constant(&e, link->guess_register, gva, EXTRA);
    while (emit_at(&e) < link->guess + 4 * (1 + GUESS_INSNS))
        emit(&e, INSN_addi, 0, 0, 0, 0, EXTRA);
    emit_rewritten(&e);
    return true;
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
    case FLOW_STORE:
        return translate_adaptive(e, g) || translate_copy(e, g);
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

/* --- auipc and what it is there for ----------------------------------------------------------------------------------------- */

/* `call` and `la`: auipc, and a jump or an addition that starts from its register. */
static bool is_pair(const struct guest_insn *first, const struct guest_insn *second)
{
    unsigned rd = first->insn.rd;
    if (first->insn.id != INSN_auipc || rd == 0 || second->insn.rs1 != rd)
        return false;
    return second->insn.id == INSN_jalr || (second->insn.id == INSN_addi && second->insn.rd == rd);
}

/* Both are carried out as one, since the register between them is known. Who stops there gets it by the record. */
static bool translate_pair(struct emitter *e, const struct guest_insn *first, const struct guest_insn *second)
{
    const struct insn *i = &second->insn;
    uint64_t between = first->gva + (uint64_t)first->insn.imm, value = between + (uint64_t)i->imm;
    emit_nop(e);
    emit_record(e, RECORD_BETWEEN, e->page * (uint32_t)PAGE_HALVES + (uint32_t)(second->gva % PAGE_SIZE / 2));
    if (i->id == INSN_addi) {
        emit_constant(e, i->rd, value, RETIRES);
        return true;
    }
    if (i->rd != first->insn.rd)
        emit_constant(e, first->insn.rd, between, i->rd ? EXTRA : RETIRES);
    if (i->rd)
        emit_constant(e, i->rd, second->gva + i->length, RETIRES);
    emit_link(e, value & ~UINT64_C(1));
    return false;
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
static void emit_second_entry(struct emitter *e, uint32_t offset)
{
    emit_record(e, RECORD_UNIT, e->page * (uint32_t)PAGE_HALVES + offset / 2);
    emit_load_slot(e, PROBE_PC, SLOT_A, EXTRA);
    emit_load_slot(e, PROBE_AT, SLOT_B, EXTRA);
    emit_load_slot(e, PROBE_TAG, SLOT_C, EXTRA);
}

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

/* Translates the instruction at *offset, or it and the next one, and moves on. Returns whether the unit does. */
static bool translate_next(struct emitter *e, uint32_t *offset, uint32_t flag)
{
    struct code_map *page = &e->t->page[e->page];
    struct guest_insn g, next;
    e->guest = *offset;
    bool whole = fetch(e, *offset, &g);
    set_entry(e, *offset, flag);
    note_lines(page, *offset, whole ? g.insn.length : 2);
    *offset += g.insn.length;
    if (!whole)
        return translate_callout(e, &g);
    if (g.insn.id == INSN_auipc && *offset < PAGE_SIZE && fetch(e, *offset, &next) && is_pair(&g, &next)) {
        note_lines(page, *offset, next.insn.length);
        *offset += next.insn.length;
        return translate_pair(e, &g, &next);
    }
    return translate_insn(e, &g);
}

void translate_unit(struct vm *vm, uint32_t number, uint32_t offset)
{
    struct translator *t = vm->translator;
    const struct code_map *page = &t->page[number];
    struct emitter e;
    align(t);
    emit_begin(&e, vm, number);
    emit_second_entry(&e, offset);
    bool more = true;
    uint32_t flag = ENTRY_HEAD;
    for (unsigned n = 0; more; n++, flag = 0) {
        if (offset == PAGE_SIZE || n == UNIT_LONGEST || page->entry[offset / 2]) {
            emit_link(&e, page->gva + offset);
            break;
        }
        more = translate_next(&e, &offset, flag);
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
        emit_second_entry(&e, offset);
        set_entry(&e, offset, ENTRY_HEAD);
        uint32_t jump = emit_at(&e);
        emit(&e, INSN_jal, 0, 0, 0, 0, EXTRA);
        emit_patch(t, jump, to);
        emit_end(&e);
    }
    return ENTRY_OFFSET(*entry) - SECOND_ENTRY;
}
