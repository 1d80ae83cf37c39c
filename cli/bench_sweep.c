/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze bench sweep: a guest's cycles by several techniques, while costs go from here to there; and where techniques meet.
 *
 * With the clock that counts steps each technique is run once: its counts give the cycles of all points, exactly (bench.h). --each
 * runs every point all the same. With the clock that counts cycles a guest can tell what things cost, so that each point
 * must be run.
 */
#include "bench_sweep.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "cost_file.h"
#include "message.h"
#include "vmm/technique/technique.h"

/* --- the grid ------------------------------------------------------------------------------------------------------------- */

static enum cost_row row_of(const char *spec, size_t length)
{
    char name[64], hint[64];
    snprintf(name, sizeof name, "%.*s", (int)length, spec);
    for (unsigned row = 0; row < COST_count; row++)
        if (strcmp(cost_rows[row].name, name) == 0)
            return (enum cost_row)row;
    suggest(hint, sizeof hint, name, &cost_rows[0].name, COST_count, sizeof cost_rows[0]);
    refuse("--row '%s': unknown cost '%s'%s", spec, name, hint[0] ? hint : "; see trapeze info costs");
}

/* ROW=FROM:TO:STEP */
static struct sweep_row row_take(const char *spec)
{
    unsigned long long from, to, step;
    int end = 0;
    size_t length = strcspn(spec, "=");
    if (!spec[length] || strspn(spec + length, "=:0123456789") != strlen(spec + length) ||
        sscanf(spec + length, "=%llu:%llu:%llu%n", &from, &to, &step, &end) != 3 || spec[length + (size_t)end])
        refuse("--row '%s': ROW=FROM:TO:STEP is wanted", spec);
    if (to < from || to > COST_CYCLES_MOST || step == 0)
        refuse("--row '%s': cycles from 0 to %d, upwards, in steps of at least 1 are wanted", spec, COST_CYCLES_MOST);
    return (struct sweep_row){row_of(spec, length), from, to, step, (to - from) / step + 1};
}

uint64_t sweep_value(const struct sweep *s, uint64_t point, unsigned row)
{
    for (unsigned r = 0; r < row; r++)
        point /= s->row[r].count;
    return s->row[row].from + point % s->row[row].count * s->row[row].step;
}

static void make_grid(struct sweep *s)
{
    s->points = 1;
    for (unsigned r = 0; r < s->row_count; r++) {
        s->row[r] = row_take(s->spec[r]);
        for (unsigned other = 0; other < r; other++)
            if (s->row[other].row == s->row[r].row)
                refuse("--row '%s': that cost is swept already", s->spec[r]);
        if (s->row[r].count > SWEEP_POINTS_MOST / s->points)
            refuse("--row '%s': more than %d points", s->spec[r], SWEEP_POINTS_MOST);
        s->points *= s->row[r].count;
    }
    s->cell = need(calloc(s->points * s->options.method_count, sizeof *s->cell));
}

static void set_costs(const struct sweep *s, uint64_t point, struct cost_model *cost)
{
    for (unsigned r = 0; r < s->row_count; r++)
        cost->cycles[s->row[r].row] = sweep_value(s, point, r);
}

/* --- what it depends on --------------------------------------------------------------------------------------------------- */

static void hash_text(XXH64_state_t *h, const char *text)
{
    XXH64_update(h, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void hash_number(XXH64_state_t *h, uint64_t number)
{
    XXH64_update(h, &number, sizeof number);
}

/* The image by its contents, other files by their names. */
static uint64_t parameters_of(const struct sweep *s)
{
    const struct options *o = &s->options;
    const struct guest_options *g = &o->guest[0];
    struct cost_model cost = o->cost;
    XXH64_state_t *h = need(XXH64_createState());
    XXH64_reset(h, 0);
    struct session_config config = {.options = o, .method = o->method[0], .snapshot = true, .console = {.output_fd = -1}};
    struct session *session = session_open(&config);
    hash_text(h, session_report(session, 0).image_hash);
    session_close(session);
    for (unsigned r = 0; r < s->row_count; r++)
        cost.cycles[s->row[r].row] = 0;
    hash_number(h, cost_hash(&cost));
    const char *const texts[] = {g->append, g->bios, g->kernel};
    for (unsigned i = 0; i < 3; i++)
        hash_text(h, texts[i]);
    for (unsigned d = 0; d < g->drive_count; d++)
        hash_text(h, g->drive[d]);
    const uint64_t numbers[] = {o->ram_size,         o->seed,         o->max_insns,      o->clock_cycles, o->profile,
                                o->stress.flush_tlb, o->stress.stall, o->switching.every};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        hash_number(h, numbers[i]);
    for (unsigned i = 0; i < o->switching.count; i++) {
        hash_number(h, o->switching.at[i].step);
        hash_text(h, o->switching.at[i].technique->name);
    }
    uint64_t hash = XXH64_digest(h);
    XXH64_freeState(h);
    return hash;
}

/* --- runs ------------------------------------------------------------------------------------------------------------------ */

static struct run_report run(struct sweep *s, unsigned method, const struct cost_model *cost)
{
    struct options o = s->options;
    o.cost = *cost;
    struct session_config config = {
        .options = &o, .method = o.method[method], .snapshot = true, .console = {.output_fd = -1}};
    struct session *session = session_open(&config);
    session_run(session, o.max_insns);
    struct run_report report = session_report(session, 0);
    session_close(session);
    s->runs++;
    return report;
}

static void set_cell(struct sweep *s, uint64_t point, unsigned method, const struct run_report *r, uint64_t cycles,
                     FILE *csv)
{
    struct sweep_cell *cell = sweep_cell(s, point, method);
    *cell = (struct sweep_cell){true, cycles, (uint64_t)bench_counts_of(r).exits, "", r->status};
    snprintf(cell->end, sizeof cell->end, "%s", report_reason(r->end.reason));
    if (csv)
        sweep_csv_cell(s, point, method, csv);
}

static bool all_known(const struct sweep *s, unsigned method)
{
    for (uint64_t p = 0; p < s->points; p++)
        if (!sweep_cell(s, p, method)->known)
            return false;
    return true;
}

/* One run, and all points from its counts. */
static void run_once(struct sweep *s, unsigned method, FILE *csv)
{
    struct cost_model cost = s->options.cost;
    if (all_known(s, method))
        return;
    bench_progress("%s", s->options.method[method].title);
    struct run_report r = run(s, method, &cost);
    struct bench_counts counts = bench_counts_of(&r);
    for (uint64_t p = 0; p < s->points; p++) {
        set_costs(s, p, &cost);
        if (!sweep_cell(s, p, method)->known)
            set_cell(s, p, method, &r, (uint64_t)bench_cycles(&counts, &cost), csv);
    }
}

static void run_each(struct sweep *s, FILE *csv)
{
    struct cost_model cost = s->options.cost;
    for (uint64_t p = 0; p < s->points; p++) {
        set_costs(s, p, &cost);
        for (unsigned m = 0; m < s->options.method_count; m++) {
            if (sweep_cell(s, p, m)->known)
                continue;
            bench_progress("point %llu of %llu: %s", (unsigned long long)p + 1, (unsigned long long)s->points,
                           s->options.method[m].title);
            struct run_report r = run(s, m, &cost);
            set_cell(s, p, m, &r, r.cycles, csv);
        }
    }
}

static void run_all(struct sweep *s)
{
    FILE *csv = s->csv ? sweep_csv_append(s, s->csv) : NULL;
    if (s->options.clock_cycles || s->each)
        run_each(s, csv);
    else
        for (unsigned m = 0; m < s->options.method_count; m++)
            run_once(s, m, csv);
    bench_progress("%s", "");
    if (csv && fclose(csv) != 0)
        refuse("%s: cannot be written", s->csv);
    if (s->csv)
        sweep_csv_write(s, s->csv);
}

/* A guest that came to no good end has not been measured. */
static bool all_ended(const struct sweep *s)
{
    bool well = true;
    for (uint64_t p = 0; p < s->points; p++)
        for (unsigned m = 0; m < s->options.method_count; m++) {
            const struct sweep_cell *c = sweep_cell(s, p, m);
            if (well && (c->status != 0 || strcmp(c->end, "budget") == 0))
                say("%s: the guest has not ended well: %s, status %u", s->options.method[m].title, c->end, c->status);
            well = well && c->status == 0;
        }
    return well;
}

int bench_sweep_command(int argc, char **argv)
{
    struct sweep *s = need(calloc(1, sizeof *s));
    sweep_parse(s, argc, argv);
    make_grid(s);
    s->parameters = parameters_of(s);
    if (s->csv)
        sweep_csv_read(s, s->csv);
    run_all(s);
    sweep_table(s, stdout);
    sweep_crossovers(s, stdout);
    if (s->plot)
        sweep_plot(s, s->plot);
    int status = all_ended(s) ? 0 : 1;
    free(s->cell);
    free(s);
    return status;
}
