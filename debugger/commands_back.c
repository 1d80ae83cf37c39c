/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running backwards: to moments that have been.
 */
#include <inttypes.h>

#include "debugger/command.h"
#include "debugger/stops.h"
#include "debugger/view.h"

static bool arrived(struct debugger *d, bool found, bool good)
{
    debugger_moved(d);
    if (!good)
        return debugger_fail(d, "that moment cannot be found again: the guest was changed since");
    if (!found)
        fprintf(d->out, "the beginning of the run\n");
    view_place(d);
    return true;
}

/* One step back, from inside of a trap: to its beginning. */
static bool run_reverse_stepi(struct debugger *d, const char *arguments)
{
    uint64_t n;
    if (!argument_count(d, arguments, 1, &n))
        return false;
    struct moment to = d->execution->now;
    bool inside = d->execution->place == PLACE_STAGE || d->execution->place == PLACE_END;
    if (to.stage > 0 && inside && n > 0)
        n--;
    bool reached = to.step >= n;
    to = (struct moment){reached ? to.step - n : 0, 0};
    d->before = d->shown;
    return arrived(d, reached, execution_go(d->execution, to));
}

struct back {
    struct debugger *debugger;
    bool (*stop)(void *context); /* NULL: the user's stops */
};

static bool ask_back(void *context)
{
    const struct back *b = context;
    struct debugger *d = b->debugger;
    const struct execution *e = d->execution;
    struct scene s = {e, e->target, execution_guest(e)};
    return b->stop ? b->stop(d->execution) : stops_ask(d->stops, &s, false);
}

static bool go_back(struct debugger *d, bool (*stop)(void *context))
{
    struct back b = {d, stop};
    stops_begin(d->stops, &d->shown);
    struct wish wish = {{UINT64_MAX, 0}, !stop && d->stops->each_step, stop || d->stops->each_stage, ask_back, &b, false};
    d->before = d->shown;
    bool found = (wish.each_step || wish.each_stage) && execution_back(d->execution, &wish);
    if (!found)
        execution_go(d->execution, (struct moment){0, 0});
    return arrived(d, found, true);
}

static bool run_reverse_continue(struct debugger *d, const char *arguments)
{
    return argument_none(d, arguments) && go_back(d, NULL);
}

static bool run_reverse_trap(struct debugger *d, const char *arguments)
{
    bool good = argument_none(d, arguments) && go_back(d, at_trap);
    if (good && d->execution->place == PLACE_STAGE)
        view_stage(d, false);
    return good;
}

static bool run_goto(struct debugger *d, const char *arguments)
{
    uint64_t step;
    if (!*arguments)
        return debugger_fail(d, "a step is wanted: goto T");
    if (!argument_value(d, arguments, &step))
        return false;
    if (step > d->execution->now.step)
        return debugger_run(d, (struct wish){.goal = {step, 0}}, false);
    d->before = d->shown;
    return arrived(d, true, execution_go(d->execution, (struct moment){step, 0}));
}

const struct command commands_back[] = {
    {"reverse-stepi", "rsi", "[N]", "one step back, or N", "reverse-stepi", run_reverse_stepi, true, COMPLETE_EXPRESSION},
    {"reverse-continue", "rc", "", "back to the last stop that was met, or to the beginning", "reverse-continue",
     run_reverse_continue, true, COMPLETE_NOTHING},
    {"reverse-trap", "rt", "", "back to the last trap", "reverse-trap", run_reverse_trap, true, COMPLETE_NOTHING},
    {"goto", NULL, "T", "to step T of the run, forwards or back", "goto 1000", run_goto, false, COMPLETE_EXPRESSION},
    {0},
};
