/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What simple instructions do to registers and memory, each as a small function of its record: the engine's handlers, of
 * one instruction or of a pair, are made of them. For exec.c alone.
 */
#ifndef ISA_EXEC_OPS_H
#define ISA_EXEC_OPS_H

#include "alu.h"
#include "exec.h"

#define INLINE static inline __attribute__((always_inline))
#define LIKELY(condition) __builtin_expect((condition), 1)

/* Operands of the record p; x are the registers. */
#define RD x[p->rd]
#define RS1 x[p->rs1]
#define RS2 x[p->rs2]
#define IMM ((uint64_t)(int64_t)p->imm)

/* --- arithmetic --------------------------------------------------------------------------------------------------------- */

#define ALU_EACH                                                                                                           \
    ALU(add, RS1 + RS2)                                                                                                    \
    ALU(sub, RS1 - RS2)                                                                                                    \
    ALU(sll, RS1 << (RS2 & 63))                                                                                            \
    ALU(slt, (int64_t)RS1 < (int64_t)RS2)                                                                                  \
    ALU(sltu, RS1 < RS2)                                                                                                   \
    ALU(xor, RS1 ^ RS2)                                                                                                    \
    ALU(srl, RS1 >> (RS2 & 63))                                                                                            \
    ALU(sra, (uint64_t)((int64_t)RS1 >> (RS2 & 63)))                                                                       \
    ALU(or, RS1 | RS2)                                                                                                     \
    ALU(and, RS1 & RS2)                                                                                                    \
    ALU(addi, RS1 + IMM)                                                                                                   \
    ALU(slti, (int64_t)RS1 < (int64_t)IMM)                                                                                 \
    ALU(sltiu, RS1 < IMM)                                                                                                  \
    ALU(xori, RS1 ^ IMM)                                                                                                   \
    ALU(ori, RS1 | IMM)                                                                                                    \
    ALU(andi, RS1 & IMM)                                                                                                   \
    ALU(slli, RS1 << p->imm)                                                                                               \
    ALU(srli, RS1 >> p->imm)                                                                                               \
    ALU(srai, (uint64_t)((int64_t)RS1 >> p->imm))                                                                          \
    ALU(addiw, alu_sext32(RS1 + IMM))                                                                                      \
    ALU(slliw, alu_sext32(RS1 << p->imm))                                                                                  \
    ALU(srliw, alu_sext32((uint32_t)RS1 >> p->imm))                                                                        \
    ALU(sraiw, (uint64_t)(int64_t)((int32_t)RS1 >> p->imm))                                                                \
    ALU(addw, alu_sext32(RS1 + RS2))                                                                                       \
    ALU(subw, alu_sext32(RS1 - RS2))                                                                                       \
    ALU(sllw, alu_sext32(RS1 << (RS2 & 31)))                                                                               \
    ALU(srlw, alu_sext32((uint32_t)RS1 >> (RS2 & 31)))                                                                     \
    ALU(sraw, (uint64_t)(int64_t)((int32_t)RS1 >> (RS2 & 31)))                                                             \
    ALU(mul, RS1 * RS2)                                                                                                    \
    ALU(mulh, alu_mulh(RS1, RS2))                                                                                          \
    ALU(mulhsu, alu_mulhsu(RS1, RS2))                                                                                      \
    ALU(mulhu, alu_mulhu(RS1, RS2))                                                                                        \
    ALU(div, alu_div(RS1, RS2))                                                                                            \
    ALU(divu, alu_divu(RS1, RS2))                                                                                          \
    ALU(rem, alu_rem(RS1, RS2))                                                                                            \
    ALU(remu, alu_remu(RS1, RS2))                                                                                          \
    ALU(mulw, alu_sext32(RS1 * RS2))                                                                                       \
    ALU(divw, alu_divw(RS1, RS2))                                                                                          \
    ALU(divuw, alu_divuw(RS1, RS2))                                                                                        \
    ALU(remw, alu_remw(RS1, RS2))                                                                                          \
    ALU(remuw, alu_remuw(RS1, RS2))                                                                                        \
    ALU(li, IMM)                                                                                                           \
    ALU(mv, RS2)

#define ALU(name, value)                                                                                                   \
    INLINE void alu_op_##name(const struct op *p, uint64_t *x) { RD = (value); }
ALU_EACH
#undef ALU

/* --- branches: is it taken? ----------------------------------------------------------------------------------------------- */

#define BRANCH_EACH                                                                                                        \
    BRANCH(beq, RS1 == RS2)                                                                                                \
    BRANCH(bne, RS1 != RS2)                                                                                                \
    BRANCH(blt, (int64_t)RS1 < (int64_t)RS2)                                                                               \
    BRANCH(bge, (int64_t)RS1 >= (int64_t)RS2)                                                                              \
    BRANCH(bltu, RS1 < RS2)                                                                                                \
    BRANCH(bgeu, RS1 >= RS2)

#define BRANCH(name, condition)                                                                                            \
    INLINE bool branch_##name(const struct op *p, const uint64_t *x) { return condition; }
BRANCH_EACH
#undef BRANCH

/* --- loads and stores: false, and nothing done, if the fast path does not serve ------------------------------------------- */

#define LOAD_EACH                                                                                                          \
    LOAD(lb, int8_t) LOAD(lh, int16_t) LOAD(lw, int32_t) LOAD(ld, int64_t)                                                 \
    LOAD(lbu, uint8_t) LOAD(lhu, uint16_t) LOAD(lwu, uint32_t)
#define STORE_EACH STORE(sb, uint8_t) STORE(sh, uint16_t) STORE(sw, uint32_t) STORE(sd, uint64_t)

/* Memory as the running code sees it. */
struct view {
    const struct fast_data *data;       /* translated: the fast path of its space */
    uint8_t *ram;                       /* not translated: RAM, ... */
    uint64_t limit;                     /* ... of which offsets below this have 8 bytes behind them, ... */
    const uint8_t *plain;               /* ... and the frames that may be stored to (hart.h) */
};

/* Does the tag serve an access of `size` bytes at va? Only if that is aligned. */
#define SERVES(tag, va, size) LIKELY(((va) & (~(PAGE_SIZE - 1) | ((size) - 1))) == (tag))

#define LOAD(name, type)                                                                                                   \
    INLINE bool load_##name(const struct op *p, uint64_t *x, const struct view *v)                                         \
    {                                                                                                                      \
        uint64_t va = RS1 + IMM;                                                                                           \
        const struct fast_data *e = &v->data[va / PAGE_SIZE % FAST_DATA];                                                  \
        if (!SERVES(e->read_tag, va, sizeof(type)))                                                                        \
            return false;                                                                                                  \
        RD = (uint64_t)(int64_t) * (const type *)(uintptr_t)(va + e->addend);                                              \
        return true;                                                                                                       \
    }                                                                                                                      \
    INLINE bool load_bare_##name(const struct op *p, uint64_t *x, const struct view *v)                                    \
    {                                                                                                                      \
        uint64_t offset = RS1 + IMM - RAM_BASE;                                                                            \
        type value;                                                                                                        \
        if (!LIKELY(offset < v->limit))                                                                                    \
            return false;                                                                                                  \
        __builtin_memcpy(&value, v->ram + offset, sizeof value);                                                           \
        RD = (uint64_t)(int64_t)value;                                                                                     \
        return true;                                                                                                       \
    }
LOAD_EACH
#undef LOAD

#define STORE(name, type)                                                                                                  \
    INLINE bool store_##name(const struct op *p, const uint64_t *x, const struct view *v)                                  \
    {                                                                                                                      \
        uint64_t va = RS1 + IMM;                                                                                           \
        const struct fast_data *e = &v->data[va / PAGE_SIZE % FAST_DATA];                                                  \
        if (!SERVES(e->write_tag, va, sizeof(type)))                                                                       \
            return false;                                                                                                  \
        *(type *)(uintptr_t)(va + e->addend) = (type)RS2;                                                                  \
        return true;                                                                                                       \
    }                                                                                                                      \
    INLINE bool store_bare_##name(const struct op *p, const uint64_t *x, const struct view *v)                             \
    {                                                                                                                      \
        uint64_t offset = RS1 + IMM - RAM_BASE;                                                                            \
        if (!LIKELY(offset < v->limit && offset % sizeof(type) == 0 && v->plain[offset / PAGE_SIZE]))                      \
            return false;                                                                                                  \
        *(type *)(void *)(v->ram + offset) = (type)RS2;                                                                    \
        return true;                                                                                                       \
    }
STORE_EACH
#undef STORE

#endif
