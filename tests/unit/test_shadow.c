/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bounds of shadow paging: running out of frames, of the reverse map's nodes, or of what notes the guest's tables
 * changes nothing. And the allocator's frames. What shadows hold is looked at in test_shadow_oracle.c.
 */
#include "sides.h"

#include "vmm/interpreter.h"
#include "vmm/memory/root.h"

/* --- little room ------------------------------------------------------------------------------------------------------------ */

/* 0: as much as there is. */
struct room {
    unsigned frames, nodes, uses;
};

static void leave_little(struct vm *vm, const struct room *room)
{
    if (room->frames)
        vm_leave_frames(vm, room->frames);
    vm->watch.limit = room->nodes ? room->nodes : vm->watch.limit;
    vm->trace.limit = room->uses ? room->uses : vm->trace.limit;
}

/* Programs do the same with as little as this. Returns how often it was used up. */
static uint64_t run_with_little(enum shadow_variant variant, const struct room *room)
{
    static const char *const names[] = {"shadows", "traced", "rights", "hostile", "straddle", "code", "spread"};
    uint64_t overflows = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct program p = program_assemble(names[i]);
        struct side *native = side_new(), *s = side_new();
        side_native(native, NULL);
        side_guest(s, &technique_te, NULL);
        shadow_open(s->vm, variant);
        side_load(native, &p);
        side_load(s, &p);
        leave_little(s->vm, room);
        side_run(native, SIDE_STEPS);
        side_run(s, SIDE_STEPS);
        sides_compare(native, s);
        side_check_accounts(s);
        overflows += s->vm->counters.shadow_overflows;
        side_free(native);
        side_free(s);
        free(p.bytes);
    }
    return overflows;
}

static void test_little_room(void **state)
{
    (void)state;
    const struct room rooms[] = {
        {SHADOW_LEAST_FRAMES, 0, 0}, {SHADOW_LEAST_FRAMES + 2, 0, 0}, {0, 5, 0}, {SHADOW_LEAST_FRAMES, 5, 10}};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        assert_true(run_with_little(SHADOW_FLUSH, &rooms[i]) > 0);
        assert_true(run_with_little(SHADOW_TRACED, &rooms[i]) > 0);
    }
    assert_true(run_with_little(SHADOW_TRACED, &(struct room){0, 0, 10}) > 0);
}

/* --- for the translator ------------------------------------------------------------------------------------------------------- */

#define ROOT (RAM_BASE + 0x80000)
#define MIDDLE (RAM_BASE + 0x81000)
#define LEAVES (RAM_BASE + 0x82000)
#define PAGES UINT64_C(0x40000000)
#define FRAMES (RAM_BASE + 0x200000)
#define LEAF(pa, rights) ((pa) >> 2 | (rights))
#define ALL (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

static unsigned times_unmapped; /* since the last look */
static uint64_t last_unmapped, last_size;

static void unmapped(struct vm *vm, unsigned root, uint64_t gva, uint64_t size)
{
    (void)vm;
    assert_int_equal(root, 1);
    times_unmapped++;
    last_unmapped = gva;
    last_size = size;
}

static void put_entry(struct vm *vm, uint64_t gpa, uint64_t entry)
{
    bytes_put(ram_at(&vm->bus.ram, gpa, 8), 8, entry);
}

/* A guest in virtual S-mode, paged: PAGES by LEAVES. */
static struct side *paged_guest(enum shadow_variant variant)
{
    struct side *s = side_new();
    side_guest(s, &technique_te, NULL);
    struct vm *vm = s->vm;
    shadow_open(vm, variant);
    vm->observer.unmapped = unmapped;
    put_entry(vm, ROOT + 8, LEAF(MIDDLE, PTE_V));
    put_entry(vm, ROOT + 16, LEAF(RAM_BASE, ALL));
    put_entry(vm, MIDDLE, LEAF(LEAVES, PTE_V));
    for (uint64_t i = 0; i < 64; i++)
        put_entry(vm, LEAVES + 8 * i, LEAF(FRAMES + i * PAGE_SIZE, ALL));
    vm->vcpu.priv.mode = MODE_S;
    vm->vcpu.priv.csr.satp = SATP_MODE_SV39 << 60 | ROOT >> 12;
    vmm_run(s->vmm, 0);
    times_unmapped = 0;
    return s;
}

static bool fill(struct vm *vm, uint64_t gva, enum access access)
{
    struct mmu_result r = interpret_translate(vm, gva, access);
    assert_int_equal(r.cause, NO_TRAP);
    return shadow_fill(vm, gva, access, &r);
}

static uint64_t leaf_of(struct vm *vm, uint64_t gva)
{
    unsigned level;
    const uint64_t *leaf = table_leaf(vm, TABLE_NUMBER(vm->shadow.root, vm->shadow.view), gva, &level);
    return leaf ? *leaf : 0;
}

/* A log of writes that did not trap takes away what depended on them, and never ends the tracing. */
static void test_log(void **state)
{
    (void)state;
    struct side *s = paged_guest(SHADOW_TRACED);
    struct vm *vm = s->vm;
    shadow_enter(vm, true);
    assert_int_equal(shadow_root_now(vm), 1);
    assert_false(shadow_is_table(vm, LEAVES));
    shadow_table_written(vm, LEAVES, 8); /* nothing to do with us */
    assert_int_equal(vm->counters.shadow_traces, 0);
    for (uint64_t i = 0; i < 40; i++) {
        uint64_t gva = PAGES + i * PAGE_SIZE;
        assert_true(fill(vm, gva, ACCESS_STORE));
        assert_int_equal(leaf_of(vm, gva) & ALL, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D);
        assert_true(shadow_is_table(vm, ROOT) && shadow_is_table(vm, MIDDLE) && shadow_is_table(vm, LEAVES));
    }
    for (uint64_t i = 0; i < 20; i++) {
        times_unmapped = 0;
        shadow_table_written(vm, LEAVES + 8 * i, 8);
        assert_int_equal(times_unmapped, 1);
        assert_int_equal(last_unmapped, PAGES + i * PAGE_SIZE);
        assert_int_equal(last_size, PAGE_SIZE);
        assert_int_equal(leaf_of(vm, PAGES + i * PAGE_SIZE), 0);
        assert_true(shadow_is_table(vm, LEAVES) && leaf_of(vm, PAGES + 21 * PAGE_SIZE) != 0);
    }
    assert_int_equal(vm->counters.shadow_untraced, 0);
    shadow_table_written(vm, MIDDLE, 8); /* and LEAVES is no table any more */
    assert_int_equal(leaf_of(vm, PAGES + 21 * PAGE_SIZE), 0);
    assert_false(shadow_is_table(vm, LEAVES));
    assert_true(shadow_is_table(vm, MIDDLE));
    side_free(s);
}

/* What is relied on without a shadow is told of, too. */
static void test_follow(void **state)
{
    (void)state;
    struct side *s = paged_guest(SHADOW_TRACED);
    struct vm *vm = s->vm;
    shadow_enter(vm, true);
    shadow_follow(vm, PAGES + 0x5000);
    assert_int_equal(vm->counters.shadow_fills, 0);
    for (unsigned i = 0; i < TRACE_WRITES - 1; i++) {
        watch_written(vm, LEAVES + 40, 4);
        assert_int_equal(last_unmapped, PAGES + 0x5000);
        assert_int_equal(last_size, PAGE_SIZE);
    }
    watch_written(vm, LEAVES, 1); /* too many in a row: given up, and all that it translates is told of */
    assert_int_equal(last_unmapped, PAGES);
    assert_int_equal(last_size, EXTENT_SIZE);
    assert_int_equal(times_unmapped, TRACE_WRITES);
    assert_false(shadow_is_table(vm, LEAVES));
    watch_written(vm, LEAVES, 1);
    assert_int_equal(times_unmapped, TRACE_WRITES);
    assert_int_equal(vm->counters.shadow_untraced, 1);
    watch_written(vm, ROOT, PAGE_SIZE);
    assert_int_equal(last_size, UINT64_MAX);
    assert_int_equal(vm->watch.total, 0);
    side_free(s);
}

/* The window: there until the table is emptied; not the guest's; its frame is never touched. */
static void test_window(void **state)
{
    (void)state;
    for (unsigned variant = SHADOW_FLUSH; variant <= SHADOW_TRACED; variant++) {
        struct side *s = paged_guest((enum shadow_variant)variant);
        struct vm *vm = s->vm;
        uint64_t hpa, *level0 = share_take(vm, FRAME_SIZE, &hpa);
        memset(level0, 0x5a, FRAME_SIZE);
        struct shadow_table *t = shadow_enter(vm, true);
        assert_false(t->window);
        assert_false(shadow_window_used(vm));
        shadow_map_window(vm, t, hpa);
        assert_true(t->window);
        put_entry(vm, ROOT + 8 * 511, LEAF(MIDDLE, PTE_V)); /* the guest's own begins to reach there */
        watch_written(vm, ROOT + 8 * 511, 8);
        assert_int_equal(t->window, variant == SHADOW_FLUSH); /* that asks again at the next fence */
        assert_false(shadow_window_used(vm));
        if (!t->window)
            shadow_map_window(vm, t, hpa);
        put_entry(vm, MIDDLE + 8 * 511, LEAF(LEAVES, PTE_V));
        watch_written(vm, MIDDLE + 8 * 511, 8);
        assert_int_equal(t->window, variant == SHADOW_FLUSH);
        assert_false(shadow_window_used(vm)); /* the last but one MiB */
        if (!t->window)
            shadow_map_window(vm, t, hpa);
        put_entry(vm, LEAVES + 8 * 255, LEAF(FRAMES, ALL));
        assert_false(shadow_window_used(vm));
        put_entry(vm, LEAVES + 8 * 256, LEAF(FRAMES, ALL));
        times_unmapped = 0;
        watch_written(vm, LEAVES + 8 * 256, 8);
        assert_true(shadow_window_used(vm));
        assert_true(variant == SHADOW_FLUSH || (times_unmapped == 1 && !t->window));
        if (!t->window)
            shadow_map_window(vm, t, hpa);
        assert_false(fill(vm, SHADOW_WINDOW | 0x100000, ACCESS_LOAD));
        put_entry(vm, MIDDLE + 8 * 511, LEAF(RAM_BASE, ALL));
        assert_true(shadow_window_used(vm));
        put_entry(vm, ROOT + 8 * 511, LEAF(UINT64_C(0), ALL));
        assert_true(shadow_window_used(vm));
        assert_true(t->window);
        shadow_drop(vm);
        assert_false(t->window);
        assert_ptr_equal(shadow_enter(vm, true), t);
        shadow_map_window(vm, t, hpa);
        vm->vcpu.priv.mode = MODE_M; /* bare tables have windows of their own */
        t = shadow_enter(vm, true);
        assert_int_equal(shadow_root_now(vm), 0);
        assert_false(t->window || shadow_window_used(vm));
        shadow_map_window(vm, t, hpa);
        vm->vcpu.priv.mode = MODE_S;
        t = shadow_enter(vm, true);
        put_entry(vm, MIDDLE + 8, LEAF(LEAVES, PTE_V));
        shadow_follow(vm, PAGES);
        vm->trace.free = 0; /* there is no room to follow another path */
        vm->trace.limit = vm->trace.uses;
        uint64_t overflows = vm->counters.shadow_overflows;
        shadow_follow(vm, PAGES + EXTENT_SIZE);
        assert_true(t->window);
        assert_int_equal(vm->counters.shadow_overflows, overflows + (variant == SHADOW_TRACED));
        shadow_start_over(vm);
        assert_false(t->window || t->satp);
        for (unsigned i = 0; i < FRAME_SIZE / 8; i++)
            assert_int_equal(level0[i], UINT64_C(0x5a5a5a5a5a5a5a5a));
        side_free(s);
    }
}

/* --- the allocator's frames ---------------------------------------------------------------------------------------------------- */

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

/* Frames leave their chain one by one, from anywhere in it. */
static void test_release(void **state)
{
    (void)state;
    static uint8_t memory[8 * FRAME_SIZE];
    static const uint8_t orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}};
    struct frame_pool pool;
    frame_pool_open(&pool, 0x80000000, memory, sizeof memory);
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        struct frame_chain chain = FRAME_CHAIN_EMPTY, rest = FRAME_CHAIN_EMPTY;
        uint64_t hpa[3];
        for (unsigned i = 0; i < 3; i++)
            hpa[i] = frame_take(&pool, &chain);
        frame_release(&pool, &chain, hpa[orders[o][0]]);
        uint64_t other = frame_take(&pool, &rest);
        assert_int_equal(other, hpa[orders[o][0]]);
        frame_release(&pool, &chain, hpa[orders[o][1]]);
        assert_true(chain.first == chain.last && chain.first != FRAME_NONE);
        if (o % 2)
            frame_release(&pool, &chain, hpa[orders[o][2]]);
        else
            frame_give_back(&pool, &chain);
        assert_true(chain.first == FRAME_NONE && chain.last == FRAME_NONE);
        unsigned left = 0;
        while (frame_take(&pool, &rest))
            left++;
        assert_int_equal(left, pool.count - 1);
        frame_give_back(&pool, &rest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool), cmocka_unit_test(test_release), cmocka_unit_test(test_little_room),
        cmocka_unit_test(test_log),  cmocka_unit_test(test_follow),  cmocka_unit_test(test_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
