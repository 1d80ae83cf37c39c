/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The full screen as a function: from the texts of the panels, what the user has chosen, and a size, to cells. It knows no
 * terminal (tui_terminal.h) and no debugger (tui_panel.h).
 *
 *   first row: where the run stands
 *   panels, each below its title; beside each other, two by two; fewer on a small screen, where one place is for any of them
 *   last but one: the command, or what else is to be said
 *   last: keys
 */
#ifndef DEBUGGER_SCREEN_H
#define DEBUGGER_SCREEN_H

#include "debugger/text.h"

/* Of the smallest screen that is used. */
#define SCREEN_ROWS 24
#define SCREEN_COLUMNS 80

enum panel {
#define PANEL(name, ...) PANEL_##name,
#include "debugger/panel.def"
    PANEL_count
};

/* What the user has chosen. */
struct screen_choice {
    enum panel focus; /* which panel arrows are for */
    enum panel slot;  /* which is in the place for any, where there are not all */
    bool zoomed;      /* the focus alone */
};

/* Where a panel is, its title included; rows 0: nowhere. */
struct area {
    unsigned row, column, rows, columns;
};

void screen_layout(unsigned rows, unsigned columns, const struct screen_choice *choice, struct area area[PANEL_count]);

struct screen_panel {
    const struct text *text; /* its lines fit, if it is one that is wrapped: screen_wraps() */
    int scroll;              /* lines away from what it shows by itself; down is positive */
};

struct screen_input {
    unsigned rows, columns;
    bool unicode; /* characters besides ASCII can be shown */
    struct screen_choice choice;
    struct screen_panel panel[PANEL_count];
    const struct text *over; /* instead of the panels; NULL: nothing is */
    int over_scroll;
    const char *status, *line; /* UTF-8 */
    enum look line_look;
    bool typing;     /* the cursor is in the line ... */
    unsigned cursor; /* ... behind so many columns */
    const struct text *keys;
};

struct screen {
    unsigned rows, columns;
    struct text_cell *cell; /* owned: row by row */
    bool cursor;
    unsigned cursor_row, cursor_column;
};

void screen_compose(const struct screen_input *in, struct screen *out);
void screen_free(struct screen *s);

bool screen_wraps(enum panel p);
const char *screen_title(enum panel p);

/* The scroll that shows what this one does, but does not go beyond the ends of the text, in so many lines. */
int screen_scroll(enum panel p, const struct text *text, unsigned lines, int scroll);

#endif
