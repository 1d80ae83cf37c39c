/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What machine and monitor tell of a run, and where it stops for it: in their call-backs. See execution.h.
 *
 * Moments are counted so that they come again in every execution: T, and the stages of traps since T last changed. Neither
 * depends on who looks, or how often.
 */
#include <string.h>

#include "debugger/coroutine.h"
#include "debugger/execution_internal.h"

#define CHUNK (UINT64_C(1) << 20) /* steps between looks at whether the user wants to interrupt */

/* --- stopping ------------------------------------------------------------------------------------------------------------- */

static void halt(struct execution *e, enum ran ran)
{
    e->ran = ran;
    e->wish = (struct wish){.goal = {UINT64_MAX, 0}};
    machine_charge_hart(e->target->machine); /* early, which changes nothing: so that what is shown is up to date */
    coroutine_stop(e->coroutine);
}

bool execution_interrupted(const struct execution *e)
{
    return e->interrupted && *e->interrupted && !e->quiet;
}

/* The step at which the goal lies, as far as can be told while this guest runs. */
static uint64_t goal_step(const struct execution *e)
{
    const struct wish *w = &e->wish;
    if (!w->guest)
        return w->goal.step;
    uint64_t own = execution_step_of(e, e->target);
    return w->guest != e->target || w->goal.step < own ? UINT64_MAX : execution_others(e) + w->goal.step;
}

/* Of a guest's own step: whatever the stage, when it is met. */
bool execution_is_goal(const struct execution *e)
{
    bool stage = e->wish.guest ? e->place != PLACE_STAGE || e->met_now : e->now.stage == e->wish.goal.stage;
    return e->now.step == goal_step(e) && stage;
}

/* At a new moment. */
static void arrive(struct execution *e, enum place place, bool ask)
{
    e->place = place;
    if (ask && e->wish.stop(e->wish.context))
        halt(e, RAN_INTO_STOP);
    else if (execution_interrupted(e))
        halt(e, RAN_INTERRUPTED);
    else if (execution_is_goal(e))
        halt(e, RAN_TO_GOAL);
}

/* The guest that runs is met at a T of its own for the first time. That is a new step of all together, unless another one was at
 * it before. */
static void new_step(struct execution *e, uint64_t step, enum place place)
{
    if (step != e->now.step)
        e->now = (struct moment){step, 0};
    else
        e->now.stage++;
    e->met[e->target->number] = step - execution_others(e) + 1;
    e->met_now = true;
    arrive(e, place, e->wish.each_step);
    e->met_now = false;
}

static bool was_met(const struct execution *e, uint64_t own)
{
    return e->met[e->target->number] == own + 1;
}

/* --- call-backs ----------------------------------------------------------------------------------------------------------- */

/* The place between two instructions is exact if the hart was told to stop at this step, and not if it was passing by: then it
 * may be in the middle of translated code. */
static uint64_t look(void *context)
{
    struct execution *e = context;
    uint64_t step = execution_step_now(e), goal = goal_step(e);
    if (e->pulse)
        e->pulse(e->pulse_context, step);
    if (step != e->now.step && (step == goal || e->wish.each_step))
        new_step(e, step, PLACE_HART);
    if (e->wish.leave)
        return 0;
    if (execution_interrupted(e) && !e->wish.each_step) {
        e->wish.guest = NULL;
        e->wish.goal = (struct moment){step + 1, 0};
    }
    if (e->wish.each_step)
        return 1;
    goal = goal_step(e); /* it may be another one now */
    uint64_t away = goal > step ? goal - step : CHUNK;
    return away < CHUNK ? away : CHUNK;
}

struct position execution_position(const struct execution *e)
{
    struct position p = {.moment = e->now, .running = e->target->number, .fresh = e->fresh};
    p.own = execution_step_of(e, e->target);
    p.waits = e->place == PLACE_IDLE;
    p.told = e->told;
    memcpy(p.met, e->met, sizeof p.met);
    return p;
}

static void between(struct execution *e)
{
    const struct target *t = e->target;
    uint64_t step, own;
    e->inside = false;
    step = execution_step_now(e);
    own = execution_step_of(e, t);
    if (e->pulse)
        e->pulse(e->pulse_context, step);
    if (!e->dealing)
        e->life.count = 0;
    if (t->vm)
        e->known = (struct guest_state){*t->vm->vcpu.ctx, t->vm->vcpu.priv, t->vm->clock};
    e->fresh = !was_met(e, own);
    if (e->fresh && step != e->now.step)
        e->now = (struct moment){step, 0};
    else if (e->fresh && !e->told)
        e->now.stage++;
    e->told = false;
    e->met[t->number] = own + 1;
    if (checkpoints_wanted(e->checkpoints, e->now)) {
        struct position here = execution_position(e);
        checkpoints_take(e->checkpoints, &here, false);
    }
    if (e->fresh)
        arrive(e, PLACE_BETWEEN, e->wish.each_step);
    if (e->wish.leave) {
        e->place = PLACE_BETWEEN;
        halt(e, RAN_TO_GOAL);
    }
}

/* --- waiting for input -------------------------------------------------------------------------------------------------- */

/* The guest has asked in vain: has it done so for long? What it did in between must come out the same however often it is asked. */
static bool waits_long(struct execution *e, struct waiting *w, uint64_t now)
{
    const struct target *t = e->target;
    uint64_t step = execution_step_of(e, t), waited = now - w->since.now;
    size_t written;
    t->ops->console(t->owner, &written);
    bool known = w->known && written == w->console;
    if (known && waited < WAIT_LONG)
        return w->long_enough;
    bool busy = known && (step - w->since.steps) * WAIT_SHARE >= waited;
    w->known = true;
    w->since.steps = step;
    w->since.now = now;
    w->console = written;
    return known && !busy && t->ops->unread(t->owner) == 0; /* else it will get something: this has been */
}

/* Called in the middle of a wfi, mostly, at a place that cannot be left. */
static void asked(void *context, unsigned guest, uint64_t now)
{
    struct execution *e = context;
    struct waiting *w = &e->waiting[guest];
    e->target = &e->targets[guest];
    w->asked = true;
    w->long_enough = waits_long(e, w, now);
}

static bool all_wait(const struct execution *e)
{
    bool all = true;
    unsigned status;
    for (unsigned i = 0; i < e->count; i++) {
        const struct target *t = &e->targets[i];
        bool waits = e->waiting[i].long_enough && (!t->vm || t->vm->vcpu.waiting);
        all &= waits || t->ops->end(t->owner, &status).reason != END_NONE;
    }
    return all;
}

/* The guest stands in its wfi. That is a moment if it was asked for here, or if it wants input. Returns whether it was changed. */
static bool wait(struct execution *e)
{
    struct waiting *w = &e->waiting[e->target->number];
    uint64_t step = execution_step_now(e);
    struct moment here = {step, step == e->now.step ? e->now.stage : 0};
    bool goal =
        e->quiet && w->asked && goal_step(e) == here.step && e->wish.goal.stage == here.stage && step != e->now.step;
    bool waiting = w->asked && w->long_enough && all_wait(e);
    w->asked = false;
    if (!waiting && !execution_interrupted(e) && !goal && !e->wish.leave)
        return false;
    if (waiting)
        for (unsigned i = 0; i < e->count; i++)
            e->waiting[i].long_enough = false; /* until it has waited as long again */
    e->told |= step != e->now.step;
    e->now = here;
    e->place = PLACE_IDLE;
    e->changed = false;
    halt(e, execution_interrupted(e) ? RAN_INTERRUPTED : goal || e->wish.leave ? RAN_TO_GOAL : RAN_WAITING);
    return e->changed;
}

static bool machine_waits(void *context)
{
    return wait(context);
}

static void machine_between(void *context)
{
    between(context);
}

/* It begins where the guest has stood between two steps; or with a trap that it takes itself, and what follows that. */
static void live(struct execution *e, enum vm_stage stage)
{
    struct life *l = &e->life;
    bool entered = l->count && l->stage[l->count - 1] == STAGE_enter;
    if ((stage == STAGE_trap && !entered) || (stage == STAGE_reflect && !e->dealing))
        l->count = 0;
    if (l->count < LIFE_MOST)
        l->stage[l->count++] = stage;
}

static void reach_stage(struct execution *e, uint64_t step, enum vm_stage stage)
{
    if (!was_met(e, step - execution_others(e)))
        new_step(e, step, PLACE_STAGE);
    e->stage = stage;
    live(e, stage);
    e->now.stage++;
    arrive(e, PLACE_STAGE, e->wish.each_stage);
}

static void copy_detail(struct execution *e, enum vm_stage stage, const void *detail)
{
    static const size_t sizes[] = {
#define STAGE_SIZE_void 0
#define STAGE(name, type, meaning) [STAGE_##name] = _Generic((type *)0, void * : 0, default : sizeof(*(type *)0)),
#include "vmm/stage.def"
    };
    if (detail)
        memcpy(&e->detail, detail, sizes[stage]);
}

/* --- the timeline ---------------------------------------------------------------------------------------------------------- */

static void timeline_add(struct execution *e)
{
    struct timeline *t = &e->timeline;
    const struct vm *vm = e->target->vm;
    t->entry[t->count++ % TIMELINE] = (struct timeline_entry){
        .moment = e->now,
        .reason = vm->exit_reason,
        .guest = e->target->number,
        .step = e->now.step - execution_others(e),
        .pc = e->known_pc,
        .left = e->exit.left,
    };
    if (t->count - t->first > TIMELINE)
        t->first = t->count - TIMELINE;
}

/* The guest went on when the hardware was entered for what has now come back. */
static void timeline_close(struct execution *e)
{
    struct timeline_entry *last = &e->timeline.entry[(e->timeline.count - 1) % TIMELINE];
    if (e->timeline.count > e->timeline.first && !last->cycles)
        last->cycles = e->detail.exit.entered - last->left;
}

/* What lies later than the present has not been. */
void execution_cut_timeline(struct execution *e)
{
    struct timeline *t = &e->timeline;
    while (t->count > t->first && moment_before(e->now, t->entry[(t->count - 1) % TIMELINE].moment))
        t->count--;
}

static void follow_exit(struct execution *e, enum vm_stage stage)
{
    if (stage == STAGE_trap) {
        e->exit = e->detail.exit;
        e->known_pc = e->target->vm->vcpu.ctx->pc;
        timeline_close(e);
    } else if (stage == STAGE_done) {
        timeline_add(e);
    }
}

static void stage(void *context, enum vm_stage stage, const void *detail)
{
    const struct guest_probe *p = context;
    struct execution *e = p->execution;
    e->target = p->target;
    if (stage == STAGE_between || stage == STAGE_waits) {
        e->inside = false;
        if (stage == STAGE_waits)
            wait(e);
        else
            between(e);
        return;
    }
    e->inside = stage == STAGE_enter;
    e->entered = e->target->machine->clock;
    e->dealing = stage == STAGE_trap || e->dealing;
    copy_detail(e, stage, detail);
    follow_exit(e, stage);
    reach_stage(e, execution_step_now(e), stage);
    e->dealing = stage != STAGE_done && e->dealing;
}

/* The guest takes a trap itself: natively, or with hardware assistance. The hart is in the middle of a run whose length was chosen
 * for an older wish: it is to come back and look. */
static void machine_trap(void *context, const struct trap_note *note)
{
    struct execution *e = context;
    const struct vm *vm = e->target->vm;
    struct hart *h = &e->target->machine->hart;
    h->steps_end -= (uint64_t)h->left;
    h->left = 0;
    e->detail.trap = (struct stage_trap){note->cause, note->tval, note->epc};
    reach_stage(e, execution_others(e) + (vm ? vm->clock.steps + note->step - e->entered.steps : note->step),
                STAGE_reflect);
}
/* --- being told ----------------------------------------------------------------------------------------------------------- */

void execution_watch(struct execution *e)
{
    struct machine *m = e->targets->machine;
    e->targets->ops->on_asked(e->targets->owner, asked, e);
    m->probe = (struct machine_probe){
        .look = look,
        .between = e->targets->vm ? NULL : machine_between,
        .waits = e->targets->vm ? NULL : machine_waits,
        .trap = machine_trap,
        .context = e,
    };
    for (unsigned i = 0; i < e->count; i++) {
        e->probe[i] = (struct guest_probe){e, &e->targets[i]};
        if (e->targets[i].vm)
            e->targets[i].vm->probe = (struct vm_probe){stage, &e->probe[i]};
    }
}

void execution_unwatch(struct execution *e)
{
    e->targets->ops->on_asked(e->targets->owner, NULL, NULL);
    e->targets->machine->probe = (struct machine_probe){0};
    for (unsigned i = 0; i < e->count; i++)
        if (e->targets[i].vm)
            e->targets[i].vm->probe = (struct vm_probe){0};
}
