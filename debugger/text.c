/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text of views in cells.
 */
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "debugger/memory.h"

#define TAB 8
#define INDENT_MOST 16
#define INDENT_MORE 2

/* --- lines ------------------------------------------------------------------------------------------------------------------ */

static struct text_line *new_line(struct text *t)
{
    if (t->count == t->room)
        t->line = memory_need(realloc(t->line, (t->room = t->room ? 2 * t->room : 32) * sizeof *t->line));
    t->line[t->count] = (struct text_line){NULL, 0};
    return &t->line[t->count++];
}

/* Room for the 32 cells that follow is made at each multiple of 32. */
static void add_cell(struct text_line *l, wchar_t c, enum look look)
{
    if (l->length % 32 == 0)
        l->cell = memory_need(realloc(l->cell, (l->length + 32) * sizeof *l->cell));
    l->cell[l->length++] = (struct text_cell){c, (uint8_t)look};
}

void text_clear(struct text *t)
{
    for (unsigned i = 0; i < t->count; i++)
        free(t->line[i].cell);
    free(t->line);
    *t = (struct text){0};
}

void text_keep(struct text *t, unsigned count)
{
    if (t->count <= count)
        return;
    unsigned gone = t->count - count;
    for (unsigned i = 0; i < gone; i++)
        free(t->line[i].cell);
    memmove(t->line, t->line + gone, count * sizeof *t->line);
    t->count = count;
}

/* --- characters ------------------------------------------------------------------------------------------------------------- */

/* The character that these bytes begin with, and how many it has (RFC 3629); '?' for what is none. */
static wchar_t decode(const unsigned char *p, size_t n, size_t *length)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned size = *p < 0x80 ? 1 : *p >= 0xf8 ? 0 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : *p >= 0xc0 ? 2 : 0;
    *length = 1;
    if (size <= 1)
        return size ? (wchar_t)*p : L'?';
    uint32_t c = *p & (0x7fu >> size);
    for (unsigned i = 1; i < size; i++) {
        if (i >= n || (p[i] & 0xc0) != 0x80)
            return L'?';
        c = c << 6 | (p[i] & 0x3f);
    }
    if (c < least[size] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return L'?';
    *length = size;
    return (wchar_t)c;
}

static void add_character(struct text_line *l, wchar_t c, enum look look)
{
    int width = wcwidth(c);
    if (c == L'\t') {
        do
            add_cell(l, L' ', look);
        while (l->length % TAB);
    } else if (c == L'\r') {
        return;
    } else if (width == 1 || width == 2) {
        add_cell(l, c, look);
        if (width == 2)
            add_cell(l, 0, look);
    } else {
        add_cell(l, L'?', look);
    }
}

/* "ESC [ n ; n m": the look that it asks for. Its length; 0: it is no such sequence. */
static size_t take_style(const char *p, size_t n, enum look base, enum look *look)
{
    static const struct {
        const char *code;
        enum look look;
    } codes[] = {{"1;33", LOOK_CHANGED}, {"2", LOOK_DIM}, {"1", LOOK_HEAD}};
    size_t end = 2;
    if (n < 3 || p[0] != '\033' || p[1] != '[')
        return 0;
    while (end < n && strchr("0123456789;", p[end]) && p[end])
        end++;
    if (end == n)
        return 0;
    *look = base;
    for (unsigned i = 0; p[end] == 'm' && i < sizeof codes / sizeof codes[0]; i++)
        if (end - 2 == strlen(codes[i].code) && memcmp(p + 2, codes[i].code, end - 2) == 0)
            *look = codes[i].look;
    return end + 1;
}

void text_add(struct text *t, const char *bytes, size_t n, enum look base)
{
    struct text_line *l = NULL;
    enum look look = base;
    for (size_t at = 0; at < n;) {
        size_t length = take_style(bytes + at, n - at, base, &look);
        if (length) {
            at += length;
            continue;
        }
        if (!l)
            l = new_line(t);
        wchar_t c = decode((const unsigned char *)bytes + at, n - at, &length);
        at += length;
        if (c == L'\n')
            l = NULL;
        else
            add_character(l, c, look);
    }
}

unsigned text_width(const char *bytes, size_t n)
{
    struct text t = {0};
    text_add(&t, bytes, n, LOOK_PLAIN);
    unsigned width = t.count ? t.line[0].length : 0;
    text_clear(&t);
    return width;
}

/* --- lines that are cut ------------------------------------------------------------------------------------------------------ */

static unsigned blanks(const struct text_line *l)
{
    unsigned n = 0;
    while (n < l->length && l->cell[n].c == L' ')
        n++;
    return n;
}

/* How much of the cells from `at` on goes into a line of so many. */
static unsigned fitting(const struct text_line *l, unsigned at, unsigned width)
{
    unsigned left = l->length - at, n = width;
    if (left <= width)
        return left;
    while (n > width / 2 && l->cell[at + n].c != L' ' && l->cell[at + n - 1].c != L' ')
        n--;
    if (n > width / 2)
        return n;
    return l->cell[at + width].c ? width : width - 1; /* a wide character stays whole */
}

static void wrap_line(const struct text_line *l, unsigned width, struct text *to)
{
    unsigned indent = blanks(l) + INDENT_MORE, at = 0;
    if (indent > INDENT_MOST || indent >= width / 2)
        indent = 0;
    do {
        struct text_line *out = new_line(to);
        for (unsigned i = 0; at > 0 && i < indent; i++)
            add_cell(out, L' ', LOOK_PLAIN);
        unsigned n = fitting(l, at, width - out->length);
        for (unsigned i = 0; i < n; i++, at++)
            add_cell(out, l->cell[at].c, (enum look)l->cell[at].look);
        while (at < l->length && l->cell[at].c == L' ')
            at++;
    } while (at < l->length);
}

void text_wrap(const struct text *from, unsigned width, struct text *to)
{
    text_clear(to);
    for (unsigned i = 0; i < from->count; i++)
        wrap_line(&from->line[i], width < 4 ? 4 : width, to);
}

unsigned text_find(const struct text *t, const char *beginning)
{
    for (unsigned i = 0; i < t->count; i++) {
        unsigned n = 0;
        while (beginning[n] && n < t->line[i].length && t->line[i].cell[n].c == (wchar_t)(unsigned char)beginning[n])
            n++;
        if (!beginning[n])
            return i;
    }
    return t->count;
}
