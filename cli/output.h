/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that the program writes: each appears whole or not at all. It is written beside its place, without a name where the file
 * system can do that (so that nothing is left of a program that dies), and renamed; what is no regular file (a pipe,
 * /dev/stdout) is written in place.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
    const char *path;
    char *target, *temporary;   /* owned; temporary is NULL if written in place, or while it has no name */
    bool unnamed;
    FILE *file;                 /* to be written to between begin and end */
};

/* Refuses (message.h) a path that could not be written, before any work was done for it. NULL is allowed. */
void output_check(const char *path);

/* Are both names of one file? */
bool output_is(const char *path, const char *other);

/* Each refuses on any error; then the file is as it was before. */
void output_begin(struct output *out, const char *path);
void output_end(struct output *out);

/* Instead of output_end(): the file stays as it was before. */
void output_drop(struct output *out);

#endif
