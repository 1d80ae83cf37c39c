/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The face for gdb: its remote protocol over TCP. One gdb at a time; when it goes, the next one finds the guest as it was left.
 */
#ifndef DEBUGGER_GDB_H
#define DEBUGGER_GDB_H

#include "debugger/debugger.h"

/* Listens at "PORT", of this computer's own loopback, or "HOST:PORT" (port 0: any that is free), says where on stderr, and serves
 * until gdb kills the guest, or *interrupted. `machine`: registers are those of the real machine, and cannot be written. False:
 * `error` is a line. */
bool gdb_serve(struct debugger *d, const char *where, bool machine, char *error, size_t n);

#endif
