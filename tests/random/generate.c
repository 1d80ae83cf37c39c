/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A whole random program. See program.h.
 */
#include <stdlib.h>
#include <string.h>

#include "generator.h"
#include "isa/bus.h"

#define BODY_END (AT_BODY + BODY_PAGES * (uint32_t)PAGE_SIZE)
#define ELEMENT_MOST 3000u /* bytes; a loop of the longest ones */

struct program *program_new(void)
{
    struct program *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    return p;
}

struct program *program_copy(const struct program *p)
{
    struct program *copy = program_new();
    memcpy(copy, p, sizeof *p);
    return copy;
}

static void swap(uint8_t *a, uint8_t *b)
{
    uint8_t r = *a;
    *a = *b;
    *b = r;
}

/* Any register can have any role; often these are the ones that a translator takes first to work with. */
static void shuffle_registers(struct generator *g)
{
    for (unsigned i = 0; i < 31; i++)
        g->reg[i] = (uint8_t)(i + 1);
    for (unsigned i = 0; i < 31; i++)
        swap(&g->reg[i], &g->reg[i + below(g, 31 - i)]);
    if (one_in(g, 3))
        for (unsigned i = 0, k = 0; i < 31; i++)
            if (g->reg[i] >= 5 && g->reg[i] < 5 + ROLES)
                swap(&g->reg[i], &g->reg[k++]);
}

void random_element(struct generator *g, bool simple)
{
    static const struct {
        void (*make)(struct generator *);
        unsigned weight;
    } rows[] = {
#define ELEMENT(name, weight) {element_##name, weight},
#include "elements.def"
    };
    unsigned total = 0, i = 0;
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++)
        total += rows[k].weight;
    do {
        unsigned chosen = below(g, total);
        for (i = 0; chosen >= rows[i].weight; i++)
            chosen -= rows[i].weight;
    } while (simple && rows[i].make == element_loop);
    struct program *p = g->p;
    struct piece *piece = p->piece_count < PROGRAM_PIECES ? &p->pieces[p->piece_count++] : NULL;
    uint32_t begin = g->at;
    rows[i].make(g);
    if (piece)
        *piece = (struct piece){begin, g->at - begin};
}

/* The end, reached in a mode that may: else again, after the trap. */
static void make_end(struct generator *g)
{
    struct resume r = {g->at, role(g, RESUME), false};
    g->pin = true;
    gen_resume(g, false);
    uint32_t after = g->at;
    g->at = r.at;
    end_resume(g, &r);
    g->at = after;
    gen_li(g, role(g, T0), BUS_FINISHER);
    gen_li(g, role(g, T1), 0x5555);
    gen_store(g, INSN_sw, role(g, T1), role(g, T0), 0);
    gen_jump_to(g, 0, r.at);
    g->pin = false;
}

static void make_body(struct generator *g)
{
    unsigned n = 20 + below(g, 60);
    while (n-- && g->at + ELEMENT_MOST < BODY_END)
        random_element(g, false);
    make_end(g);
}

static void make_data_pages(struct generator *g)
{
    for (uint32_t at = AT_DATA; at < AT_DATA + DATA_PAGES * PAGE_SIZE; at += 8)
        put64(g, at, random_value(g));
}

void program_generate(struct program *p, uint64_t seed)
{
    memset(p, 0, sizeof *p);
    p->seed = seed;
    struct generator g = {.p = p, .dice = {seed * UINT64_C(0xd1342543de82ef95)}};
    shuffle_registers(&g);
    make_data_pages(&g);
    make_tables(&g);
    make_handlers(&g);
    make_boot(&g);
    g.at = AT_BODY;
    make_functions(&g);
    make_body(&g);
}
