/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See illegal_hint.h.
 */
#include "illegal_hint.h"

#include <stdio.h>

#include "isa/csr.h"

#define OPCODE(word) ((word)&0x7f)
#define OPCODE_SYSTEM 0x73

/* Of F, D and V, and their compressed loads and stores (unprivileged ISA, chapters 11, 12 and 16, table 24.1). */
static bool is_floating(uint32_t word)
{
    static const uint8_t opcodes[] = {0x07, 0x27, 0x43, 0x47, 0x4b, 0x4f, 0x53};
    if ((word & 3) != 3)
        return (word & 1) == 0 && ((word >> 13 & 7) == 1 || (word >> 13 & 7) == 5);
    for (unsigned i = 0; i < sizeof opcodes; i++)
        if ((word & 0x7f) == opcodes[i])
            return true;
    return false;
}

/* It is an instruction, and where it stood it is not allowed. */
static void forbidden(const struct insn *i, uint32_t word, char *text, size_t n)
{
    unsigned number = word >> 20;
    const char *mnemonic = insn_rows[i->id].mnemonic, *csr = csr_name(number);
    if (insn_rows[i->id].class != CLASS_BY_CSR)
        snprintf(text, n, "`%s`, which the mode or mstatus does not allow there", mnemonic);
    else if (csr)
        snprintf(text, n, "`%s` of %s, which the mode or the register does not allow there", mnemonic, csr);
    else
        snprintf(text, n, "`%s` of CSR 0x%x, which the machine has not (trapeze info csrs)", mnemonic, number);
}

const char *illegal_hint(insn_profile profile, uint32_t word, char *text, size_t n)
{
    struct insn i;
    if (insn_decode_in(profile, word, &i))
        forbidden(&i, word, text, n);
    else if (insn_decode_in(PROFILE_FLAWED | PROFILE_SEEDED, word, &i))
        snprintf(text, n, "`%s` of a flawed machine: --profile %s has it", insn_rows[i.id].mnemonic,
                 i.id < INSN_odd1 ? "flawed" : "flawed:SEED");
    else if (is_floating(word))
        snprintf(
            text, n,
            "a floating-point or vector instruction, and the machine has none: compile with -march=rv64imac -mabi=lp64");
    else
        return NULL;
    return text;
}
