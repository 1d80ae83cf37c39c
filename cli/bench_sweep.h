/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the parts of `trapeze bench sweep`: bench_sweep.c (the grid and its runs), bench_sweep_options.c, bench_sweep_csv.c (the file that it can be
 * resumed from), bench_sweep_report.c (table, crossovers, picture).
 */
#ifndef CLI_BENCH_SWEEP_H
#define CLI_BENCH_SWEEP_H

#include "bench.h"
#include "session.h"

#define SWEEP_POINTS_MOST 100000
#define SWEEP_ROWS_MOST 4

struct sweep_row { enum cost_row row; uint64_t from, to, step, count; };

/* A technique at a point of the grid. */
struct sweep_cell {
    bool known;
    uint64_t cycles, exits;
    char end[16];               /* as in reports */
    unsigned status;
};

struct sweep {
    struct options options;
    const char *spec[SWEEP_ROWS_MOST];  /* --row, row_count of them */
    bool each;                  /* --each */
    const char *csv, *plot;     /* files, or NULL */
    struct sweep_row row[SWEEP_ROWS_MOST];
    unsigned row_count;
    uint64_t points;
    struct sweep_cell *cell;    /* owned: for each point all methods */
    uint64_t parameters;        /* a hash of all that the cycles depend on, but the swept costs and the techniques */
    uint64_t resumed, runs;     /* cells that the file had; runs of the guest */
};

/* The first row changes fastest: points of one value of all others lie side by side. */
uint64_t sweep_value(const struct sweep *sweep, uint64_t point, unsigned row);

static inline struct sweep_cell *sweep_cell(const struct sweep *s, uint64_t point, unsigned method)
{
    return &s->cell[point * s->options.method_count + method];
}

/* Fills what options say. */
void sweep_parse(struct sweep *sweep, int argc, char **argv);

/* --- the CSV file ------------------------------------------------------------------------------------------------------- */

/* Takes over what an earlier run has written there, if there is such a file; a line that is not whole counts as not there. Refuses a file
 * that is none of this sweep's. */
void sweep_csv_read(struct sweep *sweep, const char *path);

/* Written while cells become known, so that not much is lost; in the end all in order, as if in one go. */
FILE *sweep_csv_append(const struct sweep *sweep, const char *path);
void sweep_csv_cell(const struct sweep *sweep, uint64_t point, unsigned method, FILE *out);
void sweep_csv_write(const struct sweep *sweep, const char *path);

/* --- reports ------------------------------------------------------------------------------------------------------------ */

void sweep_table(const struct sweep *sweep, FILE *out);
void sweep_crossovers(const struct sweep *sweep, FILE *out);
void sweep_plot(const struct sweep *sweep, const char *path);

#endif
