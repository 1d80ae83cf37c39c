/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's loop: threaded dispatch over the records of block.h. Nothing here looks at time, interrupts or devices:
 * whatever needs them calls hart.c. How it counts: exec.h.
 */
#include "exec.h"

#include "exec_ops.h"

/* A handler is a label of run(); r is its record. Labels made by macros are beyond the formatter. */
/* clang-format off */
#define GO(record)                                                                                                         \
    do {                                                                                                                   \
        r = (record);                                                                                                      \
        goto *r->run;                                                                                                      \
    } while (0)
#define NEXT GO(r + 1)

/* Leaves a block by the linked jump p: counts it, and looks up if the steps are used up. */
#define LEAVE_LINKED(p)                                                                                                    \
    do {                                                                                                                   \
        left -= (p)->n;                                                                                                    \
        h->mems += (p)->rd;                                                                                                \
        r = (const struct op *)(const void *)((const char *)(p) + (p)->imm);                                               \
        if (LIKELY(left >= 0))                                                                                             \
            goto *r->run;                                                                                                  \
        goto out_of_steps;                                                                                                 \
    } while (0)

#define ALU(name, value)                                                                                                   \
    op_##name:                                                                                                             \
    alu_op_##name(r, x);                                                                                                   \
    NEXT;

#define BRANCH(name, condition)                                                                                            \
    op_##name:                                                                                                             \
    if (branch_##name(r, x))                                                                                               \
        goto jump;                                                                                                         \
    NEXT;                                                                                                                  \
    op_##name##_linked:                                                                                                    \
    if (branch_##name(r, x))                                                                                               \
        LEAVE_LINKED(r);                                                                                                   \
    NEXT;

#define LOAD(name, type)                                                                                                   \
    op_bare_##name:                                                                                                        \
    if (load_bare_##name(r, x, &view))                                                                                     \
        NEXT;                                                                                                              \
    op_##name:                                                                                                             \
    if (load_##name(r, x, &view))                                                                                          \
        NEXT;                                                                                                              \
    {                                                                                                                      \
        uint64_t value;                                                                                                    \
        h->left = left;                                                                                                    \
        step = hart_load(m, r, x[r->rs1] + (uint64_t)(int64_t)r->imm, sizeof(type), &value);                               \
        if (step < STEP_TRAP)                                                                                              \
            x[r->rd] = (uint64_t)(int64_t)(type)value;                                                                     \
        goto stepped;                                                                                                      \
    }

#define STORE(name, type)                                                                                                  \
    op_bare_##name:                                                                                                        \
    if (store_bare_##name(r, x, &view))                                                                                    \
        NEXT;                                                                                                              \
    op_##name:                                                                                                             \
    if (store_##name(r, x, &view))                                                                                         \
        NEXT;                                                                                                              \
    h->left = left;                                                                                                        \
    step = hart_store(m, r, x[r->rs1] + (uint64_t)(int64_t)r->imm, sizeof(type), x[r->rs2]);                               \
    goto stepped;

/* The shapes of pair.def; `how` is empty or bare_. Who misses the fast path goes on with the handler of one instruction. */
#define ALU_ALU(a, b)                                                                                                      \
    alu_op_##a(r, x);                                                                                                      \
    alu_op_##b(r + 1, x);                                                                                                  \
    GO(r + 2)
#define ALU_BRANCH(a, b)                                                                                                   \
    alu_op_##a(r, x);                                                                                                      \
    if (branch_##b(r + 1, x))                                                                                              \
        LEAVE_LINKED(r + 1);                                                                                               \
    GO(r + 2)
#define ALU_LOAD(a, b, how)                                                                                                \
    alu_op_##a(r, x);                                                                                                      \
    if (load_##how##b(r + 1, x, &view))                                                                                    \
        GO(r + 2);                                                                                                         \
    NEXT
#define ALU_STORE(a, b, how)                                                                                               \
    alu_op_##a(r, x);                                                                                                      \
    if (store_##how##b(r + 1, x, &view))                                                                                   \
        GO(r + 2);                                                                                                         \
    NEXT
#define LOAD_ALU(a, b, how)                                                                                                \
    if (!load_##how##a(r, x, &view))                                                                                       \
        goto op_##a;                                                                                                       \
    alu_op_##b(r + 1, x);                                                                                                  \
    GO(r + 2)
#define LOAD_BRANCH(a, b, how)                                                                                             \
    if (!load_##how##a(r, x, &view))                                                                                       \
        goto op_##a;                                                                                                       \
    if (branch_##b(r + 1, x))                                                                                              \
        LEAVE_LINKED(r + 1);                                                                                               \
    GO(r + 2)
#define LOAD_LOAD(a, b, how)                                                                                               \
    if (!load_##how##a(r, x, &view))                                                                                       \
        goto op_##a;                                                                                                       \
    if (load_##how##b(r + 1, x, &view))                                                                                    \
        GO(r + 2);                                                                                                         \
    NEXT

/* Instructions that hart.c does as a whole. */
#define CALL(function)                                                                                                     \
    h->left = left;                                                                                                        \
    step = function(m, r, (enum op_kind)h->code->cold[r - h->code->ops].kind);                                                               \
    goto stepped

/* A CSR that is only a field: `value` from `old`. */
#define CSR_FIELD(name, value)                                                                                             \
    op_##name:                                                                                                             \
    {                                                                                                                      \
        const struct csr_field *f = &csr_fields[r->imm];                                                                   \
        if (h->priv.mode < r->rs2)                                                                                         \
            goto op_illegal;                                                                                               \
        uint64_t *field = (uint64_t *)(void *)((char *)&h->priv + f->offset);                                              \
        uint64_t old = *field, operand = x[r->rs1];                                                                        \
        *field = (old & ~f->mask) | ((value) & f->mask);                                                                   \
        h->csrs++;                                                                                                         \
        x[r->rd] = old;                                                                                                    \
        NEXT;                                                                                                              \
    }

/* The return itself belongs to the mode that it leaves. */
#define RETURN(name, allowed)                                                                                              \
    op_##name:                                                                                                             \
    if (!(allowed))                                                                                                        \
        goto op_illegal;                                                                                                   \
    left -= r->n;                                                                                                          \
    h->mems += r->rd;                                                                                                      \
    h->extra += r->rs2;                                                                                                    \
    h->left = left;                                                                                                        \
    hart_leave_mode(m, hart_steps(h) - h->traps);                                                                          \
    h->returns++;                                                                                                          \
    if (__builtin_expect(h->priv.hext, 0))                                                                                 \
        hart_hext_##name(h);                                                                                               \
    else                                                                                                                   \
        trap_##name##_plain(&h->priv, &h->ctx.pc);                                                                         \
    goto returned;

#define LABEL(name) [OP_##name] = &&op_##name
/* clang-format on */

/* The record of the block at pc, if the fast path knows its page and the page knows it. */
INLINE const struct op *known_block(struct hart *h, const struct op *ops, uint64_t pc)
{
    const struct fast_fetch *e = &h->fast.pages[pc / PAGE_SIZE % FAST_FETCH];
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
    block_pair(c, from, hart_fetch_space(&h->priv) == SPACE_M);
    return to;
}

/* The mode, or what it may reach, has changed. */
INLINE void look_anew(struct view *v, struct hart *h)
{
    enum fast_space fetch = (enum fast_space)h->priv.mode, data = fetch;
    if (h->priv.csr.mstatus & (MSTATUS_MPRV | MSTATUS_SUM)) {
        fetch = hart_fetch_space(&h->priv);
        data = hart_data_space(&h->priv);
    }
    h->fast.pages = h->fast.now->fetch[fetch];
    v->data = h->fast.now->data[data];
}

static bool is_memory(unsigned kind)
{
    if (kind >= OP_end)
        return false;
    enum insn_flow flow = insn_rows[kind + 1].flow; /* kinds of instructions are their ids less one */
    return flow == FLOW_LOAD || flow == FLOW_STORE;
}

/* Where the jump or the end `r` leads. */
static uint64_t jump_target(const struct code *c, const struct hart *h, const struct op *r)
{
    const struct op_cold *cold = &c->cold[r - c->ops];
    return h->page_va + (cold->kind == OP_end ? 0 : cold->offset) + (uint64_t)(int64_t)r->imm;
}

_Static_assert((int)OP_sfence_vma + 1 == (int)INSN_sfence_vma, "kinds and ids run in parallel");

/* clang-format off */
static enum hart_reason run(struct machine *m, const void *const **handlers)
{
    static const void *const labels[OP_count] = {
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning) LABEL(id),
#include "insn.def"
        LABEL(end), LABEL(illegal), LABEL(extra), LABEL(li), LABEL(mv), LABEL(nop), LABEL(j), LABEL(ret),
        LABEL(csr_field), LABEL(csrs_field), LABEL(csrc_field), LABEL(csrr_field),
        LABEL(beq_linked), LABEL(bne_linked), LABEL(blt_linked), LABEL(bge_linked), LABEL(bltu_linked), LABEL(bgeu_linked),
        LABEL(j_linked), LABEL(end_linked),
        LABEL(bare_lb), LABEL(bare_lh), LABEL(bare_lw), LABEL(bare_ld), LABEL(bare_lbu), LABEL(bare_lhu), LABEL(bare_lwu),
        LABEL(bare_sb), LABEL(bare_sh), LABEL(bare_sw), LABEL(bare_sd),
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning) LABEL(id),
#include "flawed.def"
        LABEL(hext),
#define PAIR(shape, a, b) LABEL(pair_##a##_##b),
#define MEMORY_PAIR(shape, a, b) LABEL(pair_##a##_##b), LABEL(bare_pair_##a##_##b),
#include "pair.def"
    };
    if (handlers) {
        *handlers = labels;
        return HART_BUDGET;
    }

    struct hart *h = &m->hart;
    uint64_t *x = h->ctx.x;
    struct view view = {NULL, m->ram.bytes, m->ram.size - 7, h->plain};
    int64_t left = h->left;
    const struct op *r, *to;
    enum step step;
    uint64_t pc = h->ctx.pc;
    look_anew(&view, h);
    if (h->one)
        goto fetch;
    goto enter;

    ALU_EACH
    BRANCH_EACH
    LOAD_EACH
    STORE_EACH
#define PAIR(shape, a, b)                                                                                                  \
    op_pair_##a##_##b : { shape(a, b); }
#define MEMORY_PAIR(shape, a, b)                                                                                           \
    op_pair_##a##_##b : { shape(a, b, ); }                                                                                 \
    op_bare_pair_##a##_##b : { shape(a, b, bare_); }
#include "pair.def"

op_auipc:
    x[r->rd] = h->page_va + ((uint64_t)r->rs1 | (uint64_t)r->rs2 << 8) + (uint64_t)(int64_t)r->imm;
    NEXT;

op_lui:         /* decoded as li */
op_fence:       /* as nop */
op_nop:
    NEXT;

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
    LEAVE_LINKED(r);

op_extra:
    h->extra += (uint32_t)r->imm;
    NEXT;

op_jalr:
    left -= r->n;
    h->mems += r->rs2;
    pc = (x[r->rs1] + (uint64_t)(int64_t)(int16_t)r->imm) & ~UINT64_C(1);
    x[r->rd] = h->page_va + ((uint32_t)r->imm >> 16);
    goto enter;
op_ret:
    left -= r->n;
    h->mems += r->rs2;
    pc = (x[r->rs1] + (uint64_t)(int64_t)(int16_t)r->imm) & ~UINT64_C(1);
    goto enter;

    CSR_FIELD(csr_field, operand)
    CSR_FIELD(csrs_field, old | operand)
    CSR_FIELD(csrc_field, old & ~operand)
op_csrr_field:
    if (h->priv.mode < r->rs2)
        goto op_illegal;
    h->csrs++;
    x[r->rd] = *(const uint64_t *)(const void *)((const char *)&h->priv + r->imm);
    NEXT;

op_lr_w: op_sc_w: op_amoswap_w: op_amoadd_w: op_amoxor_w: op_amoand_w: op_amoor_w:
op_amomin_w: op_amomax_w: op_amominu_w: op_amomaxu_w:
op_lr_d: op_sc_d: op_amoswap_d: op_amoadd_d: op_amoxor_d: op_amoand_d: op_amoor_d:
op_amomin_d: op_amomax_d: op_amominu_d: op_amomaxu_d:
    CALL(hart_atomic);

op_csrrw: op_csrrs: op_csrrc: op_csrrwi: op_csrrsi: op_csrrci:
    CALL(hart_csr);

op_ecall:
    left -= r->n - r->rs1;
    h->mems += r->rd;
    h->extra += r->rs2;
    h->ctx.pc = h->page_va + (uint32_t)r->imm;
    h->left = left;
    h->at = r;
    h->raised = (struct trap){CAUSE_ecall_u + (int)h->priv.mode + ((int)h->priv.mode & h->priv.virt), 0};
    goto trapped;

    RETURN(mret, h->priv.mode == MODE_M)
    RETURN(sret, h->priv.virt ? hext_permits_sret(&h->priv)
                              : h->priv.mode == MODE_M || (h->priv.mode == MODE_S && !(h->priv.csr.mstatus & MSTATUS_TSR)))
returned:
    if (LIKELY(trap_pending(&h->priv) == NO_TRAP))
        goto arrived;
    return HART_RESYNC;

op_ebreak: op_wfi: op_sfence_vma: op_fence_i:
    CALL(hart_system);

op_popf: op_smsw: op_era: op_jrst:
op_odd1: op_odd2: op_odd3: op_odd4: op_odd5: op_odd6:
    CALL(hart_flawed);

op_hext:
    CALL(hart_hext);

op_illegal:
    h->left = left;
    step = hart_illegal(m, r);
    goto not_completed;

stepped:
    if (LIKELY(step == STEP_NEXT)) {
        look_anew(&view, h);
        NEXT;
    }
    if (step < STEP_TRAP) {
        const struct op_cold *at = &h->code->cold[r - h->code->ops];
        left -= r->n;
        h->mems += at->mems;
        h->extra += (uint64_t)at->extra + !at->retires;
        if (step != STEP_ENTER && step != STEP_ENTER_RETURN) {
            h->mems += is_memory(at->kind);
            h->ctx.pc = h->page_va + at->offset + at->length;
        }
        if (step <= STEP_ENTER)
            goto arrived;
        h->left = left;
        return step == STEP_WAIT ? HART_WAIT : HART_RESYNC;
    }
not_completed:
    left -= r->n - h->code->cold[r - h->code->ops].retires;
    h->mems += h->code->cold[r - h->code->ops].mems;
    h->extra += h->code->cold[r - h->code->ops].extra;
    h->ctx.pc = h->page_va + h->code->cold[r - h->code->ops].offset;
    h->left = left;
    h->at = r;
    if (step == STEP_STOP)
        return HART_STOP;

trapped:                                /* hart.raised at ctx.pc */
    if (!hart_trap(m, (uint64_t)h->raised.cause, h->raised.tval))
        return m->end.reason ? HART_STOP : HART_TRAP;
    left = h->left;

arrived:                                /* at ctx.pc, perhaps in another mode */
    look_anew(&view, h);
    pc = h->ctx.pc;

enter:                                  /* the block at pc */
    if (LIKELY(left >= 0)) {
        to = known_block(h, h->code->ops, pc);
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
    h->ctx.pc = h->page_va + h->code->cold[r - h->code->ops].offset;
    h->left = left;
    return HART_BUDGET;
}

/* clang-format on */
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
