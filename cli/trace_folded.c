/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of cycles by symbol and reason. What finds a row is a JSON object, for its hash table.
 */
#include "trace_folded.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "output.h"

struct row {
    uint64_t cycles[OWNER_count];
};

struct folded {
    struct output out;
    json_t *index; /* owned: of each "symbol;reason" its row's number */
    struct row *row;
    size_t count, room;
};

struct folded *folded_new(const char *path)
{
    struct folded *f = need(calloc(1, sizeof *f));
    output_begin(&f->out, path);
    f->index = need(json_object());
    return f;
}

static struct row *row_of(struct folded *f, const char *key)
{
    const json_t *number = json_object_get(f->index, key);
    if (number)
        return &f->row[json_integer_value(number)];
    if (f->count == f->room) {
        f->room = f->room ? 2 * f->room : 256;
        f->row = need(realloc(f->row, f->room * sizeof *f->row));
    }
    if (json_object_set_new(f->index, key, need(json_integer((json_int_t)f->count))) != 0)
        refuse("out of memory");
    memset(&f->row[f->count], 0, sizeof *f->row);
    return &f->row[f->count++];
}

void folded_add(struct folded *f, const char *prefix, const char *place, const char *reason,
                const uint64_t cycles[OWNER_count])
{
    char key[320];
    const char *plus = strrchr(place, '+');
    uint64_t all = 0;
    for (unsigned i = 0; i < OWNER_count; i++)
        all += cycles[i];
    if (all == 0)
        return;
    if (plus)
        snprintf(key, sizeof key, "%s%.*s;%s", prefix, (int)(plus - place), place, reason);
    else
        snprintf(key, sizeof key, "%s(no symbol);%s", prefix, reason);
    struct row *row = row_of(f, key);
    for (unsigned i = 0; i < OWNER_count; i++)
        row->cycles[i] += cycles[i];
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void print(const struct folded *f)
{
    const char **name = need(calloc(f->count ? f->count : 1, sizeof *name)), *key;
    json_t *number;
    size_t n = 0;
    json_object_foreach (f->index, key, number)
        name[n++] = key;
    qsort(name, n, sizeof *name, by_name);
    for (size_t i = 0; i < n; i++) {
        const struct row *row = &f->row[json_integer_value(json_object_get(f->index, name[i]))];
        for (unsigned owner = 0; owner < OWNER_count; owner++)
            if (row->cycles[owner])
                fprintf(f->out.file, "%s;%s %" PRIu64 "\n", name[i], cost_owner_names[owner], row->cycles[owner]);
    }
    free(name);
}

void folded_end(struct folded *f)
{
    print(f);
    output_end(&f->out);
    json_decref(f->index);
    free(f->row);
    free(f);
}
