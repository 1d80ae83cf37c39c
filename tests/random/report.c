/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came out of a suite of random programs.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "isa/trap.h"
#include "suite.h"
#include "vmm/technique/technique.h"

#define ENOUGH_EXITS 100  /* of each reason, in a whole suite */
#define MEDIAN_LEAST 1000 /* steps */

/* --- what came out ---------------------------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static bool report_steps(const struct suite *s)
{
    uint64_t n = s->options.count, unended = 0, plain = 0;
    qsort(s->steps, n, sizeof *s->steps, by_value);
    for (unsigned job = 0; job < s->options.jobs; job++)
        unended += s->parts[job].unended, plain += s->parts[job].plain_steps;
    printf("%" PRIu64 " programs from seed %" PRIu64 " on; steps: least %u, median %u, most %u; not ended: %" PRIu64 "\n",
           n, s->options.seed, s->steps[0], s->steps[n / 2], s->steps[n - 1], unended);
    printf("and as many plain ones, %" PRIu64 " steps\n", plain);
    if (n >= WHOLE_SUITE / 5 && (s->steps[n / 2] < MEDIAN_LEAST || unended > n / 100 || plain < 100 * n)) {
        printf("the programs are too short, or do not end\n");
        return false;
    }
    return true;
}

static void report_causes(const struct suite *s)
{
    for (unsigned kind = 0; kind < 2; kind++)
        for (unsigned cause = 0; cause < 16; cause++) {
            uint64_t count = 0;
            for (unsigned job = 0; job < s->options.jobs; job++)
                count += s->parts[job].causes[kind][cause];
            if (count)
                printf("  %-32s %12" PRIu64 "\n", trap_name((uint64_t)kind << 63 | cause), count);
        }
}

/* Can these programs give it? They know no hypercalls, and the real machine's devices do not interrupt. */
static bool is_expected(unsigned reason)
{
    return reason != EXIT_interrupt && reason != EXIT_hypercall;
}

static bool report_exits(const struct suite *s)
{
    static const char *const names[] = {
#define EXIT(name, meaning) #name,
#include "vmm/counters.def"
    };
    bool enough = true, whole = s->options.count >= WHOLE_SUITE && !s->options.only;
    for (unsigned reason = 0; reason < EXIT_count; reason++) {
        uint64_t count = 0;
        for (unsigned job = 0; job < s->options.jobs; job++)
            count += s->parts[job].exits[reason];
        bool few = whole && is_expected(reason) && count < ENOUGH_EXITS;
        printf("  %-32s %12" PRIu64 "%s\n", names[reason], count, few ? "  too few" : is_expected(reason) ? "" : "  -");
        enough = enough && !few;
    }
    return enough;
}

static void report_counters(const struct suite *s)
{
    static const char *const names[] = {
#define COUNTER(name, meaning) #name,
#include "vmm/counters.def"
    };
    for (unsigned i = 0; i < COUNTERS; i++) {
        uint64_t count = 0;
        for (unsigned job = 0; job < s->options.jobs; job++)
            count += s->parts[job].counters[i];
        printf("  %-32s %12" PRIu64 "\n", names[i], count);
    }
}

/* --- failures --------------------------------------------------------------------------------------------------------------- */

static const struct failure *first_failure(const struct suite *s, uint64_t *count)
{
    const struct failure *first = NULL;
    *count = 0;
    for (unsigned job = 0; job < s->options.jobs; job++) {
        const struct part *part = &s->parts[job];
        *count += part->failures;
        for (unsigned i = 0; i < part->failures && i < FAILURES_KEPT; i++) {
            const struct failure *f = &part->failure[i];
            printf("seed %" PRIu64 ", %s: ", f->seed, s->ways[f->way].name);
            if (f->died)
                printf(WIFSIGNALED(f->died) ? "signal %d\n" : "status %d\n",
                       WIFSIGNALED(f->died) ? WTERMSIG(f->died) : WEXITSTATUS(f->died));
            else
                printf("%s is %#" PRIx64 ", not %#" PRIx64 "\n", f->difference.what, f->difference.got,
                       f->difference.expected);
            if (!f->plain && (!first || f->seed < first->seed))
                first = f;
        }
    }
    return first;
}

void explain(const struct program *p, const struct way *way)
{
    struct difference d;
    uint64_t step = first_difference(p, way, STEPS_MOST, &d);
    const struct way native = {.name = "native"};
    struct execution *e = execution_new(&native, p);
    execution_run(e, step - 1);
    struct view v = execution_view(e);
    printf("seed %" PRIu64 ", %s: first difference after step %" PRIu64 ", at pc %#" PRIx64 " in %c-mode: %s is %#" PRIx64
           ", not %#" PRIx64 "\n",
           p->seed, way->name, step, v.ctx->pc, "US?M"[v.priv->mode], d.what, d.got, d.expected);
    execution_free(e);
    unsigned count = program_list(p, step, stdout);
    printf("%u instructions\n", count);
}

static void write_file(const struct suite *s, const struct program *p, const struct way *way)
{
    char path[4096], title[128];
    snprintf(path, sizeof path, "%s/random-%" PRIu64 ".s", s->options.keep, p->seed);
    snprintf(title, sizeof title, "A random program: seed %" PRIu64 ", made short; fails under %s.", p->seed, way->name);
    FILE *out = fopen(path, "w");
    if (!out) {
        perror(path);
        return;
    }
    program_write(p, title, out);
    fclose(out);
    printf("in %s; again with --replay %s --technique %s\n", path, path, way->name);
}

static void show_failure(const struct suite *s, const struct failure *f)
{
    struct program *p = program_new();
    const struct way *way = &s->ways[f->way];
    program_generate(p, f->seed);
    if (s->options.shrink)
        shrink(p, way, stdout);
    explain(p, way);
    write_file(s, p, way);
    free(p);
}

bool report_reached(const struct suite *s)
{
    bool good = report_steps(s);
    report_causes(s);
    good = report_exits(s) && good;
    report_counters(s);
    return good;
}

uint64_t report_failures(const struct suite *s)
{
    uint64_t failures;
    const struct failure *first = first_failure(s, &failures);
    printf("%u ways, %" PRIu64 " failures\n", s->way_count, failures);
    if (first)
        show_failure(s, first);
    return failures;
}
