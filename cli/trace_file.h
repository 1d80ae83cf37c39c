/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of traces, plain or packed by zstd: a stream to write, which appears whole or not at all (output.h), and one to read.
 */
#ifndef CLI_TRACE_FILE_H
#define CLI_TRACE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* --- writing; packed if the name ends in .zst ------------------------------------------------------------------------------ */

struct trace_sink;

/* Refuses (message.h) what cannot be written. */
struct trace_sink *trace_sink_open(const char *path);

/* At most 4 KiB at a time. An error is kept, and what follows is dropped. */
void trace_sink_print(struct trace_sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What went wrong, in one line, or NULL. */
const char *trace_sink_error(const struct trace_sink *sink);

/* Puts the file in its place, or refuses. */
void trace_sink_close(struct trace_sink *sink);

/* Leaves the file as it was before. NULL is allowed. */
void trace_sink_drop(struct trace_sink *sink);

/* --- reading; packed if it begins so ---------------------------------------------------------------------------------------- */

struct trace_source;

/* "-" is stdin. Refuses what cannot be opened. */
struct trace_source *trace_source_open(const char *path);

/* Bytes from memory, for tests; borrowed. NULL: no memory. */
struct trace_source *trace_source_of(const char *bytes, size_t n);

/* The next byte, or -1: the end, or an error. */
int trace_source_get(struct trace_source *source);

/* What went wrong, or NULL: it was the end. */
const char *trace_source_error(const struct trace_source *source);
void trace_source_close(struct trace_source *source);

#endif
