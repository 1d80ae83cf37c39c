/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One value of JSON at a time is cut out of the stream, and given to jansson.
 */
#include "trace_read.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "trace_record.h"

#define VALUE_MOST (1u << 20) /* bytes of an event at the most */

enum place { AT_BEGIN, AT_FIRST, AT_EVENTS, AT_END };

struct trace_reader {
    struct trace_source *source; /* borrowed */
    enum place place;
    int ahead; /* a byte that was read too many; -2: none */
    uint64_t line;
    char *value;              /* owned: VALUE_MOST + 1 bytes */
    json_t *identity, *event; /* owned */
    char error[256];
};

struct trace_reader *trace_reader_new(struct trace_source *source)
{
    struct trace_reader *r = need(calloc(1, sizeof *r));
    r->source = source;
    r->ahead = -2;
    r->line = 1;
    r->value = need(malloc(VALUE_MOST + 1));
    return r;
}

void trace_reader_free(struct trace_reader *r)
{
    json_decref(r->identity);
    json_decref(r->event);
    free(r->value);
    free(r);
}

const json_t *trace_identity(const struct trace_reader *r)
{
    return r->identity;
}

const char *trace_error(const struct trace_reader *r)
{
    return r->error[0] ? r->error : NULL;
}

/* The first thing that is wrong. False. */
static __attribute__((format(printf, 2, 3))) bool wrong(struct trace_reader *r, const char *format, ...)
{
    char what[192];
    const char *reason = trace_source_error(r->source);
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    for (char *c = what; *c; c++) /* what is wrong may be quoted */
        *c = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
    if (!r->error[0])
        snprintf(r->error, sizeof r->error, "line %llu: %s", (unsigned long long)r->line, reason ? reason : what);
    r->place = AT_END;
    return false;
}

/* --- cutting ------------------------------------------------------------------------------------------------------------------ */

static int get(struct trace_reader *r)
{
    int c = r->ahead;
    r->ahead = -2;
    if (c == -2)
        c = trace_source_get(r->source);
    r->line += c == '\n';
    return c;
}

static void unget(struct trace_reader *r, int c)
{
    r->line -= c == '\n';
    r->ahead = c;
}

/* The next byte that is no blank. */
static int skip(struct trace_reader *r)
{
    int c;
    do
        c = get(r);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r');
    return c;
}

static bool expect(struct trace_reader *r, int wanted)
{
    int c = skip(r);
    if (c == wanted)
        return true;
    return c < 0 ? wrong(r, "the trace ends in the middle") : wrong(r, "no trace: '%c' is wanted", wanted);
}

/* One value, without its blanks before, into r->value. Whether it is one jansson will see. */
static bool cut(struct trace_reader *r, size_t *n)
{
    int c = skip(r), depth = 0;
    bool text = false;
    for (*n = 0; c >= 0; c = get(r)) {
        if (!text && depth == 0 && *n && strchr(",]}: \t\r\n", c) && c) {
            unget(r, c);
            return true;
        }
        if (*n == VALUE_MOST)
            return wrong(r, "no event of a trace: it is too long");
        r->value[(*n)++] = (char)c;
        if (text && c == '\\') {
            c = get(r);
            if (c < 0 || *n == VALUE_MOST)
                break;
            r->value[(*n)++] = (char)c;
            continue;
        }
        if (c == '"')
            text = !text;
        depth += !text && (c == '{' || c == '[');
        depth -= !text && (c == '}' || c == ']');
        if (!text && depth == 0 && (c == '}' || c == ']' || c == '"'))
            return true;
        if (depth < 0)
            return wrong(r, "no trace: a '%c' too many", c);
    }
    return wrong(r, "the trace ends in the middle");
}

static json_t *value(struct trace_reader *r)
{
    size_t n;
    json_error_t error;
    if (!cut(r, &n))
        return NULL;
    json_t *json = json_loadb(r->value, n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (!json)
        wrong(r, "no JSON: %.120s", error.text);
    return json;
}

/* --- the outermost object ------------------------------------------------------------------------------------------------------- */

static bool identify(struct trace_reader *r, json_t *json)
{
    const char *schema = json_string_value(json_object_get(json, "schema"));
    if (r->identity || !schema || strcmp(schema, TRACE_SCHEMA) != 0) {
        json_decref(json);
        return wrong(r, "no trace of this program: \"schema\" is not \"%s\"", TRACE_SCHEMA);
    }
    r->identity = json;
    return true;
}

/* Members up to the events, or to the end: *events tells. */
static bool members(struct trace_reader *r, bool *events)
{
    for (;;) {
        json_t *key = value(r);
        if (!key)
            return false;
        bool text = json_is_string(key), head = text && strcmp(json_string_value(key), "otherData") == 0;
        *events = text && strcmp(json_string_value(key), "traceEvents") == 0;
        json_decref(key);
        if (!text)
            return wrong(r, "no trace: a member's name is wanted");
        if (!expect(r, ':'))
            return false;
        if (*events)
            return r->identity ? expect(r, '[')
                               : wrong(r, "no trace of this program: \"otherData\" is not before the events");
        json_t *json = value(r);
        if (!json)
            return false;
        if (!head)
            json_decref(json);
        else if (!identify(r, json))
            return false;
        int c = skip(r);
        if (c == '}')
            return true;
        if (c != ',')
            return wrong(r, c < 0 ? "the trace ends in the middle" : "no trace: ',' or '}' is wanted");
    }
}

static bool begin(struct trace_reader *r)
{
    bool events = false;
    if (!expect(r, '{') || !members(r, &events))
        return false;
    if (!events)
        return wrong(r, "no trace: it has no \"traceEvents\"");
    r->place = AT_FIRST;
    return true;
}

/* Behind the events. */
static void finish(struct trace_reader *r)
{
    bool again = false;
    int c = skip(r);
    if (c == ',' && !members(r, &again))
        return;
    if (again || (c != ',' && c != '}'))
        wrong(r, c < 0 ? "the trace ends in the middle" : "no trace: '}' is wanted behind the events");
    else if (skip(r) >= 0 || trace_source_error(r->source))
        wrong(r, "there is more behind the trace");
    r->place = AT_END;
}

/* The next event as JSON, or NULL: an error, or the end. */
static json_t *next(struct trace_reader *r)
{
    if (r->place == AT_BEGIN && !begin(r))
        return NULL;
    if (r->place == AT_END)
        return NULL;
    int c = skip(r);
    if (c == ']') {
        finish(r);
        return NULL;
    }
    if (r->place == AT_FIRST) {
        unget(r, c);
    } else if (c != ',') {
        wrong(r, c < 0 ? "the trace ends in the middle" : "no trace: ',' is wanted between events");
        return NULL;
    }
    r->place = AT_EVENTS;
    return value(r);
}

/* --- events --------------------------------------------------------------------------------------------------------------------- */

static bool take_number(struct trace_reader *r, const json_t *object, const char *name, uint64_t *number)
{
    const json_t *json = json_object_get(object, name);
    if (!json_is_integer(json) || json_integer_value(json) < 0)
        return wrong(r, "\"%s\" of an event is no number from 0 on", name);
    *number = (uint64_t)json_integer_value(json);
    return true;
}

static bool take_address(struct trace_reader *r, const json_t *object, const char *name, uint64_t *address)
{
    const char *text = json_string_value(json_object_get(object, name));
    char *end;
    if (!text || strncmp(text, "0x", 2) != 0 || strspn(text + 2, "0123456789abcdef") != strlen(text) - 2)
        return wrong(r, "\"%s\" of an event is no address", name);
    errno = 0;
    *address = strtoull(text, &end, 16);
    return (!errno && text[2]) || wrong(r, "\"%s\" of an event is no address", name);
}

static bool take_text(struct trace_reader *r, const json_t *object, const char *name, const char **text)
{
    *text = json_string_value(json_object_get(object, name));
    if (!*text)
        return wrong(r, "\"%s\" of an event is no text", name);
    for (const char *c = *text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return wrong(r, "\"%s\" of an event is no line of text", name);
    return true;
}

static bool take_reason(struct trace_reader *r, const json_t *json, unsigned *reason)
{
    const char *name;
    if (!take_text(r, json, "name", &name))
        return false;
    for (*reason = 0; *reason <= EXIT_count; ++*reason)
        if (strcmp(name, trace_reason_name(*reason)) == 0)
            return true;
    return wrong(r, "'%.32s' is no reason of an exit", name);
}

static bool take_exit(struct trace_reader *r, const json_t *json, const json_t *args, struct trace_event *e)
{
    if (!take_reason(r, json, &e->reason) || !take_number(r, json, "dur", &e->cost))
        return false;
    if (e->kind == TRACE_REST)
        return true;
    return take_number(r, args, "T", &e->step) && take_number(r, args, "ran", &e->ran) &&
           take_number(r, args, "interpreted", &e->interpreted) && take_address(r, args, "pc", &e->pc) &&
           take_address(r, args, "tval", &e->tval) && take_text(r, args, "at", &e->at) &&
           take_text(r, args, "mode", &e->mode) && take_text(r, args, "cause", &e->cause) &&
           take_text(r, args, "technique", &e->technique) && take_text(r, args, "did", &e->did);
}

static bool take_trap(struct trace_reader *r, const json_t *json, const json_t *args, struct trace_event *e)
{
    return take_text(r, json, "name", &e->cause) && take_number(r, args, "T", &e->step) &&
           take_address(r, args, "pc", &e->pc) && take_address(r, args, "tval", &e->tval) &&
           take_text(r, args, "at", &e->at) && take_text(r, args, "mode", &e->mode);
}

/* "technique te" */
static bool take_technique(struct trace_reader *r, const json_t *json, const json_t *args, struct trace_event *e)
{
    static const char word[] = "technique ";
    if (!take_text(r, json, "name", &e->technique) || !take_number(r, args, "T", &e->step))
        return false;
    if (strncmp(e->technique, word, strlen(word)) != 0)
        return wrong(r, "a technique has no name");
    e->technique += strlen(word);
    return true;
}

static bool kind_of(const json_t *json, enum trace_kind *kind)
{
    static const char *const names[] = {"exit", "rest", "trap", "interrupt", "technique"};
    const char *cat = json_string_value(json_object_get(json, "cat"));
    for (unsigned i = 0; cat && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(cat, names[i]) == 0) {
            *kind = (enum trace_kind)i;
            return true;
        }
    return false;
}

static bool take(struct trace_reader *r, const json_t *json, struct trace_event *e)
{
    const json_t *args = json_object_get(json, "args");
    uint64_t pid;
    if (!take_number(r, json, "ts", &e->cycles) || !take_number(r, json, "pid", &pid))
        return false;
    if (pid < 1 || pid > VMM_GUESTS_MAX)
        return wrong(r, "\"pid\" of an event is no guest's");
    e->guest = (unsigned)pid - 1;
    if (e->kind == TRACE_TECHNIQUE)
        return take_technique(r, json, args, e);
    return e->kind <= TRACE_REST ? take_exit(r, json, args, e) : take_trap(r, json, args, e);
}

bool trace_next(struct trace_reader *r, struct trace_event *e)
{
    for (;;) {
        json_decref(r->event);
        r->event = next(r);
        if (!r->event)
            return false;
        if (!json_is_object(r->event))
            return wrong(r, "an event is no object");
        *e = (struct trace_event){.at = "", .mode = "", .cause = "", .technique = "", .did = ""};
        if (kind_of(r->event, &e->kind))
            return take(r, r->event, e);
    }
}
