/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Guests run in turn, each for a slice of its own steps; and between any two steps of a guest time, virtual devices and interrupts
 * are looked after.
 */
#include "vmm/dispatcher.h"
#include "vmm/steps.h"
#include "vmm/technique/technique.h"
#include "vmm/vs_state.h"

/* --- between two steps ------------------------------------------------------------------------------------------------------ */

/* Virtual devices do what is due; their lines and the timer's are driven; and when to look next. */
static void look_around(struct vm *vm)
{
    struct csr_file *f = &vm->vcpu.priv.csr;
    bus_advance(&vm->bus);
    csr_set_lines(f, bus_lines(&vm->bus) | (csr_stip(f, &vm->clock) ? MIP_STIP : 0));
    vm->attention = bus_next_due(&vm->bus);
    if (f->menvcfg & MENVCFG_STCE) {
        uint64_t when = clock_when(&vm->clock, f->stimecmp);
        vm->attention = when < vm->attention ? when : vm->attention;
    }
}

/* A wfi has completed: time jumps from event to event until an enabled interrupt is pending (not necessarily taken), or until its
 * turn is over: then it goes on waiting with its next one. */
static void idle(struct vm *vm)
{
    const struct csr_file *f = &vm->vcpu.priv.csr;
    clock_update(vm);
    look_around(vm);
    while (!(csr_mip(f) & f->mie)) {
        if (vm->probe.stage)
            step_told(vm, STAGE_waits);
        if (vm->attention == 0) { /* it was changed there */
            look_around(vm);
            continue;
        }
        if (vm->attention == UINT64_MAX) {
            vm->end = (struct run_end){END_IDLE, 0};
            return;
        }
        if (vm->clock.now >= vm->vmm->turn_until)
            return;
        hw_charge(vm->hw, COST_idle, vm->attention - vm->clock.now);
        vm->clock.now = vm->attention;
        vm->cycles_base = hw_cycles(vm->hw) - vm->clock.now;
        look_around(vm);
    }
    vm->vcpu.waiting = false;
}

/* Before each step. Returns false if that step was an interrupt, now taken. */
static bool settle(struct vm *vm)
{
    clock_update(vm);
    if (vm->clock.now >= vm->attention)
        look_around(vm);
    int interrupt = trap_pending(&vm->vcpu.priv);
    if (interrupt == NO_TRAP)
        return true;
    vm->counters.guest_interrupts++;
    reflect(vm, CAUSE_INTERRUPT | (uint64_t)interrupt, 0);
    return false;
}

/* Steps until somebody must look: at virtual devices and timers, or because the goal is reached. At least one. */
static uint64_t budget(const struct vm *vm, uint64_t goal)
{
    uint64_t steps = goal - vm->clock.steps, due = vm->attention - vm->clock.now;
    if (vm->step_cycles && due != UINT64_MAX)
        due = due / vm->step_cycles ? due / vm->step_cycles : 1;
    return steps < due ? steps : due;
}

/* --- turns ---------------------------------------------------------------------------------------------------------------------- */

static bool can_run(const struct vm *vm)
{
    return vm->end.reason == END_NONE && (vm->clock.steps < vm->goal || vm->vcpu.waiting);
}

/* Cycles are the guest's own: those of others, in between, are neither its time nor its exits'. */
static void run_turn(struct vm *vm, uint64_t goal)
{
    uint64_t v = vm->clock.now;
    processor_give(vm);
    vm->exit_since = hw_cycles(vm->hw);
    vm->cycles_base = vm->exit_since - v;
    if (vm->vcpu.waiting)
        idle(vm);
    while (!vm->vcpu.waiting && vm->end.reason == END_NONE && vm->clock.steps < goal) {
        step_between(vm);
        if (settle(vm))
            vm->technique->run(vm, budget(vm, goal));
        if (vm->vcpu.waiting)
            idle(vm);
    }
    clock_update(vm);
    dispatch_pause(vm);
}

static unsigned runnable(const struct vmm *vmm)
{
    unsigned running = 0;
    for (unsigned i = 0; i < vmm->guests; i++)
        running += can_run(vmm->guest[i]);
    return running;
}

/* So many steps, or as much time spent waiting if others want the processor meanwhile. */
static void begin_turn(struct vmm *vmm, const struct vm *vm)
{
    uint64_t left = vm->goal - vm->clock.steps;
    vmm->turn_goal = vm->clock.steps + (left < vmm->turn_steps ? left : vmm->turn_steps);
    vmm->turn_until = vmm->turn_steps == VMM_SLICE ? vm->clock.now + VMM_SLICE : UINT64_MAX;
}

/* A round, or what is left of it. */
static void run_round(struct vmm *vmm)
{
    for (; vmm->turn < vmm->guests; vmm->turn++) {
        struct vm *vm = vmm->guest[vmm->turn];
        if (!vmm->turn_goal && !can_run(vm))
            continue;
        if (!vmm->turn_goal)
            begin_turn(vmm, vm);
        run_turn(vm, vmm->turn_goal);
        vmm->turn_goal = 0;
    }
    vmm->turn = 0;
}

bool vmm_go_on(struct vmm *vmm)
{
    unsigned running, alive = 0;
    if (vmm->turn_goal)
        run_round(vmm);
    for (uint64_t done = 0; done < VMM_PAUSE && (running = runnable(vmm)) != 0; done += vmm->turn_steps) {
        vmm->turn_steps = running > 1 ? VMM_SLICE : VMM_PAUSE;
        run_round(vmm);
    }
    for (unsigned i = 0; i < vmm->guests; i++)
        alive += vmm->guest[i]->end.reason == END_NONE;
    return alive != 0;
}

bool vmm_paused(const struct vmm *vmm)
{
    return runnable(vmm) != 0;
}

bool vmm_begin(struct vmm *vmm, uint64_t steps)
{
    for (unsigned i = 0; i < vmm->guests; i++) {
        struct vm *vm = vmm->guest[i];
        vm->goal = steps > UINT64_MAX - vm->clock.steps ? UINT64_MAX : vm->clock.steps + steps;
    }
    vmm->turn = 0;
    vmm->turn_goal = 0;
    return vmm_go_on(vmm);
}

bool vmm_run(struct vmm *vmm, uint64_t steps)
{
    bool going = vmm_begin(vmm, steps);
    while (vmm_paused(vmm))
        going = vmm_go_on(vmm);
    return going;
}
