/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which orderings of Adams and Agesen's table come out, and what they hang on.
 */
#include <math.h>
#include <string.h>

#include "bench_nano.h"

enum relation { LESS, ABOUT, NEARLY };
static const char *const relation_signs[] = {[LESS] = "<", [ABOUT] = "~", [NEARLY] = " nearly "};

static const struct ordering {
    enum nano_row row;
    const char *left, *right;
    enum relation relation;
} orderings[] = {
#define ORDERING(row, left, relation, right) {NANO_##row, left, right, relation},
#include "bench/nano/nano.def"
};
#define ORDERINGS (sizeof orderings / sizeof orderings[0])

#define ABOUT_PART 0.05
#define NEARLY_TIMES 1.25

/* The column of a technique as the paper has it: without options; of hw that with shadow tables. -1: none. */
static int column(const struct nano *nano, const char *technique)
{
    for (unsigned m = 0; m < nano->options.method_count; m++) {
        const struct method *method = &nano->options.method[m];
        bool shadowed = strcmp(technique, "hw") == 0;
        if (strcmp(method->name, technique) == 0 && (shadowed ? strcmp(method->mmu, "shadow") == 0 : !method->options))
            return (int)m;
    }
    return -1;
}

/* Under a cost model in which one row is so many times as dear. */
static double cycles(const struct nano *nano, enum nano_row row, int m, const struct cost_model *cost, int row_changed,
                     double factor)
{
    double all = nano_cycles(nano, row, (unsigned)m, cost);
    if (row_changed < 0)
        return all;
    struct cost_model one = {.name = ""};
    one.cycles[row_changed] = cost->cycles[row_changed];
    return all + (factor - 1) * nano_cycles(nano, row, (unsigned)m, &one);
}

static bool holds(enum relation relation, double left, double right)
{
    switch (relation) {
    case LESS:
        return left < right;
    case ABOUT:
        return fabs(left - right) <= ABOUT_PART * fabs(right);
    case NEARLY:
        break;
    }
    return left <= NEARLY_TIMES * right;
}

static bool judge(const struct nano *nano, unsigned i, const struct cost_model *cost, int row_changed, double factor,
                  struct nano_verdict *v)
{
    if (i >= ORDERINGS)
        return false;
    const struct ordering *o = &orderings[i];
    int left = column(nano, o->left), right = column(nano, o->right);
    *v = (struct nano_verdict){.row = o->row};
    snprintf(v->rule, sizeof v->rule, "%s%s%s", o->left, relation_signs[o->relation], o->right);
    v->known = left >= 0 && right >= 0 && nano->cell[o->row][left].measured && nano->cell[o->row][right].measured;
    if (v->known) {
        v->left = cycles(nano, o->row, left, cost, row_changed, factor);
        v->right = cycles(nano, o->row, right, cost, row_changed, factor);
        v->holds = holds(o->relation, v->left, v->right);
    }
    return true;
}

bool nano_judge(const struct nano *nano, unsigned i, const struct cost_model *cost, struct nano_verdict *v)
{
    return judge(nano, i, cost, -1, 1, v);
}

void nano_flips(const struct nano *nano, void (*take)(void *context, const struct nano_flip *flip), void *context)
{
    const struct cost_model *cost = &nano->options.cost;
    struct nano_verdict plain, changed;
    for (unsigned i = 0; nano_judge(nano, i, cost, &plain); i++)
        for (unsigned row = 0; row < COST_count && plain.known; row++)
            for (unsigned more = 0; more < 2; more++) {
                judge(nano, i, cost, (int)row, more ? 1.25 : 0.75, &changed);
                if (changed.holds != plain.holds)
                    take(context, &(struct nano_flip){i, (enum cost_row)row, more, changed.left, changed.right});
            }
}
