/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tables say of instructions and CSRs, beside what was found. Nothing else of the checker reads these columns.
 */
#include <stdio.h>

#include "../seeded.h"
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

static const char *insn_mismatch(const struct classified *row, insn_profile profile, char *text, size_t n)
{
    static const char *const classes[] = {"INNOCUOUS", "CONTROL", "MODE", "LOCATION", "BY_CSR"};
    const unsigned said_mode = insn_mode_in(profile, row->id), said_class = insn_class_in(profile, row->id);
    unsigned mode = least_mode(row);
    unsigned class = mode == 4 || row->control ? CLASS_CONTROL
                     : row->mode               ? CLASS_MODE
                     : row->location           ? CLASS_LOCATION
                                               : CLASS_INNOCUOUS;
    if (mode == 4 ? insn_rows[row->id].flow != FLOW_TRAP : mode != said_mode)
        return differ(text, n, "mode", mode_name(said_mode), mode_name(mode));
    if (class != said_class)
        return differ(text, n, "class", classes[said_class], classes[class]);
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

/* Configurations in which a setting is 1. */
#define TVM UINT64_C(0xaaaaaaaaaaaaaaaa)
#define TW UINT64_C(0xcccccccccccccccc)
#define TSR UINT64_C(0xf0f0f0f0f0f0f0f0)
#define STCE UINT64_C(0xff00ff00ff00ff00)
#define MCOUNTEREN UINT64_C(0xffff0000ffff0000)
#define SCOUNTEREN UINT64_C(0xffffffff00000000)

/* What else decides than a least mode (privileged ISA, 3.1.6.5 and 3.1.11; Sstc, 2.1): where it completes in U, in S. */
struct gate {
    uint64_t u, s;
};

static struct gate gate_of(const struct classified *row, unsigned mode)
{
    switch (row->csr == NO_CSR ? row->id : INSN_count_flawed + row->csr) {
    case INSN_wfi:
        return (struct gate){0, ~TW};
    case INSN_sret:
        return (struct gate){0, ~TSR};
    case INSN_sfence_vma:
    case INSN_count_flawed + CSR_satp:
        return (struct gate){0, ~TVM};
    case INSN_count_flawed + CSR_stimecmp:
        return (struct gate){0, STCE & MCOUNTEREN};
    case INSN_count_flawed + CSR_cycle:
    case INSN_count_flawed + CSR_time:
    case INSN_count_flawed + CSR_instret:
        return (struct gate){MCOUNTEREN & SCOUNTEREN, MCOUNTEREN};
    }
    return (struct gate){mode == MODE_U ? CONFIGS_ALL : 0, mode <= MODE_S ? CONFIGS_ALL : 0};
}

static const char *where(uint64_t configs)
{
    return configs == 0             ? "it always traps"
           : configs == CONFIGS_ALL ? "it completes"
                                    : "it completes in some configurations";
}

static const char *gate_mismatch(const struct classified *row, char *text, size_t n)
{
    unsigned mode = least_mode(row);
    const struct gate gate = gate_of(row, mode);
    if (mode > MODE_M)
        return NULL;
    if (row->completes[MODE_U] != gate.u)
        return differ(text, n, "U-mode", where(gate.u), where(row->completes[MODE_U]));
    if (row->completes[MODE_S] != gate.s)
        return differ(text, n, "S-mode", where(gate.s), where(row->completes[MODE_S]));
    if (row->completes[MODE_M] != CONFIGS_ALL)
        return differ(text, n, "M-mode", where(CONFIGS_ALL), where(row->completes[MODE_M]));
    return NULL;
}

const char *table_mismatch(const struct classified *row, insn_profile profile, char *text, size_t n)
{
    const char *mismatch = row->csr == NO_CSR ? insn_mismatch(row, profile, text, n) : csr_mismatch(row, text, n);
    return mismatch ? mismatch : gate_mismatch(row, text, n);
}
