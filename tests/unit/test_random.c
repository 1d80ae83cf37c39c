/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random programs: the bare machine, a guest under te and an interpreter that shares nothing with either (oracle.h) must
 * agree on every register and byte, after as many steps as that interpreter can follow, in one piece and in small ones.
 *
 * RANDOM_PROGRAMS and RANDOM_SEED in the environment: how many, and the first of their seeds; a failure names its own.
 */
#include "sides.h"

#include "isa/insn.h"
#include "oracle.h"

#define STEPS 2000
#define WORDS 700 /* instructions of a program */
#define SANDBOX (ORACLE_BASE + 0x8000)

static uint64_t random_state;

static uint64_t random_bits(void) /* xorshift64* */
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned below(unsigned n)
{
    return (unsigned)(random_bits() >> 33) % n;
}

/* Often a corner. */
static uint64_t random_value(void)
{
    uint64_t v = random_bits();
    switch (below(6)) {
    case 0:
        return v >> below(64);
    case 1:
        return (uint64_t)((int64_t)v >> below(64));
    case 2:
        return UINT64_C(1) << below(64);
    case 3:
        return (UINT64_C(1) << below(64)) - 1;
    default:
        return v;
    }
}

/* x2, x8 and x9 are pointers into the sandbox (or, now and then, into the program); x1 and x6 to code. */
static bool is_pointer(unsigned r)
{
    return r == 2 || r == 8 || r == 9;
}

static unsigned random_destination(void)
{
    unsigned r = below(32);
    return is_pointer(r) && below(200) ? 10 : r;
}

static int64_t random_immediate(unsigned kind)
{
    struct insn_range range = insn_immediate_range((enum insn_immediate)kind);
    uint64_t choices = (uint64_t)(range.greatest - range.least) / range.multiple + 1;
    int64_t some = range.least + (int64_t)(random_bits() % choices * range.multiple);
    return below(8) == 0 ? range.least : below(8) == 0 ? range.greatest : some;
}

static bool usable(unsigned id)
{
    const struct insn_row *row = &insn_rows[insn_rows[id].base];
    return row->class == CLASS_INNOCUOUS && row->flow != FLOW_TRAP;
}

static void choose_operands(struct insn *i)
{
    const struct insn_row *row = &insn_rows[i->id], *base = &insn_rows[row->base];
    const struct insn_format_row *f = &insn_formats[row->format];
    bool memory = base->flow == FLOW_LOAD || base->flow == FLOW_STORE, small = f->rd == FIELD_P7 || f->rd == FIELD_P2;
    i->rd = (uint8_t)(f->rd == FIELD_ZERO ? 0
                      : f->rd == FIELD_RA ? 1
                      : f->rd == FIELD_SP ? 2
                      : small             ? 10 + below(6)
                                          : random_destination());
    i->rs1 = (uint8_t)(f->rs1 == FIELD_ZERO ? 0 : f->rs1 == FIELD_SP ? 2 : f->rs1 == FIELD_P7 ? 8 + below(8) : below(32));
    i->rs2 = (uint8_t)(f->rs2 == FIELD_ZERO ? 0 : f->rs2 == FIELD_P2 ? 8 + below(8) : below(32));
    i->imm = f->immediate == IMMEDIATE_none ? 0 : random_immediate(f->immediate);
    if (memory && f->rs1 != FIELD_SP)
        i->rs1 = (uint8_t)(8 + below(2));
    if (memory && below(3) && f->immediate == IMMEDIATE_i)
        i->imm &= ~INT64_C(7);
    if (row->base == INSN_jalr)
        i->rs1 = below(2) ? 1 : 6;
    if (base->flow == FLOW_BRANCH || row->base == INSN_jal)
        i->imm = below(5) ? 2 * (int64_t)below(20) : -2 * (int64_t)below(30);
    if (row->base == INSN_jalr && f->immediate == IMMEDIATE_i)
        i->imm = 4 * (int64_t)below(12);
    if (f->rd == f->rs1 && f->rs1 != FIELD_ZERO) /* one field is both */
        i->rs1 = f->rd == FIELD_R7 || f->rd == FIELD_P7 ? i->rd : i->rs1;
}

/* One instruction, or the pair that makes a jump by register useful. */
static uint32_t random_insn(unsigned *length)
{
    for (;;) {
        struct insn i = {.id = (uint16_t)(1 + below(INSN_count - 1))};
        uint32_t word;
        if (below(12) == 0)
            i.id = INSN_auipc;
        if (!usable(i.id) || (insn_rows[i.id].base == INSN_jalr && below(3)))
            continue;
        choose_operands(&i);
        if (i.id == INSN_auipc && below(2)) {
            i.rd = 6;
            i.imm = 0;
        }
        if (!insn_encode(&i, &word))
            continue;
        *length = insn_formats[insn_rows[i.id].format].length;
        return word;
    }
}

static void make_program(struct oracle *o)
{
    memset(o, 0, sizeof *o);
    o->reserved = ORACLE_NO_RESERVATION;
    uint64_t pc = ORACLE_BASE + (below(2) ? 0 : 0xfd8); /* the second: soon across a page */
    o->pc = pc;
    for (unsigned n = 0; n < WORDS; n++) {
        unsigned length;
        uint32_t word = random_insn(&length);
        oracle_put(o, pc, length, word);
        pc += length;
    }
    for (uint64_t at = SANDBOX; at < ORACLE_BASE + ORACLE_SIZE; at += 8)
        oracle_put(o, at, 8, random_value());
    for (unsigned r = 1; r < 32; r++)
        o->x[r] = random_value();
    o->x[1] = o->x[6] = o->pc + 4 * below(40);
    o->x[2] = SANDBOX + 0x1000;
    o->x[8] = SANDBOX + 0x2000 + (below(2) ? 8 * below(500) : below(4000));
    o->x[9] = below(10) ? SANDBOX + 0x3000 + 4 * below(900) : o->pc + 4 * below(200);
}

static void start(struct side *s, const struct oracle *o)
{
    struct view v = side_view(s);
    memcpy(v.bus->ram.bytes, o->memory, ORACLE_SIZE);
    memcpy(v.ctx->x, o->x, sizeof o->x);
    v.ctx->pc = o->pc;
    machine_wrote(s->m, RAM_BASE + v.offset, ORACLE_SIZE, false);
}

static uint64_t current_seed;

static void check(struct side *s, const struct oracle *o, const char *how)
{
    struct view v = side_view(s);
    uint64_t held = v.ctx->reservation == RESERVATION_NONE ? ORACLE_NO_RESERVATION : v.ctx->reservation - v.offset;
    for (unsigned r = 1; r < 32; r++)
        if (v.ctx->x[r] != o->x[r])
            fail_msg("seed %" PRIu64 ", %s %s: x%u is %#" PRIx64 ", not %#" PRIx64, current_seed, s->name, how, r,
                     v.ctx->x[r], o->x[r]);
    if (v.ctx->pc != o->pc)
        fail_msg("seed %" PRIu64 ", %s %s: pc is %#" PRIx64 ", not %#" PRIx64, current_seed, s->name, how, v.ctx->pc,
                 o->pc);
    if (held != o->reserved)
        fail_msg("seed %" PRIu64 ", %s %s: reserved is %#" PRIx64 ", not %#" PRIx64, current_seed, s->name, how, held,
                 o->reserved);
    for (uint64_t i = 0; i < ORACLE_SIZE; i++)
        if (v.bus->ram.bytes[i] != o->memory[i])
            fail_msg("seed %" PRIu64 ", %s %s: byte %#" PRIx64 " is %#x, not %#x", current_seed, s->name, how,
                     ORACLE_BASE + i, v.bus->ram.bytes[i], o->memory[i]);
}

static void run_pieces(struct side *s, const struct oracle *before, uint64_t steps, uint64_t piece)
{
    start(s, before);
    for (uint64_t done = 0; done < steps; done += piece)
        side_run(s, piece < steps - done ? piece : steps - done);
}

static uint64_t total_steps;

static void one_program(uint64_t seed)
{
    static struct oracle before, after;
    current_seed = seed;
    random_state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
    make_program(&before);
    after = before;
    uint64_t steps = 0;
    while (steps < STEPS && oracle_step(&after))
        steps++;
    total_steps += steps;
    uint64_t pieces[2] = {STEPS, 1 + below(100)};
    for (unsigned i = 0; i < 2; i++) {
        struct side *native = side_new(), *te = side_new(), *traced = side_new();
        side_native(native, NULL);
        side_guest(te, &technique_te, NULL);
        side_guest_traced(traced, &technique_te, NULL);
        run_pieces(native, &before, steps, pieces[i]);
        check(native, &after, i ? "in pieces" : "at once");
        run_pieces(te, &before, steps, pieces[i]);
        check(te, &after, i ? "in pieces" : "at once");
        run_pieces(traced, &before, steps, pieces[i]);
        check(traced, &after, i ? "in pieces" : "at once");
        side_free(traced);
        side_free(native);
        side_free(te);
    }
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : otherwise;
}

static void programs(void **state)
{
    (void)state;
    uint64_t count = number("RANDOM_PROGRAMS", 500), first = number("RANDOM_SEED", 1);
    for (uint64_t i = 0; i < count; i++)
        one_program(first + i);
    printf("seeds %" PRIu64 " to %" PRIu64 ", %" PRIu64 " steps\n", first, first + count - 1, total_steps);
    assert_true(total_steps > 100 * count); /* the programs are worth something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
