/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading cost models.
 */
#include "cost_file.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "message.h"

struct reading {
    struct cost_model *model;
    FILE *file;
    int line, long_line; /* the one read last; the first one that is too long, or 0 */
    bool named, seen[COST_count];
    char error[200]; /* of the first line that is wrong */
};

void cost_defaults(struct cost_model *model)
{
    *model = (struct cost_model){.name = "default"};
    for (unsigned row = 0; row < COST_count; row++)
        model->cycles[row] = cost_rows[row].cycles;
}

/* COST_count for a name that is none, with the message's text in `error`. */
static enum cost_row find_row(const char *name, char *error, size_t n)
{
    for (unsigned row = 0; row < COST_count; row++)
        if (strcmp(cost_rows[row].name, name) == 0)
            return (enum cost_row)row;
    char hint[64];
    suggest(hint, sizeof hint, name, &cost_rows[0].name, COST_count, sizeof cost_rows[0]);
    snprintf(error, n, "unknown cost '%.40s'%s", name, hint[0] ? hint : "; see trapeze info costs");
    return COST_count;
}

static bool parse_cycles(const char *text, uint64_t *cycles, char *error, size_t n)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end || errno || value > COST_CYCLES_MOST) {
        snprintf(error, n, "'%.40s' is no number of cycles from 0 to %d", text, COST_CYCLES_MOST);
        return false;
    }
    *cycles = value;
    return true;
}

/* One "name = value" of the file; called by inih, which keeps the number of the first line that returns 0. */
static int take_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    char *error = r->error;
    size_t n = sizeof r->error;
    if (error[0])
        return 1;
    if (section[0] && strcmp(section, "cost") != 0) {
        snprintf(error, n, "unknown section '%.40s': there is only [cost]", section);
        return 0;
    }
    if (!section[0] && strcmp(name, "name") == 0) {
        if (r->named || !value[0] || strlen(value) >= sizeof r->model->name - sizeof "+set") {
            snprintf(error, n, "the name must be given once and be 1 to %zu letters",
                     sizeof r->model->name - sizeof "+set" - 1);
            return 0;
        }
        r->named = true;
        strcpy(r->model->name, value);
        return 1;
    }
    enum cost_row row = find_row(name, error, n);
    if (row == COST_count)
        return 0;
    if (r->seen[row]) {
        snprintf(error, n, "cost '%s' is set twice", name);
        return 0;
    }
    r->seen[row] = true;
    return parse_cycles(value, &r->model->cycles[row], error, n);
}

/* A line for inih, which would take a long one for several: only a comment may be longer, and is cut. */
static char *read_line(char *line, int n, void *user)
{
    struct reading *r = user;
    if (!fgets(line, n, r->file))
        return NULL;
    r->line++;
    size_t length = strlen(line);
    if (length + 1 < (size_t)n || line[length - 1] == '\n')
        return line;
    for (int c = 0; c != EOF && c != '\n';)
        c = getc(r->file);
    if (!strpbrk(line, ";#") && !r->long_line)
        r->long_line = r->line;
    return line;
}

/* A model without a name of its own is named after its file, without folder and extension. */
static void name_after(struct cost_model *model, const char *path)
{
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    size_t length = 1 + strcspn(base + 1, "."); /* ".ini" is a name, too */
    if (length >= sizeof model->name - sizeof "+set")
        length = sizeof model->name - sizeof "+set" - 1;
    memcpy(model->name, base, length);
    model->name[length] = '\0';
}

void cost_read_file(struct cost_model *model, const char *path)
{
    FILE *file = fopen(path, "r");
    struct stat st;
    if (!file || fstat(fileno(file), &st) != 0)
        refuse("%s: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        refuse("%s: %s", path, strerror(EISDIR));
    if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
        refuse("%s: is not a regular file", path);
    struct reading r = {.model = model, .file = file};
    int line = ini_parse_stream(read_line, &r, take_line, &r);
    fclose(file);
    if (line < 0)
        refuse("%s: out of memory", path);
    if (r.long_line && (line == 0 || line >= r.long_line))
        refuse("%s:%d: the line is too long", path, r.long_line);
    if (line > 0)
        refuse("%s:%d: %s", path, line, r.error[0] ? r.error : "neither 'name = value' nor '[cost]'");
    if (!r.named)
        name_after(model, path);
}

void cost_set(struct cost_model *model, const char *assignment)
{
    char name[64], error[200];
    size_t length = strcspn(assignment, "=");
    if (!assignment[length] || length >= sizeof name)
        refuse("--cost-set '%s': ROW=N is wanted", assignment);
    memcpy(name, assignment, length);
    name[length] = '\0';
    enum cost_row row = find_row(name, error, sizeof error);
    if (row == COST_count || !parse_cycles(assignment + length + 1, &model->cycles[row], error, sizeof error))
        refuse("--cost-set '%s': %s", assignment, error);
    if (!strstr(model->name, "+set"))
        strcat(model->name, "+set");
}

uint64_t cost_hash(const struct cost_model *model)
{
    XXH64_state_t *state = need(XXH64_createState());
    XXH64_reset(state, 0);
    for (unsigned row = 0; row < COST_count; row++) {
        XXH64_update(state, cost_rows[row].name, strlen(cost_rows[row].name) + 1);
        XXH64_update(state, &model->cycles[row], sizeof model->cycles[row]);
    }
    uint64_t hash = XXH64_digest(state);
    XXH64_freeState(state);
    return hash;
}
