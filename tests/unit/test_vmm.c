/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small programs give the same on the bare machine, by trap and emulate, and wholly interpreted.
 */
#include "sides.h"

/* Runs tests/vmm/NAME.s on all sides, in pieces of so many steps; returns the side under te. */
static struct side *run_everywhere(const char *name, const char *input, uint64_t piece)
{
    struct program p = program_assemble(name);
    struct side *native = side_new(), *te = side_new(), *interpreted = side_new();
    side_native(native, input);
    side_guest(te, "te", &technique_te, input);
    side_guest(interpreted, "interpreted", &technique_interpreted, input);
    struct side *sides[] = {native, te, interpreted};
    for (unsigned i = 0; i < 3; i++) {
        side_load(sides[i], &p);
        for (uint64_t done = 0; done < SIDE_STEPS && side_view(sides[i]).end.reason == END_NONE; done += piece)
            side_run(sides[i], piece);
    }
    sides_compare(native, te);
    sides_compare(native, interpreted);
    side_check_accounts(te);
    side_check_accounts(interpreted);
    side_free(native);
    side_free(interpreted);
    free(p.bytes);
    return te;
}

/* A program of tests/vmm, how it ends, and exits that it must have caused under te. */
struct expected {
    const char *name, *input;
    struct run_end end;
    enum exit_reason exits[8];
    unsigned exit_count;
};

static void run_program(void **state)
{
    const struct expected *e = *state;
    side_free(run_everywhere(e->name, e->input, 7));
    struct side *te = run_everywhere(e->name, e->input, SIDE_STEPS);
    assert_int_equal(te->vm->end.reason, e->end.reason);
    assert_int_equal(te->vm->end.code, e->end.code);
    for (unsigned i = 0; i < e->exit_count; i++)
        assert_true(te->vm->exits[e->exits[i]].count > 0);
    side_free(te);
}

#define EXITS(...) {__VA_ARGS__}, sizeof((enum exit_reason[]){__VA_ARGS__}) / sizeof(enum exit_reason)

static struct expected programs[] = {
    {"traps", NULL, {END_FINISHER, 0}, EXITS(EXIT_csr, EXIT_privileged, EXIT_ecall, EXIT_exception, EXIT_page_true, EXIT_mmio)},
    {"csrs", NULL, {END_FINISHER, 0}, EXITS(EXIT_csr, EXIT_exception, EXIT_wfi)},
    {"rights", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_true, EXIT_page_hidden)},
    {"shadows", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_true, EXIT_page_hidden)},
    {"straddle", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_true, EXIT_page_hidden)},
    {"mprv", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_hidden)},
    {"atomics", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_hidden, EXIT_exception)},
    {"interrupts", NULL, {END_FINISHER, 0}, EXITS(EXIT_timer, EXIT_wfi, EXIT_mmio)},
    {"console", "some input\r\n", {END_FINISHER, 0}, EXITS(EXIT_mmio, EXIT_wfi)},
    {"disk", NULL, {END_FINISHER, 0}, EXITS(EXIT_mmio, EXIT_wfi)},
    {"code", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_hidden, EXIT_page_true)},
    {"htif", NULL, {END_HTIF, 0}, EXITS(EXIT_mmio)},
    {"hostile", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_true, EXIT_page_hidden, EXIT_mmio)},
    {"loop", NULL, {END_FAULT_LOOP, 0}, EXITS(EXIT_page_true)},
    {"idle", NULL, {END_IDLE, 0}, EXITS(EXIT_wfi)},
};
#define PROGRAMS (sizeof programs / sizeof *programs)

int main(void)
{
    struct CMUnitTest tests[PROGRAMS];
    for (size_t i = 0; i < PROGRAMS; i++)
        tests[i] = (struct CMUnitTest){programs[i].name, run_program, NULL, NULL, &programs[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
