/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The simulator's watch: right monitors pass it, and each way in which one can lose control of its machine is seen, with the
 * address and the pc. The wrong monitors are right ones whose state is changed behind their back.
 */
#include "sides.h"

#include "isa/audit.h"

#define KINDS (VIOLATION_PROGRESS + 1)

/* What an observer has seen. */
struct seen {
    struct machine_violation first[KINDS];
    unsigned count[KINDS];
};

static void see(void *context, const struct machine_violation *v)
{
    struct seen *seen = context;
    if (!seen->count[v->kind]++)
        seen->first[v->kind] = *v;
}

/* A side under audit that has run the program for some steps. Its technique is to be watched, too. */
static struct side *audited(const char *name, const struct technique *technique, uint64_t steps, struct seen *seen)
{
    struct program p = program_assemble(name);
    struct side *s = side_new();
    sides_guests_with(&s, 1, technique, NULL, (struct machine_config){.audit = true});
    *seen = (struct seen){0};
    s->m->audit.observer = (struct audit_observer){see, seen};
    side_load(s, &p);
    free(p.bytes);
    if (steps) {
        vmm_run(s->vmm, steps);
        assert_int_equal(s->m->counters.violations, 0);
        assert_int_equal(s->vm->end.reason, END_NONE);
    }
    return s;
}

static struct machine_violation expect(const struct seen *seen, enum violation_kind kind)
{
    char text[256];
    if (!seen->count[kind])
        fail_msg("no violation of the kind '%s' was seen", audit_kind_name(kind));
    const struct machine_violation *v = &seen->first[kind];
    assert_in_range(audit_text(v, text, sizeof text), 10, sizeof text - 1);
    return *v;
}

/* --- right monitors ------------------------------------------------------------------------------------------------------- */

static const char *const programs[] = {"traps", "csrs",    "rights",     "shadows", "straddle",
                                       "mprv",  "atomics", "interrupts", "console", "disk",
                                       "code",  "htif",    "hostile",    "spread",  "loop"};

/* The program under audit by one technique: equal, nothing violated, and the simulator's own account is the monitor's. */
static void check_right(const char *name, const struct program *p, struct side *native, const struct technique *technique)
{
    struct side *s = side_new();
    sides_guests_with(&s, 1, technique, "input\r\n", (struct machine_config){.audit = true});
    side_load(s, p);
    side_run(s, SIDE_STEPS);
    if (s->m->counters.violations) {
        char text[256];
        audit_text(&s->m->violation, text, sizeof text);
        fail_msg("%s: %s: %s", technique->name, name, text);
    }
    if (technique != &technique_bt || strcmp(name, "shadows") != 0) /* it touches the translator's window */
        sides_compare(native, s);
    side_check_accounts(s);
    assert_int_equal(s->m->audit.direct, s->vm->insns.direct);
    assert_int_equal(s->m->audit.translated, s->vm->insns.translated);
    assert_true(s->m->audit.controls >= s->vm->insns.direct + s->vm->insns.translated);
    if (technique == &technique_te)
        assert_true(s->m->audit.entries > 0 && (s->m->audit.stores > 0 || strcmp(name, "loop") == 0));
    side_free(s);
}

static void test_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct program p = program_assemble(programs[i]);
        struct side *native = side_new();
        side_native(native, "input\r\n");
        side_load(native, &p);
        side_run(native, SIDE_STEPS);
        bool is_long = strcmp(programs[i], "hostile") == 0;
        for (unsigned t = 0; t < techniques_count; t++)
            if (!is_long || techniques[t] == &technique_te)
                check_right(programs[i], &p, native, techniques[t]);
        side_free(native);
        free(p.bytes);
    }
}

/* The audit changes nothing, costs included. */
static void test_no_effect(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct program p = program_assemble(programs[i]);
        struct side *plain = side_new(), *watched = side_new();
        side_guest(plain, &technique_te, "input\r\n");
        sides_guests_with(&watched, 1, &technique_te, "input\r\n", (struct machine_config){.audit = true});
        side_load(plain, &p);
        side_load(watched, &p);
        side_run(plain, SIDE_STEPS);
        side_run(watched, SIDE_STEPS);
        sides_compare(plain, watched);
        assert_int_equal(plain->m->cost.total, watched->m->cost.total);
        assert_memory_equal(&plain->m->counters, &watched->m->counters, sizeof plain->m->counters);
        side_free(plain);
        side_free(watched);
        free(p.bytes);
    }
}

/* --- wrong monitors ------------------------------------------------------------------------------------------------------- */

/* The first leaf of the table that satp names, as a place in memory. */
static uint64_t find_leaf(struct side *s, uint64_t table, unsigned level)
{
    const uint8_t *entries = hw_frames(s->hw, table, PAGE_SIZE);
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++) {
        uint64_t entry = bytes_get(entries + 8 * i, 8);
        if (!(entry & PTE_V))
            continue;
        if (entry & (PTE_R | PTE_X))
            return table + 8 * i;
        uint64_t below = find_leaf(s, PTE_PPN(entry) << 12, level - 1);
        if (below)
            return below;
    }
    return 0;
}

static uint64_t real_root(const struct side *s)
{
    return SATP_PPN(s->m->hart.priv.csr.satp) << 12;
}

static uint64_t entry_get(struct side *s, uint64_t pa)
{
    return bytes_get(hw_frames(s->hw, pa, 8), 8);
}

static void entry_put(struct side *s, uint64_t pa, uint64_t entry)
{
    bytes_put(hw_frames(s->hw, pa, 8), 8, entry);
}

/* Replaces what a leaf maps, and fences it as one should. */
static uint64_t remap(struct side *s, uint64_t frame, uint64_t rights)
{
    uint64_t leaf = find_leaf(s, real_root(s), 2);
    assert_int_not_equal(leaf, 0);
    entry_put(s, leaf, frame >> 12 << 10 | PTE_V | PTE_U | PTE_A | PTE_D | rights);
    hw_sfence(s->hw, true, 0, true, 0);
    return leaf;
}

static void expect_bad_leaf(struct side *s, struct seen *seen, uint64_t leaf)
{
    uint64_t pc = s->vm->vcpu.ctx->pc, entry = entry_get(s, leaf);
    vmm_run(s->vmm, 1);
    struct machine_violation v = expect(seen, VIOLATION_TABLE);
    assert_int_equal(v.address, leaf);
    assert_int_equal(v.pc, pc);
    assert_int_equal(v.value, entry);
    side_free(s);
}

/* 1: a page of the monitor's own. */
static void test_monitor_frame(void **state)
{
    (void)state;
    struct seen seen;
    struct side *s = audited("atomics", &technique_te, 20, &seen);
    expect_bad_leaf(s, &seen, remap(s, RAM_BASE, PTE_R | PTE_W | PTE_X));
}

/* 2: the page of tables itself: the guest could write its own. */
static void test_table_mapped(void **state)
{
    (void)state;
    struct seen seen;
    struct side *s = audited("atomics", &technique_te, 20, &seen);
    expect_bad_leaf(s, &seen, remap(s, real_root(s), PTE_R | PTE_X));
}

/* 3: the frame behind the guest's last. */
static void test_frame_behind(void **state)
{
    (void)state;
    struct seen seen;
    struct side *s = audited("atomics", &technique_te, 20, &seen);
    expect_bad_leaf(s, &seen, remap(s, s->vm->offset + RAM_BASE + SIDE_RAM, PTE_R | PTE_X));
}

/* 4: another guest's frame. */
static void test_foreign_guest(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct program p = program_assemble("atomics");
    struct side *s[2] = {side_new(), side_new()};
    sides_guests_with(s, 2, &technique_te, NULL, (struct machine_config){.audit = true});
    s[0]->m->audit.observer = (struct audit_observer){see, &seen};
    side_load(s[0], &p);
    side_load(s[1], &p);
    vmm_run(s[0]->vmm, 20);
    assert_int_equal(s[0]->m->counters.violations, 0); /* the second guest had the machine last */
    uint64_t leaf = remap(s[1], vm_hpa(s[0]->vm, RAM_BASE), PTE_R | PTE_W | PTE_X);
    vmm_run(s[0]->vmm, 1);
    struct machine_violation v = expect(&seen, VIOLATION_TABLE);
    assert_int_equal(v.address, leaf);
    sides_free(s, 2);
    free(p.bytes);
}

/* 5: a table that lies in the guest's own memory. */
static void test_table_outside(void **state)
{
    (void)state;
    struct seen seen;
    struct side *s = audited("atomics", &technique_te, 20, &seen);
    uint64_t entry = real_root(s) + 8 * 511, frame = vm_hpa(s->vm, RAM_BASE + SIDE_RAM - PAGE_SIZE);
    entry_put(s, entry, frame >> 12 << 10 | PTE_V);
    expect_bad_leaf(s, &seen, entry);
}

/* 6: the monitor believes the guest's RAM to lie further on than it does. */
static void test_offset(void **state)
{
    (void)state;
    struct seen seen;
    struct side *s = audited("atomics", &technique_te, 0, &seen);
    uint64_t end = vm_hpa(s->vm, RAM_BASE) + SIDE_RAM, pc = RAM_BASE + SIDE_RAM - EXTENT_SIZE;
    s->vm->offset += EXTENT_SIZE;
    s->vm->vcpu.ctx->pc = pc;
    vmm_run(s->vmm, 1);
    struct machine_violation v = expect(&seen, VIOLATION_TABLE);
    assert_int_equal(PTE_PPN(v.value) << 12, end);
    v = expect(&seen, VIOLATION_FRAME); /* and the guest has gone there */
    assert_int_equal(v.address, end);
    assert_int_equal(v.pc, pc);
    side_free(s);
}

/* 7: of frames that it may reach in one way only, it may not in another. */
static void test_rights(void **state)
{
    (void)state;
    struct seen seen;
    struct side *s = audited("atomics", &technique_te, 20, &seen);
    struct audit_domain *d = &s->m->audit.domain;
    d->also[0] = (struct audit_region){d->share_hi - 2 * PAGE_SIZE, d->share_hi - PAGE_SIZE, PTE_X};
    d->also[1] = (struct audit_region){d->share_hi - PAGE_SIZE, d->share_hi, PTE_R | PTE_W};
    d->also_count = 2;
    uint64_t entry = real_root(s) + 8 * 511;
    struct frame_chain mine = FRAME_CHAIN_EMPTY;
    uint64_t below = frame_take(&s->vm->pool, &mine), last = frame_take(&s->vm->pool, &mine);
    entry_put(s, entry, below >> 12 << 10 | PTE_V);
    entry_put(s, below, last >> 12 << 10 | PTE_V);
    entry_put(s, last, d->also[0].lo >> 12 << 10 | PTE_V | PTE_U | PTE_A | PTE_D | PTE_X);
    entry_put(s, last + 8, d->also[1].lo >> 12 << 10 | PTE_V | PTE_U | PTE_A | PTE_D | PTE_R | PTE_W);
    vmm_run(s->vmm, 1);
    assert_int_equal(s->m->counters.violations, 0);
    entry_put(s, last, entry_get(s, last) | PTE_R);
    hw_sfence(s->hw, true, 0, true, 0);
    vmm_run(s->vmm, 1);
    assert_int_equal(expect(&seen, VIOLATION_TABLE).address, last);
    entry_put(s, last, 0);
    seen = (struct seen){0};
    entry_put(s, below + 8, d->also[1].lo >> 12 << 10 | PTE_V); /* nor may a table be there */
    expect_bad_leaf(s, &seen, below + 8);
}

/* 8 to 11: control state that gives the machine away. */
static void test_control(void **state)
{
    (void)state;
    static const struct {
        unsigned csr;
        uint64_t value;
        const char *name;
    } wrong[] = {
        {CSR_medeleg, UINT64_C(1) << CAUSE_ecall_u, "medeleg"},
        {CSR_mideleg, MIP_STIP | HEXT_INTERRUPTS, "mideleg"},
        {CSR_mcounteren, 2, "mcounteren"},
        {CSR_mstatus, MSTATUS_MPRV, "mstatus"},
        {CSR_satp, 0, "satp"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct seen seen;
        struct side *s = audited("atomics", &technique_te, 20, &seen);
        uint64_t pc = s->vm->vcpu.ctx->pc;
        hw_csr_write(s->hw, wrong[i].csr, wrong[i].value);
        if (wrong[i].csr == CSR_mstatus) /* what trap_mret() leaves of it */
            s->m->hart.priv.csr.mstatus |= UINT64_C(3) << MSTATUS_MPP_SHIFT;
        vmm_run(s->vmm, 1);
        if (wrong[i].csr == CSR_mstatus) {
            expect(&seen, VIOLATION_MODE);
        } else {
            struct machine_violation v = expect(&seen, VIOLATION_CONTROL);
            assert_string_equal(v.what, wrong[i].name);
            assert_int_equal(v.value, wrong[i].value);
            assert_int_equal(v.pc, pc);
        }
        side_free(s);
    }
}

/* Likewise where the guest has virtual supervisor mode. */
static void test_control_assisted(void **state)
{
    (void)state;
    static const struct {
        unsigned csr;
        uint64_t value;
        const char *name;
    } wrong[] = {
        {CSR_medeleg, UINT64_C(1) << CAUSE_insn_access, "medeleg"}, /* not in hedeleg: HS-mode's, where nobody is */
        {CSR_mie, MIP_VSSIP, "mideleg"},
        {CSR_hcounteren, 7, "hcounteren"},
        {CSR_hgatp, 0, "satp"}, /* the guest's own tables, and nothing after them */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct seen seen;
        struct side *s = audited("atomics", &technique_hw, 20, &seen);
        hw_csr_write(s->hw, wrong[i].csr, wrong[i].value);
        vmm_run(s->vmm, 1);
        assert_string_equal(expect(&seen, VIOLATION_CONTROL).what, wrong[i].name);
        side_free(s);
    }
}

/* 12: what the guest changes of the real control state, seen with the instruction that did. */
static void run_in_real_m(struct vm *vm, uint64_t budget)
{
    hw_csr_write(vm->hw, CSR_mstatus, MSTATUS_MPP);
    hw_run(vm->hw, budget);
    vm->end.reason = END_QUIT;
}

static void test_control_changed(void **state)
{
    (void)state;
    static const struct technique in_real_m = {.name = "real M", .run = run_in_real_m};
    static const uint32_t code[] = {0x00000013, 0x34051073, 0x30551073}; /* nop; csrw mscratch, a0; csrw mtvec, a0 */
    struct seen seen;
    struct side *s = audited("atomics", &in_real_m, 0, &seen);
    memcpy(s->vm->bus.ram.bytes, code, sizeof code);
    s->vm->vcpu.ctx->pc = vm_hpa(s->vm, RAM_BASE);
    s->vm->vcpu.ctx->x[10] = 0x1234;
    vmm_run(s->vmm, 3);
    assert_int_equal(expect(&seen, VIOLATION_MODE).pc, vm_hpa(s->vm, RAM_BASE));
    assert_int_equal(seen.count[VIOLATION_CONTROL], 3); /* satp is Bare, and these two */
    side_free(s);

    s = audited("atomics", &technique_te, 20, &seen);
    struct priv *real = &s->m->hart.priv;
    audit_enter(s->m);
    s->m->hart.ctx.pc = RAM_BASE + 0x40;
    audit_step(s->m);
    real->csr.mscratch ^= 1;
    s->m->hart.ctx.pc = RAM_BASE + 0x44;
    audit_step(s->m);
    s->m->hart.ctx.pc = RAM_BASE + 0x48;
    audit_leave(s->m, 2);
    struct machine_violation v = expect(&seen, VIOLATION_CONTROL);
    assert_string_equal(v.what, "mscratch");
    assert_int_equal(v.pc, RAM_BASE + 0x40);
    assert_int_equal(seen.count[VIOLATION_CONTROL], 1);
    side_free(s);
}

/* 13, 14: what the monitor and its devices write. */
static void test_writes(void **state)
{
    (void)state;
    struct seen seen;
    struct side *s = audited("atomics", &technique_te, 20, &seen);
    uint64_t end = vm_hpa(s->vm, RAM_BASE) + SIDE_RAM;
    hw_wrote(s->hw, end - 8, 8, false);
    hw_wrote(s->hw, s->vm->pool.base, PAGE_SIZE, false);
    assert_int_equal(s->m->counters.violations, 0);
    hw_wrote(s->hw, RAM_BASE, 8, false);
    assert_int_equal(expect(&seen, VIOLATION_WRITE).address, RAM_BASE);
    hw_wrote(s->hw, s->vm->pool.base, 8, true);
    assert_int_equal(expect(&seen, VIOLATION_DMA).address, s->vm->pool.base);
    seen = (struct seen){0};
    assert_false(hw_disk_transfer(s->hw, 0, 0, false, 3, 2, end - 512)); /* beyond the machine, too */
    struct machine_violation v = expect(&seen, VIOLATION_DMA);
    assert_int_equal(v.address, end - 512);
    assert_int_equal(v.value, 1024);
    side_free(s);
}

/* 15: a leaf is withdrawn, and the TLB still has it. */
static void test_unfenced_monitor(void **state)
{
    (void)state;
    struct seen seen;
    struct side *s = audited("atomics", &technique_te, 20, &seen);
    uint64_t leaf = find_leaf(s, real_root(s), 2), pc = s->vm->vcpu.ctx->pc;
    entry_put(s, leaf, 0);
    vmm_run(s->vmm, 2);
    struct machine_violation v = expect(&seen, VIOLATION_STALE);
    assert_int_equal(v.pc, pc);
    assert_int_equal(v.address, pc);
    side_free(s);
}

/* The same with hardware assistance: of the second stage, and of shadow tables, which are a first one. Seen when the guest is entered,
 * and when the leaf is used. */
static void test_unfenced_assisted(void **state)
{
    (void)state;
    static const enum vm_mmu mmus[] = {MMU_NESTED, MMU_SHADOW};
    for (unsigned i = 0; i < 2; i++) {
        struct seen seen;
        struct side *s = audited("atomics", &technique_te, 0, &seen);
        s->vm->mmu = mmus[i];
        vm_set_technique(s->vm, &technique_hw);
        vmm_run(s->vmm, 20);
        assert_int_equal(s->m->counters.violations, 0);
        uint64_t pc = s->vm->vcpu.ctx->pc, satp = s->m->hart.priv.hcsr.vsatp;
        uint64_t root = i ? SATP_PPN(satp) << 12 : s->vm->nested.root;
        entry_put(s, find_leaf(s, root, 2), 0);
        vmm_run(s->vmm, 2);
        struct machine_violation v = expect(&seen, VIOLATION_STALE);
        assert_int_equal(v.pc, pc);
        assert_int_equal(i ? v.address : v.address + (pc & 0x1fffff), pc);
        side_free(s);
    }
}

/* 16: exits, and nothing done about them. */
static void run_in_vain(struct vm *vm, uint64_t budget)
{
    shadow_enter(vm, false);
    for (unsigned i = 0; i < AUDIT_VAIN_EXITS + 1; i++)
        hw_run(vm->hw, budget);
    vm->end.reason = END_QUIT;
}

static void test_no_progress(void **state)
{
    (void)state;
    static const struct technique in_vain = {.name = "in vain", .run = run_in_vain};
    struct seen seen;
    struct side *s = audited("atomics", &in_vain, 0, &seen);
    vmm_run(s->vmm, 1);
    assert_int_equal(expect(&seen, VIOLATION_PROGRESS).pc, RAM_BASE);
    assert_int_equal(seen.count[VIOLATION_PROGRESS], 1);
    side_free(s);
}

/* --- bare: stale translations --------------------------------------------------------------------------------------------- */

static void test_fenced_programs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct program p = program_assemble(programs[i]);
        struct side *plain = side_new(), *s = side_new();
        side_native(plain, "input\r\n");
        side_native_with(s, "input\r\n", (struct machine_config){.detect_stale = true, .window = 0xfffffffffff00000});
        side_load(plain, &p);
        side_load(s, &p);
        side_run(plain, SIDE_STEPS);
        side_run(s, SIDE_STEPS);
        sides_compare(plain, s);
        assert_int_equal(plain->m->cost.total, s->m->cost.total);
        if (s->m->audit.stale_uses)
            fail_msg("%s: stale at pc %#" PRIx64 " va %#" PRIx64, programs[i], s->m->audit.stale.pc, s->m->audit.stale.va);
        bool touches = strcmp(programs[i], "hostile") == 0;
        assert_int_equal(s->m->audit.window_uses != 0, touches);
        assert_true(!touches || s->m->audit.window.va >= s->m->config.window);
        side_free(plain);
        side_free(s);
        free(p.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_no_effect),
        cmocka_unit_test(test_monitor_frame),
        cmocka_unit_test(test_table_mapped),
        cmocka_unit_test(test_frame_behind),
        cmocka_unit_test(test_foreign_guest),
        cmocka_unit_test(test_table_outside),
        cmocka_unit_test(test_offset),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_control),
        cmocka_unit_test(test_control_assisted),
        cmocka_unit_test(test_control_changed),
        cmocka_unit_test(test_writes),
        cmocka_unit_test(test_unfenced_monitor),
        cmocka_unit_test(test_unfenced_assisted),
        cmocka_unit_test(test_no_progress),
        cmocka_unit_test(test_fenced_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
