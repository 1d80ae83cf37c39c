/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exhaustive, as far as executions can tell. What a trial reads, in the order of first reading, is a path in a tree: two
 * assignments that agree on the choices used take the same path, whatever the others are. So the last choice used gets its
 * next value; when it has had all of them, the one before. Each assignment is covered by exactly one trial. (The method is
 * Korat's: Boyapati, Khurshid and Marinov 2002.)
 */
#include "explore.h"

#include <string.h>

#define TRIALS_MOST 400000

/* Bits of mstatus that do not get a dimension of their own follow its others, so that they still vary. */
static void follow(struct explorer *e)
{
    const uint8_t *v = e->at.value;
    unsigned mixed = v[CHOICE_tvm] + 3u * v[CHOICE_tw] + 5u * v[CHOICE_tsr] + 7u * v[CHOICE_sum] + 11u * v[CHOICE_mxr];
    for (enum choice c = CHOICE_spp; c <= CHOICE_stack; c++)
        if (e->values[c] == 1)
            e->at.value[c] = (uint8_t)((mixed >> (c - CHOICE_spp)) % choice_values[c]);
}

void explore_begin(struct explorer *e, const struct subject_insn *insn, bool paged)
{
    memset(e, 0, sizeof *e);
    memcpy(e->values, choice_values, sizeof e->values);
    e->most = TRIALS_MOST;
    if (insn->spare || insn->rs1 || insn->rs2)
        e->values[CHOICE_spp] = e->values[CHOICE_mpp] = e->values[CHOICE_stack] = 1;
    if (insn->spare)
        e->values[CHOICE_x1] = 4;
    if (paged)
        e->values[CHOICE_x2] = 4;
    follow(e);
}

bool explore_next(struct explorer *e, const uint8_t *used, unsigned count)
{
    if (++e->trials == e->most)
        return false;
    while (count) {
        unsigned last = used[--count];
        if (e->values[last] == 1)
            continue;
        if (++e->at.value[last] < e->values[last]) {
            follow(e);
            return true;
        }
        e->at.value[last] = 0;
    }
    return false;
}
