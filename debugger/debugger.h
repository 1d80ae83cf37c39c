/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The debugger's core: commands in, text out. It has no face of its own: whoever reads commands from somewhere (line.h reads them
 * from a terminal or a script) and shows what comes out, is one.
 */
#ifndef DEBUGGER_DEBUGGER_H
#define DEBUGGER_DEBUGGER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "debugger/execution.h"
#include "debugger/target.h"

struct expression;
struct lines;
struct stops;

/* The machine itself, as it stands: under a monitor another one than the guest's. */
struct real_state {
    struct context ctx;
    struct priv priv;
    struct clock clock;
};

/* What views are made from: the run where it stands. */
struct scene {
    const struct execution *execution;
    const struct target *target;
    struct guest_state guest;
};

/* Where the guest of the scene stands: one that does not run, between two of its steps. */
static inline enum place scene_place(const struct scene *s)
{
    return s->target == s->execution->target ? s->execution->place : PLACE_BETWEEN;
}

#define LINE_MOST 254 /* characters of a command */

struct debugger {
    const struct target *targets; /* borrowed: the guests */
    const struct target *target;  /* the one that views show and commands are about */
    struct execution *execution; /* owned, like the two that follow */
    struct stops *stops;
    struct lines *lines;        /* that guest's */
    struct lines *all_lines[VMM_GUESTS_MAX]; /* owned */
    FILE *out;                  /* where the text goes: of the command that is being carried out */
    bool colour;                /* it may have colours */
    bool ignore_errors;         /* set errors ignore: scripts go on */
    bool quit;                  /* the user has had enough */
    bool terminal;              /* he sits at a terminal, which can be a full screen ... */
    bool screen;                /* ... and is wanted to be one (tui.h) */
    size_t console_shown[VMM_GUESTS_MAX]; /* bytes of each guest's console that were shown */
    FILE *console;              /* borrowed: where all go instead, as they are; NULL */
    bool held;                  /* the last run was held up: by a stop of the user's, Ctrl-C, the guest's end or its waiting */
    struct scene shown, before; /* at the present stop, and at the one before */
    struct real_state real, real_before; /* likewise */
    char followed[LINE_MOST + 1]; /* `follow`: an expression, whose memory `info memory` shows */
    char error[256];            /* of the command that failed */
    bool error_placed;          /* it tells the script and line that it was in */
    char repeated[LINE_MOST + 1]; /* what an empty line does */
    uint64_t examine_at;        /* where `x` goes on; its format */
    char examine_format[16];
    unsigned nesting;           /* of `source` */
};

/* The targets are borrowed. */
struct debugger *debugger_open(const struct target *targets, unsigned count, const volatile sig_atomic_t *interrupted);
void debugger_close(struct debugger *d);

/* Carries out one line: its text goes to `out`. False: it was wrong or has failed, and d->error is a line that says why. */
bool debugger_command(struct debugger *d, const char *line, FILE *out);

/* The commands of a file, up to the first that fails (unless errors are ignored). False: d->error says which, and why. */
bool debugger_source(struct debugger *d, const char *path, FILE *out);

/* --- for commands and faces ----------------------------------------------------------------------------------------------- */

/* Sets d->error; false. */
bool debugger_fail(struct debugger *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* From now on this guest is shown. */
void debugger_choose(struct debugger *d, const struct target *guest);

/* T of the guest that is shown: of several, each has its own. */
uint64_t debugger_step(const struct debugger *d);

/* The run has moved: what there is to see is taken anew. */
void debugger_moved(struct debugger *d);

/* The run is about to move: what will have changed then is what differs from now. */
void debugger_leaves(struct debugger *d);

/* Types this to the guest, at the present step. False: d->error. */
bool debugger_type(struct debugger *d, const void *bytes, size_t n);

/* Settles the guest, to change it. False: d->error. */
bool debugger_settle(struct debugger *d);

/* Goes on by this wish, beside which the user's own stops count if `stops`; then tells where it is. */
bool debugger_run(struct debugger *d, struct wish wish, bool stops);

/* n bytes of the guest's memory at gva, or at gpa, as the guest's loads would find them, but with no effect; *done of them. Writing
 * settles the guest first. False: not all could be reached. */
bool debugger_read(const struct scene *s, uint64_t address, bool physical, void *bytes, size_t n, size_t *done);
bool debugger_write(struct debugger *d, uint64_t address, bool physical, const void *bytes, size_t n);

/* A register of the guest: "a0", "x10", "pc", "satp". Settles it first. False: d->error. */
bool debugger_set_register(struct debugger *d, const char *name, uint64_t value);

/* gva to gpa for this access, without effect, as the guest's tables say; false: a page fault. */
bool scene_translate(const struct scene *s, uint64_t gva, enum access access, uint64_t *gpa);

/* " <symbol+0x10>" or "" in `text`, which is returned. */
const char *scene_symbol(const struct scene *s, uint64_t address, char *text, size_t n);

#define SYMBOL_TEXT 160

#endif
