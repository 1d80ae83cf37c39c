/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's stops: where he wants the run to stand still.
 *
 *   at an address       before the instruction there is executed
 *   on a change         behind the step that has changed the value of an expression (a word of memory, a CSR, a counter)
 *   at an exit          when the monitor has dealt with one of this reason
 *   at a trap           when the hardware has trapped to the monitor, or the guest is about to see a trap
 *   on a condition      at each step
 * each, if it is to, only if a condition holds.
 */
#ifndef DEBUGGER_STOPS_H
#define DEBUGGER_STOPS_H

#include "debugger/debugger.h"

enum stop_kind { STOP_ADDRESS, STOP_CHANGE, STOP_EXIT, STOP_TRAP, STOP_CONDITION };

struct stop {
    unsigned number;
    enum stop_kind kind;
    const struct target *guest;     /* whose it is */
    bool enabled, temporary;
    uint64_t address;
    unsigned reason;                /* STOP_EXIT: enum exit_reason; EXIT_count: any */
    struct expression *watched;     /* owned: STOP_CHANGE */
    uint64_t value;                 /* its value before the step ... */
    bool known;                     /* ... if it had one */
    uint64_t old;                   /* when it has changed: from what */
    struct expression *condition;   /* owned; NULL: none */
    char *text;                     /* owned: as `info breakpoints` has it */
    uint64_t hits, ignored;         /* so often met; as often to be passed by first */
};

#define STOPS_MOST 64

struct stops {
    struct stop all[STOPS_MOST];
    unsigned count, last; /* how many; the last number given */
    bool each_step, each_stage;     /* some stop has to be asked there */
    struct stop *met;               /* by the last stops_ask() */
};

struct stops *stops_new(void);
void stops_free(struct stops *s);

/* Takes a stop, its expressions and text with it; gives it a number. NULL: too many. */
struct stop *stops_add(struct stops *s, const struct stop *stop);
struct stop *stops_find(struct stops *s, unsigned number);
void stops_delete(struct stops *s, struct stop *stop);

/* What has to be known before the run goes on, in either direction. */
void stops_begin(struct stops *s, const struct execution *e);

/* Is one met at this moment? Its hits are counted if `count`. */
bool stops_ask(struct stops *s, const struct scene *scene, bool count);

#endif
