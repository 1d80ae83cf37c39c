/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several guests on one machine: which is shown.
 */
#include <inttypes.h>
#include <string.h>

#include "debugger/command.h"
#include "debugger/name.h"
#include "debugger/view.h"
#include "vmm/technique/technique.h"

void view_guests(struct debugger *d)
{
    const struct execution *e = d->execution;
    for (unsigned i = 0; i < e->count; i++) {
        const struct target *t = &d->targets[i];
        struct guest_state g = execution_guest_of(e, t);
        char symbol[SYMBOL_TEXT];
        const struct scene s = {.target = t};
        unsigned status;
        bool ended = t->ops->end(t->owner, &status).reason != END_NONE;
        fprintf(d->out, "%c %u  %s, %s, T %" PRIu64 ", %s-mode at 0x%" PRIx64 "%s%s\n", t == d->target ? '*' : ' ', i + 1,
                t->name, execution_technique_name(e, t), e->count == 1 ? e->now.step : execution_step_of(e, t),
                mode_name(g.priv.mode), g.ctx.pc, scene_symbol(&s, g.ctx.pc, symbol, sizeof symbol),
                ended                            ? ", ended"
                : t == e->target && e->count > 1 ? ", runs"
                                                 : "");
    }
}

bool run_guest(struct debugger *d, const char *arguments)
{
    uint64_t n = d->target->number + 1;
    if (!argument_count(d, arguments, n, &n))
        return false;
    if (n < 1 || n > d->execution->count)
        return debugger_fail(d, "there is no guest %s; info guests lists them", arguments);
    debugger_choose(d, &d->targets[n - 1]);
    view_place(d);
    return true;
}
