/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is a random program the same in some way as natively; where does it differ first; and what short program does, too?
 */
#ifndef TESTS_RANDOM_CHECK_H
#define TESTS_RANDOM_CHECK_H

#include <stdio.h>

#include "execution.h"

#define STEPS_MOST 40000u /* a program that has not ended by then is compared as it is */

enum verdict { SAME, DIFFERENT, NOT_FENCED };

/* Runs it natively and in this way, and compares what comes out after so many steps. */
enum verdict check(const struct program *p, const struct way *way, uint64_t steps, struct difference *d);

/* Likewise in a process of its own, so that a panic or a loop is caught: DIFFERENT, and *died is how it ended (0: by itself). */
enum verdict check_apart(const struct program *p, const struct way *way, uint64_t steps, int *died);

/* The least number of steps after which it differs, at most `steps`; and what does. */
uint64_t first_difference(const struct program *p, const struct way *way, uint64_t steps, struct difference *d);

/* Takes out of p what it can do without while it still fails in this way. */
void shrink(struct program *p, const struct way *way, FILE *progress);

/* For each halfword of the image, whether an instruction that is run natively begins there. To be freed. */
bool *program_run_places(const struct program *p, uint64_t steps);

/* What is run natively of it, as text: a line an instruction, nops left out. Returns how many. */
unsigned program_list(const struct program *p, uint64_t steps, FILE *out);

/* As a source of our assembler, and back (false, with a message, if it is none). */
void program_write(const struct program *p, const char *title, FILE *out);
bool program_read(struct program *p, const char *path);

/* plain.c: against another interpreter. free() is its end. */
struct plain;
struct plain *plain_new(uint64_t seed);
bool plain_differs(const struct plain *g, const struct way *way, struct difference *d);
uint64_t plain_steps(const struct plain *g);

#endif
