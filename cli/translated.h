/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze disasm --translated, which is a run, unlike the disasm of the assembler.
 */
#ifndef CLI_TRANSLATED_H
#define CLI_TRANSLATED_H

#include <stdbool.h>

/* Is --translated among the arguments? */
bool translated_wanted(int argc, char **argv);

int translated_command(int argc, char **argv);

#endif
