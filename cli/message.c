/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages, suggestions, and the care for stdout.
 */
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

static void print_line(const char *format, va_list list)
{
    fflush(stdout);
    fputs("trapeze: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
}

void say(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_line(format, list);
    va_end(list);
}

void refuse(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_line(format, list);
    va_end(list);
    exit(STATUS_REFUSED);
}

void *need(void *p)
{
    if (!p)
        refuse("out of memory");
    return p;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

#define LONGEST_NAME 31

/* Letters to insert, drop or change, or neighbours to swap, to make b of a (Damerau and Levenshtein). */
static unsigned edit_distance(const char *a, const char *b)
{
    size_t m = strlen(a), n = strlen(b);
    unsigned d[LONGEST_NAME + 1][LONGEST_NAME + 1];
    if (m > LONGEST_NAME || n > LONGEST_NAME)
        return UINT32_MAX;
    for (size_t i = 0; i <= m; i++) {
        for (size_t j = 0; j <= n; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (unsigned)(i + j);
                continue;
            }
            d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[m][n];
}

const char *nearest(const char *word, const char *const *names, size_t count, size_t stride)
{
    const char *best = NULL;
    size_t length = strlen(word);
    unsigned best_distance =
        length > 3 ? 1 + (unsigned)length / 3 : 1; /* of three letters one is wrong, or it is another word */
    for (size_t i = 0; i < count; i++) {
        const char *name = *(const char *const *)(const void *)((const char *)names + i * stride);
        unsigned distance = edit_distance(word, name);
        if (distance <= best_distance && (!best || distance < best_distance)) {
            best = name;
            best_distance = distance;
        }
    }
    return best;
}

const char *suggest(char *text, size_t n, const char *word, const char *const *names, size_t count, size_t stride)
{
    const char *name = nearest(word, names, count, stride);
    text[0] = '\0';
    if (name)
        snprintf(text, n, " (did you mean '%s'?)", name);
    return text;
}

static void check_stdout(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return;
    fprintf(stderr, "trapeze: standard output: %s\n", strerror(errno ? errno : EIO));
    _exit(STATUS_REFUSED);
}

void guard_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            _exit(STATUS_REFUSED);
    signal(SIGPIPE, SIG_IGN);
    atexit(check_stdout);
}
