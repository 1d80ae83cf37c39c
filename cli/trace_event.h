/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trace events as text. Guest k is process k + 1 with the tracks guest, monitor, hardware; process 0 is the machine's counters.
 */
#ifndef CLI_TRACE_EVENT_H
#define CLI_TRACE_EVENT_H

#include "isa/cost.h"
#include "isa/machine.h"
#include "session.h"
#include "trace_file.h"

#define TRACE_PLACE 256

/* " name+0x4" of an address, ready for JSON; "" if no symbol is known. Returns `text`. */
const char *trace_place(const struct session *session, unsigned guest, uint64_t address, char text[TRACE_PLACE]);

void trace_write_head(struct trace_sink *sink, const struct session *session);
void trace_write_tail(struct trace_sink *sink);

/* An exit, with its part of each track. did: what the monitor did; insns: how many instructions it has interpreted. */
void trace_write_exit(struct trace_sink *sink, const struct exit_note *note, const char *at, const char *did, uint64_t insns);

/* A trap that the guest sees, in this mode. */
void trace_write_trap(struct trace_sink *sink, unsigned guest, uint64_t cycles, const struct trap_note *note, enum mode mode,
                      const char *at);

void trace_write_technique(struct trace_sink *sink, unsigned guest, uint64_t cycles, uint64_t step, const char *name);

/* How much has been added since the last such event. */
struct trace_sample {
    uint64_t owner[OWNER_count], tlb_misses, walk_refs;
};
void trace_write_sample(struct trace_sink *sink, uint64_t cycles, const struct trace_sample *sample);

#endif
