/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze bench nano: the guests of bench/nano by each technique. What an operation takes is
 *     (its loop, WARM_UP + n times) - (WARM_UP times) - (the empty loop, WARM_UP + n times) + (WARM_UP times), by n,
 * so that neither booting nor what happens only at first (translation, adaptation, TLBs) is in it.
 */
#include "bench_nano.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "cost_file.h"
#include "message.h"
#include "output.h"
#include "plot.h"
#include "session.h"

#define WARM_UP 1000
#define STEPS_PER_ITERATION 1000 /* more than any guest needs: who does more never ends */
#define NANO_RAM (UINT64_C(4) << 20)

const struct nano_info nano_rows[NANO_count] = {
#define NANO(name, operations, meaning) [NANO_##name] = {#name, meaning, operations},
#include "bench/nano/nano.def"
};

/* --- one cell ------------------------------------------------------------------------------------------------------------- */

static void set_word(const struct session *s, const char *name, uint64_t value)
{
    uint8_t *word = session_word(s, 0, name);
    if (!word)
        refuse("%s: has no symbol '%s': this is none of the nanobenchmarks", s->options->guest[0].image, name);
    bytes_put(word, 8, value);
}

/* The guest with so many iterations, of the operation or of none. */
static struct run_report run(const struct nano *nano, const struct method *method, bool work, uint64_t iterations)
{
    struct session_config config = {.options = &nano->options, .method = *method, .console = {.output_fd = -1}};
    struct session *s = session_open(&config);
    set_word(s, "iterations", iterations);
    set_word(s, "work", work);
    session_run(s, iterations * STEPS_PER_ITERATION);
    struct run_report report = session_report(s, 0);
    session_close(s);
    report.method = method;
    return report;
}

static struct bench_counts minus(struct bench_counts a, struct bench_counts b)
{
    for (unsigned row = 0; row < COST_count; row++)
        a.count[row] -= b.count[row];
    a.exits -= b.exits;
    return a;
}

/* What the four runs of a cell must share with the native ones. */
struct outcome {
    uint64_t state, traps;
};

/* False, and says so, if a run did not go well, or not as natively. */
static bool check(const struct nano *nano, const char *name, const struct run_report *r, struct outcome *native)
{
    if (r->end.reason != END_FINISHER || r->status != 0) {
        say("%s: %s by %s has not passed its own check: %s, status %u", nano->options.guest[0].image, name,
            r->method->title, report_reason(r->end.reason), r->status);
        return false;
    }
    struct bench_counts counts = bench_counts_of(r);
    if ((uint64_t)bench_cycles(&counts, &nano->options.cost) != r->cycles) {
        say("broken invariant: %s by %s: cycles are not what was charged", name, r->method->title);
        return false;
    }
    if (r->method->native)
        *native = (struct outcome){r->state_hash, r->trap_hash};
    bool comparable = native->state && strcmp(r->method->mmu, "direct") != 0;
    if (comparable && (r->state_hash != native->state || r->trap_hash != native->traps)) {
        say("%s: %s by %s has come out otherwise than natively", nano->options.guest[0].image, name, r->method->title);
        return false;
    }
    return true;
}

static void measure(struct nano *nano, enum nano_row row, unsigned m, struct outcome native[4])
{
    struct nano_cell *cell = &nano->cell[row][m];
    struct bench_counts counts[4];
    cell->measured = true;
    for (unsigned i = 0; i < 4 && cell->measured; i++) {
        struct run_report r = run(nano, &nano->options.method[m], i < 2, WARM_UP + (i % 2 ? 0 : nano->iterations));
        counts[i] = bench_counts_of(&r);
        cell->measured = check(nano, nano_rows[row].name, &r, &native[i]);
    }
    if (!cell->measured) {
        cell->why = "its guest has failed";
        nano->failed = true;
        return;
    }
    cell->counts = minus(minus(counts[0], counts[1]), minus(counts[2], counts[3]));
}

static double per_operation(const struct nano *nano, enum nano_row row, double all)
{
    return all / ((double)nano->iterations * nano_rows[row].operations);
}

double nano_cycles(const struct nano *nano, enum nano_row row, unsigned method, const struct cost_model *cost)
{
    return per_operation(nano, row, (double)bench_cycles(&nano->cell[row][method].counts, cost));
}

double nano_exits(const struct nano *nano, enum nano_row row, unsigned method)
{
    return per_operation(nano, row, (double)nano->cell[row][method].counts.exits);
}

/* --- all of them ---------------------------------------------------------------------------------------------------------- */

/* A paravirtual kernel is another guest: NAME-pv.elf. */
static bool find_guest(const struct nano *nano, enum nano_row row, const struct method *m, char path[PATH_MAX])
{
    bool direct = strcmp(m->mmu, "direct") == 0;
    snprintf(path, PATH_MAX, "%s/%s%s.elf", nano->guests, nano_rows[row].name, direct ? "-pv" : "");
    if (access(path, R_OK) == 0)
        return true;
    if (!direct)
        refuse("%s: cannot be read; --guests says where the nanobenchmarks are", path);
    return false;
}

static void measure_all(struct nano *nano)
{
    for (enum nano_row row = 0; row < NANO_count; row++) {
        struct outcome native[4] = {{0, 0}};
        for (unsigned m = 0; m < nano->options.method_count; m++) {
            char path[PATH_MAX];
            const struct method *method = &nano->options.method[m];
            bench_progress("%s by %s", nano_rows[row].name, method->title);
            if (!find_guest(nano, row, method, path)) {
                nano->cell[row][m].why = "there is no paravirtual form of it";
                continue;
            }
            nano->options.guest[0].image = path;
            measure(nano, row, m, native);
        }
    }
    bench_progress("%s", "");
}

/* Beside the program as it is built, or as it is installed. */
static const char *default_guests(char folder[PATH_MAX])
{
    static const char *const places[] = {"bench/nano", "../share/trapeze/nano"};
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    program[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = '\0';
    for (unsigned i = 0; i < 2; i++) {
        if ((size_t)snprintf(folder, PATH_MAX, "%s/%s", program, places[i]) < PATH_MAX && access(folder, R_OK) == 0)
            return folder;
    }
    refuse("bench nano: the guests are not beside the program; --guests says where they are");
}

/* --- options -------------------------------------------------------------------------------------------------------------- */

/* clang-format off */
enum { KEY_COST = 1000, KEY_COST_SET, KEY_GUESTS, KEY_FORMAT, KEY_PLOT };

static const struct argp_option options[] = {
    {"technique", 't', "LIST", 0, "which to measure (default: native, all others, and bt/no-adaptive)", 1},
    {"iterations", 'n', "N", 0, "of each loop, behind the first 1000, which do not count (default 10000)", 1},
    {"cost", KEY_COST, "FILE", 0, "a cost model; bench/cost has some", 2},
    {"cost-set", KEY_COST_SET, "ROW=N", 0, "one cost; can be repeated", 2},
    {"format", KEY_FORMAT, "FORMAT", 0, "table (default), json, csv or md (Markdown)", 3},
    {"plot", KEY_PLOT, "FILE", 0, "draw the cycles, with a log axis (.svg, .png, .pdf), by gnuplot", 3},
    {"guests", KEY_GUESTS, "FOLDER", 0, "where the guests are (default: beside the program)", 4},
    {0},
};
/* clang-format on */

struct request {
    struct nano *nano;
    const char *plot;
};

static error_t take(int key, char *value, struct argp_state *state)
{
    static const char *const formats[] = {"table", "json", "csv", "md"};
    struct request *r = state->input;
    struct options *o = &r->nano->options;
    if (key == 't')
        o->method_count = methods_take(o->method, METHODS_MOST, "-t", value);
    else if (key == 'n')
        r->nano->iterations = argument_number("-n", value, 1, 100000000);
    else if (key == KEY_COST)
        cost_read_file(&o->cost, value);
    else if (key == KEY_COST_SET)
        cost_set(&o->cost, value);
    else if (key == KEY_FORMAT)
        o->format = (enum format)(AS_TABLE + argument_choice("--format", value, formats, 4));
    else if (key == KEY_PLOT)
        r->plot = value;
    else if (key == KEY_GUESTS)
        r->nano->guests = value;
    else if (key == ARGP_KEY_ARG)
        refuse("%s: bench nano takes no image; it has its own guests", value);
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static void parse(struct request *r, int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .doc =
            "Measure seven operations of a guest's kernel by each technique, in cycles and exits of one operation: the "
            "nanobenchmarks of Adams and Agesen (2006). Each guest checks its own result, and must come out as natively.\v"
            "Behind the table: which orderings of the paper hold, and which of them turn if one cost is a quarter less or "
            "more.\n\nStatus: 0, 1 if a guest fails, 125 refused.\n\n"
            "Examples:\n"
            "  trapeze bench nano\n"
            "  trapeze bench nano --cost bench/cost/p4-2006.ini --plot nano.svg\n"
            "  trapeze bench nano -t native,te/flush,te/traced,bt --format json",
    };
    struct options *o = &r->nano->options;
    o->guest_count = 1;
    o->ram_size = NANO_RAM;
    o->seed = 1;
    o->format = AS_TABLE;
    cost_defaults(&o->cost);
    o->method_count = methods_variants(o->method);
    r->nano->iterations = 10000;
    arguments_parse(&argp, argc, argv, r);
    plot_check(r->plot);
}

int bench_nano_command(int argc, char **argv)
{
    char folder[PATH_MAX];
    struct nano *nano = need(calloc(1, sizeof *nano));
    struct request r = {.nano = nano};
    parse(&r, argc, argv);
    if (!nano->guests)
        nano->guests = default_guests(folder);
    measure_all(nano);
    if (nano->options.format == AS_JSON)
        nano_json(nano, stdout);
    else if (nano->options.format == AS_CSV)
        nano_csv(nano, stdout);
    else
        nano_table(nano, nano->options.format == AS_MD, stdout);
    if (r.plot)
        nano_plot(nano, r.plot);
    int status = nano->failed ? 1 : 0;
    free(nano);
    return status;
}
