/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A technique is a way to let a guest's instructions happen. All else is shared: virtual state, virtual devices, the
 * reflection of traps, the routines v_i. A guest can change its technique between any two of its steps. Freestanding.
 */
#ifndef VMM_TECHNIQUE_H
#define VMM_TECHNIQUE_H

#include "isa/trap.h"
#include "vmm/dispatcher.h"
#include "vmm/memory/shadow.h"

#define TECHNIQUE_CAUSES 24 /* exceptions of the machine */

struct technique {
    const char *name, *meaning;
    enum shadow_variant shadow; /* that suits it, unless another is wished */
    bool paravirtual;           /* for a kernel that asks for it: another environment, that no run changes to or from */

    /* The guest goes on, for at least one and at most `budget` steps (> 0). Before and after it stands between two steps. */
    void (*run)(struct vm *vm, uint64_t budget);

    /* This technique follows another, or is the guest's first; another follows: what is kept of the guest goes. NULL: nothing. */
    void (*enter)(struct vm *vm);
    void (*leave)(struct vm *vm);

    /* Takes a trap that the guest sees from its pc, in its own way. False, or NULL: as the architecture does. */
    bool (*trap)(struct vm *vm, uint64_t cause, uint64_t tval);

    /* What becomes of an exit of the hardware, by its cause. NULL: it cannot happen under this technique. */
    exit_handler *handler[TECHNIQUE_CAUSES];
};

/* What a guest in real user mode can come back for: initializes `handler`. An ecall, or a page fault of a
 * store, is dealt with by the function named. */
#define HANDLERS_IN_USER_MODE(ecall, store_fault)                                                                          \
    {                                                                                                                      \
        [CAUSE_insn_misaligned] = exit_exception, [CAUSE_insn_access] = exit_exception, [CAUSE_illegal] = exit_illegal,    \
        [CAUSE_breakpoint] = exit_exception, [CAUSE_load_misaligned] = exit_exception,                                     \
        [CAUSE_load_access] = exit_exception, [CAUSE_store_misaligned] = exit_exception,                                   \
        [CAUSE_store_access] = exit_exception, [CAUSE_ecall_u] = (ecall), [CAUSE_insn_page] = exit_page_fault,             \
        [CAUSE_load_page] = exit_page_fault, [CAUSE_store_page] = (store_fault),                                           \
    }

/* Virtual M-mode that loads and stores through another mode's translation (MPRV): no real table has that mixture. */
static inline bool technique_beyond_tables(const struct priv *p)
{
    return p->mode == MODE_M && mmu_data_mode(p) != MODE_M;
}

extern const struct technique technique_interp, technique_te, technique_bt, technique_hw, technique_pv;

#endif
