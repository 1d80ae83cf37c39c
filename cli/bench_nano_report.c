/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `trapeze bench nano` says: as a table, as JSON (docs/formats.md), as CSV, and as a picture.
 */
#include <inttypes.h>
#include <string.h>

#include "bench_nano.h"
#include "cost_file.h"
#include "message.h"
#include "plot.h"
#include "version.h"

/* --- table ------------------------------------------------------------------------------------------------------------------ */

#define COLUMN_LEAST 10

/* One cell, right-aligned, or of a Markdown table. */
static void put_cell(const char *text, int width, bool markdown, FILE *out)
{
    if (markdown)
        fprintf(out, " %s |", text);
    else
        fprintf(out, "  %*s", width, text);
}

static int width_of(const struct method *m)
{
    return strlen(m->title) > COLUMN_LEAST ? (int)strlen(m->title) : COLUMN_LEAST;
}

static void put_values(const struct nano *n, bool exits, bool markdown, FILE *out)
{
    const struct options *o = &n->options;
    fprintf(out, markdown ? "| %s |" : "%-8s", exits ? "exits" : "cycles");
    for (unsigned m = 0; m < o->method_count; m++)
        put_cell(o->method[m].title, width_of(&o->method[m]), markdown, out);
    if (markdown)
        fputs("\n|---|", out);
    for (unsigned m = 0; m < o->method_count && markdown; m++)
        fputs("--:|", out);
    fputc('\n', out);
    for (enum nano_row row = 0; row < NANO_count; row++) {
        fprintf(out, markdown ? "| %s |" : "%-8s", nano_rows[row].name);
        for (unsigned m = 0; m < o->method_count; m++) {
            char text[32] = "-";
            if (n->cell[row][m].measured)
                snprintf(text, sizeof text, exits ? "%.2f" : "%.1f",
                         exits ? nano_exits(n, row, m) : nano_cycles(n, row, m, &o->cost));
            put_cell(text, width_of(&o->method[m]), markdown, out);
        }
        fputc('\n', out);
    }
    fputc('\n', out);
}

static void put_orderings(const struct nano *n, bool markdown, FILE *out)
{
    struct nano_verdict v;
    fputs(markdown ? "| row | in the paper | here | left | right |\n|---|---|---|--:|--:|\n" : "Orderings of the paper\n",
          out);
    for (unsigned i = 0; nano_judge(n, i, &n->options.cost, &v); i++) {
        const char *word = !v.known ? "not measured" : v.holds ? "holds" : markdown ? "**does not hold**" : "DOES NOT HOLD";
        fprintf(out, markdown ? "| %s | `%s` | %s |" : "  %-8s  %-18s  %-13s", nano_rows[v.row].name, v.rule, word);
        if (v.known)
            fprintf(out, markdown ? " %.1f | %.1f |" : "  %.1f : %.1f", v.left, v.right);
        else if (markdown)
            fputs(" | |", out);
        fputc('\n', out);
    }
}

struct flips_out {
    const struct nano *nano;
    bool markdown, any;
    FILE *file;
    json_t *json;
};

static void put_flip(void *context, const struct nano_flip *f)
{
    struct flips_out *o = context;
    struct nano_verdict v;
    nano_judge(o->nano, f->ordering, &o->nano->options.cost, &v);
    fprintf(o->file, "%s%s %s: %s with %s 25 %% %s: %.1f : %.1f\n", o->markdown ? "- " : "  ", nano_rows[v.row].name,
            v.rule, v.holds ? "no longer" : "holds", cost_rows[f->cost].name, f->more ? "more" : "less", f->left, f->right);
    o->any = true;
}

void nano_table(const struct nano *n, bool markdown, FILE *out)
{
    char hash[IMAGE_HASH_SIZE];
    image_hash_text(hash, cost_hash(&n->options.cost));
    fprintf(out, "%sFor one operation, the empty loop subtracted; %" PRIu64 " iterations. Costs: %s (%s).\n\n",
            markdown ? "" : "", n->iterations, n->options.cost.name, hash);
    put_values(n, false, markdown, out);
    put_values(n, true, markdown, out);
    for (enum nano_row row = 0; row < NANO_count; row++)
        for (unsigned m = 0; m < n->options.method_count; m++)
            if (!n->cell[row][m].measured)
                fprintf(out, "%s by %s: %s\n", nano_rows[row].name, n->options.method[m].title, n->cell[row][m].why);
    put_orderings(n, markdown, out);
    struct flips_out flips = {.nano = n, .markdown = markdown, .file = out};
    fputs("\nThey turn with one cost a quarter less or more:\n", out);
    if (markdown)
        fputc('\n', out);
    nano_flips(n, put_flip, &flips);
    if (!flips.any)
        fputs(markdown ? "- none\n" : "  none\n", out);
}

/* --- JSON and CSV ----------------------------------------------------------------------------------------------------------- */

static json_t *cell_json(const struct nano *n, enum nano_row row, unsigned m)
{
    const struct method *method = &n->options.method[m];
    const struct nano_cell *c = &n->cell[row][m];
    json_t *events = need(json_object());
    for (unsigned r = 0; r < COST_count && c->measured; r++)
        if (c->counts.count[r])
            json_object_set_new(events, cost_rows[r].name, json_integer(c->counts.count[r]));
    json_t *cell =
        json_pack("{s:s, s:s, s:s, s:b}", "technique", method->name, "title", method->title, "mmu", method->mmu, "adaptive",
                  method->technique && !method->translator.no_adaptive && strcmp(method->name, "bt") == 0);
    json_object_set_new(cell, "cycles", c->measured ? json_real(nano_cycles(n, row, m, &n->options.cost)) : json_null());
    json_object_set_new(cell, "exits", c->measured ? json_real(nano_exits(n, row, m)) : json_null());
    json_object_set_new(cell, "events", events);
    if (!c->measured)
        json_object_set_new(cell, "why", json_string(c->why));
    return need(cell);
}

static json_t *orderings_json(const struct nano *n)
{
    json_t *array = need(json_array());
    struct nano_verdict v;
    for (unsigned i = 0; nano_judge(n, i, &n->options.cost, &v); i++)
        json_array_append_new(array, json_pack("{s:s, s:s, s:o, s:o, s:o}", "row", nano_rows[v.row].name, "rule", v.rule,
                                               "left", v.known ? json_real(v.left) : json_null(), "right",
                                               v.known ? json_real(v.right) : json_null(), "holds",
                                               v.known ? json_boolean(v.holds) : json_null()));
    return array;
}

static void add_flip(void *context, const struct nano_flip *f)
{
    struct flips_out *o = context;
    struct nano_verdict v;
    nano_judge(o->nano, f->ordering, &o->nano->options.cost, &v);
    json_array_append_new(o->json, json_pack("{s:s, s:s, s:s, s:f, s:f, s:f, s:b}", "row", nano_rows[v.row].name, "rule",
                                             v.rule, "cost", cost_rows[f->cost].name, "factor", f->more ? 1.25 : 0.75,
                                             "left", f->left, "right", f->right, "holds", !v.holds));
}

void nano_json(const struct nano *n, FILE *out)
{
    char hash[IMAGE_HASH_SIZE];
    json_t *rows = need(json_array());
    struct flips_out flips = {.nano = n, .json = need(json_array())};
    image_hash_text(hash, cost_hash(&n->options.cost));
    nano_flips(n, add_flip, &flips);
    for (enum nano_row row = 0; row < NANO_count; row++) {
        json_t *cells = need(json_array());
        for (unsigned m = 0; m < n->options.method_count; m++)
            json_array_append_new(cells, cell_json(n, row, m));
        json_array_append_new(rows, json_pack("{s:s, s:s, s:i, s:o}", "name", nano_rows[row].name, "meaning",
                                              nano_rows[row].meaning, "operations", (int)nano_rows[row].operations, "cells",
                                              cells));
    }
    json_t *json = need(json_pack("{s:s, s:s, s:s, s:{s:s, s:s}, s:I, s:o, s:o, s:o}", "schema", "trapeze.nano/1",
                                  "version", version_number, "revision", version_revision, "cost_model", "name",
                                  n->options.cost.name, "hash", hash, "iterations", (json_int_t)n->iterations, "rows", rows,
                                  "orderings", orderings_json(n), "flips", flips.json));
    report_write_json(json, out);
    json_decref(json);
}

void nano_csv(const struct nano *n, FILE *out)
{
    fputs("name,technique,title,mmu,cycles,exits\n", out);
    for (enum nano_row row = 0; row < NANO_count; row++)
        for (unsigned m = 0; m < n->options.method_count; m++) {
            const struct method *method = &n->options.method[m];
            fprintf(out, "%s,%s,%s,%s,", nano_rows[row].name, method->name, method->title, method->mmu);
            if (n->cell[row][m].measured)
                fprintf(out, "%.4f,%.4f\n", nano_cycles(n, row, m, &n->options.cost), nano_exits(n, row, m));
            else
                fputs(",\n", out);
        }
}

/* --- picture ---------------------------------------------------------------------------------------------------------------- */

static void put_script(const void *data, FILE *out)
{
    const struct nano *n = data;
    char title[160], hash[IMAGE_HASH_SIZE];
    image_hash_text(hash, cost_hash(&n->options.cost));
    snprintf(title, sizeof title, "Cycles of an operation; costs: %s (%s), %s", n->options.cost.name, hash,
             version_revision);
    fputs("set title ", out);
    plot_text(title, out);
    fputs("\nset logscale y\nset ylabel 'cycles'\nset yrange [1:*]\nset grid ytics lc rgb '#dddddd' lt 1\n"
          "set style data histogram\nset style histogram clustered gap 1\nset style fill solid 1 noborder\nset border 3\n"
          "set xtics nomirror scale 0\nset ytics nomirror\nset key outside below center horizontal Left reverse samplen 1\n"
          "$cycles << EOD\n",
          out);
    for (enum nano_row row = 0; row < NANO_count; row++) {
        fputs(nano_rows[row].name, out);
        for (unsigned m = 0; m < n->options.method_count; m++) {
            double cycles = nano_cycles(n, row, m, &n->options.cost);
            if (n->cell[row][m].measured && cycles >= 1) /* a log axis has no place for less */
                fprintf(out, " %.3f", cycles);
            else
                fputs(" NaN", out);
        }
        fputc('\n', out);
    }
    fputs("EOD\nplot", out);
    for (unsigned m = 0; m < n->options.method_count; m++) {
        fprintf(out, "%s $cycles using %u:xtic(1) lc rgb '%s' title ", m ? "," : "", m + 2, plot_colour(m));
        plot_text(n->options.method[m].title, out);
    }
    fputc('\n', out);
}

void nano_plot(const struct nano *n, const char *path)
{
    plot_draw(path, 500, put_script, n);
}
