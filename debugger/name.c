/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names, from the tables that everything else is made of.
 */
#include "name.h"

#include <stdlib.h>
#include <string.h>

#include "isa/insn.h"

const struct csr_part csr_parts[] = {
#define PART(csr, name, low, width, meaning) {#csr, #name, meaning, low, width},
#include "csr_part.def"
};
const unsigned csr_parts_count = sizeof csr_parts / sizeof *csr_parts;

const struct csr_row csr_names[] = {
#define CSR(name, number, kind, mask, reset, meaning) {#name, meaning, number},
#include "isa/csr.def"
};
const unsigned csr_names_count = sizeof csr_names / sizeof *csr_names;

const struct named_counter counter_names[] = {
#define COUNTER(name, meaning) {#name, meaning, offsetof(struct vm_counters, name)},
#include "vmm/counters.def"
};
const unsigned counter_names_count = sizeof counter_names / sizeof *counter_names;

const struct named_counter exit_names[EXIT_count] = {
#define EXIT(name, meaning) {#name, meaning, 0},
#include "vmm/counters.def"
};

static bool is(const char *name, const char *text, size_t length)
{
    return strncmp(name, text, length) == 0 && !name[length];
}

int register_number(const char *name, size_t length)
{
    char *end;
    if (length >= 2 && name[0] == 'x') {
        long r = strtol(name + 1, &end, 10);
        if (end == name + length && r >= 0 && r < 32 && (name[1] != '0' || length == 2))
            return (int)r;
    }
    for (int r = 0; r < 32; r++)
        if (is(insn_register_names[r], name, length))
            return r;
    return is("fp", name, length) ? 8 : -1;
}

const struct csr_row *csr_find(const char *name, size_t length)
{
    for (unsigned i = 0; i < csr_names_count; i++)
        if (is(csr_names[i].name, name, length))
            return &csr_names[i];
    return NULL;
}

const struct csr_part *csr_part_find(const struct csr_row *csr, const char *name, size_t length)
{
    for (unsigned i = 0; i < csr_parts_count; i++)
        if (strcmp(csr_parts[i].csr, csr->name) == 0 && is(csr_parts[i].name, name, length))
            return &csr_parts[i];
    return NULL;
}

const char *mode_name(enum mode mode)
{
    return mode == MODE_M ? "M" : mode == MODE_S ? "S" : "U";
}
