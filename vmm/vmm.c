/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The monitor comes into being, and its guests. See vmm.h for how real memory is laid out.
 */
#include "vmm/vmm.h"

#include <stddef.h>

#include "vmm/memory/direct.h"
#include "vmm/technique/bt/translator.h"
#include "vmm/technique/pv/pv.h"
#include "vmm/technique/technique.h"

const struct technique *const techniques[] = {&technique_interp, &technique_te, &technique_bt, &technique_hw,
                                              &technique_pv};
const unsigned techniques_count = sizeof techniques / sizeof *techniques;

/* A guest's share: its struct vm, what is known of each frame of its RAM, the frames of its shadow tables, and what is
 * left for the translator. */
#define SHARE_TABLES (UINT64_C(3) << 20)
#define SHARE_LEFT (UINT64_C(5) << 20)

static uint64_t share_size(uint64_t guest_ram_size)
{
    return extent_round(SHARE_TABLES + SHARE_LEFT + VMM_WINDOW + watch_bytes(guest_ram_size) + trace_bytes(guest_ram_size) +
                        direct_bytes(guest_ram_size) + FRAME_SIZE);
}

uint64_t vmm_real_ram(const uint64_t *guest_ram_sizes, unsigned n)
{
    uint64_t size = EXTENT_SIZE;
    for (unsigned i = 0; i < n; i++)
        size += share_size(guest_ram_sizes[i]) + extent_round(guest_ram_sizes[i]);
    return size;
}

uint64_t vmm_guest_share(const uint64_t *guest_ram_sizes, unsigned k)
{
    return RAM_BASE + vmm_real_ram(guest_ram_sizes, k);
}

uint64_t vmm_guest_base(const uint64_t *guest_ram_sizes, unsigned k)
{
    return vmm_guest_share(guest_ram_sizes, k) + share_size(guest_ram_sizes[k]);
}

struct vmm *vmm_open(struct hw *hw, uint64_t real_ram)
{
    struct vmm *vmm = (struct vmm *)(void *)hw_frames(hw, RAM_BASE, EXTENT_SIZE);
    if (!vmm || real_ram < EXTENT_SIZE)
        return NULL;
    *vmm = (struct vmm){.hw = hw, .granted = RAM_BASE + EXTENT_SIZE, .limit = RAM_BASE + real_ram};
    hw_csr_write(hw, CSR_mstatus, 0); /* MPP: guests are entered in user mode, all of them, always */
    hw_csr_write(hw, CSR_medeleg, 0); /* every trap comes here */
    hw_csr_write(hw, CSR_mideleg, 0);
    hw_csr_write(hw, CSR_mie, 0);
    hw_csr_write(hw, CSR_mcounteren, 0); /* the guest's time is virtual */
    hw_csr_write(hw, CSR_satp, 0);
    return vmm;
}

static void vcpu_reset(struct vcpu *v)
{
    csr_reset(&v->priv);
    *v->ctx = (struct context){.pc = BUS_ROM_BASE, .reservation = RESERVATION_NONE};
    v->waiting = false;
}

/* Shadows and all that they need, in the share. */
static void open_memory(struct vm *vm, enum shadow_variant variant)
{
    watch_open(vm);
    trace_open(vm);
    direct_open(vm);
    vm->pv = share_take(vm, sizeof *vm->pv, NULL);
    *vm->pv = (struct pv){0};
    uint64_t base, size = (vm->share.left - SHARE_LEFT) & ~(FRAME_SIZE - 1);
    if (size > SHARE_TABLES)
        size = SHARE_TABLES;
    uint8_t *bytes = share_take(vm, size, &base);
    frame_pool_open(&vm->pool, base, bytes, size);
    shadow_open(vm, variant);
}

struct vm *vmm_add_guest(struct vmm *vmm, const struct vm_config *config)
{
    if (vmm->guests == VMM_GUESTS_MAX)
        return NULL;
    uint64_t size = share_size(config->ram_size), share = extent_take(vmm, size);
    uint64_t ram = share ? extent_take(vmm, config->ram_size) : 0;
    if (!ram)
        return NULL;
    uint8_t *bytes = hw_frames(vmm->hw, share, size), *ram_bytes = hw_frames(vmm->hw, ram, config->ram_size);
    if (!bytes || !ram_bytes)
        return NULL;
    struct vm *vm = (struct vm *)(void *)bytes;
    *vm = (struct vm){
        .hw = vmm->hw,
        .vmm = vmm,
        .index = vmm->guests,
        .offset = ram - RAM_BASE,
        .technique = config->technique,
        .noted = hw_wants_insns(vmm->hw, vmm->guests),
        .told = hw_wants_exits(vmm->hw, vmm->guests),
        .profile = config->profile,
        .mmu = config->mmu,
        .step_cycles = config->step_cycles,
        .translator_options = config->translator,
        .share = {share, size - VMM_WINDOW, size - VMM_WINDOW, bytes},
    };
    share_take(vm, sizeof *vm, NULL);
    vm->vcpu.ctx = &vm->vcpu.saved;
    vcpu_reset(&vm->vcpu);
    vm->exit_reason = EXIT_count;
    devices_open(vm);
    bus_init(&vm->bus, (struct ram){ram_bytes, RAM_BASE, config->ram_size}, &vm->clock, &vm->host);
    vm->bus.dma_allowed = dma_allowed;
    open_memory(vm, config->shadow);
    nested_open(vm, config->small_pages);
    translator_open(vm, ram - VMM_WINDOW, VMM_WINDOW);
    if (vm->technique->enter)
        vm->technique->enter(vm);
    vmm->guest[vmm->guests++] = vm;
    return vm;
}

bool vm_reset(struct vm *vm)
{
    if (!vm->bus.host->reload(vm->bus.host->context))
        return false;
    *vm->pv = (struct pv){0};
    shadow_forget(vm);
    direct_reset(vm);
    vcpu_reset(&vm->vcpu);
    bus_reset(&vm->bus);
    vm->attention = 0;
    vm->traps_in_row = 0;
    vm->trap_insns = UINT64_MAX;
    if (vm->technique->enter)
        vm->technique->enter(vm);
    return true;
}

void vm_set_technique(struct vm *vm, const struct technique *technique)
{
    if (vm->technique == technique)
        return;
    if (vm->technique->leave)
        vm->technique->leave(vm);
    vm->technique = technique;
    if (technique->enter)
        technique->enter(vm);
}
