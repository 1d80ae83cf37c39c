/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze debug: a session's guests in the debugger, and its face.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assembler/command.h"
#include "commands.h"
#include "debugger/gdb.h"
#include "debugger/line.h"
#include "debugger/tui_terminal.h"
#include "input.h"
#include "message.h"
#include "options.h"
#include "session_target.h"

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

/* What is wrong with one is to be known before anything is run. */
static void check_scripts(const struct debug_options *o)
{
    for (unsigned i = 0; i < o->script_count; i++) {
        struct stat st;
        if (stat(o->script[i], &st) != 0 || access(o->script[i], R_OK) != 0)
            refuse("-x %s: %s", o->script[i], strerror(errno));
        if (S_ISDIR(st.st_mode))
            refuse("-x %s: %s", o->script[i], strerror(EISDIR));
    }
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
    if (!d->quit &&
        !gdb_serve(d, &(struct gdb_config){.where = o->debug.gdb, .machine = o->debug.gdb_machine}, text, sizeof text))
        refuse("%s", text);
    return true;
}

static bool debug(struct debugger *d, const struct options *o, const char **error)
{
    d->colour = o->debug.colour == COLOUR_ALWAYS || (o->debug.colour == COLOUR_AUTO && command_colour(STDOUT_FILENO));
    d->screen = o->debug.tui;
    d->console = open_console(o->debug.console);
    if (!o->quiet && !d->screen)
        debugger_command(d, "info status", stdout);
    bool good =
        o->debug.gdb ? serve_gdb(d, o, error) : line_run(d, o->debug.script, o->debug.script_count, &interrupted, error);
    if (d->console && ferror(d->console))
        refuse("--console %s: cannot be written", o->debug.console);
    if (d->console && fclose(d->console) != 0)
        refuse("--console %s: %s", o->debug.console, strerror(errno));
    return good;
}

static void need_screen(void)
{
    char text[256];
    if (!tui_terminal_possible(text, sizeof text))
        refuse("--tui: %s", text);
}

int debug_command(int argc, char **argv)
{
    struct options o;
    const char *error;
    options_parse_own(&o, OPTIONS_OF_DEBUG, argc, argv);
    if (o.debug.tui)
        need_screen();
    check_scripts(&o.debug);
    struct session_config config = {.options = &o,
                                    .method = o.method[0],
                                    .snapshot = true,
                                    .console = {.input = CONSOLE_NONE, .output_fd = -1, .capture = true}};
    read_input(o.debug.input, &config.console);
    if (config.console.input == CONSOLE_NONE && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        config.console.input = CONSOLE_TYPED;
    struct session *s = session_open(&config);
    struct target targets[VMM_GUESTS_MAX];
    session_targets(s, targets);
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
