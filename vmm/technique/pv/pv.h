/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paravirtualization: a kernel that knows its monitor and calls it (vmm/hypercall.def; docs/paravirtual.md). Freestanding.
 *
 * Until the kernel has called `start` it runs as under te: most kernels never do. From then on it runs, in real user mode, in
 * its own page tables (vmm/memory/direct.h); its traps go to the entries that it has named, with what it needs to know in the
 * shared page; there are no devices in its address space, and no virtual M-mode.
 *
 * Files: pv.c runs the guest, takes traps and finds calls; calls.c has the calls; devices.c those of devices.
 */
#ifndef VMM_PV_H
#define VMM_PV_H

#include "vmm/hypercall.h"
#include "vmm/vm.h"

struct pv {
    bool started;
    uint64_t shared;           /* gpa of the page */
    uint8_t *words;            /* the same, as memory */
    uint64_t entry_user, entry_kernel;
    uint64_t time, pending;    /* as last told */
};

/* What a call gives to its caller. */
struct pv_result {
    int64_t error;
    uint64_t value;
};
#define PV_ARGS 5
#define PV_RESULT(error, value) ((struct pv_result){(error), (value)})

static inline uint64_t pv_word(const struct vm *vm, enum pv_word word)
{
    return bytes_get(vm->pv->words + 8 * word, 8);
}

void pv_put_word(struct vm *vm, enum pv_word word, uint64_t value);

/* Carries out the call that the guest's registers ask for, pc moved on; the result is in them. */
void pv_call(struct vm *vm);

/* --- devices.c ------------------------------------------------------------------------------------------------------------ */

/* The board as a paravirtual kernel finds it: drives are reset, so that nothing is under way to its memory. */
void pv_open_devices(struct vm *vm);

struct pv_result pv_events(struct vm *vm, const uint64_t *args);
struct pv_result pv_console_write(struct vm *vm, const uint64_t *args);
struct pv_result pv_console_read(struct vm *vm, const uint64_t *args);
struct pv_result pv_block_ring(struct vm *vm, const uint64_t *args);
struct pv_result pv_block_kick(struct vm *vm, const uint64_t *args);
struct pv_result pv_halt(struct vm *vm, const uint64_t *args);
struct pv_result pv_reset(struct vm *vm, const uint64_t *args);

#endif
