/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A suite of random programs: what is asked for, and what has come out so far, in memory that its processes share.
 */
#ifndef TESTS_RANDOM_SUITE_H
#define TESTS_RANDOM_SUITE_H

#include "check.h"

#define COUNTERS (sizeof(struct vm_counters) / sizeof(uint64_t))
#define FAILURES_KEPT 16
#define WHOLE_SUITE 500 /* programs; with fewer, not everything can be expected to be reached */

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

/* --- report.c: on stdout ------------------------------------------------------------------------------------------------ */

/* Tables of what was reached; false if that was too little. */
bool report_reached(const struct suite *s);

/* All failures; how many. The first one that can be is made short, explained, and kept. */
uint64_t report_failures(const struct suite *s);

/* Where it differs first, and what is run until then. */
void explain(const struct program *p, const struct way *way);

#endif
