/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads a trace event by event, in bounded memory, however its JSON is laid out. No byte of it is trusted.
 */
#ifndef CLI_TRACE_READ_H
#define CLI_TRACE_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "trace_file.h"
#include "vmm/vmm.h"

enum trace_kind {
    TRACE_EXIT,      /* all fields */
    TRACE_REST,      /* the rest of the guest's last exit: reason, cycles, cost */
    TRACE_TRAP,      /* a trap that the guest saw: all but reason, cost, ran, technique, did, interpreted */
    TRACE_INTERRUPT, /* the same */
    TRACE_TECHNIQUE, /* from here on: technique, cycles, step */
};

/* Texts are borrowed from the reader until the next event; none is NULL, and none has a control character. */
struct trace_event {
    enum trace_kind kind;
    unsigned guest, reason; /* enum exit_reason; EXIT_count: before the first */
    uint64_t cycles, cost, step, ran, pc, tval, interpreted;
    const char *at, *mode, *cause, *technique, *did;
};

struct trace_reader;

/* The source is borrowed. Never NULL. */
struct trace_reader *trace_reader_new(struct trace_source *source);
void trace_reader_free(struct trace_reader *reader);

/* What stands before the events, read by the first trace_next(), or NULL if that has failed; borrowed. */
const json_t *trace_identity(const struct trace_reader *reader);

/* The next event of these kinds; false: there is none, or trace_error(). */
bool trace_next(struct trace_reader *reader, struct trace_event *event);

/* "line 3: ...", or NULL. */
const char *trace_error(const struct trace_reader *reader);

#endif
