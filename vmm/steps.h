/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Steps of a guest. A step is a completed instruction or a trap that the guest sees; nothing else counts (docs/time.md has the rules
 * of virtual time). For the dispatcher and for turns.c. Freestanding.
 */
#ifndef VMM_STEPS_H
#define VMM_STEPS_H

#include "vmm/vm.h"
#include "vmm/vmm.h"

/* With V in cycles it follows what was charged. */
static inline void clock_update(struct vm *vm)
{
    if (vm->step_cycles)
        vm->clock.now = hw_cycles(vm->hw) - vm->cycles_base;
}

static inline void count_steps(struct vm *vm, uint64_t steps)
{
    vm->clock.steps += steps;
    if (!vm->step_cycles)
        vm->clock.now += steps;
}

static inline void count_insns(struct vm *vm, enum mode mode, uint64_t n)
{
    vm->clock.insns += n;
    vm->insns.by_mode[mode] += n;
    count_steps(vm, n);
}

/* What was done since the last exit is put down to it. */
static inline void put_down(struct vm *vm, uint64_t end)
{
    vm->exits[vm->exit_reason].cycles += end - vm->exit_since;
}

/* The run is at its end: a device said so. */
void step_stopped(struct vm *vm);

/* The monitor has completed the instruction at pc, which is `word`, in this virtual mode: counts it; or the run is at its end, if
 * a device said so. */
static inline void step_completed(struct vm *vm, uint64_t pc, uint32_t word, enum mode mode)
{
    if (vm->bus.stop != BUS_RUNNING && !(vm->bus.stop == BUS_STOP_RESET && vm_reset(vm))) {
        step_stopped(vm);
        return;
    }
    vm->insns.interpreted++;
    if (vm->noted)
        hw_note_insn(vm->hw, vm->index, pc, word, mode);
    count_insns(vm, mode, 1);
}

/* Takes a trap from pc into the guest's own handler, as its hardware would have done. A step. */
void reflect(struct vm *vm, uint64_t cause, uint64_t tval);

/* For who looks on: the guest stands between two steps, or waits. The cycles since the last exit are its own now: adding them in two
 * parts changes nothing, and a guest that is left here can be taken up by vmm_go_on(). */
static inline void step_told(struct vm *vm, enum vm_stage stage)
{
    uint64_t now = hw_cycles(vm->hw);
    put_down(vm, now);
    vm->exit_since = now;
    vm_stage(vm, stage, NULL);
}

static inline void step_between(struct vm *vm)
{
    if (!vm->probe.stage)
        return;
    clock_update(vm);
    step_told(vm, STAGE_between);
}

#endif
