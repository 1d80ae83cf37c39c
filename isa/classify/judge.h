/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tests: what pairs of executions say of an instruction. For the checker alone.
 */
#ifndef ISA_CLASSIFY_JUDGE_H
#define ISA_CLASSIFY_JUDGE_H

#include "classify.h"

/* One variant of an instruction while it is tried. Sets of configurations are bits. */
struct variant {
    struct classified *row;
    struct subject *subject;
    struct subject_insn insn;
    uint64_t completes[4];          /* by mode, Bare or not */
    uint64_t against[4];            /* by mode s: some pair (s, U) is not Normal, Trap */
    uint64_t effects[4];            /* by mode: M, R, K or what software sets of C was changed */
    uint64_t location[2];           /* by mode U, S */
    uint64_t mode, pointwise;
    uint32_t pairs[4];              /* by mode s, in the first configuration */
    uint32_t pairs_location, pairs_mode, pairs_both;
    uint32_t checked, checked_paged;        /* trials so far */
    uint32_t flips, shifts;         /* executions spent on the tests of configuration and clock */
};

/* One trial from the assignment `at`: its executions, Bare (U, S, M) or paged (U and S, each in two layouts). Fills in the
 * choices that it used and returns how many. */
unsigned judge_trial(struct variant *v, const struct assignment *at, bool paged, uint8_t used[CHOICE_count]);

/* Do the two ends show what the test is about? */
bool judge_shows(enum test test, const struct replay *r);

#endif
