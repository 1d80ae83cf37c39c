/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The compressed form of an instruction, where GNU as would choose one: the first row of isa/insn.def with this base
 * that can hold the operands, but never one that is a hint.
 */
#include "internal.h"

static bool is_hint(const struct insn *c)
{
    switch (c->id) {
    case INSN_c_nop:
        return c->imm != 0;
    case INSN_c_li:
    case INSN_c_lui:
    case INSN_c_mv:
    case INSN_c_add:
        return c->rd == 0;
    case INSN_c_slli:
        return c->rd == 0 || c->imm == 0;
    case INSN_c_addi:
    case INSN_c_srli:
    case INSN_c_srai:
        return c->imm == 0;
    default:
        return false;
    }
}

static bool commutes(unsigned id)
{
    return id == INSN_c_add || id == INSN_c_addw || id == INSN_c_and || id == INSN_c_or || id == INSN_c_xor;
}

bool insn_compress(const struct insn *i, uint32_t *word)
{
    struct insn plain = *i;
    if (i->id == INSN_addi && i->imm == 0 && i->rs1 != 0 && i->rd != 0) { /* a move */
        plain = (struct insn){.id = INSN_add, .rd = i->rd, .rs2 = i->rs1};
    }
    for (unsigned id = INSN_illegal + 1; id < INSN_count; id++) {
        if (insn_rows[id].base != plain.id || id == plain.id)
            continue;
        struct insn c = plain;
        c.id = (uint16_t)id;
        if (!is_hint(&c) && insn_encode(&c, word))
            return true;
        if (!commutes(id))
            continue;
        c.rs1 = plain.rs2;
        c.rs2 = plain.rs1;
        if (!is_hint(&c) && insn_encode(&c, word))
            return true;
    }
    return false;
}
