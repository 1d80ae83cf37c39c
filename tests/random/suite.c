/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * suite [OPTIONS]: random programs, each run natively and in all other ways, on all processors at once; tables of what was
 * reached. Fails if a program comes out differently, or if the programs were not worth much. See README.md.
 */
#include <argp.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "isa/trap.h"
#include "vmm/technique/technique.h"

#define JOBS_MAX 64
#define COUNTERS (sizeof(struct vm_counters) / sizeof(uint64_t))
#define FAILURES_KEPT 16
#define ENOUGH_EXITS 100 /* of each reason, in a whole suite */
#define WHOLE_SUITE 500
#define MEDIAN_LEAST 1000 /* steps */
#define PLAIN_WAYS 4
#define SECONDS_MOST 60 /* for one program */

struct options {
    uint64_t seed, count;
    const char *only, *keep, *replay;
    unsigned jobs;
    bool shrink, stop;
};

struct failure {
    uint64_t seed;
    struct difference difference;
    unsigned way;
    int died;   /* status of the process, if it did */
    bool plain; /* no whole program: against the other interpreter */
};

/* Shared by all processes; each counts in its own part. */
struct part {
    uint64_t seed, exits[EXIT_count], counters[COUNTERS], causes[2][16], failures, unended, plain_steps;
    unsigned way;
    struct failure failure[FAILURES_KEPT];
};

struct suite {
    struct options options;
    struct way ways[WAYS_MAX];
    unsigned way_count;
    struct part *parts; /* one a job */
    uint32_t *steps;    /* of each program */
    bool *failed;       /* shared: somebody has */
};

static void *shared(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("suite");
        exit(2);
    }
    return p;
}

/* --- a worker --------------------------------------------------------------------------------------------------------------- */

static void fail(struct suite *s, struct part *part, const struct difference *d, int died, bool plain)
{
    if (part->failures < FAILURES_KEPT) {
        struct failure *f = &part->failure[part->failures];
        *f = (struct failure){.seed = part->seed, .way = part->way, .died = died, .plain = plain};
        if (d)
            f->difference = *d;
    }
    part->failures++;
    *s->failed = true;
}

static void note_native(struct suite *s, struct part *part, const struct execution *e)
{
    s->steps[part->seed - s->options.seed] = (uint32_t)e->m->clock.steps;
    part->unended += e->m->end.reason == END_NONE;
    for (uint64_t i = 0; i < e->trap_count && i < TRAPS_KEPT; i++)
        part->causes[e->traps[i].cause >> 63][e->traps[i].cause & 15]++;
}

static void one_way(struct suite *s, struct part *part, const struct program *p, const struct execution *native)
{
    struct difference d;
    struct execution *e = execution_new(&s->ways[part->way], p);
    execution_run(e, STEPS_MOST);
    if (executions_differ(native, e, &d) || !execution_is_sound(e, &d))
        fail(s, part, &d, 0, false);
    for (unsigned i = 0; e->vm && i < EXIT_count; i++)
        part->exits[i] += e->vm->exits[i].count;
    for (unsigned i = 0; e->vm && i < COUNTERS; i++)
        part->counters[i] += ((const uint64_t *)(const void *)&e->vm->counters)[i];
    execution_free(e);
}

/* In a few of the ways, in turns. */
static void one_plain(struct suite *s, struct part *part)
{
    struct plain *g = plain_new(part->seed);
    struct difference d;
    part->plain_steps += plain_steps(g);
    for (unsigned i = 0; i < PLAIN_WAYS && i < s->way_count; i++) {
        part->way = (unsigned)((part->seed * PLAIN_WAYS + i) % s->way_count);
        if (plain_differs(g, &s->ways[part->way], &d))
            fail(s, part, &d, 0, true);
    }
    free(g);
}

static void one_program(struct suite *s, struct part *part, struct program *p)
{
    const struct way way = {.name = "native"};
    program_generate(p, part->seed);
    struct execution *native = execution_new(&way, p);
    alarm(SECONDS_MOST);
    execution_run(native, STEPS_MOST);
    note_native(s, part, native);
    for (part->way = 0; part->way < s->way_count; part->way++)
        one_way(s, part, p, native);
    execution_free(native);
    one_plain(s, part);
}

static _Noreturn void work(struct suite *s, struct part *part, uint64_t from)
{
    struct program *p = program_new();
    for (part->seed = from; part->seed - s->options.seed < s->options.count; part->seed += s->options.jobs)
        if (part->failures < FAILURES_KEPT && !(s->options.stop && *s->failed))
            one_program(s, part, p);
    exit(0); /* coverage is written */
}

/* --- all of them ------------------------------------------------------------------------------------------------------------ */

static pid_t start(struct suite *s, unsigned job, uint64_t from)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        work(s, &s->parts[job], from);
    return child;
}

/* Waits for the workers; one that died has failed, and another one goes on behind that program. */
static void run_all(struct suite *s)
{
    pid_t pids[JOBS_MAX];
    unsigned alive = s->options.jobs;
    for (unsigned job = 0; job < alive; job++)
        pids[job] = start(s, job, s->options.seed + job);
    while (alive) {
        int status;
        pid_t pid = wait(&status);
        unsigned job = 0;
        while (pids[job] != pid)
            job++;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            alive--;
            continue;
        }
        struct part *part = &s->parts[job];
        fail(s, part, NULL, status, false);
        pids[job] = start(s, job, part->seed + s->options.jobs);
    }
}

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

/* Can the techniques that are built give it? */
static bool is_expected(unsigned reason)
{
    switch (reason) {
    case EXIT_interrupt:
    case EXIT_hypercall:
    case EXIT_guest_page:
    case EXIT_virtual_insn:
        return false;
    case EXIT_callout:
        for (unsigned i = 0; i < techniques_count; i++)
            if (strcmp(techniques[i]->name, "bt") == 0)
                return true;
        return false;
    default:
        return true;
    }
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

/* Where it differs first, and what is run until then. */
static void explain(const struct program *p, const struct way *way)
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

static int run_suite(struct suite *s)
{
    uint64_t failures;
    s->parts = shared(s->options.jobs * sizeof *s->parts);
    s->steps = shared(s->options.count * sizeof *s->steps);
    s->failed = shared(sizeof *s->failed);
    run_all(s);
    bool good = report_steps(s);
    report_causes(s);
    good = report_exits(s) && good;
    report_counters(s);
    const struct failure *first = first_failure(s, &failures);
    printf("%u ways, %" PRIu64 " failures\n", s->way_count, failures);
    if (first)
        show_failure(s, first);
    return good && failures == 0 ? 0 : 1;
}

static int run_replay(struct suite *s)
{
    struct program *p = program_new();
    unsigned failures = 0;
    if (!program_read(p, s->options.replay))
        return 125;
    for (unsigned i = 0; i < s->way_count; i++) {
        int died;
        enum verdict v = check_apart(p, &s->ways[i], STEPS_MOST, &died);
        printf("%-32s %s\n", s->ways[i].name, v == SAME ? "same" : v == DIFFERENT ? "DIFFERENT" : "not fenced");
        if (v == DIFFERENT)
            explain(p, &s->ways[i]);
        failures += v != SAME;
    }
    free(p);
    return failures != 0;
}

/* --- options ---------------------------------------------------------------------------------------------------------------- */

enum { OPTION_NO_SHRINK = 256, OPTION_STOP };

static const struct argp_option option_rows[] = {
    {.name = "seed", .key = 's', .arg = "N", .doc = "the first seed (1)"},
    {.name = "count", .key = 'n', .arg = "N", .doc = "how many programs (500)"},
    {.name = "technique", .key = 't', .arg = "NAME", .doc = "only the ways whose names begin so"},
    {.name = "keep", .key = 'k', .arg = "DIR", .doc = "where a failing program is written to (.)"},
    {.name = "replay", .key = 'r', .arg = "FILE", .doc = "run this one, which was kept"},
    {.name = "jobs", .key = 'j', .arg = "N", .doc = "processes (as there are processors)"},
    {.name = "stop", .key = OPTION_STOP, .doc = "no further programs once one has failed"},
    {.name = "no-shrink", .key = OPTION_NO_SHRINK, .doc = "do not make a failing program short"},
    {0},
};

static error_t take_option(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;
    switch (key) {
    case 's':
        o->seed = strtoull(arg, NULL, 0);
        return 0;
    case 'n':
        o->count = strtoull(arg, NULL, 0);
        return 0;
    case 't':
        o->only = arg;
        return 0;
    case 'k':
        o->keep = arg;
        return 0;
    case 'r':
        o->replay = arg;
        return 0;
    case 'j':
        o->jobs = (unsigned)strtoul(arg, NULL, 0);
        return 0;
    case OPTION_NO_SHRINK:
        o->shrink = false;
        return 0;
    case OPTION_STOP:
        o->stop = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static struct suite s;
    const struct argp argp = {.options = option_rows, .parser = take_option, .doc = "Random programs, run in all ways."};
    s.options = (struct options){.seed = 1, .count = WHOLE_SUITE, .keep = ".", .shrink = true};
    s.options.jobs = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* thousands of machines that touch a few pages each */
    argp_parse(&argp, argc, argv, 0, NULL, &s.options);
    if (s.options.jobs < 1 || s.options.jobs > JOBS_MAX)
        s.options.jobs = JOBS_MAX;
    s.way_count = ways_list(s.ways, s.options.only);
    if (!s.way_count || !s.options.count) {
        fprintf(stderr, "suite: no way of that name, or no programs\n");
        return 125;
    }
    return s.options.replay ? run_replay(&s) : run_suite(&s);
}
