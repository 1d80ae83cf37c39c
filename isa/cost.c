/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cost rows, and the one function that adds cycles.
 */
#include "cost.h"

const struct cost_row_info cost_rows[COST_count] = {
#define COST(row, cycles, owner, meaning) [COST_##row] = {#row, meaning, cycles, OWNER_##owner},
#include "cost.def"
};

const char *const cost_owner_names[OWNER_count] = {
    [OWNER_GUEST] = "guest", [OWNER_TRAP] = "trap", [OWNER_SWITCH] = "switch", [OWNER_WALK] = "walk",
    [OWNER_MONITOR] = "monitor", [OWNER_DEVICE] = "device", [OWNER_IDLE] = "idle",
};

static enum cost_owner owner_of(enum cost_row row, int in_monitor)
{
    enum cost_owner owner = cost_rows[row].owner;
    return in_monitor && (owner == OWNER_GUEST || owner == OWNER_WALK) ? OWNER_MONITOR : owner;
}

void cost_charge(struct cost_account *a, enum cost_row row, uint64_t count, int in_monitor)
{
    uint64_t cycles = count * a->model->cycles[row];
    a->count[row] += count;
    a->total += cycles;
    a->by_owner[owner_of(row, in_monitor)] += cycles;
}
