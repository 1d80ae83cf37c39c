/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CSR instructions in line: reads of S-level CSRs are loads of a slot, writes that do no harm are stores.
 *
 *   sscratch sepc scause stval stvec   read and written
 *   sstatus                            read; written as far as SIE, SPIE and SPP go, checked when it runs: who changes SUM or
 *                                      MXR needs other shadow tables, and who sets SIE while an interrupt is pending takes it
 *   sie sip                            read
 *
 * All are legal in virtual S and M, the only modes that are translated.
 */
#include "vmm/technique/bt/translate.h"

#include <stddef.h>

#include "isa/csr.h"

enum access_kind { READ_ONLY, PLAIN, STATUS };

struct csr_slot {
    uint16_t number;
    uint8_t kind;
    int16_t slot, mask; /* mask: bits that a write changes, sign-extended */
};

static const struct csr_slot csr_slots[] = {
    {CSR_sscratch, PLAIN, SLOT_SSCRATCH, -1}, {CSR_sepc, PLAIN, SLOT_SEPC, -2},   {CSR_scause, PLAIN, SLOT_SCAUSE, -1},
    {CSR_stval, PLAIN, SLOT_STVAL, -1},       {CSR_stvec, PLAIN, SLOT_STVEC, -3}, {CSR_sstatus, STATUS, SLOT_SSTATUS, -1},
    {CSR_sie, READ_ONLY, SLOT_SIE, 0},        {CSR_sip, READ_ONLY, SLOT_SIP, 0},
};

static const struct csr_slot *find(int64_t number)
{
    for (unsigned i = 0; i < sizeof csr_slots / sizeof *csr_slots; i++)
        if (csr_slots[i].number == number)
            return &csr_slots[i];
    return NULL;
}

/* What an instruction does, the six forms made one. */
struct csr_use {
    const struct csr_slot *csr;
    enum csr_op op;
    bool immediate, writes;
    unsigned rd, rs1;
    int64_t value; /* of the immediate */
};

static unsigned take_scratch(struct emitter *e, struct scratch *s, const struct csr_use *u)
{
    return emit_spill(e, s, u->rd, u->immediate ? 0 : u->rs1);
}

/* rd = old, if it is wanted, and the scratch registers get their own values back: the end of a sequence. */
static void finish(struct emitter *e, const struct scratch *s, unsigned rd, unsigned old)
{
    if (rd && rd != old)
        emit(e, INSN_addi, rd, old, 0, 0, EXTRA);
    emit_reload(e, s, RETIRES);
}

static void emit_read(struct emitter *e, const struct csr_use *u)
{
    if (u->rd)
        emit_load_slot(e, u->rd, u->csr->slot, RETIRES);
    else
        emit_nop(e);
}

/* `to` = what is to be written, `old` being in a register: not yet masked. */
static void emit_new_value(struct emitter *e, const struct csr_use *u, unsigned to, unsigned old)
{
    switch (u->op) {
    case CSR_WRITE:
        emit(e, INSN_addi, to, u->immediate ? 0 : u->rs1, 0, u->value, EXTRA);
        break;
    case CSR_SET:
        if (u->immediate)
            emit(e, INSN_ori, to, old, 0, u->value, EXTRA);
        else
            emit(e, INSN_or, to, old, u->rs1, 0, EXTRA);
        break;
    case CSR_CLEAR:
        if (u->immediate) {
            emit(e, INSN_andi, to, old, 0, ~u->value, EXTRA);
        } else {
            emit(e, INSN_xori, to, u->rs1, 0, -1, EXTRA);
            emit(e, INSN_and, to, to, old, 0, EXTRA);
        }
    }
}

/* csrrw of a whole register into the register that it comes from. */
static void emit_swap(struct emitter *e, const struct csr_use *u)
{
    struct scratch s = {.count = 0};
    unsigned old = take_scratch(e, &s, u);
    emit_load_slot(e, old, u->csr->slot, EXTRA);
    emit_store_slot(e, u->rs1, u->csr->slot, EXTRA);
    finish(e, &s, u->rd, old);
}

/* csrw, csrrw rd of a whole register, rd and rs1 apart: no scratch register is needed. */
static bool emit_simple_write(struct emitter *e, const struct csr_use *u)
{
    if (u->op != CSR_WRITE || u->csr->mask != -1 || (u->immediate && u->value))
        return false;
    if (u->rd && u->rd == u->rs1 && !u->immediate) {
        emit_swap(e, u);
        return true;
    }
    if (u->rd)
        emit_load_slot(e, u->rd, u->csr->slot, EXTRA);
    emit_store_slot(e, u->immediate ? 0 : u->rs1, u->csr->slot, RETIRES);
    return true;
}

static void emit_write(struct emitter *e, const struct csr_use *u)
{
    if (emit_simple_write(e, u))
        return;
    struct scratch s = {.count = 0};
    unsigned value = take_scratch(e, &s, u), old = u->rd;
    if (u->op != CSR_WRITE || (u->rd && u->rd == u->rs1))
        old = take_scratch(e, &s, u);
    if (old)
        emit_load_slot(e, old, u->csr->slot, EXTRA);
    emit_new_value(e, u, value, old);
    if (u->csr->mask != -1)
        emit(e, INSN_andi, value, value, 0, u->csr->mask, EXTRA);
    emit_store_slot(e, value, u->csr->slot, EXTRA);
    finish(e, &s, u->rd, old);
}

#define STATUS_FREE ((int64_t)(MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP))

/* Anything but SIE, SPIE, SPP would change: call out. SIE is set, and sip & sie is not 0: likewise. */
static void emit_status_write(struct emitter *e, const struct csr_use *u)
{
    struct scratch s = {.count = 0};
    unsigned value = take_scratch(e, &s, u), old = take_scratch(e, &s, u), test = take_scratch(e, &s, u);
    emit_load_slot(e, old, SLOT_SSTATUS, EXTRA);
    emit_new_value(e, u, value, old);
    emit(e, INSN_xor, test, value, old, 0, EXTRA);
    emit(e, INSN_andi, test, test, 0, ~STATUS_FREE, EXTRA);
    emit_branch_to_callout(e, INSN_bne, test, 0, s.reg);
    emit(e, INSN_andi, test, value, 0, (int64_t)MSTATUS_SIE, EXTRA);
    uint32_t masked = emit_at(e);
    emit(e, INSN_beq, 0, test, 0, 0, EXTRA);
    emit_load_slot(e, test, SLOT_SIP, EXTRA);
    emit_load_slot(e, old, SLOT_SIE, EXTRA);
    emit(e, INSN_and, test, test, old, 0, EXTRA);
    emit_branch_to_callout(e, INSN_bne, test, 0, s.reg);
    emit_load_slot(e, old, SLOT_SSTATUS, EXTRA);
    emit_patch(e->t, masked, emit_at(e));
    emit_store_slot(e, value, SLOT_SSTATUS, EXTRA);
    finish(e, &s, u->rd, old);
}

/* csrci sstatus, SIE: interrupts can always be masked. */
static void emit_mask_interrupts(struct emitter *e, const struct csr_use *u)
{
    struct scratch s = {.count = 0};
    unsigned value = take_scratch(e, &s, u), old = u->rd ? u->rd : value;
    emit_load_slot(e, old, SLOT_SSTATUS, EXTRA);
    emit(e, INSN_andi, value, old, 0, ~(int64_t)MSTATUS_SIE, EXTRA);
    emit_store_slot(e, value, SLOT_SSTATUS, EXTRA);
    finish(e, &s, 0, 0);
}

bool translate_csr(struct emitter *e, const struct insn *i)
{
    bool immediate = i->id >= INSN_csrrwi;
    enum csr_op op = (enum csr_op)((i->id - INSN_csrrw) % 3);
    struct csr_use u = {.csr = find(i->imm),
                        .op = op,
                        .immediate = immediate,
                        .writes = op == CSR_WRITE || i->rs1 != 0,
                        .rd = i->rd,
                        .rs1 = i->rs1,
                        .value = immediate ? i->rs1 : 0};
    if (!u.csr || (u.writes && u.csr->kind == READ_ONLY))
        return false;
    if (!u.writes)
        emit_read(e, &u);
    else if (u.csr->kind == PLAIN)
        emit_write(e, &u);
    else if (u.immediate && u.op == CSR_CLEAR && (u.value & (int64_t)MSTATUS_SIE))
        emit_mask_interrupts(e, &u);
    else
        emit_status_write(e, &u);
    return true;
}
