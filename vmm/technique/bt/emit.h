/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writes translated instructions into the cache: words, marks, records. For the files of the translator. Freestanding.
 *
 * Rules of a translated sequence (docs/time.md): first instructions that may fault and have no effect on the guest; then
 * instructions with effects, which cannot fault; the last one on each path carries the mark.
 */
#ifndef VMM_BT_EMIT_H
#define VMM_BT_EMIT_H

#include "isa/insn.h"
#include "vmm/technique/bt/translator.h"

#define STUBS (2 * UNIT_LONGEST)

/* Code that a unit has beside its straight path, emitted behind it. */
struct stub {
    uint32_t branch;    /* offset of the instruction that leads here */
    bool callout;       /* of the guest instruction at `guest`; else the way there */
    uint64_t guest;     /* its offset in the page, if it is; its gva */
    uint8_t spilled[3]; /* registers to reload from slots A, B, C before a call-out; 0: none */
};

struct emitter {
    struct vm *vm;
    struct translator *t;
    uint32_t page;   /* that is translated: number */
    uint32_t start;  /* offset in the cache where this began */
    uint32_t guest;  /* offset in its page of the guest instruction being translated */
    uint32_t insns;  /* emitted */
    uint32_t end;    /* of the cache's contents, while something is rewritten */
    unsigned stubs;
    struct stub stub[STUBS];
};

/* Whether an instruction completes a guest instruction. */
enum mark { EXTRA, RETIRES };

void emit_begin(struct emitter *e, struct vm *vm, uint32_t page);

/* The machine learns of what was emitted, and it is charged. */
void emit_end(struct emitter *e);

/* Between these the emitter writes over what has been emitted at `at`, as many bytes as were there. */
void emit_rewrite(struct emitter *e, struct vm *vm, uint32_t page, uint32_t at);
void emit_rewritten(struct emitter *e);

static inline uint32_t emit_at(const struct emitter *e)
{
    return e->t->used;
}

/* What a stop at the present address means. */
void emit_record(struct emitter *e, enum record_kind kind, uint32_t payload);

/* A word as it is; an instruction by its operands, uncompressed. */
void emit_word(struct emitter *e, uint32_t word, unsigned length, enum mark mark);
void emit(struct emitter *e, enum insn_id id, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm, enum mark mark);

static inline void emit_load_slot(struct emitter *e, unsigned rd, enum slot slot, enum mark mark)
{
    emit(e, INSN_ld, rd, 0, 0, slot, mark);
}

static inline void emit_store_slot(struct emitter *e, unsigned rs2, enum slot slot, enum mark mark)
{
    emit(e, INSN_sd, 0, 0, rs2, slot, mark);
}

/* A 16-bit nop: a guest instruction that has nothing to do (any more). */
void emit_nop(struct emitter *e);

/* rd = value, without another register. The last instruction of it carries the mark. */
void emit_constant(struct emitter *e, unsigned rd, uint64_t value, enum mark mark);

/* Does emit_constant() need three instructions at most? */
bool constant_fits(uint64_t value);

/* An ecall that has the monitor carry out the guest instruction at this offset of its page. */
void emit_callout(struct emitter *e, uint32_t guest_offset);

/* The way to gva: a jal, if it is known already, or an ecall that will become one. */
void emit_link(struct emitter *e, uint64_t gva);

/* `id rs1, rs2` to a stub that reloads what is spilled and calls out. */
void emit_branch_to_callout(struct emitter *e, enum insn_id id, unsigned rs1, unsigned rs2, const uint8_t spilled[3]);

/* A branch of the guest's, to gva if it is taken: to a stub that is the way there. */
void emit_branch_to_link(struct emitter *e, enum insn_id id, unsigned rs1, unsigned rs2, uint64_t gva);

/* Registers to work with, spilled to slots A, B, C in turn. */
struct scratch {
    uint8_t reg[3];
    unsigned count;
};

/* Spills one more, neither `rs1` nor `rs2` (nor x0), and returns it. */
unsigned emit_spill(struct emitter *e, struct scratch *s, unsigned rs1, unsigned rs2);

/* All get their own values back; the last instruction of it carries the mark. */
void emit_reload(struct emitter *e, const struct scratch *s, enum mark mark);

/* The stubs. At the end of a unit. */
void emit_stubs(struct emitter *e);

/* Makes the branch or jal at `from` lead to `to`: offsets in the cache. Not known to the machine until emit_end(). */
void emit_patch(struct translator *t, uint32_t from, uint32_t to);

#endif
