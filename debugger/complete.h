/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a line that was begun could become.
 */
#ifndef DEBUGGER_COMPLETE_H
#define DEBUGGER_COMPLETE_H

#include "debugger/debugger.h"

/* What ends a word. */
#define COMPLETE_BREAKS " \t\n()+-*/%&|^=<>!~,"

/* Where the word that ends at `end` begins. The names of commands can have a - in them. */
size_t complete_begin(const char *line, size_t end);

/* Calls `take` with each word that could stand in the place of line[begin, end). Returns false if files could stand there, which the
 * caller knows how to find. */
bool complete(const struct debugger *d, const char *line, size_t begin, size_t end, void (*take)(void *context, const char *word),
              void *context);

#endif
