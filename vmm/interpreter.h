/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The interpreter, {v_i} of Popek and Goldberg 1974, section 3: what an instruction would have done on the guest's own
 * machine, done to its virtual state. One routine for each privileged instruction; the others come here when they touch
 * a virtual device, or when the hardware cannot run them with the guest's state. Freestanding.
 *
 * A routine that completes its instruction has moved pc on and returns NOTHING_RAISED; one that raises an exception has
 * changed nothing and says which. Neither counts it: that is the dispatcher's. A store that ends the run (bus.stop) is
 * not completed: pc stays on it.
 */
#ifndef VMM_INTERPRETER_H
#define VMM_INTERPRETER_H

#include "isa/insn.h"
#include "isa/mmu.h"
#include "vmm/vm.h"

#define NOTHING_RAISED ((struct trap){NO_TRAP, 0})
#define RAISE_ILLEGAL ((struct trap){CAUSE_illegal, 0}) /* interpret() fills in the instruction's bits */

/* The instruction word at pc. */
struct trap interpret_fetch(struct vm *vm, uint32_t *word);

/* Decodes, to the uncompressed equivalent: only the length tells. */
struct insn interpret_decode(struct vm *vm, uint32_t word);

/* Carries out one instruction, which is `word` decoded. */
struct trap interpret(struct vm *vm, const struct insn *i, uint32_t word);

/* Translates as the guest's own MMU would, A and D bits included. For data, under MPRV, too. */
struct mmu_result interpret_translate(struct vm *vm, uint64_t gva, enum access access);

/* Routines of interpret_memory.c: loads and LR; stores, SC and AMO. */
struct trap v_load(struct vm *vm, const struct insn *i);
struct trap v_store(struct vm *vm, const struct insn *i);

/* --- for the routines ------------------------------------------------------------------------------------------------- */

static inline uint64_t guest_x(const struct vm *vm, unsigned r)
{
    return vm->vcpu.ctx->x[r];
}

static inline void guest_set_x(struct vm *vm, unsigned r, uint64_t value)
{
    if (r)
        vm->vcpu.ctx->x[r] = value;
}

/* The instruction is completed, and the next one follows it. */
static inline struct trap guest_next(struct vm *vm, const struct insn *i)
{
    vm->vcpu.ctx->pc += i->length;
    return NOTHING_RAISED;
}

#endif
