/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paravirtualization: running, traps, and the way to the calls. See pv.h.
 */
#include "vmm/technique/pv/pv.h"

#include <stddef.h>

#include "vmm/memory/direct.h"
#include "vmm/steps.h"
#include "vmm/technique/technique.h"

void pv_put_word(struct vm *vm, enum pv_word word, uint64_t value)
{
    bytes_put(vm->pv->words + 8 * word, 8, value);
    hw_wrote(vm->hw, vm_hpa(vm, vm->pv->shared + 8 * word), 8, false);
    hw_charge(vm->hw, COST_guest_word, 1);
}

/* --- traps into the kernel -------------------------------------------------------------------------------------------------- */

/* False: not yet, so that the trap is taken as on the guest's own hardware. Before `start` nothing here is the guest's. */
static bool pv_trap(struct vm *vm, uint64_t cause, uint64_t tval)
{
    struct pv *pv = vm->pv;
    struct vcpu *v = &vm->vcpu;
    struct csr_file *f = &v->priv.csr;
    if (!pv->started)
        return false;
    bool kernel = v->priv.mode != MODE_U;
    pv_put_word(vm, PV_cause, cause);
    pv_put_word(vm, PV_tval, tval);
    pv_put_word(vm, PV_epc, v->ctx->pc);
    pv_put_word(vm, PV_from_kernel, kernel);
    if (kernel) {
        pv_put_word(vm, PV_saved_sie, (f->mstatus & MSTATUS_SIE) != 0);
    } else {
        pv_put_word(vm, PV_user_tp, v->ctx->x[4]);
        v->ctx->x[4] = pv_word(vm, PV_kernel_tp);
        hw_charge(vm->hw, COST_guest_word, 1);
    }
    pv_put_word(vm, PV_sie, 0);
    f->mstatus &= ~MSTATUS_SIE;
    v->priv.mode = MODE_S;
    v->ctx->pc = kernel ? pv->entry_kernel : pv->entry_user;
    return true;
}

/* --- exits ------------------------------------------------------------------------------------------------------------------ */

/* Once it has started, a kernel has nobody else to call: no firmware of its own. */
static void exit_call(struct vm *vm, const struct hw_exit *exit)
{
    const struct vcpu *v = &vm->vcpu;
    bool ours = v->ctx->x[17] == PV_EXTENSION || vm->pv->started;
    if (v->priv.mode != MODE_S || !ours) {
        exit_ecall(vm, exit);
        return;
    }
    uint64_t pc = exit->pc;
    vm_exit_reason(vm, EXIT_hypercall);
    pv_call(vm);
    step_completed(vm, pc, exit->insn, MODE_S);
}

/* The guest's tables are the real ones: what they do not give, the guest has not given. */
static void exit_fault(struct vm *vm, const struct hw_exit *exit)
{
    if (vm->pv->started)
        exit_true_fault(vm, exit);
    else
        exit_page_fault(vm, exit);
}

/* --- running ---------------------------------------------------------------------------------------------------------------- */

/* The kernel may have masked or unmasked events since it was entered. */
static void take_mask(struct vm *vm, struct hw_exit *exit)
{
    struct csr_file *f = &vm->vcpu.priv.csr;
    (void)exit;
    if (vm->vcpu.priv.mode == MODE_U)
        return;
    f->mstatus = (f->mstatus & ~MSTATUS_SIE) | (pv_word(vm, PV_sie) & 1 ? MSTATUS_SIE : 0);
}

/* Tells the kernel what can have changed while it was not running. */
static void tell(struct vm *vm)
{
    struct pv *pv = vm->pv;
    const struct csr_file *f = &vm->vcpu.priv.csr;
    uint64_t time = clock_time(&vm->clock), pending = csr_mip(f) & f->mie;
    if (pv->time != time)
        pv_put_word(vm, PV_time, pv->time = time);
    if (pv->pending != pending)
        pv_put_word(vm, PV_pending, pv->pending = pending);
}

static void pv_run(struct vm *vm, uint64_t budget)
{
    bool user = vm->vcpu.priv.mode == MODE_U;
    if (vm->pv->started) {
        if (!user)
            tell(vm);
        direct_enter(vm, user);
        dispatch_shared(vm, budget, take_mask);
    } else if (technique_beyond_tables(&vm->vcpu.priv)) {
        dispatch_interpreted(vm);
    } else {
        shadow_enter(vm, false);
        dispatch_direct(vm, budget);
    }
}

static void pv_leave(struct vm *vm)
{
    if (vm->pv->started)
        hw_panic(vm->hw, "a paravirtual kernel cannot go on by another technique");
}

const struct technique technique_pv = {
    .name = "pv",
    .meaning =
        "paravirtualization: a kernel that knows its monitor calls it, and its own page tables are used; others: as te",
    .paravirtual = true,
    .run = pv_run,
    .leave = pv_leave,
    .trap = pv_trap,
    .handler =
        {
            [CAUSE_insn_misaligned] = exit_exception,
            [CAUSE_insn_access] = exit_exception,
            [CAUSE_illegal] = exit_illegal,
            [CAUSE_breakpoint] = exit_exception,
            [CAUSE_load_misaligned] = exit_exception,
            [CAUSE_load_access] = exit_exception,
            [CAUSE_store_misaligned] = exit_exception,
            [CAUSE_store_access] = exit_exception,
            [CAUSE_ecall_u] = exit_call,
            [CAUSE_insn_page] = exit_fault,
            [CAUSE_load_page] = exit_fault,
            [CAUSE_store_page] = exit_fault,
        },
};
