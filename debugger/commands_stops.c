/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Setting stops.
 */
#include <inttypes.h>
#include <string.h>

#include "debugger/command.h"
#include "debugger/expression_tree.h"
#include "debugger/memory.h"
#include "debugger/name.h"
#include "debugger/stops.h"

static struct expression *parse(struct debugger *d, const char *text, const char **end)
{
    char error[200];
    struct expression *x = expression_parse(d->target, text, end, error, sizeof error);
    if (!x)
        debugger_fail(d, "%s", error);
    return x;
}

/* "if CONDITION", or nothing. */
static bool take_condition(struct debugger *d, const char *text, struct stop *stop)
{
    const char *end;
    if (!*text)
        return true;
    if (strncmp(text, "if ", 3) != 0)
        return debugger_fail(d, "'%s' is too much; a condition begins with if", text);
    stop->condition = parse(d, text + 3, &end);
    return stop->condition && argument_none(d, end);
}

static bool add(struct debugger *d, struct stop *stop, const char *text, bool good)
{
    stop->text = good ? memory_text(text) : NULL;
    stop->guest = d->target;
    struct stop *added = good ? stops_add(d->stops, stop) : NULL;
    if (!added) {
        expression_free(stop->condition);
        expression_free(stop->watched);
        free(stop->text);
        return good ? debugger_fail(d, "there can be %d stops at the most", STOPS_MOST) : false;
    }
    fprintf(d->out, "%s %u, %s\n", stop->kind == STOP_CHANGE ? "watchpoint" : "breakpoint", added->number, text);
    return true;
}

static bool take_address(struct debugger *d, const char *text, struct stop *stop, char *shown, size_t n)
{
    char symbol[SYMBOL_TEXT];
    const char *rest = "";
    stop->kind = STOP_ADDRESS;
    stop->address = d->shown.guest.ctx.pc;
    if (*text && !argument_address(d, text, &stop->address, &rest))
        return false;
    snprintf(shown, n, "at 0x%" PRIx64 "%s%s%s", stop->address,
             scene_symbol(&d->shown, stop->address, symbol, sizeof symbol), *rest ? " " : "", rest);
    return take_condition(d, rest, stop);
}

static bool take_exit(struct debugger *d, const char *text, struct stop *stop)
{
    char reason[32] = "";
    stop->kind = STOP_EXIT;
    if (!d->target->vm)
        return debugger_fail(d, "a native run has no exits: there is no monitor");
    if (strncmp(text, "if ", 3) != 0)
        text = argument_word(text, reason, sizeof reason);
    return exit_reason_find(d, reason, &stop->reason) && take_condition(d, text, stop);
}

static bool run_break_of(struct debugger *d, const char *arguments, bool temporary)
{
    struct stop stop = {.temporary = temporary};
    char word[64], text[256];
    const char *rest = argument_word(arguments, word, sizeof word);
    bool good;
    snprintf(text, sizeof text, "%s", arguments);
    if (strcmp(word, "trap") == 0) {
        stop.kind = STOP_TRAP;
        good = take_condition(d, rest, &stop);
    } else if (strcmp(word, "exit") == 0) {
        good = take_exit(d, rest, &stop);
    } else if (strcmp(word, "if") == 0) {
        stop.kind = STOP_CONDITION;
        good = take_condition(d, arguments, &stop);
    } else {
        good = take_address(d, arguments, &stop, text, sizeof text);
    }
    return add(d, &stop, text, good);
}

static bool run_break(struct debugger *d, const char *arguments)
{
    return run_break_of(d, arguments, false);
}

static bool run_tbreak(struct debugger *d, const char *arguments)
{
    return run_break_of(d, arguments, true);
}

/* A bare address stands for the word there. */
static struct expression *watched(struct expression *x)
{
    if (!x || x->kind != X_NUMBER)
        return x;
    struct expression *word = memory_zero(sizeof *word);
    *word = (struct expression){.kind = X_MEMORY, .number = 8, .a = x};
    return word;
}

static bool run_watch(struct debugger *d, const char *arguments)
{
    struct stop stop = {.kind = STOP_CHANGE};
    const char *end = arguments;
    if (!*arguments)
        return debugger_fail(d, "what is to be watched? watch EXPRESSION");
    stop.watched = watched(parse(d, arguments, &end));
    return add(d, &stop, arguments, stop.watched && take_condition(d, end, &stop));
}

/* --- those that there are --------------------------------------------------------------------------------------------------- */

static struct stop *find(struct debugger *d, const char *text)
{
    uint64_t number;
    if (!argument_value(d, text, &number))
        return NULL;
    struct stop *stop = stops_find(d->stops, (unsigned)number);
    if (!stop)
        debugger_fail(d, "there is no breakpoint %s", text);
    return stop;
}

static bool run_delete(struct debugger *d, const char *arguments)
{
    if (!*arguments) {
        while (d->stops->count)
            stops_delete(d->stops, &d->stops->all[0]);
        return true;
    }
    struct stop *stop = find(d, arguments);
    if (stop)
        stops_delete(d->stops, stop);
    return stop != NULL;
}

static bool set_enabled(struct debugger *d, const char *arguments, bool enabled)
{
    for (unsigned i = 0; !*arguments && i < d->stops->count; i++)
        d->stops->all[i].enabled = enabled;
    struct stop *stop = *arguments ? find(d, arguments) : NULL;
    if (stop)
        stop->enabled = enabled;
    return stop || !*arguments;
}

static bool run_enable(struct debugger *d, const char *arguments)
{
    return set_enabled(d, arguments, true);
}

static bool run_disable(struct debugger *d, const char *arguments)
{
    return set_enabled(d, arguments, false);
}

static bool run_ignore(struct debugger *d, const char *arguments)
{
    char number[32];
    uint64_t times;
    const char *rest = argument_word(arguments, number, sizeof number);
    struct stop *stop = find(d, number);
    if (!stop || !argument_count(d, rest, 0, &times))
        return false;
    stop->ignored = times;
    return true;
}

const struct command commands_stops[] = {
    {"break", "b", "[ADDRESS] [if CONDITION]",
     "stop before the instruction there: a symbol, *0x80000000, file.s:12, an expression; at traps, exits, on a condition\n"
     "break trap [if CONDITION]         at traps: of the hardware, or such as the guest sees\n"
     "break exit [REASON] [if CONDITION]  when the monitor has dealt with an exit\n"
     "break if CONDITION                where it holds, looked at before each step",
     "break trap if cause == 12 && vmode == S", run_break, false, COMPLETE_EXPRESSION},
    {"tbreak", "tb", "[ADDRESS] [if CONDITION]", "the same, for once", "tbreak schedule", run_tbreak, false,
     COMPLETE_EXPRESSION},
    {"watch", NULL, "EXPRESSION [if CONDITION]",
     "stop behind the step that changes the value of memory, a CSR, a counter, the technique\n"
     "Memory: a symbol is the 8 bytes there; u8(A) to u64(A); p8(A) to p64(A) by physical address.",
     "watch satp", run_watch, false, COMPLETE_EXPRESSION},
    {"delete", "d", "[NUMBER]", "delete a stop, or all", "delete 1", run_delete, false, COMPLETE_NOTHING},
    {"enable", NULL, "[NUMBER]", "a stop, or all, count again", "enable 1", run_enable, false, COMPLETE_NOTHING},
    {"disable", NULL, "[NUMBER]", "a stop, or all, count no longer", "disable", run_disable, false, COMPLETE_NOTHING},
    {"ignore", NULL, "NUMBER N", "pass a stop by N times", "ignore 1 10", run_ignore, false, COMPLETE_NOTHING},
    {0},
};
