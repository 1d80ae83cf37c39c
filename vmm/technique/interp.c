/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Interpretation: what the guest does in virtual M and S is interpreted, instruction by instruction; its user code runs
 * directly, in real user mode. This is the hybrid monitor of Popek and Goldberg's Theorem 3: it needs only user-sensitive
 * instructions to be privileged.
 */
#include "vmm/technique/technique.h"
#include "vmm/vm.h"

/* MPRV outside of M-mode, which only a flawed machine knows: loads and stores are another mode's, and have no table. */
static bool runs_directly(const struct priv *p)
{
    return p->mode == MODE_U && mmu_data_mode(p) == MODE_U;
}

static void interp_run(struct vm *vm, uint64_t budget)
{
    if (runs_directly(&vm->vcpu.priv)) {
        shadow_enter(vm, false);
        dispatch_direct(vm, budget);
    } else {
        dispatch_interpreted_many(vm, budget);
    }
}

const struct technique technique_interp = {
    .name = "interp",
    .meaning = "the monitor interprets the guest's kernel (virtual M and S); user code runs directly",
    .run = interp_run,
    .handler = HANDLERS_IN_USER_MODE(exit_ecall, exit_page_fault),
};
