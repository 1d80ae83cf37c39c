/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a guest is where it stands: between two steps, in the middle of the hardware's run, or at a stage of a trap. See execution.h.
 */
#include "debugger/execution_internal.h"
#include "vmm/technique/bt/translator.h"
#include "vmm/technique/technique.h"
#include "vmm/vs_state.h"

uint64_t execution_step_of(const struct execution *e, const struct target *guest)
{
    const struct clock *machine = &guest->machine->clock;
    if (!guest->vm)
        return machine->steps;
    return guest->vm->clock.steps + (e->inside && guest == e->target ? machine->steps - e->entered.steps : 0);
}

/* T of all guests but the one that runs. */
uint64_t execution_others(const struct execution *e)
{
    uint64_t steps = 0;
    for (unsigned i = 0; i < e->count; i++)
        if (&e->targets[i] != e->target)
            steps += e->targets[i].vm->clock.steps;
    return steps;
}

uint64_t execution_step_now(const struct execution *e)
{
    return execution_step_of(e, e->target) + execution_others(e);
}

/* Of what runs on the hardware, right behind one of its instructions. False: it cannot be told here. */
static bool peek(const struct vm *vm, const struct machine *m, struct guest_state *g)
{
    if (!vm->vmm->virtualized)
        return translator_peek(vm, &g->ctx, &g->priv);
    vs_peek(vm, &m->hart.priv, &g->priv);
    return true;
}

struct guest_state execution_guest_of(const struct execution *e, const struct target *guest)
{
    const struct vm *vm = guest->vm;
    const struct machine *m = guest->machine;
    struct guest_state g;
    if (!vm) {
        g = (struct guest_state){.ctx = m->hart.ctx, .priv = m->hart.priv, .clock = m->clock};
        g.clock.steps = e->now.step;
        return g;
    }
    g = (struct guest_state){.ctx = *vm->vcpu.ctx, .priv = vm->vcpu.priv, .clock = vm->clock};
    if (!e->inside || guest != e->target)
        return g;
    if (!peek(vm, m, &g))
        return e->known; /* a unit is being entered: nothing has happened since */
    g.clock.insns += m->clock.insns - e->entered.insns;
    g.clock.steps += m->clock.steps - e->entered.steps;
    g.clock.now = vm->step_cycles ? hw_cycles(vm->hw) - vm->cycles_base : g.clock.now + m->clock.steps - e->entered.steps;
    return g;
}

struct guest_state execution_guest(const struct execution *e)
{
    return execution_guest_of(e, e->target);
}

const struct ram *target_ram(const struct target *guest)
{
    return guest->vm ? &guest->vm->bus.ram : &guest->machine->ram;
}

const struct technique *execution_technique(const struct execution *e, const struct target *guest)
{
    bool dealing = guest == e->target && e->place == PLACE_STAGE && e->now.stage > 0;
    if (!guest->vm || dealing)
        return guest->vm ? guest->vm->technique : NULL;
    return guest->ops->technique(guest->owner, execution_step_of(e, guest));
}

const char *execution_technique_name(const struct execution *e, const struct target *guest)
{
    const struct technique *t = execution_technique(e, guest);
    return t ? t->name : "native";
}
