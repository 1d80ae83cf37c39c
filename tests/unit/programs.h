/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The small programs of tests/vmm that each technique must get right.
 */
#ifndef TESTS_UNIT_PROGRAMS_H
#define TESTS_UNIT_PROGRAMS_H

#include "sides.h"

static const struct {
    const char *name, *input;
} programs[] = {
    {"atomics", NULL}, {"code", NULL},    {"console", "hello, translator\n"},
    {"csrs", NULL},    {"disk", NULL},    {"far", NULL},
    {"htif", NULL},    {"idle", NULL},    {"interrupts", NULL},
    {"loop", NULL},    {"mprv", NULL},    {"ptes", NULL},
    {"rights", NULL},  {"shadows", NULL}, {"straddle", NULL},
    {"spread", NULL},  {"traced", NULL},  {"traps", NULL},
};
#define PROGRAMS (sizeof programs / sizeof *programs)

/* One of them on the bare machine, at its end. */
static inline struct side *program_natively(size_t program)
{
    struct program p = program_assemble(programs[program].name);
    struct side *s = side_new();
    side_native(s, programs[program].input);
    s->name = programs[program].name;
    side_load(s, &p);
    side_run(s, SIDE_STEPS);
    free(p.bytes);
    return s;
}

/* To its end, or SIDE_STEPS, so many steps at a time. */
static inline void side_run_in_pieces(struct side *s, uint64_t piece)
{
    for (uint64_t done = 0; done < SIDE_STEPS && side_view(s).end.reason == END_NONE; done += piece)
        side_run(s, piece < SIDE_STEPS - done ? piece : SIDE_STEPS - done);
}

#endif
