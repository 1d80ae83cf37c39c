/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file of a sweep: a line of names, and a line for each technique at each point:
 *     parameters,technique,ROW...,cycles,exits,end,status
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_sweep.h"
#include "message.h"
#include "output.h"

#define LINE_MOST 512

/* --- writing --------------------------------------------------------------------------------------------------------------- */

static void put_names(const struct sweep *s, FILE *out)
{
    fputs("parameters,technique", out);
    for (unsigned r = 0; r < s->row_count; r++)
        fprintf(out, ",%s", cost_rows[s->row[r].row].name);
    fputs(",cycles,exits,end,status\n", out);
}

void sweep_csv_cell(const struct sweep *s, uint64_t point, unsigned method, FILE *out)
{
    const struct sweep_cell *c = sweep_cell(s, point, method);
    fprintf(out, "%016" PRIx64 ",%s", s->parameters, s->options.method[method].title);
    for (unsigned r = 0; r < s->row_count; r++)
        fprintf(out, ",%" PRIu64, sweep_value(s, point, r));
    fprintf(out, ",%" PRIu64 ",%" PRIu64 ",%s,%u\n", c->cycles, c->exits, c->end, c->status);
    fflush(out);
}

static void put_known(const struct sweep *s, FILE *out)
{
    put_names(s, out);
    for (uint64_t p = 0; p < s->points; p++)
        for (unsigned m = 0; m < s->options.method_count; m++)
            if (sweep_cell(s, p, m)->known)
                sweep_csv_cell(s, p, m, out);
}

void sweep_csv_write(const struct sweep *s, const char *path)
{
    struct output out;
    output_begin(&out, path);
    put_known(s, out.file);
    output_end(&out);
}

FILE *sweep_csv_append(const struct sweep *s, const char *path)
{
    sweep_csv_write(s, path); /* without what was not whole */
    FILE *file = fopen(path, "a");
    if (!file)
        refuse("%s: %s", path, strerror(errno));
    return file;
}

/* --- reading --------------------------------------------------------------------------------------------------------------- */

struct reading {
    struct sweep *sweep;
    const char *path;
    unsigned line;
};

static bool number(char **rest, uint64_t *value)
{
    char *word = strsep(rest, ","), *end;
    if (!word || !*word || strspn(word, "0123456789") != strlen(word))
        return false;
    errno = 0;
    *value = strtoull(word, &end, 10);
    return errno == 0;
}

/* The point with these values, or `points` if there is none. */
static uint64_t point_of(const struct sweep *s, const uint64_t *value)
{
    uint64_t point = 0;
    for (unsigned r = s->row_count; r-- > 0;) {
        const struct sweep_row *row = &s->row[r];
        if (value[r] < row->from || value[r] > row->to || (value[r] - row->from) % row->step)
            return s->points;
        point = point * row->count + (value[r] - row->from) / row->step;
    }
    return point;
}

static void take_line(const struct reading *f, char *line)
{
    struct sweep *s = f->sweep;
    char *rest = line, parameters[24];
    uint64_t value[SWEEP_ROWS_MOST], cycles, exits, status;
    snprintf(parameters, sizeof parameters, "%016" PRIx64, s->parameters);
    const char *mark = strsep(&rest, ",");
    if (strcmp(mark, parameters) != 0)
        refuse("%s:%u: is of another image, or of other options; -o another file, or remove this one", f->path, f->line);
    const char *title = strsep(&rest, ",");
    bool whole = title != NULL;
    for (unsigned r = 0; r < s->row_count; r++)
        whole = whole && number(&rest, &value[r]);
    whole = whole && number(&rest, &cycles) && number(&rest, &exits);
    const char *end = whole ? strsep(&rest, ",") : NULL;
    if (!end || strlen(end) >= sizeof s->cell->end || !number(&rest, &status) || rest || status > 255)
        refuse("%s:%u: is no line of a sweep", f->path, f->line);
    uint64_t point = point_of(s, value);
    unsigned m = 0;
    while (m < s->options.method_count && strcmp(s->options.method[m].title, title) != 0)
        m++;
    if (point == s->points || m == s->options.method_count)
        refuse("%s:%u: is no point of this sweep; -o another file, or remove this one", f->path, f->line);
    struct sweep_cell *c = sweep_cell(s, point, m);
    s->resumed += !c->known;
    *c = (struct sweep_cell){true, cycles, exits, "", (unsigned)status};
    strcpy(c->end, end);
}

static void check_names(const struct reading *f, const char *line)
{
    char names[LINE_MOST] = "";
    FILE *expected = need(fmemopen(names, sizeof names, "w"));
    put_names(f->sweep, expected);
    fclose(expected);
    names[strcspn(names, "\n")] = '\0';
    if (strcmp(line, names) != 0)
        refuse("%s: is no file of this sweep, whose columns are %s; it stays as it is", f->path, names);
}

void sweep_csv_read(struct sweep *s, const char *path)
{
    struct reading f = {s, path, 0};
    char line[LINE_MOST];
    if (access(path, F_OK) != 0)
        return;
    FILE *file = fopen(path, "r");
    if (!file)
        refuse("%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file)) {
        size_t length = strcspn(line, "\n");
        if (line[length] == '\0' && f.line > 0 && feof(file))
            break; /* interrupted in the middle */
        line[length] = '\0';
        if (f.line++ == 0)
            check_names(&f, line);
        else
            take_line(&f, line);
    }
    if (ferror(file))
        refuse("%s: cannot be read", path);
    fclose(file);
}
