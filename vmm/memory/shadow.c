/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shadow page tables: which one is used, and how they are filled. See shadow.h.
 *
 * Rights. All guest modes run in real user mode (but for hardware assistance, whose leaves have the guest's own), so every
 * leaf has U; and A and D, so that the hardware never writes here. A leaf is there only once the guest's own leaf has A, and writable only once that has D: the first store faults,
 * the guest's D is set as its hardware would have done, and the leaf is written again with W.
 */
#include "vmm/memory/shadow.h"

#include <stddef.h>

#include "vmm/memory/root.h"
#include "vmm/vmm.h"

/* --- which table ---------------------------------------------------------------------------------------------------------- */

void shadow_open(struct vm *vm, enum shadow_variant variant)
{
    vm->shadow.variant = variant;
    vm->shadow.roots[0].used = true;
    vm->shadow.paged = 1;
}

/* Hardware assistance has virtual M-mode in VU-mode. */
static enum shadow_view assisted_view_of(const struct priv *p, bool paged)
{
    return paged || p->mode == MODE_S ? VIEW_ASSISTED : VIEW_USER;
}

static enum shadow_view view_of(const struct priv *p, bool paged, bool translated)
{
    bool sum = p->csr.mstatus & MSTATUS_SUM;
    if (p->mode == MODE_U || (!paged && !translated))
        return VIEW_USER;
    if (!paged)
        return p->mode == MODE_M ? VIEW_TRANSLATED_M : VIEW_TRANSLATED;
    if (translated)
        return sum ? VIEW_TRANSLATED_SUM : VIEW_TRANSLATED;
    return sum ? VIEW_SUPERVISOR_SUM : VIEW_SUPERVISOR;
}

static bool is_translated(enum shadow_view view)
{
    return view >= VIEW_TRANSLATED;
}

static void load(struct vm *vm)
{
    struct shadow *s = &vm->shadow;
    unsigned number = TABLE_NUMBER(s->root, s->view);
    if (!table_make(vm, number)) {
        shadow_start_over(vm);
        if (!table_make(vm, number))
            hw_panic(vm->hw, "no frame is left for a shadow root");
    }
    if (!s->assisted) /* else it is vsatp's */
        processor_set_satp(vm, table_numbered(vm, number)->satp);
}

struct shadow_table *shadow_enter(struct vm *vm, bool translated)
{
    struct shadow *s = &vm->shadow;
    const struct priv *p = &vm->vcpu.priv;
    bool paged = mmu_paged(p, p->mode);
    s->root = 0;
    if (paged || s->variant == SHADOW_FLUSH) { /* that drops at a change of satp even if the guest does not use it yet */
        unsigned root = root_for(vm, p->csr.satp, p->csr.mstatus & MSTATUS_MXR);
        s->root = paged ? root : 0;
    }
    s->view = s->assisted ? assisted_view_of(p, paged) : view_of(p, paged, translated);
    load(vm);
    return &s->roots[s->root].table[s->view];
}

bool shadow_fits(const struct vm *vm)
{
    const struct shadow *s = &vm->shadow;
    return !s->assisted || s->view == assisted_view_of(&vm->vcpu.priv, s->root != 0);
}

unsigned shadow_root_now(const struct vm *vm)
{
    return vm->shadow.root;
}

void shadow_fence(struct vm *vm)
{
    if (vm->shadow.variant == SHADOW_FLUSH)
        shadow_drop(vm);
}

/* --- filling ---------------------------------------------------------------------------------------------------------------- */

/* Those of the guest's own leaf: VS- and VU-mode, SUM and MXR are the hardware's. */
static uint64_t own_rights(uint64_t pte)
{
    return pte & (PTE_U | PTE_X | PTE_R | (pte & PTE_D ? PTE_W : 0));
}

/* The rights of a leaf, U among them; of nothing else if the guest has none. */
static uint64_t leaf_rights(const struct vm *vm, const struct walk *guest)
{
    const struct shadow *s = &vm->shadow;
    uint64_t execute = is_translated(s->view) ? 0 : PTE_X, rights = PTE_U;
    if (s->view == VIEW_ASSISTED)
        return s->root == 0 ? PTE_R | PTE_W | PTE_X : own_rights(guest->pte);
    if (s->root == 0)
        return PTE_R | PTE_W | PTE_U | execute;
    enum mode mode = s->view == VIEW_USER ? MODE_U : MODE_S;
    bool sum = s->view == VIEW_SUPERVISOR_SUM || s->view == VIEW_TRANSLATED_SUM;
    uint64_t mstatus = s->roots[s->root].mxr | (sum ? MSTATUS_SUM : 0);
    if (mmu_permits(guest->pte, ACCESS_FETCH, mode, mstatus))
        rights |= execute;
    if (mmu_permits(guest->pte, ACCESS_LOAD, mode, mstatus))
        rights |= PTE_R;
    if ((guest->pte & PTE_D) && mmu_permits(guest->pte, ACCESS_STORE, mode, mstatus))
        rights |= PTE_W;
    return rights;
}

/* Level of the leaf that maps gpa: 1 if the guest itself maps (at least) the whole megapage there, all of it is RAM, and
 * none is watched. */
static unsigned leaf_level(const struct vm *vm, const struct mmu_result *guest)
{
    uint64_t start = guest->pa & ~(MEGAPAGE - 1);
    bool whole = vm->shadow.root == 0 || guest->walk.level > 0;
    return whole && ram_at(&vm->bus.ram, start, MEGAPAGE) && !watch_megapage(vm, start) ? 1 : 0;
}

static void write_leaf(struct vm *vm, uint64_t *entry, uint64_t leaf, uint64_t gva)
{
    uint64_t old = *entry;
    if (leaf == old)
        hw_panic(vm->hw, "the hardware faults where a shadow entry permits the access");
    *entry = leaf;
    if (old & PTE_V) /* it is another page, or it has more rights now: nobody may go on with the old one */
        table_fence(vm, TABLE_NUMBER(vm->shadow.root, vm->shadow.view), false, gva);
    vm->counters.shadow_fills++;
    hw_charge(vm->hw, COST_entry_written, 1);
}

/* Whatever translates gva in the root in use is traced, if this variant does. False if there is no room. */
static bool follow(struct vm *vm, uint64_t gva)
{
    const struct shadow *s = &vm->shadow;
    return s->root == 0 || s->variant == SHADOW_FLUSH || trace_path(vm, s->root, gva);
}

/* As shadow_fill(), but for FILL_FULL: some bound is reached, and nothing was mapped. */
enum fill { FILL_DONE, FILL_REFUSED, FILL_FULL };

static enum fill try_fill(struct vm *vm, uint64_t gva, enum access access, const struct mmu_result *guest)
{
    unsigned number = TABLE_NUMBER(vm->shadow.root, vm->shadow.view);
    uint64_t page = guest->pa & ~(PAGE_SIZE - 1);
    if (!table_make(vm, number) || !follow(vm, gva))
        return FILL_FULL;
    bool watched = watch_page(vm, page);
    if (access == ACCESS_STORE && watched)
        return FILL_REFUSED;
    uint64_t rights = leaf_rights(vm, &guest->walk);
    if (watched)
        rights &= ~PTE_W;
    unsigned level = leaf_level(vm, guest);
    uint64_t *entry = table_entry(vm, number, gva, &level);
    uint64_t gpa = level ? page & ~(MEGAPAGE - 1) : page, frame = vm_hpa(vm, gpa);
    if (!entry || !watch_mapped(vm, gpa, level, number, gva))
        return FILL_FULL;
    write_leaf(vm, entry, frame >> 12 << 10 | rights | PTE_V | PTE_A | PTE_D, gva);
    return FILL_DONE;
}

bool shadow_fill(struct vm *vm, uint64_t gva, enum access access, const struct mmu_result *guest)
{
    bool translated = is_translated(vm->shadow.view);
    if (!ram_at(&vm->bus.ram, guest->pa & ~(PAGE_SIZE - 1), PAGE_SIZE) || (translated && gva >= SHADOW_WINDOW) ||
        (translated && access == ACCESS_FETCH))
        return false;
    enum fill result = try_fill(vm, gva, access, guest);
    if (result == FILL_FULL) {
        shadow_start_over(vm);
        result = try_fill(vm, gva, access, guest);
        if (result == FILL_FULL)
            hw_panic(vm->hw, "no frame is left for a shadow table");
    }
    return result == FILL_DONE;
}

/* --- for the translator ------------------------------------------------------------------------------------------------------- */

/* The table of level 1 is the only one that it may need. */
static bool try_map_window(struct vm *vm, uint64_t level0)
{
    unsigned number = TABLE_NUMBER(vm->shadow.root, vm->shadow.view), level = 1;
    uint64_t *entry = table_entry(vm, number, SHADOW_WINDOW, &level);
    if (!entry)
        return false;
    *entry = level0 >> 12 << 10 | PTE_V;
    table_numbered(vm, number)->window = true;
    table_numbered(vm, number)->level0 = level0;
    hw_charge(vm->hw, COST_entry_written, 1);
    return true;
}

static void start_over_with_window(struct vm *vm, uint64_t level0)
{
    shadow_start_over(vm);
    load(vm);
    if (!try_map_window(vm, level0))
        hw_panic(vm->hw, "no frame is left for the translator's window");
}

void shadow_map_window(struct vm *vm, struct shadow_table *t, uint64_t level0)
{
    struct shadow *s = &vm->shadow;
    if (t != &s->roots[s->root].table[s->view] || !is_translated(s->view) || t->window)
        hw_panic(vm->hw, "a window into the wrong shadow table");
    if (!try_map_window(vm, level0))
        start_over_with_window(vm, level0);
}

/* The guest's own entry i of the table at gpa; 0 where there is no memory. */
static uint64_t guest_entry(struct vm *vm, uint64_t table, unsigned i)
{
    const uint8_t *bytes = ram_at(&vm->bus.ram, table + 8 * (uint64_t)i, 8);
    hw_charge(vm->hw, COST_guest_word, 1);
    return bytes ? bytes_get(bytes, 8) : 0;
}

bool shadow_window_used(struct vm *vm)
{
    if (vm->shadow.root == 0)
        return false;
    shadow_follow(vm, SHADOW_WINDOW);
    uint64_t table = SATP_PPN(vm->shadow.roots[vm->shadow.root].satp) << 12, entry;
    for (unsigned level = 2; level > 0; level--) {
        entry = guest_entry(vm, table, SHADOW_ENTRIES - 1);
        if (!(entry & PTE_V))
            return false;
        if (entry & (PTE_R | PTE_X))
            return true;
        table = PTE_PPN(entry) << 12;
    }
    for (unsigned i = SHADOW_ENTRIES / 2; i < SHADOW_ENTRIES; i++)
        if (guest_entry(vm, table, i) & PTE_V)
            return true;
    return false;
}

void shadow_follow(struct vm *vm, uint64_t gva)
{
    if (follow(vm, gva))
        return;
    const struct shadow_table *t = table_numbered(vm, TABLE_NUMBER(vm->shadow.root, vm->shadow.view));
    if (t->window) {
        start_over_with_window(vm, t->level0);
    } else {
        shadow_start_over(vm);
        load(vm);
    }
    if (!follow(vm, gva))
        hw_panic(vm->hw, "the guest's tables cannot be traced");
}

bool shadow_is_table(struct vm *vm, uint64_t gpa)
{
    return watch_flags(vm, gpa) & WATCH_TABLE;
}

void shadow_table_written(struct vm *vm, uint64_t gpa, uint64_t n)
{
    while (n) {
        uint64_t room = PAGE_SIZE - gpa % PAGE_SIZE, part = n < room ? n : room;
        if (shadow_is_table(vm, gpa))
            trace_written(vm, gpa, part, false);
        gpa += part;
        n -= part;
    }
}
