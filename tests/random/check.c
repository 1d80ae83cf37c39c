/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Verdicts about a random program. See check.h.
 */
#include "check.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS_MOST 20

static struct execution *run(const struct program *p, const struct way *way, uint64_t steps)
{
    struct execution *e = execution_new(way, p);
    execution_run(e, steps);
    return e;
}

enum verdict check(const struct program *p, const struct way *way, uint64_t steps, struct difference *d)
{
    const struct way native = {.name = "native"}, fenced = {.name = "fenced", .audit = true};
    struct execution *expected = run(p, way->technique ? &fenced : &native, steps), *got = run(p, way, steps);
    enum verdict verdict = SAME;
    if (!execution_is_sound(expected, d))
        verdict = NOT_FENCED;
    else if (executions_differ(expected, got, d) || !execution_is_sound(got, d))
        verdict = DIFFERENT;
    execution_free(expected);
    execution_free(got);
    return verdict;
}

enum verdict check_apart(const struct program *p, const struct way *way, uint64_t steps, int *died)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct difference d;
        alarm(SECONDS_MOST);
        if (!freopen("/dev/null", "w", stderr))
            _exit(3);
        _exit((int)check(p, way, steps, &d));
    }
    int status = 0;
    *died = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return SAME;
    if (WIFEXITED(status) && WEXITSTATUS(status) <= NOT_FENCED)
        return (enum verdict)WEXITSTATUS(status);
    *died = status;
    return DIFFERENT;
}

uint64_t first_difference(const struct program *p, const struct way *way, uint64_t steps, struct difference *d)
{
    uint64_t same = 0, different = steps;
    while (different - same > 1) {
        uint64_t middle = same + (different - same) / 2;
        int died;
        if (check_apart(p, way, middle, &died) == SAME)
            same = middle;
        else
            different = middle;
    }
    int died;
    check_apart(p, way, different, &died);
    if (died) {
        memset(d, 0, sizeof *d);
        snprintf(d->what, sizeof d->what, WIFSIGNALED(died) ? "signal %d" : "panic, status %d",
                 WIFSIGNALED(died) ? WTERMSIG(died) : WEXITSTATUS(died));
    } else {
        check(p, way, different, d);
    }
    return different;
}
