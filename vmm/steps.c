/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See steps.h.
 */
#include "vmm/steps.h"

#include "vmm/technique/technique.h"

#define TRAP_REGISTERS 5 /* status, cause, tval, epc, pc */

void reflect(struct vm *vm, uint64_t cause, uint64_t tval)
{
    struct vcpu *v = &vm->vcpu;
    struct stage_trap seen = {cause, tval, v->ctx->pc};
    vm_stage(vm, STAGE_reflect, &seen);
    hw_note_trap(vm->hw, vm->index, vm->clock.steps, cause, v->ctx->pc, tval);
    if (!vm->technique->trap || !vm->technique->trap(vm, cause, tval))
        trap_enter(&v->priv, &v->ctx->pc, cause, tval);
    hw_charge(vm->hw, COST_reg_moved, TRAP_REGISTERS);
    vm->counters.guest_traps++;
    vm->traps_in_row = vm->clock.insns == vm->trap_insns ? vm->traps_in_row + 1 : 1;
    vm->trap_insns = vm->clock.insns;
    vm_stage(vm, STAGE_reflected, &seen);
    count_steps(vm, 1);
    if (vm->traps_in_row >= FAULT_LOOP_TRAPS)
        vm->end = (struct run_end){END_FAULT_LOOP, 0};
}

void step_stopped(struct vm *vm)
{
    static const enum end_reason reasons[] = {
        [BUS_STOP_FINISHER] = END_FINISHER, [BUS_STOP_HTIF] = END_HTIF, [BUS_STOP_RESET] = END_RESET};
    vm->end = (struct run_end){reasons[vm->bus.stop], vm->bus.stop_code};
}
