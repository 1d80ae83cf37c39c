/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison as a picture, drawn by gnuplot.
 */
#ifndef CLI_PLOT_H
#define CLI_PLOT_H

#include "report.h"

/* Refuses (message.h) a name that does not end in .svg, .png or .pdf, a place that cannot be written, and a host without
 * gnuplot; before any work was done for it. NULL is allowed. */
void plot_check(const char *path);

/* A bar for each run, stacked of its cycles by owner; the first run's total is 1. Refuses if gnuplot fails; then the file
 * is as it was before. */
void plot_write(const struct run_report *runs, unsigned count, const char *path);

#endif
