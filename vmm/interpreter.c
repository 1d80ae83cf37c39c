/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The routines v_i of the privileged instructions, and what the other instructions do between registers.
 * See interpreter.h; loads and stores are in interpret_memory.c.
 */
#include "vmm/interpreter.h"

#include "isa/alu.h"
#include "isa/flawed.h"

/* --- v_i: privileged instructions (privileged ISA, 3.3 and 4.2; Zicsr) ------------------------------------------------------ */

/* csrrw, csrrs, csrrc and their immediate forms. The rules are csr.c's, the state is the guest's. */
static struct trap v_csr(struct vm *vm, const struct insn *i)
{
    bool immediate = i->id >= INSN_csrrwi;
    enum csr_op op = (enum csr_op)((i->id - INSN_csrrw) % 3);
    uint64_t operand = immediate ? i->rs1 : guest_x(vm, i->rs1), old;
    bool writes = op == CSR_WRITE || i->rs1 != 0;
    unsigned effect = csr_access(&vm->vcpu.priv, &vm->clock, (unsigned)i->imm, op, operand, writes, &old);
    if (effect & CSR_ILLEGAL)
        return RAISE_ILLEGAL;
    guest_set_x(vm, i->rd, old);
    hw_charge(vm->hw, COST_reg_moved, 2 + (uint64_t)writes);
    if (effect & CSR_TIMER)
        vm->attention = 0;
    return guest_next(vm, i);
}

static struct trap v_mret(struct vm *vm)
{
    struct vcpu *v = &vm->vcpu;
    if (v->priv.mode != MODE_M)
        return RAISE_ILLEGAL;
    trap_mret(&v->priv, &v->ctx->pc);
    hw_charge(vm->hw, COST_reg_moved, 2);
    return NOTHING_RAISED;
}

static struct trap v_sret(struct vm *vm)
{
    struct vcpu *v = &vm->vcpu;
    if (v->priv.mode == MODE_U || (v->priv.mode == MODE_S && (v->priv.csr.mstatus & MSTATUS_TSR)))
        return RAISE_ILLEGAL;
    trap_sret(&v->priv, &v->ctx->pc);
    hw_charge(vm->hw, COST_reg_moved, 2);
    return NOTHING_RAISED;
}

/* Completes; before the guest's next step the dispatcher lets time pass until there is something to wake up for. */
static struct trap v_wfi(struct vm *vm, const struct insn *i)
{
    const struct priv *p = &vm->vcpu.priv;
    if (p->mode == MODE_U || (p->mode == MODE_S && (p->csr.mstatus & MSTATUS_TW)))
        return RAISE_ILLEGAL;
    vm->vcpu.waiting = true;
    return guest_next(vm, i);
}

static struct trap v_sfence_vma(struct vm *vm, const struct insn *i)
{
    const struct priv *p = &vm->vcpu.priv;
    if (p->mode == MODE_U || (p->mode == MODE_S && (p->csr.mstatus & MSTATUS_TVM)))
        return RAISE_ILLEGAL;
    if (vm->two_stage)
        nested_fence(vm);
    else
        shadow_fence(vm);
    return guest_next(vm, i);
}

/* Does not trap on the hardware: seen only where every instruction is interpreted. */
static struct trap v_fence_i(struct vm *vm, const struct insn *i)
{
    hw_fence_i(vm->hw);
    return guest_next(vm, i);
}

/* --- instructions of flawed machines (isa/flawed.h): seen where the guest's kernel does not run directly, or they trap ------ */

static struct trap v_popf(struct vm *vm, const struct insn *i)
{
    flawed_popf(&vm->vcpu.priv, guest_x(vm, i->rs1));
    hw_charge(vm->hw, COST_reg_moved, 1);
    return guest_next(vm, i);
}

static struct trap v_smsw(struct vm *vm, const struct insn *i)
{
    guest_set_x(vm, i->rd, flawed_smsw(&vm->vcpu.priv));
    hw_charge(vm->hw, COST_reg_moved, 1);
    return guest_next(vm, i);
}

static struct trap v_era(struct vm *vm, const struct insn *i)
{
    unsigned refs;
    guest_set_x(vm, i->rd, flawed_era(&vm->bus.ram, &vm->vcpu.priv, guest_x(vm, i->rs1), &refs));
    hw_charge(vm->hw, COST_guest_word, refs);
    return guest_next(vm, i);
}

static struct trap v_jrst(struct vm *vm, const struct insn *i)
{
    vm->vcpu.ctx->pc = guest_x(vm, i->rs1) & ~UINT64_C(1);
    vm->vcpu.priv.mode = MODE_U;
    return NOTHING_RAISED;
}

/* Of a seeded machine: those that trap in user mode come here from wherever the guest runs. */
static struct trap v_odd(struct vm *vm, const struct insn *i)
{
    struct odd o = odd_insn(vm->profile, i->id);
    unsigned refs;
    if (vm->vcpu.priv.mode < o.mode)
        return RAISE_ILLEGAL;
    switch (o.does) {
    case ODD_popf:
        return v_popf(vm, i);
    case ODD_jrst:
        return v_jrst(vm, i);
    case ODD_scratch:
        flawed_scratch(&vm->vcpu.priv, guest_x(vm, i->rs1));
        hw_charge(vm->hw, COST_reg_moved, 1);
        return guest_next(vm, i);
    }
    uint64_t value = flawed_value(&vm->bus.ram, &vm->vcpu.priv, (enum odd_does)o.does, guest_x(vm, i->rs1), &refs);
    guest_set_x(vm, i->rd, value);
    hw_charge(vm->hw, COST_reg_moved, 1);
    hw_charge(vm->hw, COST_guest_word, refs);
    return guest_next(vm, i);
}

/* clang-format off */
static struct trap v_privileged(struct vm *vm, const struct insn *i)
{
    switch (i->id) {
    case INSN_mret: return v_mret(vm);
    case INSN_sret: return v_sret(vm);
    case INSN_wfi: return v_wfi(vm, i);
    case INSN_sfence_vma: return v_sfence_vma(vm, i);
    case INSN_fence_i: return v_fence_i(vm, i);
    case INSN_popf: return v_popf(vm, i);
    case INSN_smsw: return v_smsw(vm, i);
    case INSN_era: return v_era(vm, i);
    case INSN_jrst: return v_jrst(vm, i);
    case INSN_odd1 ... INSN_odd6: return v_odd(vm, i);
    default: return v_csr(vm, i);
    }
}

/* ecall, ebreak, and what is no instruction: they only ever trap. */
static struct trap v_trap(struct vm *vm, const struct insn *i)
{
    switch (i->id) {
    case INSN_ecall: return (struct trap){CAUSE_ecall_u + (int)vm->vcpu.priv.mode, 0};
    case INSN_ebreak: return (struct trap){CAUSE_breakpoint, 0};
    default: return RAISE_ILLEGAL;
    }
}
/* clang-format on */

/* --- innocuous instructions ----------------------------------------------------------------------------------------------- */

static struct trap v_compute(struct vm *vm, const struct insn *i)
{
    uint64_t imm = (uint64_t)i->imm, value;
    switch (insn_rows[i->id].format) {
    case FORMAT_FENCE:
        return guest_next(vm, i);
    case FORMAT_U:
        value = i->id == INSN_auipc ? vm->vcpu.ctx->pc + imm : imm;
        break;
    case FORMAT_R:
        value = alu(i->id, guest_x(vm, i->rs1), guest_x(vm, i->rs2));
        break;
    default:
        value = alu(i->id, guest_x(vm, i->rs1), imm);
    }
    guest_set_x(vm, i->rd, value);
    return guest_next(vm, i);
}

static struct trap v_branch(struct vm *vm, const struct insn *i)
{
    if (!alu_branches(i->id, guest_x(vm, i->rs1), guest_x(vm, i->rs2)))
        return guest_next(vm, i);
    vm->vcpu.ctx->pc += (uint64_t)i->imm;
    return NOTHING_RAISED;
}

static struct trap v_jump(struct vm *vm, const struct insn *i)
{
    uint64_t pc = vm->vcpu.ctx->pc, imm = (uint64_t)i->imm;
    uint64_t target = i->id == INSN_jal ? pc + imm : (guest_x(vm, i->rs1) + imm) & ~UINT64_C(1);
    guest_set_x(vm, i->rd, pc + i->length);
    vm->vcpu.ctx->pc = target;
    return NOTHING_RAISED;
}

/* --- all of them ------------------------------------------------------------------------------------------------------------ */

struct insn interpret_decode(struct vm *vm, uint32_t word)
{
    struct decoded *d = &vm->decoded[word * UINT32_C(0x9e3779b1) >> (32 - VM_DECODED_BITS)]; /* Knuth, 6.4 */
    if (d->word != word || d->insn.length == 0) {
        d->word = word;
        insn_decode_in(vm->profile, word, &d->insn);
        insn_expand(&d->insn);
    }
    hw_charge(vm->hw, COST_insn_decoded, 1);
    return d->insn;
}

/* clang-format off */
static struct trap routine(struct vm *vm, const struct insn *i)
{
    switch ((enum insn_flow)insn_rows[i->id].flow) {
    case FLOW_NEXT: return v_compute(vm, i);
    case FLOW_LOAD: return v_load(vm, i);
    case FLOW_STORE: return v_store(vm, i);
    case FLOW_BRANCH: return v_branch(vm, i);
    case FLOW_JUMP: return v_jump(vm, i);
    case FLOW_TRAP: return v_trap(vm, i);
    case FLOW_SYNC: return v_privileged(vm, i);
    }
    hw_panic(vm->hw, "an instruction has no routine");
}
/* clang-format on */

struct trap interpret(struct vm *vm, const struct insn *i, uint32_t word)
{
    struct trap t = routine(vm, i);
    if (t.cause == CAUSE_illegal)
        t.tval = word;
    return t;
}
