/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze verify: does the monitor have the three properties (Popek and Goldberg 1974, section 3) for this guest? The guest is
 * run on the bare machine, and below the monitor by each technique, alone and in turns: docs/verify.md.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "input.h"
#include "message.h"
#include "options.h"
#include "output.h"
#include "verify.h"
#include "vmm/technique/technique.h"

#define CHANGES_MOST 4000 /* of technique in a run: fewer for long ones */

/* --- progress, for who waits at a terminal ------------------------------------------------------------------------------ */

static void progress(const struct options *o, const char *format, ...)
{
    va_list arguments;
    if (o->quiet || !isatty(STDERR_FILENO))
        return;
    fputs("\r\033[K", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fflush(stderr);
}

/* --- the reference ------------------------------------------------------------------------------------------------------------ */

/* Its input is what all other runs will get. */
static void run_reference(struct reference *r, struct input *input)
{
    struct session *s = session_open(&r->config);
    session_run(s, r->options.max_insns);
    struct run_report plain = session_report(s, 0);
    plain.method = &r->config.method;
    input_keep(input, s);
    input_replay(input, &r->config.console);
    if (!r->options.quiet)
        session_remark(s, 0);
    session_close(s);

    struct session_watch watch = {0};
    struct session_config config = r->config;
    config.watch = &watch;
    s = session_open(&config);
    session_run(s, r->options.max_insns);
    const struct audit *a = &s->machine->audit;
    r->run = session_report(s, 0);
    r->run.method = &r->config.method;
    r->stale = a->stale;
    r->stale_uses = a->stale_uses;
    r->window_uses = a->window_uses;
    r->window_step = a->window.step;
    r->window_pc = a->window.pc;
    r->window_va = a->window.va;
    r->repeats = report_equal(&plain, &r->run);
    session_close(s);
    if (r->run.end.reason != END_NONE)
        r->options.max_insns = r->run.steps + 1; /* who is not at the end then is not equal */
}

/* --- what is run ---------------------------------------------------------------------------------------------------------------- */

#define RUNS_MOST (METHODS_MOST + 3)

struct plan {
    struct session_config run[RUNS_MOST];
    struct options options[RUNS_MOST]; /* of each run */
    unsigned count;
};

static void add_run(struct plan *p, const struct reference *r, const struct method *method, uint64_t every)
{
    struct options *o = &p->options[p->count];
    struct session_config *c = &p->run[p->count++];
    *o = r->options;
    *c = r->config;
    c->options = o;
    c->method = *method;
    if (every)
        o->switching.every = every;
}

/* Does it make any hypercall? If not, paravirtualization says nothing of it. */
static bool is_paravirtual(const struct session_config *config)
{
    struct session *s = session_open(config);
    session_run(s, config->options->max_insns);
    bool calls = session_report(s, 0).exits[EXIT_hypercall].count != 0;
    session_close(s);
    if (!calls && !config->options->quiet)
        say("%s is left out: the kernel makes no hypercalls", config->method.title);
    return calls;
}

/* Of a paravirtual kernel the steps are its own: it has the budget that was asked for. */
static void add_paravirtual(struct plan *p, const struct reference *r, const struct method *method)
{
    add_run(p, r, method, 0);
    p->options[p->count - 1].max_insns = r->max_insns;
    if (!is_paravirtual(&p->run[p->count - 1]))
        p->count--;
}

/* Each technique for itself; then, if there are several, all in turns, changing after every so many steps. */
static void make_plan(struct plan *p, const struct reference *r, const struct options *o)
{
    unsigned first = 0, turns = 0;
    for (unsigned i = 0; i < o->method_count; i++) {
        if (o->method[i].native)
            continue;
        if (o->method[i].technique->paravirtual) {
            add_paravirtual(p, r, &o->method[i]);
            continue;
        }
        first = turns++ ? first : i;
        add_run(p, r, &o->method[i], 0);
    }
    uint64_t least = 1 + r->run.steps / CHANGES_MOST;
    const uint64_t every[] = {least, 7 * least, 101 * least};
    for (unsigned i = 0; turns > 1 && !o->switching.count && i < sizeof every / sizeof *every; i++)
        add_run(p, r, &o->method[first], every[i]);
}

/* --- the command ------------------------------------------------------------------------------------------------------------------ */

static void write_report(const struct reference *r, const json_t *report, enum format format, FILE *out)
{
    if (format == AS_JSON)
        report_write_json(report, out);
    else
        verify_table(r, report, out);
}

static void tell(const struct reference *r, const struct options *o, const json_t *report)
{
    if (!o->stats_path) {
        write_report(r, report, o->format, stdout);
        return;
    }
    struct output out;
    output_begin(&out, o->stats_path);
    write_report(r, report, o->format, out.file);
    output_end(&out);
    verify_table(r, report, stdout);
}

static void check_options(const struct options *o)
{
    if (o->format != AS_TABLE && o->format != AS_JSON)
        refuse("--format: verify reports as table or json");
    if (o->clock_cycles)
        refuse("--clock cycles: the guest then feels what the monitor costs, and equality is not promised");
    for (unsigned i = 0; i < o->method_count; i++)
        if (!o->method[i].native)
            return;
    refuse("-t native: a technique below the monitor is wanted");
}

int verify_command(int argc, char **argv)
{
    struct options o;
    struct input input;
    static const struct method native = {.name = "native", .mmu = "real", .native = true, .title = "native"};
    options_parse_own(&o, OPTIONS_OF_VERIFY, argc, argv);
    check_options(&o);
    struct reference r = {.options = o, .max_insns = o.max_insns};
    r.config =
        (struct session_config){.options = &r.options, .method = native, .snapshot = true, .console = {.output_fd = -1}};
    input_prepare(&input, &r.config.console);
    progress(&o, "native");
    run_reference(&r, &input);
    struct plan *plan = need(calloc(1, sizeof *plan));
    make_plan(plan, &r, &o);
    json_t *results = need(json_array());
    for (unsigned i = 0; i < plan->count; i++) {
        const struct session_config *c = &plan->run[i];
        progress(&o, "%s (%u of %u)", verify_run_name(c), i + 1, plan->count);
        json_array_append_new(results, verify_run(&r, c, i + 1 == plan->count ? &o.flip : NULL));
    }
    json_t *report = verify_json(&r, results);
    bool holds = verify_holds(report);
    if (holds) {
        progress(&o, "timing");
        json_t *timing = verify_timing(&r, o.method, o.method_count);
        holds = json_is_true(json_object_get(timing, "holds"));
        json_object_set_new(report, "timing", timing);
        json_object_set_new(report, "holds", json_boolean(holds));
    }
    progress(&o, "%s", "");
    tell(&r, &o, report);
    json_decref(report);
    input_free(&input);
    free(plan);
    return holds ? 0 : 1;
}
