/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All base states that an instruction can tell apart. For the checker alone.
 */
#ifndef ISA_CLASSIFY_EXPLORE_H
#define ISA_CLASSIFY_EXPLORE_H

#include "subject.h"

struct explorer {
    struct assignment at;
    uint8_t values[CHOICE_count];       /* how many of each choice are gone through; of those with 1, the others decide */
    uint32_t trials, most;
};

void explore_begin(struct explorer *e, const struct subject_insn *insn, bool paged);

/* Moves on behind the trial that has just been made with e->at: to the next assignment that can make a difference. False at
 * the end, or when `most` trials were made. */
bool explore_next(struct explorer *e, const uint8_t *used, unsigned count);

#endif
