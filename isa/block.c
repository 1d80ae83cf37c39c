/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Decoding into records, and the bookkeeping of code pages.
 */
#include "block.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "csr.h"

#define DISCARD 32 /* the record's rd for x0: context.x[32] */

static void *map_zero(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

struct code *code_new(struct ram ram, insn_profile profile, const void *const *labels)
{
    struct code *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->ram = ram;
    c->profile = profile;
    c->labels = labels;
    c->ops = map_zero(CODE_OPS * sizeof *c->ops);
    c->cold = map_zero(CODE_OPS * sizeof *c->cold);
    c->pages = map_zero(CODE_PAGES * sizeof *c->pages);
    c->page_of = map_zero(ram.size / PAGE_SIZE * sizeof *c->page_of);
    c->marked = map_zero(ram.size / PAGE_SIZE);
    c->marks = map_zero(ram.size / PAGE_SIZE * sizeof *c->marks);
    if (!c->ops || !c->cold || !c->pages || !c->page_of || !c->marked || !c->marks) {
        code_free(c);
        return NULL;
    }
    c->used = CODE_SCRATCH;
    return c;
}

void code_free(struct code *c)
{
    if (!c)
        return;
    if (c->ops)
        munmap(c->ops, CODE_OPS * sizeof *c->ops);
    if (c->cold)
        munmap(c->cold, CODE_OPS * sizeof *c->cold);
    if (c->pages)
        munmap(c->pages, CODE_PAGES * sizeof *c->pages);
    if (c->page_of)
        munmap(c->page_of, c->ram.size / PAGE_SIZE * sizeof *c->page_of);
    if (c->marked)
        munmap(c->marked, c->ram.size / PAGE_SIZE);
    if (c->marks)
        munmap(c->marks, c->ram.size / PAGE_SIZE * sizeof *c->marks);
    free(c);
}

static uint64_t frame_of(const struct code *c, uint64_t pa)
{
    return (pa - c->ram.base) / PAGE_SIZE;
}

void code_drop(struct code *c)
{
    for (uint32_t i = 0; i < c->pages_used; i++) {
        c->page_of[frame_of(c, c->pages[i].pa)][c->pages[i].bare] = 0;
        memset(&c->pages[i], 0, sizeof c->pages[i]);
    }
    c->pages_used = 0;
    c->used = CODE_SCRATCH;
    c->pages_dropped++;
}

struct code_page *code_page_get(struct code *c, uint64_t pa, bool bare, bool *dropped)
{
    uint16_t *index = &c->page_of[frame_of(c, pa)][bare];
    *dropped = false;
    if (!*index) {
        if (c->pages_used == CODE_PAGES) {
            code_drop(c);
            *dropped = true;
        }
        c->pages[c->pages_used].pa = pa & ~(PAGE_SIZE - 1);
        c->pages[c->pages_used].bare = bare;
        *index = (uint16_t)++c->pages_used;
    }
    return &c->pages[*index - 1];
}

static bool page_written(struct code *c, struct code_page *page, uint64_t touched)
{
    if (!(page->decoded & touched))
        return false;
    memset(page->entry, 0, sizeof page->entry);
    page->decoded = 0;
    c->pages_dropped++;
    return true;
}

bool code_written(struct code *c, uint64_t pa, uint64_t n)
{
    const uint16_t *index = c->page_of[frame_of(c, pa)];
    if (!index[0] && !index[1])
        return false;
    uint64_t first = pa % PAGE_SIZE / 64, last = (pa % PAGE_SIZE + n - 1) / 64;
    uint64_t touched = (~UINT64_C(0) >> (63 - last)) & (~UINT64_C(0) << first);
    bool stale = false;
    for (unsigned bare = 0; bare < 2; bare++)
        if (index[bare] && page_written(c, &c->pages[index[bare] - 1], touched))
            stale = true;
    return stale;
}

void code_set_marks(struct code *c, uint64_t pa, const uint64_t marks[CODE_MARKS])
{
    uint64_t frame = frame_of(c, pa);
    code_written(c, pa & ~(PAGE_SIZE - 1), PAGE_SIZE);
    c->marked[frame] = marks != NULL;
    if (marks)
        memcpy(c->marks[frame], marks, sizeof c->marks[frame]);
}

/* --- CSRs that are only fields ---------------------------------------------------------------------------------------- */

/* PMP entries have locks, counter enables and tvec have nothing: what remains is stored under a mask. */
const struct csr_field csr_fields[] = {
#define ROW_FIELD(name, number, mask) {(uint16_t)offsetof(struct priv, csr.name), (number) >> 8 & 3, mask},
#define ROW_SYNCED(name, number, mask)
#define ROW_VIEW(name, number, mask)
#define ROW_CONST(name, number, mask)
#define CSR(name, number, kind, mask, reset, meaning) ROW_##kind(name, number, mask)
#include "csr.def"
};

/* Index in csr_fields, or -1. */
static int csr_field_index(int64_t csr)
{
    static const uint16_t numbers[] = {
#undef ROW_FIELD
#define ROW_FIELD(name, number, mask) number,
#define CSR(name, number, kind, mask, reset, meaning) ROW_##kind(name, number, mask)
#include "csr.def"
    };
    if (csr >= CSR_pmpcfg0 && csr <= CSR_pmpaddr15)
        return -1;
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (numbers[i] == csr)
            return (int)i;
    return -1;
}

/* --- decoding ---------------------------------------------------------------------------------------------------------- */

/* A block in the making. */
struct maker {
    struct code *code;
    uint32_t at; /* next free record */
    bool bare;
    uint8_t insns, n, mems; /* so far: instructions; those that retire; loads and stores */
    uint8_t extra;          /* those that do not retire, since the last OP_extra */
    bool retires;           /* does the present one? */
};

static struct op *emit(struct maker *m, enum op_kind kind, uint32_t offset, unsigned length)
{
    struct op *op = &m->code->ops[m->at];
    uint8_t before = m->extra && length && !m->retires ? m->extra - 1 : m->extra; /* `extra` counts this one already */
    m->code->cold[m->at] = (struct op_cold){(uint16_t)offset, (uint8_t)kind, m->mems, (uint8_t)length, before, m->retires};
    m->at++;
    if (m->bare && kind >= OP_lb && kind <= OP_sd)
        kind = (enum op_kind)(OP_bare_lb + (kind - OP_lb));
    *op = (struct op){.run = m->code->labels[kind], .n = m->n};
    return op;
}

_Static_assert(OP_sd - OP_lb == OP_bare_sd - OP_bare_lb, "loads and stores stand in the same order twice");

/* Accounts for the extra instructions so far, the present one with them. Before each record that may leave the block. */
static void emit_extra(struct maker *m, uint32_t offset)
{
    if (!m->extra)
        return;
    int32_t extra = m->extra;
    emit(m, OP_extra, offset, 0)->imm = extra;
    m->extra = 0;
}

static uint8_t destination(const struct insn *i)
{
    return i->rd ? i->rd : DISCARD;
}

static void emit_link(struct maker *m, uint8_t rd, uint32_t offset, unsigned length)
{
    struct op *op = emit(m, OP_auipc, offset, length);
    op->rd = rd;
    op->rs1 = (uint8_t)(offset + length);
    op->rs2 = (uint8_t)((offset + length) >> 8);
}

static void emit_auipc(struct maker *m, const struct insn *i, uint32_t offset)
{
    struct op *op = emit(m, OP_auipc, offset, i->length);
    op->rd = destination(i);
    op->imm = (int32_t)i->imm;
    op->rs1 = (uint8_t)offset;
    op->rs2 = (uint8_t)(offset >> 8);
}

static void emit_jal(struct maker *m, const struct insn *i, uint32_t offset)
{
    if (i->rd)
        emit_link(m, i->rd, offset, i->length);
    emit_extra(m, offset);
    struct op *op = emit(m, OP_j, offset, i->length);
    op->imm = (int32_t)i->imm;
    op->rd = m->mems;
}

static void emit_jalr(struct maker *m, const struct insn *i, uint32_t offset)
{
    emit_extra(m, offset);
    struct op *op = emit(m, i->rd ? OP_jalr : OP_ret, offset, i->length);
    op->rd = i->rd;
    op->rs1 = i->rs1;
    op->rs2 = m->mems;
    op->imm = (int32_t)((uint32_t)(uint16_t)i->imm | (offset + i->length) << 16);
}

static enum op_kind kind_of(const struct insn *i, bool hext)
{
    enum op_kind kind = (enum op_kind)(i->id - 1);
    if (i->id == INSN_addi && i->rs1 == 0)
        return OP_li;
    if (i->id == INSN_add && i->rs1 == 0)
        return OP_mv;
    if (i->id == INSN_lui)
        return OP_li;
    if (i->id == INSN_fence)
        return OP_nop;
    if (i->id >= INSN_count_flawed)
        return OP_hext;
    if (i->id >= INSN_count)
        return (enum op_kind)(OP_popf + (i->id - INSN_popf));
    if (hext && i->id >= INSN_csrrw && i->id <= INSN_csrrci && (i->imm == CSR_medeleg || !csr_name((unsigned)i->imm)))
        return kind; /* the extension has more of them */
    if (i->id >= INSN_csrrw && i->id <= INSN_csrrc && csr_field_index(i->imm) >= 0)
        return i->id != INSN_csrrw && i->rs1 == 0 ? OP_csrr_field : (enum op_kind)(OP_csr_field + (i->id - INSN_csrrw));
    if (i->id >= INSN_csrrw && i->id <= INSN_csrrci && !csr_name((unsigned)i->imm))
        return OP_illegal; /* there is no such CSR */
    return kind;
}

/* imm is the number of a CSR that is only a field. */
static void settle_csr_field(struct op *op, enum op_kind kind)
{
    op->imm = csr_field_index(op->imm);
    op->rs2 = csr_fields[op->imm].mode;
    if (kind == OP_csrr_field)
        op->imm = csr_fields[op->imm].offset;
}

/* ecall, mret, sret. */
static void emit_change_of_mode(struct maker *m, const struct insn *i, uint32_t offset)
{
    struct op *op = emit(m, (enum op_kind)(i->id - 1), offset, i->length);
    op->rd = m->mems;
    op->rs1 = m->retires;
    op->rs2 = i->id == INSN_ecall ? m->code->cold[m->at - 1].extra : m->extra;
    op->imm = (int32_t)offset;
}

static void emit_plain(struct maker *m, const struct insn *i, uint32_t offset)
{
    enum op_kind kind = kind_of(i, m->code->profile & PROFILE_HEXT);
    enum insn_flow flow = insn_rows[i->id].flow;
    if (flow == FLOW_BRANCH)
        emit_extra(m, offset);
    struct op *op = emit(m, kind, offset, i->length);
    op->rd = destination(i);
    op->rs1 = i->rs1;
    op->rs2 = i->rs2;
    op->imm = kind == OP_hext ? i->id : (int32_t)i->imm;
    if (kind >= OP_csr_field && kind <= OP_csrr_field)
        settle_csr_field(op, kind);
    if (flow == FLOW_BRANCH)
        op->rd = m->mems;
    else if (m->at > CODE_SCRATCH)
        block_pair(m->code, m->at - 1, m->bare);
    if (flow == FLOW_LOAD || flow == FLOW_STORE)
        m->mems++;
}

/* Branches pair when they are linked; all else when it is decoded. */
void block_pair(struct code *c, uint32_t index, bool bare)
{
    static const uint16_t pairs[2][OP_single][OP_single] = {
#define PAIR(shape, first, second)                                                                                         \
    [0][OP_##first][OP_##second] = OP_pair_##first##_##second, [1][OP_##first][OP_##second] = OP_pair_##first##_##second,
#define MEMORY_PAIR(shape, first, second)                                                                                  \
    [0][OP_##first][OP_##second] = OP_pair_##first##_##second,                                                             \
    [1][OP_##first][OP_##second] = OP_bare_pair_##first##_##second,
#include "pair.def"
    };
    struct op *op = &c->ops[index];
    if (c->cold[index - 1].length == 0 || c->cold[index].offset != c->cold[index - 1].offset + c->cold[index - 1].length)
        return; /* not the one after the other of one block */
    uint16_t pair = pairs[bare][c->cold[index - 1].kind][c->cold[index].kind];
    if (pair)
        op[-1].run = c->labels[pair];
}

/* Adds one instruction. Returns false if it ends the block. */
static bool emit_insn(struct maker *m, const struct insn *i, uint32_t offset)
{
    m->insns++;
    m->n = (uint8_t)(m->n + m->retires);
    m->extra = (uint8_t)(m->extra + !m->retires);
    switch (i->id) {
    case INSN_illegal:
        emit(m, OP_illegal, offset, i->length);
        return false;
    case INSN_auipc:
        emit_auipc(m, i, offset);
        return true;
    case INSN_jal:
        emit_jal(m, i, offset);
        return false;
    case INSN_jalr:
        emit_jalr(m, i, offset);
        return false;
    case INSN_ecall:
    case INSN_mret:
    case INSN_sret:
        emit_change_of_mode(m, i, offset);
        return false;
    }
    emit_plain(m, i, offset);
    return insn_rows[i->id].flow != FLOW_TRAP && i->id != INSN_jrst;
}

/* Ends a block that does not end itself. */
static void emit_end(struct maker *m, uint32_t offset)
{
    emit_extra(m, offset);
    struct op *op = emit(m, OP_end, offset, 0);
    op->imm = (int32_t)offset;
    op->rd = m->mems;
}

static void mark_decoded(struct code_page *page, uint32_t offset, unsigned length)
{
    page->decoded |= UINT64_C(1) << offset / 64 | UINT64_C(1) << (offset + length - 1) / 64;
}

struct op *block_decode(struct code *c, struct code_page *page, uint32_t offset)
{
    struct maker m = {.code = c, .at = c->used, .bare = page->bare};
    const uint8_t *bytes = ram_at(&c->ram, page->pa, PAGE_SIZE);
    struct op *head = &c->ops[c->used];
    page->entry[offset / 2] = c->used;
    bool more = true;
    while (more && m.insns < BLOCK_LONGEST) {
        struct insn i;
        uint32_t room = (uint32_t)PAGE_SIZE - offset;
        uint32_t word = room >= 2 ? (uint32_t)bytes_get(bytes + offset, room >= 4 ? 4 : 2) : 0;
        if (room < 2 || (room < 4 && (word & 3) == 3)) /* the page ends, perhaps inside an instruction */
            break;
        insn_decode_in(c->profile, word, &i);
        insn_expand(&i);
        mark_decoded(page, offset, i.length);
        m.retires = code_retires(c, page->pa + offset);
        more = emit_insn(&m, &i, offset);
        offset += i.length;
    }
    if (more)
        emit_end(&m, offset);
    c->used = m.at;
    return head;
}

struct op *block_decode_one(struct code *c, uint32_t word, uint32_t offset, bool retires)
{
    struct maker m = {.code = c, .at = 1, .retires = retires};
    struct insn i;
    insn_decode_in(c->profile, word, &i);
    insn_expand(&i);
    if (emit_insn(&m, &i, offset))
        emit_end(&m, offset + i.length);
    return &c->ops[1];
}
