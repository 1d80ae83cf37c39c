/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of registers, CSRs and what is counted.
 */
#ifndef DEBUGGER_NAME_H
#define DEBUGGER_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa/csr.h"
#include "vmm/vm.h"

/* A part of a CSR. */
struct csr_part {
    const char *csr, *name, *meaning;
    unsigned low, width;
};
extern const struct csr_part csr_parts[];
extern const unsigned csr_parts_count;

struct csr_row {
    const char *name, *meaning;
    unsigned number;
};
extern const struct csr_row csr_names[];
extern const unsigned csr_names_count;

struct named_counter {
    const char *name, *meaning;
    size_t offset; /* in struct vm_counters */
};
extern const struct named_counter counter_names[];
extern const unsigned counter_names_count;

extern const struct named_counter exit_names[EXIT_count]; /* by enum exit_reason; offset unused */

/* "a0", "x10": its number; -1. */
int register_number(const char *name, size_t length);

const struct csr_row *csr_find(const char *name, size_t length);
const struct csr_part *csr_part_find(const struct csr_row *csr, const char *name, size_t length);

const char *mode_name(enum mode mode);

#endif
