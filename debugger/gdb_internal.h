/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the parts of the stub for gdb.
 */
#ifndef DEBUGGER_GDB_INTERNAL_H
#define DEBUGGER_GDB_INTERNAL_H

#include "debugger/debugger.h"
#include "debugger/gdb.h"
#include "debugger/gdb_connection.h"
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

/* What stops a run: asked at each of its steps, of the guest that runs. */
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

/* --- the stub ------------------------------------------------------------------------------------------------------------------- */

#define GDB_SIGNAL_INT 2
#define GDB_SIGNAL_TRAP 5

struct gdb {
    struct debugger *d;
    const struct gdb_config *config;
    struct gdb_connection *connection;
    struct gdb_points points;
    struct gdb_reply reply;
    char *description; /* owned: XML */
    bool physical, killed, gone;
    bool answered; /* the packet needs no answer any more */
    size_t console_shown[VMM_GUESTS_MAX];
    char stopped[96]; /* the answer to ? */
};

void gdb_ok(struct gdb *g);
void gdb_failed(struct gdb *g, int number);
void gdb_answer(struct gdb *g);

/* Text for gdb's user, while the guest runs or a monitor command is carried out. */
void gdb_tell(struct gdb *g, const char *text, size_t n);

/* A packet of n bytes, with a NUL behind them. */
void gdb_carry_out(struct gdb *g, const char *text, size_t n);

/* "ADDRESS,SIZE" */
bool gdb_range(const char **text, uint64_t *address, uint64_t *size);

/* Packets, each with its end; what they answer goes into the reply. */
void gdb_read_registers(struct gdb *g, const char *text, const char *end);
void gdb_write_registers(struct gdb *g, const char *text, const char *end);
void gdb_one_register(struct gdb *g, const char *text, const char *end);
void gdb_read_memory(struct gdb *g, const char *text, const char *end);
void gdb_write_memory(struct gdb *g, const char *text, const char *end);
void gdb_choose_thread(struct gdb *g, const char *text, const char *end);
void gdb_thread_alive(struct gdb *g, const char *text, const char *end);
void gdb_query(struct gdb *g, const char *text, const char *end);

/* The guest whose thread has this number, which *text moves behind: that of the present one for 0 and -1. NULL: there is none. */
const struct target *gdb_thread(const struct gdb *g, const char **text);

void gdb_run(struct gdb *g, bool step, bool back);
void gdb_resume_verbosely(struct gdb *g, const char *text); /* behind vCont */

/* Until a gdb is there; false: until it is over. */
bool gdb_run_freely(struct gdb *g);

void gdb_stopped(struct gdb *g, int number, const char *why);
void gdb_console_was_shown(struct gdb *g); /* by a command of the debugger's */

/* --- registers: their numbers are those of gdb_description() ----------------------------------------------------------------- */

/* x0 to x31 and pc are 0 to 32. */
#define GDB_REGISTERS 33

/* XML, malloc'ed. */
char *gdb_description(void);

/* False: there is no such register. `machine`: the real hart's, instead of the guest's. */
bool gdb_register_read(const struct scene *s, bool machine, uint64_t number, uint64_t *value);
bool gdb_register_write(struct debugger *d, uint64_t number, uint64_t value);

#endif
