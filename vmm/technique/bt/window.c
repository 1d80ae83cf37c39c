/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window. See window.h.
 */
#include "vmm/technique/bt/window.h"

#include <stddef.h>

#include "isa/mmu.h"
#include "vmm/technique/bt/translator.h"

#define LEAF (PTE_V | PTE_U | PTE_A | PTE_D)
#define LEVEL0(va) ((va) >> 12 & 511)

static uint64_t leaf(uint64_t hpa, uint64_t rights)
{
    return hpa >> 12 << 10 | LEAF | rights;
}

static void *take(struct vm *vm, uint64_t *hpa, uint64_t bytes)
{
    void *p = hw_frames(vm->hw, *hpa, bytes);
    *hpa += bytes;
    return p;
}

static void open_space(struct vm *vm, struct window_space *s, uint64_t *stored, uint64_t *loaded)
{
    const struct translator *t = vm->translator;
    s->level0 = share_take(vm, PAGE_SIZE, &s->level0_hpa);
    for (uint64_t p = 0; p < CACHE_PAGES; p++)
        s->level0[LEVEL0(TRANSLATOR_BASE) + p] = leaf(t->cache_hpa + p * PAGE_SIZE, PTE_X);
    for (uint64_t p = 0; p < PROBE_BYTES / PAGE_SIZE; p++)
        s->level0[LEVEL0(PROBES_BASE) + p] = leaf(*loaded + p * PAGE_SIZE, PTE_R);
    s->probe = take(vm, loaded, PROBE_BYTES);
    s->level0[LEVEL0(SLOTS_BASE)] = leaf(*stored, PTE_R | PTE_W);
    s->slots = take(vm, stored, PAGE_SIZE);
}

void window_open(struct vm *vm, uint64_t stored, uint64_t loaded)
{
    struct window *w = &vm->translator->window;
    w->space = share_take(vm, SPACES * sizeof *w->space, NULL);
    for (unsigned space = 0; space < SPACES; space++) {
        w->now = &w->space[space];
        open_space(vm, w->now, &stored, &loaded);
        w->now->probed = true;
        window_clear_probes(vm, space);
        adaptive_clear(vm, space);
        *window_slot(w, SLOT_LOG_FREE) = LOG_BYTES;
    }
}

void window_set_leaf(struct vm *vm, struct window_space *s, uint64_t va, uint64_t hpa, uint64_t rights)
{
    uint64_t *entry = &s->level0[LEVEL0(va)], old = *entry;
    *entry = rights ? leaf(hpa, rights) : 0;
    hw_charge(vm->hw, COST_entry_written, 1);
    if (old)
        hw_sfence(vm->hw, false, va, true, 0);
}

void window_map(struct vm *vm, struct shadow_table *table, unsigned space)
{
    shadow_map_window(vm, table, vm->translator->window.space[space].level0_hpa);
}

void window_clear_probes(struct vm *vm, unsigned space)
{
    struct window_space *s = &vm->translator->window.space[space];
    for (unsigned i = 0; s->probed && i < PROBES; i++)
        s->probe[i].gva = PROBE_NONE;
    s->probed = false;
}

/* --- CSRs ------------------------------------------------------------------------------------------------------------------- */

#define SSTATUS_WRITTEN (MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP) /* translated code writes no other bits of it */

void window_give_csrs(struct vm *vm, unsigned space)
{
    struct window *w = &vm->translator->window;
    const struct csr_file *f = &vm->vcpu.priv.csr;
    w->now = &w->space[space];
    *window_slot(w, SLOT_SSCRATCH) = f->sscratch;
    *window_slot(w, SLOT_SEPC) = f->sepc;
    *window_slot(w, SLOT_SCAUSE) = f->scause;
    *window_slot(w, SLOT_STVAL) = f->stval;
    *window_slot(w, SLOT_STVEC) = f->stvec;
    *window_slot(w, SLOT_SSTATUS) = f->mstatus & SSTATUS_MASK;
    *window_slot(w, SLOT_SIE) = f->mie & f->mideleg;
    *window_slot(w, SLOT_SIP) = csr_mip(f) & f->mideleg;
    hw_charge(vm->hw, COST_reg_moved, WINDOW_CSRS);
}

/* The guest can write anything to its window: only what its own CSRs could hold comes back. */
void window_read_csrs(const struct window *w, struct csr_file *f)
{
    f->sscratch = *window_slot(w, SLOT_SSCRATCH);
    f->sepc = *window_slot(w, SLOT_SEPC) & ~UINT64_C(1);
    f->scause = *window_slot(w, SLOT_SCAUSE);
    f->stval = *window_slot(w, SLOT_STVAL);
    f->stvec = *window_slot(w, SLOT_STVEC) & ~UINT64_C(2);
    f->mstatus = (f->mstatus & ~SSTATUS_WRITTEN) | (*window_slot(w, SLOT_SSTATUS) & SSTATUS_WRITTEN);
}

void window_take_csrs(struct vm *vm)
{
    window_read_csrs(&vm->translator->window, &vm->vcpu.priv.csr);
    hw_charge(vm->hw, COST_reg_moved, WINDOW_CSRS - 2);
}
