/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Results as a table and as JSON.
 */
#include "engine.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "child.h"

static double mips(uint64_t instructions, double seconds)
{
    return seconds > 0 ? (double)instructions / seconds / 1e6 : 0;
}

static double nanoseconds(uint64_t operations, double seconds)
{
    return 1e9 * seconds / (double)operations;
}

/* --- the table ---------------------------------------------------------------------------------------------------------- */

/* A ratio and what it should be. */
static void print_ratio(double ratio, double target)
{
    if (ratio > 0)
        printf("%9.*f", ratio < 1 ? 3 : 2, ratio);
    else
        printf("%9s", "-");
    if (target > 0)
        printf("%9.2f  %s\n", target, ratio <= 0 ? "-" : ratio >= target ? "met" : "not met");
    else
        printf("%9s\n", "-");
}

static void print_head(const struct results *r, const struct settings *s)
{
    printf("Trapeze %s (%s) beside %s\n", r->version, r->revision, r->qemu_version);
    printf("guests by %s; cost model %s; on %s\n", r->compiler_version[0] ? r->compiler_version : "an unknown compiler",
           r->cost_model, r->cpu[0] ? r->cpu : "an unknown processor");
    printf("Medians of %u runs by turns, processor time less that of the empty guest (ms: QEMU %.1f, native %.1f", s->runs,
           1e3 * r->empty_qemu, 1e3 * r->empty_native);
    for (unsigned t = 0; t < TECHNIQUES; t++)
        printf(", %s %.1f", measured[t], 1e3 * r->empty[t]);
    puts(")");
    if (s->quick)
        puts("--quick: these runs are too short to mean anything");
}

static void print_compute(const struct results *r)
{
    bool any = false;
    for (unsigned i = 0; i < r->row_count; i++) {
        const struct row *row = &r->row[i];
        if (row->guest->section != COMPUTE)
            continue;
        if (!any)
            printf("\n%-10s%14s%10s%10s%12s%10s%9s%9s\n", "compute", "instructions", "QEMU s", "native s", "QEMU MIPS",
                   "MIPS", "ratio", "target");
        any = true;
        printf("%-10s%14" PRIu64 "%10.3f%10.3f%12.0f%10.0f", row->guest->name, row->instructions, row->seconds,
               row->our_seconds, mips(row->instructions, row->seconds), mips(row->instructions, row->our_seconds));
        print_ratio(row_ratio(row), row->guest->target);
    }
}

static void print_privileged(const struct results *r)
{
    bool any = false;
    for (unsigned i = 0; i < r->row_count; i++) {
        const struct row *row = &r->row[i];
        if (row->guest->section != PRIVILEGED)
            continue;
        if (!any)
            printf("\n%-10s%14s%10s%10s%12s%10s%9s%9s\n", "privileged", "operations", "QEMU s", "native s", "QEMU ns/op",
                   "ns/op", "ratio", "target");
        any = true;
        printf("%-10s%14" PRIu64 "%10.3f%10.3f%12.1f%10.2f", row->guest->name, row->count, row->seconds,
               row->our_seconds * (double)row->count / (double)row->our_count, nanoseconds(row->count, row->seconds),
               nanoseconds(row->our_count, row->our_seconds));
        print_ratio(row_ratio(row), row->guest->target);
    }
}

static void print_user(const struct results *r)
{
    if (r->user_count)
        printf("\n%-10s%-8s%12s%10s%10s%16s%9s%9s\n", "user code", "under", "exits", "native s", "s", "", "ratio",
               "target");
    for (unsigned i = 0; i < r->user_count; i++) {
        const struct user_row *row = &r->user[i];
        for (unsigned t = 0; t < TECHNIQUES; t++) {
            printf("%-10s%-8s%12" PRIu64 "%10.3f%10.3f%16s", row->guest->name, measured[t], row->by[t].exits,
                   row->native_seconds, row->by[t].seconds, "");
            print_ratio(row->by[t].ratio, TARGET_USER);
        }
    }
}

static const char *verdict(bool known, bool met)
{
    return !known ? "-" : met ? "met" : "not met";
}

static void print_storm(const struct results *r)
{
    const struct storm_row *te = &r->storm[0];
    double rate = storm_rate(te);
    printf("\n%-18s%12s%10s%16s%19s\n", r->storm_args, "exits", "s", "exits a second", "speed, te's = 1");
    for (unsigned t = 0; t < TECHNIQUES; t++)
        printf("%-18s%12" PRIu64 "%10.3f%16.0f%19.2f\n", measured[t], r->storm[t].exits, r->storm[t].seconds,
               storm_rate(&r->storm[t]), r->storm[t].speed);
    printf("te: %.2f million exits a second; target %.0f million: %s\n", rate / 1e6, TARGET_EXITS / 1e6,
           verdict(rate > 0, rate >= TARGET_EXITS));
    for (unsigned t = 1; t < TECHNIQUES; t++) {
        double share = (double)r->storm[t].exits / (double)te->exits, speed = r->storm[t].speed;
        printf("%s: %.3f of te's exits; target at most %.2f: %s. %.2f times te's speed; target %.0f: %s\n", measured[t],
               share, TARGET_SHARE, verdict(true, share <= TARGET_SHARE), speed, TARGET_SPEED,
               verdict(speed > 0, speed >= TARGET_SPEED));
    }
}

static void print_startup(const struct results *r)
{
    printf("\nempty guest, start to end: %.1f ms (QEMU %.1f ms); target under %.0f ms: %s\n", r->start_ms, r->start_qemu_ms,
           TARGET_START_MS, verdict(true, r->start_ms < TARGET_START_MS));
    printf("its peak memory: %.1f MiB with -m 128M, %.1f MiB with -m 1G; target under %d MiB: %s\n",
           (double)r->peak_128m_kib / 1024, (double)r->peak_1g_kib / 1024, TARGET_PEAK_KIB >> 10,
           verdict(true, r->peak_128m_kib < TARGET_PEAK_KIB && r->peak_1g_kib < TARGET_PEAK_KIB));
}

void report_table(const struct results *r, const struct settings *s)
{
    print_head(r, s);
    print_compute(r);
    print_privileged(r);
    print_user(r);
    if (settings_want_section(s, STORM))
        print_storm(r);
    if (settings_want_section(s, STARTUP))
        print_startup(r);
}

/* --- JSON --------------------------------------------------------------------------------------------------------------- */

static void set(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        die(STATUS_BROKEN, "out of memory");
}

static void set_number(json_t *object, const char *name, uint64_t value)
{
    set(object, name, json_integer((json_int_t)value));
}

static void set_text(json_t *object, const char *name, const char *text)
{
    set(object, name, text[0] ? json_string(text) : json_null());
}

/* Times and ratios; 0 stands for what could not be measured. */
static void set_real(json_t *object, const char *name, double value)
{
    set(object, name, value > 0 ? json_real(value) : json_null());
}

static void set_target(json_t *object, double value, double target)
{
    set_real(object, "target", target);
    set(object, "met", target > 0 && value > 0 ? json_boolean(value >= target) : json_null());
}

static json_t *side_json(const struct row *row, uint64_t count, double seconds)
{
    json_t *side = json_object();
    uint64_t instructions = row->instructions;
    set_number(side, "count", count);
    set(side, "seconds", json_real(seconds));
    if (row->guest->section == COMPUTE)
        set_real(side, "mips", count == row->count ? mips(instructions, seconds) : 0);
    else
        set_real(side, "ns", nanoseconds(count, seconds));
    return side;
}

static json_t *rows_json(const struct results *r, enum section section)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < r->row_count; i++) {
        const struct row *row = &r->row[i];
        if (row->guest->section != section)
            continue;
        json_t *object = json_object();
        set_text(object, "name", row->guest->name);
        set_text(object, "checksum", row->checksum);
        set_number(object, "instructions", row->instructions);
        set(object, "qemu", side_json(row, row->count, row->seconds));
        set(object, "trapeze", side_json(row, row->our_count, row->our_seconds));
        set_real(object, "ratio", row_ratio(row));
        set_target(object, row_ratio(row), row->guest->target);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *user_json(const struct results *r)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < r->user_count; i++) {
        const struct user_row *row = &r->user[i];
        for (unsigned t = 0; t < TECHNIQUES; t++) {
            json_t *object = json_object();
            set_text(object, "name", row->guest->name);
            set_text(object, "technique", measured[t]);
            set_number(object, "count", row->count);
            set_number(object, "exits", row->by[t].exits);
            set(object, "native_seconds", json_real(row->native_seconds));
            set(object, "seconds", json_real(row->by[t].seconds));
            set_real(object, "ratio", row->by[t].ratio);
            set_target(object, row->by[t].ratio, TARGET_USER);
            json_array_append_new(array, object);
        }
    }
    return array;
}

static json_t *storm_json(const struct results *r)
{
    json_t *array = json_array();
    for (unsigned t = 0; t < TECHNIQUES; t++) {
        const struct storm_row *row = &r->storm[t];
        json_t *object = json_object();
        set_text(object, "append", r->storm_args);
        set_text(object, "technique", measured[t]);
        set_number(object, "exits", row->exits);
        set(object, "seconds", json_real(row->seconds));
        set_real(object, "per_second", storm_rate(row));
        set_real(object, "speed", row->speed);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *start_json(const struct results *r)
{
    json_t *object = json_object();
    set_real(object, "qemu_ms", r->start_qemu_ms);
    set_real(object, "ms", r->start_ms);
    set_real(object, "target_ms", TARGET_START_MS);
    set_number(object, "peak_kib_128m", (uint64_t)r->peak_128m_kib);
    set_number(object, "peak_kib_1g", (uint64_t)r->peak_1g_kib);
    set_number(object, "target_kib", TARGET_PEAK_KIB);
    set(object, "met",
        json_boolean(r->start_ms < TARGET_START_MS && r->peak_128m_kib < TARGET_PEAK_KIB &&
                     r->peak_1g_kib < TARGET_PEAK_KIB));
    return object;
}

static json_t *identity_json(const struct results *r, const struct settings *s)
{
    json_t *json = json_object(), *model = json_object(), *empty = json_object();
    set_text(json, "schema", "trapeze.bench-engine/1");
    set_text(json, "version", r->version);
    set_text(json, "revision", r->revision);
    set_text(json, "qemu", r->qemu_version);
    set_text(json, "compiler", r->compiler_version);
    set_text(json, "cpu", r->cpu);
    set_text(model, "name", r->cost_model);
    set_text(model, "hash", r->cost_hash);
    set(json, "cost_model", model);
    set_number(json, "runs", s->runs);
    set(json, "quick", json_boolean(s->quick));
    set(empty, "qemu", json_real(r->empty_qemu));
    set(empty, "native", json_real(r->empty_native));
    for (unsigned t = 0; t < TECHNIQUES; t++)
        set(empty, measured[t], json_real(r->empty[t]));
    set(json, "empty_seconds", empty);
    return json;
}

void report_json(const struct results *r, const struct settings *s, FILE *out)
{
    json_t *json = identity_json(r, s);
    set(json, "compute", rows_json(r, COMPUTE));
    set(json, "privileged", rows_json(r, PRIVILEGED));
    set(json, "user", user_json(r));
    set(json, "storm", settings_want_section(s, STORM) ? storm_json(r) : json_null());
    set(json, "startup", settings_want_section(s, STARTUP) ? start_json(r) : json_null());
    bool written = json_dumpf(json, out, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) == 0 && fputc('\n', out) != EOF;
    if (fclose(out) != 0 || !written)
        die(STATUS_BROKEN, "%s: cannot be written: %s", s->json, strerror(errno));
    json_decref(json);
}
