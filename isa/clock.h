/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Virtual time, of the machine or of one virtual machine. A step is a completed instruction or a trap that its
 * software sees; what the host, a cache or a monitor does in between counts nothing. Freestanding.
 */
#ifndef ISA_CLOCK_H
#define ISA_CLOCK_H

#include <stdint.h>

#define CLOCK_PER_TIME 100      /* `now` per tick of `time`, which runs at CLOCK_TIME_HZ */
#define CLOCK_TIME_HZ 10000000
#define CLOCK_END (UINT64_C(1) << 63)   /* no timer goes off at a later V */

struct clock {
    uint64_t steps;         /* T: completed instructions and traps taken */
    uint64_t insns;         /* I: completed instructions */
    uint64_t now;           /* V: steps plus skipped idle time; with --clock cycles, the cycles charged */
    uint64_t time_offset;   /* ticks, modulo 2^64: what a write to mtime left */
};

/* The `time` that software reads. */
static inline uint64_t clock_time(const struct clock *c)
{
    return c->now / CLOCK_PER_TIME + c->time_offset;
}

/* The first V after now at which a timer set to `ticks` changes: it comes on when `time` gets there, and goes off when
 * `time` goes round to 0. UINT64_MAX for never, which is also what lies beyond CLOCK_END (300 years): so V, which wfi
 * moves from event to event, never overflows. */
static inline uint64_t clock_when(const struct clock *c, uint64_t ticks)
{
    uint64_t time = clock_time(c), ticks_now = c->now / CLOCK_PER_TIME;
    uint64_t away = (time < ticks ? ticks : 0) - time;
    if (ticks == 0 || away > CLOCK_END / CLOCK_PER_TIME || ticks_now > CLOCK_END / CLOCK_PER_TIME - away)
        return UINT64_MAX;
    return (ticks_now + away) * CLOCK_PER_TIME;
}

#endif
