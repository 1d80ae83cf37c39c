/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Watched pages and the reverse map. See watch.h.
 */
#include "vmm/memory/watch.h"

#include <stddef.h>

#include "vmm/memory/root.h"

static uint64_t frames_of(uint64_t ram_size)
{
    return ram_size / PAGE_SIZE;
}

static uint64_t megapages_of(uint64_t ram_size)
{
    return (ram_size + MEGAPAGE - 1) / MEGAPAGE;
}

static uint64_t whole_frames(uint64_t bytes)
{
    return (bytes + FRAME_SIZE - 1) & ~(FRAME_SIZE - 1);
}

uint64_t watch_bytes(uint64_t ram_size)
{
    return whole_frames(frames_of(ram_size)) + whole_frames(megapages_of(ram_size) * sizeof(uint16_t));
}

/* The arrays are as new memory is: zero. */
void watch_open(struct vm *vm)
{
    struct watch *w = &vm->watch;
    uint64_t size = vm->bus.ram.size;
    w->flags = share_take(vm, frames_of(size), NULL);
    w->megapage = share_take(vm, megapages_of(size) * sizeof *w->megapage, NULL);
    w->bucket = share_take(vm, WATCH_BUCKETS * sizeof *w->bucket, NULL);
    w->node = share_take(vm, WATCH_NODES * sizeof *w->node, NULL);
    w->limit = WATCH_NODES;
}

/* --- the reverse map -------------------------------------------------------------------------------------------------------- */

static uint32_t key_of(uint64_t gpa, unsigned level)
{
    uint64_t number = (gpa - RAM_BASE) >> (12 + 9 * level);
    return (uint32_t)number << 1 | level;
}

static uint32_t *bucket_of(struct watch *w, uint32_t key)
{
    return &w->bucket[(key * UINT32_C(2654435761)) >> 20];
}
_Static_assert(WATCH_BUCKETS == 1 << 12, "bucket_of() takes twelve bits");

static uint64_t gva_of(const struct watch_node *n)
{
    return (uint64_t)((int64_t)((uint64_t)n->vpn << 37) >> 25);
}

/* The leaf that the node speaks of; NULL if it has gone. */
static uint64_t *node_leaf(struct vm *vm, const struct watch_node *n)
{
    unsigned level;
    uint64_t *leaf = table_leaf(vm, n->table, gva_of(n), &level);
    if (!leaf || level != (n->key & 1))
        return NULL;
    uint64_t gpa = (PTE_PPN(*leaf) << 12) - vm->offset;
    return key_of(gpa, level) == n->key ? leaf : NULL;
}

bool watch_mapped(struct vm *vm, uint64_t gpa, unsigned level, unsigned table, uint64_t gva)
{
    struct watch *w = &vm->watch;
    uint32_t vpn = (uint32_t)(gva >> 12 & 0x7ffffff) & ~(uint32_t)((level_size(level) - 1) >> 12);
    struct watch_node new = {.key = key_of(gpa, level), .vpn = vpn, .table = table};
    uint32_t *bucket = bucket_of(w, new.key);
    struct watch_node *stale = NULL;
    for (uint32_t i = *bucket; i; i = w->node[i - 1].next) {
        struct watch_node *n = &w->node[i - 1];
        if (n->key == new.key && n->vpn == new.vpn && n->table == new.table)
            return true;
        if (!stale && !node_leaf(vm, n))
            stale = n;
    }
    if (stale) {
        new.next = stale->next;
        *stale = new;
        return true;
    }
    if (w->nodes == w->limit)
        return false;
    new.next = *bucket;
    w->node[w->nodes++] = new;
    *bucket = w->nodes;
    return true;
}

void watch_forget(struct vm *vm)
{
    struct watch *w = &vm->watch;
    __builtin_memset(w->bucket, 0, WATCH_BUCKETS * sizeof *w->bucket);
    w->nodes = 0;
}

/* No leaf of this level that maps gpa is writable any more. */
static void forbid_stores(struct vm *vm, uint64_t gpa, unsigned level)
{
    struct watch *w = &vm->watch;
    uint32_t key = key_of(gpa, level);
    hw_charge(vm->hw, COST_table_lookup, 1);
    for (uint32_t i = *bucket_of(w, key); i; i = w->node[i - 1].next) {
        const struct watch_node *n = &w->node[i - 1];
        uint64_t *leaf = n->key == key ? node_leaf(vm, n) : NULL;
        if (!leaf || !(*leaf & PTE_W))
            continue;
        *leaf = level ? 0 : *leaf & ~PTE_W; /* a megapage will come back page by page */
        hw_charge(vm->hw, COST_entry_written, 1);
        table_fence(vm, n->table, false, gva_of(n));
    }
}

/* --- watched pages ------------------------------------------------------------------------------------------------------------ */

static uint64_t frame_of(uint64_t gpa)
{
    return (gpa - RAM_BASE) / PAGE_SIZE;
}

unsigned watch_flags(const struct vm *vm, uint64_t gpa)
{
    return gpa - RAM_BASE < vm->bus.ram.size ? vm->watch.flags[frame_of(gpa)] : 0;
}

static bool is_tohost(const struct vm *vm, uint64_t gpa, uint64_t size)
{
    uint64_t tohost = vm->bus.htif_tohost;
    return tohost && (tohost & ~(size - 1)) == (gpa & ~(size - 1));
}

bool watch_page(const struct vm *vm, uint64_t gpa)
{
    return watch_flags(vm, gpa) || is_tohost(vm, gpa, PAGE_SIZE);
}

bool watch_megapage(const struct vm *vm, uint64_t gpa)
{
    return vm->watch.megapage[(gpa - RAM_BASE) / MEGAPAGE] || is_tohost(vm, gpa, MEGAPAGE);
}

void watch_begin(struct vm *vm, uint64_t gpa, enum watch_flag flag)
{
    struct watch *w = &vm->watch;
    uint8_t *flags = &w->flags[frame_of(gpa)];
    if (!*flags) {
        w->total++;
        w->megapage[(gpa - RAM_BASE) / MEGAPAGE]++;
        forbid_stores(vm, gpa, 0);
        forbid_stores(vm, gpa, 1);
    }
    *flags |= (uint8_t)flag;
}

void watch_end(struct vm *vm, uint64_t gpa, enum watch_flag flag)
{
    struct watch *w = &vm->watch;
    uint8_t *flags = &w->flags[frame_of(gpa)];
    if (!(*flags & flag))
        return;
    *flags &= (uint8_t)~flag;
    if (!*flags) {
        w->total--;
        w->megapage[(gpa - RAM_BASE) / MEGAPAGE]--;
    }
}

/* Shadows never have a right that needs A or D before these are there, so nothing depends on their being clear. */
void watch_accessed(struct vm *vm, uint64_t gpa)
{
    if ((watch_flags(vm, gpa) & WATCH_CODE) && vm->observer.written)
        vm->observer.written(vm, gpa, 8);
}

void watch_written(struct vm *vm, uint64_t gpa, uint64_t n)
{
    while (vm->watch.total && n) {
        uint64_t room = PAGE_SIZE - gpa % PAGE_SIZE, part = n < room ? n : room;
        unsigned flags = watch_flags(vm, gpa);
        if (flags & WATCH_TABLE)
            trace_written(vm, gpa, part, true);
        if ((flags & WATCH_CODE) && vm->observer.written)
            vm->observer.written(vm, gpa, part);
        gpa += part;
        n -= part;
    }
}
