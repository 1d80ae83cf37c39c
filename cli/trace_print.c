/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Traps as a table, CSV or JSON, each as it is read.
 */
#include "trace_print.h"

#include <inttypes.h>
#include <string.h>

#include "message.h"
#include "trace_record.h"

static bool is_exit(const struct trace_event *e)
{
    return e->kind == TRACE_EXIT || e->kind == TRACE_REST;
}

/* --- a table -------------------------------------------------------------------------------------------------------------------- */

static const char line_format[] = "%s%12s %14s  %-18s %-26s %-4s  %-30s %-11s %10s  %s\n";

static void table_head(const struct trace_printer *p)
{
    char line[256];
    snprintf(line, sizeof line, line_format, p->guests ? "   " : "", "T", "cycles", "pc", "symbol", "mode", "cause",
             p->visible ? "value" : "reason", p->visible ? "" : "cost", p->visible ? "" : "what the monitor did");
    size_t n = strlen(line) - 1;
    while (n && line[n - 1] == ' ')
        n--;
    fprintf(p->out, "%.*s\n", (int)n, line);
}

static void table_event(const struct trace_printer *p, const struct trace_event *e)
{
    char guest[8] = "", step[24], cycles[24], pc[24], value[24], cost[24];
    if (p->guests)
        snprintf(guest, sizeof guest, "%c  ", 'A' + (int)e->guest);
    if (e->kind == TRACE_TECHNIQUE) {
        fprintf(p->out, "%s%12" PRIu64 " %14" PRIu64 "  from here on: %s\n", guest, e->step, e->cycles, e->technique);
        return;
    }
    snprintf(step, sizeof step, "%" PRIu64, e->step);
    snprintf(cycles, sizeof cycles, "%" PRIu64, e->cycles);
    snprintf(pc, sizeof pc, "0x%" PRIx64, e->pc);
    snprintf(value, sizeof value, "0x%" PRIx64, e->tval);
    snprintf(cost, sizeof cost, "%" PRIu64, e->cost);
    if (is_exit(e))
        fprintf(p->out, line_format, guest, step, cycles, pc, e->at, e->mode, e->cause, trace_reason_name(e->reason), cost,
                e->kind == TRACE_REST ? "(the rest, in the guest's next turn)" : e->did);
    else
        fprintf(p->out, "%s%12s %14s  %-18s %-26s %-4s  %-30s %s\n", guest, step, cycles, pc, e->at, e->mode, e->cause,
                value);
}

/* --- CSV -------------------------------------------------------------------------------------------------------------------------- */

static void csv_text(FILE *out, const char *text)
{
    fputs(",\"", out);
    for (; *text; text++)
        fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', out);
}

static void csv_event(const struct trace_printer *p, const struct trace_event *e)
{
    if (e->kind == TRACE_TECHNIQUE)
        return;
    fprintf(p->out, "%c,%" PRIu64 ",%" PRIu64 ",0x%" PRIx64, 'A' + (int)e->guest, e->step, e->cycles, e->pc);
    csv_text(p->out, e->at);
    csv_text(p->out, e->mode);
    csv_text(p->out, e->cause);
    fprintf(p->out, ",0x%" PRIx64, e->tval);
    if (is_exit(e)) {
        fprintf(p->out, ",%s,%s,%" PRIu64, trace_reason_name(e->reason), e->kind == TRACE_REST ? "rest" : "exit", e->cost);
        csv_text(p->out, e->technique);
        csv_text(p->out, e->did);
        fprintf(p->out, ",%" PRIu64 ",%" PRIu64, e->ran, e->interpreted);
    }
    fputc('\n', p->out);
}

/* --- JSON ------------------------------------------------------------------------------------------------------------------------- */

static json_t *address(uint64_t a)
{
    return json_sprintf("0x%" PRIx64, a);
}

static void json_event(const struct trace_printer *p, const struct trace_event *e)
{
    json_t *json;
    if (e->kind == TRACE_TECHNIQUE)
        return;
    json = need(json_pack("{s:i,s:I,s:I,s:o,s:s,s:s,s:s,s:o}", "guest", (int)e->guest, "T", (json_int_t)e->step, "cycles",
                          (json_int_t)e->cycles, "pc", address(e->pc), "symbol", e->at, "mode", e->mode, "cause", e->cause,
                          "tval", address(e->tval)));
    if (is_exit(e)) {
        json_t *more = need(json_pack("{s:s,s:b,s:I,s:s,s:s,s:I,s:I}", "reason", trace_reason_name(e->reason), "rest",
                                      e->kind == TRACE_REST, "cost", (json_int_t)e->cost, "technique", e->technique, "did",
                                      e->did, "ran", (json_int_t)e->ran, "interpreted", (json_int_t)e->interpreted));
        json_object_update(json, more);
        json_decref(more);
    }
    fputs(p->printed ? ",\n" : "\n", p->out);
    json_dumpf(json, p->out, JSON_COMPACT);
    json_decref(json);
}

/* --- all ---------------------------------------------------------------------------------------------------------------------- */

void trace_print_head(const struct trace_printer *p)
{
    if (p->format == AS_JSON)
        fputs("{\"schema\":\"trapeze.traps/1\",\"traps\":[", p->out);
    else if (p->format == AS_CSV)
        fprintf(p->out, "guest,T,cycles,pc,symbol,mode,cause,tval%s\n",
                p->visible ? "" : ",reason,part,cost,technique,did,ran,interpreted");
    else
        table_head(p);
}

void trace_print_event(struct trace_printer *p, const struct trace_event *e)
{
    if (p->format == AS_JSON)
        json_event(p, e);
    else if (p->format == AS_CSV)
        csv_event(p, e);
    else
        table_event(p, e);
    p->printed += e->kind != TRACE_TECHNIQUE;
}

void trace_print_tail(const struct trace_printer *p)
{
    if (p->format == AS_JSON)
        fputs("\n]}\n", p->out);
}

/* --- sums ----------------------------------------------------------------------------------------------------------------------- */

void trace_sum(struct trace_sums *sums, const struct trace_event *e)
{
    if (is_exit(e)) {
        sums->exit[e->reason].count += e->kind == TRACE_EXIT;
        sums->exit[e->reason].cycles += e->cost;
    } else if (e->kind != TRACE_TECHNIQUE) {
        json_int_t count = json_integer_value(json_object_get(sums->cause, e->cause));
        if (json_object_set_new(sums->cause, e->cause, need(json_integer(count + 1))) != 0)
            refuse("out of memory");
    }
}

static json_t *sums_json(const struct trace_printer *p, const struct trace_sums *sums)
{
    json_t *exits = need(json_object());
    for (unsigned i = 0; i < EXIT_count && !p->visible; i++)
        json_object_set_new(exits, trace_reason_name(i),
                            need(json_pack("{s:I,s:I}", "count", (json_int_t)sums->exit[i].count, "cycles",
                                           (json_int_t)sums->exit[i].cycles)));
    if (!p->visible)
        return need(json_pack("{s:s,s:o}", "schema", "trapeze.traps.summary/1", "exits", exits));
    json_decref(exits);
    return need(json_pack("{s:s,s:O}", "schema", "trapeze.traps.summary/1", "guest_traps", sums->cause));
}

static void print_exit_sums(const struct trace_printer *p, const struct trace_sums *sums)
{
    bool csv = p->format == AS_CSV;
    struct exit_count all = {0};
    fprintf(p->out, csv ? "%s,%s,%s\n" : "%-14s %12s %16s %12s\n", "reason", "count", "cycles", "each");
    for (unsigned i = 0; i < EXIT_count; i++) {
        const struct exit_count *e = &sums->exit[i];
        all.count += e->count;
        all.cycles += e->cycles;
        if (csv)
            fprintf(p->out, "%s,%" PRIu64 ",%" PRIu64 "\n", trace_reason_name(i), e->count, e->cycles);
        else if (e->count || e->cycles)
            fprintf(p->out, "%-14s %12" PRIu64 " %16" PRIu64 " %12.1f\n", trace_reason_name(i), e->count, e->cycles,
                    e->count ? (double)e->cycles / (double)e->count : 0.0);
    }
    if (!csv)
        fprintf(p->out, "%-14s %12" PRIu64 " %16" PRIu64 " %12.1f\n", "total", all.count, all.cycles,
                all.count ? (double)all.cycles / (double)all.count : 0.0);
}

static void print_cause_sums(const struct trace_printer *p, const struct trace_sums *sums)
{
    const char *cause;
    json_t *count;
    fprintf(p->out, p->format == AS_CSV ? "%s,%s\n" : "%-32s %12s\n", "cause", "count");
    json_object_foreach (sums->cause, cause, count)
        fprintf(p->out, p->format == AS_CSV ? "%s,%" JSON_INTEGER_FORMAT "\n" : "%-32s %12" JSON_INTEGER_FORMAT "\n", cause,
                json_integer_value(count));
}

void trace_print_sums(const struct trace_printer *p, const struct trace_sums *sums)
{
    if (p->format == AS_JSON) {
        json_t *json = sums_json(p, sums);
        json_dumpf(json, p->out, JSON_INDENT(1));
        fputc('\n', p->out);
        json_decref(json);
    } else if (p->visible) {
        print_cause_sums(p, sums);
    } else {
        print_exit_sums(p, sums);
    }
}
