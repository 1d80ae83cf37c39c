/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens in a session, put down as it happens: Chrome's trace events (--trace), and cycles by where they went (--folded).
 * Time is simulated cycles, so that two runs write the same bytes. docs/formats.md has the formats.
 */
#ifndef CLI_TRACE_RECORD_H
#define CLI_TRACE_RECORD_H

#include "session.h"

#define TRACE_SCHEMA "trapeze.trace/1"

struct recording;

/* NULL if the options want none. Refuses (message.h) files that cannot be written. */
struct recording *recording_new(const struct options *options);

/* For session_config; NULL: none. Valid until recording_end(). */
const struct session_observer *recording_observer(const struct recording *recording);

/* The session is open, and has not run. */
void recording_begin(struct recording *recording, const struct session *session);

/* The session has run: puts the files in their places, or refuses. NULL is allowed. */
void recording_end(struct recording *recording);

/* "csr", "privileged" ...; "start" for what comes before the first exit. */
const char *trace_reason_name(unsigned reason);

#endif
