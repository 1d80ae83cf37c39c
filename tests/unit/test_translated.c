/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every unit that the translator makes of the programs of tests/vmm, of the kernel's, and of random ones, keeps the rules
 * (translated.h); and random code comes to the same state as on the bare machine.
 */
#include "sides.h"

#include "cli/options.h"
#include "cli/session.h"
#include "translated.h"

/* --- small programs ----------------------------------------------------------------------------------------------------------- */

static const char *const programs[] = {"traps",   "csrs",       "rights",  "shadows", "straddle", "mprv",
                                       "atomics", "interrupts", "console", "disk",    "code",     "htif",
                                       "hostile", "spread",     "loop",    "idle",    "far",      "traced"};

static void test_programs(void **state)
{
    (void)state;
    unsigned units = 0;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct program p = program_assemble(programs[i]);
        struct side *s = side_new();
        side_guest(s, &technique_bt, "input\r\n");
        side_load(s, &p);
        for (uint64_t done = 0; done < 120 && s->vm->end.reason == END_NONE; done++) {
            vmm_run(s->vmm, done < 20 ? 97 : 20011);
            units += check_translations(s->vm);
        }
        assert_int_not_equal(s->vm->end.reason, END_NONE);
        side_check_accounts(s);
        assert_true(side_kernel_kept(s));
        side_free(s);
        free(p.bytes);
    }
    assert_true(units > 1000);
}

static void stays(struct vm *vm, struct hw_exit *exit)
{
    (void)vm, (void)exit;
}

static void run_original(struct vm *vm, uint64_t budget)
{
    (void)budget;
    shadow_enter(vm, false);
    dispatch_direct(vm, 1);
}

static void run_original_untold(struct vm *vm, uint64_t budget)
{
    (void)budget;
    shadow_enter(vm, false);
    dispatch_translated(vm, 1, stays);
}

/* A monitor that lets the kernel run as it is for once is found: by its accounts, or by the simulator's if it does not tell. */
static void test_original_code(void **state)
{
    (void)state;
    void (*const runs[])(struct vm *, uint64_t) = {run_original, run_original_untold};
    for (unsigned told = 0; told < 2; told++) {
        struct technique wrong = technique_bt;
        struct program p = program_assemble("atomics");
        struct side *s = side_new();
        wrong.run = runs[told];
        sides_guests_with(&s, 1, &technique_bt, NULL, (struct machine_config){.audit = true});
        side_load(s, &p);
        vmm_run(s->vmm, 30);
        assert_true(side_kernel_kept(s));
        assert_int_equal(s->m->audit.direct, 0);
        assert_int_equal(s->m->audit.translated, s->vm->insns.translated);
        vm_set_technique(s->vm, &wrong);
        vmm_run(s->vmm, 1);
        vm_set_technique(s->vm, &technique_bt);
        vmm_run(s->vmm, 30);
        assert_int_equal(side_kernel_kept(s), runs[told] == run_original_untold);
        assert_int_equal(s->vm->insns.by_mode[MODE_U], 0);
        assert_int_equal(s->m->audit.direct, 1);
        side_check_accounts(s);
        side_free(s);
        free(p.bytes);
    }
}

/* --- the kernel --------------------------------------------------------------------------------------------------------------- */

static void run_kernel(const char *append, const char *option)
{
    const char *build = getenv("BUILD"), *kernel = getenv("KERNEL");
    char path[256];
    snprintf(path, sizeof path, "%s/guestos/kernel.elf", build ? build : "build");
    char *argv[] = {"run", "-t", "bt", "--append", (char *)append, (char *)(kernel ? kernel : path), (char *)option, NULL};
    struct options o;
    options_parse_own(&o, OPTIONS_OF_RUN, option ? 7 : 6, argv);
    struct session_config config = {
        .options = &o, .method = o.method[0], .console = {.input = CONSOLE_NONE, .output_fd = -1}};
    struct session *s = session_open(&config);
    unsigned units = 0;
    for (unsigned n = 0; session_run(s, n < 50 ? 1009 : 100003) && n < 100; n++)
        units += check_translations(session_vm(s, 0));
    units += check_translations(session_vm(s, 0));
    assert_true(units > 300);
    assert_true(check_probes(session_vm(s, 0)->translator) > 10 || option);
    session_close(s);
}

static void test_kernel(void **state)
{
    (void)state;
    run_kernel("run=hello,forktree,pipe", NULL);
    run_kernel("run=misbehave,tick", NULL);
    run_kernel("run=hello,pfstorm", "--no-chain");
    run_kernel("run=hello,sysstorm", "--no-inline");
}

/* --- random code -------------------------------------------------------------------------------------------------------------- */

#define RANDOM_PROGRAMS 150
#define RANDOM_STEPS 3000

static uint64_t next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

/* Any innocuous instruction, or access to a CSR, on x0 to x11. Memory is reached through x8 and x9, which stay; jumps lead to
 * whole instructions. */
static bool make_random(struct insn *i, uint64_t *seed)
{
    static const uint16_t csrs[] = {CSR_sscratch, CSR_sepc, CSR_scause, CSR_stval,    CSR_stvec,
                                    CSR_sstatus,  CSR_sie,  CSR_sip,    CSR_mscratch, CSR_mepc};
    *i = (struct insn){.id = (uint16_t)(1 + next(seed) % (INSN_count - 1)), .length = 4};
    const struct insn_row *row = &insn_rows[i->id];
    if (row->base != i->id || (row->class != CLASS_INNOCUOUS && row->class != CLASS_BY_CSR))
        return false;
    bool moves = row->flow == FLOW_BRANCH || row->flow == FLOW_JUMP;
    bool fixed = row->flow == FLOW_LOAD || row->flow == FLOW_STORE || i->id == INSN_jalr;
    i->rd = (uint8_t)(next(seed) % 12 & ~(next(seed) % 8 ? 8u : 0u));
    i->rs1 = (uint8_t)(fixed ? 8 + next(seed) % 2 : next(seed) % 12);
    i->rs2 = (uint8_t)(next(seed) % 12);
    i->imm = (int64_t)(next(seed) % 1024) - 512;
    if (row->class == CLASS_BY_CSR)
        i->imm = csrs[next(seed) % (sizeof csrs / sizeof *csrs)];
    else if (moves)
        i->imm &= ~INT64_C(3);
    else if (insn_formats[row->format].immediate == IMMEDIATE_u)
        i->imm = (int32_t)(next(seed) << 12);
    return i->rd != 8 && i->rd != 9;
}

static uint32_t random_insn(uint64_t *seed)
{
    struct insn i;
    uint32_t word;
    for (;;) {
        if (!make_random(&i, seed))
            continue;
        if (insn_encode(&i, &word))
            return word;
        i.imm = i.id == INSN_jalr ? 0 : i.imm & 31;
        if (insn_encode(&i, &word))
            return word;
        i.imm = 0;
        if (insn_encode(&i, &word))
            return word;
    }
}

/* A page of it, with data at x8 and x9; behind it, what every trap comes to: on behind mepc, in the page. */
static struct program random_program(uint64_t seed)
{
    static const uint32_t begin[] = {
        0x00001297, /* auipc t0, 1 */
        0x30529073, /* csrw mtvec, t0 */
        0x00003417, /* auipc s0, 3 */
        0x00002497, /* auipc s1, 2 */
    };
    static const uint32_t handler[] = {
        0x34102ff3, /* csrr t6, mepc */
        0x004f8f93, /* addi t6, t6, 4 */
        0xffcfff93, /* andi t6, t6, -4 */
        0x034f9f93, /* slli t6, t6, 52 */
        0x034fdf93, /* srli t6, t6, 52 */
        0x00100f13, /* li t5, 1 */
        0x01ff1f13, /* slli t5, t5, 31 */
        0x01efefb3, /* or t6, t6, t5 */
        0x341f9073, /* csrw mepc, t6 */
        0x30200073, /* mret */
    };
    struct program p = {.bytes = malloc(2 * PAGE_SIZE), .size = PAGE_SIZE + sizeof handler};
    assert_non_null(p.bytes);
    memset(p.bytes, 0, 2 * PAGE_SIZE);
    for (unsigned at = 0; at < PAGE_SIZE; at += 4)
        bytes_put(p.bytes + at, 4, random_insn(&seed));
    memcpy(p.bytes, begin, sizeof begin);
    memcpy(p.bytes + PAGE_SIZE, handler, sizeof handler);
    return p;
}

static void test_random(void **state)
{
    (void)state;
    uint64_t translated = 0, units = 0;
    for (uint64_t seed = 1; seed <= RANDOM_PROGRAMS; seed++) {
        struct program p = random_program(seed);
        struct side *native = side_new(), *bt = side_new();
        side_native(native, NULL);
        side_guest(bt, &technique_bt, NULL);
        side_load(native, &p);
        side_load(bt, &p);
        print_message("random code %" PRIu64 "\n", seed);
        for (unsigned piece = 1; piece < RANDOM_STEPS && bt->vm->end.reason == END_NONE; piece += piece) {
            side_run(native, piece);
            side_run(bt, piece);
            units += check_translations(bt->vm);
        }
        sides_compare(native, bt);
        side_check_accounts(bt);
        assert_true(side_kernel_kept(bt));
        translated += bt->vm->insns.translated;
        side_free(native);
        side_free(bt);
        free(p.bytes);
    }
    assert_true(units > 1000 && translated > RANDOM_PROGRAMS * UINT64_C(500));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_programs),
        cmocka_unit_test(test_original_code),
        cmocka_unit_test(test_kernel),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
