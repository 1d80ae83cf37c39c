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

/* The first V at which `time` is at least `ticks`; at most c->now if it already is; UINT64_MAX for never. */
static inline uint64_t clock_when(const struct clock *c, uint64_t ticks)
{
    if (clock_time(c) >= ticks)
        return c->now;
    uint64_t t = c->now / CLOCK_PER_TIME + (ticks - clock_time(c));
    return t > UINT64_MAX / CLOCK_PER_TIME || t < c->now / CLOCK_PER_TIME ? UINT64_MAX : t * CLOCK_PER_TIME;
}

#endif
