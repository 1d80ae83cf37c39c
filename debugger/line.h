/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The line face: commands from a terminal, by readline, or from whatever else standard input is, one a line.
 */
#ifndef DEBUGGER_LINE_H
#define DEBUGGER_LINE_H

#include "debugger/debugger.h"

/* Scripts first, then standard input until it ends or the user leaves; text goes to standard output. A script, or an input that is
 * no terminal, ends with the first error (unless errors are ignored): false, and `error` has the line that says it. Ctrl-C, at a
 * terminal, only stops the guest: it sets *interrupted, which is cleared here. */
bool line_run(struct debugger *d, const char *const *scripts, unsigned n, volatile sig_atomic_t *interrupted, const char **error);

#endif
