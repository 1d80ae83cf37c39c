/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Direct paging: types of pages, and the validation of entries. See direct.h.
 *
 * A change of a table is made in this order: what the new entry needs is taken, the entry is written, what the old one had is
 * given back. So an entry that is refused has changed nothing.
 */
#include "vmm/memory/direct.h"

#include "isa/mmu.h"
#include "vmm/vm.h"

#define ENTRIES (PAGE_SIZE / 8)
#define MEGAPAGE EXTENT_SIZE
#define MEGAPAGE_FRAMES (MEGAPAGE / PAGE_SIZE)
#define LEVEL_OF(type) ((unsigned)(type)-DIRECT_LEVEL0)

uint64_t direct_bytes(uint64_t ram_size)
{
    uint64_t frames = ram_size / PAGE_SIZE, megapages = (ram_size + MEGAPAGE - 1) / MEGAPAGE;
    uint64_t bytes = frames * sizeof(struct direct_frame) + megapages * sizeof(struct direct_megapage);
    return sizeof(struct direct) + bytes + 3 * FRAME_SIZE;
}

void direct_open(struct vm *vm)
{
    uint64_t frames = vm->bus.ram.size / PAGE_SIZE, megapages = (vm->bus.ram.size + MEGAPAGE - 1) / MEGAPAGE;
    struct direct *d = vm->direct = share_take(vm, sizeof *d, NULL);
    *d = (struct direct){.roots = FRAME_CHAIN_EMPTY};
    d->frame = share_take(vm, frames * sizeof *d->frame, NULL);
    d->megapage = share_take(vm, megapages * sizeof *d->megapage, NULL);
    d->tables_most = (uint32_t)(frames / DIRECT_SHARE);
}

void direct_reset(struct vm *vm)
{
    struct direct *d = vm->direct;
    uint64_t frames = vm->bus.ram.size / PAGE_SIZE, megapages = (vm->bus.ram.size + MEGAPAGE - 1) / MEGAPAGE;
    __builtin_memset(d->frame, 0, frames * sizeof *d->frame);
    __builtin_memset(d->megapage, 0, megapages * sizeof *d->megapage);
    frame_give_back(&vm->pool, &d->roots);
    *d = (struct direct){
        .frame = d->frame, .megapage = d->megapage, .tables_most = d->tables_most, .roots = FRAME_CHAIN_EMPTY};
    d->stale = true;
}

/* --- pages ------------------------------------------------------------------------------------------------------------------ */

/* NULL: not RAM. */
static struct direct_frame *frame_of(const struct vm *vm, uint64_t gpa)
{
    uint64_t n = (gpa - RAM_BASE) / PAGE_SIZE;
    return n < vm->bus.ram.size / PAGE_SIZE ? &vm->direct->frame[n] : NULL;
}

static struct direct_megapage *megapage_of(const struct vm *vm, uint64_t gpa)
{
    return &vm->direct->megapage[(gpa - RAM_BASE) / MEGAPAGE];
}

static bool is_table(const struct direct_frame *f)
{
    return f->type >= DIRECT_LEVEL0;
}

uint8_t *direct_writable(struct vm *vm, uint64_t gpa, uint64_t n)
{
    uint8_t *bytes = ram_at(&vm->bus.ram, gpa, n);
    if (!bytes)
        return NULL;
    for (uint64_t page = gpa & ~(PAGE_SIZE - 1); page < gpa + n; page += PAGE_SIZE)
        if (is_table(frame_of(vm, page)))
            return NULL;
    for (uint64_t page = gpa & ~(PAGE_SIZE - 1); page < gpa + n; page += PAGE_SIZE)
        if (frame_of(vm, page)->type == DIRECT_CLEAN)
            frame_of(vm, page)->type = DIRECT_FREE;
    return bytes;
}

enum pv_error direct_hold(struct vm *vm, uint64_t gpa)
{
    struct direct_frame *f = frame_of(vm, gpa);
    if (!f)
        return PV_invalid_address;
    if (is_table(f) || f->count == UINT32_MAX)
        return PV_denied;
    f->type = DIRECT_WRITABLE;
    f->count++;
    return PV_ok;
}

void direct_let_go(struct vm *vm, uint64_t gpa)
{
    struct direct_frame *f = frame_of(vm, gpa);
    if (--f->count == 0)
        f->type = DIRECT_FREE;
}

/* All of a megapage becomes writable by one entry more. */
static enum pv_error megapage_hold(struct vm *vm, uint64_t gpa)
{
    struct direct_megapage *m = megapage_of(vm, gpa);
    if (m->tables)
        return PV_denied;
    struct direct_frame *f = frame_of(vm, gpa);
    for (unsigned i = 0; m->writable == 0 && i < MEGAPAGE_FRAMES; i++)
        if (f[i].type == DIRECT_CLEAN)
            f[i].type = DIRECT_FREE;
    m->writable++;
    return PV_ok;
}

/* --- entries ---------------------------------------------------------------------------------------------------------------- */

static bool is_leaf(uint64_t entry)
{
    return entry & (PTE_R | PTE_X);
}

/* gpa of what a real entry of a table leads to. */
static uint64_t target_of(const struct vm *vm, uint64_t entry)
{
    return (PTE_PPN(entry) << 12) - vm->offset;
}

static enum pv_error leaf_get(struct vm *vm, uint64_t entry, unsigned level)
{
    uint64_t gpa = PTE_PPN(entry) << 12, size = level ? MEGAPAGE : PAGE_SIZE;
    if (level > 1 || gpa % size) /* the real address of a gigapage would not be aligned */
        return PV_invalid_param;
    if (!ram_at(&vm->bus.ram, gpa, size))
        return PV_invalid_address;
    if (!(entry & PTE_W))
        return PV_ok;
    return level ? megapage_hold(vm, gpa) : direct_hold(vm, gpa);
}

/* Takes what an entry that the kernel asks for needs; *real is then what the table is to have. */
static enum pv_error entry_get(struct vm *vm, uint64_t entry, unsigned level, uint64_t *real)
{
    *real = entry;
    if (!(entry & PTE_V))
        return PV_ok;
    if ((entry & (PTE_RESERVED | PTE_G)) || (entry & (PTE_R | PTE_W)) == PTE_W)
        return PV_invalid_param;
    if (!is_leaf(entry) && (level == 0 || (entry & (PTE_A | PTE_D | PTE_U))))
        return PV_invalid_param;
    enum pv_error error =
        is_leaf(entry) ? leaf_get(vm, entry, level) : direct_table_get(vm, PTE_PPN(entry) << 12, level - 1);
    *real = (entry + (vm->offset >> 2)) | (is_leaf(entry) ? PTE_U : 0);
    return error;
}

/* Gives back what a real entry of a table has. */
static void entry_put(struct vm *vm, uint64_t entry, unsigned level)
{
    if (!(entry & PTE_V))
        return;
    uint64_t gpa = target_of(vm, entry);
    vm->direct->stale = true;
    if (!is_leaf(entry))
        direct_table_put(vm, gpa);
    else if ((entry & PTE_W) && level)
        megapage_of(vm, gpa)->writable--;
    else if (entry & PTE_W)
        direct_let_go(vm, gpa);
}

/* --- tables ----------------------------------------------------------------------------------------------------------------- */

static uint64_t word_get(const struct vm *vm, uint64_t gpa)
{
    return bytes_get(ram_at(&vm->bus.ram, gpa, 8), 8);
}

static void word_put(struct vm *vm, uint64_t gpa, uint64_t value)
{
    bytes_put(ram_at(&vm->bus.ram, gpa, 8), 8, value);
    hw_wrote(vm->hw, vm_hpa(vm, gpa), 8, false);
    hw_charge(vm->hw, COST_entry_written, 1);
}

/* Takes what entries [0, end) of a new table need, writes them as they are to be, and counts them; or stops at one that is
 * refused. */
static enum pv_error entries_get(struct vm *vm, uint64_t gpa, unsigned level, unsigned *end)
{
    struct direct_frame *f = frame_of(vm, gpa);
    hw_charge(vm->hw, COST_guest_word, ENTRIES);
    for (*end = 0; *end < ENTRIES; (*end)++) {
        uint64_t at = gpa + 8 * (uint64_t)*end, entry = word_get(vm, at), real;
        enum pv_error error = entry_get(vm, entry, level, &real);
        if (error != PV_ok)
            return error;
        if (real != entry)
            word_put(vm, at, real);
        f->used = (uint16_t)(f->used + (real != 0));
    }
    return PV_ok;
}

/* Gives back what entries [0, end) have, and clears them. */
static void entries_put(struct vm *vm, uint64_t gpa, unsigned level, unsigned end)
{
    struct direct_frame *f = frame_of(vm, gpa);
    for (unsigned i = 0; i < end && f->used; i++) {
        uint64_t at = gpa + 8 * (uint64_t)i, entry = word_get(vm, at);
        if (!entry)
            continue;
        entry_put(vm, entry, level);
        word_put(vm, at, 0);
        f->used--;
    }
}

/* A page that nobody writes becomes a table. While it is looked at it is one already, so that nothing in it makes it writable. */
static enum pv_error table_make(struct vm *vm, uint64_t gpa, unsigned level)
{
    struct direct *d = vm->direct;
    struct direct_frame *f = frame_of(vm, gpa);
    bool clean = f->type == DIRECT_CLEAN;
    if (f->count || megapage_of(vm, gpa)->writable)
        return PV_denied;
    if (d->tables == d->tables_most || (!clean && d->work < ENTRIES))
        return PV_failed;
    *f = (struct direct_frame){.count = 1, .type = (uint8_t)(DIRECT_LEVEL0 + level)};
    d->tables++;
    megapage_of(vm, gpa)->tables++;
    vm->counters.direct_tables++;
    if (clean)
        return PV_ok;
    d->work -= ENTRIES;
    unsigned end;
    enum pv_error error = entries_get(vm, gpa, level, &end);
    if (error != PV_ok) {
        entries_put(vm, gpa, level, end);
        *f = (struct direct_frame){.type = DIRECT_FREE};
        d->tables--;
        megapage_of(vm, gpa)->tables--;
    }
    return error;
}

enum pv_error direct_table_get(struct vm *vm, uint64_t gpa, unsigned level)
{
    struct direct_frame *f = frame_of(vm, gpa);
    hw_charge(vm->hw, COST_table_lookup, 1);
    if (!f || gpa % PAGE_SIZE)
        return PV_invalid_address;
    if (!is_table(f))
        return table_make(vm, gpa, level);
    if (LEVEL_OF(f->type) != level || f->count == UINT32_MAX)
        return PV_denied;
    f->count++;
    return PV_ok;
}

void direct_table_put(struct vm *vm, uint64_t gpa)
{
    struct direct_frame *f = frame_of(vm, gpa);
    hw_charge(vm->hw, COST_table_lookup, 1);
    if (--f->count)
        return;
    entries_put(vm, gpa, LEVEL_OF(f->type), ENTRIES);
    *f = (struct direct_frame){.type = DIRECT_CLEAN};
    vm->direct->tables--;
    megapage_of(vm, gpa)->tables--;
}

enum pv_error direct_update(struct vm *vm, uint64_t gpa, uint64_t entry)
{
    struct direct_frame *f = frame_of(vm, gpa);
    hw_charge(vm->hw, COST_table_lookup, 1);
    if (!f || gpa % 8)
        return PV_invalid_address;
    if (!is_table(f))
        return PV_denied;
    unsigned level = LEVEL_OF(f->type);
    uint64_t old = word_get(vm, gpa), real;
    enum pv_error error = entry_get(vm, entry, level, &real);
    if (error != PV_ok)
        return error;
    word_put(vm, gpa, real);
    f->used = (uint16_t)(f->used + (real != 0) - (old != 0));
    if (f->type == DIRECT_ROOT)
        direct_root_changed(vm, f->space - 1u, gpa % PAGE_SIZE / 8, real);
    entry_put(vm, old, level);
    vm->counters.direct_updates++;
    return PV_ok;
}
