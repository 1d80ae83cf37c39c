/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze trace: which traps of a trace, and how.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "commands.h"
#include "message.h"
#include "trace_print.h"
#include "trace_read.h"
#include "trace_record.h"

#define PLACES_MOST 16

enum { KEY_REASON = 1000, KEY_PC, KEY_STEPS, KEY_GUEST, KEY_VISIBLE, KEY_SUMMARY, KEY_FORMAT, KEY_CAUSE };

/* An address, a range of them, or a symbol. */
struct place {
    uint64_t first, last;
    const char *symbol; /* NULL: the range */
};

struct filter {
    const char *path;
    uint32_t reasons; /* bits by enum exit_reason; 0: all */
    struct place place[PLACES_MOST];
    unsigned places; /* 0: everywhere */
    uint64_t first_step, last_step;
    const char *technique, *cause; /* NULL: any */
    int guest;                     /* -1: all */
    bool visible, summary;
    enum format format;
};

/* --- options -------------------------------------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "Which traps:", 1},
    {"reason", KEY_REASON, "LIST", 0, "exits for these reasons only (`trapeze info counters` lists them)", 1},
    {"cause", KEY_CAUSE, "TEXT", 0, "whose cause has this text in it", 1},
    {"pc", KEY_PC, "PLACE,...", 0, "only there: a symbol, an address, or a range of them: 0x80000000-0x80001fff", 1},
    {"steps", KEY_STEPS, "FIRST-LAST", 0, "only while the guest's T is so", 1},
    {"technique", 't', "NAME", 0, "only under this technique", 1},
    {"guest", KEY_GUEST, "LETTER", 0, "of several guests, this one's: A is the first", 1},
    {"visible", KEY_VISIBLE, NULL, 0, "the traps that guests saw, instead of exits (always, of a native run)", 1},

    {NULL, 0, NULL, 0, "Output:", 2},
    {"summary", KEY_SUMMARY, NULL, 0, "only how many there were, and what they have cost, by reason", 2},
    {"format", KEY_FORMAT, "FORMAT", 0, "table (default), json or csv", 2},
    {0},
};
/* clang-format on */

static void take_reasons(struct filter *f, const char *list)
{
    const char *names[EXIT_count];
    char *copy = need(strdup(list)), *rest = copy, *word;
    char hint[64];
    for (unsigned i = 0; i < EXIT_count; i++)
        names[i] = trace_reason_name(i);
    while ((word = strsep(&rest, ",")) != NULL) {
        unsigned i = 0;
        while (i < EXIT_count && strcmp(word, names[i]) != 0)
            i++;
        if (i == EXIT_count)
            refuse("--reason '%s': is none; `trapeze info counters` lists them%s", word,
                   suggest(hint, sizeof hint, word, names, EXIT_count, sizeof names[0]));
        f->reasons |= UINT32_C(1) << i;
    }
    free(copy);
}

/* "A-B", or "A" for both, up to the comma or the end. False: it is no number. */
static bool parse_range(const char *text, int base, uint64_t *first, uint64_t *last)
{
    char *end;
    errno = 0;
    *first = *last = strtoull(text, &end, base);
    if (!isdigit((unsigned char)text[0]) || errno)
        return false;
    if (*end == '-' && isdigit((unsigned char)end[1]))
        *last = strtoull(end + 1, &end, base);
    return (*end == '\0' || *end == ',') && !errno && *first <= *last;
}

static void take_places(struct filter *f, char *list)
{
    for (char *word; (word = strsep(&list, ",")) != NULL;) {
        struct place p = {0};
        if (f->places == PLACES_MOST)
            refuse("--pc: at most %d places", PLACES_MOST);
        if (!*word ||
            (isdigit((unsigned char)*word) && (strncmp(word, "0x", 2) != 0 || !parse_range(word, 16, &p.first, &p.last))))
            refuse("--pc '%s': a symbol, an address 0x... or a range 0x...-0x... is wanted", word);
        if (!isdigit((unsigned char)*word))
            p.symbol = word;
        f->place[f->places++] = p;
    }
}

static error_t take(int key, char *value, struct argp_state *state)
{
    static const char *const formats[] = {"table", "json", "csv"};
    struct filter *f = state->input;
    if (key == KEY_REASON)
        take_reasons(f, value);
    else if (key == KEY_CAUSE)
        f->cause = value;
    else if (key == KEY_PC)
        take_places(f, value);
    else if (key == 't')
        f->technique = value;
    else if (key == KEY_VISIBLE)
        f->visible = true;
    else if (key == KEY_SUMMARY)
        f->summary = true;
    else if (key == KEY_FORMAT)
        f->format = (enum format)(AS_TABLE + argument_choice("--format", value, formats, 3));
    else if (key == KEY_STEPS && !parse_range(value, 10, &f->first_step, &f->last_step))
        refuse("--steps '%s': FIRST-LAST is wanted, or one step", value);
    else if (key == KEY_GUEST && (value[0] < 'A' || value[0] >= 'A' + VMM_GUESTS_MAX || value[1]))
        refuse("--guest '%s': a letter is wanted; A is the first guest", value);
    else if (key == KEY_GUEST)
        f->guest = value[0] - 'A';
    else if (key == ARGP_KEY_ARG && f->path)
        refuse("%s: one trace is wanted, and %s is given", value, f->path);
    else if (key == ARGP_KEY_ARG)
        f->path = value;
    else if (key != KEY_STEPS)
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static void parse(struct filter *f, int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .args_doc = "FILE",
        .doc =
            "Print the traps of a trace that run --trace has written, a line each: when (steps of the guest, cycles of the machine), "
            "where, why, what the monitor did, and how many cycles that took. FILE may be packed; - is stdin.\v"
            "Examples:\n"
            "  trapeze run --trace boot.json --append run=hello build/guestos/kernel.elf\n"
            "  trapeze trace --summary boot.json\n"
            "  trapeze trace --reason csr,privileged --steps 0-1000 boot.json\n"
            "  trapeze trace --pc trap_entry --format csv boot.json",
    };
    *f = (struct filter){.last_step = UINT64_MAX, .guest = -1, .format = AS_TABLE};
    arguments_parse(&argp, argc, argv, f);
    if (!f->path)
        refuse("no trace is given: trapeze trace [OPTION...] FILE");
    if (f->visible && (f->reasons || f->technique))
        refuse("--visible: traps that guests saw have no %s", f->reasons ? "reason" : "technique");
}

/* --- choosing ------------------------------------------------------------------------------------------------------------------- */

static bool is_there(const struct place *p, const struct trace_event *e)
{
    if (!p->symbol)
        return e->pc >= p->first && e->pc <= p->last;
    size_t n = strlen(p->symbol);
    return strncmp(e->at, p->symbol, n) == 0 && e->at[n] == '+';
}

static bool wanted(const struct filter *f, const struct trace_event *e)
{
    bool there = f->places == 0;
    for (unsigned i = 0; i < f->places; i++)
        there |= is_there(&f->place[i], e);
    if (!there || e->step < f->first_step || e->step > f->last_step || (f->cause && !strstr(e->cause, f->cause)))
        return false;
    if (e->kind == TRACE_EXIT)
        return (!f->reasons || f->reasons >> e->reason & 1) && (!f->technique || strcmp(f->technique, e->technique) == 0);
    return true;
}

/* The guest's last exit, for what comes as its rest: its texts do not last so long. */
struct last {
    struct trace_event event;
    char at[256], mode[4], cause[64], technique[32];
    bool wanted;
};

static void remember(struct last *last, const struct trace_event *e)
{
    last->event = *e;
    snprintf(last->at, sizeof last->at, "%s", e->at);
    snprintf(last->mode, sizeof last->mode, "%s", e->mode);
    snprintf(last->cause, sizeof last->cause, "%s", e->cause);
    snprintf(last->technique, sizeof last->technique, "%s", e->technique);
    last->event.at = last->at;
    last->event.mode = last->mode;
    last->event.cause = last->cause;
    last->event.technique = last->technique;
    last->event.did = "";
    last->event.ran = last->event.interpreted = 0;
}

/* Is the event to be seen? What comes as a rest becomes what it is the rest of. */
static bool choose(const struct filter *f, struct last *last, struct trace_event *e)
{
    bool of_exit = e->kind == TRACE_EXIT || e->kind == TRACE_REST;
    if (f->guest >= 0 && e->guest != (unsigned)f->guest)
        return false;
    if (e->kind == TRACE_TECHNIQUE)
        return !f->visible && e->step >= f->first_step && e->step <= f->last_step;
    if (of_exit == f->visible || (of_exit && e->reason == EXIT_count))
        return false;
    if (e->kind == TRACE_REST) {
        uint64_t cycles = e->cycles, cost = e->cost;
        unsigned reason = e->reason;
        if (!last->wanted || last->event.reason != reason)
            return false;
        *e = last->event;
        e->kind = TRACE_REST;
        e->cycles = cycles;
        e->cost = cost;
        return true;
    }
    bool seen = wanted(f, e);
    if (e->kind == TRACE_EXIT) {
        remember(last, e);
        last->wanted = seen;
    }
    return seen;
}

/* --- the command ---------------------------------------------------------------------------------------------------------------- */

/* What the trace says of itself decides how it is shown. */
static void look(struct filter *f, struct trace_printer *p, const json_t *identity)
{
    const char *technique = json_string_value(json_object_get(identity, "technique"));
    if (technique && strcmp(technique, "native") == 0 && !f->visible) {
        if (f->reasons || f->technique)
            refuse("%s: is of a native run, which has no exits", f->path);
        f->visible = true;
    }
    p->visible = f->visible;
    p->guests = json_array_size(json_object_get(identity, "images")) > 1;
}

static void print(struct filter *f, struct trace_reader *reader)
{
    struct trace_printer p = {.format = f->format, .out = stdout};
    struct trace_sums sums = {.cause = need(json_object())};
    struct last *last = need(calloc(VMM_GUESTS_MAX, sizeof *last));
    struct trace_event e;
    bool any = trace_next(reader, &e);
    if (!trace_error(reader)) {
        look(f, &p, trace_identity(reader));
        if (!f->summary)
            trace_print_head(&p);
    }
    for (; any && !ferror(stdout); any = trace_next(reader, &e)) {
        if (!choose(f, &last[e.guest], &e))
            continue;
        if (f->summary)
            trace_sum(&sums, &e);
        else
            trace_print_event(&p, &e);
    }
    if (trace_error(reader))
        refuse("%s: %s", f->path, trace_error(reader));
    if (f->summary)
        trace_print_sums(&p, &sums);
    else
        trace_print_tail(&p);
    json_decref(sums.cause);
    free(last);
}

int trace_command(int argc, char **argv)
{
    struct filter f;
    parse(&f, argc, argv);
    struct trace_source *source = trace_source_open(f.path);
    struct trace_reader *reader = trace_reader_new(source);
    print(&f, reader);
    trace_reader_free(reader);
    trace_source_close(source);
    return 0;
}
