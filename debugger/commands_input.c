/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Typing to the guest.
 */
#include <string.h>

#include "debugger/command.h"
#include "isa/script.h"

/* The guest could be given nothing so far. What it has asked for is asked again: that changes when the monitor looks after its
 * devices, and it costs exits, but nothing that the guest can see. */
static bool begin_typing(struct debugger *d)
{
    const struct target *t = d->target;
    if (t->ops->typed(t->owner))
        return true;
    if (checkpoints_changed(d->execution->checkpoints))
        return debugger_fail(d,
                             "its input has ended before you changed the guest: type \"\" at the beginning keeps it open");
    if (!execution_restart(d->execution, t, t->ops->begin_typing))
        return debugger_fail(d, "this moment was not found again");
    debugger_moved(d);
    return true;
}

bool debugger_type(struct debugger *d, const void *bytes, size_t n)
{
    const struct target *t = d->target;
    unsigned status;
    if (d->execution->place == PLACE_END && t->ops->end(t->owner, &status).reason != END_IDLE)
        return debugger_fail(d, "the guest has ended");
    if (!begin_typing(d))
        return false;
    if (n) {
        t->ops->type(t->owner, d->shown.guest.clock.now, bytes, n);
        execution_typed(d->execution);
    }
    return true;
}

static bool type_text(struct debugger *d, const char *text, const char *end)
{
    uint8_t bytes[SCRIPT_TEXT_MAX + 2];
    size_t n = 0;
    const char *mistake = script_text(text, strlen(text), bytes, &n);
    if (mistake)
        return debugger_fail(d, "%s", mistake);
    for (; *end; end++)
        bytes[n++] = (uint8_t)*end;
    return debugger_type(d, bytes, n);
}

static bool run_type(struct debugger *d, const char *arguments)
{
    if (!*arguments)
        return debugger_fail(d, "which text? type TEXT");
    return type_text(d, arguments, "");
}

static bool run_send(struct debugger *d, const char *arguments)
{
    return type_text(d, arguments, "\n");
}

const struct command commands_input[] = {
    {"send", NULL, "[TEXT]",
     "type a line to the guest, which it finds when it next looks (continue)\n"
     "It is typed at this step. After going back, the guest gets it there again; unless you type something else before.",
     "send ls", run_send, false, COMPLETE_NOTHING},
    {"type", NULL, "TEXT",
     "the same without a newline behind it; \\n \\r \\t \\e \\\\ \\\" \\xHH are what they are in C\n"
     "\"TEXT\" keeps blanks at its ends; type \"\" types nothing, but the input stays open.",
     "type \"y\\n\"", run_type, false, COMPLETE_NOTHING},
    {0},
};
