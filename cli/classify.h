/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What trapeze classify prints.
 */
#ifndef CLI_CLASSIFY_H
#define CLI_CLASSIFY_H

#include <jansson.h>
#include <stdio.h>

#include "isa/classify/classify.h"

/* Verdicts of a row in a configuration, as words: "yes", "no", "undetermined". */
const char *classify_word(const struct classified *row, uint64_t set, unsigned config);

/* Does it complete in any state? What does not is an instruction that always traps. */
bool classify_completes(const struct classified *row);

/* "privileged; control" and so on: what groups instructions in the lists. */
void classify_kind(const struct classified *row, unsigned config, char *text, size_t n);

/* Index of a named configuration. How many of all configurations the three theorems hold in: added to `holds`. */
unsigned classify_config(unsigned named);
void classify_count_theorems(const struct classification *c, unsigned holds[3]);

/* Configurations in which the row violates a theorem, and the test whose witness shows that best. */
uint64_t classify_violates(const struct classified *row);
enum test classify_telling_test(const struct classified *row);

/* Formats. seconds: of the host. Returns whether all is as it should be: theorems hold, tables agree, all determined. */
bool classify_holds(const struct classification *c);
void classify_print_text(const struct classification *c, double seconds, FILE *out);
void classify_print_md(const struct classification *c, FILE *out);
json_t *classify_json(const struct classification *c, double seconds);

/* The key of a seeded machine, of which `c` has the odd instructions: the findings, and what each of them does. */
json_t *classify_answers_json(const struct classification *c);
void classify_print_answers(const struct classification *c, bool md, FILE *out);

/* What was tried with one row and why the verdicts are what they are, in sentences. */
void classify_explain(insn_profile profile, const struct classified *row, FILE *out);

/* The two states of a witness side by side, what differed, and its execution step by step. False if it does not hold. */
bool classify_print_witness(struct subject *s, insn_profile profile, const struct classified *row, enum test test, FILE *out);

#endif
