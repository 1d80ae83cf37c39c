/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-engine: the same guests by turns on QEMU and on Trapeze, and how many times faster one of them was.
 */
#include "engine.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"

const struct guest guests[] = {
    {"mix", COMPUTE, 5000, 1, 0.38},          {"sieve", COMPUTE, 800, 1, 0.27},
    {"matmul", COMPUTE, 800, 1, 0.33},        {"memory", COMPUTE, 2500, 1, 0.42},
    {"chase", COMPUTE, 6000, 1, 2.7},         {"branches", COMPUTE, 25000, 1, 0},
    {"ecall_m", PRIVILEGED, 1500000, 12, 12}, {"ecall_s", PRIVILEGED, 1500000, 12, 12},
    {"illegal", PRIVILEGED, 1500000, 12, 12}, {"csr", PRIVILEGED, 6000000, 20, 20},
    {"mstatus", PRIVILEGED, 6000000, 8, 0},   {"sum", PRIVILEGED, 200000, 50, 50},
    {"refill", PRIVILEGED, 2000000, 2, 2},    {"pte", PRIVILEGED, 200000, 30, 30},
    {"satp", PRIVILEGED, 60000, 7, 7},
};
const unsigned guests_count = sizeof guests / sizeof guests[0];

static const struct {
    const char *name;
    enum section section;
} sections[] = {
    {"compute", COMPUTE}, {"privileged", PRIVILEGED}, {"user", USER}, {"storm", STORM}, {"startup", STARTUP},
};
static const unsigned sections_count = sizeof sections / sizeof sections[0];

/* --- --only ------------------------------------------------------------------------------------------------------------- */

static bool in_list(const char *list, const char *name, size_t length)
{
    for (;;) {
        size_t item = strcspn(list, ",");
        if (item == length && memcmp(list, name, length) == 0)
            return true;
        if (!list[item])
            return false;
        list += item + 1;
    }
}

bool settings_want_section(const struct settings *s, enum section section)
{
    if (!s->only)
        return true;
    for (unsigned i = 0; i < sections_count; i++)
        if (sections[i].section == section)
            return in_list(s->only, sections[i].name, strlen(sections[i].name));
    return false;
}

bool settings_want(const struct settings *s, const struct guest *guest)
{
    return settings_want_section(s, guest->section) || in_list(s->only, guest->name, strlen(guest->name));
}

static void check_only(struct argp_state *state, const char *list)
{
    for (;;) {
        size_t length = strcspn(list, ",");
        bool known = false;
        for (unsigned i = 0; i < guests_count; i++)
            known |= in_list(guests[i].name, list, length);
        for (unsigned i = 0; i < sections_count; i++)
            known |= in_list(sections[i].name, list, length);
        if (!known)
            argp_failure(state, STATUS_REFUSED, 0, "--only: there is no guest or section '%.*s'", (int)length, list);
        if (!list[length])
            return;
        list += length + 1;
    }
}

/* --- options ------------------------------------------------------------------------------------------------------------ */

enum { KEY_RUNS = 256, KEY_JSON, KEY_ONLY, KEY_QUICK, KEY_QEMU, KEY_TRAPEZE, KEY_KERNEL, KEY_GUESTS };

static const struct argp_option options[] = {
    {"runs", KEY_RUNS, "N", 0, "Timed runs of each guest on each side; medians are shown (3)", 0},
    {"only", KEY_ONLY, "NAME,...", 0, "Only these guests or sections: compute, privileged, user, storm, startup", 0},
    {"json", KEY_JSON, "FILE", 0, "Write the results into FILE, too", 0},
    {"quick", KEY_QUICK, NULL, 0, "Hardly any iterations: tries everything, measures nothing", 0},
    {"qemu", KEY_QEMU, "PROGRAM", 0, "QEMU (qemu-system-riscv64)", 0},
    {"trapeze", KEY_TRAPEZE, "PROGRAM", 0, "Trapeze (build/trapeze)", 0},
    {"kernel", KEY_KERNEL, "FILE", 0, "The kernel for exits (build/guestos/kernel.elf)", 0},
    {"guests", KEY_GUESTS, "FOLDER", 0, "Where the guests are (build/bench/guests)", 0},
    {0}};

static unsigned runs_of(struct argp_state *state, const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*end || end == text || n < 1 || n > RUNS_MOST)
        argp_failure(state, STATUS_REFUSED, 0, "--runs '%s': a number from 1 to %d", text, RUNS_MOST);
    return (unsigned)n;
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_RUNS:
        s->runs = runs_of(state, value);
        return 0;
    case KEY_ONLY:
        check_only(state, value);
        s->only = value;
        return 0;
    case KEY_JSON:
        s->json = value;
        return 0;
    case KEY_QUICK:
        s->quick = true;
        return 0;
    case KEY_QEMU:
        s->qemu = value;
        return 0;
    case KEY_TRAPEZE:
        s->trapeze = value;
        return 0;
    case KEY_KERNEL:
        s->kernel = value;
        return 0;
    case KEY_GUESTS:
        s->guests = value;
        return 0;
    case ARGP_KEY_ARG:
        argp_failure(state, STATUS_REFUSED, 0, "unknown argument '%s'", value);
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        take,
        NULL,
        "Measure the engine beside QEMU: the same guests by turns on both, processor time less that of a guest that halts at "
        "once.\vStatus: 0 measured (whether targets are met or not), 1 something failed or checksums differ, 125 refused.",
        NULL,
        NULL,
        NULL};
    static struct results results;
    struct settings s = {
        .qemu = "qemu-system-riscv64",
        .compiler = "riscv64-unknown-elf-gcc",
        .trapeze = "build/trapeze",
        .kernel = "build/guestos/kernel.elf",
        .guests = "build/bench/guests",
        .runs = 3,
    };
    argp_err_exit_status = STATUS_REFUSED;
    argv[0] = (char[]){"bench-engine"};
    argp_parse(&argp, argc, argv, 0, NULL, &s);
    FILE *json = s.json ? fopen(s.json, "w") : NULL; /* before it all, since that takes minutes */
    if (s.json && !json)
        die(STATUS_REFUSED, "%s: %s", s.json, strerror(errno));
    child_limit(600);
    measure(&results, &s);
    report_table(&results, &s);
    if (json)
        report_json(&results, &s, json);
    return 0;
}
