/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second stage's tables. See nested.h. Every leaf has U, since the second stage checks as for user mode, and A and D, so
 * that the hardware never writes here (privileged ISA 8.5.1).
 */
#include "vmm/memory/nested.h"

#include <stddef.h>

#include "vmm/memory/root.h"
#include "vmm/vmm.h"

#define ROOT_SIZE (4 * FRAME_SIZE) /* 2048 entries: two bits more than Sv39's */
#define LEAF (PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D)

static uint16_t vmid_of(const struct vm *vm)
{
    return (uint16_t)(vm->index + 1);
}

void nested_open(struct vm *vm, bool small)
{
    uint64_t base;
    uint8_t *bytes = share_take(vm, 2 * ROOT_SIZE - FRAME_SIZE, &base); /* somewhere in it 16 KiB are aligned */
    uint64_t root = (base + ROOT_SIZE - 1) & ~(ROOT_SIZE - 1);
    vm->nested = (struct nested){
        .small = small, .root = root, .entries = (uint64_t *)(void *)(bytes + (root - base)), .tables = FRAME_CHAIN_EMPTY};
}

uint64_t nested_hgatp(const struct vm *vm)
{
    return SATP_MODE_SV39 << 60 | (uint64_t)vmid_of(vm) << 44 | vm->nested.root >> 12;
}

void nested_fence(struct vm *vm)
{
    hw_hfence_gvma(vm->hw, false, vmid_of(vm));
}

/* Nothing is mapped from now on. */
static void drop(struct vm *vm)
{
    __builtin_memset(vm->nested.entries, 0, ROOT_SIZE);
    frame_give_back(&vm->pool, &vm->nested.tables);
    hw_charge(vm->hw, COST_table_lookup, 1);
    nested_fence(vm);
}

/* --- filling ------------------------------------------------------------------------------------------------------------------ */

/* The table that an entry leads to, made if there is none; NULL if there are no more frames. */
static uint64_t *below(struct vm *vm, uint64_t *entry)
{
    if (!(*entry & PTE_V)) {
        uint64_t frame = frame_take(&vm->pool, &vm->nested.tables);
        if (!frame)
            return NULL;
        *entry = frame >> 12 << 10 | PTE_V;
        vm->counters.nested_tables++;
        hw_charge(vm->hw, COST_entry_written, 1);
    }
    return frame_at(&vm->pool, PTE_PPN(*entry) << 12);
}

static void write_leaf(struct vm *vm, uint64_t *entry, uint64_t gpa, uint64_t rights)
{
    *entry = vm_hpa(vm, gpa) >> 12 << 10 | rights;
    vm->counters.nested_fills++;
    hw_charge(vm->hw, COST_entry_written, 1);
}

/* A page, writable if nobody watches it; if pages are to be small, its whole megapage, since neighbours will follow. */
static void write_pages(struct vm *vm, uint64_t *table, uint64_t gpa)
{
    uint64_t first = vm->nested.small ? gpa & ~(MEGAPAGE - 1) : gpa & ~(PAGE_SIZE - 1);
    uint64_t last = first + (vm->nested.small ? MEGAPAGE : PAGE_SIZE);
    for (uint64_t page = first; page < last; page += PAGE_SIZE)
        if (ram_at(&vm->bus.ram, page, PAGE_SIZE))
            write_leaf(vm, &table[page >> 12 & (SHADOW_ENTRIES - 1)], page, watch_page(vm, page) ? LEAF & ~PTE_W : LEAF);
}

static bool whole_megapage(const struct vm *vm, uint64_t gpa)
{
    uint64_t first = gpa & ~(MEGAPAGE - 1);
    return !vm->nested.small && ram_at(&vm->bus.ram, first, MEGAPAGE) && !watch_megapage(vm, first);
}

/* FILL_THERE: it is mapped already. */
enum fill { FILL_DONE, FILL_THERE, FILL_FULL };

static enum fill try_fill(struct vm *vm, uint64_t gpa)
{
    uint64_t *middle = below(vm, &vm->nested.entries[gpa >> 30]);
    if (!middle)
        return FILL_FULL;
    uint64_t *entry = &middle[gpa >> 21 & (SHADOW_ENTRIES - 1)];
    if (*entry & PTE_R)
        return FILL_THERE;
    if (whole_megapage(vm, gpa)) {
        write_leaf(vm, entry, gpa & ~(MEGAPAGE - 1), LEAF);
        return FILL_DONE;
    }
    uint64_t *table = below(vm, entry);
    if (!table)
        return FILL_FULL;
    if (table[gpa >> 12 & (SHADOW_ENTRIES - 1)] & PTE_V)
        return FILL_THERE;
    write_pages(vm, table, gpa);
    return FILL_DONE;
}

bool nested_fill(struct vm *vm, uint64_t gpa)
{
    if (!ram_at(&vm->bus.ram, gpa & ~(PAGE_SIZE - 1), PAGE_SIZE))
        return false;
    enum fill result = try_fill(vm, gpa);
    if (result == FILL_FULL) {
        drop(vm);
        result = try_fill(vm, gpa);
        if (result == FILL_FULL)
            hw_panic(vm->hw, "no frame is left for a nested table");
    }
    return result == FILL_DONE;
}
