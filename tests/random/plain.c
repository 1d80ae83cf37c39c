/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plain random programs: unprivileged instructions, whatever they are, against an interpreter that shares nothing with the
 * machine (oracle.h): registers, memory and the reservation agree after as many steps as that one can follow.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "isa/insn.h"
#include "oracle.h"

#define STEPS 2000
#define WORDS 700 /* instructions of a program */
#define SANDBOX (ORACLE_BASE + 0x8000)

struct plain {
    struct dice dice;
    struct oracle before, after;
    uint64_t steps;
};

static unsigned some(struct plain *g, unsigned n)
{
    return dice_below(&g->dice, n);
}

/* Often a corner. */
static uint64_t value(struct plain *g)
{
    uint64_t v = dice_bits(&g->dice);
    switch (some(g, 6)) {
    case 0:
        return v >> some(g, 64);
    case 1:
        return (uint64_t)((int64_t)v >> some(g, 64));
    case 2:
        return UINT64_C(1) << some(g, 64);
    case 3:
        return (UINT64_C(1) << some(g, 64)) - 1;
    default:
        return v;
    }
}

/* x2, x8 and x9 are pointers into the sandbox (or, now and then, into the program); x1 and x6 to code. */
static uint8_t destination(struct plain *g)
{
    unsigned r = some(g, 32);
    bool pointer = r == 2 || r == 8 || r == 9;
    return (uint8_t)(pointer && some(g, 200) ? 10 : r);
}

static int64_t immediate(struct plain *g, unsigned kind)
{
    struct insn_range range = insn_immediate_range((enum insn_immediate)kind);
    uint64_t choices = (uint64_t)(range.greatest - range.least) / range.multiple + 1;
    int64_t any = range.least + (int64_t)(dice_bits(&g->dice) % choices * range.multiple);
    switch (some(g, 8)) {
    case 0:
        return range.least;
    case 1:
        return range.greatest;
    default:
        return any;
    }
}

static bool usable(unsigned id)
{
    const struct insn_row *row = &insn_rows[insn_rows[id].base];
    return row->class == CLASS_INNOCUOUS && row->flow != FLOW_TRAP;
}

static void choose_registers(struct plain *g, struct insn *i, const struct insn_format_row *f)
{
    bool small = f->rd == FIELD_P7 || f->rd == FIELD_P2;
    i->rd = f->rd == FIELD_ZERO ? 0 : f->rd == FIELD_RA ? 1 : f->rd == FIELD_SP ? 2 : destination(g);
    i->rs1 = (uint8_t)(f->rs1 == FIELD_ZERO ? 0
                       : f->rs1 == FIELD_SP ? 2
                       : f->rs1 == FIELD_P7 ? 8 + some(g, 8)
                                            : some(g, 32));
    i->rs2 = (uint8_t)(f->rs2 == FIELD_ZERO ? 0 : f->rs2 == FIELD_P2 ? 8 + some(g, 8) : some(g, 32));
    if (small)
        i->rd = (uint8_t)(10 + some(g, 6));
}

static void choose_operands(struct plain *g, struct insn *i)
{
    const struct insn_row *row = &insn_rows[i->id], *base = &insn_rows[row->base];
    const struct insn_format_row *f = &insn_formats[row->format];
    choose_registers(g, i, f);
    i->imm = f->immediate == IMMEDIATE_none ? 0 : immediate(g, f->immediate);
    if ((base->flow == FLOW_LOAD || base->flow == FLOW_STORE) && f->rs1 != FIELD_SP) {
        i->rs1 = (uint8_t)(8 + some(g, 2));
        if (some(g, 3) && f->immediate == IMMEDIATE_i)
            i->imm &= ~INT64_C(7);
    }
    if (row->base == INSN_jalr)
        i->rs1 = some(g, 2) ? 1 : 6;
    if (base->flow == FLOW_BRANCH || row->base == INSN_jal)
        i->imm = some(g, 5) ? 2 * (int64_t)some(g, 20) : -2 * (int64_t)some(g, 30);
    if (row->base == INSN_jalr && f->immediate == IMMEDIATE_i)
        i->imm = 4 * (int64_t)some(g, 12);
    if (f->rd == f->rs1 && f->rs1 != FIELD_ZERO) /* one field is both */
        i->rs1 = f->rd == FIELD_R7 || f->rd == FIELD_P7 ? i->rd : i->rs1;
}

/* One instruction, or the first of the pair that makes a jump by register useful. */
static uint32_t random_insn(struct plain *g, unsigned *length)
{
    for (;;) {
        struct insn i = {.id = (uint16_t)(1 + some(g, INSN_count - 1))};
        uint32_t word;
        if (some(g, 12) == 0)
            i.id = INSN_auipc;
        if (!usable(i.id) || (insn_rows[i.id].base == INSN_jalr && some(g, 3)))
            continue;
        choose_operands(g, &i);
        if (i.id == INSN_auipc && some(g, 2)) {
            i.rd = 6;
            i.imm = 0;
        }
        if (!insn_encode(&i, &word))
            continue;
        *length = insn_formats[insn_rows[i.id].format].length;
        return word;
    }
}

static void generate(struct plain *g)
{
    struct oracle *o = &g->before;
    o->reserved = ORACLE_NO_RESERVATION;
    uint64_t pc = ORACLE_BASE + (some(g, 2) ? 0 : 0xfd8); /* the second: soon across a page */
    o->pc = pc;
    for (unsigned n = 0; n < WORDS; n++) {
        unsigned length;
        uint32_t word = random_insn(g, &length);
        oracle_put(o, pc, length, word);
        pc += length;
    }
    for (uint64_t at = SANDBOX; at < ORACLE_BASE + ORACLE_SIZE; at += 8)
        oracle_put(o, at, 8, value(g));
    for (unsigned r = 1; r < 32; r++)
        o->x[r] = value(g);
    o->x[1] = o->x[6] = o->pc + 4 * some(g, 40);
    o->x[2] = SANDBOX + 0x1000;
    o->x[8] = SANDBOX + 0x2000 + (some(g, 2) ? 8 * some(g, 500) : some(g, 4000));
    o->x[9] = some(g, 10) ? SANDBOX + 0x3000 + 4 * some(g, 900) : o->pc + 4 * some(g, 200);
}

struct plain *plain_new(uint64_t seed)
{
    struct plain *g = calloc(1, sizeof *g);
    if (!g)
        abort();
    g->dice.state = seed * UINT64_C(0x9e3779b97f4a7c15);
    generate(g);
    g->after = g->before;
    while (g->steps < STEPS && oracle_step(&g->after))
        g->steps++;
    return g;
}

static bool differ(struct difference *d, uint64_t expected, uint64_t got, const char *what, uint64_t number)
{
    if (expected == got)
        return false;
    *d = (struct difference){.expected = expected, .got = got};
    snprintf(d->what, sizeof d->what, "of a plain program, %s%#" PRIx64, what, number);
    return true;
}

bool plain_differs(const struct plain *g, const struct way *way, struct difference *d)
{
    struct program *nothing = program_new();
    struct execution *e = execution_new(way, nothing);
    struct view v = execution_view(e);
    free(nothing);
    memcpy(v.bus->ram.bytes, g->before.memory, ORACLE_SIZE);
    memcpy(v.ctx->x, g->before.x, sizeof g->before.x);
    v.ctx->pc = g->before.pc;
    machine_wrote(e->m, RAM_BASE + v.offset, ORACLE_SIZE, false);
    execution_run(e, g->steps);
    v = execution_view(e);
    const struct oracle *o = &g->after;
    uint64_t held = v.ctx->reservation == RESERVATION_NONE ? ORACLE_NO_RESERVATION : v.ctx->reservation - v.offset;
    bool differs = differ(d, o->reserved, held, "the reservation after step ", g->steps) ||
                   differ(d, o->pc, v.ctx->pc, "pc after step ", g->steps) || !execution_is_sound(e, d);
    for (unsigned r = 1; r < 32 && !differs; r++)
        differs = differ(d, o->x[r], v.ctx->x[r], "x register ", r);
    for (uint64_t i = 0; i < ORACLE_SIZE && !differs; i++)
        differs = differ(d, o->memory[i], v.bus->ram.bytes[i], "memory at ", ORACLE_BASE + i);
    execution_free(e);
    return differs;
}

uint64_t plain_steps(const struct plain *g)
{
    return g->steps;
}
