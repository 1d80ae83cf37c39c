/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The log of the traps that software sees: for the hash over them, a trace, `compare`. Notes are kept until there are so many,
 * and then told all together, since a guest may do little else than trap.
 */
#ifndef ISA_TRAP_LOG_H
#define ISA_TRAP_LOG_H

#include <stdint.h>

#define TRAP_LOG 128

struct trap_note { uint64_t step, cause, epc, tval; };

struct trap_log {
    unsigned used;
    unsigned limit;     /* notes that are kept until they are told, up to TRAP_LOG; 1: each is told right before its trap is taken */
    void (*told)(void *context, const struct trap_note *notes, unsigned n);
    void *context;
    struct trap_note note[TRAP_LOG];
};

/* An empty log. */
static inline void trap_log_open(struct trap_log *log, unsigned limit,
                                 void (*told)(void *context, const struct trap_note *notes, unsigned n), void *context)
{
    log->used = 0;
    log->limit = limit;
    log->told = told;
    log->context = context;
}

/* Tells what there is. The call may not return (longjmp). */
static inline void trap_log_tell(struct trap_log *log)
{
    unsigned n = log->used;
    log->used = 0;
    if (n)
        log->told(log->context, log->note, n);
}

static inline void trap_log_add(struct trap_log *log, uint64_t step, uint64_t cause, uint64_t epc, uint64_t tval)
{
    struct trap_note *note = &log->note[log->used++];
    note->step = step;
    note->cause = cause;
    note->epc = epc;
    note->tval = tval;
    if (__builtin_expect(log->used >= log->limit, 0))
        trap_log_tell(log);
}

#endif
