/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two subcommands share: options by argp, with one line for each mistake.
 */
#ifndef ASSEMBLER_COMMAND_H
#define ASSEMBLER_COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "isa/insn.h"

enum { COMMAND_REFUSED = 125 };

/* argp_parse() in order, as "trapeze NAME"; ends the process after a mistake or --help. */
void command_parse(const struct argp *argp, int argc, char **argv, void *input);

/* "trapeze NAME: ..." on stderr, and the end of the process. */
_Noreturn void command_refuse(const struct argp_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The options of the two, for who wants to say what was meant by one that does not exist. */
extern const struct argp_option asm_command_options[], disasm_command_options[];

/* A whole word as a number: decimal, 0x or octal. */
bool command_number(const char *text, uint64_t *out);

/* The value of --profile. */
insn_profile command_profile(const char *value, const struct argp_state *state);

/* May text on fd have colours: is it a terminal that has them (TERM is not dumb), and does NO_COLOR not forbid it? */
bool command_colour(int fd);

#endif
