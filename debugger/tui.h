/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The full-screen face: panels that are views, single keys that are commands, and a line for all the others.
 */
#ifndef DEBUGGER_TUI_H
#define DEBUGGER_TUI_H

#include "debugger/debugger.h"

/* Until the user leaves it (d->screen) or the debugger (d->quit). `said`: what was said before, for its output; NULL. Ctrl-C only stops
 * the guest: it sets *interrupted, which is cleared here. False: there is no such terminal, d->error says why. */
bool tui_run(struct debugger *d, volatile sig_atomic_t *interrupted, const char *said);

#endif
