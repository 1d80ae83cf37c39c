/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pseudo-instructions of several instructions, made as GNU as makes them.
 */
#include "internal.h"
#include "expand.h"

enum { RA = 1, T1 = 6, SIGN_12 = 0x800 };

bool expand_unimp(struct assembler *a, const struct operands *o)
{
    (void)o;
    return a->compress ? emit_number(a, 0, 2) : emit_number(a, 0xc0001073, 4); /* csrrw x0, cycle, x0 */
}

/* lui and addiw for 32 bits; beyond them the upper part first, then slli and addi. */
static bool load_constant(struct assembler *a, unsigned rd, int64_t value)
{
    uint8_t r = (uint8_t)rd;
    int64_t low = ((value & 0xfff) ^ SIGN_12) - SIGN_12;
    uint64_t high = (uint64_t)value - (uint64_t)low;
    if (value >= INT32_MIN && value <= INT32_MAX) {
        struct insn lui = {.id = INSN_lui, .rd = r, .imm = (int32_t)high};
        if (high != 0 && !emit_insn(a, &lui, true))
            return false;
        struct insn addiw = {.id = INSN_addiw, .rd = r, .rs1 = high != 0 ? r : 0, .imm = low};
        return (high != 0 && low == 0 && r != 0) || emit_insn(a, &addiw, true); /* x0: no use, but GNU as writes it */
    }
    unsigned shift = 12;
    while (!(high >> shift & 1))
        shift++;
    struct insn slli = {.id = INSN_slli, .rd = r, .rs1 = r, .imm = shift};
    struct insn addi = {.id = INSN_addi, .rd = r, .rs1 = r, .imm = low};
    return load_constant(a, rd, (int64_t)high >> shift) && emit_insn(a, &slli, true) &&
           (low == 0 || emit_insn(a, &addi, true));
}

bool expand_constant(struct assembler *a, const struct operands *o)
{
    int64_t value = o->insn.imm;
    struct insn one = {.rd = o->insn.rd, .imm = value};
    static const uint16_t short_forms[] = {INSN_c_lui, INSN_c_li};
    uint32_t word;
    for (unsigned k = 0; k < 2 && a->compress && one.rd != 0; k++) {
        one.id = short_forms[k];
        if (insn_encode(&one, &word))
            return emit_number(a, word, 2);
    }
    one.id = INSN_addi;
    if (insn_encode(&one, &word))
        return emit_number(a, word, 4);
    return load_constant(a, one.rd, value);
}

/* auipc of the upper part into `temporary`, and `low`, whose immediate is the lower part. */
static bool pcrel(struct assembler *a, const struct operands *o, unsigned temporary, struct insn low)
{
    struct insn auipc = {.id = INSN_auipc, .rd = (uint8_t)temporary};
    low.rs1 = (uint8_t)temporary;
    return emit_insn_fixup(a, &auipc, FIXUP_PCREL_HI, o->expr, o->expr_at) &&
           emit_insn_fixup(a, &low, FIXUP_PCREL_NEXT, o->expr, o->expr_at);
}

bool expand_address(struct assembler *a, const struct operands *o)
{
    int64_t value;
    if (expr_constant(a, o->expr, &value))
        return load_constant(a, o->insn.rd, value);
    return pcrel(a, o, o->insn.rd, (struct insn){.id = INSN_addi, .rd = o->insn.rd});
}

static bool jump_through(struct assembler *a, const struct operands *o, unsigned temporary, unsigned link)
{
    return pcrel(a, o, temporary, (struct insn){.id = INSN_jalr, .rd = (uint8_t)link});
}

bool expand_call(struct assembler *a, const struct operands *o)
{
    return jump_through(a, o, T1, o->insn.rd);
}
bool expand_call_ra(struct assembler *a, const struct operands *o)
{
    return jump_through(a, o, RA, RA);
}
bool expand_tail(struct assembler *a, const struct operands *o)
{
    return jump_through(a, o, T1, 0);
}
bool expand_jump(struct assembler *a, const struct operands *o)
{
    return jump_through(a, o, o->insn.rs1, 0);
}

bool expand_shifts(struct assembler *a, const struct operands *o)
{
    struct insn left = {.id = INSN_slli, .rd = o->insn.rd, .rs1 = o->insn.rs1, .imm = o->insn.imm};
    struct insn right = {.id = o->insn.id, .rd = o->insn.rd, .rs1 = o->insn.rd, .imm = o->insn.imm};
    return emit_insn(a, &left, true) && emit_insn(a, &right, true);
}

static bool needs_symbol(struct assembler *a, const struct operands *o)
{
    return expr_is_symbolic(a, o->expr) ||
           asm_fail(a, o->expr_at, "a bare number is no address here: write number(register)");
}

bool expand_load(struct assembler *a, const struct operands *o)
{
    return needs_symbol(a, o) && pcrel(a, o, o->insn.rd, (struct insn){.id = o->insn.id, .rd = o->insn.rd});
}

bool expand_store(struct assembler *a, const struct operands *o)
{
    return needs_symbol(a, o) && pcrel(a, o, o->insn.rs1, (struct insn){.id = o->insn.id, .rs2 = o->insn.rs2});
}
