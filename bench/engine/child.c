/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Children: started, read, waited for.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

void die(int status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr); /* over the progress */
    fputs("bench-engine: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(status);
}

void child_limit(unsigned seconds)
{
    struct rlimit limit = {.rlim_cur = seconds, .rlim_max = RLIM_INFINITY};
    getrlimit(RLIMIT_CPU, &limit);
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > seconds)
        limit.rlim_cur = seconds;
    setrlimit(RLIMIT_CPU, &limit);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Starts the program with its stdout on `out`. Returns an errno. */
static int start(pid_t *pid, const char *const argv[], int out, int report)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (report >= 0)
        posix_spawn_file_actions_adddup2(&actions, report, REPORT);
    int error = posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Reads to the end, and keeps what has room. */
static void read_output(int fd, char *text, size_t size)
{
    char rest[4096];
    size_t length = 0;
    for (;;) {
        bool full = length + 1 >= size;
        ssize_t got = full ? read(fd, rest, sizeof rest) : read(fd, text + length, size - 1 - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        if (!full)
            length += (size_t)got;
    }
    text[length] = '\0';
}

bool child_run(struct child *child, const char *const argv[], int report)
{
    int ends[2], status;
    pid_t pid;
    struct rusage usage;

    *child = (struct child){0};
    if (pipe2(ends, O_CLOEXEC) != 0)
        die(STATUS_BROKEN, "pipe: %s", strerror(errno));
    double begin = now();
    int error = start(&pid, argv, ends[1], report);
    close(ends[1]);
    if (error) {
        close(ends[0]);
        if (error == ENOENT)
            return false;
        die(STATUS_BROKEN, "%s: %s", argv[0], strerror(error));
    }
    read_output(ends[0], child->output, sizeof child->output);
    close(ends[0]);
    while (wait4(pid, &status, 0, &usage) < 0)
        if (errno != EINTR)
            die(STATUS_BROKEN, "%s: %s", argv[0], strerror(errno));
    child->wall = now() - begin;
    child->cpu = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    child->peak_kib = usage.ru_maxrss;
    child->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
}
