/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which interrupt is taken, for every combination of pending, enabled, delegated, mode and global enables, against the
 * sentence of the manual (3.1.9); entries and returns for every cause, mode and status.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "isa/trap.h"

static const unsigned lines[6] = {1, 3, 5, 7, 9, 11};
static const enum mode modes[3] = {MODE_U, MODE_S, MODE_M};

static uint64_t spread(unsigned bits6)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 6; i++)
        v |= (uint64_t)(bits6 >> i & 1) << lines[i];
    return v;
}

/* "An interrupt i will trap to M-mode if (a) the mode is M and MIE is set, or the mode is below M; (b) bit i is set in mip
 * and mie; (c) bit i is not set in mideleg." To S-mode likewise, if (c) it is, and the mode is U, or S with SIE. Order: MEI,
 * MSI, MTI, SEI, SSI, STI; those of M-mode come before those of S-mode. */
static int expected(uint64_t mip, uint64_t mie, uint64_t mideleg, enum mode mode, bool global_m, bool global_s)
{
    static const unsigned order[6] = {11, 3, 7, 9, 1, 5};
    for (unsigned to_s = 0; to_s < 2; to_s++)
        for (unsigned i = 0; i < 6; i++) {
            uint64_t bit = UINT64_C(1) << order[i];
            bool delegated = mideleg & bit;
            bool open = delegated ? mode == MODE_U || (mode == MODE_S && global_s) : mode != MODE_M || global_m;
            if (delegated == to_s && open && (mip & mie & bit))
                return (int)order[i];
        }
    return NO_TRAP;
}

static void every_combination(void **state)
{
    (void)state;
    struct priv p;
    csr_reset(&p);
    for (unsigned pending = 0; pending < 64; pending++)
        for (unsigned enabled = 0; enabled < 64; enabled++)
            for (unsigned delegated = 0; delegated < 8; delegated++)
                for (unsigned m = 0; m < 3; m++)
                    for (unsigned global = 0; global < 4; global++) {
                        uint64_t deleg = (delegated & 1) << 1 | (delegated & 2) << 4 | (delegated & 4) << 7;
                        p.mode = modes[m];
                        p.csr.mie = spread(enabled);
                        p.csr.mideleg = deleg;
                        p.csr.mstatus = (global & 1 ? MSTATUS_MIE : 0) | (global & 2 ? MSTATUS_SIE : 0);
                        /* half of it written, half driven */
                        p.csr.mip_written = spread(pending) & (MIP_SSIP | MIP_STIP | MIP_SEIP);
                        p.csr.mip_lines = spread(pending) & ~p.csr.mip_written;
                        int got = trap_pending(&p);
                        int want = expected(spread(pending), p.csr.mie, deleg, p.mode, global & 1, global & 2);
                        if (got != want)
                            fail_msg("pending %#x enabled %#x delegated %#x mode %u global %u: %d, not %d", pending,
                                     enabled, delegated, p.mode, global, got, want);
                    }
}

static unsigned field(uint64_t status, uint64_t mask)
{
    return (unsigned)((status & mask) / (mask & -mask));
}

static void entry(enum mode mode, uint64_t status, uint64_t cause, uint64_t deleg, uint64_t vectored)
{
    struct priv p, before;
    csr_reset(&p);
    p.mode = mode;
    p.csr.mstatus |= status;
    p.csr.mtvec = 0x80001000 | vectored;
    p.csr.stvec = 0x80002000 | vectored;
    (cause & CAUSE_INTERRUPT ? (p.csr.mideleg = deleg) : (p.csr.medeleg = deleg));
    before = p;
    uint64_t pc = 0x80123456, bit = UINT64_C(1) << (cause & 63);
    bool to_s = mode != MODE_M && (deleg & bit);
    assert_int_equal(trap_delegated(&p, cause), to_s);
    trap_enter(&p, &pc, cause, 0x77);
    uint64_t base = to_s ? 0x80002000 : 0x80001000;
    assert_int_equal(pc, base + (vectored && (cause & CAUSE_INTERRUPT) ? 4 * (cause & 63) : 0));
    assert_int_equal(p.mode, to_s ? MODE_S : MODE_M);
    assert_int_equal(to_s ? p.csr.sepc : p.csr.mepc, 0x80123456);
    assert_int_equal(to_s ? p.csr.scause : p.csr.mcause, cause);
    assert_int_equal(to_s ? p.csr.stval : p.csr.mtval, 0x77);
    assert_int_equal(to_s ? p.csr.mepc : p.csr.sepc, 0); /* the other mode's are not touched */
    assert_int_equal(to_s ? p.csr.mcause : p.csr.scause, 0);
    uint64_t s = p.csr.mstatus, old = before.csr.mstatus, changes;
    if (to_s) {
        assert_int_equal(field(s, MSTATUS_SPP), mode == MODE_S);
        assert_int_equal(field(s, MSTATUS_SPIE), field(old, MSTATUS_SIE));
        assert_int_equal(field(s, MSTATUS_SIE), 0);
        changes = MSTATUS_SPP | MSTATUS_SPIE | MSTATUS_SIE;
    } else {
        assert_int_equal(field(s, MSTATUS_MPP), mode);
        assert_int_equal(field(s, MSTATUS_MPIE), field(old, MSTATUS_MIE));
        assert_int_equal(field(s, MSTATUS_MIE), 0);
        changes = MSTATUS_MPP | MSTATUS_MPIE | MSTATUS_MIE;
    }
    assert_int_equal(s & ~changes, old & ~changes);
}

/* All the bits of mstatus that traps read or write, in every combination. */
static uint64_t status_of(unsigned bits)
{
    static const uint64_t masks[] = {MSTATUS_SIE, MSTATUS_MIE, MSTATUS_SPIE, MSTATUS_MPIE, MSTATUS_SPP, MSTATUS_MPRV};
    static const uint64_t mpp[3] = {0, 1, 3};
    uint64_t status = mpp[bits / 64 % 3] << MSTATUS_MPP_SHIFT;
    for (unsigned i = 0; i < 6; i++)
        status |= bits >> i & 1 ? masks[i] : 0;
    return status;
}

static void entries(void **state)
{
    (void)state;
    static const uint64_t causes[] = {
#define EXCEPTION(name, code, rank, text) code,
#define INTERRUPT(name, code, rank, text) CAUSE_INTERRUPT | code,
#include "isa/cause.def"
    };
    for (unsigned c = 0; c < sizeof causes / sizeof *causes; c++)
        for (unsigned m = 0; m < 3; m++)
            for (unsigned bits = 0; bits < 192; bits++)
                for (unsigned way = 0; way < 4; way++)
                    entry(modes[m], status_of(bits), causes[c], way & 1 ? ~UINT64_C(0) : ~(UINT64_C(1) << (causes[c] & 63)),
                          way >> 1);
}

static void returns(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 192; bits++) {
        uint64_t old = status_of(bits), s, pc = 0;
        struct priv p;
        csr_reset(&p);
        p.csr.mstatus |= old;
        p.csr.mepc = 0x80000010;
        p.csr.sepc = 0x80000020;
        struct priv q = p;
        trap_mret(&p, &pc);
        s = p.csr.mstatus;
        assert_int_equal(pc, 0x80000010);
        assert_int_equal(p.mode, field(old, MSTATUS_MPP));
        assert_int_equal(field(s, MSTATUS_MIE), field(old, MSTATUS_MPIE));
        assert_int_equal(field(s, MSTATUS_MPIE), 1);
        assert_int_equal(field(s, MSTATUS_MPP), 0);
        assert_int_equal(field(s, MSTATUS_MPRV), p.mode == MODE_M ? field(old, MSTATUS_MPRV) : 0);
        assert_int_equal(s & (MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP), old & (MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP));
        trap_sret(&q, &pc);
        s = q.csr.mstatus;
        assert_int_equal(pc, 0x80000020);
        assert_int_equal(q.mode, field(old, MSTATUS_SPP));
        assert_int_equal(field(s, MSTATUS_SIE), field(old, MSTATUS_SPIE));
        assert_int_equal(field(s, MSTATUS_SPIE), 1);
        assert_int_equal(field(s, MSTATUS_SPP), 0);
        assert_int_equal(field(s, MSTATUS_MPRV), 0);
        assert_int_equal(s & (MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP), old & (MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination),
        cmocka_unit_test(entries),
        cmocka_unit_test(returns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
