/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is in the panels of the full screen: views of the debugger.
 */
#ifndef DEBUGGER_TUI_PANEL_H
#define DEBUGGER_TUI_PANEL_H

#include "debugger/debugger.h"
#include "debugger/screen.h"

/* The text of any panel but the output's becomes `text`, for so many columns. Changes nothing of the debugger. */
void tui_panel_text(struct debugger *d, enum panel p, unsigned columns, struct text *text);

/* One line: where the run stands; or, while it runs, how far it has come. */
void tui_status(const struct debugger *d, char *text, size_t n);
void tui_status_running(const struct debugger *d, uint64_t step, char *text, size_t n);

/* Help, and the keys of the last row as far as they fit. */
void tui_help(struct text *text, unsigned columns);
void tui_keys(struct text *text, unsigned columns);

#endif
