/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The test finisher ("sifive,test0"): a store to its first register ends the run.
 *
 *   31     16 15      0
 *  |  code   | command |
 */
#include "device.h"

enum { FINISHER_FAIL = 0x3333, FINISHER_PASS = 0x5555, FINISHER_RESET = 0x7777 };

static void finisher_reset(struct bus *bus)
{
    (void)bus;
}

static bool finisher_takes(unsigned size)
{
    return size == 2 || size == 4;
}

static bool finisher_load(struct bus *bus, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)bus, (void)offset;
    *value = 0;
    return finisher_takes(size);
}

static bool finisher_store(struct bus *bus, uint64_t offset, unsigned size, uint64_t value)
{
    if (!finisher_takes(size))
        return false;
    if (offset != 0)
        return true;
    uint64_t code = value >> 16;
    switch (value & 0xffff) {
    case FINISHER_PASS:
        bus_end(bus, BUS_STOP_FINISHER, 0);
        break;
    case FINISHER_FAIL:
        bus_end(bus, BUS_STOP_FINISHER, code ? code : 1); /* a failure never looks like success */
        break;
    case FINISHER_RESET:
        bus_end(bus, BUS_STOP_RESET, 0);
        break;
    }
    return true;
}

const struct device_ops finisher_ops = {
    .base = BUS_FINISHER,
    .size = BUS_DEVICE_PAGE,
    .cost = COST_device_timer,
    .reset = finisher_reset,
    .load = finisher_load,
    .store = finisher_store,
};
