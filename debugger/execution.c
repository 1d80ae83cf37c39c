/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running forwards and backwards, and changing what runs. See execution.h.
 */
#include <string.h>

#include "debugger/coroutine.h"
#include "debugger/execution_internal.h"
#include "debugger/memory.h"

/* --- running -------------------------------------------------------------------------------------------------------------- */

static void body(void *context)
{
    const struct execution *e = context;
    while (e->targets->ops->advance(e->targets->owner, e->targets->goal))
        ;
}

enum ran execution_run(struct execution *e, const struct wish *wish)
{
    if (e->place == PLACE_END)
        return RAN_TO_END;
    e->wish = *wish;
    if (execution_interrupted(e))
        return RAN_INTERRUPTED;
    if (coroutine_resume(e->coroutine))
        return e->ran;
    e->inside = false;
    e->place = PLACE_END;
    if (execution_step_now(e) != e->now.step)
        e->now = (struct moment){execution_step_now(e), 0};
    e->now.stage++;
    return execution_is_goal(e) ? RAN_TO_GOAL : RAN_TO_END;
}

/* To the last checkpoint that is not later. */
static void go_to_checkpoint(struct execution *e, struct moment to)
{
    coroutine_give_up(e->coroutine);
    struct position p = checkpoints_return(e->checkpoints, to);
    e->now = p.moment;
    e->target = &e->targets[p.running];
    e->fresh = p.fresh;
    memcpy(e->met, p.met, sizeof e->met);
    e->place = p.waits ? PLACE_IDLE : PLACE_BETWEEN;
    e->told = p.told;
    e->inside = e->dealing = false;
    memset(e->waiting, 0, sizeof e->waiting);
    e->life.count = 0;
    execution_cut_timeline(e);
    e->known = execution_guest(e);
}

static bool same(struct moment a, struct moment b)
{
    return a.step == b.step && a.stage == b.stage;
}

bool execution_go(struct execution *e, struct moment to)
{
    if (to.stage == 0 && e->count == 1)
        checkpoints_changed_at(e->checkpoints, 0, to.step, &to);
    if (moment_before(to, e->now))
        go_to_checkpoint(e, to);
    e->quiet = true;
    while (!same(e->now, to) && e->place != PLACE_END && execution_run(e, &(struct wish){.goal = to}) != RAN_WAITING)
        ;
    e->quiet = false;
    return same(e->now, to);
}

bool execution_go_step(struct execution *e, const struct target *guest, uint64_t step)
{
    if (e->count == 1)
        return execution_go(e, (struct moment){step, 0});
    struct wish wish = {.goal = {step, 0}, .guest = guest};
    enum ran ran = RAN_INTO_STOP;
    bool first = step == 0 && guest == e->targets;
    struct moment changed;
    if (checkpoints_changed_at(e->checkpoints, guest->number, step, &changed))
        return execution_go(e, changed);
    if (first || execution_step_of(e, guest) >= step)
        go_to_checkpoint(e, first ? (struct moment){0, 0} : checkpoints_towards(e->checkpoints, guest->number, step));
    e->quiet = true;
    while (!first && ran != RAN_TO_GOAL && ran != RAN_WAITING && e->place != PLACE_END)
        ran = execution_run(e, &wish);
    e->quiet = false;
    return first || ran == RAN_TO_GOAL;
}

/* --- back ----------------------------------------------------------------------------------------------------------------- */

struct search {
    struct execution *execution;
    const struct wish *wish;
    struct moment limit, found;
    bool any;
};

static bool remember(void *context)
{
    struct search *s = context;
    if (!moment_before(s->execution->now, s->limit))
        return true;
    if (s->wish->stop(s->wish->context)) {
        s->found = s->execution->now;
        s->any = true;
    }
    return false;
}

/* From one checkpoint to the one that follows, the last stretch first. */
bool execution_back(struct execution *e, const struct wish *wish)
{
    struct search s = {.execution = e, .wish = wish, .limit = e->now};
    struct moment begin;
    while (!s.any && checkpoints_before(e->checkpoints, s.limit, &begin)) {
        struct wish scan = {
            .goal = s.limit, .each_step = wish->each_step, .each_stage = wish->each_stage, .stop = remember, .context = &s};
        go_to_checkpoint(e, begin);
        if (wish->each_step && e->fresh)
            remember(&s);
        e->quiet = true;
        execution_run(e, &scan);
        e->quiet = false;
        s.limit = begin;
    }
    return execution_go(e, s.any ? s.found : (struct moment){0, 0}) && s.any;
}

/* --- changing ------------------------------------------------------------------------------------------------------------- */

bool execution_settle(struct execution *e)
{
    if (e->place == PLACE_HART || e->place == PLACE_STAGE) {
        e->quiet = true;
        execution_run(e, &(struct wish){.goal = {UINT64_MAX, 0}, .leave = true});
        e->quiet = false;
    }
    return e->place != PLACE_END;
}

void execution_changed(struct execution *e)
{
    struct position here = execution_position(e);
    e->known = execution_guest(e);
    e->changed = true;
    checkpoints_take(e->checkpoints, &here, true);
}

void execution_typed(struct execution *e)
{
    checkpoints_cut(e->checkpoints, e->now);
    memset(e->waiting, 0, sizeof e->waiting);
}

bool execution_restart(struct execution *e, const struct target *guest, void (*at_beginning)(void *owner))
{
    struct moment to = {e->now.step, 0}, beginning = {0, 0};
    execution_go(e, beginning);
    go_to_checkpoint(e, beginning);
    checkpoints_cut(e->checkpoints, beginning);
    at_beginning(guest->owner);
    return execution_go(e, to);
}

/* --- making --------------------------------------------------------------------------------------------------------------- */

struct execution *execution_open(const struct target *targets, unsigned count, const volatile sig_atomic_t *interrupted)
{
    struct execution *e = memory_zero(sizeof *e);
    e->targets = e->target = targets;
    e->count = count;
    e->interrupted = interrupted;
    e->coroutine = memory_need(coroutine_new(body, e));
    e->checkpoints = checkpoints_new(targets, count);
    e->now.step = UINT64_MAX;
    execution_watch(e);
    e->quiet = true;
    execution_run(e, &(struct wish){.goal = {0, 0}});
    e->quiet = false;
    return e;
}

void execution_close(struct execution *e)
{
    if (!e)
        return;
    execution_unwatch(e);
    coroutine_free(e->coroutine);
    checkpoints_free(e->checkpoints);
    free(e);
}
