/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running from trap to trap, and through one.
 */
#include <inttypes.h>
#include <string.h>

#include "vmm/technique/technique.h"
#include "debugger/command.h"
#include "debugger/name.h"
#include "debugger/stops.h"
#include "debugger/view.h"

#define NOWHERE ((struct moment){UINT64_MAX, 0})

bool at_trap(void *context)
{
    const struct execution *e = context;
    return e->now.stage > 0 && (e->stage == STAGE_trap || (e->stage == STAGE_reflect && !e->dealing));
}

static bool at_stage(void *context)
{
    (void)context;
    return true;
}

static bool tell_stage(struct debugger *d, bool good, bool changes)
{
    if (good && scene_place(&d->shown) == PLACE_STAGE)
        view_stage(d, changes);
    return good;
}

static bool run_trap(struct debugger *d, const char *arguments)
{
    uint64_t n;
    bool good = argument_count(d, arguments, 1, &n);
    d->held = false;
    while (good && n-- && !d->held)
        good = debugger_run(d, (struct wish){.goal = NOWHERE, .each_stage = true, .stop = at_trap, .context = d->execution},
                            true);
    return tell_stage(d, good, false);
}

static bool run_phase(struct debugger *d, const char *arguments)
{
    return argument_none(d, arguments) &&
           tell_stage(d,
                      debugger_run(d, (struct wish){.goal = NOWHERE, .each_stage = true, .stop = at_stage, .context = NULL},
                                   false),
                      true);
}

/* --- exits ---------------------------------------------------------------------------------------------------------------- */

bool exit_reason_find(struct debugger *d, const char *name, unsigned *reason)
{
    for (*reason = 0; *reason < EXIT_count; ++*reason)
        if (strcmp(exit_names[*reason].name, name) == 0)
            return true;
    return !*name || debugger_fail(d, "'%s' is no reason of exits; see info exits", name);
}

struct exit_wish {
    const struct execution *execution;
    unsigned reason;
};

static bool at_exit(void *context)
{
    const struct exit_wish *w = context;
    const struct execution *e = w->execution;
    return e->stage == STAGE_done && (w->reason == EXIT_count || e->target->vm->exit_reason == w->reason);
}

static bool run_exit(struct debugger *d, const char *arguments)
{
    struct exit_wish w = {.execution = d->execution};
    if (!d->target->vm)
        return debugger_fail(d, "a native run has no exits: there is no monitor");
    if (!exit_reason_find(d, arguments, &w.reason))
        return false;
    return tell_stage(
        d, debugger_run(d, (struct wish){.goal = NOWHERE, .each_stage = true, .stop = at_exit, .context = &w}, true),
        false);
}

/* --- technique ------------------------------------------------------------------------------------------------------------ */

static bool run_technique(struct debugger *d, const char *arguments)
{
    if (!d->target->vm)
        return debugger_fail(d, "a native run has no monitor, and no technique");
    for (unsigned i = 0; *arguments && i < techniques_count; i++) {
        if (strcmp(techniques[i]->name, arguments) != 0)
            continue;
        if (!debugger_settle(d))
            return false;
        d->target->ops->set_technique(d->target->owner, techniques[i]);
        execution_changed(d->execution);
        debugger_moved(d);
        arguments = "";
    }
    if (*arguments)
        return debugger_fail(d, "'%s' is no technique; see trapeze info techniques", arguments);
    const struct technique *now = execution_technique(d->execution, d->target);
    fprintf(d->out, "technique %s: %s\n", now->name, now->meaning);
    return true;
}

const struct command commands_trap[] = {
    {"trap", "t", "[N]",
     "to the next trap, or the N-th: of the hardware, to the monitor; or one that the guest sees\n"
     "The run stands then where the monitor has just been given control; phase goes on from there.",
     "trap", run_trap, true, COMPLETE_EXPRESSION},
    {"phase", "ph", "",
     "to the next stage of a trap's life, and what has changed\n"
     "Stages: the hardware's trap, the dispatcher's choice, the routine, the virtual state that it changes, a trap reflected\n"
     "into the guest, the return.",
     "phase", run_phase, true, COMPLETE_NOTHING},
    {"exit", NULL, "[REASON]", "to the next exit, when it has been dealt with; of this reason", "exit page_hidden",
     run_exit, true, COMPLETE_REASON},
    {"technique", NULL, "[NAME]", "go on by this technique; without a name, tell which", "technique bt", run_technique,
     false, COMPLETE_TECHNIQUE},
    {0},
};
