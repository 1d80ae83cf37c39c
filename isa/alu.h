/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the innocuous instructions compute (unprivileged ISA, chapters 2, 7 and 8), as functions of their operands: for
 * whoever carries instructions out, in hardware or for a guest. Freestanding.
 */
#ifndef ISA_ALU_H
#define ISA_ALU_H

#include <stdbool.h>
#include <stdint.h>

#include "insn.h"

/* clang-format off */

/* Bits 31:0, sign-extended: how every 32-bit result stands in a register. */
static inline uint64_t alu_sext32(uint64_t v) { return (uint64_t)(int64_t)(int32_t)(uint32_t)v; }

/* --- multiplication: the upper half of the product -------------------------------------------------------------------- */

static inline uint64_t alu_mulhu(uint64_t a, uint64_t b) { return (uint64_t)((unsigned __int128)a * b >> 64); }
static inline uint64_t alu_mulh(uint64_t a, uint64_t b)
{
    return (uint64_t)((__int128)(int64_t)a * (int64_t)b >> 64);
}
static inline uint64_t alu_mulhsu(uint64_t a, uint64_t b)
{
    return alu_mulhu(a, b) - ((int64_t)a < 0 ? b : 0);
}

/* --- division: nothing traps (7.2). By 0: all ones, and the dividend as remainder. INT_MIN / -1: INT_MIN, remainder 0. - */

static inline uint64_t alu_divu(uint64_t a, uint64_t b) { return b ? a / b : UINT64_MAX; }
static inline uint64_t alu_remu(uint64_t a, uint64_t b) { return b ? a % b : a; }
static inline uint64_t alu_div(uint64_t a, uint64_t b)
{
    if (b == UINT64_MAX)
        return -a;
    return b ? (uint64_t)((int64_t)a / (int64_t)b) : UINT64_MAX;
}
static inline uint64_t alu_rem(uint64_t a, uint64_t b)
{
    if (b == UINT64_MAX)
        return 0;
    return b ? (uint64_t)((int64_t)a % (int64_t)b) : a;
}
static inline uint64_t alu_divuw(uint64_t a, uint64_t b) { return alu_sext32(alu_divu((uint32_t)a, (uint32_t)b)); }
static inline uint64_t alu_remuw(uint64_t a, uint64_t b) { return alu_sext32(alu_remu((uint32_t)a, (uint32_t)b)); }
static inline uint64_t alu_divw(uint64_t a, uint64_t b) { return alu_sext32(alu_div(alu_sext32(a), alu_sext32(b))); }
static inline uint64_t alu_remw(uint64_t a, uint64_t b) { return alu_sext32(alu_rem(alu_sext32(a), alu_sext32(b))); }

/* --- by instruction ----------------------------------------------------------------------------------------------------- */

/* The result of a register-register or register-immediate instruction: a is x[rs1], b is x[rs2] or the immediate. */
static inline uint64_t alu(unsigned id, uint64_t a, uint64_t b)
{
    switch (id) {
    case INSN_add: case INSN_addi: return a + b;
    case INSN_sub: return a - b;
    case INSN_sll: case INSN_slli: return a << (b & 63);
    case INSN_slt: case INSN_slti: return (int64_t)a < (int64_t)b;
    case INSN_sltu: case INSN_sltiu: return a < b;
    case INSN_xor: case INSN_xori: return a ^ b;
    case INSN_srl: case INSN_srli: return a >> (b & 63);
    case INSN_sra: case INSN_srai: return (uint64_t)((int64_t)a >> (b & 63));
    case INSN_or: case INSN_ori: return a | b;
    case INSN_and: case INSN_andi: return a & b;
    case INSN_addw: case INSN_addiw: return alu_sext32(a + b);
    case INSN_subw: return alu_sext32(a - b);
    case INSN_sllw: case INSN_slliw: return alu_sext32(a << (b & 31));
    case INSN_srlw: case INSN_srliw: return alu_sext32((uint32_t)a >> (b & 31));
    case INSN_sraw: case INSN_sraiw: return (uint64_t)((int64_t)alu_sext32(a) >> (b & 31));
    case INSN_mul: return a * b;
    case INSN_mulh: return alu_mulh(a, b);
    case INSN_mulhsu: return alu_mulhsu(a, b);
    case INSN_mulhu: return alu_mulhu(a, b);
    case INSN_div: return alu_div(a, b);
    case INSN_divu: return alu_divu(a, b);
    case INSN_rem: return alu_rem(a, b);
    case INSN_remu: return alu_remu(a, b);
    case INSN_mulw: return alu_sext32(a * b);
    case INSN_divw: return alu_divw(a, b);
    case INSN_divuw: return alu_divuw(a, b);
    case INSN_remw: return alu_remw(a, b);
    case INSN_remuw: return alu_remuw(a, b);
    default: return 0;
    }
}

/* Does the branch go? */
static inline bool alu_branches(unsigned id, uint64_t a, uint64_t b)
{
    switch (id) {
    case INSN_beq: return a == b;
    case INSN_bne: return a != b;
    case INSN_blt: return (int64_t)a < (int64_t)b;
    case INSN_bge: return (int64_t)a >= (int64_t)b;
    case INSN_bltu: return a < b;
    case INSN_bgeu: return a >= b;
    default: return false;
    }
}

/* Bits 31:27 of an AMO's encoding (unprivileged ISA, 8.4). */
enum amo { AMO_ADD = 0, AMO_SWAP = 1, AMO_XOR = 4, AMO_OR = 8, AMO_AND = 12, AMO_MIN = 16, AMO_MAX = 20, AMO_MINU = 24, AMO_MAXU = 28 };

/* What an AMO on `size` (4 or 8) bytes stores: `old` was in memory (sign-extended), b is x[rs2]. Sign extension keeps the
 * unsigned order of words, too. */
static inline uint64_t alu_amo(enum amo op, unsigned size, uint64_t old, uint64_t b)
{
    if (size == 4)
        b = alu_sext32(b);
    switch (op) {
    case AMO_ADD: return old + b;
    case AMO_SWAP: return b;
    case AMO_XOR: return old ^ b;
    case AMO_OR: return old | b;
    case AMO_AND: return old & b;
    case AMO_MIN: return (int64_t)old < (int64_t)b ? old : b;
    case AMO_MAX: return (int64_t)old > (int64_t)b ? old : b;
    case AMO_MINU: return old < b ? old : b;
    case AMO_MAXU: return old > b ? old : b;
    }
    return old;
}

/* clang-format on */

#endif
