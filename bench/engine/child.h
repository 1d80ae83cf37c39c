/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running a program and measuring it from outside.
 */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <stdbool.h>

/* The status of the driver itself when it refuses to begin, and when something broke. */
enum { STATUS_BROKEN = 1, STATUS_REFUSED = 125 };

/* Prints "bench-engine: ..." as one line and ends the program. */
void die(int status, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

struct child {
    double cpu;             /* seconds: user and system time */
    double wall;            /* seconds, from before it was started to after it ended */
    long peak_kib;          /* its largest resident set; at least the driver's own, which it is forked from */
    int status;             /* of exit, or 128 + signal */
    char output[1024];      /* the beginning of its stdout */
};

/* Runs argv[0], found through PATH, without input, and waits. Its descriptor REPORT is `report`, unless that is negative.
 * Returns false if there is no such program. */
#define REPORT 3
bool child_run(struct child *child, const char *const argv[], int report);

/* No child may use more processor time than this: a guest that hangs is ended by a signal. */
void child_limit(unsigned seconds);

#endif
