/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The core: opening it, carrying out lines, moving on.
 */
#include "debugger/debugger.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "debugger/command.h"
#include "debugger/lines.h"
#include "debugger/memory.h"
#include "debugger/stops.h"
#include "debugger/view.h"

bool debugger_fail(struct debugger *d, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(d->error, sizeof d->error, format, list);
    va_end(list);
    return false;
}

static void look_at(struct debugger *d, struct scene *s)
{
    *s = (struct scene){d->execution, d->target, execution_guest_of(d->execution, d->target)};
}

void debugger_moved(struct debugger *d)
{
    const struct machine *m = d->target->machine;
    look_at(d, &d->shown);
    d->real = (struct real_state){m->hart.ctx, m->hart.priv, m->clock};
}

void debugger_leaves(struct debugger *d)
{
    d->before = d->shown;
    d->real_before = d->real;
}

void debugger_choose(struct debugger *d, const struct target *guest)
{
    bool other = guest != d->target;
    d->target = guest;
    d->lines = d->all_lines[guest->number];
    debugger_moved(d);
    if (other)
        debugger_leaves(d);
}

uint64_t debugger_step(const struct debugger *d)
{
    const struct execution *e = d->execution;
    return e->count == 1 ? e->now.step : execution_step_of(e, d->target);
}

static struct lines *lines_of(const struct target *guest)
{
    const char *paths[2];
    for (unsigned i = 0; i < 2; i++)
        paths[i] = guest->image[i] && guest->image[i]->elf ? guest->image[i]->path : NULL;
    return lines_new(paths, 2);
}

struct debugger *debugger_open(const struct target *targets, unsigned count, const volatile sig_atomic_t *interrupted)
{
    struct debugger *d = memory_zero(sizeof *d);
    d->targets = targets;
    d->execution = execution_open(targets, count, interrupted);
    d->stops = stops_new();
    for (unsigned i = 0; i < count; i++)
        d->all_lines[i] = lines_of(&targets[i]);
    debugger_choose(d, targets);
    snprintf(d->followed, sizeof d->followed, "sp");
    return d;
}

void debugger_close(struct debugger *d)
{
    if (!d)
        return;
    for (unsigned i = 0; i < d->execution->count; i++)
        lines_free(d->all_lines[i]);
    execution_close(d->execution);
    stops_free(d->stops);
    free(d);
}

/* --- lines ------------------------------------------------------------------------------------------------------------------ */

static const char *after_blanks(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

/* The length of the command's word: letters and -, as in x/4i. */
static size_t word_length(const char *text)
{
    size_t n = 0;
    while (isalpha((unsigned char)text[n]) || text[n] == '-' || (n > 0 && text[n] == '_'))
        n++;
    return n ? n : strcspn(text, " \t");
}

static bool carry_out(struct debugger *d, const char *line)
{
    char text[LINE_MOST + 1];
    snprintf(text, sizeof text, "%s", after_blanks(line));
    for (size_t n = strlen(text); n > 0 && isspace((unsigned char)text[n - 1]);)
        text[--n] = '\0';
    if (!*text && d->repeated[0])
        snprintf(text, sizeof text, "%s", d->repeated);
    if (!*text || *text == '#')
        return true;
    size_t length = word_length(text);
    const struct command *c = command_find(d, command_groups, command_groups_count, text, length, "command");
    d->repeated[0] = '\0';
    if (!c)
        return false;
    if (c->repeats)
        snprintf(d->repeated, sizeof d->repeated, "%s", text);
    return c->run(d, after_blanks(text + length));
}

bool debugger_command(struct debugger *d, const char *line, FILE *out)
{
    FILE *before = d->out;
    d->out = out;
    d->error[0] = '\0';
    d->error_placed = false;
    if (strlen(line) > LINE_MOST)
        return debugger_fail(d, "the line is too long");
    bool good = carry_out(d, line);
    d->out = before;
    return good;
}

#define NESTING_MOST 16

/* The rest of a line that did not fit. */
static void skip_line(FILE *f)
{
    int c;
    while ((c = getc(f)) != EOF && c != '\n')
        ;
}

/* Says where the command was that has failed, unless that is said already: by the script that it was in. */
static void place_error(struct debugger *d, const char *path, unsigned number)
{
    char error[256];
    snprintf(error, sizeof error, "%s", d->error);
    if (!d->error_placed)
        debugger_fail(d, "%.80s:%u: %.160s", path, number, error);
    d->error_placed = true;
}

static bool source_lines(struct debugger *d, FILE *f, const char *path, FILE *out)
{
    char line[LINE_MOST + 2];
    for (unsigned number = 1; !d->quit && fgets(line, sizeof line, f); number++) {
        if (!strchr(line, '\n') && !feof(f))
            skip_line(f);
        d->repeated[0] = '\0';
        if (debugger_command(d, line, out))
            continue;
        place_error(d, path, number);
        if (!d->ignore_errors)
            return false;
        fprintf(out, "%s\n", d->error);
    }
    return true;
}

bool debugger_source(struct debugger *d, const char *path, FILE *out)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return debugger_fail(d, "%s: %s", path, strerror(errno));
    bool good = d->nesting < NESTING_MOST;
    d->nesting++;
    good = good ? source_lines(d, f, path, out) : debugger_fail(d, "%s: scripts are nested too deep", path);
    d->nesting--;
    if (good && ferror(f))
        good = debugger_fail(d, "%s: %s", path, strerror(errno));
    fclose(f);
    return good;
}

/* --- moving on ------------------------------------------------------------------------------------------------------------ */

struct asker {
    struct debugger *debugger;
    const struct wish *wish;
    bool stops;
};

/* The wishes of the command are about the guest that is shown; each of the user's stops is about its own. */
static bool ask(void *context)
{
    struct asker *a = context;
    struct debugger *d = a->debugger;
    const struct execution *e = d->execution;
    struct scene scene = {e, e->target, execution_guest(e)};
    bool own = a->wish->stop && e->target == d->target && a->wish->stop(a->wish->context);
    return (a->stops && stops_ask(d->stops, &scene, true)) || own;
}

static void tell_stop(struct debugger *d, const struct stop *stop)
{
    fprintf(d->out, "%s %u, %s\n", stop->kind == STOP_CHANGE ? "watchpoint" : "breakpoint", stop->number, stop->text);
    if (stop->kind == STOP_CHANGE)
        fprintf(d->out, "  was 0x%" PRIx64 ", is 0x%" PRIx64 "\n", stop->old, stop->value);
    if (stop->temporary)
        stops_delete(d->stops, stops_find(d->stops, stop->number));
}

static void tell_end(struct debugger *d, const struct target *guest)
{
    static const char *const texts[] = {[END_NONE] = "the budget is used up (--max-insns)",
                                        [END_FINISHER] = "the guest has ended, with status",
                                        [END_HTIF] = "the guest has ended (HTIF), with status",
                                        [END_BUDGET] = "the budget is used up",
                                        [END_FAULT_LOOP] = "the guest does nothing but trap",
                                        [END_IDLE] = "the guest waits for an interrupt that cannot come",
                                        [END_QUIT] = "left",
                                        [END_RESET] = "the guest has asked for a reset"};
    unsigned status;
    struct run_end end = guest->ops->end(guest->owner, &status);
    if (d->execution->count > 1)
        fprintf(d->out, "guest %u: ", guest->number + 1);
    fprintf(d->out, "%s", texts[end.reason]);
    if (end.reason == END_FINISHER || end.reason == END_HTIF)
        fprintf(d->out, " %" PRIu64, end.code);
    fprintf(d->out, "\n");
}

static void tell_ends(struct debugger *d)
{
    for (unsigned i = 0; i < d->execution->count; i++)
        tell_end(d, &d->targets[i]);
}

static void tell(struct debugger *d, enum ran ran)
{
    view_console(d);
    if (ran == RAN_TO_END)
        tell_ends(d);
    else if (ran == RAN_INTERRUPTED)
        fprintf(d->out, "interrupted\n");
    else if (ran == RAN_WAITING)
        fprintf(d->out, "the guest waits for input: send TEXT types a line\n");
    else if (ran == RAN_INTO_STOP && d->stops->met)
        tell_stop(d, d->stops->met);
    view_place(d);
}

bool debugger_settle(struct debugger *d)
{
    if (execution_settle(d->execution))
        return true;
    return debugger_fail(d, "the guest has ended");
}

bool debugger_run(struct debugger *d, struct wish wish, bool stops)
{
    struct asker asker = {d, &wish, stops};
    struct wish mine = wish;
    stops_begin(d->stops, d->execution);
    mine.each_step |= stops && d->stops->each_step;
    mine.each_stage |= stops && d->stops->each_stage;
    if (d->execution->count > 1)
        mine.guest = d->target;
    mine.stop = ask;
    mine.context = &asker;
    debugger_leaves(d);
    enum ran ran = execution_run(d->execution, &mine);
    d->held = ran == RAN_TO_END || ran == RAN_INTERRUPTED || ran == RAN_WAITING || (ran == RAN_INTO_STOP && d->stops->met);
    unsigned status;
    bool waits = ran == RAN_WAITING && d->target->ops->end(d->target->owner, &status).reason == END_NONE; /* as all do */
    if (d->held && ran != RAN_INTERRUPTED && ran != RAN_TO_END && !waits)
        debugger_choose(d, d->execution->target);
    debugger_moved(d);
    tell(d, ran);
    return true;
}
