/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the parts of `trapeze bench nano`: bench_nano.c (runs), bench_nano_judge.c (orderings), bench_nano_report.c.
 */
#ifndef CLI_BENCH_NANO_H
#define CLI_BENCH_NANO_H

#include <jansson.h>

#include "bench.h"

enum nano_row {
#define NANO(name, operations, meaning) NANO_##name,
#include "bench/nano/nano.def"
    NANO_count
};

struct nano_info { const char *name, *meaning; unsigned operations; };
extern const struct nano_info nano_rows[NANO_count];

/* One operation by one technique: the counts of `iterations` * operations of them, the empty loop subtracted. */
struct nano_cell {
    bool measured;
    const char *why;            /* if not */
    struct bench_counts counts;
};

struct nano {
    struct options options;     /* methods, costs; what else a run needs */
    uint64_t iterations;
    const char *guests;         /* folder */
    struct nano_cell cell[NANO_count][METHODS_MOST];
    bool failed;                /* a guest has not passed its own check, or has not come out as natively */
};

/* Cycles and exits of one operation. */
double nano_cycles(const struct nano *nano, enum nano_row row, unsigned method, const struct cost_model *cost);
double nano_exits(const struct nano *nano, enum nano_row row, unsigned method);

/* --- orderings ---------------------------------------------------------------------------------------------------------- */

struct nano_verdict {
    enum nano_row row;
    char rule[40];              /* "bt<native" */
    bool known, holds;          /* known: both were measured */
    double left, right;
};

/* The paper's ordering number i under these costs; false behind the last one. */
bool nano_judge(const struct nano *nano, unsigned i, const struct cost_model *cost, struct nano_verdict *verdict);

/* Those that hold with all costs but one as they are, or fail to, and turn with that one a quarter less or more: calls `take` with
 * each. */
struct nano_flip {
    unsigned ordering;
    enum cost_row cost;
    bool more;
    double left, right;
};
void nano_flips(const struct nano *nano, void (*take)(void *context, const struct nano_flip *flip), void *context);

/* --- reports ------------------------------------------------------------------------------------------------------------ */

void nano_table(const struct nano *nano, bool markdown, FILE *out);
void nano_json(const struct nano *nano, FILE *out);
void nano_csv(const struct nano *nano, FILE *out);
void nano_plot(const struct nano *nano, const char *path);

#endif
