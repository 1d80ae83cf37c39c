/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tables say of instructions and CSRs, beside what was found. Nothing else of the checker reads these columns.
 */
#include <stdio.h>

#include "classify.h"
#include "words.h"

static const char *mode_name(unsigned mode)
{
    return (const char *const[]){"U", "S", "-", "M", "no"}[mode];
}

/* Whatever always traps does nothing but hand control over: CONTROL, though the paper's word does not fit it. */

/* The least mode that completes it in some configuration; 4: none. */
static unsigned least_mode(const struct classified *row)
{
    for (unsigned m = 0; m < 4; m++)
        if (row->completes[m])
            return m;
    return 4;
}

static const char *differ(char *text, size_t n, const char *column, const char *said, const char *found)
{
    snprintf(text, n, "%s: the table says %s, found: %s", column, said, found);
    return text;
}

static const char *insn_mismatch(const struct classified *row, char *text, size_t n)
{
    static const char *const classes[] = {"INNOCUOUS", "CONTROL", "MODE", "LOCATION", "BY_CSR"};
    const struct insn_row *table = &insn_rows[row->id];
    unsigned mode = least_mode(row);
    unsigned class = mode == 4 || row->control ? CLASS_CONTROL
                     : row->mode               ? CLASS_MODE
                     : row->location           ? CLASS_LOCATION
                                               : CLASS_INNOCUOUS;
    if (mode == 4 ? table->flow != FLOW_TRAP : mode != table->mode)
        return differ(text, n, "mode", mode_name(table->mode), mode_name(mode));
    if (class != table->class)
        return differ(text, n, "class", classes[table->class], classes[class]);
    return NULL;
}

enum csr_kind { KIND_FIELD, KIND_SYNCED, KIND_VIEW, KIND_CONST, KIND_NONE };

static enum csr_kind csr_kind(unsigned number)
{
    switch (number) {
#define CSR(name, number, kind, mask, reset, meaning)                                                                      \
    case number:                                                                                                           \
        return KIND_##kind;
#include "../csr.def"
    }
    return KIND_NONE;
}

static const char *csr_mismatch(const struct classified *row, char *text, size_t n)
{
    enum csr_kind kind = csr_kind(row->csr);
    bool read_only = row->csr >> 10 == 3, writes = row->id == INSN_csrrw || row->id == INSN_csrrwi;
    unsigned mode = least_mode(row), said = kind == KIND_NONE || (read_only && writes) ? 4 : row->csr >> 8 & 3;
    bool changes = said != 4 && !read_only && kind != KIND_CONST;
    if (mode != said)
        return differ(text, n, "mode", mode_name(said), mode_name(mode));
    if (changes != (row->control != 0))
        return differ(text, n, "kind", changes ? "a write changes something" : "a write changes nothing",
                      row->control ? "it does" : "it does not");
    return NULL;
}

const char *table_mismatch(const struct classified *row, char *text, size_t n)
{
    return row->csr == NO_CSR ? insn_mismatch(row, text, n) : csr_mismatch(row, text, n);
}
