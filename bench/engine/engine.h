/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is measured of the engine, and the results. measure.c fills them in, report.c shows them.
 */
#ifndef BENCH_ENGINE_H
#define BENCH_ENGINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define RUNS_MOST 99
#define STARTS 20           /* runs of the empty guest for the start-up time */

/* --- what to measure ---------------------------------------------------------------------------------------------------- */

enum section {
    COMPUTE = 1,            /* against QEMU; MIPS */
    PRIVILEGED = 2,         /* against QEMU; ns per operation */
    USER = 4,               /* compute guests as user code under each technique, against native */
    STORM = 8,              /* the kernel's system-call storm under each technique */
    STARTUP = 16,           /* time and memory of the empty guest */
};

struct settings {
    const char *qemu, *compiler, *trapeze, *kernel, *guests;    /* programs, the kernel, the folder of the guests */
    const char *json;       /* a file, or NULL */
    const char *only;       /* names of guests and sections, or NULL for all */
    unsigned runs;
    bool quick;             /* counts divided by QUICK: to try the driver, not to measure */
};

#define QUICK 200

/* A guest and how it is measured. Its target is the least ratio of QEMU's time to ours. */
struct guest {
    const char *name;
    enum section section;
    uint64_t count;         /* n: about a second on QEMU */
    unsigned more;          /* our timed runs do n times this, since QEMU is that much slower */
    double target;          /* 0: none */
};

extern const struct guest guests[];
extern const unsigned guests_count;

bool settings_want_section(const struct settings *s, enum section section);
bool settings_want(const struct settings *s, const struct guest *guest);

/* --- results ------------------------------------------------------------------------------------------------------------ */

/* Medians, the empty guest's already taken off; never negative. */
struct row {
    const struct guest *guest;
    uint64_t count, our_count;      /* n for the two timed runs */
    char checksum[24];              /* of n = count */
    uint64_t instructions;          /* of n = count */
    double seconds, our_seconds;    /* for count, and for our_count */
};

/* The techniques whose speed is measured; the first is the one that the others are held against. */
#define TECHNIQUES 3
extern const char *const measured[TECHNIQUES]; /* as -t takes them */

/* The same work natively and under each of them. */
struct user_row {
    const struct guest *guest;
    uint64_t count;
    double native_seconds;
    struct {
        uint64_t exits;
        double seconds;
        double ratio;               /* native time to this one: the median of the turns. 0: too little time */
    } by[TECHNIQUES];
};

/* The system-call storm under one of them. */
struct storm_row {
    uint64_t exits;
    double seconds;
    double speed;                   /* the first technique's time to this one: the median of the turns */
};

#define GUESTS_MOST 32

struct results {
    char qemu_version[128], compiler_version[128], cpu[128];
    char version[32], revision[64], cost_model[64], cost_hash[32];

    double empty_qemu, empty_native, empty[TECHNIQUES]; /* seconds of processor time */

    struct row row[GUESTS_MOST];
    unsigned row_count;
    struct user_row user[GUESTS_MOST];
    unsigned user_count;

    char storm_args[64];                        /* the kernel's arguments */
    struct storm_row storm[TECHNIQUES];

    double start_ms, start_qemu_ms;
    long peak_128m_kib, peak_1g_kib;
};

/* Targets of the sections that are no ratios to QEMU. */
#define TARGET_USER 0.95
#define TARGET_EXITS 4e6    /* a second, under te */
#define TARGET_SPEED 2.0    /* of the others on the storm, te's = 1 */
#define TARGET_SHARE 0.25   /* their exits there, te's = 1: at most */
#define TARGET_START_MS 10.0
#define TARGET_PEAK_KIB (16 << 10)

/* How many times faster than QEMU; 0 if there was too little time to measure. */
double row_ratio(const struct row *row);
double storm_rate(const struct storm_row *row); /* exits a second; 0 likewise */

/* --- measure.c, report.c ------------------------------------------------------------------------------------------------ */

/* Measures all that is wanted. Ends the program if a program is missing, a guest fails, or checksums differ. */
void measure(struct results *r, const struct settings *s);

void report_table(const struct results *r, const struct settings *s);
void report_json(const struct results *r, const struct settings *s, FILE *out);    /* closes it */

#endif
