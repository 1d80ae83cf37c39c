/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Direct paging: address spaces. See direct.h.
 */
#include "isa/mmu.h"
#include "vmm/memory/direct.h"
#include "vmm/memory/root.h"
#include "vmm/vmm.h"

/* Real ASIDs: above those of shadows; for each address space one for user code, and one for the kernel. */
#define ASID_FIRST (1 + VMM_GUESTS_MAX * TABLE_NUMBER(SHADOW_ROOTS, 0))
_Static_assert(ASID_FIRST + VMM_GUESTS_MAX * 2 * DIRECT_SPACES <= UINT16_MAX, "each address space has its ASIDs");
_Static_assert(DIRECT_SPACES < UINT8_MAX, "direct_frame.space has room");

void direct_user_slots(struct vm *vm, unsigned first, unsigned end)
{
    vm->direct->user_first = first;
    vm->direct->user_end = end;
}

/* The pinned root at gpa; NULL if it is none. */
static struct direct_frame *root_at(const struct vm *vm, uint64_t gpa)
{
    uint64_t n = (gpa - RAM_BASE) / PAGE_SIZE;
    if (gpa % PAGE_SIZE || n >= vm->bus.ram.size / PAGE_SIZE || vm->direct->frame[n].type != DIRECT_ROOT)
        return NULL;
    return &vm->direct->frame[n];
}

void direct_root_changed(struct vm *vm, unsigned space, unsigned slot, uint64_t entry)
{
    const struct direct *d = vm->direct;
    if (slot < d->user_first || slot >= d->user_end)
        return;
    uint64_t *user = frame_at(&vm->pool, d->space[space].user);
    user[slot] = entry;
    hw_charge(vm->hw, COST_entry_written, 1);
}

enum pv_error direct_pin(struct vm *vm, uint64_t root)
{
    struct direct *d = vm->direct;
    unsigned space = 0;
    if (root_at(vm, root))
        return PV_already;
    while (space < DIRECT_SPACES && d->space[space].root)
        space++;
    uint64_t user = space < DIRECT_SPACES ? frame_take(&vm->pool, &d->roots) : 0;
    if (!user)
        return PV_failed;
    enum pv_error error = direct_table_get(vm, root, 2);
    if (error != PV_ok) {
        frame_release(&vm->pool, &d->roots, user);
        return error;
    }
    d->space[space] = (struct direct_space){root, user};
    root_at(vm, root)->space = (uint8_t)(space + 1);
    const uint8_t *entries = ram_at(&vm->bus.ram, root, PAGE_SIZE);
    for (unsigned slot = d->user_first; slot < d->user_end; slot++)
        direct_root_changed(vm, space, slot, bytes_get(entries + 8 * slot, 8));
    return PV_ok;
}

enum pv_error direct_unpin(struct vm *vm, uint64_t root)
{
    struct direct *d = vm->direct;
    const struct direct_frame *f = root_at(vm, root);
    if (!f)
        return PV_invalid_param;
    unsigned space = f->space - 1u;
    if (space == d->current)
        return PV_denied;
    frame_release(&vm->pool, &d->roots, d->space[space].user);
    d->space[space] = (struct direct_space){0};
    d->stale = true; /* its ASIDs will be another's */
    direct_table_put(vm, root);
    return PV_ok;
}

enum pv_error direct_set_space(struct vm *vm, uint64_t root)
{
    const struct direct_frame *f = root_at(vm, root);
    hw_charge(vm->hw, COST_table_lookup, 1);
    if (!f)
        return PV_invalid_param;
    vm->direct->current = f->space - 1u;
    return PV_ok;
}

uint64_t direct_space_now(const struct vm *vm)
{
    return vm->direct->space[vm->direct->current].root;
}

void direct_enter(struct vm *vm, bool user)
{
    struct direct *d = vm->direct;
    const struct direct_space *s = &d->space[d->current];
    uint64_t asid = ASID_FIRST + 2 * (vm->index * DIRECT_SPACES + d->current) + user;
    uint64_t frame = user ? s->user : vm_hpa(vm, s->root);
    if (d->stale)
        direct_fence(vm, true, 0);
    processor_set_satp(vm, SATP_MODE_SV39 << 60 | asid << 44 | frame >> 12);
}

void direct_fence(struct vm *vm, bool all, uint64_t gva)
{
    if (all)
        vm->direct->stale = false;
    hw_sfence(vm->hw, all, gva, true, 0);
}
