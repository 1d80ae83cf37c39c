/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Source lines.
 */
#include "lines.h"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "debugger/memory.h"
#include "isa/search.h"

struct row {
    uint64_t address;
    const char *file; /* in `files` */
    unsigned line;    /* 0: nothing is here */
};

struct lines {
    struct row *row; /* owned: by address */
    size_t count, room;
    char **file; /* owned */
    size_t file_count;
};

static const char *keep_file(struct lines *l, const char *name)
{
    for (size_t i = l->file_count; i-- > 0;)
        if (strcmp(l->file[i], name) == 0)
            return l->file[i];
    l->file = memory_need(realloc(l->file, (l->file_count + 1) * sizeof *l->file));
    return l->file[l->file_count++] = memory_text(name);
}

static void add_line(struct lines *l, Dwarf_Line *line)
{
    Dwarf_Addr address;
    int number;
    bool end;
    const char *file = dwarf_linesrc(line, NULL, NULL);
    if (!file || dwarf_lineaddr(line, &address) || dwarf_lineno(line, &number) || dwarf_lineendsequence(line, &end))
        return;
    if (l->count == l->room)
        l->row = memory_need(realloc(l->row, (l->room = l->room ? 2 * l->room : 256) * sizeof *l->row));
    l->row[l->count++] = (struct row){address, keep_file(l, file), end ? 0 : (unsigned)number};
}

static void add_units(struct lines *l, Dwarf *dwarf)
{
    Dwarf_Off at = 0, next;
    size_t header;
    for (; dwarf_nextcu(dwarf, at, &next, &header, NULL, NULL, NULL) == 0; at = next) {
        Dwarf_Die die;
        Dwarf_Lines *lines;
        size_t n;
        if (!dwarf_offdie(dwarf, at + header, &die) || dwarf_getsrclines(&die, &lines, &n))
            continue;
        for (size_t i = 0; i < n; i++)
            add_line(l, dwarf_onesrcline(lines, i));
    }
}

static void add_image(struct lines *l, const char *path)
{
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    Dwarf *dwarf = fd < 0 ? NULL : dwarf_begin(fd, DWARF_C_READ);
    if (dwarf) {
        add_units(l, dwarf);
        dwarf_end(dwarf);
    }
    if (fd >= 0)
        close(fd);
}

/* Of the same address the end of a sequence comes first, so that what begins there holds. */
static int compare(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return (x->line != 0) - (y->line != 0);
}

struct lines *lines_new(const char *const *paths, unsigned n)
{
    struct lines *l = memory_zero(sizeof *l);
    for (unsigned i = 0; i < n; i++)
        add_image(l, paths[i]);
    if (l->count)
        qsort(l->row, l->count, sizeof *l->row, compare);
    return l;
}

void lines_free(struct lines *l)
{
    for (size_t i = 0; l && i < l->file_count; i++)
        free(l->file[i]);
    if (l) {
        free(l->file);
        free(l->row);
    }
    free(l);
}

bool lines_at(const struct lines *l, uint64_t address, const char **file, unsigned *line)
{
    size_t n = l->count ? search_up_to(&l->row->address, l->count, sizeof *l->row, address) : 0;
    if (n == 0 || l->row[n - 1].line == 0)
        return false;
    *file = l->row[n - 1].file;
    *line = l->row[n - 1].line;
    return true;
}

static bool file_is(const char *path, const char *name)
{
    size_t a = strlen(path), b = strlen(name);
    return a >= b && strcmp(path + a - b, name) == 0 && (a == b || path[a - b - 1] == '/');
}

bool lines_find(const struct lines *l, const char *file, unsigned line, uint64_t *address, unsigned *found)
{
    const struct row *best = NULL;
    for (size_t i = 0; i < l->count; i++) {
        const struct row *r = &l->row[i];
        if (r->line >= line && r->line && file_is(r->file, file) && (!best || r->line < best->line))
            best = r;
    }
    if (best) {
        *address = best->address;
        *found = best->line;
    }
    return best != NULL;
}

bool lines_text(const char *file, unsigned line, char *text, size_t n)
{
    FILE *f = fopen(file, "r");
    bool there = f != NULL;
    while (there && line--)
        there = fgets(text, (int)n, f) != NULL;
    if (there)
        text[strcspn(text, "\n")] = '\0';
    if (f)
        fclose(f);
    return there;
}
