/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both sessions can be stopped at exactly step T, so they are compared at some T, first far apart, then closer, on fresh
 * machines each time, until the step is found before which they are equal and behind which they are not.
 */
#include "difference.h"

#include <string.h>

#include "message.h"

#define PARTS 64 /* looks in a pass */

struct pair {
    struct session *expected, *got;
    const struct flip *flip;
    bool flipped;
};

void difference_flip(const struct session *s, const struct flip *f)
{
    struct state state = session_state(s, 0);
    if (f->wanted && !state_flip(&state, f->what, f->bit))
        refuse("--flip %s:%u: there is no such bit of the state", f->what, f->bit);
}

static struct pair pair_open(const struct session_config *expected, const struct session_config *got,
                             const struct flip *flip)
{
    return (struct pair){session_open(expected), session_open(got), flip, false};
}

static void pair_close(struct pair *p)
{
    session_close(p->expected);
    session_close(p->got);
}

/* Both go on for so many steps. Returns whether any can go on after that. */
static bool pair_run(struct pair *p, uint64_t steps, uint64_t budget)
{
    bool a = session_run(p->expected, steps), b = session_run(p->got, steps);
    if ((!b || p->got->steps >= budget) && !p->flipped) {
        difference_flip(p->got, p->flip);
        p->flipped = true;
    }
    return a || b;
}

static bool pair_differs(const struct pair *p, struct difference *d)
{
    struct state a = session_state(p->expected, 0), b = session_state(p->got, 0);
    struct state_difference found;
    if (!state_differs(&a, &b, &found) &&
        !state_value_differs(&found, "console", console_hash(session_console(p->expected, 0)),
                             console_hash(session_console(p->got, 0))) &&
        !state_value_differs(&found, "traps", session_trap_hash(p->expected, 0), session_trap_hash(p->got, 0)))
        return false;
    memcpy(d->what, found.what, sizeof d->what);
    d->expected = found.expected;
    d->got = found.got;
    return true;
}

/* From *lo, where both are equal, looks every `stride` steps for a difference. Leaves the last equal look in *lo. Returns
 * false if both have come to their end without any. */
static bool find_stride(struct pair *p, uint64_t *lo, uint64_t stride, uint64_t budget, struct difference *d)
{
    bool going = *lo == 0 || pair_run(p, *lo, budget);
    for (;;) {
        d->pc = session_state(p->expected, 0).ctx->pc;
        if (!going || *lo >= budget)
            return false;
        going = pair_run(p, stride, budget);
        if (pair_differs(p, d))
            return true;
        *lo += stride;
    }
}

struct difference difference_find(const struct session_config *expected, const struct session_config *got,
                                  const struct flip *flip)
{
    uint64_t budget = expected->options->max_insns, lo = 0, stride = UINT64_C(1) << 24;
    struct difference d = {.what = "disk"};
    for (;; stride = stride > PARTS ? stride / PARTS : 1) {
        struct pair p = pair_open(expected, got, flip);
        bool found = find_stride(&p, &lo, stride, budget, &d);
        pair_close(&p);
        d.step = lo;
        if (!found || stride == 1)
            return d;
    }
}
