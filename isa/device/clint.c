/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The CLINT of one hart: software interrupt and timer (SiFive FU540-C000 manual, chapter 9; privileged ISA, 3.2.1).
 */
#include "../csr.h"
#include "device.h"

#define CLINT_MSIP 0x0000     /* 4 bytes, bit 0 */
#define CLINT_MTIMECMP 0x4000 /* 8 bytes, as one or by halves */
#define CLINT_MTIME 0xbff8    /* likewise */

static void clint_reset(struct bus *bus)
{
    bus->clint = (struct clint){.mtimecmp = UINT64_MAX};
}

uint64_t clint_lines(const struct bus *bus)
{
    uint64_t lines = bus->clint.msip ? MIP_MSIP : 0;
    return clock_time(bus->clock) >= bus->clint.mtimecmp ? lines | MIP_MTIP : lines;
}

/* The part of a doubleword that an access of 4 or 8 bytes at `offset` is about. */
static uint64_t part_of(uint64_t word, uint64_t offset, unsigned size)
{
    return size == 8 ? word : (uint32_t)(word >> 8 * (offset & 4));
}

static uint64_t with_part(uint64_t word, uint64_t offset, unsigned size, uint64_t value)
{
    if (size == 8)
        return value;
    uint64_t shift = 8 * (offset & 4), mask = UINT64_C(0xffffffff) << shift;
    return (word & ~mask) | value << shift;
}

static bool clint_takes(uint64_t offset, unsigned size)
{
    return size == 4 || (size == 8 && offset != CLINT_MSIP);
}

static bool clint_load(struct bus *bus, uint64_t offset, unsigned size, uint64_t *value)
{
    if (!clint_takes(offset, size))
        return false;
    *value = 0;
    if (offset == CLINT_MSIP)
        *value = bus->clint.msip;
    else if ((offset & ~UINT64_C(7)) == CLINT_MTIMECMP)
        *value = part_of(bus->clint.mtimecmp, offset, size);
    else if ((offset & ~UINT64_C(7)) == CLINT_MTIME)
        *value = part_of(clock_time(bus->clock), offset, size);
    return true;
}

static bool clint_store(struct bus *bus, uint64_t offset, unsigned size, uint64_t value)
{
    if (!clint_takes(offset, size))
        return false;
    if (offset == CLINT_MSIP) {
        bus->clint.msip = value & 1;
    } else if ((offset & ~UINT64_C(7)) == CLINT_MTIMECMP) {
        bus->clint.mtimecmp = with_part(bus->clint.mtimecmp, offset, size, value);
    } else if ((offset & ~UINT64_C(7)) == CLINT_MTIME) {
        uint64_t time = clock_time(bus->clock);
        bus->clock->time_offset += with_part(time, offset, size, value) - time;
    }
    return true;
}

const struct device_ops clint_ops = {
    .base = BUS_CLINT,
    .size = BUS_CLINT_SIZE,
    .cost = COST_device_timer,
    .reset = clint_reset,
    .load = clint_load,
    .store = clint_store,
};
