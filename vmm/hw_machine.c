/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The monitor's hardware is a simulated machine. See hw.h and hw_machine.h. Hosted: no part of the monitor's core.
 */
#include "vmm/hw_machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/block.h"
#include "vmm/vmm.h"

struct hw {
    struct machine *m;
    struct hw_channel *channels; /* owned */
    unsigned n;
    unsigned selected; /* guest */
    struct hw_account account;
    uint64_t steps_then, account_steps; /* the machine's count of steps, and the account's, when the guest was entered */
    struct trap_log inside;             /* of what the guest takes itself */
    bool memory_trap;                   /* the last exit was for a page or access fault, and nothing was emulated since */

    /* For exit_note: cycles by owner as they were when the last one was noted, and around the last run of the guest. */
    bool told, ran;
    const struct exit_observer *sampler; /* NULL: none */
    uint64_t noted[OWNER_count], entered[OWNER_count], sampled[OWNER_count], left[OWNER_count], ran_cost[OWNER_count];
};

static void note_inside(void *context, const struct trap_note *note, unsigned count);

struct hw *hw_open(struct machine *m, const struct hw_channel *channels, unsigned n)
{
    struct hw *hw = malloc(sizeof *hw);
    struct hw_channel *copy = calloc(n ? n : 1, sizeof *copy);
    if (!hw || !copy) {
        free(hw);
        free(copy);
        return NULL;
    }
    memcpy(copy, channels, n * sizeof *copy);
    *hw = (struct hw){.m = m, .channels = copy, .n = n};
    trap_log_open(&hw->inside, 1, note_inside, hw);
    for (unsigned i = 0; i < n; i++)
        hw->told |= copy[i].exits.note != NULL;
    if (n && copy[0].exits.sample)
        hw->sampler = &copy[0].exits;
    return hw;
}

struct audit_domain hw_guest_domain(const uint64_t *guest_ram_sizes, unsigned k)
{
    uint64_t base = vmm_guest_base(guest_ram_sizes, k), cache = base - VMM_WINDOW, stored = cache + VMM_WINDOW_CACHE;
    return (struct audit_domain){
        .lo = base,
        .hi = base + guest_ram_sizes[k],
        .share_lo = vmm_guest_share(guest_ram_sizes, k),
        .share_hi = base,
        .also = {{cache, stored, PTE_X},
                 {stored, stored + VMM_WINDOW_STORED, PTE_R | PTE_W},
                 {stored + VMM_WINDOW_STORED, base, PTE_R}},
        .also_count = 3,
    };
}

void hw_close(struct hw *hw)
{
    if (hw)
        free(hw->channels);
    free(hw);
}

/* --- the processor ---------------------------------------------------------------------------------------------------------- */

/* mret: into the mode of mstatus.MPP (and MPV), at context.pc. */
static void enter(struct machine *m)
{
    m->hart.priv.csr.mepc = m->hart.ctx.pc;
    trap_mret(&m->hart.priv, &m->hart.ctx.pc);
    if (m->hart.priv.virt) {
        machine_charge(m, COST_vm_enter, 1, true);
        return;
    }
    machine_charge(m, COST_world_switch, 1, true);
    machine_charge(m, COST_trap_return, 1, true);
}

/* The trap that ends it, to where the monitor stands; the context keeps the pc of the guest. */
static void leave(struct machine *m, uint64_t cause, uint64_t tval, const struct trap_guest *guest)
{
    struct priv *p = &m->hart.priv;
    uint64_t pc = m->hart.ctx.pc;
    if (p->virt) {
        hext_trap_enter(p, &pc, cause, tval, guest);
        machine_charge(m, COST_vm_exit, 1, true);
        return;
    }
    trap_enter(p, &pc, cause, tval);
    p->csr.mstatus &= ~MSTATUS_GVA; /* and MPV, which is 0 since the mret */
    p->hcsr.mtval2 = p->hcsr.mtinst = 0;
    machine_charge(m, COST_trap_enter, 1, true);
    machine_charge(m, COST_world_switch, 1, true);
}

/* A trap that the guest takes itself, with V = 1. */
static void note_inside(void *context, const struct trap_note *note, unsigned count)
{
    struct hw *hw = context;
    (void)count;
    uint64_t step = hw->account_steps + (note->step - hw->steps_then);
    hw_note_trap(hw, hw->selected, step, note->cause, note->epc, note->tval);
}

/* The guest goes on from its own account ... */
static void resume_account(struct hw *hw)
{
    struct machine *m = hw->m;
    const struct hw_account *a = &hw->account;
    hw->steps_then = m->clock.steps;
    hw->account_steps = a->steps;
    m->trap_log = &hw->inside;
    m->same_insns_traps = a->traps_in_row;
    m->last_trap_insns = a->trap_insns == a->insns ? m->clock.insns : UINT64_MAX;
}

/* ... and that goes on from what it did. */
static void settle_account(struct hw *hw, uint64_t retired, uint64_t traps)
{
    struct machine *m = hw->m;
    struct hw_account *a = &hw->account;
    a->steps += retired + traps;
    a->insns += retired;
    if (traps) {
        a->traps_in_row = m->same_insns_traps;
        a->trap_insns = a->insns - (m->clock.insns - m->last_trap_insns);
    }
    m->trap_log = NULL;
}

/* What there is only with V = 1. */
static void exit_virtual(struct hw *hw, const struct machine_counters *before, uint64_t traps, struct hw_exit *exit)
{
    struct machine *m = hw->m;
    const uint64_t *now = m->counters.insns_by_mode + INSNS_VIRTUAL, *then = before->insns_by_mode + INSNS_VIRTUAL;
    exit->traps = m->hart.traps - traps;
    exit->interrupts = m->counters.interrupts - before->interrupts;
    exit->retired_user = now[MODE_U] - then[MODE_U];
    exit->retired_supervisor = now[MODE_S] - then[MODE_S];
    settle_account(hw, exit->retired, exit->traps);
}

/* The guest's run in pieces, which it does not notice. */
static struct hart_exit run_sampled(struct hw *hw, uint64_t budget)
{
    struct machine *m = hw->m;
    for (;;) {
        uint64_t cost[OWNER_count], steps = m->clock.steps;
        struct hart_exit e = machine_run_guest(m, budget < hw->sampler->every ? budget : hw->sampler->every);
        budget -= m->clock.steps - steps;
        if (e.reason != HART_BUDGET || budget == 0)
            return e;
        m->counters.exits--;
        for (unsigned i = 0; i < OWNER_count; i++) {
            cost[i] = m->cost.by_owner[i] - hw->sampled[i];
            hw->sampled[i] = m->cost.by_owner[i];
        }
        hw->sampler->sample(hw->sampler->context, m->hart.ctx.pc, cost);
    }
}

/* The same as machine_run_guest(), with what the next exit_note has to say. */
static __attribute__((noinline)) struct hart_exit run_told(struct hw *hw, uint64_t budget)
{
    const uint64_t *now = hw->m->cost.by_owner;
    memcpy(hw->entered, now, sizeof hw->entered);
    memcpy(hw->sampled, now, sizeof hw->sampled);
    struct hart_exit e = hw->sampler ? run_sampled(hw, budget) : machine_run_guest(hw->m, budget);
    memcpy(hw->left, now, sizeof hw->left);
    hw->ran = true;
    return e;
}

static struct hart_exit run_machine(struct hw *hw, uint64_t budget)
{
    return hw->told ? run_told(hw, budget) : machine_run_guest(hw->m, budget);
}

static struct hart_exit run_virtual(struct hw *hw, uint64_t budget, struct hw_exit *exit, struct trap_guest *guest)
{
    struct machine *m = hw->m;
    struct machine_counters before = m->counters;
    uint64_t insns = m->clock.insns, traps = m->hart.traps;
    resume_account(hw);
    struct hart_exit e = run_machine(hw, budget);
    exit->retired = m->clock.insns - insns;
    if (e.reason == HART_TRAP)
        *guest = hart_hext_fault(&m->hart, (uint64_t)e.trap.cause);
    exit->gpa = guest->gpa;
    exit->tinst = guest->tinst;
    exit_virtual(hw, &before, traps, exit);
    return e;
}

/* The machine has come back. */
static inline void come_back(struct hw *hw, const struct hart_exit *e, const struct trap_guest *guest, struct hw_exit *exit)
{
    struct machine *m = hw->m;
    bool trap = e->reason == HART_TRAP;
    exit->pc = m->hart.ctx.pc;
    exit->left = m->cost.total;
    exit->cause = trap ? (uint64_t)e->trap.cause : e->reason == HART_STOP ? HW_FAULT_LOOP : HW_BUDGET;
    exit->tval = trap ? e->trap.tval : 0;
    exit->insn = trap ? e->insn : 0;
    hw->memory_trap = trap_is_memory(exit->cause);
    leave(m, trap ? exit->cause : CAUSE_INTERRUPT | 7, exit->tval, guest); /* else: by the timer, 3.1.9 */
}

static __attribute__((noinline)) struct hw_exit run_guest_virtual(struct hw *hw, uint64_t budget)
{
    struct hw_exit exit = {.entered = hw->m->cost.total};
    struct trap_guest guest = {0};
    struct hart_exit e = run_virtual(hw, budget, &exit, &guest);
    come_back(hw, &e, &guest, &exit);
    return exit;
}

struct hw_exit hw_run(struct hw *hw, uint64_t budget)
{
    struct machine *m = hw->m;
    enter(m);
    if (m->hart.priv.virt)
        return run_guest_virtual(hw, budget);
    uint64_t insns = m->clock.insns;
    struct hw_exit exit = {.entered = m->cost.total};
    struct hart_exit e = run_machine(hw, budget);
    exit.retired = m->clock.insns - insns;
    come_back(hw, &e, NULL, &exit);
    return exit;
}

struct hw_account *hw_account(struct hw *hw)
{
    return &hw->account;
}

struct context *hw_context(struct hw *hw)
{
    return &hw->m->hart.ctx;
}

uint64_t hw_csr_read(struct hw *hw, unsigned number)
{
    machine_charge(hw->m, COST_csr_access, 1, true);
    return csr_read(&hw->m->hart.priv, &hw->m->clock, number);
}

void hw_csr_write(struct hw *hw, unsigned number, uint64_t value)
{
    struct machine *m = hw->m;
    uint64_t old;
    unsigned effect = csr_access(&m->hart.priv, &m->clock, number, CSR_WRITE, value, true, &old);
    if (effect & CSR_ILLEGAL)
        hw_panic(hw, "the monitor writes a CSR that there is not");
    machine_charge(m, COST_csr_access, 1, true);
    if (effect & CSR_SERIALIZE)
        machine_charge(m, COST_csr_serialize, 1, true);
}

void hw_fence_i(struct hw *hw)
{
    machine_charge(hw->m, COST_fence, 1, true); /* stores are always visible to fetches on this machine */
}

void hw_sfence(struct hw *hw, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid)
{
    machine_charge(hw->m, COST_fence, 1, true);
    machine_fence_vma(hw->m, all_addresses, va, all_asids, asid);
}

void hw_hfence_gvma(struct hw *hw, bool all_vmids, uint16_t vmid)
{
    machine_charge(hw->m, COST_fence, 1, true);
    machine_hfence_gvma(hw->m, all_vmids, vmid);
}

void hw_hfence_vvma(struct hw *hw, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid)
{
    machine_charge(hw->m, COST_fence, 1, true);
    machine_hfence_vvma(hw->m, all_addresses, va, all_asids, asid);
}

/* --- memory ------------------------------------------------------------------------------------------------------------------- */

uint8_t *hw_frames(struct hw *hw, uint64_t pa, uint64_t n)
{
    return ram_at(&hw->m->ram, pa, n);
}

void hw_wrote(struct hw *hw, uint64_t pa, uint64_t n, bool dma)
{
    const struct audit_domain *domain = &hw->m->audit.domain;
    if (hw->m->config.audit && domain->hi) /* before the first guest runs, images are loaded */
        audit_announced(hw->m, domain, pa, n, dma ? VIOLATION_DMA : VIOLATION_WRITE);
    machine_wrote(hw->m, pa, n, dma);
}

_Static_assert(HW_MARKS == CODE_MARKS, "a bit for each halfword of a page");

void hw_marks(struct hw *hw, uint64_t pa, const uint64_t marks[HW_MARKS])
{
    if (!ram_at(&hw->m->ram, pa & ~(PAGE_SIZE - 1), PAGE_SIZE))
        hw_panic(hw, "the monitor marks a page that is no memory");
    code_set_marks(hw->m->hart.code, pa, marks);
}

void hw_select(struct hw *hw, unsigned guest)
{
    if (guest >= hw->n)
        hw_panic(hw, "the monitor runs a guest that there is not");
    hw->selected = guest;
    machine_fence(hw->m, &hw->channels[guest].domain);
}

/* --- devices ------------------------------------------------------------------------------------------------------------------ */

#define DISK_ACCESSES                                                                                                      \
    3 /* registers of a real virtio device that a request needs: to notify it, to read and acknowledge its interrupt */

static const struct bus_host *host_of(struct hw *hw, unsigned guest)
{
    if (guest >= hw->n)
        hw_panic(hw, "the monitor uses the devices of a guest that there is not");
    return hw->channels[guest].host;
}

void hw_console_put(struct hw *hw, unsigned guest, uint8_t byte)
{
    const struct bus_host *host = host_of(hw, guest);
    hw_charge(hw, COST_device_uart, 1);
    host->console_put(host->context, byte);
}

int hw_console_get(struct hw *hw, unsigned guest)
{
    const struct bus_host *host = host_of(hw, guest);
    hw_charge(hw, COST_device_uart, 1);
    return host->console_get(host->context);
}

bool hw_disk_transfer(struct hw *hw, unsigned guest, unsigned drive, bool write, uint64_t sector, uint64_t count,
                      uint64_t pa)
{
    const struct bus_host *host = host_of(hw, guest);
    hw_charge(hw, COST_device_disk, DISK_ACCESSES);
    audit_announced(hw->m, &hw->channels[guest].domain, pa, count * 512, VIOLATION_DMA);
    return host->disk_transfer(host->context, drive, write, sector, count, pa);
}

bool hw_disk_flush(struct hw *hw, unsigned guest, unsigned drive)
{
    const struct bus_host *host = host_of(hw, guest);
    hw_charge(hw, COST_device_disk, DISK_ACCESSES);
    return host->disk_flush(host->context, drive);
}

bool hw_reload(struct hw *hw, unsigned guest)
{
    const struct bus_host *host = host_of(hw, guest);
    hw_charge(hw, COST_device_disk, DISK_ACCESSES);
    return host->reload && host->reload(host->context);
}

/* --- accounts ------------------------------------------------------------------------------------------------------------------- */

void hw_charge(struct hw *hw, enum cost_row row, uint64_t count)
{
    machine_charge(hw->m, row, count, true);
    if (hw->m->config.stress.stall)
        machine_may_stall(hw->m);
}

uint64_t hw_cycles(struct hw *hw)
{
    return hw->m->cost.total;
}

void hw_note_trap(struct hw *hw, unsigned guest, uint64_t step, uint64_t cause, uint64_t epc, uint64_t tval)
{
    struct trap_log *log = hw->channels[guest].traps;
    hw->m->audit.vain_exits = 0;
    if (log)
        trap_log_add(log, step, cause, epc, tval);
}

bool hw_wants_insns(struct hw *hw, unsigned guest)
{
    return hw->m->config.audit || hw->channels[guest].insns.note;
}

void hw_note_insn(struct hw *hw, unsigned guest, uint64_t pc, uint32_t word, unsigned mode)
{
    const struct insn_observer *o = &hw->channels[guest].insns;
    hw->m->audit.vain_exits = 0;
    if (o->note) {
        struct insn_note note = {guest, pc, word, (enum mode)mode, hw->memory_trap};
        o->note(o->context, &note);
    }
    hw->memory_trap = false;
}

bool hw_wants_exits(struct hw *hw, unsigned guest)
{
    return hw->channels[guest].exits.note;
}

/* What the guest has run since belongs to the next note. */
void hw_note_exit(struct hw *hw, struct exit_note *note)
{
    const struct exit_observer *o = &hw->channels[note->guest].exits;
    const uint64_t *now = hw->m->cost.by_owner, *end = hw->ran ? hw->entered : now, *next = hw->ran ? hw->left : now;
    for (unsigned i = 0; i < OWNER_count; i++) {
        note->cost[i] = end[i] - hw->noted[i];
        note->ran_cost[i] = hw->ran_cost[i];
        hw->ran_cost[i] = hw->ran ? hw->left[i] - hw->sampled[i] : 0;
        hw->noted[i] = next[i];
    }
    hw->ran = false;
    if (o->note)
        o->note(o->context, note);
}

_Noreturn void hw_panic(struct hw *hw, const char *message)
{
    const struct hart *h = &hw->m->hart;
    fflush(stdout);
    fprintf(stderr, "trapeze: broken invariant of the monitor: %s\n", message);
    fprintf(stderr, "  pc %#" PRIx64 "  mcause %#" PRIx64 "  mtval %#" PRIx64 "  mstatus %#" PRIx64 "  satp %#" PRIx64 "\n",
            h->ctx.pc, h->priv.csr.mcause, h->priv.csr.mtval, h->priv.csr.mstatus, h->priv.csr.satp);
    for (unsigned r = 0; r < 32; r++)
        fprintf(stderr, "  x%-2u %016" PRIx64 "%s", r, h->ctx.x[r], r % 4 == 3 ? "\n" : "");
    exit(127);
}
