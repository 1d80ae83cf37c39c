/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Emitting code, and choosing operands. See generator.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator.h"

/* --- values --------------------------------------------------------------------------------------------------------------- */

uint64_t random_value(struct generator *g)
{
    uint64_t v = dice_bits(&g->dice);
    switch (below(g, 6)) {
    case 0:
        return v >> below(g, 64);
    case 1:
        return (uint64_t)((int64_t)v >> below(g, 64));
    case 2:
        return UINT64_C(1) << below(g, 64);
    case 3:
        return (UINT64_C(1) << below(g, 64)) - 1;
    default:
        return v;
    }
}

static bool must_stay(const struct generator *g, unsigned r)
{
    return r && (r == g->reg[RESUME] || r == g->reg[COUNTER] || r == g->reg[LINK]);
}

unsigned random_target(struct generator *g)
{
    for (;;) {
        unsigned r = below(g, 32);
        if (!must_stay(g, r))
            return r;
    }
}

unsigned random_source(struct generator *g)
{
    return below(g, 32);
}

void put64(struct generator *g, uint32_t at, uint64_t value)
{
    bytes_put(g->p->image + at, 8, value);
    g->p->used[at / PAGE_SIZE] = true;
}

/* --- instructions --------------------------------------------------------------------------------------------------------- */

static void broken(const char *what)
{
    fprintf(stderr, "random programs: %s\n", what);
    abort();
}

void gen_word(struct generator *g, uint32_t word, unsigned length)
{
    struct program *p = g->p;
    if (p->word_count == PROGRAM_WORDS || g->at + length > PROGRAM_IMAGE)
        broken("a program is too long");
    bytes_put(p->image + g->at, length, word);
    p->used[g->at / PAGE_SIZE] = p->used[(g->at + length - 1) / PAGE_SIZE] = true;
    p->words[p->word_count++] = (struct word){g->at, (uint8_t)length, g->pin};
    g->at += length;
}

static uint32_t encoded(const struct insn *i)
{
    uint32_t word;
    if (!insn_encode(i, &word)) {
        fprintf(stderr, "%s rd %u rs1 %u rs2 %u imm %lld\n", insn_rows[i->id].mnemonic, i->rd, i->rs1, i->rs2,
                (long long)i->imm);
        broken("an operand does not fit");
    }
    return word;
}

static struct insn insn_of(enum insn_id id, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    return (struct insn){.id = (uint16_t)id, .rd = (uint8_t)rd, .rs1 = (uint8_t)rs1, .rs2 = (uint8_t)rs2, .imm = imm};
}

void gen(struct generator *g, enum insn_id id, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    struct insn i = insn_of(id, rd, rs1, rs2, imm);
    gen_word(g, encoded(&i), insn_formats[insn_rows[id].format].length);
}

static int64_t low12(uint64_t value)
{
    return (int64_t)(value << 52) >> 52;
}

void gen_li(struct generator *g, unsigned rd, uint64_t value)
{
    int64_t low = low12(value);
    if ((uint64_t)low == value) {
        gen_i(g, INSN_addi, rd, 0, low);
    } else if ((int64_t)(int32_t)value == (int64_t)value) {
        gen(g, INSN_lui, rd, 0, 0, (int32_t)(uint32_t)(value - (uint64_t)low));
        if (low)
            gen_i(g, INSN_addiw, rd, rd, low);
    } else {
        uint64_t rest = value - (uint64_t)low;
        unsigned shift = (unsigned)__builtin_ctzll(rest);
        gen_li(g, rd, (uint64_t)((int64_t)rest >> shift));
        gen_i(g, INSN_slli, rd, rd, shift);
        if (low)
            gen_i(g, INSN_addi, rd, rd, low);
    }
}

void gen_csr_value(struct generator *g, enum insn_id id, unsigned csr, uint64_t value)
{
    gen_li(g, role(g, T0), value);
    gen_csr(g, id, 0, csr, role(g, T0));
}

/* --- targets that come later ---------------------------------------------------------------------------------------------- */

struct forward gen_forward(struct generator *g, enum insn_id id, unsigned rd, unsigned rs1, unsigned rs2)
{
    struct forward f = {g->at, insn_of(id, rd, rs1, rs2, 0)};
    gen_word(g, encoded(&f.insn), insn_formats[insn_rows[id].format].length);
    return f;
}

void land(struct generator *g, const struct forward *f)
{
    struct insn i = f->insn;
    i.imm = (int64_t)g->at - (int64_t)f->at;
    bytes_put(g->p->image + f->at, insn_formats[insn_rows[i.id].format].length, encoded(&i));
}

void gen_jump_to(struct generator *g, unsigned rd, uint32_t target)
{
    gen(g, INSN_jal, rd, 0, 0, (int64_t)target - (int64_t)g->at);
}

void gen_near(struct generator *g, unsigned rd, uint32_t target)
{
    uint32_t distance = target - g->at;
    int64_t low = low12(distance);
    gen(g, INSN_auipc, rd, 0, 0, (int32_t)(distance - (uint32_t)low));
    gen_i(g, INSN_addi, rd, rd, low);
}

/* --- random arithmetic ---------------------------------------------------------------------------------------------------- */

static int64_t random_immediate(struct generator *g, unsigned kind)
{
    struct insn_range range = insn_immediate_range((enum insn_immediate)kind);
    uint64_t choices = (uint64_t)(range.greatest - range.least) / range.multiple + 1;
    int64_t some = range.least + (int64_t)(dice_bits(&g->dice) % choices * range.multiple);
    switch (below(g, 8)) {
    case 0:
        return range.least;
    case 1:
        return range.greatest;
    default:
        return some;
    }
}

static uint8_t random_field(struct generator *g, unsigned field)
{
    switch (field) {
    case FIELD_ZERO:
        return 0;
    case FIELD_RA:
        return 1;
    case FIELD_SP:
        return 2;
    case FIELD_P7:
    case FIELD_P2:
        return (uint8_t)(8 + below(g, 8));
    default:
        return (uint8_t)below(g, 32);
    }
}

static bool is_alu(unsigned id, bool whole)
{
    const struct insn_row *row = &insn_rows[insn_rows[id].base];
    bool compressed = insn_rows[id].base != id;
    return row->class == CLASS_INNOCUOUS && row->flow == FLOW_NEXT && !(whole && compressed);
}

uint32_t random_alu(struct generator *g, bool whole, unsigned *length)
{
    for (;;) {
        struct insn i = {.id = (uint16_t)(1 + below(g, INSN_count - 1))};
        if (!is_alu(i.id, whole))
            continue;
        const struct insn_format_row *f = &insn_formats[insn_rows[i.id].format];
        i.rd = random_field(g, f->rd);
        i.rs1 = random_field(g, f->rs1);
        i.rs2 = random_field(g, f->rs2);
        i.imm = f->immediate == IMMEDIATE_none ? 0 : random_immediate(g, f->immediate);
        if (f->rd == f->rs1)
            i.rs1 = i.rd;
        uint32_t word;
        if (must_stay(g, i.rd) || !insn_encode(&i, &word))
            continue;
        *length = f->length;
        return word;
    }
}

void gen_alu(struct generator *g, unsigned n)
{
    while (n--) {
        unsigned length;
        uint32_t word = random_alu(g, false, &length);
        gen_word(g, word, length);
    }
}

/* --- going on after a trap ------------------------------------------------------------------------------------------------ */

struct resume gen_offset(struct generator *g, unsigned reg, bool skip)
{
    struct resume r = {g->at, reg, skip};
    gen(g, INSN_lui, reg, 0, 0, 0);
    gen_i(g, INSN_addi, reg, reg, 0);
    return r;
}

struct resume gen_resume(struct generator *g, bool skip)
{
    return gen_offset(g, role(g, RESUME), skip);
}

void end_resume(struct generator *g, const struct resume *r)
{
    uint32_t value = (g->at - AT_BODY) | r->skip;
    int64_t low = low12(value);
    struct insn lui = insn_of(INSN_lui, r->reg, 0, 0, (int32_t)(value - (uint32_t)low));
    struct insn addi = insn_of(INSN_addi, r->reg, r->reg, 0, low);
    bytes_put(g->p->image + r->at, 4, encoded(&lui));
    bytes_put(g->p->image + r->at + 4, 4, encoded(&addi));
}
