/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The paravirtual interface (vmm/hypercall.def), as `trapeze info hypercalls` prints it.
 */
#ifndef CLI_INFO_HYPERCALLS_H
#define CLI_INFO_HYPERCALLS_H

#include "sheet.h"

struct sheet hypercall_sheet(void);
struct sheet hypercall_words(void);
struct sheet hypercall_errors(void);
struct sheet hypercall_constants(void);

/* All of them as constants for an assembler: what guestos/ includes. */
void hypercalls_write_asm(FILE *out);

#endif
