/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running forwards.
 */
#include "debugger/command.h"
#include "debugger/memory.h"
#include "isa/insn.h"

#define NOWHERE ((struct moment){UINT64_MAX, 0})

static struct moment steps_later(const struct debugger *d, uint64_t n)
{
    uint64_t now = debugger_step(d);
    return n > UINT64_MAX - 1 - now ? NOWHERE : (struct moment){now + n, 0};
}

static bool run_stepi(struct debugger *d, const char *arguments)
{
    uint64_t n;
    return argument_count(d, arguments, 1, &n) && debugger_run(d, (struct wish){.goal = steps_later(d, n)}, n > 1);
}

static bool run_continue(struct debugger *d, const char *arguments)
{
    return argument_none(d, arguments) && debugger_run(d, (struct wish){.goal = NOWHERE}, true);
}

/* --- over calls, out of functions ------------------------------------------------------------------------------------------ */

#define RA 1

/* On the way through code: how deep in calls, of the mode that it began in. */
struct way {
    const struct debugger *debugger;
    enum mode mode;
    uint64_t last, from; /* the step looked at last; pc at the beginning */
    int64_t depth;       /* calls made, less returns */
    int64_t until;       /* stop when depth gets there ... */
    bool past;           /* ... and pc is behind `from` */
};

/* The instruction at the guest's pc. */
static bool fetch(const struct scene *s, struct insn *i)
{
    uint8_t bytes[4] = {0};
    size_t done;
    debugger_read(s, s->guest.ctx.pc, false, bytes, 4, &done);
    return done >= 2 && insn_decode_in(s->target->profile, (uint32_t)bytes_get(bytes, 4), i);
}

static int64_t calls(const struct insn *i)
{
    struct insn base = *i;
    insn_expand(&base);
    if (base.id != INSN_jal && base.id != INSN_jalr)
        return 0;
    if (base.rd == RA)
        return 1;
    return base.id == INSN_jalr && base.rd == 0 && base.rs1 == RA ? -1 : 0;
}

/* Called at each step, before its instruction: whether the one before has brought it there; then what this one will do. */
static bool is_there(void *context)
{
    struct way *w = context;
    const struct execution *e = w->debugger->execution;
    struct scene s = {e, e->target, execution_guest(e)};
    struct insn i;
    if (e->now.step == w->last || s.guest.priv.mode != w->mode)
        return false;
    w->last = e->now.step;
    if (w->depth <= w->until && (!w->past || s.guest.ctx.pc > w->from || w->depth < 0))
        return true;
    if (fetch(&s, &i))
        w->depth += calls(&i);
    return false;
}

static bool run_way(struct debugger *d, int64_t until, bool past)
{
    const struct scene *s = &d->shown;
    struct insn i;
    struct way w = {d, s->guest.priv.mode, d->execution->now.step, s->guest.ctx.pc, 0, until, past};
    if (fetch(s, &i))
        w.depth = calls(&i);
    if (until == 0 && w.depth < 0)
        w.until = w.depth;
    return debugger_run(d, (struct wish){.goal = NOWHERE, .each_step = true, .stop = is_there, .context = &w}, true);
}

static bool run_next(struct debugger *d, const char *arguments)
{
    uint64_t n;
    if (!argument_count(d, arguments, 1, &n))
        return false;
    d->held = false;
    while (n-- && !d->held)
        run_way(d, 0, false);
    return true;
}

static bool run_finish(struct debugger *d, const char *arguments)
{
    return argument_none(d, arguments) && run_way(d, -1, false);
}

struct address_wish {
    const struct execution *execution;
    uint64_t address, not_at;
};

static bool is_at(void *context)
{
    const struct address_wish *w = context;
    return w->execution->now.step != w->not_at && execution_guest(w->execution).ctx.pc == w->address;
}

static bool run_until(struct debugger *d, const char *arguments)
{
    struct address_wish w = {d->execution, 0, d->execution->now.step};
    const char *rest;
    if (!*arguments)
        return run_way(d, 0, true);
    if (!argument_address(d, arguments, &w.address, &rest) || !argument_none(d, rest))
        return false;
    return debugger_run(d, (struct wish){.goal = NOWHERE, .each_step = true, .stop = is_at, .context = &w}, true);
}

const struct command commands_running[] = {
    {"stepi", "si", "[N]", "one step of the guest, or N: an instruction, or a trap that it sees", "stepi 100", run_stepi,
     true, COMPLETE_EXPRESSION},
    {"step", "s", "[N]", "the same as stepi", "step", run_stepi, true, COMPLETE_EXPRESSION},
    {"next", "n", "[N]", "one instruction, or N; a call, with all that it does, counts as one", "next", run_next, true,
     COMPLETE_EXPRESSION},
    {"nexti", "ni", "[N]", "the same as next", "nexti 3", run_next, true, COMPLETE_EXPRESSION},
    {"continue", "c", "", "to the next stop, or to the end", "continue", run_continue, true, COMPLETE_NOTHING},
    {"until", "u", "[ADDRESS]", "to this address; without one, to a higher address than this: out of a loop",
     "until schedule", run_until, true, COMPLETE_EXPRESSION},
    {"finish", "fin", "", "until this function has returned", "finish", run_finish, true, COMPLETE_NOTHING},
    {0},
};
