/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Marked pages (isa/block.h): what retires is counted and stops a run, what does not is only paid for, whatever the way in
 * which the engine executes it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "isa/block.h"
#include "isa/machine.h"
#include "vmm/hw_machine.h"

#define CODE RAM_BASE

/* A loop of three rounds, as a translator might emit it. */
static const struct {
    uint32_t word;
    bool retires;
} program[] = {
    {0x00300513, true},  /*      li   a0, 3            */
    {0x0040006f, false}, /* 1:   j    .+4              */
    {0x00158593, true},  /*      addi a1, a1, 1        */
    {0x02b03023, false}, /*      sd   a1, 32(x0): a fault; most tests have a nop here */
    {0xfff50513, true},  /*      addi a0, a0, -1       */
    {0x00000013, false}, /*      nop                   */
    {0xfe0516e3, true},  /*      bnez a0, 1b           */
    {0x0080006f, false}, /*      j    2f               */
    {0x00000013, true},  /*      nop, jumped over      */
    {0x00000073, false}, /* 2:   ecall                 */
};
#define WORDS (sizeof program / sizeof *program)
#define ROUNDS 3
#define FAULTS 3
#define NOP 0x00000013
#define RETIRED (1 + 3 * ROUNDS)      /* li; addi addi bnez each round */
#define EXECUTED (1 + 6 * ROUNDS + 1) /* with the nops, and the j at the end */

struct rig {
    struct machine *m;
    struct hw *hw;
};

static int rig_setup(void **state)
{
    static const struct bus_host host;
    struct rig *rig = calloc(1, sizeof *rig);
    struct machine_config config = {.ram_size = 16 * PAGE_SIZE, .monitored = true};
    for (unsigned i = 0; i < COST_count; i++)
        config.cost.cycles[i] = i == COST_insn;
    rig->m = machine_new(&config, &host);
    struct hw_channel channel = {.host = &host, .domain = {.lo = RAM_BASE, .hi = RAM_BASE + 16 * PAGE_SIZE}};
    rig->hw = hw_open(rig->m, &channel, 1);
    hw_select(rig->hw, 0);
    hw_csr_write(rig->hw, CSR_mstatus, 0);
    *state = rig;
    return 0;
}

static int rig_teardown(void **state)
{
    struct rig *rig = *state;
    hw_close(rig->hw);
    machine_free(rig->m);
    free(rig);
    return 0;
}

static void load(struct rig *rig, uint64_t pc)
{
    uint64_t marks[HW_MARKS] = {0};
    for (unsigned i = 0; i < WORDS; i++) {
        uint32_t word = i == FAULTS ? NOP : program[i].word;
        uint64_t half = pc % PAGE_SIZE / 2 + 2 * i;
        bytes_put(ram_at(&rig->m->ram, pc + 4 * i, 4), 4, word);
        marks[half / 64] |= (uint64_t)program[i].retires << half % 64;
    }
    hw_wrote(rig->hw, pc, 4 * WORDS, false);
    hw_marks(rig->hw, pc, marks);
    struct context *ctx = hw_context(rig->hw);
    *ctx = (struct context){.pc = pc, .reservation = RESERVATION_NONE};
}

static uint64_t executed(const struct rig *rig)
{
    return rig->m->cost.count[COST_insn];
}

/* The word comes after a marked one, or is where the loop's branch leads. */
static bool behind_a_mark(uint64_t word)
{
    return word == 1 || program[word - 1].retires;
}

/* Runs the program from its start in pieces of `budget`. */
static void run_in_pieces(struct rig *rig, uint64_t budget)
{
    uint64_t before = executed(rig), retired = 0;
    for (;;) {
        struct hw_exit e = hw_run(rig->hw, budget);
        retired += e.retired;
        if (e.cause != HW_BUDGET) {
            assert_int_equal(e.cause, CAUSE_ecall_u);
            break;
        }
        assert_int_equal(e.retired, budget);
        assert_true(behind_a_mark((e.pc - CODE) / 4));
    }
    assert_int_equal(retired, RETIRED);
    assert_int_equal(executed(rig) - before, EXECUTED);
    assert_int_equal(hw_context(rig->hw)->x[11], ROUNDS);
}

static void counts_in_pieces_of_every_length(void **state)
{
    struct rig *rig = *state;
    for (uint64_t budget = 1; budget < 200; budget++) {
        load(rig, CODE);
        run_in_pieces(rig, budget);
    }
}

/* Code that the engine has decoded already, in longer pieces than are wanted now. */
static void counts_in_decoded_code(void **state)
{
    struct rig *rig = *state;
    load(rig, CODE);
    run_in_pieces(rig, 1000);
    for (uint64_t budget = 1; budget < 20; budget++) {
        *hw_context(rig->hw) = (struct context){.pc = CODE, .reservation = RESERVATION_NONE};
        run_in_pieces(rig, budget);
    }
}

static void counts_one_instruction_at_a_time(void **state)
{
    struct rig *rig = *state;
    rig->m->config.stress.one_instruction = true;
    for (uint64_t budget = 1; budget < 20; budget++) {
        load(rig, CODE);
        run_in_pieces(rig, budget);
    }
}

/* Behind a marked instruction, and at once: what is extra and follows has not been executed. */
static void stops_right_behind_a_mark(void **state)
{
    struct rig *rig = *state;
    load(rig, CODE);
    uint64_t before = executed(rig);
    struct hw_exit e = hw_run(rig->hw, 1);
    assert_int_equal(e.pc, CODE + 4);
    assert_int_equal(executed(rig) - before, 1);
    e = hw_run(rig->hw, 1);
    assert_int_equal(e.pc, CODE + 12);
    assert_int_equal(executed(rig) - before, 3);
    e = hw_run(rig->hw, 2);
    assert_int_equal(e.pc, CODE + 4); /* the branch has been taken */
    assert_int_equal(executed(rig) - before, 7);
}

/* Without marks all of them retire; marks that are taken away count no longer, although the code was decoded. */
static void marks_can_go(void **state)
{
    struct rig *rig = *state;
    load(rig, CODE);
    run_in_pieces(rig, 1000);
    hw_marks(rig->hw, CODE, NULL);
    *hw_context(rig->hw) = (struct context){.pc = CODE, .reservation = RESERVATION_NONE};
    struct hw_exit e = hw_run(rig->hw, 1000);
    assert_int_equal(e.retired, EXECUTED);
}

/* A fault at an extra instruction: those before it are paid for, the one itself is not. */
static void a_fault_between_marks(void **state)
{
    struct rig *rig = *state;
    load(rig, CODE);
    bytes_put(ram_at(&rig->m->ram, CODE + 4 * FAULTS, 4), 4, program[FAULTS].word);
    hw_wrote(rig->hw, CODE + 4 * FAULTS, 4, false);
    uint64_t before = executed(rig);
    struct hw_exit e = hw_run(rig->hw, 1000);
    assert_int_equal(e.cause, CAUSE_store_access);
    assert_int_equal(e.pc, CODE + 4 * FAULTS);
    assert_int_equal(e.retired, 2);
    assert_int_equal(executed(rig) - before, 3);
}

/* The last halfwords of a page, where the engine executes an instruction alone. */
static void marks_at_the_end_of_a_page(void **state)
{
    struct rig *rig = *state;
    uint64_t pc = CODE + PAGE_SIZE - 4 * WORDS;
    load(rig, pc);
    struct hw_exit e = hw_run(rig->hw, 1000);
    assert_int_equal(e.cause, CAUSE_ecall_u);
    assert_int_equal(e.retired, RETIRED);
}

#define RIG_TEST(function) cmocka_unit_test_setup_teardown(function, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(counts_in_pieces_of_every_length),
        RIG_TEST(counts_in_decoded_code),
        RIG_TEST(counts_one_instruction_at_a_time),
        RIG_TEST(stops_right_behind_a_mark),
        RIG_TEST(marks_can_go),
        RIG_TEST(a_fault_between_marks),
        RIG_TEST(marks_at_the_end_of_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
