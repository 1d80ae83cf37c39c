/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One instruction in a random state: the bare machine, trap and emulate, and the interpreter do the same. Every row of
 * insn.def (but wfi), with random operands; and words that are no instructions. Registers hold corner values, and addresses
 * of RAM, of its ends, of mapped pages with random rights, and of devices; the modes and their bits vary.
 */
#include "sides.h"

#include "isa/block.h"
#include "isa/hart.h"
#include "isa/seeded.h"

#define ROUNDS 150  /* states for each instruction */
#define WORDS 30000 /* random words */

#define CODE (RAM_BASE + 0x1000)
#define HANDLER (RAM_BASE + 0x100)
#define ROOT (RAM_BASE + 0x80000)
#define MIDDLE (RAM_BASE + 0x81000)
#define LEAVES (RAM_BASE + 0x82000)
#define PAGES UINT64_C(0x40000000) /* page 0 maps CODE; the next PAGE_COUNT have random rights */
#define PAGE_COUNT 6
#define FRAMES (RAM_BASE + 0x200000)

static uint64_t random_next(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* What both sides start from. */
struct start {
    uint64_t x[32], pc, mstatus, satp, medeleg, mcounteren, leaf[PAGE_COUNT];
    enum mode mode;
    uint32_t word;
};

static uint64_t random_value(uint64_t *r)
{
    static const uint64_t corners[] = {
        0, 1, 2, 31, 63, INT32_MAX, UINT32_MAX, INT64_MAX, (uint64_t)INT64_MIN, UINT64_MAX, (uint64_t)INT32_MIN};
    static const uint64_t places[] = {FRAMES,         RAM_BASE + SIDE_RAM, RAM_BASE, PAGES + 0x1000,     PAGES + 0x2000,
                                      PAGES + 0x4000, PAGES + 0x7000,      BUS_UART, BUS_CLINT + 0x4000, BUS_PLIC,
                                      BUS_ROM_BASE,   UINT64_C(1) << 38};
    uint64_t kind = random_next(r) % 8, n = random_next(r);
    if (kind == 0)
        return n;
    if (kind == 1)
        return corners[n % (sizeof corners / sizeof *corners)];
    uint64_t near = (random_next(r) % 40) - 20;
    return places[n % (sizeof places / sizeof *places)] + (kind < 5 ? near : near & ~UINT64_C(7));
}

static struct start random_start(uint64_t *r, uint32_t word)
{
    static const enum mode modes[] = {MODE_M, MODE_S, MODE_U, MODE_U};
    struct start s = {.word = word, .mode = modes[random_next(r) % 4]};
    for (unsigned i = 1; i < 32; i++)
        s.x[i] = random_value(r);
    uint64_t n = random_next(r);
    s.mstatus = (n & (MSTATUS_SUM | MSTATUS_MXR | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR | MSTATUS_SPP | MSTATUS_SPIE |
                      MSTATUS_MPIE)) |
                MSTATUS_UXL | MSTATUS_SXL;
    s.mstatus |= (uint64_t)modes[random_next(r) % 4] << MSTATUS_MPP_SHIFT;
    if (s.mode == MODE_M)
        s.mstatus |= random_next(r) & MSTATUS_MPRV;
    s.satp = random_next(r) % 3 ? SATP_MODE_SV39 << 60 | ROOT >> 12 : 0;
    s.medeleg = random_next(r) & 0xb3ff;
    s.mcounteren = random_next(r) & 7;
    for (unsigned i = 0; i < PAGE_COUNT; i++) {
        uint64_t target = random_next(r) % 8 ? FRAMES + i * PAGE_SIZE : BUS_UART;
        s.leaf[i] = target >> 2 | (random_next(r) & 0xdf) | (random_next(r) % 8 ? PTE_V | PTE_R : 0);
    }
    bool paged = s.mode != MODE_M && s.satp;
    s.pc = paged ? PAGES + 0x100 : CODE + 0x100;
    return s;
}

static void put(struct side *side, uint64_t gpa, unsigned size, uint64_t value)
{
    struct view v = side_view(side);
    bytes_put(ram_at(&v.bus->ram, gpa, size), size, value);
    machine_wrote(side->m, gpa + v.offset, size, false);
}

static void begin(struct side *side, const struct start *s)
{
    struct view v = side_view(side);
    csr_reset(v.priv);
    v.priv->mode = s->mode;
    v.priv->csr.mstatus = s->mstatus;
    v.priv->csr.satp = s->satp;
    v.priv->csr.medeleg = s->medeleg;
    v.priv->csr.mcounteren = s->mcounteren;
    v.priv->csr.mtvec = v.priv->csr.stvec = HANDLER;
    v.priv->csr.mepc = v.priv->csr.sepc = CODE + 0x200;
    memcpy(v.ctx->x, s->x, sizeof s->x);
    v.ctx->pc = s->pc;
    put(side, ROOT + 16, 8, RAM_BASE >> 2 | PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D);
    put(side, ROOT + 8, 8, MIDDLE >> 2 | PTE_V);
    put(side, MIDDLE, 8, LEAVES >> 2 | PTE_V);
    put(side, LEAVES, 8, CODE >> 2 | PTE_V | PTE_R | PTE_X | PTE_A | (s->mode == MODE_U ? PTE_U : 0));
    for (unsigned i = 0; i < PAGE_COUNT; i++)
        put(side, LEAVES + 8 + 8 * i, 8, s->leaf[i]);
    put(side, CODE + 0x100, 4, s->word);
    if (side->hw) {
        shadow_drop(side->vm);
        side->vm->attention = 0;
    } else {
        tlb_reset(&side->m->hart);
        fast_flush_all(&side->m->hart.fast);
    }
}

/* Cheap, and most of what there is; memory and logs are compared now and then, and at the end. */
static void compare_registers(struct side *a, struct side *b)
{
    struct view x = side_view(a), y = side_view(b);
    if (x.ctx->pc == y.ctx->pc && !memcmp(x.ctx->x, y.ctx->x, 32 * sizeof *x.ctx->x) && x.priv->mode == y.priv->mode &&
        a->trap_count == b->trap_count && view_reservation(&x) == view_reservation(&y) && x.clock->insns == y.clock->insns)
        return;
    sides_compare(a, b);
}

struct bench {
    struct side *side[4]; /* native, interpreted, and trap and emulate, ... */
    unsigned sides;       /* ... which is not the same on the flawed machine */
    uint64_t random, rounds;
};

static void one_instruction(struct bench *b, uint32_t word)
{
    struct start s = random_start(&b->random, word);
    for (unsigned i = 0; i < b->sides; i++) {
        begin(b->side[i], &s);
        side_run(b->side[i], 1);
        assert_int_equal(side_view(b->side[i]).end.reason, END_NONE);
    }
    bool all = b->rounds++ % 512 == 0;
    for (unsigned i = 1; i < b->sides; i++) {
        if (all)
            sides_compare(b->side[0], b->side[i]);
        else
            compare_registers(b->side[0], b->side[i]);
        sides_compare_csrs(b->side[0], b->side[i]);
    }
    for (unsigned i = 0; i < b->sides; i++) {
        b->side[i]->trap_count = 0;
        b->side[i]->output_size = 0;
    }
}

static void bench_open(struct bench *b, uint64_t seed)
{
    *b = (struct bench){.sides = 4, .random = seed};
    for (unsigned i = 0; i < b->sides; i++)
        b->side[i] = side_new();
    side_native(b->side[0], NULL);
    side_guest(b->side[1], &technique_interpreted, NULL);
    side_guest(b->side[2], &technique_te, NULL);
    side_guest_traced(b->side[3], &technique_te, NULL);
}

static void bench_close(struct bench *b)
{
    for (unsigned i = 1; i < b->sides; i++)
        sides_compare(b->side[0], b->side[i]);
    for (unsigned i = 0; i < 4; i++)
        side_free(b->side[i]);
}

static void every_row(struct bench *b, insn_profile profile, unsigned first)
{
    for (unsigned id = first; id < insn_count(profile); id++) {
        uint32_t mask = insn_formats[insn_rows[id].format].mask;
        for (unsigned done = 0; id != INSN_wfi && done < ROUNDS;) {
            uint32_t word = insn_rows[id].match | ((uint32_t)random_next(&b->random) & ~mask);
            struct insn i;
            if (!insn_decode_in(profile, word, &i) || i.id != id)
                continue; /* the place of another */
            one_instruction(b, word);
            done++;
        }
    }
}

static void test_every_instruction(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, 20261);
    every_row(&b, PROFILE_STRICT, INSN_illegal + 1);
    bench_close(&b);
}

/* On the flawed machine what the interpreter does is right, whatever the hardware would have done. */
static void test_flawed(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, 1974);
    b.sides = 2;
    b.side[0]->m->hart.code->profile = PROFILE_FLAWED;
    b.side[1]->vm->profile = PROFILE_FLAWED;
    for (unsigned i = 0; i < 10; i++)
        every_row(&b, PROFILE_FLAWED, INSN_count);
    bench_close(&b);
}

static void set_profile(struct bench *b, insn_profile profile)
{
    b->side[0]->m->hart.code->profile = profile;
    for (unsigned i = 1; i < 4; i++) {
        b->side[i]->vm->profile = profile;
        b->side[i]->m->hart.code->profile = profile;
    }
}

/* On machines drawn from seeds, too; and once all odd instructions trap in user mode, trap and emulate is right as well. */
static void test_seeded(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 24; seed++) {
        struct bench b;
        insn_profile profile;
        char text[PROFILE_TEXT];
        snprintf(text, sizeof text, "flawed:%u%s", seed, seed % 2 ? "" : ",odd1=S,odd2=S,odd3=S,odd4=S,odd5=S,odd6=S");
        assert_null(profile_parse(text, &profile));
        assert_string_equal(profile_text(profile).text, text);
        bench_open(&b, seed + 1);
        b.sides = seed % 2 ? 2 : 4;
        set_profile(&b, profile);
        every_row(&b, profile, INSN_odd1);
        bench_close(&b);
    }
}

/* On the strict one they are illegal instructions. */
static void test_strict(void **state)
{
    (void)state;
    for (unsigned id = INSN_count; id < INSN_count_flawed; id++) {
        struct bench b;
        bench_open(&b, 7);
        for (unsigned n = 0; n < ROUNDS; n++) {
            one_instruction(&b, insn_rows[id].match | (n & 31) << 15);
            const struct csr_file *csr = &b.side[0]->m->hart.priv.csr;
            assert_true(csr->mcause == CAUSE_illegal || csr->scause == CAUSE_illegal);
        }
        bench_close(&b);
    }
}

static void test_random_words(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, 77);
    for (unsigned n = 0; n < WORDS; n++) {
        uint32_t word = (uint32_t)(random_next(&b.random) >> 13);
        struct insn i;
        insn_decode(word, &i);
        if (i.id != INSN_wfi)
            one_instruction(&b, word);
    }
    bench_close(&b);
}

/* CSR instructions on all that there are. */
static void test_csrs(void **state)
{
    (void)state;
    static const uint16_t numbers[] = {
#define CSR(name, number, kind, mask, reset, meaning) number,
#include "isa/csr.def"
    };
    struct bench b;
    bench_open(&b, 5);
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
        for (unsigned round = 0; round < 120; round++) {
            uint32_t id = INSN_csrrw + (uint32_t)random_next(&b.random) % 6;
            uint32_t operands = (uint32_t)random_next(&b.random) & 0xf8f80;
            one_instruction(&b, insn_rows[id].match | operands | (uint32_t)numbers[n] << 20);
        }
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_instruction),
        cmocka_unit_test(test_flawed),
        cmocka_unit_test(test_seeded),
        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_random_words),
        cmocka_unit_test(test_csrs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
