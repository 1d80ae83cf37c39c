/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packets that let the guests run, forwards and back, and what is said when they stop. All run, in their turns, or none.
 */
#include <inttypes.h>
#include <string.h>

#include "debugger/gdb_internal.h"
#include "debugger/view.h"

#define CHUNK (UINT64_C(1) << 18) /* steps between looks at whether gdb wants to interrupt */

static void show_console_of(struct gdb *g, const struct target *guest)
{
    size_t size, *shown = &g->console_shown[guest->number];
    const uint8_t *bytes = guest->ops->console(guest->owner, &size);
    if (size > *shown)
        gdb_tell(g, (const char *)bytes + *shown, size - *shown);
    *shown = size;
}

/* To gdb, unless it goes elsewhere. */
static void show_consoles(struct gdb *g)
{
    if (g->config->free || g->d->console) {
        g->d->out = stdout;
        view_console(g->d);
        fflush(stdout);
        return;
    }
    for (unsigned i = 0; i < g->d->execution->count; i++)
        show_console_of(g, &g->d->targets[i]);
}

void gdb_console_was_shown(struct gdb *g)
{
    for (unsigned i = 0; i < g->d->execution->count; i++)
        if (g->d->console_shown[i] > g->console_shown[i])
            g->console_shown[i] = g->d->console_shown[i];
}

/* --- stopping ------------------------------------------------------------------------------------------------------------------- */

void gdb_stopped(struct gdb *g, int number, const char *why)
{
    snprintf(g->stopped, sizeof g->stopped, "T%02x%sthread:%x;", number, why, g->d->target->number + 1);
}

/* By a point, in the guest that runs. */
static void stopped_by(struct gdb *g, const struct gdb_watcher *w)
{
    static const char *const names[] = {"swbreak", "hwbreak", "watch", "rwatch", "awatch"};
    char why[48];
    debugger_choose(g->d, g->d->execution->target);
    if (w->met->kind <= GDB_BREAK_HARD)
        snprintf(why, sizeof why, "%s:;", names[w->met->kind]);
    else
        snprintf(why, sizeof why, "%s:%" PRIx64 ";", names[w->met->kind], w->address);
    gdb_stopped(g, GDB_SIGNAL_TRAP, why);
}

static void say(struct gdb *g, const char *text, const char *why)
{
    gdb_tell(g, text, strlen(text));
    gdb_stopped(g, GDB_SIGNAL_TRAP, why);
}

/* --- forwards and back ---------------------------------------------------------------------------------------------------------- */

static bool always(void *context)
{
    (void)context;
    return true;
}

/* False: it goes on. */
static bool stopped_so(struct gdb *g, enum ran ran, bool step, const struct gdb_watcher *w)
{
    switch (ran) {
    case RAN_TO_GOAL:
        if (step) {
            gdb_stopped(g, GDB_SIGNAL_TRAP, "");
            return true;
        }
        if (!gdb_connection_interrupted(g->connection))
            return false;
        gdb_stopped(g, GDB_SIGNAL_INT, "");
        return true;
    case RAN_INTERRUPTED:
        gdb_stopped(g, GDB_SIGNAL_INT, "");
        return true;
    case RAN_WAITING:
        say(g, "The guest waits for input: monitor send TEXT\n", "");
        return true;
    case RAN_TO_END: /* going back is still possible, so gdb is not told that it is gone */
        say(g, "The guest has ended.\n", "replaylog:end;");
        return true;
    case RAN_INTO_STOP:
        stopped_by(g, w);
    }
    return true;
}

/* On RISC-V gdb takes it that a watchpoint is told before its instruction is executed, and steps over that itself: so it is told
 * wherever one is next, in the direction that the run takes, even before the first step. */

/* Chunk by chunk, until it stops or gdb says so. */
static void go_on(struct gdb *g, bool step)
{
    struct execution *e = g->d->execution;
    struct gdb_watcher w;
    struct wish wish = {.each_step = !step && g->points.count, .stop = gdb_watch_ask, .context = &w};
    gdb_watch_begin(&w, g->d, &g->points);
    if (gdb_watch_touches(&w)) {
        stopped_by(g, &w);
        return;
    }
    if (step)
        wish.guest = g->d->target;
    do {
        wish.goal = (struct moment){step ? debugger_step(g->d) + 1 : e->now.step + CHUNK, 0};
        if (g->config->meanwhile)
            g->config->meanwhile(g->config->context, g->d, false);
    } while (!stopped_so(g, execution_run(e, &wish), step, &w));
}

static void go_back(struct gdb *g, bool step)
{
    struct execution *e = g->d->execution;
    struct gdb_watcher w;
    struct wish wish = {.goal = {UINT64_MAX, 0}, .each_step = true, .stop = step ? always : gdb_watch_ask, .context = &w};
    uint64_t own = debugger_step(g->d);
    bool found;
    gdb_watch_begin(&w, g->d, &g->points);
    if (step && e->count > 1) /* the last moment may have been another guest's */
        found = own && execution_go_step(e, g->d->target, own - 1);
    else
        found = execution_back(e, &wish);
    bool touches = found && gdb_watch_touches(&w);
    if (!found)
        gdb_stopped(g, GDB_SIGNAL_TRAP, "replaylog:begin;");
    else if (touches && execution_go(e, (struct moment){e->now.step + 1, 0}))
        stopped_by(g, &w);
    else if (step)
        gdb_stopped(g, GDB_SIGNAL_TRAP, "");
    else if (gdb_watch_ask(&w))
        stopped_by(g, &w);
}

void gdb_run(struct gdb *g, bool step, bool back)
{
    if (back)
        go_back(g, step);
    else
        go_on(g, step);
    debugger_moved(g->d);
    show_consoles(g);
    gdb_put(&g->reply, "%s", g->stopped);
}

/* vCont;s:1;c: an action for a thread, or for all others. If one is to step, it is that one's step that counts. */
void gdb_resume_verbosely(struct gdb *g, const char *text)
{
    const struct target *stepping = NULL;
    if (strcmp(text, "?") == 0) {
        gdb_put(&g->reply, "vCont;c;C;s;S");
        return;
    }
    bool good = *text == ';';
    while (good && *text == ';') {
        const struct target *guest = g->d->target;
        char action = text[1];
        uint64_t signal;
        good = action && strchr("cCsS", action);
        text += 1 + good;
        if (good && (action == 'C' || action == 'S'))
            good = gdb_number(&text, &signal);
        if (good && *text == ':') {
            text++;
            guest = gdb_thread(g, &text);
        }
        good = good && guest;
        if (good && !stepping && (action == 's' || action == 'S'))
            stepping = guest;
    }
    if (!good || *text) {
        gdb_failed(g, 1);
        return;
    }
    if (stepping)
        debugger_choose(g->d, stepping);
    gdb_run(g, stepping != NULL, false);
}

bool gdb_run_freely(struct gdb *g)
{
    struct execution *e = g->d->execution;
    for (;;) {
        enum ran ran = execution_run(e, &(struct wish){.goal = {e->now.step + CHUNK, 0}});
        debugger_moved(g->d);
        show_consoles(g);
        if (g->config->meanwhile)
            g->config->meanwhile(g->config->context, g->d, ran == RAN_WAITING);
        if (ran == RAN_TO_END || ran == RAN_INTERRUPTED || g->d->quit)
            return false;
        if (gdb_connection_called(g->connection))
            return true;
    }
}
