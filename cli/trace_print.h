/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Traps of a trace as lines, and their sums.
 */
#ifndef CLI_TRACE_PRINT_H
#define CLI_TRACE_PRINT_H

#include <stdio.h>

#include "options.h"
#include "trace_read.h"

/* What is printed, in this order: head; traps, and changes of technique where they belong; tail. */
struct trace_printer {
    enum format format; /* table, json or csv */
    bool guests;        /* several: each line says whose it is */
    bool visible;       /* traps that guests saw, and not exits */
    uint64_t printed;
    FILE *out;
};

void trace_print_head(const struct trace_printer *printer);
void trace_print_event(struct trace_printer *printer, const struct trace_event *event);
void trace_print_tail(const struct trace_printer *printer);

/* Count and cycles by reason; of traps that guests saw, count by cause. */
struct trace_sums {
    struct exit_count exit[EXIT_count];
    json_t *cause; /* owned: an object */
};

void trace_sum(struct trace_sums *sums, const struct trace_event *event);
void trace_print_sums(const struct trace_printer *printer, const struct trace_sums *sums);

#endif
