/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The condition of Popek and Goldberg's Theorem 2, for a guest: nothing depends on timing. Natively and by each technique, under
 * several cost models and with stalls at random, the guest must come out as it did. With the clock that counts cycles, too, unless
 * the guest looks at it: which shows natively.
 */
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "verify.h"
#include "vmm/technique/technique.h"

#define STALL_MOST 2000

struct timing {
    const struct reference *reference;
    struct options options; /* of the run at hand */
    json_t *differing;      /* owned: which runs came out otherwise */
    unsigned runs;
};

/* --- cost models ----------------------------------------------------------------------------------------------------------- */

enum model { MODEL_GIVEN, MODEL_EVEN, MODEL_ODD, MODELS };
static const char *const model_names[MODELS] = {"given", "even", "odd"};

/* The one that verify was given; all costs the same; and each another one, up to 4092 cycles. */
static void set_model(struct cost_model *cost, enum model model)
{
    for (unsigned row = 0; row < COST_count && model != MODEL_GIVEN; row++)
        cost->cycles[row] = model == MODEL_EVEN ? 1 : (row + 1) * 1009 % 4093;
    cost->cycles[COST_stall] = 1;
}

/* --- runs ------------------------------------------------------------------------------------------------------------------- */

/* It is another program: what looks at the clock natively says nothing of it, and its steps are its own. */
static bool is_paravirtual(const struct method *method)
{
    return method->technique && method->technique->paravirtual;
}

static struct run_report run(struct timing *t, const struct method *method, enum model model, bool clock_cycles,
                             bool stalls)
{
    const struct reference *r = t->reference;
    struct session_config config = r->config;
    t->options = r->options;
    t->options.clock_cycles = clock_cycles;
    t->options.stress.stall = stalls ? STALL_MOST : 0;
    t->options.seed = r->options.seed + model;
    set_model(&t->options.cost, model);
    config.options = &t->options;
    config.method = *method;
    if (is_paravirtual(method))
        t->options.max_insns = r->max_insns;
    struct session *s = session_open(&config);
    session_run(s, t->options.max_insns);
    struct run_report report = session_report(s, 0);
    report.method = method;
    session_close(s);
    t->runs++;
    return report;
}

/* Under each model and with stalls, all must be equal to `expected`; those that are not are noted, if `note`. */
static bool all_equal(struct timing *t, const struct method *method, bool clock_cycles, const struct run_report *expected,
                      bool note)
{
    bool equal = true;
    for (enum model m = 0; m < MODELS; m++) {
        struct run_report report = run(t, method, m, clock_cycles, true);
        if (report_equal(expected, &report))
            continue;
        equal = false;
        if (note)
            json_array_append_new(t->differing, json_pack("{s:s, s:s, s:s}", "title", method->title, "clock",
                                                          clock_cycles ? "cycles" : "insns", "costs", model_names[m]));
    }
    return equal;
}

json_t *verify_timing(const struct reference *r, const struct method *methods, unsigned count)
{
    struct timing t = {.reference = r, .differing = need(json_array())};
    const struct method *native = &r->config.method;
    bool holds = all_equal(&t, native, false, &r->run, true);
    struct run_report by_cycles = run(&t, native, MODEL_GIVEN, true, false);
    bool looks = !all_equal(&t, native, true, &by_cycles, false);
    for (unsigned i = 0; i < count; i++) {
        if (methods[i].native)
            continue;
        holds = all_equal(&t, &methods[i], false, &r->run, true) && holds;
        if (!looks && !is_paravirtual(&methods[i]))
            holds = all_equal(&t, &methods[i], true, &by_cycles, true) && holds;
    }
    return need(json_pack("{s:b, s:I, s:i, s:b, s:o}", "holds", holds, "runs", (json_int_t)t.runs, "cost_models",
                          (int)MODELS, "looks_at_clock", looks, "different", t.differing));
}

void verify_timing_print(const json_t *timing, FILE *out)
{
    size_t i;
    const json_t *d;
    if (!json_is_object(timing)) {
        fputs("Timing: not looked at, since not all three hold.\n", out);
        return;
    }
    bool looks = json_is_true(json_object_get(timing, "looks_at_clock"));
    json_array_foreach (json_object_get(timing, "different"), i, d)
        fprintf(out, "%s: timing: another outcome with --clock %s, costs: %s, and stalls\n",
                json_string_value(json_object_get(d, "title")), json_string_value(json_object_get(d, "clock")),
                json_string_value(json_object_get(d, "costs")));
    fprintf(out, "%s (%d cost models, random stalls, %d runs): Theorem 2's condition. %s\n",
            json_is_true(json_object_get(timing, "holds")) ? "Nothing depends on timing" : "TIMING MATTERS",
            (int)json_integer_value(json_object_get(timing, "cost_models")),
            (int)json_integer_value(json_object_get(timing, "runs")),
            looks ? "With --clock cycles the guest itself does: it looks at the clock." : "With --clock cycles, too.");
}
