/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze run with a gdb that can come and go (-s, -S, --gdb).
 */
#ifndef CLI_RUN_GDB_H
#define CLI_RUN_GDB_H

#include <signal.h>

#include "session.h"

/* How the session must be set up: what is typed at a terminal is given to the guest by the debugger, so that it can go back; a file
 * is read beforehand. *bytes, if not NULL, is to be freed at the end. */
void run_gdb_prepare(struct session_config *config, uint8_t **bytes);

/* Runs it until it has ended, gdb kills it, or somebody interrupts or leaves. */
void run_gdb(struct session *session, const struct options *o, const volatile sig_atomic_t *interrupted);

#endif
