/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Binary translation: the small programs of tests/vmm give the same as on the bare machine, with every option, in pieces of
 * every kind, under both variants of shadows, switched into and out of; and what makes it one.
 */
#include "programs.h"

#include "vmm/technique/bt/translator.h"

static const struct translator_options options[] = {
    {false, false, false}, {true, false, false}, {false, true, false}, {false, false, true}, {true, true, true},
};
#define OPTIONS (sizeof options / sizeof *options)

static struct side *translated(size_t program, enum shadow_variant variant, struct translator_options o,
                               struct machine_config config)
{
    struct program p = program_assemble(programs[program].name);
    struct side *s = side_new();
    sides_guests_with(&s, 1, &technique_bt, programs[program].input, config);
    shadow_open(s->vm, variant);
    s->vm->translator_options = o;
    side_load(s, &p);
    free(p.bytes);
    return s;
}

/* Kernels run from the cache or are interpreted, users run directly. */
static void check_shares(const struct side *s)
{
    const struct vm_insns *n = &s->vm->insns;
    if (s->vm->counters.bt_fallbacks == 0)
        assert_true(n->direct <= n->by_mode[MODE_U] && n->translated <= n->by_mode[MODE_M] + n->by_mode[MODE_S]);
    assert_true(n->translated > 0);
    assert_int_equal(s->m->counters.violations, 0);
}

static void equal_with_every_option(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct side *native = program_natively(i);
        for (size_t o = 0; o < OPTIONS; o++)
            for (int variant = 0; variant < 2; variant++) {
                if (o && variant != (int)(o + i) % 2) /* each option with each variant, but not each program */
                    continue;
                struct side *s = translated(i, (enum shadow_variant)variant, options[o], (struct machine_config){0});
                side_run_in_pieces(s, SIDE_STEPS);
                sides_compare(native, s);
                side_check_accounts(s);
                check_shares(s);
                side_free(s);
            }
        side_free(native);
    }
}

static void equal_in_pieces(void **state)
{
    (void)state;
    static const uint64_t pieces[] = {1, 7, 1000};
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct side *native = program_natively(i);
        for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
            struct side *s = translated(i, k % 2 ? SHADOW_FLUSH : SHADOW_TRACED, options[0], (struct machine_config){0});
            side_run_in_pieces(s, pieces[k]);
            sides_compare(native, s);
            side_check_accounts(s);
            side_free(s);
        }
        side_free(native);
    }
}

/* The simulator watches every instruction. */
static void equal_under_audit(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct side *native = program_natively(i);
        struct side *s = translated(i, SHADOW_TRACED, options[0], (struct machine_config){.audit = true});
        side_run_in_pieces(s, SIDE_STEPS);
        sides_compare(native, s);
        check_shares(s);
        side_free(s);
        side_free(native);
    }
}

/* Among all techniques, every so many steps. */
static void equal_when_switched(void **state)
{
    (void)state;
    static const uint64_t every[] = {1, 5, 1000};
    for (size_t k = 0; k < sizeof every / sizeof *every; k++)
        for (size_t i = 0; i < PROGRAMS; i++) {
            struct side *native = program_natively(i);
            struct side *s = translated(i, i % 2 ? SHADOW_FLUSH : SHADOW_TRACED, options[0], (struct machine_config){0});
            for (unsigned turn = 0; s->vm->clock.steps < SIDE_STEPS && vmm_run(s->vmm, every[k]); turn++)
                vm_set_technique(s->vm, techniques[turn % techniques_count]);
            sides_compare(native, s);
            side_check_accounts(s);
            side_free(s);
            side_free(native);
        }
}

/* A cache that is full again and again. */
static void equal_when_evicted(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct side *native = program_natively(i);
        struct side *s = translated(i, SHADOW_TRACED, options[0], (struct machine_config){0});
        while (s->vm->clock.steps < SIDE_STEPS && vmm_run(s->vmm, 50))
            s->vm->translator->used = CACHE_SIZE - UNIT_BYTES / 2;
        sides_compare(native, s);
        side_check_accounts(s);
        side_free(s);
        side_free(native);
    }
}

/* A guest that loads from and stores to the window, and jumps there, is outside of the promise of equality, but not of safety:
 * it harms only itself, and comes to an end. */
static void the_window_is_harmless(void **state)
{
    (void)state;
    struct program p = program_assemble("hostile");
    struct side *s = side_new();
    sides_guests_with(&s, 1, &technique_bt, NULL, (struct machine_config){.audit = true});
    side_load(s, &p);
    vmm_run(s->vmm, SIDE_STEPS);
    assert_int_equal(s->m->counters.violations, 0);
    side_free(s);
    free(p.bytes);
}

/* A store that keeps hitting page tables is translated again, once, and traps no more. */
static void stores_adapt(void **state)
{
    (void)state;
    size_t ptes = 0;
    while (strcmp(programs[ptes].name, "ptes"))
        ptes++;
    struct side *plain = translated(ptes, SHADOW_TRACED, options[3], (struct machine_config){0});
    struct side *s = translated(ptes, SHADOW_TRACED, options[0], (struct machine_config){0});
    side_run_in_pieces(plain, SIDE_STEPS);
    side_run_in_pieces(s, SIDE_STEPS);
    sides_compare(plain, s);
    assert_int_equal(plain->vm->counters.bt_retranslations, 0);
    assert_int_equal(s->vm->counters.bt_retranslations, 1);
    assert_true(plain->vm->exits[EXIT_page_trace].count > 350);
    assert_true(s->vm->exits[EXIT_page_trace].count < 20);
    side_free(plain);
    side_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_with_every_option),
        cmocka_unit_test(equal_in_pieces),
        cmocka_unit_test(equal_under_audit),
        cmocka_unit_test(equal_when_switched),
        cmocka_unit_test(equal_when_evicted),
        cmocka_unit_test(the_window_is_harmless),
        cmocka_unit_test(stores_adapt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
