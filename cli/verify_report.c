/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `trapeze verify` says: as JSON (docs/formats.md), and as a table made from that.
 */
#include <inttypes.h>
#include <string.h>

#include "message.h"
#include "verify.h"

/* --- JSON --------------------------------------------------------------------------------------------------------------------- */

static json_t *hex(uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "0x%" PRIx64, value);
    return json_string(text);
}

static json_t *stale_json(const struct reference *r)
{
    static const char *const accesses[] = {[ACCESS_FETCH] = "fetch", [ACCESS_LOAD] = "load", [ACCESS_STORE] = "store"};
    const struct stale_use *u = &r->stale;
    if (!r->stale_uses)
        return json_null();
    return json_pack("{s:I, s:I, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:b}", "uses", (json_int_t)r->stale_uses, "instruction",
                     (json_int_t)u->step, "pc", hex(u->pc), "address", hex(u->va), "access", accesses[u->access], "entry",
                     hex(u->cached), "leads_to", hex(u->cached_pa), "memory_entry", hex(u->memory), "memory_leads_to",
                     u->memory_pa ? hex(u->memory_pa) : json_null(), "in_tlb", u->in_tlb);
}

static json_t *window_json(const struct reference *r)
{
    if (!r->window_uses)
        return json_null();
    return json_pack("{s:I, s:I, s:o, s:o}", "uses", (json_int_t)r->window_uses, "instruction", (json_int_t)r->window_step,
                     "pc", hex(r->window_pc), "address", hex(r->window_va));
}

static bool holds(const json_t *run, const char *property)
{
    return json_is_true(json_object_get(json_object_get(run, property), "holds"));
}

static const char *const properties[] = {"equivalence", "resource_control", "efficiency"};
#define PROPERTIES (sizeof properties / sizeof *properties)

bool verify_holds(const json_t *report)
{
    return json_is_true(json_object_get(report, "holds"));
}

json_t *verify_json(const struct reference *r, json_t *runs)
{
    size_t i;
    json_t *run;
    bool all = r->repeats && json_array_size(runs) > 0;
    json_array_foreach (runs, i, run)
        for (size_t p = 0; p < PROPERTIES; p++)
            all = all && holds(run, properties[p]);
    return need(json_pack("{s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:{s:I, s:s, s:b}, s:o, s:n}", "schema", "trapeze.verify/1",
                          "image", r->run.image, "image_hash", r->run.image_hash, "holds", all, "promised",
                          reference_promises(r), "stale_use", stale_json(r), "window_touch", window_json(r), "native",
                          "steps", (json_int_t)r->run.steps, "end", report_reason(r->run.end.reason), "repeats", r->repeats,
                          "techniques", runs, "timing"));
}

/* --- table -------------------------------------------------------------------------------------------------------------------- */

static const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static json_int_t number_at(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *run_name(const json_t *run, char *text, size_t n)
{
    json_int_t every = number_at(run, "switched_every");
    if (every)
        snprintf(text, n, "%s every %" JSON_INTEGER_FORMAT, text_at(run, "title"), every);
    else
        snprintf(text, n, "%s", text_at(run, "title"));
    return text;
}

static void print_reference(const struct reference *r, FILE *out)
{
    const struct stale_use *u = &r->stale;
    fprintf(out, "native: %" PRIu64 " steps, end: %s\n", r->run.steps, report_reason(r->run.end.reason));
    if (!r->repeats)
        fputs("native: two runs differ, one of them without the simulator's short cuts: a bug of the simulator\n", out);
    if (r->stale_uses)
        fprintf(out,
                "native: not fenced: after %" PRIu64 " steps pc 0x%" PRIx64 " reaches 0x%" PRIx64
                " by a translation that memory no longer has: the entry was 0x%" PRIx64 ", and is 0x%" PRIx64 "%s\n",
                u->step, u->pc, u->va, u->cached, u->memory,
                u->in_tlb ? "" : " (this machine's TLB had dropped it; a larger one would not have)");
    if (r->window_uses)
        fprintf(out, "native: after %" PRIu64 " steps pc 0x%" PRIx64 " reaches 0x%" PRIx64 ", where the translator hides\n",
                r->window_step, r->window_pc, r->window_va);
    if (!reference_promises(r))
        fputs("Equality is not promised for this guest.\n", out);
    fputc('\n', out);
}

static const char *verdict(const json_t *run, const char *property)
{
    const json_t *value = json_object_get(json_object_get(run, property), "holds");
    return json_is_null(value) ? "not promised" : json_is_true(value) ? "holds" : "DOES NOT HOLD";
}

static void print_run(const json_t *run, FILE *out)
{
    char name[64];
    const json_t *control = json_object_get(run, "resource_control"), *efficiency = json_object_get(run, "efficiency");
    double direct = json_number_value(json_object_get(efficiency, "direct_share"));
    double translated = json_number_value(json_object_get(efficiency, "translated_share"));
    fprintf(out, "%-24s  %-13s  %-13s  %14" JSON_INTEGER_FORMAT "  %-13s  %8.3f %%  %8.3f %%\n",
            run_name(run, name, sizeof name), verdict(run, "equivalence"), verdict(run, "resource_control"),
            number_at(control, "audited_writes"), verdict(run, "efficiency"), 100 * direct, 100 * translated);
}

static void print_emulated(const json_t *run, FILE *out)
{
    const json_t *emulated = json_object_get(json_object_get(run, "efficiency"), "emulated");
    char name[64];
    const char *separator = "";
    fprintf(out, "%-24s  ", run_name(run, name, sizeof name));
    for (unsigned i = 0; i < EMULATED_count; i++) {
        json_int_t n = number_at(emulated, emulated_names[i]);
        if (n)
            fprintf(out, "%s%s %" JSON_INTEGER_FORMAT, separator, emulated_names[i], n), separator = ", ";
    }
    fprintf(out, "%s\n", *separator ? "" : "none");
}

static void print_reasons(const json_t *run, FILE *out)
{
    char name[64];
    size_t i;
    const json_t *v, *efficiency = json_object_get(run, "efficiency");
    const json_t *d = json_object_get(json_object_get(run, "equivalence"), "first_difference");
    run_name(run, name, sizeof name);
    if (json_object_get(run, "died"))
        fprintf(out, "%s: %s\n", name, text_at(run, "died"));
    if (json_is_object(d))
        fprintf(out, "%s: differs from native after %" JSON_INTEGER_FORMAT " steps, at pc %s: %s is %s, not %s\n", name,
                number_at(d, "instruction"), text_at(d, "pc"), text_at(d, "what"), text_at(d, "got"),
                text_at(d, "expected"));
    json_array_foreach (json_object_get(json_object_get(run, "resource_control"), "violations"), i, v)
        fprintf(out, "%s: resource control: %s\n", name, text_at(v, "text"));
    json_array_foreach (json_object_get(efficiency, "violations"), i, v)
        fprintf(out, "%s: efficiency: the monitor has carried out '%s' at pc %s\n", name, text_at(v, "insn"),
                text_at(v, "pc"));
    if (number_at(efficiency, "kernel_direct"))
        fprintf(out,
                "%s: efficiency: %" JSON_INTEGER_FORMAT
                " instructions of the kernel have run where the guest wrote them%s\n",
                name, number_at(efficiency, "kernel_direct"),
                number_at(efficiency, "fallbacks") ? ": it maps the translator's window" : "");
    if (number_at(efficiency, "unaccounted"))
        fprintf(out, "%s: efficiency: %" JSON_INTEGER_FORMAT " instructions were completed by nobody knows whom\n", name,
                number_at(efficiency, "unaccounted"));
}

static const char *conclusion(const json_t *report)
{
    size_t i;
    const json_t *run;
    bool all = true;
    json_array_foreach (json_object_get(report, "techniques"), i, run)
        for (size_t p = 0; p < PROPERTIES; p++)
            all = all && !json_is_false(json_object_get(json_object_get(run, properties[p]), "holds"));
    if (verify_holds(report) || json_object_get(json_object_get(report, "timing"), "holds"))
        return "All three properties hold.";
    return all ? "Resource control and efficiency hold; equivalence is not promised." : "Not all three properties hold.";
}

void verify_table(const struct reference *r, const json_t *report, FILE *out)
{
    size_t i;
    const json_t *run, *runs = json_object_get(report, "techniques");
    print_reference(r, out);
    fprintf(out, "%-24s  %-13s  %-13s  %14s  %-13s  %10s  %10s\n", "", "equivalence", "resources", "writes audited",
            "efficiency", "direct", "translated");
    json_array_foreach (runs, i, run)
        print_run(run, out);
    fprintf(out, "\ncarried out by the monitor\n");
    json_array_foreach (runs, i, run)
        print_emulated(run, out);
    fputc('\n', out);
    json_array_foreach (runs, i, run)
        print_reasons(run, out);
    fprintf(out, "%s\n", conclusion(report));
    verify_timing_print(json_object_get(report, "timing"), out);
}
