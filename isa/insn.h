/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Instructions: from the word in memory to its meaning and operands, and back; and as text.
 * Everything here follows from insn.def, flawed.def and format.def. No state, no allocation; freestanding.
 */
#ifndef ISA_INSN_H
#define ISA_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum insn_id {
    INSN_illegal,
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning) INSN_##id,
#define CINSN(id, mnemonic, format, match, base) INSN_##id,
#include "insn.def"
    INSN_count,                     /* ids below this are of the strict profile: the machine's own */
    INSN_last = INSN_count - 1,     /* (so that the next is INSN_count) */
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning) INSN_##id,
#include "flawed.def"
    INSN_count_flawed,
    INSN_last_flawed = INSN_count_flawed - 1,
#define HINSN(id, mnemonic, format, match, mode, class, flow, meaning) INSN_##id,
#include "insn.def"
    INSN_count_all                  /* from INSN_count_flawed on: of the hypervisor extension */
};

/* Which instructions the machine has: those of insn.def; with the four of flawed.def, too; or with its odd ones, and what they
 * do is drawn from a seed (seeded.h). Beside that: those of the hypervisor extension. */
typedef uint64_t insn_profile;      /* bits; those from 8 on are the seeded machine's (seeded.c) */
#define PROFILE_STRICT UINT64_C(0)
#define PROFILE_FLAWED UINT64_C(1)
#define PROFILE_HEXT UINT64_C(2)
#define PROFILE_SEEDED UINT64_C(4)

/* "strict", "flawed", "flawed:SEED" or "flawed:SEED,ODD=MODE,...": SEED is below 2^32, MODE is U, S or M. NULL, or what is wrong
 * with it. */
const char *profile_parse(const char *text, insn_profile *profile);

/* The same, back. */
#define PROFILE_TEXT 64
struct profile_text { char text[PROFILE_TEXT]; };
struct profile_text profile_text(insn_profile profile);

/* Does the machine have this instruction? Ids of those that it has, but for the hypervisor extension's, are below insn_count(). */
static inline bool insn_in(insn_profile p, unsigned id)
{
    return id < INSN_count          ? id != INSN_illegal
           : id < INSN_odd1         ? p & PROFILE_FLAWED
           : id < INSN_count_flawed ? p & PROFILE_SEEDED
                                    : id < INSN_count_all && (p & PROFILE_HEXT);
}
static inline unsigned insn_count(insn_profile p)
{
    return p & PROFILE_SEEDED ? INSN_count_flawed : p & PROFILE_FLAWED ? INSN_odd1 : INSN_count;
}

enum insn_format {
#define FORMAT(name, bytes, mask, rd, rs1, rs2, immediate, rule, syntax) FORMAT_##name,
#include "format.def"
    FORMAT_count
};

enum insn_class { CLASS_INNOCUOUS, CLASS_CONTROL, CLASS_MODE, CLASS_LOCATION, CLASS_BY_CSR };
enum insn_flow { FLOW_NEXT, FLOW_LOAD, FLOW_STORE, FLOW_BRANCH, FLOW_JUMP, FLOW_TRAP, FLOW_SYNC };

/* An instruction with its operands apart. What a format does not have is 0; implied registers are filled in, so a
 * compressed instruction has the very operands of its base. imm: the immediate, sign- or zero-extended as its kind
 * says; the CSR number for CSR formats (the five-bit immediate is then rs1); aq and rl (bits 1, 0) for atomics. */
struct insn {
    uint16_t id;            /* enum insn_id; INSN_illegal if the word is none of ours */
    uint8_t rd, rs1, rs2;
    uint8_t length;         /* bytes: 2 or 4 */
    int64_t imm;
};

/* One row of insn.def or flawed.def. */
struct insn_row {
    const char *mnemonic;
    const char *meaning;    /* NULL for a compressed instruction: see its base */
    uint32_t match;
    uint16_t base;          /* the same instruction, uncompressed; the row itself if it is */
    uint8_t format;         /* enum insn_format */
    uint8_t mode;           /* least mode: 0 U, 1 S, 3 M */
    uint8_t class, flow;
};

/* One row of format.def. */
struct insn_format_row {
    const char *name;
    const char *syntax;
    uint32_t mask;
    uint8_t length;         /* bytes */
    uint8_t rd, rs1, rs2;   /* enum insn_field */
    uint8_t immediate;      /* enum insn_immediate */
    uint8_t rule;           /* enum insn_rule */
};

enum insn_field { FIELD_ZERO, FIELD_RA, FIELD_SP, FIELD_R7, FIELD_R15, FIELD_R20, FIELD_R2, FIELD_P7, FIELD_P2 };
enum insn_rule { RULE_ANY, RULE_RD_NOT_0, RULE_RS1_NOT_0, RULE_RS2_NOT_0, RULE_IMM_NOT_0, RULE_RD_NOT_2_IMM_NOT_0 };
enum insn_immediate {
#define IMMEDIATE(kind, width, sign, ...) IMMEDIATE_##kind,
#include "format.def"
    IMMEDIATE_count
};

extern const struct insn_row insn_rows[INSN_count_all];
extern const struct insn_format_row insn_formats[FORMAT_count];

/* The instruction at the start of `word` (the 16 bits of a compressed one may stand with anything above them).
 * Always fills *out; returns false, with id INSN_illegal and the length that bits 1:0 say, if it is reserved or
 * not of this machine. */
bool insn_decode_in(insn_profile profile, uint32_t word, struct insn *out);

/* The same, of the strict profile. */
static inline bool insn_decode(uint32_t word, struct insn *out) { return insn_decode_in(PROFILE_STRICT, word, out); }

/* Replaces a compressed id by its base; the operands are already the base's. The length stays. */
static inline void insn_expand(struct insn *i) { i->id = insn_rows[i->id].base; }

/* The word of `i`, of any profile, the inverse of insn_decode_in(). Returns false if an operand does not fit its field (an immediate
 * out of range or with low bits that the format cannot hold, a register that it cannot name, a broken rule). */
bool insn_encode(const struct insn *i, uint32_t *word);

/* Range of an immediate: least, greatest, and the power of two that it must be a multiple of. */
struct insn_range { int64_t least, greatest; unsigned multiple; };
struct insn_range insn_immediate_range(enum insn_immediate kind);

/* Bits of the immediate `kind` put in their places of the word (bits that do not fit are dropped), and back. */
uint32_t insn_immediate_put(enum insn_immediate kind, int64_t imm);
int64_t insn_immediate_get(enum insn_immediate kind, uint32_t word);

/* ABI name of x register r: "zero" "ra" "sp" ... (RISC-V psABI). */
extern const char *const insn_register_names[32];

/* Text of the instruction in GNU syntax as our assembler takes it, "mnemonic operands", at most n bytes with the NUL:
 * real instructions, no pseudo-instructions. Targets are printed as absolute addresses, so pc is that of `i`. What
 * the assembler could not give back bit for bit (reserved words, non-canonical fences) comes out as .4byte or .2byte.
 * Returns the length that the whole text has, as snprintf does. */
size_t insn_format_in(insn_profile profile, char *out, size_t n, uint32_t word, uint64_t pc);

/* The same, of the strict profile. */
static inline size_t insn_format(char *out, size_t n, uint32_t word, uint64_t pc)
{
    return insn_format_in(PROFILE_STRICT, out, n, word, pc);
}

#endif
