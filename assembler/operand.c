/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Operands: each letter of a syntax parses one.
 */
#include "internal.h"
#include "expand.h"

#include <inttypes.h>
#include <string.h>

static const struct {
    const char *name;
    uint16_t number;
} csrs[] = {
#define CSR(name, number, kind, mask, reset, meaning) {#name, number},
#define HCSR(name, number, kind, mask, reset, meaning) {#name, number},
#include "isa/csr.def"
};

static int register_number(const char *name, size_t length)
{
    if (lex_word_is(name, length, "fp"))
        return 8;
    for (int r = 0; r < 32; r++) {
        if (lex_word_is(name, length, insn_register_names[r]))
            return r;
    }
    if (name[0] != 'x' || length > 3 || (name[1] == '0' && length > 2))
        return -1;
    int r = 0;
    for (size_t i = 1; i < length; i++) {
        if (name[i] < '0' || name[i] > '9')
            return -1;
        r = r * 10 + name[i] - '0';
    }
    return r < 32 ? r : -1;
}

bool instruction_is_register(const char *name, size_t length)
{
    return length >= 2 && length <= 4 && register_number(name, length) >= 0;
}

bool instruction_parse_register(struct assembler *a, unsigned *reg)
{
    lex_skip_space(a);
    size_t length = lex_word_length(a->at);
    int r = length == 0 ? -1 : register_number(a->at, length);
    if (r >= 0) {
        *reg = (unsigned)r;
        a->at += length;
        return true;
    }
    struct nearest nearest;
    char hint[80];
    nearest_start(&nearest, a->at, length);
    for (r = 0; r < 32; r++)
        nearest_offer(&nearest, insn_register_names[r]);
    if (length == 0)
        return asm_fail(a, a->at, "expected a register");
    return asm_fail(a, a->at, "`%.*s` is not a register%s", (int)length, a->at, nearest_hint(&nearest, hint));
}

static bool parse_csr(struct assembler *a, int64_t *number)
{
    lex_skip_space(a);
    const char *start = a->at;
    size_t length = lex_word_length(start);
    struct nearest nearest;
    nearest_start(&nearest, start, length);
    for (size_t i = 0; i < sizeof csrs / sizeof *csrs; i++) {
        if (lex_word_is(start, length, csrs[i].name)) {
            *number = csrs[i].number;
            a->at += length;
            return true;
        }
        nearest_offer(&nearest, csrs[i].name);
    }
    char hint[80];
    struct symbol *symbol = length > 0 ? symbol_find(a->unit, start, length) : NULL;
    if (length > 0 && (symbol == NULL || symbol->state != SYMBOL_VALUE)) {
        return asm_fail(a, start, "`%.*s` is not a CSR%s", (int)length, start, nearest_hint(&nearest, hint));
    }
    if (!expr_parse_constant(a, number))
        return false;
    return (*number >= 0 && *number <= 0xfff) || asm_fail(a, start, "a CSR has a number from 0 to 0xfff");
}

static bool parse_fence_set(struct assembler *a, unsigned *set)
{
    static const char letters[] = "wroi";
    lex_skip_space(a);
    *set = 0;
    const char *start = a->at, *letter;
    while (*a->at != '\0' && (letter = strchr(letters, *a->at)) != NULL) {
        *set |= 1u << (letter - letters);
        a->at++;
    }
    return a->at > start || asm_fail(a, start, "expected a set of the letters i, o, r, w");
}

static bool parse_fence(struct assembler *a, int64_t *imm)
{
    unsigned before, after;
    if (!parse_fence_set(a, &before) || !lex_expect(a, ',') || !parse_fence_set(a, &after))
        return false;
    *imm = before << 4 | after;
    return true;
}

/* %hi(...) and its like; `kinds` are those that fit this operand. */
static bool parse_part(struct assembler *a, struct operands *o, bool upper)
{
    static const struct {
        const char *name;
        enum fixup_kind kind;
        bool upper;
    } parts[] = {
        {"hi", FIXUP_HI, true},
        {"pcrel_hi", FIXUP_PCREL_HI, true},
        {"lo", FIXUP_LO, false},
        {"pcrel_lo", FIXUP_PCREL_LO, false},
    };
    const char *start = a->at++;
    size_t length = lex_word_length(a->at);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!lex_word_is(a->at, length, parts[i].name))
            continue;
        if (parts[i].upper != upper)
            return asm_fail(a, start, "%%%s does not fit this operand", parts[i].name);
        a->at += length;
        o->kind = parts[i].kind;
        lex_skip_space(a);
        if (*a->at != '(')
            return asm_fail(a, a->at, "expected `(`");
        o->expr = expr_parse(a);
        return o->expr != NULL;
    }
    return asm_fail(a, start, "expected %s", upper ? "%hi or %pcrel_hi" : "%lo or %pcrel_lo");
}

static bool parse_immediate(struct assembler *a, struct operands *o)
{
    lex_skip_space(a);
    o->expr_at = a->at;
    if (*a->at == '%')
        return parse_part(a, o, false);
    if (*a->at == '(') { /* (register): the offset is left out */
        const char *word = a->at + 1 + strspn(a->at + 1, " ");
        if (instruction_is_register(word, lex_word_length(word)))
            return true;
    }
    struct expr *e = expr_parse(a);
    if (e == NULL || expr_constant(a, e, &o->insn.imm))
        return e != NULL;
    o->expr = e;
    o->kind = FIXUP_IMM;
    return true;
}

static bool parse_upper(struct assembler *a, struct operands *o)
{
    lex_skip_space(a);
    o->expr_at = a->at;
    if (*a->at == '%')
        return parse_part(a, o, true);
    struct expr *e = expr_parse(a);
    int64_t value;
    if (e == NULL)
        return false;
    if (!expr_constant(a, e, &value)) {
        o->expr = e;
        o->kind = FIXUP_UPPER;
        return true;
    }
    if (value < 0 || value > 0xfffff)
        return asm_fail(a, o->expr_at, "`%s` takes 0 to 1048575 (0xfffff), and this is %" PRId64,
                        insn_rows[o->insn.id].mnemonic, value);
    o->insn.imm = (int32_t)(value << 12);
    return true;
}

static bool parse_small(struct assembler *a, struct operands *o)
{
    lex_skip_space(a);
    const char *start = a->at;
    int64_t value;
    if (!expr_parse_constant(a, &value))
        return false;
    o->insn.rs1 = (uint8_t)(value & 31);
    return (value >= 0 && value <= 31) || asm_fail(a, start, "expected a number from 0 to 31, and this is %" PRId64, value);
}

static bool parse_address(struct assembler *a, struct operands *o, bool target)
{
    lex_skip_space(a);
    o->expr_at = a->at;
    o->target = target;
    o->expr = expr_parse(a);
    return o->expr != NULL;
}

static bool parse_constant(struct assembler *a, struct operands *o)
{
    lex_skip_space(a);
    o->expr_at = a->at;
    return expr_parse_constant(a, &o->insn.imm);
}

static bool parse_sp(struct assembler *a)
{
    lex_skip_space(a);
    const char *start = a->at;
    unsigned reg;
    return instruction_parse_register(a, &reg) && (reg == 2 || asm_fail(a, start, "only sp can stand here"));
}

static bool parse_into(struct assembler *a, uint8_t *reg)
{
    unsigned r;
    if (!instruction_parse_register(a, &r))
        return false;
    *reg = (uint8_t)r;
    return true;
}

bool operand_parse(struct assembler *a, struct operands *o, char letter)
{
    switch (letter) {
    case 'd':
        return parse_into(a, &o->insn.rd);
    case 's':
        return parse_into(a, &o->insn.rs1);
    case 't':
        return parse_into(a, &o->insn.rs2);
    case 'i':
        return parse_immediate(a, o);
    case 'u':
        return parse_upper(a, o);
    case 'p':
        return parse_address(a, o, true);
    case 'a':
        return parse_address(a, o, false);
    case 'I':
        return parse_constant(a, o);
    case 'c':
        return parse_csr(a, &o->insn.imm);
    case 'z':
        return parse_small(a, o);
    case 'f':
        return parse_fence(a, &o->insn.imm);
    case '2':
        return parse_sp(a);
    case 'q':
        return true;
    case '(': /* atomics: 0(s) is (s) */
        lex_skip_space(a);
        if (a->at[0] == '0' && a->at[1 + strspn(a->at + 1, " ")] == '(' && o->expr_at == NULL)
            a->at++;
        return lex_expect(a, '(');
    default:
        return lex_expect(a, letter);
    }
}
