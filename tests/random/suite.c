/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * suite [OPTIONS]: random programs, each run natively and in all other ways, on all processors at once; tables of what was
 * reached. Fails if a program comes out differently, or if the programs were not worth much. See README.md.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define JOBS_MAX 64
#define PLAIN_WAYS 4
#define SECONDS_MOST 60 /* for one program */

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

static int run_suite(struct suite *s)
{
    s->parts = shared(s->options.jobs * sizeof *s->parts);
    s->steps = shared(s->options.count * sizeof *s->steps);
    s->failed = shared(sizeof *s->failed);
    run_all(s);
    bool good = report_reached(s);
    return report_failures(s) == 0 && good ? 0 : 1;
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
