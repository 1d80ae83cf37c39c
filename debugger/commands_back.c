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
    uint64_t step = debugger_step(d);
    enum place place = scene_place(&d->shown);
    if (d->execution->now.stage > 0 && (place == PLACE_STAGE || place == PLACE_END) && n > 0)
        n--;
    debugger_leaves(d);
    return arrived(d, step >= n, execution_go_step(d->execution, d->target, step >= n ? step - n : 0));
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
    return b->stop ? e->target == d->target && b->stop(d->execution) : stops_ask(d->stops, &s, false);
}

static bool go_back(struct debugger *d, bool (*stop)(void *context))
{
    struct back b = {d, stop};
    stops_begin(d->stops, d->execution);
    struct wish wish = {.goal = {UINT64_MAX, 0},
                        .each_step = !stop && d->stops->each_step,
                        .each_stage = stop || d->stops->each_stage,
                        .stop = ask_back,
                        .context = &b};
    debugger_leaves(d);
    bool found = (wish.each_step || wish.each_stage) && execution_back(d->execution, &wish);
    if (!found)
        execution_go(d->execution, (struct moment){0, 0});
    else
        debugger_choose(d, d->execution->target);
    return arrived(d, found, true);
}

static bool run_reverse_continue(struct debugger *d, const char *arguments)
{
    return argument_none(d, arguments) && go_back(d, NULL);
}

static bool run_reverse_trap(struct debugger *d, const char *arguments)
{
    bool good = argument_none(d, arguments) && go_back(d, at_trap);
    if (good && scene_place(&d->shown) == PLACE_STAGE)
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
    if (step > debugger_step(d))
        return debugger_run(d, (struct wish){.goal = {step, 0}}, false);
    debugger_leaves(d);
    return arrived(d, true, execution_go_step(d->execution, d->target, step));
}

const struct command commands_back[] = {
    {"reverse-stepi", "rsi", "[N]", "one step back, or N", "reverse-stepi", run_reverse_stepi, true, COMPLETE_EXPRESSION},
    {"reverse-continue", "rc", "", "back to the last stop that was met, or to the beginning", "reverse-continue",
     run_reverse_continue, true, COMPLETE_NOTHING},
    {"reverse-trap", "rt", "", "back to the last trap", "reverse-trap", run_reverse_trap, true, COMPLETE_NOTHING},
    {"goto", NULL, "T", "to step T of the run, forwards or back", "goto 1000", run_goto, false, COMPLETE_EXPRESSION},
    {0},
};
