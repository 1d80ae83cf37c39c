/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Composing the full screen.
 */
#include "screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/memory.h"

enum anchor { MARK, TOP, TAIL };

static const struct {
    const char *title;
    bool wrapped;
    enum anchor anchor;
} panels[] = {
#define PANEL(name, title, wrapped, anchor, meaning) [PANEL_##name] = {title, wrapped, anchor},
#include "debugger/panel.def"
};

bool screen_wraps(enum panel p)
{
    return panels[p].wrapped;
}

const char *screen_title(enum panel p)
{
    return panels[p].title;
}

/* --- cells ------------------------------------------------------------------------------------------------------------------ */

static void put(struct screen *s, unsigned row, unsigned column, wchar_t c, enum look look)
{
    if (row < s->rows && column < s->columns)
        s->cell[row * s->columns + column] = (struct text_cell){c, (uint8_t)look};
}

static void fill(struct screen *s, unsigned row, unsigned column, unsigned n, wchar_t c, enum look look)
{
    for (unsigned i = 0; i < n; i++)
        put(s, row, column + i, c, look);
}

/* A line from its cell `first` on, in so many columns; what is cut off there is marked. */
static void put_line(struct screen *s, const struct text_line *l, unsigned first, unsigned row, unsigned column,
                     unsigned columns)
{
    for (unsigned i = 0; i < columns && first + i < l->length; i++)
        put(s, row, column + i, l->cell[first + i].c, (enum look)l->cell[first + i].look);
    if (l->length <= first + columns || columns < 2)
        return;
    put(s, row, column + columns - 1, L'>', LOOK_DIM);
    if (!l->cell[first + columns - 1].c) /* half of a wide one */
        put(s, row, column + columns - 2, L' ', LOOK_PLAIN);
}

/* All of the row looks so. Returns how many columns of the text there are. */
static unsigned put_bar(struct screen *s, unsigned row, const char *text, enum look look, unsigned first)
{
    struct text t = {0};
    text_add(&t, text, strlen(text), look);
    unsigned width = t.count ? t.line[0].length : 0;
    fill(s, row, 0, s->columns, L' ', look);
    if (t.count)
        put_line(s, &t.line[0], first < width ? first : width, row, 0, s->columns);
    text_clear(&t);
    return width;
}

/* --- panels ----------------------------------------------------------------------------------------------------------------- */

/* The first line that is shown if nothing was scrolled. */
static unsigned home(enum anchor anchor, const struct text *t, unsigned lines)
{
    unsigned most = t->count > lines ? t->count - lines : 0, first = most;
    if (anchor == TOP)
        return 0;
    if (anchor == MARK) {
        unsigned mark = text_find(t, "=>");
        first = mark == t->count || mark < lines / 3 ? 0 : mark - lines / 3;
    }
    return first < most ? first : most;
}

static int limited(enum anchor anchor, const struct text *t, unsigned lines, int scroll)
{
    int at = (int)home(anchor, t, lines), most = t->count > lines ? (int)(t->count - lines) : 0;
    return at + scroll < 0 ? -at : at + scroll > most ? most - at : scroll;
}

int screen_scroll(enum panel p, const struct text *text, unsigned lines, int scroll)
{
    return limited(panels[p].anchor, text, lines, scroll);
}

/* "- 1 code ------ 5-9/20 -"; which lines of how many, if not all. */
static void put_title(struct screen *s, const struct screen_input *in, enum panel p, const struct area *a, unsigned first,
                      unsigned count)
{
    char title[64], part[48] = "";
    struct text t = {0};
    unsigned lines = a->rows - 1;
    bool focus = p == in->choice.focus;
    fill(s, a->row, a->column, a->columns, in->unicode ? L'\u2500' : L'-', LOOK_DIM);
    snprintf(title, sizeof title, "%c%u %s%c", focus ? '[' : ' ', p + 1, panels[p].title, focus ? ']' : ' ');
    text_add(&t, title, strlen(title), focus ? LOOK_FOCUS : LOOK_TITLE);
    if (count > lines) {
        snprintf(part, sizeof part, " %u-%u/%u ", first + 1, first + lines, count);
        text_add(&t, part, strlen(part), LOOK_DIM);
        put_line(s, &t.line[1], 0, a->row, a->column + a->columns - 1 - t.line[1].length, t.line[1].length);
    }
    put_line(s, &t.line[0], 0, a->row, a->column + 1, t.line[0].length);
    text_clear(&t);
}

static void put_text(struct screen *s, const struct text *t, unsigned first, const struct area *a)
{
    for (unsigned i = 0; i + 1 < a->rows && first + i < t->count; i++)
        put_line(s, &t->line[first + i], 0, a->row + 1 + i, a->column, a->columns);
}

static void put_panel(struct screen *s, const struct screen_input *in, enum panel p, const struct area *a)
{
    const struct text *t = in->panel[p].text;
    unsigned lines = a->rows - 1;
    int scroll = limited(panels[p].anchor, t, lines, in->panel[p].scroll);
    unsigned first = (unsigned)((int)home(panels[p].anchor, t, lines) + scroll);
    put_title(s, in, p, a, first, t->count);
    put_text(s, t, first, a);
    if (a->column > 0)
        for (unsigned i = 0; i < a->rows; i++)
            put(s, a->row + i, a->column - 1, in->unicode ? (i ? L'\u2502' : L'\u252c') : (i ? L'|' : L'+'), LOOK_DIM);
}

static void put_over(struct screen *s, const struct screen_input *in)
{
    struct area a = {0, 0, s->rows - 2, s->columns};
    put_text(s, in->over, (unsigned)limited(TOP, in->over, a.rows - 1, in->over_scroll), &a);
}

static void put_all(struct screen *s, const struct screen_input *in)
{
    struct area area[PANEL_count];
    put_bar(s, 0, in->status, LOOK_BAR, 0);
    screen_layout(s->rows, s->columns, &in->choice, area);
    for (unsigned p = 0; !in->over && p < PANEL_count; p++)
        if (area[p].rows)
            put_panel(s, in, (enum panel)p, &area[p]);
    if (in->over)
        put_over(s, in);
    unsigned first = in->typing && in->cursor >= s->columns ? in->cursor - s->columns + 1 : 0;
    put_bar(s, s->rows - 2, in->line, in->line_look, first);
    if (in->keys->count)
        put_line(s, &in->keys->line[0], 0, s->rows - 1, 0, s->columns);
    s->cursor = in->typing;
    s->cursor_row = s->rows - 2;
    s->cursor_column = in->cursor - first;
}

/* A terminal that shows ASCII only gets '?' for the rest. */
static void only_ascii(struct screen *s)
{
    for (unsigned i = 0; i < s->rows * s->columns; i++)
        if (s->cell[i].c > 0x7e || s->cell[i].c == 0)
            s->cell[i].c = s->cell[i].c ? L'?' : L' ';
}

void screen_compose(const struct screen_input *in, struct screen *out)
{
    char text[128];
    screen_free(out);
    *out = (struct screen){.rows = in->rows, .columns = in->columns};
    out->cell = memory_zero((size_t)(in->rows * in->columns + 1) * sizeof *out->cell);
    for (unsigned row = 0; row < out->rows; row++)
        fill(out, row, 0, out->columns, L' ', LOOK_PLAIN);
    if (in->rows >= SCREEN_ROWS && in->columns >= SCREEN_COLUMNS) {
        put_all(out, in);
    } else {
        snprintf(text, sizeof text, "%ux%u: needs %ux%u; q: leave", in->columns, in->rows, SCREEN_COLUMNS, SCREEN_ROWS);
        put_bar(out, 0, text, LOOK_PLAIN, 0);
    }
    if (!in->unicode)
        only_ascii(out);
}

void screen_free(struct screen *s)
{
    free(s->cell);
    s->cell = NULL;
}
