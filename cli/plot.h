/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures, drawn by gnuplot: of a comparison, or of anything.
 */
#ifndef CLI_PLOT_H
#define CLI_PLOT_H

#include "report.h"

/* Refuses (message.h) a name that does not end in .svg, .png or .pdf, a place that cannot be written, and a host without
 * gnuplot; before any work was done for it. NULL is allowed. */
void plot_check(const char *path);

/* Draws what `put` writes: a script for gnuplot behind its terminal, so many dots high. Refuses if gnuplot fails; then the file
 * is as it was before. */
void plot_draw(const char *path, double height, void (*put)(const void *data, FILE *script), const void *data);

/* A text as a string of gnuplot's, in quotes. */
void plot_text(const char *text, FILE *script);

/* The i-th of eight colours that stay apart for the colour-blind, as "#rrggbb". */
const char *plot_colour(unsigned i);

/* A bar for each run, stacked of its cycles by owner; the first run's total is 1. As plot_draw(). */
void plot_write(const struct run_report *runs, unsigned count, const char *path);

#endif
