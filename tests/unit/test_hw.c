/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hardware assistance: the small programs of tests/vmm give the same as on the bare machine, with nested tables of both sizes
 * and with both variants of shadows, in pieces of every kind, under the eyes of the audit, changed to and from; and what
 * makes it one.
 */
#include "programs.h"

#include "vmm/technique/technique.h"

static const struct tables {
    enum vm_mmu mmu;
    bool small_pages;
    enum shadow_variant shadow;
} tables[] = {
    {MMU_NESTED, false, SHADOW_FLUSH},
    {MMU_NESTED, true, SHADOW_FLUSH},
    {MMU_SHADOW, false, SHADOW_FLUSH},
    {MMU_SHADOW, false, SHADOW_TRACED},
};
#define TABLES (sizeof tables / sizeof *tables)

/* A program that will run by `technique`, and under hardware assistance with these tables. */
static struct side *side_with(size_t program, const struct technique *technique, const struct tables *t,
                              struct machine_config config)
{
    struct program p = program_assemble(programs[program].name);
    struct side *s = side_new();
    sides_guests_with(&s, 1, &technique_te, programs[program].input, config);
    s->vm->mmu = t->mmu;
    s->vm->nested.small = t->small_pages;
    shadow_open(s->vm, t->shadow);
    vm_set_technique(s->vm, technique);
    side_load(s, &p);
    free(p.bytes);
    return s;
}

/* Nobody is interpreted for long; with two stages no shadow is made, without them no second stage. */
static void check_shares(const struct side *s)
{
    const struct vm *vm = s->vm;
    assert_int_equal(vm->insns.translated, 0);
    assert_int_equal(s->m->counters.violations, 0);
    if (vm->mmu == MMU_NESTED)
        assert_int_equal(vm->counters.shadow_fills + vm->counters.shadow_tables, 0);
    else
        assert_int_equal(vm->counters.nested_fills, 0);
}

static void run_all(uint64_t piece, struct machine_config config)
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct side *native = program_natively(i);
        for (size_t t = 0; t < TABLES; t++) {
            struct side *s = side_with(i, &technique_hw, &tables[t], config);
            side_run_in_pieces(s, piece);
            sides_compare(native, s);
            side_check_accounts(s);
            check_shares(s);
            side_free(s);
        }
        side_free(native);
    }
}

static void equal(void **state)
{
    (void)state;
    run_all(SIDE_STEPS, (struct machine_config){0});
}

static void equal_in_pieces(void **state)
{
    (void)state;
    run_all(1, (struct machine_config){0});
    run_all(7, (struct machine_config){0});
}

static void equal_under_audit(void **state)
{
    (void)state;
    run_all(SIDE_STEPS, (struct machine_config){.audit = true});
}

/* Whatever changes while the other has the guest, each finds what it must: every phase of the loops in these programs. */
static void equal_with_changes(void **state)
{
    (void)state;
    static const struct technique *const others[] = {&technique_te, &technique_interp, &technique_bt};
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct side *native = program_natively(i);
        for (uint64_t steps = 1; steps <= 12; steps++) {
            const struct technique *other = others[steps % 3];
            struct side *s = side_with(i, other, &tables[steps % TABLES], (struct machine_config){0});
            for (uint64_t done = 0; done < SIDE_STEPS && s->vm->end.reason == END_NONE; done += steps) {
                side_run(s, steps);
                vm_set_technique(s->vm, s->vm->technique == other ? &technique_hw : other);
            }
            sides_compare(native, s);
            assert_int_equal(s->m->counters.violations, 0);
            side_free(s);
        }
        side_free(native);
    }
}

/* With three frames for nested tables of 4 KiB pages two megapages of three are mapped at a time: the others make them go. */
static void equal_with_few_frames(void **state)
{
    (void)state;
    bool dropped = false;
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct side *native = program_natively(i);
        struct side *s = side_with(i, &technique_hw, &tables[1], (struct machine_config){.audit = true});
        vm_leave_frames(s->vm, 3);
        side_run_in_pieces(s, SIDE_STEPS);
        sides_compare(native, s);
        assert_int_equal(s->m->counters.violations, 0);
        dropped |= s->vm->counters.nested_tables > 3;
        side_free(s);
        side_free(native);
    }
    assert_true(dropped);
}

/* Two guests, each with its own second stage, one of them under another technique: what they do is what each does alone. */
static void two_guests(void **state)
{
    (void)state;
    for (size_t i = 0; i + 1 < PROGRAMS; i++) {
        struct side *sides[2] = {side_new(), side_new()}, *native[2] = {program_natively(i), program_natively(i + 1)};
        sides_guests(sides, 2, &technique_hw, NULL);
        for (size_t k = 0; k < 2; k++) {
            struct program p = program_assemble(programs[i + k].name);
            sides[k]->input = programs[i + k].input;
            side_load(sides[k], &p);
            free(p.bytes);
        }
        if (i % 2)
            vm_set_technique(sides[1]->vm, &technique_te);
        while (vmm_run(sides[0]->vmm, 13) && sides[0]->vm->clock.steps < SIDE_STEPS)
            ;
        for (size_t k = 0; k < 2; k++) {
            sides_compare(native[k], sides[k]);
            side_free(native[k]);
        }
        assert_int_equal(sides[0]->m->counters.violations, 0);
        sides_free(sides, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal),
        cmocka_unit_test(equal_in_pieces),
        cmocka_unit_test(equal_under_audit),
        cmocka_unit_test(equal_with_changes),
        cmocka_unit_test(equal_with_few_frames),
        cmocka_unit_test(two_guests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
