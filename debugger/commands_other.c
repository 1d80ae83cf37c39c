/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Help, scripts, and leaving.
 */
#include <string.h>
#include <time.h>

#include "debugger/command.h"
#include "debugger/tui_terminal.h"

static void print_command(struct debugger *d, const struct command *c, const char *before)
{
    fprintf(d->out, "%s%s%s%s", before, c->name, *c->arguments ? " " : "", c->arguments);
    if (c->alias)
        fprintf(d->out, "   (%s)", c->alias);
    fprintf(d->out, "\n%s\nexample: %s\n", c->help, c->example);
}

static void list_group(struct debugger *d, const struct command_group *g, const char *before)
{
    for (const struct command *c = g->command; c->name; c++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", before, c->name);
        fprintf(d->out, "  %-18s %.*s\n", name, (int)strcspn(c->help, "\n"), c->help);
    }
}

static bool help_on(struct debugger *d, const char *arguments)
{
    char word[64];
    const char *rest = argument_word(arguments, word, sizeof word);
    const struct command *c = command_find(d, command_groups, command_groups_count, word, strlen(word), "command");
    if (!c)
        return false;
    const struct command_group *sub = c->run == run_info ? &info_group : c->run == run_explain ? &explain_group : NULL;
    char before[32];
    snprintf(before, sizeof before, "%s ", c->name);
    if (sub && *rest) {
        const struct command *inner = command_find(d, sub, 1, rest, strlen(rest), c->name);
        if (inner)
            print_command(d, inner, before);
        return inner != NULL;
    }
    print_command(d, c, "");
    if (sub)
        list_group(d, sub, before);
    return true;
}

static bool run_help(struct debugger *d, const char *arguments)
{
    if (*arguments)
        return help_on(d, arguments);
    for (unsigned g = 0; g < command_groups_count; g++) {
        fprintf(d->out, "%s\n", command_groups[g].title);
        list_group(d, &command_groups[g], "");
    }
    fprintf(d->out, "help NAME tells more. The beginning of a name will do, if it is clear; an empty line goes on.\n");
    return true;
}

static bool run_source(struct debugger *d, const char *arguments)
{
    if (!*arguments)
        return debugger_fail(d, "which file? source FILE");
    return debugger_source(d, arguments, d->out);
}

static bool run_echo(struct debugger *d, const char *arguments)
{
    fprintf(d->out, "%s\n", arguments);
    return true;
}

static bool run_time(struct debugger *d, const char *arguments)
{
    struct timespec begin, end;
    if (!*arguments)
        return debugger_fail(d, "which command? time COMMAND");
    clock_gettime(CLOCK_MONOTONIC, &begin);
    if (!debugger_command(d, arguments, d->out))
        return false;
    clock_gettime(CLOCK_MONOTONIC, &end);
    fprintf(d->out, "took %.3f s\n", (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec));
    return true;
}

static bool run_tui(struct debugger *d, const char *arguments)
{
    bool on = !*arguments || strcmp(arguments, "enable") == 0;
    if (!on && strcmp(arguments, "disable") != 0)
        return debugger_fail(d, "tui enable, or tui disable");
    if (on && !d->terminal)
        return debugger_fail(d, "the full screen needs a terminal as standard input and output");
    if (on && !tui_terminal_possible(d->error, sizeof d->error))
        return false;
    d->screen = on;
    return true;
}

static bool run_quit(struct debugger *d, const char *arguments)
{
    d->quit = argument_none(d, arguments);
    return d->quit;
}

const struct command commands_other[] = {
    {"info", "i", "WHAT", "views of the run; help info lists them", "info vcpu", run_info, false, COMPLETE_INFO},
    {"explain", NULL, "WHAT", "views in sentences; help explain lists them", "explain trap", run_explain, false,
     COMPLETE_EXPLAIN},
    {"guest", "thread", "[N]",
     "show this guest, of several on one machine (trapeze debug A B): views, steps, T and the stops that you\n"
     "set are its own. All run in their turns; one that meets a stop is shown from then on.",
     "guest 1", run_guest, false, COMPLETE_EXPRESSION},
    {"help", "h", "[NAME]", "commands; one of them, with an example", "help break", run_help, false, COMPLETE_COMMAND},
    {"source", NULL, "FILE", "commands from a file", "source tour.dbg", run_source, false, COMPLETE_FILE},
    {"echo", NULL, "TEXT", "print it", "echo here", run_echo, false, COMPLETE_NOTHING},
    {"time", NULL, "COMMAND", "carry it out, and tell how long that took by the clock on the wall", "time reverse-stepi",
     run_time, false, COMPLETE_COMMAND},
    {"tui", NULL, "[enable|disable]", "the full screen: panels, and keys; ? shows which", "tui", run_tui, false,
     COMPLETE_NOTHING},
    {"quit", "q", "", "leave", "quit", run_quit, false, COMPLETE_NOTHING},
    {0},
};
