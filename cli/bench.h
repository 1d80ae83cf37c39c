/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the measurements of `trapeze bench` share: cycles from counts. With the clock that counts steps, what a guest and its monitor
 * do does not depend on what anything costs (docs/theorem.md, Theorem 2). So cycles are a linear function of the costs, with the
 * counts of a single run as its coefficients: exact for any cost model, without another run.
 */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "method.h"
#include "options.h"
#include "report.h"

/* How often each row was charged. Of a difference of runs: may be negative. */
struct bench_counts {
    int64_t count[COST_count];
    int64_t exits;
};

struct bench_counts bench_counts_of(const struct run_report *run);

/* The sum of counts and costs. */
int64_t bench_cycles(const struct bench_counts *counts, const struct cost_model *cost);

/* Progress, on a terminal only: a line that the next one replaces; "" clears it. */
void bench_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Subcommands. argv[0] is "bench nano", "bench sweep". */
int bench_nano_command(int argc, char **argv);
int bench_sweep_command(int argc, char **argv);

#endif
