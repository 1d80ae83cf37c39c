/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hardware assistance: the guest's kernel runs in real virtual-supervisor mode and its user code in virtual-user mode
 * (privileged ISA, chapter 8), where most of what is sensitive has registers of its own, and traps go to the guest's own
 * handlers. What comes back is what virtual M-mode does (it runs in VU-mode, as under trap and emulate), devices, time, and
 * with shadow tables all that concerns translation.
 */
#include "vmm/memory/nested.h"
#include "vmm/technique/technique.h"
#include "vmm/vmm.h"
#include "vmm/vs_state.h"

static void hw_technique_run(struct vm *vm, uint64_t budget)
{
    const struct priv *p = &vm->vcpu.priv;
    if (technique_beyond_tables(p)) {
        dispatch_interpreted(vm);
        return;
    }
    if (vm->two_stage)
        vs_enter(vm, p->mode == MODE_M ? 0 : p->csr.satp, nested_hgatp(vm), false);
    else
        vs_enter(vm, shadow_enter(vm, false)->satp, 0, true);
    dispatch_virtualized(vm, budget);
}

/* Shadows have been for another mode, and have not followed what the guest does to its tables; nor has the TLB. */
static void hw_technique_enter(struct vm *vm)
{
    shadow_forget(vm);
    vm->two_stage = vm->mmu == MMU_NESTED;
    vm->shadow.assisted = !vm->two_stage;
    if (vm->two_stage)
        nested_fence(vm);
}

static void hw_technique_leave(struct vm *vm)
{
    shadow_forget(vm);
    vm->two_stage = vm->shadow.assisted = false;
}

/* With two stages a page fault is the guest's own. With shadows it may be that without paging each mode has a table. */
static void page_fault(struct vm *vm, const struct hw_exit *exit)
{
    if (vm->two_stage)
        exit_true_fault(vm, exit);
    else if (!shadow_fits(vm))
        vm_exit_reason(vm, EXIT_page_hidden);
    else
        exit_page_fault(vm, exit);
}

const struct technique technique_hw = {
    .name = "hw",
    .meaning = "hardware assistance: the guest's kernel runs in real virtual-supervisor mode",
    .shadow = SHADOW_TRACED,
    .run = hw_technique_run,
    .enter = hw_technique_enter,
    .leave = hw_technique_leave,
    .handler =
        {
            [CAUSE_insn_misaligned] = exit_exception,
            [CAUSE_insn_access] = exit_true_fault,
            [CAUSE_illegal] = exit_illegal,
            [CAUSE_breakpoint] = exit_exception,
            [CAUSE_load_misaligned] = exit_exception,
            [CAUSE_load_access] = exit_true_fault,
            [CAUSE_store_misaligned] = exit_exception,
            [CAUSE_store_access] = exit_true_fault,
            [CAUSE_ecall_u] = exit_ecall,
            [CAUSE_ecall_vs] = exit_ecall,
            [CAUSE_insn_page] = page_fault,
            [CAUSE_load_page] = page_fault,
            [CAUSE_store_page] = page_fault,
            [CAUSE_insn_guest_page] = exit_guest_page,
            [CAUSE_load_guest_page] = exit_guest_page,
            [CAUSE_virtual_insn] = exit_virtual,
            [CAUSE_store_guest_page] = exit_guest_page,
        },
};
