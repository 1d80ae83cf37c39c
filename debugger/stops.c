/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's stops.
 */
#include "stops.h"

#include "debugger/expression.h"
#include "debugger/memory.h"

struct stops *stops_new(void)
{
    return memory_zero(sizeof(struct stops));
}

static void clear(struct stop *s)
{
    expression_free(s->watched);
    expression_free(s->condition);
    free(s->text);
}

void stops_free(struct stops *s)
{
    for (unsigned i = 0; s && i < s->count; i++)
        clear(&s->all[i]);
    free(s);
}

struct stop *stops_add(struct stops *s, const struct stop *stop)
{
    if (s->count == STOPS_MOST)
        return NULL;
    struct stop *added = &s->all[s->count++];
    *added = *stop;
    added->number = ++s->last;
    added->enabled = true;
    return added;
}

struct stop *stops_find(struct stops *s, unsigned number)
{
    for (unsigned i = 0; i < s->count; i++)
        if (s->all[i].number == number)
            return &s->all[i];
    return NULL;
}

void stops_delete(struct stops *s, struct stop *stop)
{
    clear(stop);
    memmove(stop, stop + 1, (size_t)(&s->all[--s->count] - stop) * sizeof *stop);
    s->met = NULL;
}

static bool at_stages(const struct stop *stop)
{
    return stop->kind == STOP_EXIT || stop->kind == STOP_TRAP;
}

void stops_begin(struct stops *s, const struct execution *e)
{
    s->each_step = s->each_stage = false;
    s->met = NULL;
    for (unsigned i = 0; i < s->count; i++) {
        struct stop *stop = &s->all[i];
        if (!stop->enabled)
            continue;
        s->each_step |= !at_stages(stop);
        s->each_stage |= at_stages(stop);
        if (stop->kind == STOP_CHANGE)
            stop->known = expression_value(
                stop->watched, &(struct scene){e, stop->guest, execution_guest_of(e, stop->guest)}, &stop->value);
    }
}

static bool changed(struct stop *stop, const struct scene *scene)
{
    uint64_t value;
    bool known = expression_value(stop->watched, scene, &value), change = known && (!stop->known || value != stop->value);
    stop->old = stop->value;
    stop->value = value;
    stop->known = known;
    return change;
}

static bool happens(struct stop *stop, const struct scene *scene)
{
    const struct execution *e = scene->execution;
    bool stage = e->place == PLACE_STAGE && e->now.stage > 0;
    switch (stop->kind) {
    case STOP_ADDRESS:
        return !stage && scene->guest.ctx.pc == stop->address;
    case STOP_CHANGE:
        return !stage && changed(stop, scene);
    case STOP_CONDITION:
        return !stage;
    case STOP_TRAP:
        return stage && (e->stage == STAGE_trap || (e->stage == STAGE_reflect && !e->dealing));
    case STOP_EXIT:
        return stage && e->stage == STAGE_done &&
               (stop->reason == EXIT_count || scene->target->vm->exit_reason == stop->reason);
    }
    return false;
}

bool stops_ask(struct stops *s, const struct scene *scene, bool count)
{
    bool met = false;
    for (unsigned i = 0; i < s->count; i++) {
        struct stop *stop = &s->all[i];
        uint64_t holds = 1;
        if (!stop->enabled || stop->guest != scene->target || !happens(stop, scene))
            continue;
        if (stop->condition && (!expression_value(stop->condition, scene, &holds) || !holds))
            continue;
        if (count)
            stop->hits++;
        if (count && stop->ignored) {
            stop->ignored--;
            continue;
        }
        if (!met)
            s->met = stop;
        met = true;
    }
    return met;
}
