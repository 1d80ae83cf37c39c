/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cycles by where they went, as folded stacks: "symbol;reason;owner cycles", what flame graphs are drawn from. The reason is that
 * of an exit, or `run`: the guest itself. All cycles of a run are in it, each once.
 */
#ifndef CLI_TRACE_FOLDED_H
#define CLI_TRACE_FOLDED_H

#include <stdint.h>

#include "isa/cost.h"

struct folded;

/* Refuses (message.h) what cannot be written. */
struct folded *folded_new(const char *path);

/* place: as trace_place() has it; the offset does not matter. prefix: of the guest, where there are several; "" */
void folded_add(struct folded *folded, const char *prefix, const char *place, const char *reason,
                const uint64_t cycles[OWNER_count]);

/* Writes it, or refuses. */
void folded_end(struct folded *folded);

#endif
