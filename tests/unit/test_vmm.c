/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small programs give the same on the bare machine, by each technique, and wholly interpreted.
 */
#include "sides.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs tests/vmm/NAME.s on all sides, in pieces of so many steps; returns the side under te. */
static struct side *run_everywhere(const char *name, const char *input, uint64_t piece)
{
    struct program p = program_assemble(name);
    struct side *native = side_new(), *te = side_new(), *traced = side_new(), *interp = side_new();
    struct side *interpreted = side_new();
    side_native(native, input);
    side_guest(te, &technique_te, input);
    side_guest(interp, &technique_interp, input);
    side_guest(interpreted, &technique_interpreted, input);
    side_guest_traced(traced, &technique_te, input);
    struct side *sides[] = {native, te, traced, interp, interpreted};
    for (unsigned i = 0; i < 5; i++) {
        side_load(sides[i], &p);
        for (uint64_t done = 0; done < SIDE_STEPS && side_view(sides[i]).end.reason == END_NONE; done += piece)
            side_run(sides[i], piece);
        if (i > 0) {
            sides_compare(native, sides[i]);
            side_check_accounts(sides[i]);
        }
    }
    const struct vm_insns *n = &interp->vm->insns;
    assert_true(n->direct <= n->by_mode[MODE_U]);
    side_free(native);
    side_free(interp);
    side_free(interpreted);
    side_free(traced);
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
    {"traps",
     NULL,
     {END_FINISHER, 0},
     EXITS(EXIT_csr, EXIT_privileged, EXIT_ecall, EXIT_exception, EXIT_page_true, EXIT_mmio)},
    {"csrs", NULL, {END_FINISHER, 0}, EXITS(EXIT_csr, EXIT_exception, EXIT_wfi)},
    {"rights", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_true, EXIT_page_hidden)},
    {"shadows", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_true, EXIT_page_hidden)},
    {"ptes", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_hidden)},
    {"traced", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_true, EXIT_page_hidden)},
    {"straddle", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_true, EXIT_page_hidden)},
    {"mprv", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_hidden)},
    {"atomics", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_hidden, EXIT_exception)},
    {"interrupts", NULL, {END_FINISHER, 0}, EXITS(EXIT_timer, EXIT_wfi, EXIT_mmio)},
    {"console", "some input\r\n", {END_FINISHER, 0}, EXITS(EXIT_mmio, EXIT_wfi)},
    {"disk", NULL, {END_FINISHER, 0}, EXITS(EXIT_mmio, EXIT_wfi)},
    {"code", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_hidden, EXIT_page_true)},
    {"htif", NULL, {END_HTIF, 0}, EXITS(EXIT_mmio)},
    {"hostile", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_true, EXIT_page_hidden, EXIT_mmio)},
    {"spread", NULL, {END_FINISHER, 0}, EXITS(EXIT_page_hidden)},
    {"loop", NULL, {END_FAULT_LOOP, 0}, EXITS(EXIT_page_true)},
    {"idle", NULL, {END_IDLE, 0}, EXITS(EXIT_wfi)},
    {"far", NULL, {END_IDLE, 0}, EXITS(EXIT_wfi, EXIT_csr)},
};
#define PROGRAMS (sizeof programs / sizeof *programs)

/* --- several guests ------------------------------------------------------------------------------------------------------- */

/* Guests that have the machine in turn do what each does alone, and count the same. */
static void test_guests(void **state)
{
    (void)state;
    static const char *const names[] = {"rights", "csrs", "interrupts", "atomics", "hostile", "rights"};
    enum { N = sizeof names / sizeof *names };
    struct side *sides[N];
    for (unsigned i = 0; i < N; i++)
        sides[i] = side_new();
    sides_guests(sides, N, &technique_te, NULL);
    for (unsigned i = 0; i < N; i++) {
        struct program p = program_assemble(names[i]);
        side_load(sides[i], &p);
        free(p.bytes);
    }
    assert_false(vmm_run(sides[0]->vmm, SIDE_STEPS));
    assert_int_equal(sides[0]->m->counters.violations, 0);
    uint64_t exits = 0;
    for (unsigned i = 0; i < N; i++) {
        struct side *alone = run_everywhere(names[i], NULL, SIDE_STEPS);
        sides_compare(alone, sides[i]);
        assert_memory_equal(&alone->vm->insns, &sides[i]->vm->insns, sizeof alone->vm->insns);
        assert_memory_equal(&alone->vm->counters, &sides[i]->vm->counters, sizeof alone->vm->counters);
        for (unsigned reason = 0; reason < EXIT_count; reason++) {
            exits += sides[i]->vm->exits[reason].count;
            if (reason != EXIT_budget) /* turns end by it, too */
                assert_int_equal(alone->vm->exits[reason].count, sides[i]->vm->exits[reason].count);
        }
        side_free(alone);
    }
    assert_int_equal(exits, sides[0]->m->counters.exits);
    sides_free(sides, N);
}

/* No more guests than there is memory for; none of it is given twice. */
static void test_room(void **state)
{
    (void)state;
    const uint64_t sizes[] = {PAGE_SIZE, EXTENT_SIZE + PAGE_SIZE, EXTENT_SIZE};
    struct side *s = side_new();
    side_init(s, "room", NULL);
    struct machine_config config = {
        .ram_size = vmm_real_ram(sizes, 3), .cost = side_costs(), .monitored = true, .hext = true};
    s->m = machine_new(&config, &s->host);
    struct hw_channel channels[3] = {{.host = &s->host}, {.host = &s->host}, {.host = &s->host}};
    s->hw = hw_open(s->m, channels, 3);
    assert_null(vmm_open(s->hw, PAGE_SIZE));
    s->vmm = vmm_open(s->hw, config.ram_size);
    for (unsigned i = 0; i < 3; i++) {
        struct vm *vm = vmm_add_guest(s->vmm, &(struct vm_config){.ram_size = sizes[i], .technique = &technique_te});
        assert_non_null(vm);
        assert_int_equal(vm_hpa(vm, RAM_BASE), vmm_guest_base(sizes, i));
        assert_true((uint8_t *)(vm + 1) <= vm->pool.bytes);
        assert_true(vm_hpa(vm, RAM_BASE) >= vm->pool.base + vm->pool.count * FRAME_SIZE);
        assert_true(vm_hpa(vm, RAM_BASE) + sizes[i] <= RAM_BASE + config.ram_size);
    }
    assert_null(vmm_add_guest(s->vmm, &(struct vm_config){.ram_size = PAGE_SIZE, .technique = &technique_te}));
    side_free(s);
}

/* --- changes in mid-run ----------------------------------------------------------------------------------------------------- */

/* Technique i of those that the program can be run by, i modulo their number: `hostile` and `shadows` reach into the part of
 * the address space where bt has its translations. */
static const struct technique *technique_for(const char *program, uint64_t i)
{
    const struct technique *t = techniques[i % techniques_count];
    bool meets = t == &technique_bt && (!strcmp(program, "hostile") || !strcmp(program, "shadows"));
    return meets ? &technique_interpreted : t;
}

/* The technique changes every so many steps. */
static void test_switching(void **state)
{
    (void)state;
    static const uint64_t every[] = {1, 3, 1000};
    for (size_t e = 0; e < 3; e++)
        for (size_t i = 0; i < PROGRAMS; i++) {
            struct program p = program_assemble(programs[i].name);
            struct side *native = side_new(), *s = side_new();
            side_native(native, programs[i].input);
            side_guest(s, &technique_te, programs[i].input);
            shadow_open(s->vm, i % 2 ? SHADOW_TRACED : SHADOW_FLUSH);
            side_load(native, &p);
            side_load(s, &p);
            side_run(native, SIDE_STEPS);
            for (unsigned turn = 0; vmm_run(s->vmm, every[e]); turn++)
                vm_set_technique(s->vm, technique_for(programs[i].name, turn));
            sides_compare(native, s);
            side_check_accounts(s);
            side_free(native);
            side_free(s);
            free(p.bytes);
        }
}

/* Many interpreted steps in a turn are as many turns of one, to the cycle, by either clock. */
static void test_interpreted_many(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * PROGRAMS; i++) {
        const struct expected *e = &programs[i / 2];
        struct program p = program_assemble(e->name);
        struct side *one = side_new(), *many = side_new();
        side_guest(one, &technique_interpreted, e->input);
        side_guest(many, &technique_interpreted_many, e->input);
        one->vm->step_cycles = many->vm->step_cycles = i % 2;
        side_load(one, &p);
        side_load(many, &p);
        side_run(one, 30000);
        side_run(many, 30000);
        sides_compare(one, many);
        assert_int_equal(one->m->cost.total, many->m->cost.total);
        assert_memory_equal(one->m->cost.count, many->m->cost.count, sizeof one->m->cost.count);
        side_free(one);
        side_free(many);
        free(p.bytes);
    }
}

/* A program whose virtual reset vector leads through the ROM. */
static void test_rom(void **state)
{
    (void)state;
    static const uint32_t rom[] = {
        0x00000297, /* auipc t0, 0 */
        0x0182b303, /* ld t1, 24(t0) */
        0x0002a023, /* sw x0, 0(t0): the ROM stays */
        0x00030067, /* jr t1: comes by the trap handler, too */
    };
    struct program p = program_assemble("idle");
    struct side *sides[3];
    for (unsigned i = 0; i < 3; i++)
        sides[i] = side_new();
    side_native(sides[0], NULL);
    side_guest(sides[1], &technique_te, NULL);
    side_guest(sides[2], &technique_interpreted, NULL);
    for (unsigned i = 0; i < 3; i++) {
        side_load(sides[i], &p);
        struct view v = side_view(sides[i]);
        memcpy(v.bus->rom, rom, sizeof rom);
        bytes_put(v.bus->rom + 24, 8, RAM_BASE);
        bytes_put(v.bus->rom + 126, 2, 3); /* four bytes that begin at the end */
        v.priv->csr.mtvec = BUS_ROM_BASE + 12;
        v.ctx->pc = BUS_ROM_BASE;
        side_run(sides[i], 300);
        side_view(sides[i]).ctx->pc = BUS_ROM_BASE + 126;
        side_run(sides[i], SIDE_STEPS);
    }
    sides_compare(sides[0], sides[1]);
    sides_compare(sides[0], sides[2]);
    for (unsigned i = 0; i < 3; i++)
        side_free(sides[i]);
    free(p.bytes);
}

/* --- what the simulator sees of a monitor --------------------------------------------------------------------------------- */

/* Enters the guest once, for an instruction at the most, in real supervisor mode. */
static void run_in_real_s(struct vm *vm, uint64_t budget)
{
    hw_csr_write(vm->hw, CSR_mstatus, UINT64_C(1) << MSTATUS_MPP_SHIFT);
    hw_run(vm->hw, budget);
    vm->end.reason = END_QUIT;
}

static void test_audit_mode(void **state)
{
    (void)state;
    static const struct technique in_real_s = {.name = "real S", .run = run_in_real_s};
    struct side *s = side_new();
    side_guest(s, &in_real_s, NULL);
    vmm_run(s->vmm, 1);
    assert_int_equal(s->m->violation.kind, VIOLATION_MODE);
    side_free(s);
}

/* A monitor that gives a guest the frames before its own. */
static void test_audit_frames(void **state)
{
    (void)state;
    struct program p = program_assemble("atomics");
    struct side *s = side_new();
    side_guest(s, &technique_te, NULL);
    side_load(s, &p);
    s->vm->offset -= EXTENT_SIZE;
    vmm_run(s->vmm, 1000);
    assert_int_equal(s->m->violation.kind, VIOLATION_FRAME);
    side_free(s);
    free(p.bytes);
}

static void run_without_handlers(struct vm *vm, uint64_t budget)
{
    shadow_enter(vm, false);
    dispatch_direct(vm, budget);
}

/* A technique that has no handler for what happens: a broken invariant ends the process with 127, and says where. */
static void test_panic(void **state)
{
    (void)state;
    static const struct technique none = {.name = "none", .run = run_without_handlers};
    int out[2], status;
    assert_int_equal(pipe(out), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(out[1], STDERR_FILENO);
        static const void *volatile kept[2]
            __attribute__((used)); /* what leak detection cannot find: a machine is no heap block */
        struct side *s = side_new();
        side_guest(s, &none, NULL);
        kept[0] = s, kept[1] = s->m->hart.code;
        vmm_run(s->vmm, 1);
        _exit(0);
    }
    close(out[1]);
    char text[4096] = "";
    size_t size = 0;
    for (ssize_t n; (n = read(out[0], text + size, sizeof text - 1 - size)) > 0;)
        size += (size_t)n;
    close(out[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 127);
    assert_non_null(strstr(text, "broken invariant of the monitor: "));
    assert_non_null(strstr(text, "pc 0x80000000"));
    assert_non_null(strstr(text, "x31 "));
}

/* What the core does not need now, and monitors may: the rest of hw.h. */
static void test_hw(void **state)
{
    (void)state;
    struct side *s = side_new();
    side_guest(s, &technique_te, NULL);
    assert_int_equal(hw_csr_read(s->hw, CSR_misa), csr_read(&s->m->hart.priv, &s->m->clock, CSR_misa));
    assert_null(hw_frames(s->hw, RAM_BASE + s->m->config.ram_size - 8, 16));
    assert_true(hw_disk_flush(s->hw, 0, 0));
    assert_false(hw_disk_flush(s->hw, 0, 1));
    uint64_t base = vm_hpa(s->vm, RAM_BASE);
    assert_true(hw_disk_transfer(s->hw, 0, 0, false, 3, 2, base));
    assert_memory_equal(hw_frames(s->hw, base, 1024), s->disk + 3 * 512, 1024);
    assert_int_equal(s->m->violation.kind, VIOLATION_NONE);
    assert_true(hw_disk_transfer(s->hw, 0, 0, false, 3, 2, base - 512)); /* the audit sees DMA, too */
    assert_int_equal(s->m->violation.kind, VIOLATION_DMA);
    assert_int_equal(s->m->violation.address, base - 512);
    side_free(s);
}

/* With V in cycles two runs are the same, and time goes by for the monitor's work, too. */
static void test_clock_cycles(void **state)
{
    (void)state;
    struct program p = program_assemble("disk");
    struct side *sides[2];
    for (unsigned i = 0; i < 2; i++) {
        sides[i] = side_new();
        side_guest(sides[i], &technique_te, NULL);
        sides[i]->vm->step_cycles = 2;
        side_load(sides[i], &p);
        vmm_run(sides[i]->vmm, SIDE_STEPS);
        assert_int_equal(sides[i]->vm->end.reason, END_FINISHER);
        assert_true(sides[i]->vm->clock.now > sides[i]->vm->clock.steps * 5);
    }
    sides_compare(sides[0], sides[1]);
    side_free(sides[0]);
    side_free(sides[1]);
    free(p.bytes);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_guests),       cmocka_unit_test(test_room),
        cmocka_unit_test(test_switching),    cmocka_unit_test(test_rom),
        cmocka_unit_test(test_audit_mode),   cmocka_unit_test(test_audit_frames),
        cmocka_unit_test(test_panic),        cmocka_unit_test(test_hw),
        cmocka_unit_test(test_clock_cycles), cmocka_unit_test(test_interpreted_many),
    };
    enum { OTHERS = sizeof others / sizeof *others };
    struct CMUnitTest tests[PROGRAMS + OTHERS];
    for (size_t i = 0; i < PROGRAMS; i++)
        tests[i] = (struct CMUnitTest){programs[i].name, run_program, NULL, NULL, &programs[i]};
    memcpy(tests + PROGRAMS, others, sizeof others);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
