/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command that is being typed on the full screen: editing, history (that of the line face), completion.
 */
#ifndef DEBUGGER_TUI_LINE_H
#define DEBUGGER_TUI_LINE_H

#include "debugger/debugger.h"

struct tui_line {
    char text[LINE_MOST + 1]; /* UTF-8 */
    size_t length, at;        /* at: where the cursor is */
    int older;                /* of the history: how far back */
    char kept[LINE_MOST + 1]; /* what was typed, while older ones are looked at */
};

enum tui_typed { TUI_GOES_ON, TUI_ENTERED, TUI_LEFT_OFF };

void tui_line_begin(struct tui_line *l);

/* What this key (tui_terminal.h) does to it. `offer` is called with what it could become, if that is not clear; each, then NULL. */
enum tui_typed tui_line_key(struct tui_line *l, const struct debugger *d, int key, void (*offer)(void *context, const char *word),
                            void *context);

#endif
