/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trace events, a line each. Printed and not built as objects: jansson takes twenty times as long, and there are some hundred
 * thousand a second.
 */
#include "trace_event.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "trace_record.h"
#include "trace_file.h"
#include "version.h"

enum { TRACK_GUEST = 1, TRACK_MONITOR, TRACK_HARDWARE };

static const char *const mode_names[4] = {"U", "S", "-", "M"};

static const char *const reason_names[EXIT_count + 1] = {
#define EXIT(name, meaning) #name,
#include "vmm/counters.def"
    "start",
};

const char *trace_reason_name(unsigned reason)
{
    return reason_names[reason <= EXIT_count ? reason : EXIT_count];
}

const char *trace_place(const struct session *s, unsigned guest, uint64_t address, char text[TRACE_PLACE])
{
    const struct image_symbol *symbol = session_symbol(s, guest, address);
    text[0] = '\0';
    if (!symbol)
        return text;
    size_t n = 0; /* names are any bytes that an image has */
    for (const char *c = symbol->name; *c && n < TRACE_PLACE - 32; c++)
        text[n++] = *c < ' ' || *c > '~' || *c == '"' || *c == '\\' || *c == ';' ? '?' : *c;
    snprintf(text + n, TRACE_PLACE - n, "+0x%" PRIx64, address - symbol->address);
    return text;
}

/* --- head and tail ----------------------------------------------------------------------------------------------------------- */

static void set(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, need(value)) != 0)
        refuse("out of memory");
}

static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    return json ? json : json_string("(not UTF-8)");
}

static const char *image_of(const struct session *s, unsigned guest)
{
    const struct guest_options *g = &s->options->guest[guest];
    return g->image ? g->image : g->bios ? g->bios : g->kernel;
}

static void print_json(struct trace_sink *sink, json_t *json)
{
    char *text = need(json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY));
    for (size_t n = strlen(text), at = 0; at < n; at += 2048)
        trace_sink_print(sink, "%.2048s", text + at);
    free(text);
    json_decref(json);
}

static void write_identity(struct trace_sink *sink, const struct session *s)
{
    json_t *json = need(json_object()), *images = need(json_array());
    set(json, "schema", json_string(TRACE_SCHEMA));
    set(json, "version", json_string(version_number));
    set(json, "time", json_string("simulated cycles; a viewer shows them as microseconds"));
    set(json, "technique", json_string(s->method.name));
    set(json, "title", json_string(s->method.title));
    set(json, "clock", json_string(s->options->clock_cycles ? "cycles" : "insns"));
    set(json, "cost_model", text_json(s->options->cost.name));
    for (unsigned i = 0; i < s->guest_count; i++)
        json_array_append_new(images, need(text_json(image_of(s, i))));
    set(json, "images", images);
    print_json(sink, json);
}

static void write_name(struct trace_sink *sink, unsigned pid, unsigned tid, const char *name)
{
    trace_sink_print(sink, "{\"name\":\"%s\",\"ph\":\"M\",\"pid\":%u,\"tid\":%u,\"args\":{\"name\":",
                     tid ? "thread_name" : "process_name", pid, tid);
    print_json(sink, need(text_json(name)));
    trace_sink_print(sink, "}}");
}

void trace_write_head(struct trace_sink *sink, const struct session *s)
{
    static const char *const tracks[] = {"guest", "monitor", "hardware"};
    trace_sink_print(sink, "{\"displayTimeUnit\":\"ns\",\"otherData\":");
    write_identity(sink, s);
    trace_sink_print(sink, ",\"traceEvents\":[\n");
    write_name(sink, 0, 0, "machine");
    for (unsigned i = 0; i < s->guest_count; i++) {
        trace_sink_print(sink, ",\n");
        write_name(sink, i + 1, 0, image_of(s, i));
        for (unsigned t = TRACK_GUEST; t <= (s->vmm ? TRACK_HARDWARE : TRACK_GUEST); t++) {
            trace_sink_print(sink, ",\n");
            write_name(sink, i + 1, t, tracks[t - 1]);
        }
    }
}

void trace_write_tail(struct trace_sink *sink)
{
    trace_sink_print(sink, "\n]}\n");
}

/* --- events ------------------------------------------------------------------------------------------------------------------ */

static void write_slice(struct trace_sink *sink, const char *name, unsigned guest, unsigned track, uint64_t begin,
                        uint64_t end)
{
    if (end > begin)
        trace_sink_print(sink,
                         ",\n{\"name\":\"%s\",\"ph\":\"X\",\"pid\":%u,\"tid\":%u,\"ts\":%" PRIu64 ",\"dur\":%" PRIu64 "}",
                         name, guest + 1, track, begin, end - begin);
}

void trace_write_exit(struct trace_sink *sink, const struct exit_note *n, const char *at, const char *did, uint64_t insns)
{
    const char *cause = n->cause == HW_BUDGET ? "the machine's timer" : trap_name(n->cause);
    bool rest = n->rest || n->reason >= EXIT_count;
    if (rest && n->begin == n->end)
        return;
    if (!rest) {
        write_slice(sink, mode_names[n->mode], n->guest, TRACK_GUEST, n->entered, n->begin);
        write_slice(sink, "trap", n->guest, TRACK_HARDWARE, n->begin, n->back);
    }
    trace_sink_print(
        sink, ",\n{\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"X\",\"pid\":%u,\"tid\":%d,\"ts\":%" PRIu64 ",\"dur\":%" PRIu64,
        trace_reason_name(n->reason), rest ? "rest" : "exit", n->guest + 1, TRACK_MONITOR, n->begin, n->end - n->begin);
    if (!rest)
        trace_sink_print(sink,
                         ",\"args\":{\"T\":%" PRIu64 ",\"ran\":%" PRIu64 ",\"pc\":\"0x%" PRIx64
                         "\",\"at\":\"%s\",\"mode\":\"%s\",\"cause\":\"%s\",\"tval\":\"0x%" PRIx64
                         "\",\"technique\":\"%s\",\"did\":\"%s\",\"interpreted\":%" PRIu64 "}",
                         n->step, n->retired, n->pc, at, mode_names[n->mode], cause, n->tval, n->technique, did, insns);
    trace_sink_print(sink, "}");
    write_slice(sink, "return", n->guest, TRACK_HARDWARE, n->leaving, n->end);
}

void trace_write_trap(struct trace_sink *sink, unsigned guest, uint64_t cycles, const struct trap_note *n, enum mode mode,
                      const char *at)
{
    trace_sink_print(sink,
                     ",\n{\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"i\",\"s\":\"t\",\"pid\":%u,\"tid\":%d,\"ts\":%" PRIu64
                     ",\"args\":{\"T\":%" PRIu64 ",\"pc\":\"0x%" PRIx64
                     "\",\"at\":\"%s\",\"mode\":\"%s\",\"tval\":\"0x%" PRIx64 "\"}}",
                     trap_name(n->cause), n->cause & CAUSE_INTERRUPT ? "interrupt" : "trap", guest + 1, TRACK_GUEST, cycles,
                     n->step, n->epc, at, mode_names[mode], n->tval);
}

void trace_write_technique(struct trace_sink *sink, unsigned guest, uint64_t cycles, uint64_t step, const char *name)
{
    trace_sink_print(
        sink,
        ",\n{\"name\":\"technique %s\",\"cat\":\"technique\",\"ph\":\"i\",\"s\":\"p\",\"pid\":%u,\"tid\":%d,\"ts\":%" PRIu64
        ",\"args\":{\"T\":%" PRIu64 "}}",
        name, guest + 1, TRACK_MONITOR, cycles, step);
}

void trace_write_sample(struct trace_sink *sink, uint64_t cycles, const struct trace_sample *sample)
{
    trace_sink_print(sink, ",\n{\"name\":\"cycles\",\"ph\":\"C\",\"pid\":0,\"ts\":%" PRIu64 ",\"args\":{", cycles);
    for (unsigned i = 0; i < OWNER_count; i++)
        trace_sink_print(sink, "%s\"%s\":%" PRIu64, i ? "," : "", cost_owner_names[i], sample->owner[i]);
    trace_sink_print(sink,
                     "}},\n{\"name\":\"tlb\",\"ph\":\"C\",\"pid\":0,\"ts\":%" PRIu64 ",\"args\":{\"misses\":%" PRIu64
                     ",\"walk_refs\":%" PRIu64 "}}",
                     cycles, sample->tlb_misses, sample->walk_refs);
}
