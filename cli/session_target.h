/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session's guests as the debugger's targets.
 */
#ifndef CLI_SESSION_TARGET_H
#define CLI_SESSION_TARGET_H

#include "debugger/target.h"
#include "session.h"

/* As many as the session has guests; they borrow it. Its consoles must be as console_mark() wants them, and drives snapshots. */
void session_targets(struct session *session, struct target targets[VMM_GUESTS_MAX]);

#endif
