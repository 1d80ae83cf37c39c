/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cost models from the command line: --cost FILE and --cost-set ROW=N (docs/costs.md).
 */
#ifndef CLI_COST_FILE_H
#define CLI_COST_FILE_H

#include "isa/cost.h"

#define COST_CYCLES_MOST 1000000000     /* of a row */

/* The defaults of cost.def, under the name "default". */
void cost_defaults(struct cost_model *model);

/* Rows that the file names replace those of the model, and so does its name. Refuses (message.h) with FILE:LINE. */
void cost_read_file(struct cost_model *model, const char *path);

/* "ROW=N". The model is then named "NAME+set". */
void cost_set(struct cost_model *model, const char *assignment);

/* Over each row in the order of cost.def: its name with the NUL, and its cycles as 8 bytes, little-endian. */
uint64_t cost_hash(const struct cost_model *model);

#endif
