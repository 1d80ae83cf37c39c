/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The monitor, as its owner sees it: make one on a machine, give it guests, run them.
 *
 *   real RAM:  | monitor | share of guest 0 | RAM of guest 0 | share of guest 1 | RAM of guest 1 | ...
 *
 * A guest's share holds its struct vm and its tables; its RAM is contiguous. Each part starts on 2 MiB. Freestanding.
 *
 * A run is:
 *     vmm = vmm_open(hw, real_ram);
 *     vm = vmm_add_guest(vmm, &config);           for each guest; then its images are loaded through &vm->bus
 *     vm->vcpu.ctx->pc = entry;                   the reset vector of the ROM, if not set
 *     while (vmm_run(vmm, steps)) ...             until every guest has ended: vm->end says how
 */
#ifndef VMM_VMM_H
#define VMM_VMM_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/vm.h"

#define VMM_GUESTS_MAX 16
#define VMM_VS_REGISTERS 19 /* rows of vs_state.def */
#define VMM_SLICE 100000                 /* steps, or of its time spent waiting, that a guest may do before the next one has its turn */
#define VMM_PAUSE (UINT64_C(1) << 24)    /* steps that turns are long until the monitor pauses */

/* The monitor: which real resources there are, and who has them. */
struct vmm {
    struct hw *hw;
    uint64_t granted, limit; /* hpa: real RAM is handed out up to here; its end */
    struct vm *guest[VMM_GUESTS_MAX];
    unsigned guests;
    struct vm *current; /* whose registers are in the machine; NULL before the first run */
    uint64_t satp;      /* what the real satp holds */

    /* Where vmm_run() is: whose turn it is, up to which T (0: it has not begun), and if it waits up to which V; of how many steps
     * turns are in this round. */
    unsigned turn;
    uint64_t turn_goal, turn_until, turn_steps;

    /* Hardware assistance (vs_state.h): hw_run() enters VS- or VU-mode; what the registers of vs_state.def hold, if known. */
    bool virtualized, vs_known;
    uint64_t vs[VMM_VS_REGISTERS];
};

/* What a guest is to be. */
struct vm_config {
    uint64_t ram_size; /* bytes; a multiple of PAGE_SIZE, not 0 */
    const struct technique *technique;
    insn_profile profile;
    enum shadow_variant shadow;
    enum vm_mmu mmu; /* what technique `hw` uses; the others have shadows */
    bool small_pages; /* nested: of 4 KiB only */
    struct translator_options translator;
    uint64_t step_cycles; /* 0: --clock insns. Else --clock cycles: what a step is expected to cost, at least 1 */
};

/* The techniques that there are, by their names. */
extern const struct technique *const techniques[];
extern const unsigned techniques_count;

/* Bytes of real RAM that a monitor needs for n guests with so much RAM each. */
uint64_t vmm_real_ram(const uint64_t *guest_ram_sizes, unsigned n);

/* The hpa of guest k's RAM: the map by which the simulator audits the monitor, so it asks nothing of an allocator. */
uint64_t vmm_guest_base(const uint64_t *guest_ram_sizes, unsigned k);

/* The hpa of guest k's share, which ends where its RAM begins: likewise. */
uint64_t vmm_guest_share(const uint64_t *guest_ram_sizes, unsigned k);
/* Bytes of real memory, right below the guest's RAM, that its translated code can reach: the cache that it is executed from;
 * pages that it can store to; and pages that it only loads from. */
#define VMM_WINDOW (UINT64_C(768) << 10)
#define VMM_WINDOW_CACHE (UINT64_C(512) << 10)
#define VMM_WINDOW_STORED (UINT64_C(64) << 10)

/* Takes over a machine with so much RAM. NULL if it is too little. */
struct vmm *vmm_open(struct hw *hw, uint64_t real_ram);

/* A new guest, reset: virtual M-mode, pc at the ROM, no drives; RAM as it is found (zero on a new machine). NULL if there
 * is no room for it. */
struct vm *vmm_add_guest(struct vmm *vmm, const struct vm_config *config);

/* Each guest that has not ended does `steps` more steps, in turns, or ends. Comes back at exactly that step. Returns
 * whether any can go on. */
bool vmm_run(struct vmm *vmm, uint64_t steps);

/* The guest's reset line: its processor and devices are as at first, its images are loaded again, the rest of its memory stays; time
 * goes on. Between two of its steps. False: it cannot be reset, and nothing has happened. */
bool vm_reset(struct vm *vm);

/* The same, with pauses: it may come back earlier, so that somebody can look after the outside, and then is to go on. Also if it was
 * left for good in a call-back where a guest stood between two steps, or waited (vm_probe). */
bool vmm_begin(struct vmm *vmm, uint64_t steps);
bool vmm_go_on(struct vmm *vmm);
bool vmm_paused(const struct vmm *vmm);

/* From its next step on the guest is run by this technique. Nothing that it can see changes. */
void vm_set_technique(struct vm *vm, const struct technique *technique);

#endif
