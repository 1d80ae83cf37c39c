/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where two ways to run the same guest part for the first time.
 */
#ifndef CLI_DIFFERENCE_H
#define CLI_DIFFERENCE_H

#include "session.h"

struct difference {
    uint64_t step;              /* T: so many steps are equal; the next one is not */
    uint64_t pc;                /* of that next one, in the first session */
    char what[32];              /* as state_difference has it; or "console", "traps" (then the values are hashes), "disk" */
    uint64_t expected, got;
};

/* Runs both again and again, side by side, and narrows it down to one step. Both must be given all their input at once, and
 * have ended differently within the budget. `flip` is applied to the second at its end. */
struct difference difference_find(const struct session_config *expected, const struct session_config *got, const struct flip *flip);

/* Applies --flip to a session that has ended; refuses what is no bit of the state. */
void difference_flip(const struct session *session, const struct flip *flip);

#endif
