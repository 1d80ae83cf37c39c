/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The life of the present trap: the stages that it has come through, the present one marked, and what that is about.
 */
#include "debugger/command.h"
#include "debugger/view.h"

static const char *const stage_names[] = {
#define STAGE(name, type, meaning) [STAGE_##name] = #name,
#include "vmm/stage.def"
};

void view_life(struct debugger *d)
{
    const struct execution *e = d->execution;
    const struct life *l = &e->life;
    if (scene_place(&d->shown) != PLACE_STAGE || e->now.stage == 0 || l->count == 0) {
        fprintf(d->out, "no trap is being dealt with; trap goes to the next one\n");
        return;
    }
    for (unsigned i = 0; i + 1 < l->count; i++)
        fprintf(d->out, "%s > ", stage_names[l->stage[i]]);
    fprintf(d->out, "%s[%s]%s\n", style(d, STYLE_CHANGED), stage_names[e->stage], style(d, STYLE_PLAIN));
    view_stage(d, false);
}
