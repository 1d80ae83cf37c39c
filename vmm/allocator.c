/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A, the allocator: see allocator.h.
 */
#include "vmm/allocator.h"

#include <stddef.h>

#include "vmm/memory/direct.h"
#include "vmm/vmm.h"

/* --- real memory ------------------------------------------------------------------------------------------------------------ */

uint64_t extent_take(struct vmm *vmm, uint64_t bytes)
{
    if (bytes > vmm->limit - vmm->granted || extent_round(bytes) > vmm->limit - vmm->granted)
        return 0;
    uint64_t hpa = vmm->granted;
    vmm->granted += extent_round(bytes);
    return hpa;
}

void *share_take(struct vm *vm, uint64_t bytes, uint64_t *hpa)
{
    struct share *s = &vm->share;
    uint64_t whole = (bytes + FRAME_SIZE - 1) & ~(FRAME_SIZE - 1), taken = s->size - s->left;
    if (whole > s->left)
        hw_panic(vm->hw, "a guest's share of the monitor's memory is too small");
    if (hpa)
        *hpa = s->hpa + taken;
    s->left -= whole;
    return s->bytes + taken;
}

void frame_pool_open(struct frame_pool *pool, uint64_t base, uint8_t *bytes, uint64_t size)
{
    uint64_t link = 2 * sizeof *pool->next;
    uint64_t frames = size / (FRAME_SIZE + link); /* each with its links, and these in front */
    uint64_t links = (frames * link + FRAME_SIZE - 1) & ~(FRAME_SIZE - 1);
    uint32_t *next = (uint32_t *)(void *)bytes;
    frames = (size - links) / FRAME_SIZE;
    *pool = (struct frame_pool){
        .base = base + links, .bytes = bytes + links, .next = next, .previous = next + frames, .count = (uint32_t)frames};
    for (uint32_t i = 0; i < pool->count; i++)
        pool->next[i] = i + 1 < pool->count ? i + 1 : FRAME_NONE;
}

uint64_t frame_take(struct frame_pool *pool, struct frame_chain *chain)
{
    uint32_t frame = pool->free;
    if (frame == FRAME_NONE)
        return 0;
    pool->free = pool->next[frame];
    pool->next[frame] = chain->first;
    pool->previous[frame] = FRAME_NONE;
    if (chain->first != FRAME_NONE)
        pool->previous[chain->first] = frame;
    chain->first = frame;
    if (chain->last == FRAME_NONE)
        chain->last = frame;
    uint64_t hpa = pool->base + frame * FRAME_SIZE;
    __builtin_memset(frame_at(pool, hpa), 0, FRAME_SIZE);
    return hpa;
}

void frame_give_back(struct frame_pool *pool, struct frame_chain *chain)
{
    if (chain->first == FRAME_NONE)
        return;
    pool->next[chain->last] = pool->free;
    pool->free = chain->first;
    *chain = FRAME_CHAIN_EMPTY;
}

void frame_release(struct frame_pool *pool, struct frame_chain *chain, uint64_t hpa)
{
    uint32_t frame = (uint32_t)((hpa - pool->base) / FRAME_SIZE);
    uint32_t next = pool->next[frame], previous = pool->previous[frame];
    if (previous == FRAME_NONE)
        chain->first = next;
    else
        pool->next[previous] = next;
    if (next == FRAME_NONE)
        chain->last = previous;
    else
        pool->previous[next] = previous;
    pool->next[frame] = pool->free;
    pool->free = frame;
}

/* --- the processor ---------------------------------------------------------------------------------------------------------- */

#define REGISTERS 32 /* x1 to x31 and pc: what is saved of a guest, and loaded of the next */

static void processor_take(struct vm *vm)
{
    vm->vcpu.saved = *vm->vcpu.ctx;
    vm->vcpu.ctx = &vm->vcpu.saved;
    hw_charge(vm->hw, COST_reg_moved, REGISTERS);
}

void processor_give(struct vm *vm)
{
    struct vmm *vmm = vm->vmm;
    if (vmm->current == vm)
        return;
    if (vmm->current) {
        processor_take(vmm->current);
        hw_charge(vm->hw, COST_reg_moved, REGISTERS);
    }
    struct context *real = hw_context(vm->hw);
    *real = vm->vcpu.saved;
    vm->vcpu.ctx = real;
    vmm->current = vm;
    hw_select(vm->hw, vm->index);
}

void processor_set_satp(struct vm *vm, uint64_t satp)
{
    if (vm->vmm->satp == satp)
        return;
    hw_csr_write(vm->hw, CSR_satp, satp);
    vm->vmm->satp = satp;
}

/* --- devices ------------------------------------------------------------------------------------------------------------------ */

static void console_put(void *context, uint8_t byte)
{
    struct vm *vm = context;
    hw_console_put(vm->hw, vm->index, byte);
}

static int console_get(void *context)
{
    struct vm *vm = context;
    return hw_console_get(vm->hw, vm->index);
}

/* The virtual device has checked that the data lie in the guest's RAM, which is contiguous in the machine, too. */
static bool disk_transfer(void *context, unsigned drive, bool write, uint64_t sector, uint64_t count, uint64_t gpa)
{
    struct vm *vm = context;
    if (!write && !direct_writable(vm, gpa, count * 512))
        return false;
    if (!write)
        watch_written(vm, gpa, count * 512);
    return hw_disk_transfer(vm->hw, vm->index, drive, write, sector, count, vm_hpa(vm, gpa));
}

static bool disk_flush(void *context, unsigned drive)
{
    struct vm *vm = context;
    return hw_disk_flush(vm->hw, vm->index, drive);
}

static void dma_write(void *context, uint64_t gpa, uint64_t n)
{
    struct vm *vm = context;
    hw_wrote(vm->hw, vm_hpa(vm, gpa), n, true);
    watch_written(vm, gpa, n);
}

static bool reload(void *context)
{
    struct vm *vm = context;
    return hw_reload(vm->hw, vm->index);
}

bool dma_allowed(void *context, uint64_t gpa, uint64_t n)
{
    return direct_writable(context, gpa, n) != NULL;
}

void devices_open(struct vm *vm)
{
    vm->host = (struct bus_host){
        .context = vm,
        .console_put = console_put,
        .console_get = console_get,
        .disk_transfer = disk_transfer,
        .disk_flush = disk_flush,
        .dma_write = dma_write,
        .reload = reload,
    };
}
