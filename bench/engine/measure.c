/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The measurements. The two sides run by turns, so that what slows the host slows both.
 */
#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"

#define PATH_SIZE 4096
#define STORM_CALLS 2000000

/* --- medians and progress ----------------------------------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double less(double seconds, double empty)
{
    return seconds > empty ? seconds - empty : 0;
}

static void progress(const char *name, unsigned run, unsigned runs)
{
    if (!isatty(STDERR_FILENO))
        return;
    if (name)
        fprintf(stderr, "\r\033[K%s, run %u of %u", name, run + 1, runs);
    else
        fputs("\r\033[K", stderr);
}

/* --- one run ------------------------------------------------------------------------------------------------------------ */

const char *const measured[TECHNIQUES] = {"te", "bt", "hw"};

struct run {
    const char *technique; /* NULL: on QEMU */
    const char *guest;     /* a name, or NULL for the kernel */
    const char *append;
    const char *memory; /* NULL: 128M */
    json_t **stats;     /* where our statistics go, or NULL; to be freed */
};

static void image_path(char path[PATH_SIZE], const struct settings *s, const char *guest)
{
    if (guest)
        snprintf(path, PATH_SIZE, "%s/%s.elf", s->guests, guest);
    else
        snprintf(path, PATH_SIZE, "%s", s->kernel);
    if (access(path, R_OK) != 0)
        die(STATUS_REFUSED, "%s: %s; make %s builds it", path, strerror(errno), guest ? "bench-guests" : "all");
}

/* Runs with a pipe for the statistics: they are short enough to wait in it. */
static void run_command(struct child *child, const struct run *run, const char *const *command, const char *image)
{
    int ends[2] = {-1, -1};
    json_error_t error;
    if (run->stats && pipe2(ends, O_CLOEXEC) != 0)
        die(STATUS_BROKEN, "pipe: %s", strerror(errno));
    if (!child_run(child, command, ends[1]))
        die(STATUS_REFUSED, "%s is missing: %s", command[0],
            !run->technique ? "install the package qemu-system-misc" : "make builds it");
    if (child->status != 0)
        die(STATUS_BROKEN, "%s on %s: status %d, %.60s", image, command[0], child->status, child->output);
    if (!run->stats)
        return;
    close(ends[1]);
    *run->stats = json_loadfd(ends[0], 0, &error);
    close(ends[0]);
    if (!*run->stats)
        die(STATUS_BROKEN, "%s: statistics, line %d: %s", command[0], error.line, error.text);
}

static void run(struct child *child, const struct settings *s, const struct run *run)
{
    char image[PATH_SIZE], stats[32];
    const char *memory = run->memory ? run->memory : "128M", *append = run->append ? run->append : "";
    image_path(image, s, run->guest);
    snprintf(stats, sizeof stats, "--stats=/dev/fd/%d", REPORT);

    const char *const qemu[] = {s->qemu,      "-M",      "virt", "-bios",   "none", "-m", memory,
                                "-nographic", "-append", append, "-kernel", image,  NULL};
    const char *const ours[] = {
        s->trapeze, "run", "-t", run->technique, "-m", memory, "--append", append, image, run->stats ? stats : NULL, NULL};
    run_command(child, run, !run->technique ? qemu : ours, image);
}

/* A run of a measuring guest whose checksum must be `checksum`, or, if that is still empty, sets it. */
static double timed(const struct settings *s, const struct run *which, char checksum[24])
{
    struct child child;
    char got[24] = "";
    run(&child, s, which);
    const char *at = strstr(child.output, "checksum ");
    if (!at || sscanf(at, "checksum %23s", got) != 1)
        die(STATUS_BROKEN, "%s: no checksum in its output: %.60s", which->guest, child.output);
    if (checksum[0] && strcmp(checksum, got) != 0)
        die(STATUS_BROKEN, "%s: checksum %s, but %s before (%s, --append '%s')", which->guest, got, checksum,
            !which->technique ? s->qemu : s->trapeze, which->append);
    memcpy(checksum, got, sizeof got);
    return child.cpu;
}

/* --- our statistics ----------------------------------------------------------------------------------------------------- */

static void copy_text(char *to, size_t size, const json_t *text)
{
    const char *value = json_string_value(text);
    snprintf(to, size, "%s", value ? value : "unknown");
}

static uint64_t number(const json_t *object, const char *name, const char *part)
{
    const json_t *value = json_object_get(object, name);
    return (uint64_t)json_integer_value(part ? json_object_get(value, part) : value);
}

static uint64_t exits_of(const json_t *stats)
{
    uint64_t sum = 0;
    const char *key;
    json_t *exit;
    json_object_foreach (json_object_get(stats, "exits"), key, exit)
        sum += number(exit, "count", NULL);
    return sum;
}

static void take_identity(struct results *r, const json_t *stats)
{
    const json_t *model = json_object_get(stats, "cost_model");
    copy_text(r->version, sizeof r->version, json_object_get(stats, "version"));
    copy_text(r->revision, sizeof r->revision, json_object_get(stats, "revision"));
    copy_text(r->cost_model, sizeof r->cost_model, json_object_get(model, "name"));
    copy_text(r->cost_hash, sizeof r->cost_hash, json_object_get(model, "hash"));
}

/* --- identity of the peers ---------------------------------------------------------------------------------------------- */

static void first_line(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%.*s", (int)strcspn(text, "\n"), text);
}

static void identify(struct results *r, const struct settings *s)
{
    struct child child;
    char line[256];
    if (child_run(&child, (const char *const[]){s->compiler, "--version", NULL}, -1))
        first_line(r->compiler_version, sizeof r->compiler_version, child.output);
    if (!child_run(&child, (const char *const[]){s->qemu, "--version", NULL}, -1))
        die(STATUS_REFUSED, "%s is missing: install the package qemu-system-misc", s->qemu);
    first_line(r->qemu_version, sizeof r->qemu_version, child.output);
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f && fgets(line, sizeof line, f)) {
        const char *colon = strchr(line, ':');
        if (colon && strncmp(line, "model name", 10) == 0) {
            first_line(r->cpu, sizeof r->cpu, colon + 2);
            break;
        }
    }
    if (f)
        fclose(f);
}

/* --- the sections ------------------------------------------------------------------------------------------------------- */

static void measure_empty(struct results *r, const struct settings *s)
{
    double qemu[RUNS_MOST], native[RUNS_MOST], under[TECHNIQUES][RUNS_MOST];
    char sum[24] = "";
    json_t *stats;

    timed(s, &(struct run){.technique = "native", .guest = "empty", .append = "1", .stats = &stats}, sum);
    take_identity(r, stats);
    json_decref(stats);
    for (unsigned i = 0; i < s->runs; i++) {
        progress("empty", i, s->runs);
        qemu[i] = timed(s, &(struct run){.guest = "empty", .append = "1"}, sum);
        native[i] = timed(s, &(struct run){.technique = "native", .guest = "empty", .append = "1"}, sum);
        for (unsigned t = 0; t < TECHNIQUES; t++)
            under[t][i] = timed(s, &(struct run){.technique = measured[t], .guest = "empty", .append = "1"}, sum);
    }
    r->empty_qemu = median(qemu, s->runs);
    r->empty_native = median(native, s->runs);
    for (unsigned t = 0; t < TECHNIQUES; t++)
        r->empty[t] = median(under[t], s->runs);
}

static uint64_t quick(const struct settings *s, uint64_t count)
{
    return s->quick ? count / QUICK + 1 : count;
}

static void measure_guest(struct results *r, const struct settings *s, const struct guest *g)
{
    struct row *row = &r->row[r->row_count++];
    double theirs[RUNS_MOST], ours[RUNS_MOST];
    char count[24], our_count[24], our_sum[24] = "";
    json_t *stats;

    row->guest = g;
    row->count = quick(s, g->count);
    row->our_count = row->count * g->more;
    snprintf(count, sizeof count, "%" PRIu64, row->count);
    snprintf(our_count, sizeof our_count, "%" PRIu64, row->our_count);
    timed(s, &(struct run){.technique = "native", .guest = g->name, .append = count, .stats = &stats}, row->checksum);
    row->instructions = number(stats, "instructions", "guest");
    json_decref(stats);
    for (unsigned i = 0; i < s->runs; i++) {
        progress(g->name, i, s->runs);
        theirs[i] = timed(s, &(struct run){.guest = g->name, .append = count}, row->checksum);
        ours[i] = timed(s, &(struct run){.technique = "native", .guest = g->name, .append = our_count}, our_sum);
    }
    row->seconds = less(median(theirs, s->runs), r->empty_qemu);
    row->our_seconds = less(median(ours, s->runs), r->empty_native);
}

/* The median of a[i] / b[i]; 0 if some b was too short to measure. */
static double median_ratio(const double *a, const double *b, unsigned count)
{
    double ratio[RUNS_MOST];
    for (unsigned i = 0; i < count; i++) {
        if (b[i] <= 0)
            return 0;
        ratio[i] = a[i] / b[i];
    }
    return median(ratio, count);
}

static void measure_user(struct results *r, const struct settings *s, const struct guest *g)
{
    struct user_row *row = &r->user[r->user_count++];
    double native[RUNS_MOST], under[TECHNIQUES][RUNS_MOST];
    char append[32], sum[24] = "";
    json_t *stats;

    row->guest = g;
    row->count = quick(s, g->count);
    snprintf(append, sizeof append, "%" PRIu64 " paged", row->count);
    for (unsigned t = 0; t < TECHNIQUES; t++) {
        timed(s, &(struct run){.technique = measured[t], .guest = g->name, .append = append, .stats = &stats}, sum);
        row->by[t].exits = exits_of(stats);
        json_decref(stats);
    }
    for (unsigned i = 0; i < s->runs; i++) {
        struct run turn = {.technique = "native", .guest = g->name, .append = append};
        progress(g->name, i, s->runs);
        native[i] = less(timed(s, &turn, sum), r->empty_native);
        for (unsigned t = 0; t < TECHNIQUES; t++) {
            turn.technique = measured[t];
            under[t][i] = less(timed(s, &turn, sum), r->empty[t]);
        }
    }
    /* median() sorts, so the ratios come first. */
    for (unsigned t = 0; t < TECHNIQUES; t++)
        row->by[t].ratio = median_ratio(native, under[t], s->runs);
    for (unsigned t = 0; t < TECHNIQUES; t++)
        row->by[t].seconds = median(under[t], s->runs);
    row->native_seconds = median(native, s->runs);
}

static void measure_storm(struct results *r, const struct settings *s)
{
    double seconds[TECHNIQUES][RUNS_MOST];
    struct child child;
    json_t *stats;

    snprintf(r->storm_args, sizeof r->storm_args, "run=sysstorm:%" PRIu64, quick(s, STORM_CALLS));
    for (unsigned t = 0; t < TECHNIQUES; t++) {
        run(&child, s, &(struct run){.technique = measured[t], .append = r->storm_args, .stats = &stats});
        r->storm[t].exits = exits_of(stats);
        json_decref(stats);
    }
    for (unsigned i = 0; i < s->runs; i++) {
        progress("sysstorm", i, s->runs);
        for (unsigned t = 0; t < TECHNIQUES; t++) {
            run(&child, s, &(struct run){.technique = measured[t], .append = r->storm_args});
            seconds[t][i] = less(child.cpu, r->empty[t]);
        }
    }
    /* median() sorts, so the ratios come first. */
    for (unsigned t = 0; t < TECHNIQUES; t++)
        r->storm[t].speed = median_ratio(seconds[0], seconds[t], s->runs);
    for (unsigned t = 0; t < TECHNIQUES; t++)
        r->storm[t].seconds = median(seconds[t], s->runs);
}

static void measure_start(struct results *r, const struct settings *s)
{
    const unsigned starts = s->quick ? 2 : STARTS;
    double theirs[STARTS], ours[STARTS];
    struct child child;

    for (unsigned i = 0; i < starts; i++) {
        progress("start-up", i, starts);
        run(&child, s, &(struct run){.guest = "empty"});
        theirs[i] = 1e3 * child.wall;
        run(&child, s, &(struct run){.technique = "native", .guest = "empty"});
        ours[i] = 1e3 * child.wall;
        if (child.peak_kib > r->peak_128m_kib)
            r->peak_128m_kib = child.peak_kib;
    }
    r->start_qemu_ms = median(theirs, starts);
    r->start_ms = median(ours, starts);
    run(&child, s, &(struct run){.technique = "native", .guest = "empty", .memory = "1G"});
    r->peak_1g_kib = child.peak_kib;
}

void measure(struct results *r, const struct settings *s)
{
    identify(r, s);
    measure_empty(r, s);
    for (unsigned i = 0; i < guests_count; i++)
        if (settings_want(s, &guests[i]))
            measure_guest(r, s, &guests[i]);
    for (unsigned i = 0; i < guests_count; i++)
        if (guests[i].section == COMPUTE && settings_want_section(s, USER))
            measure_user(r, s, &guests[i]);
    if (settings_want_section(s, STORM))
        measure_storm(r, s);
    if (settings_want_section(s, STARTUP))
        measure_start(r, s);
    progress(NULL, 0, 0);
}

/* --- what follows from the results -------------------------------------------------------------------------------------- */

double row_ratio(const struct row *row)
{
    if (row->seconds <= 0 || row->our_seconds <= 0)
        return 0;
    return row->seconds / (double)row->count / (row->our_seconds / (double)row->our_count);
}

double storm_rate(const struct storm_row *row)
{
    return row->seconds > 0 ? (double)row->exits / row->seconds : 0;
}
