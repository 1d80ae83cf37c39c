/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trap and emulate: the guest, its kernel included, runs in real user mode. Every sensitive instruction is privileged
 * there, so it traps, and its routine v_i does to the guest's virtual state what it would have done to the real one.
 * This is the construction of Popek and Goldberg's Theorem 1.
 */
#include "vmm/technique/technique.h"
#include "vmm/vm.h"

static void te_run(struct vm *vm, uint64_t budget)
{
    if (technique_beyond_tables(&vm->vcpu.priv)) {
        dispatch_interpreted(vm);
    } else {
        shadow_enter(vm, false);
        dispatch_direct(vm, budget);
    }
}

const struct technique technique_te = {
    .name = "te",
    .meaning = "trap and emulate: all of the guest runs in real user mode, where its sensitive instructions trap",
    .run = te_run,
    .handler = HANDLERS_IN_USER_MODE(exit_ecall, exit_page_fault),
};
