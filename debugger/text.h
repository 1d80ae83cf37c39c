/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a view, cut into lines of cells: what a screen is made from. Colours of views (command.h, style()) become looks.
 */
#ifndef DEBUGGER_TEXT_H
#define DEBUGGER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

/* How a cell is to look; the first ones are styles of views, in their order. */
enum look { LOOK_PLAIN, LOOK_CHANGED, LOOK_DIM, LOOK_HEAD, LOOK_TITLE, LOOK_FOCUS, LOOK_BAR, LOOK_KEY, LOOK_ERROR, LOOK_count };

struct text_cell {
    wchar_t c; /* 0: the second half of the character before it */
    uint8_t look;
};

struct text_line {
    struct text_cell *cell; /* owned */
    unsigned length;
};

struct text {
    struct text_line *line; /* owned */
    unsigned count, room;
};

/* Adds the lines of these bytes: UTF-8 with sequences ESC [ ... m. What cannot be shown becomes '?', a tab blanks. `base` is how
 * they look where nothing else is said. */
void text_add(struct text *t, const char *bytes, size_t n, enum look base);
void text_clear(struct text *t);

/* Only the last `count` lines stay. */
void text_keep(struct text *t, unsigned count);

/* `to` becomes the same in lines of at most `width` cells, cut at blanks where there are some; the rest of a line is indented a
 * little more than its beginning. */
void text_wrap(const struct text *from, unsigned width, struct text *to);

/* The number of the first line that begins so; t->count if none does. */
unsigned text_find(const struct text *t, const char *beginning);

/* Columns that these n bytes take. */
unsigned text_width(const char *bytes, size_t n);

#endif
