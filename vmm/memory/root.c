/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The roots of a guest's shadows: their tables, made, walked and emptied. See root.h.
 */
#include "vmm/memory/root.h"

#include <stddef.h>

#include "vmm/vmm.h"
#include "vmm/vs_state.h"

#define LAST (SHADOW_ENTRIES - 1)

static unsigned index_of(uint64_t gva, unsigned level)
{
    return gva >> (12 + 9 * level) & LAST;
}

static bool is_leaf(uint64_t entry)
{
    return entry & (PTE_R | PTE_X);
}

/* --- tables ----------------------------------------------------------------------------------------------------------------- */

uint16_t table_asid(const struct vm *vm, unsigned number)
{
    return (uint16_t)(1 + vm->index * TABLE_NUMBER(SHADOW_ROOTS, 0) + number);
}

/* Under hardware assistance the table is of the first stage, whose entries the TLB keeps apart (hgatp 0: no second). */
void table_fence(struct vm *vm, unsigned number, bool all_addresses, uint64_t gva)
{
    if (vm->shadow.assisted) {
        vs_set_hgatp(vm->vmm, 0);
        hw_hfence_vvma(vm->hw, all_addresses, gva, false, table_asid(vm, number));
    } else {
        hw_sfence(vm->hw, all_addresses, gva, false, table_asid(vm, number));
    }
}

bool table_make(struct vm *vm, unsigned number)
{
    struct shadow_table *t = table_numbered(vm, number);
    if (t->satp)
        return true;
    t->root = t->tables = FRAME_CHAIN_EMPTY;
    uint64_t root = frame_take(&vm->pool, &t->root), asid = table_asid(vm, number);
    if (!root)
        return false;
    t->satp = SATP_MODE_SV39 << 60 | asid << 44 | root >> 12;
    t->window = false;
    return true;
}

static uint64_t *root_of(struct vm *vm, const struct shadow_table *t)
{
    return frame_at(&vm->pool, SATP_PPN(t->satp) << 12);
}

static uint64_t *table_below(struct vm *vm, uint64_t entry)
{
    return frame_at(&vm->pool, PTE_PPN(entry) << 12);
}

/* The entry of level 1 by which t reaches the translator's table: that one is not in the pool. */
static bool is_window(const struct shadow_table *t, uint64_t gva)
{
    return t->window && gva >= SHADOW_WINDOW;
}

uint64_t *table_leaf(struct vm *vm, unsigned number, uint64_t gva, unsigned *level)
{
    const struct shadow_table *t = table_numbered(vm, number);
    if (!t->satp || is_window(t, gva))
        return NULL;
    uint64_t *table = root_of(vm, t);
    for (unsigned at = 2;; at--) {
        uint64_t *entry = &table[index_of(gva, at)];
        if (!(*entry & PTE_V))
            return NULL;
        if (is_leaf(*entry)) {
            *level = at;
            return entry;
        }
        table = table_below(vm, *entry);
    }
}

uint64_t *table_entry(struct vm *vm, unsigned number, uint64_t gva, unsigned *level)
{
    struct shadow_table *t = table_numbered(vm, number);
    uint64_t *table = root_of(vm, t);
    for (unsigned at = 2;; at--) {
        uint64_t *entry = &table[index_of(gva, at)];
        bool pages = at && (*entry & PTE_V) && !is_leaf(*entry);
        if (at == *level && !pages)
            return entry;
        if (!pages) { /* a megapage gives way to smaller ones */
            uint64_t frame = frame_take(&vm->pool, &t->tables);
            if (!frame)
                return NULL;
            bool megapage = *entry & PTE_V;
            *entry = frame >> 12 << 10 | PTE_V;
            vm->counters.shadow_tables++;
            hw_charge(vm->hw, COST_entry_written, 1);
            if (megapage)
                table_fence(vm, number, true, 0);
        }
        if (at == *level)
            *level = at - 1;
        table = table_below(vm, *entry);
    }
}

/* No real translation of this table remains, in memory or in the TLB. */
static void table_empty(struct vm *vm, unsigned number)
{
    struct shadow_table *t = table_numbered(vm, number);
    if (!t->satp || t->tables.first == FRAME_NONE)
        return;
    __builtin_memset(root_of(vm, t), 0, FRAME_SIZE);
    frame_give_back(&vm->pool, &t->tables);
    t->window = false;
    hw_charge(vm->hw, COST_table_lookup, 1);
    table_fence(vm, number, true, 0);
}

/* The table is as if it had never been made. */
static void table_give_back(struct vm *vm, unsigned number)
{
    struct shadow_table *t = table_numbered(vm, number);
    if (!t->satp)
        return;
    table_empty(vm, number);
    frame_give_back(&vm->pool, &t->root);
    t->satp = 0;
}

/* --- ranges ----------------------------------------------------------------------------------------------------------------- */

/* Takes the entry of level 1 at gva away with what is below it: not the translator's table, which is its own. */
static void remove_megapage(struct vm *vm, struct shadow_table *t, uint64_t *entry, uint64_t gva)
{
    if (is_window(t, gva))
        t->window = false;
    else if (!is_leaf(*entry))
        frame_release(&vm->pool, &t->tables, PTE_PPN(*entry) << 12);
    *entry = 0;
    hw_charge(vm->hw, COST_entry_written, 1);
}

/* Takes away what is mapped in the gigapage of gva. */
static void remove_gigapage(struct vm *vm, struct shadow_table *t, uint64_t *entry, uint64_t gva)
{
    uint64_t *middle = table_below(vm, *entry), gigapage = gva & ~(level_size(2) - 1);
    for (unsigned i = 0; i < SHADOW_ENTRIES; i++)
        if (middle[i] & PTE_V)
            remove_megapage(vm, t, &middle[i], gigapage | (uint64_t)i << 21);
}

/* Takes away what an entry of this level at gva maps in one table, from memory and from the TLB. False: nothing. If the
 * translator's window is where something changes, it goes: whether it may be there is to be asked again. */
static bool table_invalidate(struct vm *vm, unsigned number, uint64_t gva, unsigned level)
{
    struct shadow_table *t = table_numbered(vm, number);
    if (!t->satp)
        return false;
    uint64_t *entry = &root_of(vm, t)[index_of(gva, 2)];
    if (!(*entry & PTE_V))
        return false;
    if (level == 2) {
        remove_gigapage(vm, t, entry, gva);
        table_fence(vm, number, true, 0);
        return true;
    }
    entry = &table_below(vm, *entry)[index_of(gva, 1)];
    if (!(*entry & PTE_V))
        return false;
    if (level == 1 || is_leaf(*entry) || is_window(t, gva)) {
        bool one = is_leaf(*entry); /* any address of it will do to fence a superpage (4.2.1) */
        remove_megapage(vm, t, entry, gva);
        table_fence(vm, number, !one, one ? gva : 0);
        return true;
    }
    entry = &table_below(vm, *entry)[index_of(gva, 0)];
    if (!(*entry & PTE_V))
        return false;
    *entry = 0;
    hw_charge(vm->hw, COST_entry_written, 1);
    table_fence(vm, number, false, gva);
    return true;
}

static void tell(struct vm *vm, unsigned root, uint64_t gva, uint64_t size)
{
    if (vm->observer.unmapped)
        vm->observer.unmapped(vm, root, gva, size);
}

void root_invalidate(struct vm *vm, unsigned root, uint64_t gva, unsigned level)
{
    if (level == TRACE_EVERYTHING) {
        root_drop(vm, root);
        return;
    }
    bool any = false;
    for (unsigned view = 0; view < SHADOW_VIEWS; view++)
        any |= table_invalidate(vm, TABLE_NUMBER(root, view), gva, level);
    vm->counters.shadow_invalidations += any;
    if (level)
        trace_mark(vm, root, gva, level);
    tell(vm, root, gva & ~(level_size(level) - 1), level_size(level));
}

/* --- roots ------------------------------------------------------------------------------------------------------------------ */

void root_drop(struct vm *vm, unsigned root)
{
    for (unsigned view = 0; view < SHADOW_VIEWS; view++)
        table_empty(vm, TABLE_NUMBER(root, view));
    trace_mark(vm, root, 0, TRACE_EVERYTHING);
    tell(vm, root, 0, UINT64_MAX);
}

static void drop_all(struct vm *vm)
{
    for (unsigned root = 1; root < SHADOW_ROOTS; root++)
        if (vm->shadow.roots[root].used)
            root_drop(vm, root);
    trace_sweep(vm);
}

void shadow_drop(struct vm *vm)
{
    vm->counters.shadow_drops++;
    drop_all(vm);
}

void shadow_forget(struct vm *vm)
{
    drop_all(vm);
    for (unsigned number = 0; number < TABLE_NUMBER(SHADOW_ROOTS, 0); number++)
        table_give_back(vm, number);
    watch_forget(vm);
}

void shadow_start_over(struct vm *vm)
{
    vm->counters.shadow_overflows++;
    vm->counters.shadow_drops++;
    shadow_forget(vm);
}

static void root_become(struct vm *vm, unsigned root, uint64_t satp, uint64_t mxr)
{
    struct shadow_root *r = &vm->shadow.roots[root];
    r->used = true;
    r->satp = satp;
    r->mxr = mxr;
    vm->counters.shadow_roots++;
}

static bool root_is(const struct shadow_root *r, uint64_t satp, uint64_t mxr)
{
    return r->used && r->satp == satp && r->mxr == mxr;
}

/* The one that was entered least recently, now free of what it stood for. */
static unsigned oldest_root(struct vm *vm)
{
    unsigned oldest = 1;
    const struct shadow_root *roots = vm->shadow.roots;
    for (unsigned root = 2; root < SHADOW_ROOTS; root++)
        if (roots[root].entered < roots[oldest].entered)
            oldest = root;
    if (!roots[oldest].used)
        return oldest;
    root_drop(vm, oldest);
    trace_sweep(vm);
    for (unsigned view = 0; view < SHADOW_VIEWS; view++)
        table_give_back(vm, TABLE_NUMBER(oldest, view));
    return oldest;
}

/* Variant "traced". */
static unsigned remembered_root(struct vm *vm, uint64_t satp, uint64_t mxr)
{
    struct shadow *s = &vm->shadow;
    if (root_is(&s->roots[s->paged], satp, mxr))
        return s->paged;
    s->paged = 1;
    while (s->paged < SHADOW_ROOTS && !root_is(&s->roots[s->paged], satp, mxr))
        s->paged++;
    if (s->paged == SHADOW_ROOTS) {
        s->paged = oldest_root(vm);
        root_become(vm, s->paged, satp, mxr);
    }
    hw_charge(vm->hw, COST_table_lookup, 1);
    s->roots[s->paged].entered = ++s->changes;
    return s->paged;
}

unsigned root_for(struct vm *vm, uint64_t satp, uint64_t mxr)
{
    if (vm->shadow.variant == SHADOW_TRACED)
        return remembered_root(vm, satp, mxr);
    const struct shadow_root *r = &vm->shadow.roots[1];
    if (r->satp != satp || r->mxr != mxr) {
        shadow_drop(vm);
        root_become(vm, 1, satp, mxr);
    }
    return 1;
}
