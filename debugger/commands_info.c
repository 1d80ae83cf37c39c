/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Views, by `info` and `explain`.
 */
#include <inttypes.h>
#include <string.h>

#include "debugger/command.h"
#include "debugger/expression.h"
#include "debugger/lines.h"
#include "debugger/name.h"
#include "debugger/stops.h"
#include "debugger/view.h"

/* --- info ----------------------------------------------------------------------------------------------------------------- */

static bool info_registers(struct debugger *d, const char *arguments)
{
    uint64_t value;
    if (!*arguments) {
        view_registers(d);
        return true;
    }
    if (!argument_value(d, arguments, &value))
        return false;
    fprintf(d->out, "%s  0x%" PRIx64 "  %" PRId64 "\n", arguments, value, (int64_t)value);
    return true;
}

static bool info_breakpoints(struct debugger *d, const char *arguments)
{
    if (!argument_none(d, arguments))
        return false;
    for (unsigned i = 0; i < d->stops->count; i++) {
        const struct stop *s = &d->stops->all[i];
        fprintf(d->out, "%u  %s%s%s, met %" PRIu64 " times%s\n", s->number, s->kind == STOP_CHANGE ? "watch " : "break ",
                s->text, s->temporary ? " (once)" : "", s->hits, s->enabled ? "" : ", disabled");
    }
    if (!d->stops->count)
        fprintf(d->out, "no breakpoints\n");
    return true;
}

static bool info_csr(struct debugger *d, const char *arguments)
{
    const struct csr_row *csr = csr_find(arguments, strlen(arguments));
    if (!*arguments) {
        view_csrs(d);
        return true;
    }
    if (!csr)
        return debugger_fail(d, "'%s' is no CSR", arguments);
    view_csr(d, csr);
    return true;
}

static bool monitored(struct debugger *d)
{
    return d->target->vm || debugger_fail(d, "a native run has no monitor");
}

/* Views that take nothing, and those of them that need a monitor. */
#define VIEW(name)                                                                                                         \
    static bool info_##name(struct debugger *d, const char *arguments)                                                     \
    {                                                                                                                      \
        if (!argument_none(d, arguments))                                                                                  \
            return false;                                                                                                  \
        view_##name(d);                                                                                                    \
        return true;                                                                                                       \
    }
#define MONITOR_VIEW(name)                                                                                                 \
    static bool info_##name(struct debugger *d, const char *arguments)                                                     \
    {                                                                                                                      \
        if (!argument_none(d, arguments) || !monitored(d))                                                                 \
            return false;                                                                                                  \
        view_##name(d);                                                                                                    \
        return true;                                                                                                       \
    }
VIEW(vcpu)
VIEW(guests)
VIEW(map)
VIEW(state)
VIEW(life)
VIEW(cycles)
VIEW(counters)
VIEW(pages)
MONITOR_VIEW(exits)
MONITOR_VIEW(frames)

#define TIMELINE_SHOWN 20

static bool info_timeline(struct debugger *d, const char *arguments)
{
    uint64_t n;
    if (!argument_count(d, arguments, TIMELINE_SHOWN, &n) || !monitored(d))
        return false;
    view_timeline(d, n);
    return true;
}

#define CODE_SHOWN 10
#define CODE_MOST 4096
#define CODE_WIDTH 100

static bool info_code(struct debugger *d, const char *arguments)
{
    uint64_t n;
    if (!argument_count(d, arguments, CODE_SHOWN, &n))
        return false;
    view_listing(d, CODE_SHOWN / 2, (unsigned)(n < CODE_MOST ? n : CODE_MOST), CODE_WIDTH);
    return true;
}

#define MEMORY_SHOWN 8

static bool info_memory(struct debugger *d, const char *arguments)
{
    return view_memory(d, *arguments ? arguments : d->followed, MEMORY_SHOWN);
}

static bool info_symbol(struct debugger *d, const char *arguments)
{
    char text[SYMBOL_TEXT];
    uint64_t address;
    if (!argument_value(d, arguments, &address))
        return false;
    scene_symbol(&d->shown, address, text, sizeof text);
    fprintf(d->out, "0x%" PRIx64 "%s\n", address, text[0] ? text : " is in no symbol");
    return true;
}

static bool info_line(struct debugger *d, const char *arguments)
{
    uint64_t address = d->shown.guest.ctx.pc;
    const char *rest = "", *file;
    unsigned line;
    if (*arguments && (!argument_address(d, arguments, &address, &rest) || !argument_none(d, rest)))
        return false;
    if (!lines_at(d->lines, address, &file, &line))
        return debugger_fail(d, "no source is known of 0x%" PRIx64, address);
    fprintf(d->out, "0x%" PRIx64 " is %s, line %u\n", address, file, line);
    return true;
}

static bool info_console(struct debugger *d, const char *arguments)
{
    if (!argument_none(d, arguments))
        return false;
    view_console_all(d);
    return true;
}

static bool info_checkpoints(struct debugger *d, const char *arguments)
{
    const struct checkpoints *c = d->execution->checkpoints;
    if (!argument_none(d, arguments))
        return false;
    fprintf(d->out, "%u checkpoints, %" PRIu64 " KiB of at most %" PRIu64 " KiB\n", checkpoints_count(c),
            checkpoints_bytes(c) >> 10, checkpoints_most(c) >> 10);
    return true;
}

static bool info_status(struct debugger *d, const char *arguments)
{
    if (!argument_none(d, arguments))
        return false;
    struct guest_state g = d->shown.guest;
    view_place(d);
    fprintf(d->out, "state xxh64:%016" PRIx64 "\n", d->target->ops->hash(d->target->owner, &g.ctx, &g.priv, &g.clock));
    return true;
}

static const struct command info_commands[] = {
    {"registers", "r", "[NAME]", "the guest's registers", "info registers", info_registers, false, COMPLETE_EXPRESSION},
    {"breakpoints", "b", "", "stops that are set", "info breakpoints", info_breakpoints, false, COMPLETE_NOTHING},
    {"csr", NULL, "[NAME]", "the guest's CSRs; one of them by its parts", "info csr mstatus", info_csr, false,
     COMPLETE_CSR},
    {"vcpu", NULL, "", "real beside virtual: mode, pc, CSRs by their parts", "info vcpu", info_vcpu, false,
     COMPLETE_NOTHING},
    {"guests", "threads", "", "the guests of the machine; the one that is shown has a *", "info guests", info_guests, false,
     COMPLETE_NOTHING},
    {"state", NULL, "", "real beside virtual, a register a line; what has changed since the last stop first", "info state",
     info_state, false, COMPLETE_NOTHING},
    {"code", NULL, "[N]", "code around pc, N instructions of it from there on; its source, or its translation, beside it",
     "info code 20", info_code, false, COMPLETE_EXPRESSION},
    {"life", NULL, "", "the stages that the present trap has come through", "info life", info_life, false,
     COMPLETE_NOTHING},
    {"memory", NULL, "[ADDRESS]", "memory at an address, and whose it is; without one, at what `follow` has been told",
     "info memory sp", info_memory, false, COMPLETE_EXPRESSION},
    {"cpus", NULL, "", "the same, as QEMU has it", "info cpus", info_guests, false, COMPLETE_NOTHING},
    {"map", "mtree", "", "the guest's physical memory: its devices, by the rows of costs for them, and its RAM", "info map",
     info_map, false, COMPLETE_NOTHING},
    {"exits", NULL, "", "why the machine came back to the monitor, how often, and what it cost", "info exits", info_exits,
     false, COMPLETE_NOTHING},
    {"cycles", NULL, "", "cycles by owner", "info cycles", info_cycles, false, COMPLETE_NOTHING},
    {"counters", NULL, "", "what else is counted", "info counters", info_counters, false, COMPLETE_NOTHING},
    {"timeline", NULL, "[N]", "the last exits, one a line: 20 of them, or N of at most 4096", "info timeline 100",
     info_timeline, false, COMPLETE_NOTHING},
    {"pages", "mem", "", "the guest's address space: what its page tables map", "info pages", info_pages, false,
     COMPLETE_NOTHING},
    {"frames", NULL, "", "who has which part of real memory", "info frames", info_frames, false, COMPLETE_NOTHING},
    {"symbol", NULL, "ADDRESS", "the symbol that an address lies in", "info symbol pc", info_symbol, false,
     COMPLETE_EXPRESSION},
    {"line", NULL, "[ADDRESS]", "the source line of an address", "info line pc", info_line, false, COMPLETE_EXPRESSION},
    {"console", NULL, "", "all that the guest has written", "info console", info_console, false, COMPLETE_NOTHING},
    {"checkpoints", NULL, "", "what is kept to go back, and how much memory it takes", "info checkpoints", info_checkpoints,
     false, COMPLETE_NOTHING},
    {"status", NULL, "", "where the run stands, and the hash of the guest's state", "info status", info_status, false,
     COMPLETE_NOTHING},
    {0},
};
const struct command_group info_group = {"info", info_commands};

/* --- explain -------------------------------------------------------------------------------------------------------------- */

static bool explain_trap(struct debugger *d, const char *arguments)
{
    if (!argument_none(d, arguments))
        return false;
    view_trap(d);
    return true;
}

static bool explain_addr(struct debugger *d, const char *arguments)
{
    uint64_t address;
    if (!*arguments)
        return debugger_fail(d, "which address? explain addr ADDRESS");
    if (!argument_value(d, arguments, &address))
        return false;
    view_address(d, address);
    return true;
}

static bool explain_csr(struct debugger *d, const char *arguments)
{
    return *arguments ? info_csr(d, arguments) : debugger_fail(d, "which CSR? explain csr NAME");
}

static bool explain_exit(struct debugger *d, const char *arguments)
{
    unsigned reason;
    if (!exit_reason_find(d, arguments, &reason))
        return false;
    for (unsigned i = 0; i < EXIT_count; i++)
        if (reason == EXIT_count || reason == i)
            fprintf(d->out, "%-12s  %s\n", exit_names[i].name, exit_names[i].meaning);
    return true;
}

static const struct command explain_commands[] = {
    {"trap", NULL, "",
     "the trap that is being dealt with, in sentences: what the guest tried, why it trapped, what the monitor\n"
     "does, what the guest will see, what it has cost so far",
     "explain trap", explain_trap, false, COMPLETE_NOTHING},
    {"addr", NULL, "ADDRESS", "how an address of the guest is translated, entry by entry, and who will fault, and why",
     "explain addr sp", explain_addr, false, COMPLETE_EXPRESSION},
    {"csr", NULL, "NAME", "a CSR: its meaning, and its parts", "explain csr satp", explain_csr, false, COMPLETE_CSR},
    {"exit", NULL, "[REASON]", "what a reason of exits means", "explain exit page_hidden", explain_exit, false,
     COMPLETE_REASON},
    {0},
};
const struct command_group explain_group = {"explain", explain_commands};

static bool run_group(struct debugger *d, const struct command_group *group, const char *arguments)
{
    char word[64];
    const char *rest = argument_word(arguments, word, sizeof word);
    if (!*word)
        return debugger_fail(d, "%s of what? help %s", group->title, group->title);
    const struct command *c = command_find(d, group, 1, word, strlen(word), group->title);
    return c && c->run(d, rest);
}

bool run_info(struct debugger *d, const char *arguments)
{
    return run_group(d, &info_group, arguments);
}

bool run_explain(struct debugger *d, const char *arguments)
{
    return run_group(d, &explain_group, arguments);
}
