/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the parts of the stub for gdb.
 */
#ifndef DEBUGGER_GDB_INTERNAL_H
#define DEBUGGER_GDB_INTERNAL_H

#include "debugger/debugger.h"
#include "debugger/gdb_packet.h"

/* Z packets: Z0 and Z1 are the same here. */
enum gdb_point_kind { GDB_BREAK, GDB_BREAK_HARD, GDB_WATCH_WRITE, GDB_WATCH_READ, GDB_WATCH_ACCESS };

struct gdb_point {
    enum gdb_point_kind kind;
    uint64_t address, size;
};

#define GDB_POINTS_MOST 256

struct gdb_points {
    struct gdb_point all[GDB_POINTS_MOST];
    unsigned count, watches;
};

bool gdb_point_add(struct gdb_points *p, struct gdb_point point); /* false: no room */
void gdb_point_remove(struct gdb_points *p, struct gdb_point point);

/* What stops a run: asked at each of its steps. */
struct gdb_watcher {
    const struct gdb_points *points;
    const struct execution *execution;
    struct scene scene;          /* where it was asked last */
    const struct gdb_point *met; /* there, or NULL */
    uint64_t address;            /* of a watchpoint: what is touched */
};

void gdb_watch_begin(struct gdb_watcher *w, const struct debugger *d, const struct gdb_points *points);

/* Does the instruction at pc touch what is watched? */
bool gdb_watch_touches(struct gdb_watcher *w);

/* The same, or is there a breakpoint at pc? As wish.stop. */
bool gdb_watch_ask(void *watcher);

/* --- registers: their numbers are those of gdb_description() ----------------------------------------------------------------- */

/* x0 to x31 and pc are 0 to 32. */
#define GDB_REGISTERS 33

/* XML, malloc'ed. */
char *gdb_description(void);

/* False: there is no such register. `machine`: the real hart's, instead of the guest's. */
bool gdb_register_read(const struct scene *s, bool machine, uint64_t number, uint64_t *value);
bool gdb_register_write(struct debugger *d, uint64_t number, uint64_t value);

#endif
