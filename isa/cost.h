/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of cost.def as numbers, and a cost model: what one set of choices charges for them. Freestanding.
 */
#ifndef ISA_COST_H
#define ISA_COST_H

#include <stdint.h>

enum cost_row {
#define COST(row, cycles, owner, meaning) COST_##row,
#include "cost.def"
    COST_count
};

enum cost_owner { OWNER_GUEST, OWNER_TRAP, OWNER_SWITCH, OWNER_WALK, OWNER_MONITOR, OWNER_DEVICE, OWNER_IDLE, OWNER_count };

struct cost_row_info { const char *name, *meaning; uint64_t cycles; enum cost_owner owner; };
extern const struct cost_row_info cost_rows[COST_count];        /* the defaults */
extern const char *const cost_owner_names[OWNER_count];         /* "guest" "trap" "switch" "walk" ... */

struct cost_model {
    char name[64];
    uint64_t cycles[COST_count];
};

/* Where all cycles are kept. total is the sum of by_owner, and of count[row] * model->cycles[row] over the rows. */
struct cost_account {
    const struct cost_model *model;     /* borrowed */
    uint64_t total;
    uint64_t by_owner[OWNER_count];
    uint64_t count[COST_count];
};

/* Whose the cycles of a row are. Those that the monitor causes (its own CSR accesses, fences and walks while a guest is
 * outside) are the monitor's, whatever the row's owner; except for TRAP, SWITCH, DEVICE and IDLE, which stay. */
static inline enum cost_owner cost_owner_of(enum cost_row row, int in_monitor)
{
    static const uint8_t owners[COST_count] = {
#define COST(row, cycles, owner, meaning) [COST_##row] = OWNER_##owner,
#include "cost.def"
    };
    enum cost_owner owner = (enum cost_owner)owners[row];
    return in_monitor && (owner == OWNER_GUEST || owner == OWNER_WALK) ? OWNER_MONITOR : owner;
}

/* The one function that adds cycles: `count` events of `row`. Inline, since it stands in every trap. */
static inline void cost_charge(struct cost_account *a, enum cost_row row, uint64_t count, int in_monitor)
{
    uint64_t cycles = count * a->model->cycles[row];
    a->count[row] += count;
    a->total += cycles;
    a->by_owner[cost_owner_of(row, in_monitor)] += cycles;
}

#endif
