/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a sweep says: a table of its points, where techniques meet, and a picture.
 */
#include <inttypes.h>
#include <string.h>

#include "bench_sweep.h"
#include "cost_file.h"
#include "plot.h"
#include "version.h"

#define COLUMN 14

static uint64_t cycles(const struct sweep *s, uint64_t point, unsigned method)
{
    return sweep_cell(s, point, method)->cycles;
}

/* "vm_enter = 300, mem = 1": the values of all rows but the first. */
static void other_values(const struct sweep *s, uint64_t point, char *text, size_t n)
{
    text[0] = '\0';
    for (unsigned r = 1; r < s->row_count; r++)
        snprintf(text + strlen(text), n - strlen(text), "%s%s = %" PRIu64, r > 1 ? ", " : "", cost_rows[s->row[r].row].name,
                 sweep_value(s, point, r));
}

void sweep_table(const struct sweep *s, FILE *out)
{
    for (unsigned r = 0; r < s->row_count; r++)
        fprintf(out, "%*s", COLUMN, cost_rows[s->row[r].row].name);
    for (unsigned m = 0; m < s->options.method_count; m++)
        fprintf(out, "  %*s", COLUMN, s->options.method[m].title);
    fputc('\n', out);
    for (uint64_t p = 0; p < s->points; p++) {
        for (unsigned r = 0; r < s->row_count; r++)
            fprintf(out, "%*" PRIu64, COLUMN, sweep_value(s, p, r));
        for (unsigned m = 0; m < s->options.method_count; m++)
            fprintf(out, "  %*" PRIu64, COLUMN, cycles(s, p, m));
        fputc('\n', out);
    }
    fprintf(out, "%" PRIu64 " of %" PRIu64 " figures were in the file; %" PRIu64 " runs.\n\n", s->resumed,
            s->points * s->options.method_count, s->runs);
}

/* --- crossovers ------------------------------------------------------------------------------------------------------------ */

/* By how much a is dearer than b. */
static double excess(const struct sweep *s, uint64_t point, unsigned a, unsigned b)
{
    return (double)cycles(s, point, a) - (double)cycles(s, point, b);
}

static int sign(double x)
{
    return (x > 0) - (x < 0);
}

/* Along the first row, from the point `first` on. Between two points cycles go in a straight line: exactly so if they come from counts. */
static void crossovers(const struct sweep *s, uint64_t first, unsigned a, unsigned b, FILE *out)
{
    const struct sweep_row *row = &s->row[0];
    const char *names[] = {s->options.method[a].title, s->options.method[b].title}, *name = cost_rows[row->row].name;
    unsigned found = 0;
    for (uint64_t i = 1; i < row->count; i++) {
        double before = excess(s, first + i - 1, a, b), now = excess(s, first + i, a, b);
        bool crossed = sign(before) * sign(now) < 0 || (now == 0 && before != 0 && i + 1 < row->count &&
                                                        sign(before) * sign(excess(s, first + i + 1, a, b)) < 0);
        if (!crossed)
            continue;
        double at = (double)sweep_value(s, first + i - 1, 0) + (double)row->step * before / (before - now);
        fprintf(out, "%s and %s: meet at %s = %.1f; below that %s takes less, above it %s\n", names[0], names[1], name, at,
                names[before > 0], names[before < 0]);
        found++;
    }
    if (found)
        return;
    double begin = excess(s, first, a, b), end = excess(s, first + row->count - 1, a, b);
    if (begin == 0 && end == 0)
        fprintf(out, "%s and %s: equal\n", names[0], names[1]);
    else
        fprintf(out, "%s and %s: do not meet; %s takes less\n", names[0], names[1], names[begin + end > 0]);
}

void sweep_crossovers(const struct sweep *s, FILE *out)
{
    char others[256];
    for (uint64_t p = 0; p < s->points; p += s->row[0].count) {
        other_values(s, p, others, sizeof others);
        if (*others)
            fprintf(out, "%s:\n", others);
        for (unsigned a = 0; a < s->options.method_count; a++)
            for (unsigned b = a + 1; b < s->options.method_count; b++)
                crossovers(s, p, a, b, out);
    }
}

/* --- picture ---------------------------------------------------------------------------------------------------------------- */

static void put_titles(const struct sweep *s, FILE *out)
{
    char title[512], hash[IMAGE_HASH_SIZE];
    const struct guest_options *g = &s->options.guest[0];
    const char *image = g->image ? g->image : "guest", *slash = strrchr(image, '/');
    image_hash_text(hash, cost_hash(&s->options.cost));
    snprintf(title, sizeof title, "%s %s; other costs: %s (%s), %s", slash ? slash + 1 : image, g->append ? g->append : "",
             s->options.cost.name, hash, version_revision);
    fputs("set title ", out);
    plot_text(title, out);
    fputs("\nset ylabel 'cycles'\nset xlabel ", out);
    plot_text(cost_rows[s->row[0].row].name, out);
    fputs("\nset yrange [0:*]\nset border 3\nset tics nomirror\nset grid lc rgb '#dddddd' lt 1\n"
          "set key outside below center horizontal Left reverse\n",
          out);
}

/* A line for each technique, at each value of the other rows. */
static void put_script(const void *data, FILE *out)
{
    const struct sweep *s = data;
    char others[256], title[320];
    put_titles(s, out);
    for (uint64_t p = 0; p < s->points; p++) {
        if (p % s->row[0].count == 0)
            fprintf(out, "$part%" PRIu64 " << EOD\n", p / s->row[0].count);
        fprintf(out, "%" PRIu64, sweep_value(s, p, 0));
        for (unsigned m = 0; m < s->options.method_count; m++)
            fprintf(out, " %" PRIu64, cycles(s, p, m));
        fputs((p + 1) % s->row[0].count == 0 ? "\nEOD\n" : "\n", out);
    }
    fputs("plot", out);
    for (uint64_t part = 0; part < s->points / s->row[0].count; part++) {
        other_values(s, part * s->row[0].count, others, sizeof others);
        for (unsigned m = 0; m < s->options.method_count; m++) {
            fprintf(out, "%s $part%" PRIu64 " using 1:%u with lines lw 2 dt %u lc rgb '%s' title ", part || m ? "," : "",
                    part, m + 2, (unsigned)(part % 5) + 1, plot_colour(m));
            snprintf(title, sizeof title, "%s%s%s", s->options.method[m].title, *others ? ", " : "", others);
            plot_text(title, out);
        }
    }
    fputc('\n', out);
}

void sweep_plot(const struct sweep *s, const char *path)
{
    plot_draw(path, 500, put_script, s);
}
