/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reports as JSON and CSV.
 */
#include "report.h"

#include <inttypes.h>
#include <string.h>

#include "cost_file.h"
#include "isa/insn.h"
#include "message.h"
#include "version.h"
#include "vmm/technique/technique.h"

static void set(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, need(value)) != 0)
        refuse("out of memory");
}

static void set_number(json_t *object, const char *name, uint64_t value)
{
    set(object, name, json_integer((json_int_t)value));
}

static void set_text(json_t *object, const char *name, const char *text)
{
    set(object, name, json_stringn(text, strlen(text)));
}

static void set_hash(json_t *object, const char *name, uint64_t hash)
{
    char text[IMAGE_HASH_SIZE];
    image_hash_text(text, hash);
    set_text(object, name, text);
}

const char *report_reason(enum end_reason reason)
{
    switch (reason) {
    case END_FINISHER:
    case END_RESET:
        return "finisher";
    case END_HTIF:
        return "htif";
    case END_FAULT_LOOP:
        return "fault_loop";
    case END_IDLE:
        return "idle";
    case END_QUIT:
        return "quit";
    case END_BUDGET:
    case END_NONE:
        break;
    }
    return "budget";
}

bool report_state_equal(const struct run_report *a, const struct run_report *b)
{
    return a->state_hash == b->state_hash && a->end.reason == b->end.reason && a->end.code == b->end.code &&
           a->steps == b->steps && (!a->has_disk || a->disk_hash == b->disk_hash);
}

bool report_is_paravirtual(const struct run_report *run)
{
    return run->method->technique && run->method->technique->paravirtual;
}

static bool report_outcome_equal(const struct run_report *a, const struct run_report *b)
{
    return a->end.reason == b->end.reason && a->end.code == b->end.code && a->console_hash == b->console_hash &&
           (!a->has_disk || a->disk_hash == b->disk_hash);
}

bool report_equal(const struct run_report *a, const struct run_report *b)
{
    if (report_is_paravirtual(a) || report_is_paravirtual(b))
        return report_outcome_equal(a, b);
    return report_state_equal(a, b) && a->console_hash == b->console_hash && a->trap_hash == b->trap_hash;
}

/* Any bytes can be in an argument; JSON wants UTF-8. */
static json_t *argument(const char *text)
{
    json_t *json = json_string(text);
    return json ? json : json_string("(not UTF-8)");
}

static json_t *command_json(const struct options *o)
{
    json_t *array = need(json_array());
    for (int i = 0; i < o->argc; i++)
        json_array_append_new(array, need(argument(o->argv[i])));
    return array;
}

/* Options of the technique, that are not the shadows' kind. */
static json_t *options_json(const struct method *m)
{
    json_t *array = need(json_array());
    for (unsigned i = METHOD_4K; i < METHOD_OPTIONS; i++)
        if (m->options & 1u << i)
            json_array_append_new(array, need(json_string(method_option_names[i])));
    return array;
}

/* The changes of technique that the run has come to, as --switch takes them. */
static json_t *switches_json(const struct run_report *run)
{
    const struct switching *s = &run->options->switching;
    json_t *array = need(json_array());
    for (unsigned i = 0; i < s->count && !run->method->native && s->at[i].step < run->steps; i++)
        json_array_append_new(array, need(json_sprintf("%" PRIu64 ":%s", s->at[i].step, s->at[i].technique->name)));
    return array;
}

/* The lines of the script that were met, as LINE:STEPS, or LINE:SECONDS of the host. */
static json_t *script_json(const struct run_report *run, bool seconds)
{
    json_t *array = need(json_array());
    for (unsigned i = 0; i < run->mark_count; i++) {
        const struct script_mark *m = &run->mark[i];
        json_array_append_new(array, need(seconds ? json_sprintf("%u:%.6f", m->line, m->seconds)
                                                  : json_sprintf("%u:%" PRIu64, m->line, m->steps)));
    }
    return array;
}

static json_t *instructions_json(const struct vm_insns *insns)
{
    json_t *object = need(json_object()), *modes = need(json_object());
    set_number(object, "guest", vm_insns_all(insns));
    set_number(object, "direct", insns->direct);
    set_number(object, "interpreted", insns->interpreted);
    set_number(object, "translated", insns->translated);
    set_number(modes, "M", insns->by_mode[MODE_M]);
    set_number(modes, "S", insns->by_mode[MODE_S]);
    set_number(modes, "U", insns->by_mode[MODE_U]);
    set(object, "by_mode", modes);
    return object;
}

static json_t *cycles_json(const struct run_report *run)
{
    json_t *object = need(json_object());
    set_number(object, "total", run->cycles);
    for (unsigned owner = 0; owner < OWNER_count; owner++)
        set_number(object, cost_owner_names[owner], run->cycles_by_owner[owner]);
    return object;
}

/* How often each row of the cost model was charged. */
static json_t *events_json(const uint64_t *events)
{
    json_t *object = need(json_object());
    for (unsigned row = 0; row < COST_count; row++)
        set_number(object, cost_rows[row].name, events[row]);
    return object;
}

static json_t *exits_json(const struct exit_count *exits)
{
    static const char *const names[] = {
#define EXIT(name, meaning) #name,
#include "vmm/counters.def"
    };
    json_t *object = need(json_object());
    for (unsigned i = 0; i < EXIT_count; i++) {
        json_t *exit = need(json_object());
        set_number(exit, "count", exits[i].count);
        set_number(exit, "cycles", exits[i].cycles);
        set(object, names[i], exit);
    }
    return object;
}

static json_t *counters_json(const struct run_report *run)
{
    json_t *object = need(json_object());
    set_number(object, "tlb_misses", run->tlb_misses);
    set_number(object, "walk_refs", run->walk_refs);
#define COUNTER(name, meaning) set_number(object, #name, run->counters.name);
#include "vmm/counters.def"
    return object;
}

static void set_identity(json_t *json, const struct run_report *run)
{
    const struct options *o = run->options;
    set_text(json, "schema", "trapeze.run/1");
    set_text(json, "version", version_number);
    set_text(json, "revision", version_revision);
    set(json, "command", command_json(o));
    set(json, "image", argument(run->image));
    set_text(json, "image_hash", run->image_hash);
    set_text(json, "technique", run->method->name);
    set_text(json, "title", run->method->title);
    set(json, "options", options_json(run->method));
    set(json, "switches", switches_json(run));
    set_text(json, "mmu", run->method->mmu);
    set(json, "shadow", method_shadow(run->method) ? json_string(method_shadow(run->method)) : json_null());
    set_text(json, "profile", profile_text(o->profile).text);
    set_text(json, "clock", o->clock_cycles ? "cycles" : "insns");
    set_number(json, "seed", o->seed);
    json_t *model = need(json_object());
    set(model, "name", argument(o->cost.name));
    set_hash(model, "hash", cost_hash(&o->cost));
    set(json, "cost_model", model);
}

json_t *report_json(const struct run_report *run)
{
    json_t *json = need(json_object()), *end = need(json_object()), *host = need(json_object());
    set_identity(json, run);
    set_text(end, "reason", report_reason(run->end.reason));
    set_number(end, "status", run->status);
    set_number(end, "code", run->end.code);
    set(json, "exit", end);
    set(json, "instructions", instructions_json(&run->insns));
    set(json, "cycles", cycles_json(run));
    set(json, "events", events_json(run->events));
    set(json, "exits", exits_json(run->exits));
    set(json, "counters", counters_json(run));
    set_hash(json, "state_hash", run->state_hash);
    set_hash(json, "console_hash", run->console_hash);
    set_hash(json, "trap_hash", run->trap_hash);
    if (run->has_disk)
        set_hash(json, "disk_hash", run->disk_hash);
    else
        set(json, "disk_hash", json_null());
    if (run->scripted) {
        set(json, "expected", script_json(run, false));
        set(host, "expected", script_json(run, true));
    }
    double insns = (double)vm_insns_all(&run->insns);
    set(host, "seconds", json_real(run->seconds));
    set(host, "mips", json_real(run->seconds > 0 ? insns / run->seconds / 1e6 : 0));
    set(json, "host", host);
    return json;
}

void report_write_json(const json_t *json, FILE *out)
{
    if (json_dumpf(json, out, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) == 0)
        fputc('\n', out);
}

/* --- CSV -------------------------------------------------------------------------------------------------------------- */

static void csv_text(const char *text, FILE *out)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++)
        fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', out);
}

static void csv_value(const json_t *value, FILE *out)
{
    char text[4096] = "";
    const json_t *item;
    size_t i;
    switch (json_typeof(value)) {
    case JSON_STRING:
        csv_text(json_string_value(value), out);
        break;
    case JSON_INTEGER:
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        fprintf(out, "%.6g", json_real_value(value));
        break;
    case JSON_ARRAY: /* of texts: the command */
        json_array_foreach ((json_t *)(uintptr_t)value, i, item)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "", json_string_value(item));
        csv_text(text, out);
        break;
    default: /* null is nothing */
        break;
    }
}

/* Prints all leaves of an object, their names or their values; *column counts them. */
static void csv_object(const json_t *object, const char *prefix, bool names, unsigned *column, FILE *out)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)object, key, value) {
        char name[128];
        snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "." : "", key);
        if (json_is_object(value)) {
            csv_object(value, name, names, column, out);
            continue;
        }
        if ((*column)++)
            fputc(',', out);
        if (names)
            fputs(name, out);
        else
            csv_value(value, out);
    }
}

void report_write_csv(const json_t *array, FILE *out)
{
    size_t i;
    json_t *run;
    json_array_foreach ((json_t *)(uintptr_t)array, i, run) {
        unsigned column = 0;
        if (i == 0) {
            csv_object(run, "", true, &column, out);
            fputc('\n', out);
            column = 0;
        }
        csv_object(run, "", false, &column, out);
        fputc('\n', out);
    }
}
