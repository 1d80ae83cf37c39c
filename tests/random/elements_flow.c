/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Elements: arithmetic and the flow of control.
 */
#include "generator.h"

void element_alu(struct generator *g)
{
    gen_alu(g, 2 + below(g, 8));
}

void gen_turn(struct generator *g, unsigned rd, unsigned mask)
{
    unsigned from = g->in_loop ? role(g, COUNTER) : random_source(g);
    gen_i(g, INSN_andi, rd, from, mask);
}

/* --- branches ------------------------------------------------------------------------------------------------------------- */

static enum insn_id random_branch(struct generator *g)
{
    static const enum insn_id ids[] = {INSN_beq, INSN_bne, INSN_blt, INSN_bge, INSN_bltu, INSN_bgeu};
    return ids[below(g, 6)];
}

static struct forward random_forward(struct generator *g)
{
    unsigned a = random_source(g), b = random_source(g);
    switch (below(g, 6)) {
    case 0:
        return gen_forward(g, INSN_c_j, 0, 0, 0);
    case 1:
        return gen_forward(g, one_in(g, 2) ? INSN_c_beqz : INSN_c_bnez, 0, 8 + a % 8, 0);
    case 2:
        return gen_forward(g, INSN_jal, one_in(g, 2) ? 0 : random_target(g), 0, 0);
    default:
        return gen_forward(g, random_branch(g), 0, a, b);
    }
}

/* Forward jumps that overlap. */
void element_branches(struct generator *g)
{
    struct forward open[4];
    unsigned n = 1 + below(g, 4);
    for (unsigned i = 0; i < n; i++) {
        open[i] = random_forward(g);
        gen_alu(g, below(g, 3));
    }
    for (unsigned i = 0; i < n; i++) {
        land(g, &open[i]);
        gen_alu(g, below(g, 3));
    }
}

void element_loop(struct generator *g)
{
    bool tight = one_in(g, 3);
    unsigned turns = tight ? 10 + below(g, 50) : 2 + below(g, 10), inside = tight ? 1 : 1 + below(g, 4);
    gen_i(g, INSN_addi, role(g, COUNTER), 0, turns);
    uint32_t top = g->at;
    g->in_loop = true;
    if (tight)
        gen_alu(g, 1 + below(g, 3));
    for (unsigned i = tight ? below(g, 2) : 0; i < inside; i++)
        random_element(g, true);
    g->in_loop = false;
    bool pinned = g->pin;
    g->pin = true; /* or it might never end */
    gen_i(g, INSN_addi, role(g, COUNTER), role(g, COUNTER), -1);
    struct forward out = gen_forward(g, INSN_bge, 0, 0, role(g, COUNTER));
    gen_jump_to(g, 0, top);
    g->pin = pinned;
    land(g, &out);
}

/* --- calls ---------------------------------------------------------------------------------------------------------------- */

static void gen_return(struct generator *g)
{
    if (one_in(g, 2))
        gen(g, INSN_c_jr, 0, role(g, LINK), 0, 0);
    else
        gen_i(g, INSN_jalr, 0, role(g, LINK), 0);
}

/* Functions of the body, with some data among them; and two pages of functions that are called through a window. */
void make_functions(struct generator *g)
{
    struct forward over = gen_forward(g, INSN_jal, 0, 0, 0);
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        g->at = (g->at + 3) & ~3u;
        g->functions[i] = g->at;
        unsigned length;
        uint32_t word = random_alu(g, true, &length); /* may be replaced while the program runs */
        gen_word(g, word, length);
        gen_alu(g, below(g, 5));
        gen_return(g);
    }
    g->island = (g->at + 15) & ~15u;
    g->at = g->island;
    for (unsigned i = 0; i < ISLAND; i += 8)
        put64(g, g->at + i, random_value(g));
    g->at += ISLAND;
    land(g, &over);
    uint32_t body = g->at;
    for (unsigned i = 0; i < 2 * MAPPED_FUNCTIONS; i++) {
        g->at = AT_FUNCTIONS + i / MAPPED_FUNCTIONS * (uint32_t)PAGE_SIZE + i % MAPPED_FUNCTIONS * MAPPED_FUNCTION;
        gen_alu(g, 1 + below(g, 6));
        gen_return(g);
    }
    g->at = body;
}

static void call_by_register(struct generator *g, unsigned r)
{
    if (role(g, LINK) == 1 && one_in(g, 2))
        gen(g, INSN_c_jalr, 1, r, 0, 0);
    else
        gen_i(g, INSN_jalr, role(g, LINK), r, one_in(g, 4)); /* bit 0 of the sum is dropped */
}

void element_call(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    uint32_t one = g->functions[below(g, FUNCTIONS)], other = g->functions[below(g, FUNCTIONS)];
    unsigned a = role(g, T0), b = role(g, T1), turn = role(g, T2);
    switch (below(g, 3)) {
    case 0:
        gen_jump_to(g, role(g, LINK), one);
        break;
    case 1:
        gen_near(g, a, one);
        call_by_register(g, a);
        break;
    default:
        gen_near(g, a, one);
        gen_near(g, b, other);
        gen_turn(g, turn, 1 + below(g, 3));
        struct forward first = gen_forward(g, INSN_bne, 0, turn, 0);
        gen_i(g, INSN_addi, a, b, 0);
        land(g, &first);
        call_by_register(g, a);
    }
    end_resume(g, &r);
}

/* In the window of functions: which page they are on is a matter of its table. */
void element_mapped_call(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    uint64_t windows = one_in(g, 2) ? LOW : HIGH;
    gen_li(g, role(g, T0), WINDOW_VA(windows, WINDOW_FUNCTIONS) + MAPPED_FUNCTION * below(g, MAPPED_FUNCTIONS));
    call_by_register(g, role(g, T0));
    end_resume(g, &r);
}

/* --- jumps ---------------------------------------------------------------------------------------------------------------- */

#define SLOTS 4

void element_jump_table(struct generator *g)
{
    unsigned a = role(g, T0), b = role(g, T1);
    struct forward out[SLOTS];
    gen_turn(g, a, SLOTS - 1);
    gen_i(g, INSN_slli, a, a, 3);
    gen(g, INSN_auipc, b, 0, 0, 0);
    uint32_t base = g->at - 4;
    gen(g, INSN_add, b, b, a, 0);
    gen_i(g, INSN_jalr, 0, b, g->at + 4 - base);
    for (unsigned i = 0; i < SLOTS; i++) {
        unsigned length;
        uint32_t word = random_alu(g, true, &length);
        gen_word(g, word, length);
        out[i] = gen_forward(g, INSN_jal, 0, 0, 0);
    }
    for (unsigned i = 0; i < SLOTS; i++)
        land(g, &out[i]);
}

/* Into the second half of an instruction, which is one of its own; and, in turns, to its begin. */
void element_middle(struct generator *g)
{
    unsigned length = 4, rd = random_target(g);
    uint32_t half = 0;
    while (length != 2)
        half = random_alu(g, false, &length);
    gen_turn(g, role(g, T0), 1);
    struct forward into = gen_forward(g, INSN_bne, 0, role(g, T0), 0);
    gen_alu(g, below(g, 2));
    struct generator at_half = *g;
    at_half.at += 2;
    land(&at_half, &into);
    gen_word(g, half << 16 | below(g, 16) << 12 | rd << 7 | insn_rows[INSN_lui].match, 4);
    gen_alu(g, 1);
}

void element_bad_jump(struct generator *g)
{
    static const uint64_t targets[] = {0,
                                       2,
                                       RAM_BASE - 2,
                                       RAM_BASE + PROGRAM_RAM,
                                       UINT64_C(1) << 38,
                                       ~UINT64_C(0) << 40,
                                       0x10000000,
                                       LOW + (UINT64_C(100) << 21),
                                       LOW + (UINT64_C(20) << 12)};
    struct resume r = gen_resume(g, false);
    gen_li(g, role(g, T0), targets[below(g, 9)]);
    gen_i(g, INSN_jalr, one_in(g, 2) ? 0 : role(g, LINK), role(g, T0), 0);
    end_resume(g, &r);
}

/* The same code at another address, if there is any for the mode. */
void element_other_place(struct generator *g)
{
    static const enum mode modes[] = {MODE_M, MODE_S, MODE_U};
    struct resume r = gen_resume(g, false);
    unsigned a = role(g, T0);
    gen_li(g, a, random_place(g, modes[below(g, 3)]));
    gen(g, INSN_add, a, a, role(g, RESUME), 0);
    gen_i(g, INSN_jalr, 0, a, 0);
    end_resume(g, &r);
}
