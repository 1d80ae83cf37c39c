/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the files that an execution is made of: execution.c runs it, execution_events.c is told what happens, execution_guest.c knows
 * what the guest is.
 */
#ifndef DEBUGGER_EXECUTION_INTERNAL_H
#define DEBUGGER_EXECUTION_INTERNAL_H

#include "debugger/execution.h"

/* T of all guests together; of all but the one that runs. */
uint64_t execution_step_now(const struct execution *e);
uint64_t execution_others(const struct execution *e);

/* Does the user want it to stop? Does it stand where the wish has its goal? */
bool execution_interrupted(const struct execution *e);
bool execution_is_goal(const struct execution *e);

/* For a checkpoint of the present. */
struct position execution_position(const struct execution *e);

/* What of the timeline lies later than the present has not been. */
void execution_cut_timeline(struct execution *e);

/* From now on it is told; no longer. */
void execution_watch(struct execution *e);
void execution_unwatch(struct execution *e);

#endif
