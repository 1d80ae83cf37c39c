/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Options of `trapeze bench sweep`.
 */
#include "arguments.h"
#include "bench_sweep.h"
#include "message.h"
#include "output.h"
#include "plot.h"

/* clang-format off */
enum { KEY_ROW = 2000, KEY_EACH, KEY_PLOT };

static const struct argp_option sweep_options[] = {
    {NULL, 0, NULL, 0, "Technique:", 1},
    {"technique", 't', "LIST", 0, "which to run (default: native and all others)", 1},
    {"row", KEY_ROW, "ROW=FROM:TO:STEP", 0, "a cost to go through these values; with several, all combinations, up to four", 3},
    {"each", KEY_EACH, NULL, 0, "run every point, also where the counts of one run would do", 3},
    {"output", 'o', "FILE", 0, "write CSV; if FILE is there, go on with what it lacks", 4},
    {"plot", KEY_PLOT, "FILE", 0, "draw the cycles over the first row (.svg, .png, .pdf), by gnuplot", 4},
    {0},
};
/* clang-format on */

static error_t take(int key, char *value, struct argp_state *state)
{
    struct sweep *s = state->input;
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = &s->options;
    } else if (key == 't') {
        options_take_methods(&s->options, value);
    } else if (key == KEY_ROW) {
        if (s->row_count == SWEEP_ROWS_MOST)
            refuse("--row '%s': there can be %d at the most", value, SWEEP_ROWS_MOST);
        s->spec[s->row_count++] = value;
    } else if (key == KEY_EACH) {
        s->each = true;
    } else if (key == 'o') {
        s->csv = value;
    } else if (key == KEY_PLOT) {
        s->plot = value;
    } else {
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

void sweep_parse(struct sweep *s, int argc, char **argv)
{
    static const struct argp argp = {
        .options = sweep_options,
        .parser = take,
        .args_doc = "IMAGE",
        .doc =
            "Let costs go through a range of values, show a guest's cycles by each technique, and where two techniques meet. Each "
            "technique is run once, and all points are computed from its counts, exactly; with --clock cycles every point is "
            "run. The guest has no input, its console is not shown, and drives are left as they are.\v"
            "A sweep that was interrupted goes on with what its file lacks.\n\n"
            "Status: 0; 1 if the guest has not ended well; 125 refused.\n\n"
            "Examples:\n"
            "  trapeze bench sweep --row world_switch=0:400:50 -t te,bt --append run=sysstorm kernel.elf\n"
            "  trapeze bench sweep --row trap_enter=10:500:10 --cost inorder.ini -o sweep.csv --plot sweep.svg kernel.elf",
        .children = options_shared,
    };
    options_begin(&s->options, argc, argv, true, NULL);
    options_parse(&s->options, &argp, s);
    if (s->options.stats || s->options.flip.wanted)
        refuse("bench sweep has its own report; --stats, --format and --flip are for run");
    if (!s->row_count)
        refuse("bench sweep: --row ROW=FROM:TO:STEP is wanted");
    options_check_output(&s->options, s->csv);
    plot_check(s->plot);
    options_check_output(&s->options, s->plot);
    if (s->csv && s->plot && output_is(s->csv, s->plot))
        refuse("--plot %s: the CSV goes there (-o)", s->plot);
}
