/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cost rows and owners, by name.
 */
#include "cost.h"

const struct cost_row_info cost_rows[COST_count] = {
#define COST(row, cycles, owner, meaning) [COST_##row] = {#row, meaning, cycles, OWNER_##owner},
#include "cost.def"
};

const char *const cost_owner_names[OWNER_count] = {
    [OWNER_GUEST] = "guest",     [OWNER_TRAP] = "trap",     [OWNER_SWITCH] = "switch", [OWNER_WALK] = "walk",
    [OWNER_MONITOR] = "monitor", [OWNER_DEVICE] = "device", [OWNER_IDLE] = "idle",
};
