/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The state hash: every bit of every register, of every CSR that is stored, and of RAM counts, and state_differs() names
 * it; nothing else counts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "cli/state.h"

#define PAGES 4

struct fixture {
    uint8_t ram[PAGES * PAGE_SIZE], written[PAGES];
    struct context ctx;
    struct priv priv;
    struct clock clock;
    struct state state;
};

/* Always the same; a page of RAM is written, one is marked but zero, two are neither. */
static void make(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    csr_reset(&f->priv);
    for (unsigned r = 1; r < 32; r++)
        f->ctx.x[r] = r * UINT64_C(0x0123456789abcdef);
    f->ctx.pc = 0x80000004;
    f->clock = (struct clock){.steps = 100, .insns = 90, .now = 100};
    for (unsigned i = 0; i < PAGE_SIZE; i++)
        f->ram[PAGE_SIZE + i] = (uint8_t)(i * 7);
    f->written[1] = f->written[2] = 1;
    f->state = (struct state){
        .ctx = &f->ctx,
        .priv = &f->priv,
        .clock = &f->clock,
        .ram = {f->ram, RAM_BASE, sizeof f->ram},
        .written = f->written,
    };
}

static void check_flip(const char *what, unsigned bit, const char *named)
{
    struct fixture a, b;
    struct state_difference d;
    make(&a);
    make(&b);
    assert_true(state_flip(&b.state, what, bit));
    if (state_hash(&a.state) == state_hash(&b.state) || !state_differs(&a.state, &b.state, &d))
        fail_msg("%s bit %u makes no difference", what, bit);
    if (named)
        assert_string_equal(d.what, named);
}

static void registers(void **unused)
{
    (void)unused;
    for (unsigned bit = 0; bit < 64; bit++) {
        char what[8];
        for (unsigned r = 1; r < 32; r++) {
            snprintf(what, sizeof what, "x%u", r);
            check_flip(what, bit, what);
        }
        check_flip("pc", bit, "pc");
    }
}

static void stored_csrs(void **unused)
{
    (void)unused;
#define CHECK_FIELD(csr)                                                                                                   \
    for (unsigned bit = 0; bit < 64; bit++)                                                                                \
        check_flip(#csr, bit, #csr);
#define CHECK_SYNCED(csr)                                                                                                  \
    for (unsigned bit = 0; bit < 64; bit++)                                                                                \
        check_flip(#csr, bit, NULL);
#define CHECK_VIEW(csr)
#define CHECK_CONST(csr)
#define CSR(name, number, kind, mask, reset, meaning) CHECK_##kind(name)
#include "isa/csr.def"
    for (unsigned bit = 0; bit < 64; bit++) {
        check_flip("mstatus", bit, NULL);
        check_flip("satp", bit, "satp");
        check_flip("mcycle", bit, "cycle");
        check_flip("minstret", bit, "instret");
    }
}

static void memory(void **unused)
{
    (void)unused;
    char what[32], word[32];
    for (unsigned at = 0; at < PAGES * PAGE_SIZE; at += 61) {
        snprintf(what, sizeof what, "0x%x", (unsigned)RAM_BASE + at);
        snprintf(word, sizeof word, "0x%x", (unsigned)RAM_BASE + at / 8 * 8);
        check_flip(what, at % 8, word);
    }
}

static void what_is_no_state(void **unused)
{
    (void)unused;
    struct fixture f;
    make(&f);
    static const char *const none[] = {"x0", "x32", "x1x", "mhartid", "nothing", "0x7ffffff8", "0x80004000", "0x80000000z"};
    for (unsigned i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(state_flip(&f.state, none[i], 0));

    struct fixture g;
    make(&g);
    g.ctx.x[0] = g.ctx.x[32] = 1;
    g.ctx.reservation = 5;
    g.clock.steps = 7;
    g.written[2] = 0;
    assert_int_equal(state_hash(&f.state), state_hash(&g.state));
}

/* With --clock cycles what follows the clock does not count; with --clock insns it does. */
static void clocks(void **unused)
{
    (void)unused;
    for (int cycles = 0; cycles < 2; cycles++) {
        struct fixture a, b;
        make(&a);
        make(&b);
        a.state.clock_cycles = b.state.clock_cycles = cycles;
        b.clock.now += 1000;
        b.priv.csr.mip_lines = MIP_MTIP | MIP_STIP;
        assert_int_equal(state_hash(&a.state) == state_hash(&b.state), cycles);
        b.priv.csr.mip_lines |= MIP_MEIP;
        assert_int_not_equal(state_hash(&a.state), state_hash(&b.state));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers),        cmocka_unit_test(stored_csrs), cmocka_unit_test(memory),
        cmocka_unit_test(what_is_no_state), cmocka_unit_test(clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
