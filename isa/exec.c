/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's loop: threaded dispatch over the records of block.h. Nothing here looks at time, interrupts or devices:
 * whatever needs them calls hart.c. How it counts: exec.h.
 */
#include "exec.h"

#include "alu.h"

#define GO(record)                                                                                                         \
    do {                                                                                                                   \
        r = (record);                                                                                                      \
        goto *r->run;                                                                                                      \
    } while (0)
#define NEXT GO(r + 1)
#define LIKELY(condition) __builtin_expect((condition), 1)

/* The record's operands. */
#define RD x[r->rd]
#define RS1 x[r->rs1]
#define RS2 x[r->rs2]
#define IMM ((uint64_t)(int64_t)r->imm)

/* A handler is a label. */
#define OP(name, value)                                                                                                    \
    op_##name:                                                                                                             \
    RD = (value);                                                                                                          \
    NEXT;

/* The entry of the fast path for va, and whether it serves an aligned access of `size` bytes. */
#define FAST(va) (&data[(va) / PAGE_SIZE % FAST_DATA])
#define SERVES(tag, va, size) LIKELY(((va) & (~(PAGE_SIZE - 1) | ((size) - 1))) == (tag))

#define LOAD(name, type)                                                                                                   \
    op_##name:                                                                                                             \
    {                                                                                                                      \
        uint64_t va = RS1 + IMM, value;                                                                                    \
        const struct fast_data *e = FAST(va);                                                                              \
        if (SERVES(e->read_tag, va, sizeof(type))) {                                                                       \
            RD = (uint64_t)(int64_t) * (const type *)(uintptr_t)(va + e->addend);                                          \
            NEXT;                                                                                                          \
        }                                                                                                                  \
        h->left = left;                                                                                                    \
        step = hart_load(m, r, va, sizeof(type), &value);                                                                  \
        if (step < STEP_TRAP)                                                                                              \
            RD = (uint64_t)(int64_t)(type)value;                                                                           \
        goto stepped;                                                                                                      \
    }

#define STORE(name, type)                                                                                                  \
    op_##name:                                                                                                             \
    {                                                                                                                      \
        uint64_t va = RS1 + IMM;                                                                                           \
        const struct fast_data *e = FAST(va);                                                                              \
        if (SERVES(e->write_tag, va, sizeof(type))) {                                                                      \
            *(type *)(uintptr_t)(va + e->addend) = (type)RS2;                                                              \
            NEXT;                                                                                                          \
        }                                                                                                                  \
        h->left = left;                                                                                                    \
        step = hart_store(m, r, va, sizeof(type), RS2);                                                                    \
        goto stepped;                                                                                                      \
    }

/* The same in M-mode, where RAM is RAM: a range check, and for stores whether anyone wants to see them. Loads may even be
 * misaligned. */
#define LOAD_BARE(name, type)                                                                                              \
    op_bare_##name:                                                                                                        \
    {                                                                                                                      \
        uint64_t offset = RS1 + IMM - RAM_BASE;                                                                            \
        if (LIKELY(offset < ram_limit)) {                                                                                  \
            type value;                                                                                                    \
            __builtin_memcpy(&value, ram + offset, sizeof value);                                                          \
            RD = (uint64_t)(int64_t)value;                                                                                 \
            NEXT;                                                                                                          \
        }                                                                                                                  \
        goto op_##name;                                                                                                    \
    }

#define STORE_BARE(name, type)                                                                                             \
    op_bare_##name:                                                                                                        \
    {                                                                                                                      \
        uint64_t offset = RS1 + IMM - RAM_BASE;                                                                            \
        if (LIKELY(offset < ram_limit && offset % sizeof(type) == 0 && h->plain[offset / PAGE_SIZE])) {                    \
            *(type *)(void *)(ram + offset) = (type)RS2;                                                                   \
            NEXT;                                                                                                          \
        }                                                                                                                  \
        goto op_##name;                                                                                                    \
    }

/* Leaves a block by a linked jump: counts it, and looks up if the steps are used up. */
#define LEAVE_LINKED                                                                                                       \
    do {                                                                                                                   \
        left -= r->n;                                                                                                      \
        h->mems += r->rd;                                                                                                  \
        r = (const struct op *)(const void *)((const char *)r + r->imm);                                                   \
        if (LIKELY(left >= 0))                                                                                             \
            goto *r->run;                                                                                                  \
        goto out_of_steps;                                                                                       \
    } while (0)

#define BRANCH(name, condition)                                                                                            \
    op_##name:                                                                                                             \
    if (condition)                                                                                                         \
        goto jump;                                                                                                         \
    NEXT;                                                                                                                  \
    op_##name##_linked:                                                                                                    \
    if (condition)                                                                                                         \
        LEAVE_LINKED;                                                                                                      \
    NEXT;

/* Instructions that hart.c does as a whole. */
#define CALL(function)                                                                                                     \
    h->left = left;                                                                                                        \
    step = function(m, r, (enum op_kind)cold[r - ops].kind);                                                               \
    goto stepped

/* A CSR that is only a field: `value` from `old`. */
#define CSR_FIELD(name, value)                                                                                             \
    op_##name:                                                                                                             \
    {                                                                                                                      \
        const struct csr_field *f = &csr_fields[r->imm];                                                                   \
        if (h->priv.mode < f->mode)                                                                                        \
            goto op_illegal;                                                                                               \
        uint64_t *field = (uint64_t *)(void *)((char *)&h->priv + f->offset);                                              \
        uint64_t old = *field, operand = RS1;                                                                              \
        *field = (old & ~f->mask) | ((value) & f->mask);                                                                   \
        h->csrs++;                                                                                                         \
        RD = old;                                                                                                          \
        NEXT;                                                                                                              \
    }

#define LABEL(name) [OP_##name] = &&op_##name

/* The record of the block at pc, if the fast path knows its page and the page knows it. */
static inline __attribute__((always_inline)) const struct op *known_block(struct hart *h, const struct op *ops, uint64_t pc)
{
    const struct fast_fetch *e = &h->fast.fetch[hart_fetch_space(&h->priv)][pc / PAGE_SIZE % FAST_FETCH];
    if (e->tag != (pc & ~(PAGE_SIZE - 1)))
        return NULL;
    uint32_t index = e->page->entry[pc % PAGE_SIZE / 2];
    if (!index)
        return NULL;
    h->page_va = e->tag;
    h->page_pa = e->page->pa;
    return &ops[index];
}

/* Links the jump `r` to the block at `pc`, if that is on the same page and known; returns the block. */
static __attribute__((noinline)) const struct op *link_jump(struct code *c, struct hart *h, const struct op *r, uint64_t pc)
{
    static const uint8_t linked[OP_count] = {
        [OP_beq] = OP_beq_linked,   [OP_bne] = OP_bne_linked,   [OP_blt] = OP_blt_linked, [OP_bge] = OP_bge_linked,
        [OP_bltu] = OP_bltu_linked, [OP_bgeu] = OP_bgeu_linked, [OP_j] = OP_j_linked,     [OP_end] = OP_end_linked,
    };
    uint32_t from = (uint32_t)(r - c->ops);
    if (from < CODE_SCRATCH || (pc & ~(PAGE_SIZE - 1)) != h->page_va)
        return NULL;
    const struct op *to = known_block(h, c->ops, pc);
    if (!to)
        return NULL;
    c->ops[from].run = c->labels[linked[c->cold[from].kind]];
    c->ops[from].imm = (int32_t)((const char *)to - (const char *)r);
    return to;
}

static bool is_memory(unsigned kind)
{
    enum insn_flow flow = insn_rows[kind + 1].flow;     /* kinds of instructions are their ids less one */
    return flow == FLOW_LOAD || flow == FLOW_STORE;
}

/* Where the jump or the end `r` leads. */
static uint64_t jump_target(const struct code *c, const struct hart *h, const struct op *r)
{
    const struct op_cold *cold = &c->cold[r - c->ops];
    return h->page_va + (cold->kind == OP_end ? 0 : cold->offset) + IMM;
}

_Static_assert((int)OP_sfence_vma + 1 == (int)INSN_sfence_vma, "kinds and ids run in parallel");

static enum hart_reason run(struct machine *m, const void *const **handlers)
{
    static const void *const labels[OP_count] = {
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning) LABEL(id),
#include "insn.def"
        LABEL(end), LABEL(illegal), LABEL(li), LABEL(mv), LABEL(nop), LABEL(j), LABEL(ret),
        LABEL(csr_field), LABEL(csrs_field), LABEL(csrc_field),
        LABEL(beq_linked), LABEL(bne_linked), LABEL(blt_linked), LABEL(bge_linked), LABEL(bltu_linked), LABEL(bgeu_linked),
        LABEL(j_linked), LABEL(end_linked),
        LABEL(bare_lb), LABEL(bare_lh), LABEL(bare_lw), LABEL(bare_ld), LABEL(bare_lbu), LABEL(bare_lhu), LABEL(bare_lwu),
        LABEL(bare_sb), LABEL(bare_sh), LABEL(bare_sw), LABEL(bare_sd),
    };
    if (handlers) {
        *handlers = labels;
        return HART_BUDGET;
    }

    struct hart *h = &m->hart;
    uint64_t *x = h->ctx.x;
    uint8_t *const ram = m->ram.bytes;
    const uint64_t ram_limit = m->ram.size - 7;
    const struct op *const ops = h->code->ops;
    const struct op_cold *const cold = h->code->cold;
    const struct fast_data *data = h->fast.data[hart_data_space(&h->priv)];
    int64_t left = h->left;
    const struct op *r, *to;
    enum step step;
    uint64_t pc = h->ctx.pc;
    if (h->one)
        goto fetch;
    goto enter;

    OP(add, RS1 + RS2)
    OP(sub, RS1 - RS2)
    OP(sll, RS1 << (RS2 & 63))
    OP(slt, (int64_t)RS1 < (int64_t)RS2)
    OP(sltu, RS1 < RS2)
    OP(xor, RS1 ^ RS2)
    OP(srl, RS1 >> (RS2 & 63))
    OP(sra, (uint64_t)((int64_t)RS1 >> (RS2 & 63)))
    OP(or, RS1 | RS2)
    OP(and, RS1 & RS2)
    OP(addi, RS1 + IMM)
    OP(slti, (int64_t)RS1 < (int64_t)IMM)
    OP(sltiu, RS1 < IMM)
    OP(xori, RS1 ^ IMM)
    OP(ori, RS1 | IMM)
    OP(andi, RS1 & IMM)
    OP(slli, RS1 << r->imm)
    OP(srli, RS1 >> r->imm)
    OP(srai, (uint64_t)((int64_t)RS1 >> r->imm))
    OP(addiw, alu_sext32(RS1 + IMM))
    OP(slliw, alu_sext32(RS1 << r->imm))
    OP(srliw, alu_sext32((uint32_t)RS1 >> r->imm))
    OP(sraiw, (uint64_t)(int64_t)((int32_t)RS1 >> r->imm))
    OP(addw, alu_sext32(RS1 + RS2))
    OP(subw, alu_sext32(RS1 - RS2))
    OP(sllw, alu_sext32(RS1 << (RS2 & 31)))
    OP(srlw, alu_sext32((uint32_t)RS1 >> (RS2 & 31)))
    OP(sraw, (uint64_t)(int64_t)((int32_t)RS1 >> (RS2 & 31)))
    OP(mul, RS1 * RS2)
    OP(mulh, alu_mulh(RS1, RS2))
    OP(mulhsu, alu_mulhsu(RS1, RS2))
    OP(mulhu, alu_mulhu(RS1, RS2))
    OP(div, alu_div(RS1, RS2))
    OP(divu, alu_divu(RS1, RS2))
    OP(rem, alu_rem(RS1, RS2))
    OP(remu, alu_remu(RS1, RS2))
    OP(mulw, alu_sext32(RS1 * RS2))
    OP(divw, alu_divw(RS1, RS2))
    OP(divuw, alu_divuw(RS1, RS2))
    OP(remw, alu_remw(RS1, RS2))
    OP(remuw, alu_remuw(RS1, RS2))
    OP(li, IMM)
    OP(mv, RS2)
    OP(auipc, h->page_va + ((uint64_t)r->rs1 | (uint64_t)r->rs2 << 8) + IMM)

op_lui:         /* decoded as li */
op_fence:       /* as nop */
op_nop:
    NEXT;

    LOAD(lb, int8_t)
    LOAD(lh, int16_t)
    LOAD(lw, int32_t)
    LOAD(ld, int64_t)
    LOAD(lbu, uint8_t)
    LOAD(lhu, uint16_t)
    LOAD(lwu, uint32_t)
    STORE(sb, uint8_t)
    STORE(sh, uint16_t)
    STORE(sw, uint32_t)
    STORE(sd, uint64_t)
    LOAD_BARE(lb, int8_t)
    LOAD_BARE(lh, int16_t)
    LOAD_BARE(lw, int32_t)
    LOAD_BARE(ld, int64_t)
    LOAD_BARE(lbu, uint8_t)
    LOAD_BARE(lhu, uint16_t)
    LOAD_BARE(lwu, uint32_t)
    STORE_BARE(sb, uint8_t)
    STORE_BARE(sh, uint16_t)
    STORE_BARE(sw, uint32_t)
    STORE_BARE(sd, uint64_t)

    BRANCH(beq, RS1 == RS2)
    BRANCH(bne, RS1 != RS2)
    BRANCH(blt, (int64_t)RS1 < (int64_t)RS2)
    BRANCH(bge, (int64_t)RS1 >= (int64_t)RS2)
    BRANCH(bltu, RS1 < RS2)
    BRANCH(bgeu, RS1 >= RS2)

op_jal:         /* decoded as auipc and j */
op_j:
op_end:
jump:           /* not linked (yet) */
    left -= r->n;
    h->mems += r->rd;
    pc = jump_target(h->code, h, r);
    if (LIKELY(left >= 0)) {
        to = link_jump(h->code, h, r, pc);
        if (to)
            GO(to);
    }
    goto enter;

op_j_linked:
op_end_linked:
    LEAVE_LINKED;

op_jalr:
    left -= r->n;
    h->mems += r->rs2;
    pc = (RS1 + (uint64_t)(int64_t)(int16_t)r->imm) & ~UINT64_C(1);
    RD = h->page_va + ((uint32_t)r->imm >> 16);
    goto enter;
op_ret:
    left -= r->n;
    h->mems += r->rs2;
    pc = (RS1 + (uint64_t)(int64_t)(int16_t)r->imm) & ~UINT64_C(1);
    goto enter;

    CSR_FIELD(csr_field, operand)
    CSR_FIELD(csrs_field, old | operand)
    CSR_FIELD(csrc_field, old & ~operand)

op_lr_w: op_sc_w: op_amoswap_w: op_amoadd_w: op_amoxor_w: op_amoand_w: op_amoor_w:
op_amomin_w: op_amomax_w: op_amominu_w: op_amomaxu_w:
op_lr_d: op_sc_d: op_amoswap_d: op_amoadd_d: op_amoxor_d: op_amoand_d: op_amoor_d:
op_amomin_d: op_amomax_d: op_amominu_d: op_amomaxu_d:
    CALL(hart_atomic);

op_csrrw: op_csrrs: op_csrrc: op_csrrwi: op_csrrsi: op_csrrci:
    CALL(hart_csr);

op_ecall:
    h->raised = (struct trap){CAUSE_ecall_u + (int)h->priv.mode, 0};
    step = STEP_TRAP;
    goto not_completed;

op_mret: op_sret:
    CALL(hart_return);

op_ebreak: op_illegal: op_wfi: op_sfence_vma: op_fence_i:
    CALL(hart_system);

stepped:
    if (LIKELY(step == STEP_NEXT)) {
        data = h->fast.data[hart_data_space(&h->priv)];
        NEXT;
    }
    if (step < STEP_TRAP) {
        const struct op_cold *at = &cold[r - ops];
        left -= r->n;
        h->mems += (uint64_t)at->mems + is_memory(at->kind);
        if (step != STEP_ENTER && step != STEP_ENTER_RETURN)
            h->ctx.pc = h->page_va + at->offset + at->length;
        data = h->fast.data[hart_data_space(&h->priv)];
        pc = h->ctx.pc;
        if (step <= STEP_ENTER)
            goto enter;
        h->left = left;
        return step == STEP_WAIT ? HART_WAIT : HART_RESYNC;
    }
not_completed:
    left -= r->n - 1;
    h->mems += cold[r - ops].mems;
    h->ctx.pc = h->page_va + cold[r - ops].offset;
    h->left = left;
    h->at = r;
    if (step == STEP_STOP)
        return HART_STOP;

trapped:                                /* hart.raised at ctx.pc */
    if (!hart_trap(m, (uint64_t)h->raised.cause, h->raised.tval))
        return m->end.reason ? HART_STOP : HART_TRAP;
    left = h->left;
    data = h->fast.data[hart_data_space(&h->priv)];
    pc = h->ctx.pc;

enter:                                  /* the block at pc */
    if (LIKELY(left >= 0)) {
        to = known_block(h, ops, pc);
        if (LIKELY(to != NULL))
            GO(to);
        goto fetch;
    }
    h->ctx.pc = pc;
    h->left = left;
    return HART_BUDGET;

fetch:
    h->ctx.pc = pc;
    h->left = left;
    to = hart_fetch(m);
    if (to)
        GO(to);
    h->at = NULL;
    goto trapped;

out_of_steps:                           /* at the head r of a block */
    h->ctx.pc = h->page_va + cold[r - ops].offset;
    h->left = left;
    return HART_BUDGET;
}

enum hart_reason block_run(struct machine *m)
{
    return run(m, NULL);
}

const void *const *block_labels(void)
{
    const void *const *labels;
    run(NULL, &labels);
    return labels;
}
