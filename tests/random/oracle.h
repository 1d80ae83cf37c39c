/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests: a second interpreter of RV64IMAC, written from the manual and sharing nothing with isa/: a plain switch over
 * the fields of the word. No privilege, no traps, no devices: it stops before whatever would need them, and before any
 * access outside of its memory.
 */
#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ORACLE_BASE UINT64_C(0x80000000)
#define ORACLE_SIZE UINT64_C(0x10000)
#define ORACLE_NO_RESERVATION UINT64_MAX

struct oracle {
    uint64_t x[32], pc, reserved; /* reserved: address | 1 if it was lr.d */
    uint8_t memory[ORACLE_SIZE];
};

static inline uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & (uint32_t)((UINT64_C(1) << (high - low + 1)) - 1);
}

static inline int64_t sext(uint64_t value, unsigned width)
{
    uint64_t sign = UINT64_C(1) << (width - 1);
    value &= sign * 2 - 1;
    return (int64_t)((value ^ sign) - sign);
}

static inline bool oracle_reach(uint64_t address, unsigned size)
{
    return address >= ORACLE_BASE && address <= ORACLE_BASE + ORACLE_SIZE - size;
}

static inline uint64_t oracle_get(const struct oracle *o, uint64_t address, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)o->memory[address - ORACLE_BASE + i] << (8 * i);
    return value;
}

static inline void oracle_put(struct oracle *o, uint64_t address, unsigned size, uint64_t value)
{
    for (unsigned i = 0; i < size; i++)
        o->memory[address - ORACLE_BASE + i] = (uint8_t)(value >> (8 * i));
}

/* --- arithmetic: figures 2.3, 2.4, chapter 7 ------------------------------------------------------------------------- */

static inline bool oracle_multiply(unsigned funct3, uint64_t a, uint64_t b, uint64_t *out)
{
    int64_t sa = (int64_t)a, sb = (int64_t)b;
    uint64_t low_a = (uint32_t)a, high_a = a >> 32, low_b = (uint32_t)b, high_b = b >> 32;
    uint64_t middle = high_a * low_b + (low_a * low_b >> 32), other = low_a * high_b + (uint32_t)middle;
    uint64_t unsigned_high = high_a * high_b + (middle >> 32) + (other >> 32);
    switch (funct3) {
    case 0:
        *out = a * b;
        return true;
    case 1:
        *out = unsigned_high - (sa < 0 ? b : 0) - (sb < 0 ? a : 0);
        return true;
    case 2:
        *out = unsigned_high - (sa < 0 ? b : 0);
        return true;
    case 3:
        *out = unsigned_high;
        return true;
    case 4:
        *out = b == 0 ? UINT64_MAX : sa == INT64_MIN && sb == -1 ? a : (uint64_t)(sa / sb);
        return true;
    case 5:
        *out = b == 0 ? UINT64_MAX : a / b;
        return true;
    case 6:
        *out = b == 0 ? a : sa == INT64_MIN && sb == -1 ? 0 : (uint64_t)(sa % sb);
        return true;
    default:
        *out = b == 0 ? a : a % b;
        return true;
    }
}

static inline bool oracle_multiply_word(unsigned funct3, uint64_t a, uint64_t b, uint64_t *out)
{
    int32_t sa = (int32_t)a, sb = (int32_t)b;
    uint32_t ua = (uint32_t)a, ub = (uint32_t)b;
    uint32_t r;
    switch (funct3) {
    case 0:
        r = ua * ub;
        break;
    case 4:
        r = sb == 0 ? UINT32_MAX : sa == INT32_MIN && sb == -1 ? ua : (uint32_t)(sa / sb);
        break;
    case 5:
        r = ub == 0 ? UINT32_MAX : ua / ub;
        break;
    case 6:
        r = sb == 0 ? ua : sa == INT32_MIN && sb == -1 ? 0 : (uint32_t)(sa % sb);
        break;
    case 7:
        r = ub == 0 ? ua : ua % ub;
        break;
    default:
        return false;
    }
    *out = (uint64_t)sext(r, 32);
    return true;
}

/* alternative: bit 30 of the word, where it matters. */
static inline uint64_t oracle_alu(unsigned funct3, bool alternative, uint64_t a, uint64_t b)
{
    switch (funct3) {
    case 0:
        return alternative ? a - b : a + b;
    case 1:
        return a << (b & 63);
    case 2:
        return (int64_t)a < (int64_t)b;
    case 3:
        return a < b;
    case 4:
        return a ^ b;
    case 5: {
        uint64_t shifted = a >> (b & 63);
        if (alternative && (int64_t)a < 0 && (b & 63))
            shifted |= ~(UINT64_MAX >> (b & 63));
        return shifted;
    }
    case 6:
        return a | b;
    default:
        return a & b;
    }
}

static inline bool oracle_alu_word(unsigned funct3, bool alternative, uint64_t a, uint64_t b, uint64_t *out)
{
    uint32_t w = (uint32_t)a, n = (uint32_t)b & 31;
    switch (funct3) {
    case 0:
        w = alternative ? w - (uint32_t)b : w + (uint32_t)b;
        break;
    case 1:
        w <<= n;
        break;
    case 5:
        w = alternative ? (uint32_t)((uint64_t)sext(w, 32) >> n) : w >> n;
        break;
    default:
        return false;
    }
    *out = (uint64_t)sext(w, 32);
    return true;
}

/* --- compressed: the 32-bit word that a 16-bit one abbreviates, tables 16.5 to 16.7; 0 if it is none ------------------- */

static inline uint32_t make_i(uint32_t opcode, uint32_t funct3, uint32_t rd, uint32_t rs1, uint32_t imm)
{
    return opcode | rd << 7 | funct3 << 12 | rs1 << 15 | (imm & 0xfff) << 20;
}
static inline uint32_t make_s(uint32_t funct3, uint32_t rs1, uint32_t rs2, uint32_t imm)
{
    return 0x23 | bits(imm, 4, 0) << 7 | funct3 << 12 | rs1 << 15 | rs2 << 20 | bits(imm, 11, 5) << 25;
}
static inline uint32_t make_r(uint32_t opcode, uint32_t funct3, uint32_t funct7, uint32_t rd, uint32_t rs1, uint32_t rs2)
{
    return opcode | rd << 7 | funct3 << 12 | rs1 << 15 | rs2 << 20 | funct7 << 25;
}
static inline uint32_t make_b(uint32_t funct3, uint32_t rs1, uint32_t imm)
{
    return 0x63 | bits(imm, 11, 11) << 7 | bits(imm, 4, 1) << 8 | funct3 << 12 | rs1 << 15 | bits(imm, 10, 5) << 25 |
           bits(imm, 12, 12) << 31;
}
static inline uint32_t make_j(uint32_t rd, uint32_t imm)
{
    return 0x6f | rd << 7 | bits(imm, 19, 12) << 12 | bits(imm, 11, 11) << 20 | bits(imm, 10, 1) << 21 |
           bits(imm, 20, 20) << 31;
}

static inline uint32_t expand_0(uint32_t h)
{
    uint32_t low = 8 + bits(h, 4, 2), high = 8 + bits(h, 9, 7);
    uint32_t w_imm = bits(h, 12, 10) << 3 | bits(h, 6, 6) << 2 | bits(h, 5, 5) << 6;
    uint32_t d_imm = bits(h, 12, 10) << 3 | bits(h, 6, 5) << 6;
    uint32_t sp_imm = bits(h, 12, 11) << 4 | bits(h, 10, 7) << 6 | bits(h, 6, 6) << 2 | bits(h, 5, 5) << 3;
    switch (bits(h, 15, 13)) {
    case 0:
        return sp_imm ? make_i(0x13, 0, low, 2, sp_imm) : 0;
    case 2:
        return make_i(0x03, 2, low, high, w_imm);
    case 3:
        return make_i(0x03, 3, low, high, d_imm);
    case 6:
        return make_s(2, high, low, w_imm);
    case 7:
        return make_s(3, high, low, d_imm);
    default:
        return 0;
    }
}

static inline uint32_t expand_alu(uint32_t h)
{
    static const uint32_t funct3[4] = {0, 4, 6, 7};
    uint32_t rd = 8 + bits(h, 9, 7), rs2 = 8 + bits(h, 4, 2), six = bits(h, 12, 12) << 5 | bits(h, 6, 2);
    switch (bits(h, 11, 10)) {
    case 0:
        return make_i(0x13, 5, rd, rd, six);
    case 1:
        return make_i(0x13, 5, rd, rd, six | 0x400);
    case 2:
        return make_i(0x13, 7, rd, rd, (uint32_t)sext(six, 6));
    }
    if (!bits(h, 12, 12))
        return make_r(0x33, funct3[bits(h, 6, 5)], bits(h, 6, 5) == 0 ? 0x20 : 0, rd, rd, rs2);
    return bits(h, 6, 5) > 1 ? 0 : make_r(0x3b, 0, bits(h, 6, 5) == 0 ? 0x20 : 0, rd, rd, rs2);
}

static inline uint32_t expand_1(uint32_t h)
{
    uint32_t rd = bits(h, 11, 7), six = bits(h, 12, 12) << 5 | bits(h, 6, 2), imm = (uint32_t)sext(six, 6);
    uint32_t sp_imm = (uint32_t)sext(
        bits(h, 12, 12) << 9 | bits(h, 4, 3) << 7 | bits(h, 5, 5) << 6 | bits(h, 2, 2) << 5 | bits(h, 6, 6) << 4, 10);
    uint32_t jump = (uint32_t)sext(bits(h, 12, 12) << 11 | bits(h, 8, 8) << 10 | bits(h, 10, 9) << 8 | bits(h, 6, 6) << 7 |
                                       bits(h, 7, 7) << 6 | bits(h, 2, 2) << 5 | bits(h, 11, 11) << 4 | bits(h, 5, 3) << 1,
                                   12);
    uint32_t branch = (uint32_t)sext(
        bits(h, 12, 12) << 8 | bits(h, 6, 5) << 6 | bits(h, 2, 2) << 5 | bits(h, 11, 10) << 3 | bits(h, 4, 3) << 1, 9);
    switch (bits(h, 15, 13)) {
    case 0:
        return make_i(0x13, 0, rd, rd, imm);
    case 1:
        return rd ? make_i(0x1b, 0, rd, rd, imm) : 0;
    case 2:
        return make_i(0x13, 0, rd, 0, imm);
    case 3:
        if (rd == 2)
            return sp_imm ? make_i(0x13, 0, 2, 2, sp_imm) : 0;
        return six ? 0x37 | rd << 7 | imm << 12 : 0;
    case 4:
        return expand_alu(h);
    case 5:
        return make_j(0, jump);
    case 6:
        return make_b(0, 8 + bits(h, 9, 7), branch);
    default:
        return make_b(1, 8 + bits(h, 9, 7), branch);
    }
}

static inline uint32_t expand_2(uint32_t h)
{
    uint32_t rd = bits(h, 11, 7), rs2 = bits(h, 6, 2);
    uint32_t w_imm = bits(h, 12, 12) << 5 | bits(h, 6, 4) << 2 | bits(h, 3, 2) << 6;
    uint32_t d_imm = bits(h, 12, 12) << 5 | bits(h, 6, 5) << 3 | bits(h, 4, 2) << 6;
    switch (bits(h, 15, 13)) {
    case 0:
        return make_i(0x13, 1, rd, rd, bits(h, 12, 12) << 5 | rs2);
    case 2:
        return rd ? make_i(0x03, 2, rd, 2, w_imm) : 0;
    case 3:
        return rd ? make_i(0x03, 3, rd, 2, d_imm) : 0;
    case 4:
        if (rs2)
            return make_r(0x33, 0, 0, rd, bits(h, 12, 12) ? rd : 0, rs2);
        return rd ? make_i(0x67, 0, bits(h, 12, 12), rd, 0) : 0; /* c.ebreak is 0 here, too: it stops */
    case 6:
        return make_s(2, 2, rs2, bits(h, 12, 9) << 2 | bits(h, 8, 7) << 6);
    case 7:
        return make_s(3, 2, rs2, bits(h, 12, 10) << 3 | bits(h, 9, 7) << 6);
    default:
        return 0;
    }
}

static inline uint32_t oracle_expand(uint32_t h)
{
    return (h & 3) == 0 ? expand_0(h) : (h & 3) == 1 ? expand_1(h) : expand_2(h);
}

/* --- one instruction ------------------------------------------------------------------------------------------------------ */

static inline bool oracle_load(struct oracle *o, uint32_t w, uint64_t *out)
{
    unsigned funct3 = bits(w, 14, 12), size = 1u << (funct3 & 3);
    uint64_t address = o->x[bits(w, 19, 15)] + (uint64_t)sext(w >> 20, 12);
    if (funct3 == 7 || !oracle_reach(address, size))
        return false;
    uint64_t value = oracle_get(o, address, size);
    *out = funct3 & 4 ? value : (uint64_t)sext(value, 8 * size == 64 ? 64 : 8 * size);
    return true;
}

static inline bool oracle_store(struct oracle *o, uint32_t w)
{
    unsigned funct3 = bits(w, 14, 12), size = 1u << (funct3 & 3);
    uint64_t address = o->x[bits(w, 19, 15)] + (uint64_t)sext(bits(w, 31, 25) << 5 | bits(w, 11, 7), 12);
    if (funct3 > 3 || !oracle_reach(address, size))
        return false;
    oracle_put(o, address, size, o->x[bits(w, 24, 20)]);
    return true;
}

static inline bool oracle_atomic(struct oracle *o, uint32_t w, uint64_t *out)
{
    unsigned funct3 = bits(w, 14, 12), size = 1u << funct3, width = 8 * size;
    uint64_t address = o->x[bits(w, 19, 15)], operand = o->x[bits(w, 24, 20)], mark = address | (size == 8);
    if ((funct3 != 2 && funct3 != 3) || address % size || !oracle_reach(address, size))
        return false;
    int64_t old = sext(oracle_get(o, address, size), width), other = sext(operand, width);
    uint64_t mask = size == 8 ? UINT64_MAX : UINT32_MAX;
    uint64_t uold = (uint64_t)old & mask, uother = operand & mask, stored;
    *out = (uint64_t)old;
    switch (bits(w, 31, 27)) {
    case 2:
        if (bits(w, 24, 20))
            return false;
        o->reserved = mark;
        return true;
    case 3:
        *out = o->reserved != mark;
        o->reserved = ORACLE_NO_RESERVATION;
        if (!*out)
            oracle_put(o, address, size, operand);
        return true;
    case 0:
        stored = uold + uother;
        break;
    case 1:
        stored = uother;
        break;
    case 4:
        stored = uold ^ uother;
        break;
    case 8:
        stored = uold | uother;
        break;
    case 12:
        stored = uold & uother;
        break;
    case 16:
        stored = old < other ? uold : uother;
        break;
    case 20:
        stored = old > other ? uold : uother;
        break;
    case 24:
        stored = uold < uother ? uold : uother;
        break;
    case 28:
        stored = uold > uother ? uold : uother;
        break;
    default:
        return false;
    }
    oracle_put(o, address, size, stored);
    return true;
}

static inline bool oracle_taken(unsigned funct3, uint64_t a, uint64_t b, bool *taken)
{
    bool less = funct3 & 2 ? a < b : (int64_t)a < (int64_t)b;
    bool holds = funct3 & 4 ? less : a == b;
    *taken = holds != (funct3 & 1);
    return funct3 != 2 && funct3 != 3;
}

/* Executes the instruction at pc. False, and nothing changed, if it is none of those that this interpreter knows. */
static inline bool oracle_step(struct oracle *o)
{
    if (!oracle_reach(o->pc, 2))
        return false;
    uint32_t w = (uint32_t)oracle_get(o, o->pc, 2);
    unsigned length = (w & 3) == 3 ? 4 : 2;
    if (length == 4 && !oracle_reach(o->pc, 4))
        return false;
    w = length == 4 ? (uint32_t)oracle_get(o, o->pc, 4) : oracle_expand(w);
    unsigned rd = bits(w, 11, 7), funct3 = bits(w, 14, 12), funct7 = bits(w, 31, 25);
    uint64_t a = o->x[bits(w, 19, 15)], b = o->x[bits(w, 24, 20)], imm = (uint64_t)sext(w >> 20, 12);
    uint64_t next = o->pc + length, result = o->x[rd];
    bool ok = true, taken;
    switch (w & 0x7f) {
    case 0x37:
        result = (uint64_t)sext(w & 0xfffff000, 32);
        break;
    case 0x17:
        result = o->pc + (uint64_t)sext(w & 0xfffff000, 32);
        break;
    case 0x6f:
        result = next;
        next = o->pc +
               (uint64_t)sext(bits(w, 31, 31) << 20 | bits(w, 19, 12) << 12 | bits(w, 20, 20) << 11 | bits(w, 30, 21) << 1,
                              21);
        break;
    case 0x67:
        ok = funct3 == 0;
        result = next;
        next = (a + imm) & ~UINT64_C(1);
        break;
    case 0x63:
        ok = oracle_taken(funct3, a, b, &taken);
        rd = 0;
        if (taken)
            next = o->pc +
                   (uint64_t)sext(bits(w, 31, 31) << 12 | bits(w, 7, 7) << 11 | bits(w, 30, 25) << 5 | bits(w, 11, 8) << 1,
                                  13);
        break;
    case 0x03:
        ok = oracle_load(o, w, &result);
        break;
    case 0x23:
        ok = oracle_store(o, w);
        rd = 0;
        break;
    case 0x13:
        if (funct3 == 1 || funct3 == 5)
            ok = (funct7 >> 1) == 0 || (funct3 == 5 && (funct7 >> 1) == 0x10);
        result = oracle_alu(funct3, funct3 == 5 && (funct7 & 0x20), a, imm);
        break;
    case 0x1b:
        if (funct3 == 1 || funct3 == 5)
            ok = funct7 == 0 || (funct3 == 5 && funct7 == 0x20);
        ok = ok && oracle_alu_word(funct3, funct3 == 5 && (funct7 & 0x20), a, imm, &result);
        break;
    case 0x33:
        if (funct7 == 1)
            ok = oracle_multiply(funct3, a, b, &result);
        else {
            ok = funct7 == 0 || (funct7 == 0x20 && (funct3 == 0 || funct3 == 5));
            result = oracle_alu(funct3, funct7 == 0x20, a, b);
        }
        break;
    case 0x3b:
        if (funct7 == 1)
            ok = oracle_multiply_word(funct3, a, b, &result);
        else
            ok = (funct7 == 0 || (funct7 == 0x20 && (funct3 == 0 || funct3 == 5))) &&
                 oracle_alu_word(funct3, funct7 == 0x20, a, b, &result);
        break;
    case 0x2f:
        ok = oracle_atomic(o, w, &result);
        break;
    case 0x0f:
        ok = funct3 <= 1;
        rd = 0;
        break;
    default:
        ok = false;
    }
    if (!ok)
        return false;
    if (rd)
        o->x[rd] = result;
    o->pc = next;
    return true;
}

#endif
