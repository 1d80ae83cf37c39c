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

static struct session *session_of(void *owner)
{
    return ((struct session_guest *)owner)->session;
}

static unsigned index_of(void *owner)
{
    struct session_guest *g = owner;
    return (unsigned)(g - g->session->guest);
}

static struct console *console_of(void *owner)
{
    return ((struct session_guest *)owner)->console;
}

static bool advance(void *owner, uint64_t goal)
{
    return session_advance(session_of(owner), goal);
}

static void set_technique(void *owner, const struct technique *technique)
{
    session_set_technique(session_of(owner), index_of(owner), technique);
}

static struct run_end end(void *owner, unsigned *status)
{
    *status = session_status(session_of(owner), index_of(owner));
    return session_end(session_of(owner), index_of(owner));
}

static void *mark(void *owner)
{
    return session_mark(session_of(owner));
}

static void rewind_to(void *owner, const void *m)
{
    session_rewind(session_of(owner), m);
}

static void forget(void *owner, void *m)
{
    (void)owner;
    session_forget(m);
}

static void on_asked(void *owner, void (*none)(void *context, unsigned guest, uint64_t now), void *context)
{
    session_of(owner)->asked = (struct session_asked){none, context};
}

static const uint8_t *console(void *owner, size_t *size)
{
    return console_captured(console_of(owner), size);
}

static bool typed(void *owner)
{
    return console_is_typed(console_of(owner));
}

static void begin_typing(void *owner)
{
    console_begin_typing(console_of(owner));
}

static void type(void *owner, uint64_t now, const uint8_t *bytes, size_t n)
{
    console_type(console_of(owner), now, bytes, n);
}

static size_t unread(void *owner)
{
    return console_unread(console_of(owner));
}

static uint64_t hash(void *owner, struct context *ctx, struct priv *priv, const struct clock *clock)
{
    struct state state = session_state(session_of(owner), index_of(owner));
    state.ctx = ctx;
    state.priv = priv;
    state.clock = clock;
    return state_hash(&state);
}

static const struct target_ops ops = {
    .advance = advance,
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

static struct target target_of(struct session *s, unsigned i)
{
    struct session_guest *g = &s->guest[i];
    const struct guest *loaded = &g->loaded;
    const char *path = g->options->image ? g->options->image : "";
    return (struct target){
        .ops = &ops,
        .owner = g,
        .number = i,
        .name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path,
        .machine = s->machine,
        .vmm = s->vmm,
        .vm = session_vm(s, i),
        .hw = s->hw,
        .image = {&loaded->image, loaded->kernel.path ? &loaded->kernel : NULL},
        .profile = s->options->profile,
        .goal = s->options->max_insns,
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
    if (!d->quit && !gdb_serve(d, &(struct gdb_config){.where = o->debug.gdb, .machine = o->debug.gdb_machine}, text, sizeof text))
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
    struct target targets[VMM_GUESTS_MAX];
    for (unsigned i = 0; i < s->guest_count; i++)
        targets[i] = target_of(s, i);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = note, .sa_flags = SA_RESTART}, NULL);
    struct debugger *d = debugger_open(targets, s->guest_count, &interrupted);
    bool good = debug(d, &o, &error);
    if (!good)
        say("%s", error);
    debugger_close(d);
    session_close(s);
    free((void *)(uintptr_t)config.console.bytes);
    return good ? 0 : 1;
}
