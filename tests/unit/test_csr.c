/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold of every CSR in any state: rights, writing back what was read, set and clear as writes, and that an access
 * says what it may have changed. (What each of them holds is for tests/insn/csr.s.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "isa/mmu.h"
#include "isa/trap.h"

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d;
}

static const struct {
    unsigned number;
    const char *name;
} rows[] = {
#define CSR(name, number, kind, mask, reset, meaning) {number, #name},
#include "isa/csr.def"
};
#define ROWS (sizeof rows / sizeof *rows)

/* Any state that software and devices can bring about. */
static void random_priv(struct priv *p, struct clock *c)
{
    static const enum mode modes[] = {MODE_U, MODE_S, MODE_M};
    uint64_t ignored;
    csr_reset(p);
    *c = (struct clock){
        .steps = 100, .insns = random_bits() >> 40, .now = random_bits() >> 30, .time_offset = random_bits() >> 50};
    for (unsigned n = 0; n < 120; n++) {
        uint64_t value = random_bits();
        csr_access(p, c, rows[random_bits() % ROWS].number, CSR_WRITE, random_bits() & 1 ? value : value & 0xaaa, true,
                   &ignored);
    }
    csr_set_lines(&p->csr, (random_bits() & 0xa88) | (csr_stip(&p->csr, c) ? MIP_STIP : 0));
    p->mode = modes[random_bits() % 3];
}

static void rights(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 300; n++) {
        struct priv p;
        struct clock c;
        random_priv(&p, &c);
        for (unsigned number = 0; number < 4096; number++) {
            bool read = csr_permits(&p, number, false), write = csr_permits(&p, number, true);
            assert_true(read || !write);
            if (read) {
                assert_true(p.mode >= (number >> 8 & 3));
                assert_non_null(csr_name(number));
            }
            assert_false(write && number >> 10 == 3);
            struct priv before = p;
            uint64_t old = 1234;
            unsigned effect = csr_access(&p, &c, number, CSR_WRITE, random_bits(), true, &old);
            assert_int_equal(!(effect & CSR_ILLEGAL), write);
            if (!write)
                assert_memory_equal(&before, &p, sizeof p);
            p = before;
        }
    }
}

static void same_state(const struct priv *a, const struct priv *b, const struct clock *c, const char *what)
{
    for (unsigned i = 0; i < ROWS; i++) {
        unsigned number = rows[i].number;
        if (csr_read(a, c, number) != csr_read(b, c, number))
            fail_msg("%s: %s is %#lx, and %#lx", what, rows[i].name, csr_read(a, c, number), csr_read(b, c, number));
    }
    assert_int_equal(a->mode, b->mode);
}

static void writes(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 3000; n++) {
        struct priv p;
        struct clock c, next;
        random_priv(&p, &c);
        p.mode = MODE_M;
        next = c;
        next.insns++, next.now++, next.steps++;
        unsigned row = (unsigned)(random_bits() % ROWS), number = rows[row].number;
        uint64_t old, again, operand = random_bits() & random_bits();
        if (number >> 10 == 3)
            continue;

        /* A read changes nothing. */
        struct priv q = p;
        assert_int_equal(csr_access(&q, &c, number, CSR_SET, 0, false, &old), CSR_DONE);
        assert_memory_equal(&p, &q, sizeof p);
        assert_int_equal(old, csr_read(&p, &c, number));

        /* Writing back what was read changes nothing, but that counters do not count the writer, and that the lines of
         * devices become bits that are written. */
        csr_access(&q, &c, number, CSR_WRITE, old, true, &again);
        assert_int_equal(again, old);
        if (number != CSR_mcycle && number != CSR_minstret)
            same_state(&p, &q, &c, rows[row].name);
        else
            assert_int_equal(csr_read(&q, &next, number), old);

        /* Set and clear are writes of the combined value. */
        for (unsigned clear = 0; clear < 2; clear++) {
            struct priv a = p, b = p;
            uint64_t base = number == CSR_mip ? p.csr.mip_written : old;
            csr_access(&a, &c, number, clear ? CSR_CLEAR : CSR_SET, operand, true, &again);
            assert_int_equal(again, old);
            csr_access(&b, &c, number, CSR_WRITE, clear ? base & ~operand : base | operand, true, &again);
            same_state(&a, &b, &c, rows[row].name);
        }

        /* A value that was written once reads the same after being written again: the legal values are a set. */
        struct priv a = p;
        csr_access(&a, &c, number, CSR_WRITE, random_bits(), true, &again);
        uint64_t legal = csr_read(&a, &c, number);
        struct priv b = a;
        csr_access(&b, &c, number, CSR_WRITE, legal, true, &again);
        if (number != CSR_mcycle && number != CSR_minstret)
            assert_int_equal(csr_read(&b, &c, number), legal);
    }
}

/* Whoever keeps something that depends on CSRs must be told. */
static void effects(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (unsigned n = 0; n < 200000; n++) {
        static struct priv p;
        static struct clock c;
        if (n % 50 == 0)
            random_priv(&p, &c);
        struct priv before = p;
        unsigned number = rows[random_bits() % ROWS].number;
        uint64_t old;
        unsigned effect =
            csr_access(&p, &c, number, (enum csr_op)(random_bits() % 3), random_bits() & random_bits(), true, &old);
        seen |= effect;
        if (trap_pending(&p) != trap_pending(&before))
            assert_true(effect & CSR_INTERRUPTS);
        if (p.csr.satp != before.csr.satp || mmu_data_mode(&p) != mmu_data_mode(&before) ||
            ((p.csr.mstatus ^ before.csr.mstatus) & (MSTATUS_SUM | MSTATUS_MXR)))
            assert_true(effect & CSR_TRANSLATION);
        if (p.csr.stimecmp != before.csr.stimecmp || ((p.csr.menvcfg ^ before.csr.menvcfg) & MENVCFG_STCE))
            assert_true(effect & CSR_TIMER);
        if (effect & CSR_ILLEGAL)
            assert_memory_equal(&before, &p, sizeof p);
    }
    assert_int_equal(seen, CSR_ILLEGAL | CSR_INTERRUPTS | CSR_TRANSLATION | CSR_TIMER | CSR_SERIALIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rights), cmocka_unit_test(writes), cmocka_unit_test(effects)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
