/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze debug: a session as the debugger's target, and its face.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "debugger/gdb.h"
#include "debugger/line.h"
#include "debugger/target.h"
#include "input.h"
#include "message.h"
#include "options.h"
#include "session_guest.h"

/* --- a session as a target --------------------------------------------------------------------------------------------------- */

static bool advance(void *owner, uint64_t goal)
{
    return session_advance(owner, goal);
}

static void paused(void *owner)
{
    struct session *s = owner;
    s->steps = session_state(s, 0).clock->steps;
}

static void set_technique(void *owner, const struct technique *technique)
{
    struct session *s = owner;
    s->method.technique = technique;
    vm_set_technique(session_vm(s, 0), technique);
}

static struct run_end end(void *owner, unsigned *status)
{
    *status = session_status(owner, 0);
    return session_end(owner, 0);
}

static void *mark(void *owner)
{
    return session_mark(owner);
}

static void rewind_to(void *owner, const void *m)
{
    session_rewind(owner, m);
}

static void forget(void *owner, void *m)
{
    (void)owner;
    session_forget(m);
}

static const uint8_t *console(void *owner, size_t *size)
{
    return console_captured(session_console(owner, 0), size);
}

static bool typed(void *owner)
{
    return console_is_typed(session_console(owner, 0));
}

static void begin_typing(void *owner)
{
    console_begin_typing(session_console(owner, 0));
}

static void type(void *owner, uint64_t now, const uint8_t *bytes, size_t n)
{
    console_type(session_console(owner, 0), now, bytes, n);
}

static size_t unread(void *owner)
{
    return console_unread(session_console(owner, 0));
}

static void on_asked(void *owner, void (*none)(void *context, unsigned guest, uint64_t now), void *context)
{
    struct session *s = owner;
    s->asked = (struct session_asked){none, context};
}

static uint64_t hash(void *owner, struct context *ctx, struct priv *priv, const struct clock *clock)
{
    struct state state = session_state(owner, 0);
    state.ctx = ctx;
    state.priv = priv;
    state.clock = clock;
    return state_hash(&state);
}

static const struct target_ops ops = {
    .advance = advance,
    .paused = paused,
    .set_technique = set_technique,
    .end = end,
    .mark = mark,
    .rewind = rewind_to,
    .forget = forget,
    .console = console,
    .typed = typed,
    .begin_typing = begin_typing,
    .type = type,
    .unread = unread,
    .on_asked = on_asked,
    .hash = hash,
};

static struct target target_of(struct session *s, const struct options *o)
{
    const struct guest *g = &s->guest[0].loaded;
    return (struct target){
        .ops = &ops,
        .owner = s,
        .machine = s->machine,
        .vmm = s->vmm,
        .vm = session_vm(s, 0),
        .hw = s->hw,
        .image = {&g->image, g->kernel.path ? &g->kernel : NULL},
        .profile = o->profile,
        .goal = o->max_insns,
    };
}

/* --- Ctrl-C ------------------------------------------------------------------------------------------------------------------ */

static volatile sig_atomic_t interrupted;

static void note(int number)
{
    (void)number;
    interrupted = 1;
}

/* --- the command ------------------------------------------------------------------------------------------------------------- */

static void read_input(const char *path, struct console_config *config)
{
    char error[256];
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (!path)
        return;
    if (fd < 0)
        refuse("--input %s: %s", path, strerror(errno));
    config->input = CONSOLE_BYTES;
    config->bytes = console_read_all(fd, &config->size, error, sizeof error);
    if (!config->bytes)
        refuse("--input %s: %s", path, error);
    close(fd);
}

static FILE *open_console(const char *path)
{
    FILE *f = path ? fopen(path, "w") : NULL;
    if (path && !f)
        refuse("--console %s: %s", path, strerror(errno));
    return f;
}

/* After the scripts. */
static bool serve_gdb(struct debugger *d, const struct options *o, const char **error)
{
    char text[256];
    for (unsigned i = 0; i < o->debug.script_count; i++)
        if (!debugger_source(d, o->debug.script[i], stdout) && !d->ignore_errors) {
            *error = d->error;
            return false;
        }
    fflush(stdout);
    if (!d->quit && !gdb_serve(d, o->debug.gdb, o->debug.gdb_machine, text, sizeof text))
        refuse("%s", text);
    return true;
}

static bool debug(struct debugger *d, const struct options *o, const char **error)
{
    d->colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    d->console = open_console(o->debug.console);
    if (!o->quiet)
        debugger_command(d, "info status", stdout);
    bool good =
        o->debug.gdb ? serve_gdb(d, o, error) : line_run(d, o->debug.script, o->debug.script_count, &interrupted, error);
    if (d->console && fclose(d->console) != 0)
        refuse("--console %s: %s", o->debug.console, strerror(errno));
    return good;
}

int debug_command(int argc, char **argv)
{
    struct options o;
    const char *error;
    options_parse_debug(&o, argc, argv);
    struct session_config config = {.options = &o,
                                    .method = o.method[0],
                                    .snapshot = true,
                                    .console = {.input = CONSOLE_NONE, .output_fd = -1, .capture = true}};
    read_input(o.debug.input, &config.console);
    if (config.console.input == CONSOLE_NONE && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        config.console.input = CONSOLE_TYPED;
    struct session *s = session_open(&config);
    struct target target = target_of(s, &o);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = note, .sa_flags = SA_RESTART}, NULL);
    struct debugger *d = debugger_open(&target, &interrupted);
    bool good = debug(d, &o, &error);
    if (!good)
        say("%s", error);
    debugger_close(d);
    session_close(s);
    free((void *)(uintptr_t)config.console.bytes);
    return good ? 0 : 1;
}
