/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arguments of any subcommand: argp, with every mistake told in one line; and values of options.
 */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include <argp.h>
#include <stdint.h>

#include "isa/insn.h"

/* argp_parse() in order, as "trapeze NAME". What argp would complain about in several lines (an option that does not exist,
 * a value that is missing or not wanted) is refused before. Children of `argp` may not have children themselves. */
void arguments_parse(const struct argp *argp, int argc, char **argv, void *input);

/* Only those checks, of the options of subcommand argv[0]: for who parses them otherwise. */
void arguments_check(const struct argp_option *options, int argc, char **argv);

/* Values, or refusal. A number is decimal or 0x..., and within the bounds; a choice gives its index in `names`; a size is in
 * bytes: "64K", "128M", "1G", and without a letter in MiB. */
uint64_t argument_number(const char *option, const char *value, uint64_t least, uint64_t most);
uint64_t argument_size(const char *option, const char *value);
insn_profile argument_profile(const char *option, const char *value);
unsigned argument_choice(const char *option, const char *value, const char *const *names, unsigned count);

#endif
