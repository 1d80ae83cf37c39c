/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run on a stack of its own, which can be stopped in the middle of anything, looked at, and gone on with or given up.
 */
#ifndef DEBUGGER_COROUTINE_H
#define DEBUGGER_COROUTINE_H

#include <stdbool.h>

struct coroutine;

/* Not begun yet. NULL if there is no memory. */
struct coroutine *coroutine_new(void (*function)(void *context), void *context);
void coroutine_free(struct coroutine *c);

/* Runs it until it stops itself or its function returns: then false. It begins from the start if it had not begun, had
 * returned, or was given up. */
bool coroutine_resume(struct coroutine *c);

/* From inside: back to who has resumed it. */
void coroutine_stop(struct coroutine *c);

/* What it was about is forgotten. It must stand still. */
void coroutine_give_up(struct coroutine *c);

/* Does it stand in the middle? */
bool coroutine_begun(const struct coroutine *c);

#endif
