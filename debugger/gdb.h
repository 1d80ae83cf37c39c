/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The face for gdb: its remote protocol over TCP. One gdb at a time; when it goes, the next one finds the guest as it was left.
 */
#ifndef DEBUGGER_GDB_H
#define DEBUGGER_GDB_H

#include "debugger/debugger.h"

struct gdb_config {
    const char *where; /* "PORT", of this computer's own loopback, or "HOST:PORT"; port 0: any that is free */
    bool machine;      /* registers are those of the real machine, and cannot be written */
    bool free;         /* while no gdb is there the guests run, and their consoles go to stdout; when they have ended it is over */
    bool hold;         /* ... but not before the first one has come */

    /* Called now and then while they run; waits: and at once, when the one that is shown waits for input. NULL: not. */
    void (*meanwhile)(void *context, struct debugger *d, bool waits);
    void *context;
};

/* NULL, or what is wrong with such a `where`. */
const char *gdb_where_wrong(const char *where);

/* Listens there, says where on stderr, and serves until gdb kills the guest, or *interrupted. False: `error` is a line. */
bool gdb_serve(struct debugger *d, const struct gdb_config *config, char *error, size_t n);

#endif
