/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shadow tables, looked at from outside while programs run: what they may hold, what a fresh walk of the guest's tables
 * says, and that running out of frames changes nothing.
 */
#include "sides.h"

#include "vmm/memory/root.h"

/* --- walking all of a shadow ------------------------------------------------------------------------------------------------ */

typedef void visit_leaf(struct vm *vm, unsigned number, uint64_t gva, unsigned level, uint64_t leaf);

static bool in_pool(const struct vm *vm, uint64_t hpa)
{
    return hpa >= vm->pool.base && hpa < vm->pool.base + vm->pool.count * FRAME_SIZE;
}

static void visit_table(struct vm *vm, unsigned number, uint64_t hpa, uint64_t gva, unsigned level, visit_leaf *visit)
{
    assert_true(in_pool(vm, hpa));
    const uint64_t *table = frame_at(&vm->pool, hpa);
    for (uint64_t i = 0; i < 512; i++) {
        uint64_t entry = table[i], at = gva | i << (12 + 9 * level);
        if (level == 2 && i >= 256)
            at |= ~UINT64_C(0) << 39;
        if (!(entry & PTE_V))
            assert_int_equal(entry, 0);
        else if (entry & (PTE_R | PTE_X))
            visit(vm, number, at, level, entry);
        else
            visit_table(vm, number, PTE_PPN(entry) << 12, at, level - 1, visit);
    }
}

static void visit_shadows(struct vm *vm, visit_leaf *visit)
{
    for (unsigned number = 0; number < TABLE_NUMBER(SHADOW_ROOTS, 0); number++) {
        const struct shadow_table *t = table_numbered(vm, number);
        if (t->satp)
            visit_table(vm, number, SATP_PPN(t->satp) << 12, 0, 2, visit);
    }
}

/* --- what must hold --------------------------------------------------------------------------------------------------------- */

/* At any time: frames of the guest alone, user rights, nothing left for the hardware to write, tohost never writable. */
static void leaf_is_safe(struct vm *vm, unsigned number, uint64_t gva, unsigned level, uint64_t leaf)
{
    (void)number, (void)gva;
    uint64_t size = UINT64_C(1) << (12 + 9 * level), gpa = (PTE_PPN(leaf) << 12) - vm->offset;
    assert_true(level < 2);
    assert_int_equal(gpa % size, 0);
    assert_non_null(ram_at(&vm->bus.ram, gpa, size));
    assert_int_equal(leaf & (PTE_U | PTE_A | PTE_D), PTE_U | PTE_A | PTE_D);
    assert_false((leaf & (PTE_R | PTE_W)) == PTE_W);
    if (vm->bus.htif_tohost >= gpa && vm->bus.htif_tohost < gpa + size)
        assert_int_equal(leaf & PTE_W, 0);
}

/* What the guest's tables give in this space: its rights as bits of a leaf, and the address. */
static uint64_t rights_of(const struct vm *vm, unsigned number, uint64_t gva, uint64_t *gpa)
{
    *gpa = gva;
    unsigned view = number % SHADOW_VIEWS;
    const struct shadow_root *root = &vm->shadow.roots[number / SHADOW_VIEWS];
    if (root == vm->shadow.roots)
        return PTE_R | PTE_W | PTE_X;
    struct walk w = mmu_walk(&vm->bus.ram, root->satp, gva);
    if (w.end != WALK_LEAF || !(w.pte & PTE_A))
        return 0;
    *gpa = w.pa;
    enum mode mode = view == VIEW_USER ? MODE_U : MODE_S;
    uint64_t mstatus = root->mxr | (view == VIEW_SUPERVISOR_SUM ? MSTATUS_SUM : 0), rights = 0;
    rights |= mmu_permits(w.pte, ACCESS_FETCH, mode, mstatus) ? PTE_X : 0;
    rights |= mmu_permits(w.pte, ACCESS_LOAD, mode, mstatus) ? PTE_R : 0;
    rights |= (w.pte & PTE_D) && mmu_permits(w.pte, ACCESS_STORE, mode, mstatus) ? PTE_W : 0;
    return rights;
}

/* While the guest's tables have not changed since the last fence. */
static void leaf_is_coherent(struct vm *vm, unsigned number, uint64_t gva, unsigned level, uint64_t leaf)
{
    uint64_t gpa, rights = rights_of(vm, number, gva, &gpa), shadow = leaf & (PTE_R | PTE_W | PTE_X);
    (void)level;
    leaf_is_safe(vm, number, gva, level, leaf);
    if ((PTE_PPN(leaf) << 12) != vm_hpa(vm, gpa) || (shadow & ~rights))
        fail_msg("shadow %u, gva %#" PRIx64 ": leaf %#" PRIx64 ", but the guest gives gpa %#" PRIx64 " rights %#" PRIx64,
                 number, gva, leaf, gpa, rights);
}

/* --- programs under observation --------------------------------------------------------------------------------------------- */

#define TABLES (RAM_BASE + 0x80000) /* where the programs have their page tables */
#define TABLES_SIZE 0x10000

/* The tables without A and D, which hardware and monitor set; as a sum. */
static uint64_t tables_sum(const struct vm *vm)
{
    const uint8_t *bytes = ram_at(&vm->bus.ram, TABLES, TABLES_SIZE);
    uint64_t sum = 0;
    for (unsigned i = 0; i < TABLES_SIZE; i += 8)
        sum = sum * 31 + (bytes_get(bytes + i, 8) & ~(PTE_A | PTE_D));
    return sum;
}

static void watch_program(const char *name, uint64_t every)
{
    struct program p = program_assemble(name);
    struct side *s = side_new();
    side_guest(s, &technique_te, NULL);
    side_load(s, &p);
    uint64_t sum = tables_sum(s->vm), drops = 0, fills = 0, looks = 0;
    while (vmm_run(s->vmm, every)) {
        if (s->vm->counters.shadow_drops != drops)
            sum = tables_sum(s->vm);
        drops = s->vm->counters.shadow_drops;
        if (s->vm->counters.shadow_fills == fills)
            continue;
        fills = s->vm->counters.shadow_fills;
        bool fenced = tables_sum(s->vm) == sum;
        visit_shadows(s->vm, fenced ? leaf_is_coherent : leaf_is_safe);
        looks += fenced;
    }
    assert_true(looks > 0);
    assert_int_equal(s->m->counters.violations, 0);
    side_free(s);
    free(p.bytes);
}

static void test_coherent(void **state)
{
    (void)state;
    watch_program("shadows", 1);
    watch_program("straddle", 1);
    watch_program("code", 1);
    watch_program("atomics", 1);
    watch_program("rights", 13);
}

static void test_safe(void **state)
{
    (void)state;
    watch_program("hostile", 997);
    watch_program("htif", 1);
}

/* --- few frames --------------------------------------------------------------------------------------------------------------- */

static void test_few_frames(void **state)
{
    (void)state;
    static const char *const names[] = {"shadows", "rights", "hostile", "straddle", "code", "spread"};
    uint64_t overflows = 0;
    for (unsigned left = SHADOW_LEAST_FRAMES; left < SHADOW_LEAST_FRAMES + 3; left++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            struct program p = program_assemble(names[i]);
            struct side *native = side_new(), *s = side_new();
            side_native(native, NULL);
            side_guest(s, &technique_te, NULL);
            side_load(native, &p);
            side_load(s, &p);
            struct frame_chain taken = FRAME_CHAIN_EMPTY, kept = FRAME_CHAIN_EMPTY;
            for (unsigned n = 0; n < left; n++)
                assert_true(frame_take(&s->vm->pool, &kept) != 0);
            while (frame_take(&s->vm->pool, &taken))
                ;
            frame_give_back(&s->vm->pool, &kept);
            side_run(native, SIDE_STEPS);
            side_run(s, SIDE_STEPS);
            sides_compare(native, s);
            side_check_accounts(s);
            overflows += s->vm->counters.shadow_overflows;
            side_free(native);
            side_free(s);
            free(p.bytes);
        }
    assert_true(overflows > 0);
}

static void test_pool(void **state)
{
    (void)state;
    static uint8_t memory[64 * FRAME_SIZE];
    struct frame_pool pool;
    frame_pool_open(&pool, 0x80000000, memory, sizeof memory);
    assert_int_equal(pool.count, 63);
    struct frame_chain a = FRAME_CHAIN_EMPTY, b = FRAME_CHAIN_EMPTY;
    static bool seen[64];
    for (unsigned round = 0; round < 3; round++) {
        memset(seen, 0, sizeof seen);
        for (unsigned n = 0; n < pool.count; n++) {
            uint64_t hpa = frame_take(&pool, n % 3 ? &a : &b);
            assert_true(hpa >= 0x80001000 && hpa < 0x80000000 + sizeof memory && hpa % FRAME_SIZE == 0);
            assert_false(seen[(hpa - 0x80000000) / FRAME_SIZE]);
            seen[(hpa - 0x80000000) / FRAME_SIZE] = true;
            uint8_t *frame = frame_at(&pool, hpa);
            for (unsigned i = 0; i < FRAME_SIZE; i++)
                assert_int_equal(frame[i], 0);
            memset(frame, 0xff, FRAME_SIZE);
        }
        assert_int_equal(frame_take(&pool, &a), 0);
        frame_give_back(&pool, &a);
        frame_give_back(&pool, &a);
        assert_true(frame_take(&pool, &a) != 0);
        frame_give_back(&pool, &b);
        frame_give_back(&pool, &a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_coherent),
        cmocka_unit_test(test_safe),
        cmocka_unit_test(test_few_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
