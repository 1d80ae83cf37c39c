/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze compare: one guest by several techniques, each on a fresh machine; side by side, and whether they are equal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "difference.h"
#include "flawed_hint.h"
#include "input.h"
#include "interrupt.h"
#include "message.h"
#include "options.h"
#include "output.h"
#include "plot.h"
#include "report.h"
#include "session.h"
#include "vmm/technique/technique.h"

/* What the runs have in common, and what came of them. */
struct comparison {
    const struct options *options;
    struct session_config config[METHODS_MOST];
    struct run_report run[METHODS_MOST];
    struct difference difference[METHODS_MOST]; /* from run 0; only where they are not equal */
    unsigned count;                             /* of runs; some that were asked for may have been left out */
    const volatile sig_atomic_t *interrupted;   /* SIGINT or SIGTERM has come */
    struct input input;
};

static bool all_equal(const struct comparison *c)
{
    bool equal = true;
    for (unsigned i = 1; i < c->count; i++)
        equal = equal && report_equal(&c->run[0], &c->run[i]);
    return equal;
}

/* --- running ------------------------------------------------------------------------------------------------------------- */

/* Of a paravirtual kernel only end, console and disks are compared with another run's. */
static bool compared_partly(const struct comparison *c, unsigned i)
{
    return report_is_paravirtual(&c->run[0]) || report_is_paravirtual(&c->run[i]);
}

/* --flip is for the last run whose state is compared. */
static bool is_flipped(const struct options *o, unsigned method)
{
    unsigned last = 0;
    for (unsigned i = 1; i < o->method_count; i++)
        last = o->method[i].native || !o->method[i].technique->paravirtual ? i : last;
    return method > 0 && method == last;
}

/* Why a run of a paravirtual kernel says nothing about this guest; NULL: it does. Its steps are its own, so that there is no
 * comparing it in the midst of things. */
static const char *says_nothing(const struct comparison *c, const struct run_report *run)
{
    if (!report_is_paravirtual(run))
        return NULL;
    if (!run->exits[EXIT_hypercall].count)
        return "the kernel makes no hypercalls";
    return c->run[0].end.reason == END_NONE ? "the other runs stop at a step that it does not have" : NULL;
}

static bool left_out(const struct comparison *c, const struct run_report *run)
{
    const char *why = says_nothing(c, run);
    if (why && !c->options->quiet)
        say("%s is left out: %s", run->method->title, why);
    return why != NULL;
}

/* The technique `method` of those wanted, as the next of the runs. One that is interrupted has not been. */
static void run_one(struct comparison *c, unsigned method)
{
    const struct options *o = c->options;
    unsigned i = c->count;
    c->config[i] = (struct session_config){
        .options = o, .method = o->method[method], .snapshot = true, .console = c->config[method].console};
    bool flipped = is_flipped(o, method);
    struct session_config config = c->config[i];
    if (i == 0 && o->show_console)
        config.console.output_fd = STDOUT_FILENO;
    struct session *s = session_open(&config);
    session_run(s, o->max_insns);
    if (*c->interrupted) {
        session_close(s);
        return;
    }
    if (flipped)
        difference_flip(s, &o->flip);
    c->run[i] = session_report(s, 0);
    c->run[i].method = &c->config[i].method;
    if (i == 0) {
        input_keep(&c->input, s);
        for (unsigned j = 0; j < o->method_count; j++)
            input_replay(&c->input, &c->config[j].console);
        if (!o->quiet)
            session_remark(s, 0);
    }
    session_close(s);
    if (i > 0 && left_out(c, &c->run[i]))
        return;
    c->count++;
    if (i > 0 && !report_equal(&c->run[0], &c->run[i]) && !compared_partly(c, i))
        c->difference[i] = difference_find(&c->config[0], &c->config[i], flipped ? &o->flip : &(const struct flip){0});
    c->count -= *c->interrupted != 0; /* in the middle of looking for the difference, perhaps */
}

/* --- telling ------------------------------------------------------------------------------------------------------------- */

static void print_verdicts(const struct comparison *c, FILE *out)
{
    const char *reference = c->run[0].method->title;
    for (unsigned i = 1; i < c->count; i++) {
        const struct run_report *run = &c->run[i];
        const struct difference *d = &c->difference[i];
        const char *name = run->method->title;
        if (compared_partly(c, i)) {
            fprintf(out, "%s: %s; state and traps are not compared\n", name,
                    report_equal(&c->run[0], run) ? "end, console and disks are equal" : "end, console or disks differ");
            continue;
        }
        if (report_equal(&c->run[0], run)) {
            fprintf(out, "%s: final state, console and traps are equal to those of %s\n", name, reference);
            continue;
        }
        fprintf(out,
                "%s: differs from %s after %" PRIu64 " steps, at pc 0x%" PRIx64 ": %s is 0x%" PRIx64 ", not 0x%" PRIx64
                "\n",
                name, reference, d->step, d->pc, d->what, d->got, d->expected);
        if (c->options->profile != PROFILE_STRICT)
            flawed_hint(&c->config[0], d->step, name, out);
    }
}

static json_t *hex(uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "0x%" PRIx64, value);
    return json_string(text);
}

static const char *equal_word(bool equal)
{
    return equal ? "equal" : "different";
}

static const char not_compared[] = "not_compared"; /* of a paravirtual kernel */

static json_t *verdict_json(const struct comparison *c, unsigned i)
{
    const struct run_report *a = &c->run[0], *b = &c->run[i];
    const struct difference *d = &c->difference[i];
    bool pv = compared_partly(c, i);
    json_t *first = json_null();
    if (!pv && !report_equal(a, b))
        first = json_pack("{s:I, s:o, s:s, s:o, s:o}", "instruction", (json_int_t)d->step, "pc", hex(d->pc), "what",
                          d->what, "expected", hex(d->expected), "got", hex(d->got));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "technique", b->method->name, "title", b->method->title, "mmu",
                     b->method->mmu, "state", pv ? not_compared : equal_word(report_state_equal(a, b)), "console",
                     equal_word(a->console_hash == b->console_hash), "traps",
                     pv ? not_compared : equal_word(a->trap_hash == b->trap_hash), "first_difference", first);
}

static void write_report(const struct comparison *c, FILE *out)
{
    enum format format = c->options->format;
    if (format == AS_TABLE || format == AS_MD) {
        report_table(c->run, c->count, format, true, out);
        print_verdicts(c, out);
        return;
    }
    json_t *runs = json_array(), *verdicts = json_array();
    for (unsigned i = 0; i < c->count; i++) {
        json_array_append_new(runs, report_json(&c->run[i]));
        if (i > 0)
            json_array_append_new(verdicts, verdict_json(c, i));
    }
    json_t *json = need(json_pack("{s:s, s:s, s:b, s:o, s:o}", "schema", "trapeze.compare/1", "reference",
                                  c->run[0].method->title, "equal", all_equal(c), "runs", runs, "verdicts", verdicts));
    if (c->options->format == AS_CSV)
        report_write_csv(runs, out);
    else
        report_write_json(json, out);
    json_decref(json);
}

static void tell(const struct comparison *c)
{
    if (!c->options->stats_path) {
        write_report(c, stdout);
        return;
    }
    struct output out;
    output_begin(&out, c->options->stats_path);
    write_report(c, out.file);
    output_end(&out);
    report_table(c->run, c->count, AS_TABLE, true, stdout);
    print_verdicts(c, stdout);
}

/* What is done is shown, as perf stat does it; but no file is written that others could take for the whole. */
static int tell_part(const struct comparison *c)
{
    if (c->count > 0) {
        report_table(c->run, c->count, AS_TABLE, true, stdout);
        print_verdicts(c, stdout);
    }
    say("interrupted: %u of %u runs are done, and no file was written", c->count, c->options->method_count);
    return STATUS_BUDGET;
}

int compare_command(int argc, char **argv)
{
    struct options o;
    struct comparison c = {.options = &o, .interrupted = interrupt_catch()};
    struct console_config console = {.output_fd = -1, .interrupted = c.interrupted};
    options_parse_own(&o, OPTIONS_OF_COMPARE, argc, argv);
    input_prepare(&c.input, &console);
    for (unsigned i = 0; i < o.method_count; i++)
        c.config[i] = (struct session_config){.options = &o, .method = o.method[i], .snapshot = true, .console = console};
    for (unsigned i = 0; i < o.method_count && !*c.interrupted; i++)
        run_one(&c, i);
    if (*c.interrupted)
        return tell_part(&c);
    tell(&c);
    if (o.plot_path)
        plot_write(c.run, c.count, o.plot_path);
    input_free(&c.input);
    return all_equal(&c) ? 0 : 1;
}
