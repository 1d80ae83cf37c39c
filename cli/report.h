/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run reports, and its three forms: JSON (docs/formats.md), CSV with the same names, dotted, and a table.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "isa/cost.h"
#include "isa/image.h"
#include "isa/machine.h"
#include "options.h"
#include "vmm/vm.h"

/* When an `expect` of a script was met: after so many steps, and seconds of the host. The first ones are kept. */
#define SCRIPT_MARKS 64
struct script_mark {
    unsigned line;
    uint64_t steps;
    double seconds;
};

struct run_report {
    const struct options *options;      /* borrowed, as everything else that is a pointer */
    const struct method *method;
    const char *image;
    char image_hash[IMAGE_HASH_SIZE];
    struct run_end end;
    unsigned status;
    uint64_t steps;
    struct vm_insns insns;              /* natively all are direct */
    uint64_t cycles, cycles_by_owner[OWNER_count], events[COST_count];
    struct exit_count exits[EXIT_count];
    struct vm_counters counters;
    uint64_t tlb_misses, walk_refs;
    uint64_t state_hash, console_hash, trap_hash, disk_hash;
    bool has_disk;
    bool scripted;
    struct script_mark mark[SCRIPT_MARKS];
    unsigned mark_count;
    double seconds;                     /* of the host */
};

/* Did both end in the same way and state, disks included? Are console and traps the same, too? */
bool report_state_equal(const struct run_report *a, const struct run_report *b);
bool report_equal(const struct run_report *a, const struct run_report *b);

/* The run is of a paravirtual kernel: another environment, of which only end, console and disks are compared. */
bool report_is_paravirtual(const struct run_report *run);

/* Names of enum end_reason as reports have them: "finisher", ... */
const char *report_reason(enum end_reason reason);

/* Of these runs, side by side; aligned, or AS_MD. `compares`: the others with the first one. */
void report_table(const struct run_report *runs, unsigned count, enum format format, bool compares, FILE *out);

/* One object. Refuses (message.h) if memory is out. The caller has the reference. */
json_t *report_json(const struct run_report *run);

/* As text, with a newline at the end. */
void report_write_json(const json_t *json, FILE *out);

/* A line of names, and a line for each object of the array. */
void report_write_csv(const json_t *array, FILE *out);

#endif
