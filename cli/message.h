/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the program says to its user about mistakes: one line on stderr, "trapeze: ...", and a status.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <stddef.h>

/* A remark; the program goes on. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The user's mistake, or a file that is none: says so and ends the program with STATUS_REFUSED. */
_Noreturn void refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* p, or refusal: the host has no memory left. */
void *need(void *p);

/* The name that `word` was probably meant to be, or NULL. `stride` bytes lie between one pointer to a name and the next, so
 * that a column of any table of structs can be given. */
const char *nearest(const char *word, const char *const *names, size_t count, size_t stride);

/* Likewise, as " (did you mean 'x'?)", or "". In `text`, which is returned. */
const char *suggest(char *text, size_t n, const char *word, const char *const *names, size_t count, size_t stride);

/* Sees to it that all that was written to stdout has arrived, at every exit of the program: otherwise the status is
 * STATUS_REFUSED. Of descriptors 0 to 2, closed ones become empty input and failing output, so that no file can
 * take their place. */
void guard_standard_streams(void);

#endif
