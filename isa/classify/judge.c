/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tests, each on two states s and u. A pair of which one ends in a memory trap says nothing and is dropped.
 *
 *   privileged  differ in M: is it always Normal in s, Trap in u?
 *   control     one state: it completes, and M, R or K changed
 *   location    differ in R, the frames being moved along: do E, X, P come out the same?
 *   mode        differ in M, both complete and keep M and R: do E, X, P come out the same?
 *   pointwise   a user state that completes though it is sensitive there, or though s would have done something else
 */
#include "judge.h"

#include <string.h>

#define EXP (1u << PART_MEMORY | 1u << PART_REGISTERS | 1u << PART_PC)
#define ANY_EFFECT (1u << PART_MODE | 1u << PART_RELOCATION | 1u << PART_CONTROL | 1u << PART_CLOCK)
#define FLIPS_MOST 6000
#define SHIFTS_MOST 64
#define CHECKS 4 /* trials of each kind that are made again with other values of what they did not use */

/* --- one pair ------------------------------------------------------------------------------------------------------------------- */

static bool survives(const struct outcome *x, const struct outcome *y)
{
    return x->kind != OUTCOME_MEMTRAP && y->kind != OUTCOME_MEMTRAP;
}

static bool keeps(const struct start *start, const struct outcome *out)
{
    return out->kind == OUTCOME_NORMAL && !(outcome_effects(start, out) & (1u << PART_MODE | 1u << PART_RELOCATION));
}

static bool ends_differ(const struct replay *r, unsigned parts)
{
    const struct outcome *x = &r->end[0], *y = &r->end[1];
    if (x->kind != y->kind)
        return true;
    if (x->kind == OUTCOME_TRAP)
        return x->cause != y->cause || x->tval != y->tval;
    return outcome_difference(&r->start[0], x, &r->start[1], y) & parts;
}

/* Would s (state 0) have done something else than u (state 1), which completed? */
static bool acts_differently(const struct replay *r)
{
    if (!survives(&r->end[0], &r->end[1]) || r->end[1].kind != OUTCOME_NORMAL)
        return false;
    return r->end[0].kind == OUTCOME_TRAP || r->end[0].mode != r->start[0].mode || r->end[1].mode != r->start[1].mode ||
           ends_differ(r, EXP | 1u << PART_RELOCATION | 1u << PART_CONTROL | 1u << PART_CLOCK);
}

/* State 1 is state 0 with one bit of K turned over: does anything else come out otherwise? */
static bool configuration_matters(const struct replay *r, enum field f)
{
    struct replay other = *r;
    uint64_t *x = control_field(&other.end[0].csr, f), *y = control_field(&other.end[1].csr, f);
    uint64_t bit = *control_field(&other.start[0].csr, f) ^ *control_field(&other.start[1].csr, f);
    if (!survives(&r->end[0], &r->end[1]))
        return false;
    if (((*x ^ *y) & ~bit) == 0)
        *x = *y;
    return ends_differ(&other, EXP | 1u << PART_MODE | 1u << PART_RELOCATION | 1u << PART_CONTROL);
}

static bool location_matters(const struct replay *r)
{
    return survives(&r->end[0], &r->end[1]) && ends_differ(r, EXP);
}

bool judge_shows(enum test test, const struct replay *r)
{
    const struct outcome *x = &r->end[0], *y = &r->end[1];
    switch (test) {
    case TEST_PRIVILEGED:
        return survives(x, y) && !(x->kind == OUTCOME_NORMAL && y->kind == OUTCOME_TRAP);
    case TEST_CONTROL:
        return x->kind == OUTCOME_NORMAL && (outcome_effects(&r->start[0], x) & ANY_EFFECT);
    case TEST_LOCATION:
        return location_matters(r);
    case TEST_MODE:
        return keeps(&r->start[0], x) && keeps(&r->start[1], y) &&
               (outcome_difference(&r->start[0], x, &r->start[1], y) & EXP);
    case TEST_CONFIG:
        for (unsigned f = 0; f < FIELD_count; f++)
            if (control_bits((enum field)f) && *control_field((struct csr_file *)&r->start[0].csr, (enum field)f) !=
                                                   *control_field((struct csr_file *)&r->start[1].csr, (enum field)f))
                return configuration_matters(r, (enum field)f);
        return false;
    case TEST_CLOCK:
        return survives(x, y) && ends_differ(r, EXP | 1u << PART_MODE | 1u << PART_RELOCATION | 1u << PART_CONTROL);
    case TEST_POINTWISE:
        return acts_differently(r) ||
               (y->kind == OUTCOME_NORMAL && ((outcome_effects(&r->start[1], y) & ANY_EFFECT) ||
                                              (r->start[0].layout != r->start[1].layout && location_matters(r))));
    default:
        return false;
    }
}

/* --- one trial -------------------------------------------------------------------------------------------------------------------- */

/* A trial under way. */
struct trial {
    struct variant *v;
    const struct assignment *at;
    uint64_t configs; /* those that agree with the choices used */
};

static void run(struct variant *v, const struct assignment *at, enum mode mode, enum layout layout, struct start *start,
                struct outcome *end)
{
    subject_start(v->subject, at, mode, layout, start);
    subject_run(v->subject, start, end);
    v->row->executions++;
    v->row->mmu_wrote |= end->mmu_wrote;
    for (unsigned i = 0; i < FIELD_WORDS; i++)
        v->row->reads.bits[i] |= end->reads.bits[i];
    if (layout == LAYOUT_BARE)
        v->row->ends[mode][end->kind]++;
}

static void found(const struct trial *t, enum test test, const struct replay *r)
{
    struct witness *w = &t->v->row->witness[test];
    if (w->found)
        return;
    *w = (struct witness){.found = true,
                          .insn = t->v->insn,
                          .assignment = *t->at,
                          .layout = {r->start[0].layout, r->start[1].layout},
                          .mode = {r->start[0].mode, r->start[1].mode}};
}

/* The configurations that agree with a value of a choice: bit n of their index is choice n of these. */
static uint64_t configs_with(unsigned choice, unsigned value)
{
    static const uint64_t with[] = {
        [CHOICE_tvm] = UINT64_C(0xaaaaaaaaaaaaaaaa),  [CHOICE_tw] = UINT64_C(0xcccccccccccccccc),
        [CHOICE_tsr] = UINT64_C(0xf0f0f0f0f0f0f0f0),  [CHOICE_stce] = UINT64_C(0xff00ff00ff00ff00),
        [CHOICE_mcen] = UINT64_C(0xffff0000ffff0000), [CHOICE_scen] = UINT64_C(0xffffffff00000000),
    };
    if (value == 0)
        return ~with[choice];
    return value + 1 == choice_values[choice] ? with[choice] : 0; /* some counters only: none that has a name */
}

static void begin(struct trial *t, const uint8_t *used, unsigned count)
{
    t->configs = CONFIGS_ALL;
    for (unsigned i = 0; i < count; i++) {
        unsigned value = t->at->value[used[i]];
        switch (used[i]) {
        case CHOICE_tvm:
        case CHOICE_tw:
        case CHOICE_tsr:
        case CHOICE_stce:
        case CHOICE_mcen:
        case CHOICE_scen:
            t->configs &= configs_with(used[i], value);
        }
    }
}

/* Completes in the mode; what it changed. */
static void judge_one(const struct trial *t, const struct start *start, const struct outcome *end)
{
    if (end->kind != OUTCOME_NORMAL)
        return;
    t->v->completes[start->mode] |= t->configs;
    if (!(outcome_effects(start, end) & ANY_EFFECT))
        return;
    struct replay r = {.start = {*start, *start}, .end = {*end, *end}};
    t->v->effects[start->mode] |= t->configs;
    found(t, TEST_CONTROL, &r);
    if (start->mode == MODE_U) {
        t->v->pointwise |= t->configs;
        found(t, TEST_POINTWISE, &r);
    }
}

static void judge_modes(const struct trial *t, const struct replay *r)
{
    struct variant *v = t->v;
    if (acts_differently(r)) {
        v->pointwise |= t->configs;
        found(t, TEST_POINTWISE, r);
    }
    if (r->start[0].mode == MODE_M || !survives(&r->end[0], &r->end[1]))
        return;
    v->pairs_mode++;
    if (!keeps(&r->start[0], &r->end[0]) || !keeps(&r->start[1], &r->end[1]))
        return;
    v->pairs_both++;
    if (judge_shows(TEST_MODE, r)) {
        v->mode |= t->configs;
        found(t, TEST_MODE, r);
    }
}

static void judge_privileged(const struct trial *t, const struct replay *r)
{
    enum mode s = r->start[0].mode;
    if (!survives(&r->end[0], &r->end[1]))
        return;
    t->v->pairs[s] += (uint32_t)(t->configs & 1);
    if (judge_shows(TEST_PRIVILEGED, r)) {
        t->v->against[s] |= t->configs;
        if (r->end[1].kind == OUTCOME_NORMAL)
            found(t, TEST_PRIVILEGED, r);
    }
}

static void judge_location(const struct trial *t, const struct replay *r)
{
    struct variant *v = t->v;
    enum mode mode = r->start[0].mode;
    if (!survives(&r->end[0], &r->end[1]))
        return;
    v->pairs_location++;
    if (!location_matters(r))
        return;
    v->location[mode] |= t->configs;
    found(t, TEST_LOCATION, r);
    if (mode == MODE_U && r->end[1].kind == OUTCOME_NORMAL) {
        v->pointwise |= t->configs;
        found(t, TEST_POINTWISE, r);
    }
}

/* --- is it true that nothing else was read? ----------------------------------------------------------------------------------- */

/* All choices that the trial did not use get their last value: everything must come out as before. This does not trust the
 * compiler to report every read. */
static void check_unused(const struct trial *t, const uint8_t *used, unsigned count, const struct start *start,
                         const struct outcome *end)
{
    struct variant *v = t->v;
    struct assignment other = *t->at;
    struct start begin;
    struct outcome now;
    for (unsigned c = 0; c < CHOICE_count; c++)
        if (!memchr(used, (int)c, count))
            other.value[c] = (uint8_t)((v->insn.spare && c == CHOICE_x1 ? 4 : choice_values[c]) - 1);
    subject_start(v->subject, &other, start->mode, start->layout, &begin);
    subject_run(v->subject, &begin, &now);
    v->row->executions++;
    bool same = now.kind == end->kind && now.cause == end->cause;
    if (same && now.kind == OUTCOME_NORMAL)
        same = outcome_effects(&begin, &now) == outcome_effects(start, end);
    v->row->untested += !same;
}

/* --- configuration and clock: one more execution each, from a state that completed ------------------------------------------ */

static bool reads_part(const struct outcome *end, enum part part)
{
    for (unsigned f = 0; f < FIELD_count; f++)
        if (field_in(&end->reads, f) && field_infos[f].part == part)
            return true;
    return false;
}

static void turn_bits(const struct trial *t, struct replay *r, enum field f)
{
    struct variant *v = t->v;
    uint64_t bits = control_bits(f);
    for (unsigned bit = 0; bit < 64 && !v->row->config && v->flips < FLIPS_MOST; bit++) {
        if (!(bits >> bit & 1))
            continue;
        r->start[1] = r->start[0];
        *control_field(&r->start[1].csr, f) ^= UINT64_C(1) << bit;
        subject_run(v->subject, &r->start[1], &r->end[1]);
        v->flips++;
        v->row->executions++;
        if (configuration_matters(r, f)) {
            v->row->config = true;
            found(t, TEST_CONFIG, r);
            v->row->witness[TEST_CONFIG].field = (uint8_t)f;
            v->row->witness[TEST_CONFIG].bit = (uint8_t)bit;
        }
    }
}

static void judge_config(const struct trial *t, const struct start *start, const struct outcome *end)
{
    if (t->v->row->config || end->kind != OUTCOME_NORMAL)
        return;
    struct replay r = {.start = {*start}, .end = {*end}};
    for (unsigned f = 0; f < FIELD_count; f++)
        if (field_in(&end->reads, f) && field_infos[f].part == PART_CONTROL)
            turn_bits(t, &r, (enum field)f);
}

static void shift_clock(struct start *start)
{
    start->clock.steps += 500;
    start->clock.insns += 400;
    start->clock.now += 600000;
    start->clock.time_offset += 12345;
}

static void judge_clock(const struct trial *t, const struct start *start, const struct outcome *end)
{
    struct variant *v = t->v;
    if (v->row->clock || v->shifts == SHIFTS_MOST || end->kind != OUTCOME_NORMAL || !reads_part(end, PART_CLOCK))
        return;
    struct replay r = {.start = {*start, *start}, .end = {*end}};
    shift_clock(&r.start[1]);
    subject_run(v->subject, &r.start[1], &r.end[1]);
    v->shifts++;
    v->row->executions++;
    if (judge_shows(TEST_CLOCK, &r)) {
        v->row->clock = true;
        found(t, TEST_CLOCK, &r);
    }
}

/* --- where nothing completed: there is nothing to compare but the traps ------------------------------------------------------ */

static bool all_trapped(const struct outcome *end, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (end[i].kind != OUTCOME_TRAP)
            return false;
    return true;
}

static void trapped_bare(const struct trial *t)
{
    struct variant *v = t->v;
    for (enum mode s = MODE_S; s <= MODE_M; s += MODE_M - MODE_S) {
        v->pairs[s] += (uint32_t)(t->configs & 1);
        v->against[s] |= t->configs;
    }
    v->pairs_mode++;
}

/* --- both kinds of trials --------------------------------------------------------------------------------------------------------- */

static unsigned trial_bare(struct trial *t, uint8_t used[CHOICE_count])
{
    static const enum mode modes[3] = {MODE_U, MODE_S, MODE_M};
    struct start start[3];
    struct outcome end[3];
    for (unsigned i = 0; i < 3; i++)
        run(t->v, t->at, modes[i], LAYOUT_BARE, &start[i], &end[i]);
    unsigned count = subject_used(t->v->subject, used);
    begin(t, used, count);
    for (unsigned i = 0; i < 3 && t->v->checked < CHECKS; i++)
        check_unused(t, used, count, &start[i], &end[i]);
    t->v->checked++;
    if (all_trapped(end, 3)) {
        trapped_bare(t);
        return count;
    }
    for (unsigned i = 0; i < 3; i++)
        judge_one(t, &start[i], &end[i]);
    for (unsigned i = 1; i < 3; i++) {
        struct replay r = {.start = {start[i], start[0]}, .end = {end[i], end[0]}};
        judge_privileged(t, &r);
        judge_modes(t, &r);
    }
    for (unsigned i = 0; i < 3; i++) {
        judge_config(t, &start[i], &end[i]);
        judge_clock(t, &start[i], &end[i]);
    }
    return count;
}

static unsigned trial_paged(struct trial *t, uint8_t used[CHOICE_count])
{
    struct replay of[2]; /* by mode U, S: near and far */
    for (enum mode mode = MODE_U; mode <= MODE_S; mode++)
        for (unsigned far = 0; far < 2; far++)
            run(t->v, t->at, mode, far ? LAYOUT_FAR : LAYOUT_NEAR, &of[mode].start[far], &of[mode].end[far]);
    unsigned count = subject_used(t->v->subject, used);
    begin(t, used, count);
    for (enum mode mode = MODE_U; mode <= MODE_S && t->v->checked_paged < CHECKS; mode++)
        check_unused(t, used, count, &of[mode].start[0], &of[mode].end[0]);
    t->v->checked_paged++;
    for (enum mode mode = MODE_U; mode <= MODE_S; mode++) {
        judge_one(t, &of[mode].start[0], &of[mode].end[0]);
        judge_one(t, &of[mode].start[1], &of[mode].end[1]);
        judge_location(t, &of[mode]);
    }
    struct replay modes = {.start = {of[MODE_S].start[0], of[MODE_U].start[0]},
                           .end = {of[MODE_S].end[0], of[MODE_U].end[0]}};
    judge_modes(t, &modes);
    return count;
}

unsigned judge_trial(struct variant *v, const struct assignment *at, bool paged, uint8_t used[CHOICE_count])
{
    struct trial t = {.v = v, .at = at};
    subject_trial(v->subject);
    return paged ? trial_paged(&t, used) : trial_bare(&t, used);
}
