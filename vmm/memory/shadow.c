/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shadow page tables, variant "flush". See shadow.h.
 *
 * Rights. All guest modes run in real user mode, so every leaf has U; and A and D, so that the hardware never writes
 * here. A leaf is there only once the guest's own leaf has A, and writable only once that has D: the first store faults,
 * the guest's D is set as its hardware would have done, and the leaf is written again with W.
 */
#include "vmm/memory/shadow.h"

#include <stddef.h>

#include "vmm/vmm.h"

#define ENTRIES 512
#define MEGAPAGE EXTENT_SIZE /* what a leaf of level 1 maps */

/* --- which table ---------------------------------------------------------------------------------------------------------- */

static enum shadow_space space_of(const struct priv *p)
{
    if (!mmu_paged(p, p->mode))
        return SHADOW_BARE;
    if (p->mode == MODE_U)
        return SHADOW_USER;
    return p->csr.mstatus & MSTATUS_SUM ? SHADOW_SUPERVISOR_SUM : SHADOW_SUPERVISOR;
}

static uint16_t asid_of(const struct vm *vm, enum shadow_space space)
{
    return (uint16_t)(1 + vm->index * SHADOW_SPACES + space);
}

void shadow_open(struct vm *vm)
{
    struct shadow *s = &vm->shadow;
    s->roots = FRAME_CHAIN_EMPTY;
    for (unsigned space = 0; space < SHADOW_SPACES; space++) {
        uint64_t root = frame_take(&vm->pool, &s->roots);
        uint64_t asid = asid_of(vm, (enum shadow_space)space);
        s->table[space].satp = SATP_MODE_SV39 << 60 | asid << 44 | root >> 12;
        s->table[space].tables = FRAME_CHAIN_EMPTY;
    }
}

/* --- dropping --------------------------------------------------------------------------------------------------------------- */

/* No real translation of this table remains, in memory or in the TLB. */
static void empty(struct vm *vm, enum shadow_space space)
{
    struct shadow_table *t = &vm->shadow.table[space];
    if (t->tables.first == FRAME_NONE)
        return;
    uint64_t *root = frame_at(&vm->pool, SATP_PPN(t->satp) << 12);
    for (unsigned i = 0; i < ENTRIES; i++)
        root[i] = 0;
    frame_give_back(&vm->pool, &t->tables);
    hw_charge(vm->hw, COST_table_lookup, 1);
    hw_sfence(vm->hw, true, 0, false, asid_of(vm, space));
}

void shadow_drop(struct vm *vm)
{
    vm->counters.shadow_drops++;
    for (unsigned space = 0; space < SHADOW_SPACES; space++)
        if (space != SHADOW_BARE)
            empty(vm, (enum shadow_space)space);
}

void shadow_enter(struct vm *vm)
{
    struct shadow *s = &vm->shadow;
    const struct csr_file *f = &vm->vcpu.priv.csr;
    uint64_t mxr = f->mstatus & MSTATUS_MXR;
    if (s->satp != f->satp || s->mxr != mxr) {
        shadow_drop(vm);
        s->satp = f->satp;
        s->mxr = mxr;
    }
    processor_set_satp(vm, s->table[space_of(&vm->vcpu.priv)].satp);
}

/* --- filling ---------------------------------------------------------------------------------------------------------------- */

/* The rights of a leaf in real user mode; 0 if the guest has none. */
static uint64_t leaf_rights(const struct vm *vm, enum shadow_space space, const struct walk *guest)
{
    if (space == SHADOW_BARE)
        return PTE_R | PTE_W | PTE_X;
    const struct priv *p = &vm->vcpu.priv;
    uint64_t rights = 0;
    if (mmu_permits(guest->pte, ACCESS_FETCH, p->mode, p->csr.mstatus))
        rights |= PTE_X;
    if (mmu_permits(guest->pte, ACCESS_LOAD, p->mode, p->csr.mstatus))
        rights |= PTE_R;
    if ((guest->pte & PTE_D) && mmu_permits(guest->pte, ACCESS_STORE, p->mode, p->csr.mstatus))
        rights |= PTE_W;
    return rights;
}

/* Are stores anywhere in [gpa, gpa + size) the monitor's to see? */
static bool watched(const struct vm *vm, uint64_t gpa, uint64_t size)
{
    uint64_t tohost = vm->bus.htif_tohost;
    return tohost && (tohost & ~(PAGE_SIZE - 1)) + PAGE_SIZE > gpa && (tohost & ~(PAGE_SIZE - 1)) < gpa + size;
}

/* Level of the leaf that maps gpa: 1 if the guest itself maps (at least) the whole megapage there, all of it is RAM, and
 * none is watched. */
static unsigned leaf_level(const struct vm *vm, enum shadow_space space, const struct mmu_result *guest)
{
    uint64_t start = guest->pa & ~(MEGAPAGE - 1);
    bool whole = space == SHADOW_BARE || guest->walk.level > 0;
    return whole && ram_at(&vm->bus.ram, start, MEGAPAGE) && !watched(vm, start, MEGAPAGE) ? 1 : 0;
}

/* The entry of `level` for gva, with the tables above it; NULL if there are no more frames. */
static uint64_t *find_entry(struct vm *vm, enum shadow_space space, uint64_t gva, unsigned level)
{
    struct shadow_table *t = &vm->shadow.table[space];
    uint64_t *table = frame_at(&vm->pool, SATP_PPN(t->satp) << 12);
    for (unsigned at = 2;; at--) {
        uint64_t *entry = &table[gva >> (12 + 9 * at) & (ENTRIES - 1)];
        if (at == level)
            return entry;
        bool megapage = *entry & (PTE_R | PTE_X); /* gives way to smaller ones */
        if (!(*entry & PTE_V) || megapage) {
            uint64_t frame = frame_take(&vm->pool, &t->tables);
            if (!frame)
                return NULL;
            *entry = frame >> 12 << 10 | PTE_V;
            vm->counters.shadow_tables++;
            hw_charge(vm->hw, COST_entry_written, 1);
            if (megapage)
                hw_sfence(vm->hw, true, 0, false, asid_of(vm, space));
        }
        table = frame_at(&vm->pool, PTE_PPN(*entry) << 12);
    }
}

/* All shadows, the bare ones too. */
static void drop_everything(struct vm *vm)
{
    vm->counters.shadow_overflows++;
    shadow_drop(vm);
    empty(vm, SHADOW_BARE);
}

bool shadow_fill(struct vm *vm, uint64_t gva, enum access access, const struct mmu_result *guest)
{
    enum shadow_space space = space_of(&vm->vcpu.priv);
    uint64_t page = guest->pa & ~(PAGE_SIZE - 1);
    if (!ram_at(&vm->bus.ram, page, PAGE_SIZE) || (access == ACCESS_STORE && watched(vm, page, PAGE_SIZE)))
        return false;
    unsigned level = leaf_level(vm, space, guest);
    uint64_t *entry = find_entry(vm, space, gva, level);
    if (!entry) {
        drop_everything(vm);
        entry = find_entry(vm, space, gva, level);
        if (!entry)
            hw_panic(vm->hw, "no frame is left for a shadow table");
    }
    uint64_t rights = leaf_rights(vm, space, &guest->walk);
    if (watched(vm, page, PAGE_SIZE))
        rights &= ~PTE_W;
    uint64_t frame = vm_hpa(vm, level ? page & ~(MEGAPAGE - 1) : page);
    uint64_t leaf = frame >> 12 << 10 | rights | PTE_V | PTE_U | PTE_A | PTE_D, old = *entry;
    if (leaf == old)
        hw_panic(vm->hw, "the hardware faults where a shadow entry permits the access");
    *entry = leaf;
    if (old & PTE_V) /* it is another page, or it has more rights now: nobody may go on with the old one */
        hw_sfence(vm->hw, false, gva, false, asid_of(vm, space));
    vm->counters.shadow_fills++;
    hw_charge(vm->hw, COST_entry_written, 1);
    return true;
}
