/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The emitter. See emit.h.
 */
#include "vmm/technique/bt/emit.h"

#define C_NOP 0x0001
#define ECALL 0x00000073

void emit_begin(struct emitter *e, struct vm *vm, uint32_t page)
{
    e->vm = vm;
    e->t = vm->translator;
    e->page = page;
    e->start = e->t->used;
    e->insns = 0;
    e->stubs = 0;
}

void emit_end(struct emitter *e)
{
    struct translator *t = e->t;
    if (t->used == e->start)
        return;
    hw_wrote(e->vm->hw, t->cache_hpa + e->start, t->used - e->start, false);
    for (uint64_t p = e->start / PAGE_SIZE; p <= (t->used - 1) / PAGE_SIZE; p++)
        hw_marks(e->vm->hw, t->cache_hpa + p * PAGE_SIZE, t->marks[p]);
    hw_charge(e->vm->hw, COST_insn_emitted, e->insns);
}

void emit_rewrite(struct emitter *e, struct vm *vm, uint32_t page, uint32_t at)
{
    uint32_t end = vm->translator->used;
    vm->translator->used = at;
    emit_begin(e, vm, page);
    e->end = end;
}

void emit_rewritten(struct emitter *e)
{
    emit_end(e);
    e->t->used = e->end;
}

void emit_record(struct emitter *e, enum record_kind kind, uint32_t payload)
{
    e->t->record[e->t->used / 2] = record_make(kind, payload);
}

void emit_word(struct emitter *e, uint32_t word, unsigned length, enum mark mark)
{
    struct translator *t = e->t;
    if (t->used + length > CACHE_SIZE)
        hw_panic(e->vm->hw, "a translated unit is longer than can be");
    if (mark == RETIRES)
        t->marks[t->used / PAGE_SIZE][t->used % PAGE_SIZE / 128] |= UINT64_C(1) << t->used % 128 / 2;
    bytes_put(t->cache + t->used, length, word);
    t->used += length;
    e->insns++;
}

static uint32_t encoded(struct vm *vm, enum insn_id id, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    struct insn i = {(uint16_t)id, (uint8_t)rd, (uint8_t)rs1, (uint8_t)rs2, 4, imm};
    uint32_t word;
    if (!insn_encode(&i, &word))
        hw_panic(vm->hw, "the translator makes an instruction that cannot be");
    return word;
}

void emit(struct emitter *e, enum insn_id id, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm, enum mark mark)
{
    emit_word(e, encoded(e->vm, id, rd, rs1, rs2, imm), 4, mark);
}

void emit_nop(struct emitter *e)
{
    emit_word(e, C_NOP, 2, RETIRES);
}

static int64_t low12(uint64_t value)
{
    return (int64_t)(value << 52) >> 52;
}

static bool is_int32(uint64_t value)
{
    return (uint64_t)(int32_t)value == value;
}

static void emit_int32(struct emitter *e, unsigned rd, uint64_t value, enum mark mark)
{
    int64_t low = low12(value), high = (int64_t)((value - (uint64_t)low) << 32) >> 32;
    if (high)
        emit(e, INSN_lui, rd, 0, 0, high, low ? EXTRA : mark);
    if (low || !high)
        emit(e, high ? INSN_addiw : INSN_addi, rd, high ? rd : 0, 0, low, mark);
}

bool constant_fits(uint64_t value)
{
    return is_int32(value) || (value && is_int32((uint64_t)((int64_t)value >> __builtin_ctzll(value))));
}

/* As assemblers do li (unprivileged ISA, 2.4): what remains without the zeros at its end, shifted; or without its lower 12
 * bits, which are added. */
void emit_constant(struct emitter *e, unsigned rd, uint64_t value, enum mark mark)
{
    unsigned zeros = value ? (unsigned)__builtin_ctzll(value) : 0;
    uint64_t shifted = (uint64_t)((int64_t)value >> zeros);
    if (is_int32(value)) {
        emit_int32(e, rd, value, mark);
    } else if (is_int32(shifted)) {
        emit_int32(e, rd, shifted, EXTRA);
        emit(e, INSN_slli, rd, rd, 0, zeros, mark);
    } else {
        int64_t low = low12(value);
        emit_constant(e, rd, value - (uint64_t)low, EXTRA);
        emit(e, INSN_addi, rd, rd, 0, low, mark);
    }
}

void emit_callout(struct emitter *e, uint32_t guest_offset)
{
    emit_record(e, RECORD_CALLOUT, e->page * (uint32_t)PAGE_HALVES + guest_offset / 2);
    emit_word(e, ECALL, 4, EXTRA);
}

void emit_link(struct emitter *e, uint64_t gva)
{
    struct translator *t = e->t;
    const struct code_map *page = &t->page[e->page];
    uint32_t number = t->links_used++;
    t->link[number] = (struct link){.target = gva, .slot = t->used, .page = (uint16_t)e->page};
    emit_record(e, RECORD_LINK, number);
    emit_word(e, ECALL, 4, EXTRA);
    uint32_t entry = (gva ^ page->gva) < PAGE_SIZE ? page->entry[gva % PAGE_SIZE / 2] : 0;
    if (entry && !e->vm->translator_options.no_chain) {
        emit_patch(t, t->link[number].slot, ENTRY_OFFSET(entry));
        t->link[number].made = true;
        e->vm->counters.bt_chains++;
    }
}

static const enum slot spill_slots[3] = {SLOT_A, SLOT_B, SLOT_C};

unsigned emit_spill(struct emitter *e, struct scratch *s, unsigned rs1, unsigned rs2)
{
    unsigned reg = s->count ? s->reg[s->count - 1] + 1u : 5;
    while (reg == rs1 || reg == rs2)
        reg++;
    emit_store_slot(e, reg, spill_slots[s->count], EXTRA);
    s->reg[s->count++] = (uint8_t)reg;
    return reg;
}

void emit_reload(struct emitter *e, const struct scratch *s, enum mark mark)
{
    for (unsigned k = s->count; k-- > 0;)
        emit_load_slot(e, s->reg[k], spill_slots[k], k == 0 ? mark : EXTRA);
}

static void emit_branch(struct emitter *e, enum insn_id id, unsigned rs1, unsigned rs2, const struct stub *stub)
{
    e->stub[e->stubs] = *stub;
    e->stub[e->stubs++].branch = e->t->used;
    emit(e, id, 0, rs1, rs2, 0, stub->callout ? EXTRA : RETIRES);
}

void emit_branch_to_callout(struct emitter *e, enum insn_id id, unsigned rs1, unsigned rs2, const uint8_t spilled[3])
{
    struct stub stub = {.callout = true, .guest = e->guest, .spilled = {spilled[0], spilled[1], spilled[2]}};
    emit_branch(e, id, rs1, rs2, &stub);
}

void emit_branch_to_link(struct emitter *e, enum insn_id id, unsigned rs1, unsigned rs2, uint64_t gva)
{
    emit_branch(e, id, rs1, rs2, &(struct stub){.guest = gva});
}

void emit_stubs(struct emitter *e)
{
    for (unsigned i = 0; i < e->stubs; i++) {
        const struct stub *s = &e->stub[i];
        emit_patch(e->t, s->branch, e->t->used);
        for (unsigned k = 0; k < 3; k++)
            if (s->spilled[k])
                emit_load_slot(e, s->spilled[k], spill_slots[k], EXTRA);
        if (s->callout)
            emit_callout(e, (uint32_t)s->guest);
        else
            emit_link(e, s->guest);
    }
    e->stubs = 0;
}

#define JAL_X0 0x0000006f

void emit_patch(struct translator *t, uint32_t from, uint32_t to)
{
    int64_t distance = (int64_t)to - (int64_t)from;
    uint32_t word = (uint32_t)bytes_get(t->cache + from, 4);
    if (word == ECALL || (word & 0x7f) == JAL_X0) /* an ecall becomes a jal */
        word = JAL_X0 | insn_immediate_put(IMMEDIATE_j, distance);
    else
        word |= insn_immediate_put(IMMEDIATE_b, distance);
    bytes_put(t->cache + from, 4, word);
}
