/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walks over random tables against the steps of the manual, 4.3.2, written down a second time; with A and D.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "isa/mmu.h"

#define PAGES 16

static uint8_t memory[PAGES * 4096], saved[sizeof memory];
static struct ram ram = {memory, RAM_BASE, sizeof memory};
static uint64_t random_state = 0x2545f4914f6cdd1d;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}
static unsigned below(unsigned n)
{
    return (unsigned)(random_bits() >> 33) % n;
}

/* Entries whose every field is right often enough that the others matter. */
static uint64_t random_entry(void)
{
    uint64_t ppn = (RAM_BASE >> 12) + below(PAGES), flags = random_bits() & 0x3ff;
    switch (below(8)) {
    case 0:
        ppn = random_bits() >> 20;
        break;
    case 1:
        ppn = ppn >> 9 << 9;
        break;
    case 2:
        ppn = ppn >> 18 << 18;
        break;
    default:
        break;
    }
    if (below(3))
        flags = PTE_V | (flags & PTE_G); /* a pointer */
    else if (below(4))
        flags |= PTE_V;
    uint64_t high = below(16) == 0 ? UINT64_C(1) << (54 + below(10)) : 0;
    return high | ppn << 10 | flags;
}

struct outcome {
    int cause;
    uint64_t pa, pte_pa, pte;
    unsigned refs;
};

/* The manual's algorithm. access: 0 fetch, 1 load, 2 store. */
static struct outcome manual(uint64_t satp, uint64_t va, unsigned access, enum mode mode, uint64_t mstatus)
{
    static const int page_fault[] = {12, 13, 15}, access_fault[] = {1, 5, 7};
    struct outcome o = {.cause = page_fault[access]};
    uint64_t top = va >> 38;
    if (top != 0 && top != (UINT64_C(1) << 26) - 1)
        return o;
    uint64_t a = (satp & 0xfffffffffff) * 4096; /* 1 */
    for (int i = 2;; i--) {
        uint64_t vpn = va >> (12 + 9 * i) & 511;
        o.pte_pa = a + vpn * 8; /* 2 */
        if (o.pte_pa < RAM_BASE || o.pte_pa + 8 > RAM_BASE + sizeof memory) {
            o.cause = access_fault[access];
            return o;
        }
        memcpy(&o.pte, memory + (o.pte_pa - RAM_BASE), 8);
        o.refs++;
        bool v = o.pte & 1, r = o.pte & 2, w = o.pte & 4, x = o.pte & 8, u = o.pte & 16;
        if (!v || (!r && w) || o.pte >> 54) /* 3 */
            return o;
        uint64_t ppn = o.pte >> 10 & 0xfffffffffff;
        if (!r && !x) { /* 4 */
            if (i == 0 || (o.pte & 0xd0))
                return o;
            a = ppn * 4096;
            continue;
        }
        if (access == 0 && !x) /* 5 */
            return o;
        if (access == 1 && !r && !(x && (mstatus >> 19 & 1)))
            return o;
        if (access == 2 && !w)
            return o;
        if (mode == MODE_U && !u)
            return o;
        if (mode == MODE_S && u && (access == 0 || !(mstatus >> 18 & 1)))
            return o;
        uint64_t low = (UINT64_C(1) << (9 * i)) - 1;
        if (ppn & low) /* 6 */
            return o;
        o.pte |= 0x40 | (access == 2 ? 0x80 : 0);                    /* 7 */
        o.pa = ((ppn & ~low) | (va >> 12 & low)) * 4096 + va % 4096; /* 8 */
        o.cause = -1;
        return o;
    }
}

static void random_walks(void **state)
{
    (void)state;
    unsigned found = 0, faults[16] = {0};
    struct priv p;
    csr_reset(&p);
    for (unsigned round = 0; round < 1500; round++) {
        for (unsigned i = 0; i < sizeof memory / 8; i++)
            if (round % 50 == 0 || below(40) == 0)
                bytes_put(memory + 8 * i, 8, random_entry());
        for (unsigned n = 0; n < 25; n++) {
            uint64_t root = below(20) ? (RAM_BASE >> 12) + below(PAGES) : random_bits() >> 20;
            uint64_t va = (uint64_t)((int64_t)(random_bits() << 25) >> 25);
            if (below(20) == 0)
                va = random_bits();
            unsigned access = below(3);
            enum mode mode = below(2) ? MODE_S : MODE_U;
            p.csr.satp = SATP_MODE_SV39 << 60 | root;
            p.csr.mstatus = random_bits() & (MSTATUS_SUM | MSTATUS_MXR);
            struct outcome want = manual(p.csr.satp, va, access, mode, p.csr.mstatus);
            memcpy(saved, memory, sizeof memory);
            struct mmu_result got = mmu_translate(&ram, &p, mode, va, (enum access)access);
            assert_int_equal(got.cause, want.cause);
            assert_int_equal(got.walk.refs, want.refs);
            if (got.cause == -1) {
                found++;
                assert_int_equal(got.pa, want.pa);
                uint64_t before = bytes_get(saved + (want.pte_pa - RAM_BASE), 8);
                assert_int_equal(got.pte_written, before != want.pte);
                bytes_put(saved + (want.pte_pa - RAM_BASE), 8, want.pte);
            } else {
                faults[got.cause]++;
                assert_false(got.pte_written);
            }
            assert_memory_equal(saved, memory, sizeof memory); /* nothing else was written */
        }
    }
    assert_true(found > 1000);
    static const int kinds[] = {1, 5, 7, 12, 13, 15};
    for (unsigned i = 0; i < 6; i++)
        assert_true(faults[kinds[i]] > 20);
}

static void no_translation(void **state)
{
    (void)state;
    struct priv p;
    csr_reset(&p);
    for (unsigned access = 0; access < 3; access++) {
        p.csr.satp = 0;
        assert_int_equal(mmu_translate(&ram, &p, MODE_S, 0x123456789abcdef0, (enum access)access).pa, 0x123456789abcdef0);
        p.csr.satp = SATP_MODE_SV39 << 60;
        assert_int_equal(mmu_translate(&ram, &p, MODE_M, 0xfedcba9876543210, (enum access)access).pa, 0xfedcba9876543210);
    }
    p.mode = MODE_M;
    assert_int_equal(mmu_data_mode(&p), MODE_M);
    p.csr.mstatus = MSTATUS_MPRV;
    assert_int_equal(mmu_data_mode(&p), MODE_U);
    p.csr.mstatus = MSTATUS_MPRV | UINT64_C(1) << MSTATUS_MPP_SHIFT;
    assert_int_equal(mmu_data_mode(&p), MODE_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_walks), cmocka_unit_test(no_translation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
