/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run of one random program. See execution.h.
 */
#include "execution.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/dispatcher.h"
#include "vmm/hw_machine.h"
#include "vmm/technique/bt/translator.h"
#include "vmm/technique/technique.h"

/* --- the outside ---------------------------------------------------------------------------------------------------------- */

static void put(void *context, uint8_t byte)
{
    struct execution *e = context;
    if (e->output_count < OUTPUT_KEPT)
        e->output[e->output_count] = byte;
    e->output_count++;
}

static int get(void *context)
{
    struct execution *e = context;
    return e->input_count < 100 ? (int)(e->input_count++ * 37 & 0xff) : BUS_END_OF_INPUT;
}

static bool disk(void *context, unsigned drive, bool write, uint64_t sector, uint64_t count, uint64_t pa)
{
    struct execution *e = context;
    uint8_t *memory = ram_at(&e->m->ram, pa, count * 512);
    if (drive != 0 || !memory || sector + count > DISK_SECTORS)
        return false;
    if (!write)
        machine_wrote(e->m, pa, count * 512, true);
    memcpy(write ? e->disk + sector * 512 : memory, write ? memory : e->disk + sector * 512, count * 512);
    return true;
}

static bool flush(void *context, unsigned drive)
{
    (void)context;
    return drive == 0;
}

static void dma(void *context, uint64_t pa, uint64_t n)
{
    struct execution *e = context;
    machine_wrote(e->m, pa, n, true);
}

static void note(void *context, const struct trap_note *trap, unsigned count)
{
    struct execution *e = context;
    (void)count;
    if (e->trap_count < TRAPS_KEPT)
        e->traps[e->trap_count] = *trap;
    e->trap_count++;
}

/* --- making --------------------------------------------------------------------------------------------------------------- */

static void *need(void *p)
{
    if (!p) {
        fprintf(stderr, "random programs: no memory\n");
        abort();
    }
    return p;
}

static void open_native(struct execution *e, struct machine_config *config)
{
    config->detect_stale = e->way->audit;
    config->window = SHADOW_WINDOW;
    e->m = need(machine_new(config, &e->host));
    e->m->trap_log = &e->log;
    bus_add_disk(&e->m->bus, 0, DISK_SECTORS, false);
}

/* What the guest may reach: its RAM, and of the monitor's share for it the part that translated code uses. */
static struct audit_domain domain_of(uint64_t size)
{
    uint64_t base = vmm_guest_base(&size, 0), cache = base - VMM_WINDOW, stored = cache + VMM_WINDOW_CACHE;
    struct audit_domain d = {.lo = base, .hi = base + size, .share_lo = vmm_guest_share(&size, 0), .share_hi = base};
    d.also[d.also_count++] = (struct audit_region){cache, stored, PTE_X};
    d.also[d.also_count++] = (struct audit_region){stored, stored + VMM_WINDOW_STORED, PTE_R | PTE_W};
    d.also[d.also_count++] = (struct audit_region){stored + VMM_WINDOW_STORED, base, PTE_R};
    return d;
}

/* Every bound is reached again and again. */
static void make_tight(struct vm *vm)
{
    vm->watch.limit = 10;
    vm->trace.limit = 12;
    vm->translator->limit = 3 * UNIT_BYTES;
}

static void open_guest(struct execution *e, struct machine_config *config)
{
    uint64_t size = PROGRAM_RAM;
    struct hw_channel channel = {.host = &e->host, .traps = &e->log, .domain = domain_of(size)};
    struct vm_config guest = {.ram_size = size, .technique = e->way->technique};
    guest.shadow = e->way->shadow;
    guest.mmu = e->way->mmu;
    guest.translator = e->way->translator;
    config->audit = e->way->audit;
    config->ram_size = vmm_real_ram(&size, 1);
    config->monitored = config->hext = true;
    e->m = need(machine_new(config, &e->host));
    e->hw = need(hw_open(e->m, &channel, 1));
    e->vmm = need(vmm_open(e->hw, config->ram_size));
    e->vm = need(vmm_add_guest(e->vmm, &guest));
    bus_add_disk(&e->vm->bus, 0, DISK_SECTORS, false);
    if (e->way->tight)
        make_tight(e->vm);
}

static void load(struct execution *e, const struct program *p)
{
    struct view v = execution_view(e);
    for (uint64_t page = 0; page < PROGRAM_PAGES; page++)
        if (p->used[page]) {
            memcpy(v.bus->ram.bytes + page * PAGE_SIZE, p->image + page * PAGE_SIZE, PAGE_SIZE);
            machine_wrote(e->m, RAM_BASE + v.offset + page * PAGE_SIZE, PAGE_SIZE, false);
        }
    v.ctx->pc = RAM_BASE;
}

struct execution *execution_new(const struct way *way, const struct program *p)
{
    struct execution *e = need(calloc(1, sizeof *e));
    e->way = way;
    trap_log_open(&e->log, 1, note, e);
    e->host = (struct bus_host){e, put, get, disk, flush, dma, NULL};
    e->dice.state = p->seed;
    for (size_t i = 0; i < sizeof e->disk; i++)
        e->disk[i] = (uint8_t)(i * 7 + i / 512);
    struct machine_config config = {.ram_size = PROGRAM_RAM, .cost.name = "default", .stress = way->stress};
    config.seed = p->seed;
    for (unsigned row = 0; row < COST_count; row++)
        config.cost.cycles[row] = cost_rows[row].cycles;
    if (way->technique)
        open_guest(e, &config);
    else
        open_native(e, &config);
    load(e, p);
    return e;
}

void execution_free(struct execution *e)
{
    hw_close(e->hw);
    machine_free(e->m);
    free(e);
}

struct view execution_view(const struct execution *e)
{
    struct machine *m = e->m;
    struct vm *vm = e->vm;
    if (!vm)
        return (struct view){&m->hart.priv, &m->hart.ctx, &m->clock, &m->bus, m->end, 0, m->frame_written};
    return (struct view){
        &vm->vcpu.priv, vm->vcpu.ctx, &vm->clock, &vm->bus, vm->end, vm->offset, m->frame_written + vm->offset / PAGE_SIZE};
}

/* --- running -------------------------------------------------------------------------------------------------------------- */

/* Often one or a few steps, sometimes hundreds. */
static uint64_t random_piece(struct dice *d)
{
    unsigned bits = dice_below(d, 10);
    return 1 + dice_below(d, 1u << bits);
}

static void run_switching(struct execution *e, uint64_t steps)
{
    while (steps && e->vm->end.reason == END_NONE) {
        uint64_t piece = random_piece(&e->dice);
        piece = piece < steps ? piece : steps;
        vmm_run(e->vmm, piece);
        vm_set_technique(e->vm, any_technique(dice_below(&e->dice, any_techniques())));
        steps -= piece;
    }
}

void execution_run(struct execution *e, uint64_t steps)
{
    if (!e->vm)
        machine_run(e->m, steps);
    else if (e->way->switches)
        run_switching(e, steps);
    else
        vmm_run(e->vmm, steps);
}
