/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Doubling a row changes the total by exactly its count times its cost, in programs that between them cause every event;
 * owners sum to the total; whose a cycle is.
 */
#include "sides.h"

static const char *const programs[] = {"shadows", "interrupts", "console", "disk", "htif"};
#define PROGRAMS (sizeof programs / sizeof *programs)

/* Runs a program with the row doubled (COST_count: none). Under te what was charged before the first step is as it was. */
static struct side *run_with(const struct program *p, bool te, unsigned row, uint64_t *before)
{
    struct side *s = side_new();
    if (te)
        side_guest(s, &technique_te, "some input\r\n");
    else
        side_native(s, "some input\r\n");
    side_load(s, p);
    *before = row < COST_count ? s->m->cost.count[row] : 0;
    if (row < COST_count)
        s->m->config.cost.cycles[row] *= 2;
    side_run(s, SIDE_STEPS);
    return s;
}

static void check_sums(const struct side *s)
{
    uint64_t owners = 0;
    for (unsigned owner = 0; owner < OWNER_count; owner++)
        owners += s->m->cost.by_owner[owner];
    assert_int_equal(owners, s->m->cost.total);
}

static void doubled_rows(bool te)
{
    bool seen[COST_count] = {false};
    for (unsigned i = 0; i < PROGRAMS; i++) {
        struct program p = program_assemble(programs[i]);
        uint64_t before;
        struct side *plain = run_with(&p, te, COST_count, &before);
        check_sums(plain);
        for (unsigned row = 0; row < COST_count; row++) {
            struct side *s = run_with(&p, te, row, &before);
            check_sums(s);
            uint64_t count = plain->m->cost.count[row];
            assert_int_equal(s->m->cost.count[row], count);
            assert_int_equal(s->m->cost.total - plain->m->cost.total, (count - before) * cost_rows[row].cycles);
            seen[row] |= count > 0;
            side_free(s);
        }
        side_free(plain);
        free(p.bytes);
    }
    static const enum cost_row never_natively[] = {
        COST_world_switch, COST_vm_enter,      COST_vm_exit,      COST_reg_moved,    COST_table_lookup,
        COST_guest_word,   COST_entry_written, COST_insn_decoded, COST_insn_emitted, COST_stall};
    static const enum cost_row never_in_te[] = {COST_vm_enter,
                                                COST_vm_exit,
                                                COST_insn_emitted,
                                                COST_stall,
                                                /* registers that only virtual devices have: */ COST_device_timer,
                                                COST_device_plic};
    for (unsigned row = 0; row < COST_count; row++) {
        bool never = false;
        if (te)
            for (unsigned i = 0; i < sizeof never_in_te / sizeof *never_in_te; i++)
                never |= row == never_in_te[i];
        else
            for (unsigned i = 0; i < sizeof never_natively / sizeof *never_natively; i++)
                never |= row == never_natively[i];
        if (seen[row] == never)
            fail_msg("%s: %s %s", te ? "te" : "native", cost_rows[row].name, never ? "is charged" : "is never charged");
    }
}

static void doubled_natively(void **state)
{
    (void)state;
    doubled_rows(false);
}
static void doubled_under_te(void **state)
{
    (void)state;
    doubled_rows(true);
}

static void whose_cycles(void **state)
{
    (void)state;
    for (unsigned row = 0; row < COST_count; row++) {
        enum cost_owner owner = cost_rows[row].owner;
        assert_int_equal(cost_owner_of((enum cost_row)row, 0), owner);
        bool moves = owner == OWNER_GUEST || owner == OWNER_WALK;
        assert_int_equal(cost_owner_of((enum cost_row)row, 1), moves ? OWNER_MONITOR : owner);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(doubled_natively), cmocka_unit_test(doubled_under_te),
                                       cmocka_unit_test(whose_cycles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
