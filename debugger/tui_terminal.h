/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal of the full screen, by ncurses: cells out, keys in, and everything as it was in the end, however that comes.
 */
#ifndef DEBUGGER_TUI_TERMINAL_H
#define DEBUGGER_TUI_TERMINAL_H

#include "debugger/screen.h"

/* Keys: characters are themselves. */
enum tui_key {
    TUI_NOTHING = 0x110000, /* a signal has come, or some time has passed */
    TUI_RESIZED,
    TUI_UP,
    TUI_DOWN,
    TUI_LEFT,
    TUI_RIGHT,
    TUI_HOME,
    TUI_END,
    TUI_PAGE_UP,
    TUI_PAGE_DOWN,
    TUI_DELETE,
    TUI_BACKSPACE,
    TUI_BACK_TAB,
    TUI_OTHER,
    TUI_GONE,  /* the terminal is gone */
    TUI_F = 0x110100, /* and the number of a function key */
};

/* Can standard input and output be a full screen? False: `error` is a line. */
bool tui_terminal_possible(char *error, size_t n);

/* From now on the terminal is the screen's, until tui_terminal_close(), exit() or a deadly signal. What is written to stderr is
 * kept until then. */
bool tui_terminal_open(bool colour, char *error, size_t n);
void tui_terminal_close(void);

bool tui_terminal_unicode(void);
void tui_terminal_size(unsigned *rows, unsigned *columns);
void tui_terminal_draw(const struct screen *s);
void tui_terminal_redraw(void); /* whatever is there */

/* The next key. */
int tui_terminal_key(void);

#endif
