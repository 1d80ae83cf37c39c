/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables as C, and from word to instruction and back.
 */
#include "insn.h"

/* Columns of the tables as constants: masks, and what a compressed instruction takes from its base. */
enum { MODE_U = 0, MODE_S = 1, MODE_M = 3 };
enum {
#define FORMAT(name, bytes, mask, rd, rs1, rs2, immediate, rule, syntax) MASK_##name = mask,
#include "format.def"
};
enum {
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning) MODE_OF_##id = MODE_##mode,
#include "insn.def"
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning) CLASS_OF_##id = (int)CLASS_##class,
#include "insn.def"
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning) FLOW_OF_##id = (int)FLOW_##flow,
#include "insn.def"
};

const struct insn_row insn_rows[INSN_count_all] = {
    [INSN_illegal] = {"illegal", "raise illegal instruction", 0, INSN_illegal, FORMAT_N, MODE_U, CLASS_INNOCUOUS,
                      FLOW_TRAP},
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning)                                                      \
    [INSN_##id] = {mnemonic, meaning, match, INSN_##id, FORMAT_##format, MODE_##mode, CLASS_##class, FLOW_##flow},
#define CINSN(id, mnemonic, format, match, base)                                                                           \
    [INSN_##id] = {mnemonic, NULL, match, INSN_##base, FORMAT_##format, MODE_OF_##base, CLASS_OF_##base, FLOW_OF_##base},
#include "insn.def"
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning)                                                      \
    [INSN_##id] = {mnemonic, meaning, match, INSN_##id, FORMAT_##format, MODE_##mode, CLASS_##class, FLOW_##flow},
#include "flawed.def"
#define HINSN(id, mnemonic, format, match, mode, class, flow, meaning)                                                     \
    [INSN_##id] = {mnemonic, meaning, match, INSN_##id, FORMAT_##format, MODE_##mode, CLASS_##class, FLOW_##flow},
#include "insn.def"
};

const struct insn_format_row insn_formats[FORMAT_count] = {
#define FORMAT(name, bytes, mask, rd, rs1, rs2, immediate, rule, syntax)                                                   \
    [FORMAT_##                                                                                                             \
        name] = {#name, syntax, mask, bytes, FIELD_##rd, FIELD_##rs1, FIELD_##rs2, IMMEDIATE_##immediate, RULE_##rule},
#include "format.def"
};

const char *const insn_register_names[32] = {
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
    "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

/* Immediates: SEG does its work on one run of bits, the commas between them sequence. */

static uint64_t low_bits(unsigned n)
{
    return ((uint64_t)1 << n) - 1;
}

int64_t insn_immediate_get(enum insn_immediate kind, uint32_t word)
{
    uint64_t imm = 0, sign_bit = 0;
    switch (kind) {
#define SEG(at, n, to) imm |= ((uint64_t)word >> (at)&low_bits(n)) << (to)
#define IMMEDIATE(kind, width, is_signed, ...)                                                                             \
    case IMMEDIATE_##kind:                                                                                                 \
        __VA_ARGS__;                                                                                                       \
        sign_bit = (is_signed) ? low_bits(width) + 1 : 0;                                                                  \
        break;
#include "format.def"
#undef SEG
    default:
        break;
    }
    sign_bit >>= 1;
    return (int64_t)((imm ^ sign_bit) - sign_bit);
}

uint32_t insn_immediate_put(enum insn_immediate kind, int64_t imm)
{
    uint64_t word = 0;
    switch (kind) {
#define SEG(at, n, to) word |= ((uint64_t)imm >> (to)&low_bits(n)) << (at)
#define IMMEDIATE(kind, width, is_signed, ...)                                                                             \
    case IMMEDIATE_##kind:                                                                                                 \
        __VA_ARGS__;                                                                                                       \
        break;
#include "format.def"
#undef SEG
    default:
        break;
    }
    return (uint32_t)word;
}

struct insn_range insn_immediate_range(enum insn_immediate kind)
{
    uint64_t bits = 0, end = 0; /* bits that the format holds; one past the greatest, unsigned */
    bool negative = false;
    switch (kind) {
#define SEG(at, n, to) bits |= low_bits(n) << (to)
#define IMMEDIATE(kind, width, is_signed, ...)                                                                             \
    case IMMEDIATE_##kind:                                                                                                 \
        __VA_ARGS__;                                                                                                       \
        end = low_bits(width) + 1;                                                                                         \
        negative = (is_signed) != 0;                                                                                       \
        break;
#include "format.def"
#undef SEG
    default:
        break;
    }
    if (bits == 0)
        return (struct insn_range){0, 0, 1};
    unsigned multiple = (unsigned)(bits & -bits);
    if (negative)
        return (struct insn_range){-(int64_t)(end / 2), (int64_t)(end / 2 - multiple), multiple};
    return (struct insn_range){0, (int64_t)(end - multiple), multiple};
}

/* Registers. */

static uint8_t field_get(unsigned field, uint32_t word)
{
    switch (field) {
    case FIELD_RA:
        return 1;
    case FIELD_SP:
        return 2;
    case FIELD_R7:
        return word >> 7 & 31;
    case FIELD_R15:
        return word >> 15 & 31;
    case FIELD_R20:
        return word >> 20 & 31;
    case FIELD_R2:
        return word >> 2 & 31;
    case FIELD_P7:
        return (uint8_t)(8 + (word >> 7 & 7));
    case FIELD_P2:
        return (uint8_t)(8 + (word >> 2 & 7));
    default:
        return 0;
    }
}

/* The register's bits in their place; one that the field cannot name comes out as another. */
static uint32_t field_put(unsigned field, unsigned reg)
{
    switch (field) {
    case FIELD_R7:
        return (reg & 31u) << 7;
    case FIELD_R15:
        return (reg & 31u) << 15;
    case FIELD_R20:
        return (reg & 31u) << 20;
    case FIELD_R2:
        return (reg & 31u) << 2;
    case FIELD_P7:
        return (reg & 7u) << 7;
    case FIELD_P2:
        return (reg & 7u) << 2;
    default:
        return 0;
    }
}

static bool rule_holds(unsigned rule, const struct insn *i)
{
    switch (rule) {
    case RULE_RD_NOT_0:
        return i->rd != 0;
    case RULE_RS1_NOT_0:
        return i->rs1 != 0;
    case RULE_RS2_NOT_0:
        return i->rs2 != 0;
    case RULE_IMM_NOT_0:
        return i->imm != 0;
    case RULE_RD_NOT_2_IMM_NOT_0:
        return i->rd != 2 && i->imm != 0;
    default:
        return true;
    }
}

/* Decoding. Masks of compressed formats stand from the one with the most bits to the one with the fewest: a word
 * that two rows match belongs to the first, and rules only ever reject what no later row would take. */

#define NO_WORD ((uint64_t)1 << 32)

static uint16_t find_compressed(uint32_t word)
{
#define MASK 0xffff
#include "decode.def"
#define MASK 0xfc63
#include "decode.def"
#define MASK 0xf07f
#include "decode.def"
#define MASK 0xef83
#include "decode.def"
#define MASK 0xf003
#include "decode.def"
#define MASK 0xec03
#include "decode.def"
#define MASK 0xe003
#include "decode.def"
    return INSN_illegal;
}

static uint16_t find_long(uint32_t word)
{
#define MASK 0x0000707f
#include "decode.def"
#define MASK 0xfe00707f
#include "decode.def"
#define MASK 0x0000007f
#include "decode.def"
#define MASK 0xfc00707f
#include "decode.def"
#define MASK 0xf800707f
#include "decode.def"
#define MASK 0xf9f0707f
#include "decode.def"
#define MASK 0xfe007fff
#include "decode.def"
#define MASK 0xffffffff
#include "decode.def"
    return INSN_illegal;
}

static uint16_t find_flawed(uint32_t word)
{
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning)                                                      \
    if ((word & MASK_##format) == (match))                                                                                 \
        return INSN_##id;
#include "flawed.def"
    return INSN_illegal;
}

static uint16_t find_hext(uint32_t word)
{
#define HINSN(id, mnemonic, format, match, mode, class, flow, meaning)                                                     \
    if ((word & MASK_##format) == (match))                                                                                 \
        return INSN_##id;
#include "insn.def"
    return INSN_illegal;
}

/* Of any profile. */
static bool decode(uint32_t word, struct insn *out)
{
    uint8_t length = (word & 3) == 3 ? 4 : 2;
    uint16_t id = length == 4 ? find_long(word) : find_compressed(word);
    if (id == INSN_illegal)
        id = find_flawed(word);
    if (id == INSN_illegal)
        id = find_hext(word);
    if (id != INSN_illegal) {
        const struct insn_format_row *f = &insn_formats[insn_rows[id].format];
        *out = (struct insn){
            .id = id,
            .rd = field_get(f->rd, word),
            .rs1 = field_get(f->rs1, word),
            .rs2 = field_get(f->rs2, word),
            .length = length,
            .imm = insn_immediate_get((enum insn_immediate)f->immediate, word),
        };
        if (rule_holds(f->rule, out))
            return true;
    }
    *out = (struct insn){.id = INSN_illegal, .length = length};
    return false;
}

bool insn_decode_in(insn_profile profile, uint32_t word, struct insn *out)
{
    if (decode(word, out) && insn_in(profile, out->id))
        return true;
    *out = (struct insn){.id = INSN_illegal, .length = out->length};
    return false;
}

/* What fits is what decodes to the same again. */
bool insn_encode(const struct insn *i, uint32_t *word)
{
    if (i->id == INSN_illegal || i->id >= INSN_count_all)
        return false;
    const struct insn_format_row *f = &insn_formats[insn_rows[i->id].format];
    *word = insn_rows[i->id].match | field_put(f->rd, i->rd) | field_put(f->rs1, i->rs1) | field_put(f->rs2, i->rs2) |
            insn_immediate_put((enum insn_immediate)f->immediate, i->imm);
    struct insn back;
    return decode(*word, &back) && back.id == i->id && back.rd == i->rd && back.rs1 == i->rs1 && back.rs2 == i->rs2 &&
           back.imm == i->imm;
}
