/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze bench: measurements of techniques, in cycles.
 */
#include "bench.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "message.h"

struct bench_counts bench_counts_of(const struct run_report *run)
{
    struct bench_counts c = {0};
    for (unsigned row = 0; row < COST_count; row++)
        c.count[row] = (int64_t)run->events[row];
    for (unsigned i = 0; i < EXIT_count; i++)
        c.exits += (int64_t)run->exits[i].count;
    return c;
}

int64_t bench_cycles(const struct bench_counts *counts, const struct cost_model *cost)
{
    int64_t cycles = 0;
    for (unsigned row = 0; row < COST_count; row++)
        cycles += counts->count[row] * (int64_t)cost->cycles[row];
    return cycles;
}

void bench_progress(const char *format, ...)
{
    va_list arguments;
    if (!isatty(STDERR_FILENO))
        return;
    fputs("\r\033[K", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fflush(stderr);
}

/* --- the subcommands ------------------------------------------------------------------------------------------------------- */

static const struct measurement {
    const char *name, *title, *help;
    int (*function)(int argc, char **argv);
} measurements[] = {
    {"nano", "bench nano", "seven operations by each technique, as Adams and Agesen measured them", bench_nano_command},
    {"sweep", "bench sweep", "a guest's cycles while a cost changes, and where techniques meet", bench_sweep_command},
};
#define MEASUREMENTS (sizeof measurements / sizeof measurements[0])

static void print_help(void)
{
    puts("Usage: trapeze bench MEASUREMENT [OPTION...] ...\n\n"
         "Measure techniques, in cycles; the same on every host.\n");
    for (unsigned i = 0; i < MEASUREMENTS; i++)
        printf("  %-6s %s\n", measurements[i].name, measurements[i].help);
    puts("\n`trapeze bench MEASUREMENT --help` tells more; docs/measurements.md shows and explains what they print.");
}

int bench_command(int argc, char **argv)
{
    char hint[64];
    if (argc < 2)
        refuse("bench: a measurement is wanted; see trapeze bench --help");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0) {
        print_help();
        return 0;
    }
    for (unsigned i = 0; i < MEASUREMENTS; i++)
        if (strcmp(measurements[i].name, argv[1]) == 0) {
            char title[16];
            strcpy(title, measurements[i].title);
            argv[1] = title;
            return measurements[i].function(argc - 1, argv + 1);
        }
    suggest(hint, sizeof hint, argv[1], &measurements[0].name, MEASUREMENTS, sizeof measurements[0]);
    refuse("bench: unknown measurement '%s'%s", argv[1], hint[0] ? hint : "; see trapeze bench --help");
}
