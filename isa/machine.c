/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The machine as a whole: what happens between steps, idle time, charging, and the hart as a monitor's hardware.
 *
 * Before each step, in this order: the board's events due at or before `now` are performed; the interrupt lines are set;
 * the highest enabled interrupt is taken. The hart runs in between for as many steps as nothing of that can change.
 */
#include "machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "exec.h"

/* --- making -------------------------------------------------------------------------------------------------------------- */

static void *map_zero(uint64_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

#define HOST_HUGE (UINT64_C(2) << 20)

/* Guest RAM of n bytes, in the host's huge pages where it has them: a guest that jumps about in memory would else spend its
 * time in the host's TLB misses. Touching one byte may cost 2 MiB. */
static uint8_t *map_ram(uint64_t n)
{
    uint8_t *p = map_zero(n + HOST_HUGE);
    if (!p)
        return NULL;
    uint64_t before = -(uint64_t)(uintptr_t)p % HOST_HUGE;
    if (before)
        munmap(p, before);
    munmap(p + before + n, HOST_HUGE - before);
    madvise(p + before, n, MADV_HUGEPAGE);
    return p + before;
}

static void unmap(void *p, uint64_t n)
{
    if (p)
        munmap(p, n);
}

struct machine *machine_new(const struct machine_config *config, const struct bus_host *host)
{
    struct machine *m = map_zero(sizeof *m);
    if (!m)
        return NULL;
    m->config = *config;
    m->config.audit = config->audit && config->monitored;
    m->config.detect_stale = config->detect_stale && !config->monitored;
    m->config.stress.one_instruction |= config->audit || config->detect_stale; /* each access passes the audit */
    m->ram = (struct ram){map_ram(config->ram_size), RAM_BASE, config->ram_size};
    m->frame_written = map_zero(config->ram_size / PAGE_SIZE);
    if (m->ram.bytes)
        m->hart.code = code_new(m->ram, config->profile | (config->hext ? PROFILE_HEXT : 0), block_labels());
    m->hart.plain = map_zero(config->ram_size / PAGE_SIZE);
    if (m->config.audit || m->config.detect_stale)
        m->audit = (struct audit){.coherence = coherence_new(), .assisted = coherence_new(), .second = coherence_new()};
    bool whole =
        (m->audit.coherence && m->audit.assisted && m->audit.second) || !(m->config.audit || m->config.detect_stale);
    if (!m->frame_written || !m->hart.plain || !m->hart.code || !whole) {
        machine_free(m);
        return NULL;
    }
    m->cost.model = &m->config.cost;
    m->bus_host = *host;
    bus_init(&m->bus, m->ram, &m->clock, &m->bus_host);
    csr_reset(&m->hart.priv);
    if (config->hext)
        hext_enable(&m->hart.priv);
    tlb_reset(&m->hart);
    m->hart.ctx.pc = BUS_ROM_BASE;
    m->hart.ctx.reservation = RESERVATION_NONE;
    m->last_trap_insns = UINT64_MAX;
    m->random = config->seed;
    m->random_stall = ~config->seed;
    return m;
}

void machine_free(struct machine *m)
{
    if (!m)
        return;
    code_free(m->hart.code);
    coherence_free(m->audit.coherence);
    coherence_free(m->audit.assisted);
    coherence_free(m->audit.second);
    unmap(m->ram.bytes, m->config.ram_size);
    unmap(m->frame_written, m->config.ram_size / PAGE_SIZE);
    unmap(m->hart.plain, m->config.ram_size / PAGE_SIZE);
    unmap(m, sizeof *m);
}

/* --- charging -------------------------------------------------------------------------------------------------------------- */

static void charge_privileged(struct machine *m)
{
    struct hart *h = &m->hart;
    machine_charge(m, COST_csr_access, h->csrs - h->charged_csrs, false);
    machine_charge(m, COST_trap_enter, h->traps - h->charged_traps, false);
    machine_charge(m, COST_trap_return, h->returns - h->charged_returns, false);
    h->charged_csrs = h->csrs;
    h->charged_traps = h->traps;
    h->charged_returns = h->returns;
}

void machine_charge_hart(struct machine *m)
{
    struct hart *h = &m->hart;
    machine_charge(m, COST_insn, m->clock.insns - h->charged_insns + h->extra - h->charged_extra, false);
    machine_charge(m, COST_mem, h->mems - h->charged_mems, false);
    if (h->csrs != h->charged_csrs || h->traps != h->charged_traps ||
        h->returns != h->charged_returns) /* no guest of a monitor */
        charge_privileged(m);
    h->charged_insns = m->clock.insns;
    h->charged_extra = h->extra;
    h->charged_mems = h->mems;
    if (m->config.clock_cycles)
        m->clock.now = m->cost.total + m->idle;
}

uint64_t machine_cycles(const struct machine *m, uint64_t by_owner[OWNER_count])
{
    const struct hart *h = &m->hart;
    const uint64_t pending[][2] = {
        {COST_insn, hart_steps(h) - h->traps - h->charged_insns + h->extra - h->charged_extra},
        {COST_mem, h->mems - h->charged_mems},
        {COST_csr_access, h->csrs - h->charged_csrs},
        {COST_trap_enter, h->traps - h->charged_traps},
        {COST_trap_return, h->returns - h->charged_returns},
    };
    uint64_t total = m->cost.total;
    memcpy(by_owner, m->cost.by_owner, sizeof m->cost.by_owner);
    for (unsigned i = 0; i < sizeof pending / sizeof pending[0]; i++) {
        uint64_t cycles = pending[i][1] * m->config.cost.cycles[pending[i][0]];
        by_owner[cost_owner_of((enum cost_row)pending[i][0], false)] += cycles;
        total += cycles;
    }
    return total;
}

void machine_settle(struct machine *m)
{
    machine_charge_hart(m);
    hart_leave_mode(m, m->clock.insns);
    m->counters.traps = m->hart.traps;
}

/* --- memory written by others than the hart's own fast path ------------------------------------------------------------------- */

void machine_wrote(struct machine *m, uint64_t pa, uint64_t n, bool dma)
{
    struct hart *h = &m->hart;
    uint64_t held = h->ctx.reservation & ~UINT64_C(1), bytes = h->ctx.reservation & 1 ? 8 : 4;
    if (dma && h->ctx.reservation != RESERVATION_NONE && held < pa + n && pa < held + bytes)
        h->ctx.reservation = RESERVATION_NONE;
    while (n) {
        uint64_t room = PAGE_SIZE - pa % PAGE_SIZE, part = n < room ? n : room;
        m->frame_written[(pa - m->ram.base) / PAGE_SIZE] = 1;
        if (code_written(h->code, pa, part))
            h->stale = true;
        pa += part;
        n -= part;
    }
}

/* --- between steps -------------------------------------------------------------------------------------------------------------- */

static void look_at_board(struct machine *m)
{
    struct csr_file *f = &m->hart.priv.csr;
    bus_advance(&m->bus);
    csr_set_lines(f, bus_lines(&m->bus) | (csr_stip(f, &m->clock) ? MIP_STIP : 0) |
                         (hext_vstip(&m->hart.priv, &m->clock) ? MIP_VSTIP : 0));
}

/* The first `now` at which something may change that the hart does not do itself; UINT64_MAX for never. */
static uint64_t next_due(const struct machine *m)
{
    const struct csr_file *f = &m->hart.priv.csr;
    uint64_t due = bus_next_due(&m->bus);
    if (f->menvcfg & MENVCFG_STCE) {
        uint64_t timer = clock_when(&m->clock, f->stimecmp);
        due = timer < due ? timer : due;
    }
    if (hext_stce(&m->hart.priv)) {
        struct clock guest = m->clock;
        guest.time_offset += m->hart.priv.hcsr.htimedelta;
        uint64_t timer = clock_when(&guest, m->hart.priv.hcsr.vstimecmp);
        due = timer < due ? timer : due;
    }
    return due;
}

/* Steps until `due`; with the clock in cycles, so few that their instructions alone do not pass it. */
static uint64_t steps_until(const struct machine *m, uint64_t due)
{
    uint64_t away = due > m->clock.now ? due - m->clock.now : 1;
    if (!m->config.clock_cycles || due == UINT64_MAX)
        return away;
    const uint64_t *cycles = m->config.cost.cycles;
    uint64_t each = cycles[COST_insn] + cycles[COST_mem];
    return each == 0 || away < each ? 1 : away / each;
}

static void skip_to(struct machine *m, uint64_t due)
{
    uint64_t skipped = due - m->clock.now, before = m->cost.total;
    machine_charge(m, COST_idle, skipped, false);
    m->idle += skipped;
    if (m->config.clock_cycles) /* what was charged is in `now` already */
        m->idle -= m->cost.total - before;
    m->clock.now = due;
}

/* A wfi has completed: time jumps from event to event until an enabled interrupt is pending (not necessarily taken). */
static void wait_for_interrupt(struct machine *m)
{
    const struct csr_file *f = &m->hart.priv.csr;
    look_at_board(m);
    m->waiting = true;
    while (!(csr_mip(f) & f->mie)) {
        if (m->probe.waits && m->probe.waits(m->probe.context)) {
            look_at_board(m);
            continue;
        }
        uint64_t due = next_due(m);
        if (due == UINT64_MAX) {
            m->end.reason = END_IDLE;
            return;
        }
        skip_to(m, due);
        look_at_board(m);
    }
    m->waiting = false;
}

/* The store that asked for a reset, at pc, completes; then hart and board are as at first, and images are loaded again. */
static bool reset(struct machine *m)
{
    struct hart *h = &m->hart;
    if (!m->bus_host.reload || !m->bus_host.reload(m->bus_host.context))
        return false;
    h->steps_end = m->clock.steps;
    h->left = -1;
    h->mems++;
    hart_sync(m, NULL);
    hart_leave_mode(m, m->clock.insns);
    h->ctx = (struct context){.pc = BUS_ROM_BASE, .reservation = RESERVATION_NONE};
    csr_reset(&h->priv);
    if (m->config.hext)
        hext_enable(&h->priv);
    machine_fence_vma(m, true, 0, true, 0);
    tlb_reset(h);
    m->same_insns_traps = 0;
    m->last_trap_insns = UINT64_MAX;
    bus_reset(&m->bus);
    return true;
}

static void stop(struct machine *m)
{
    static const enum end_reason reasons[] = {
        [BUS_STOP_FINISHER] = END_FINISHER, [BUS_STOP_HTIF] = END_HTIF, [BUS_STOP_RESET] = END_RESET};
    if (m->bus.stop != BUS_RUNNING && !(m->bus.stop == BUS_STOP_RESET && reset(m)))
        m->end = (struct run_end){reasons[m->bus.stop], m->bus.stop_code};
}

static uint64_t random_next(uint64_t *state) /* splitmix64 */
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

#define STALL_STEPS 256 /* between two stalls, at the most */

/* Stands still, if that is asked for. To be called before the hart runs for up to stressed() steps. */
static void stall(struct machine *m)
{
    if (!m->config.stress.stall)
        return;
    machine_charge(m, COST_stall, random_next(&m->random_stall) % (m->config.stress.stall + UINT64_C(1)), false);
    machine_charge_hart(m);
}

void machine_may_stall(struct machine *m)
{
    if (random_next(&m->random_stall) % STALL_STEPS == 0)
        stall(m);
}

static uint64_t stressed(struct machine *m, uint64_t budget)
{
    const struct machine_stress *stress = &m->config.stress;
    if (stress->flush_tlb) {
        uint64_t some = 1 + random_next(&m->random) % stress->flush_tlb;
        tlb_reset(&m->hart);
        budget = some < budget ? some : budget;
    }
    if (stress->stall) {
        uint64_t some = 1 + random_next(&m->random_stall) % STALL_STEPS;
        budget = some < budget ? some : budget;
    }
    return budget;
}

/* Interrupts cost a step like any trap, outside of the engine's loop. */
static void take_interrupt(struct machine *m, int number)
{
    struct hart *h = &m->hart;
    h->steps_end = m->clock.steps;
    h->left = 0;
    m->counters.interrupts++;
    hart_trap(m, CAUSE_INTERRUPT | (uint64_t)number, 0); /* counts, also if it ends the run as a fault loop */
    hart_sync(m, NULL);
}

struct run_end machine_run(struct machine *m, uint64_t steps)
{
    uint64_t end = m->clock.steps + steps < steps ? UINT64_MAX : m->clock.steps + steps;
    if (m->waiting && !m->end.reason) /* it was left there */
        wait_for_interrupt(m);
    while (!m->end.reason && m->clock.steps < end) {
        if (m->probe.between)
            m->probe.between(m->probe.context);
        stall(m);
        look_at_board(m);
        int interrupt = trap_pending(&m->hart.priv);
        if (interrupt != NO_TRAP) {
            take_interrupt(m, interrupt);
            continue;
        }
        uint64_t budget = steps_until(m, next_due(m));
        if (budget > end - m->clock.steps)
            budget = end - m->clock.steps;
        struct hart_exit exit = hart_run(m, stressed(m, budget));
        if (exit.reason == HART_WAIT)
            wait_for_interrupt(m);
        else if (exit.reason == HART_STOP)
            stop(m);
    }
    machine_settle(m);
    return m->end;
}

/* --- below a monitor -------------------------------------------------------------------------------------------------------------- */

/* With whatever stress there is. */
static inline struct hart_exit stalled_run(struct machine *m, uint64_t budget)
{
    if (__builtin_expect(m->config.stress.flush_tlb | m->config.stress.stall, 0)) {
        stall(m);
        budget = stressed(m, budget);
    }
    return hart_run(m, budget);
}

/* With V = 1, until something is for M-mode: the interrupts of VS-mode are taken here. Those of the board do not come. */
static __attribute__((noinline)) struct hart_exit run_virtual(struct machine *m, uint64_t budget)
{
    struct hart *h = &m->hart;
    uint64_t end = m->clock.steps + budget < budget ? UINT64_MAX : m->clock.steps + budget;
    struct hart_exit exit = {.reason = HART_BUDGET, .trap = {.cause = NO_TRAP}};
    while (m->clock.steps < end && !m->end.reason && exit.reason != HART_TRAP && exit.reason != HART_LEFT) {
        int interrupt = trap_pending(&h->priv);
        if (interrupt != NO_TRAP && hext_target(&h->priv, CAUSE_INTERRUPT | (uint64_t)interrupt) == HEXT_TO_VS)
            take_interrupt(m, interrupt);
        else
            exit = stalled_run(m, end - m->clock.steps);
    }
    if (m->end.reason == END_FAULT_LOOP) {
        m->end = (struct run_end){END_NONE, 0};
        exit.reason = HART_STOP;
    } else if (exit.reason != HART_TRAP) {
        exit.reason = HART_BUDGET;
    }
    return exit;
}

struct hart_exit machine_run_guest(struct machine *m, uint64_t budget)
{
    struct hart *h = &m->hart;
    uint64_t before = m->clock.insns;
    bool virt = h->priv.virt;
    h->mode_mark = before;
    if (m->config.audit || h->priv.mode != MODE_U)
        audit_enter(m);
    struct hart_exit exit = virt ? run_virtual(m, budget) : stalled_run(m, budget);
    if (m->config.audit)
        audit_leave(m, m->clock.insns - before);
    m->counters.exits++;
    hart_leave_mode(m, m->clock.insns);
    machine_charge_hart(m);
    return exit;
}

void machine_fence(struct machine *m, const struct audit_domain *domain)
{
    m->audit.domain = *domain;
}

void machine_hfence_vvma(struct machine *m, bool all_addresses, uint64_t va, bool all_asids, uint16_t asid)
{
    tlb_flush_guest(&m->hart, HGATP_VMID(m->hart.priv.hcsr.hgatp), all_addresses, va, all_asids, asid);
    if (m->audit.coherence && HGATP_MODE(m->hart.priv.hcsr.hgatp) != HGATP_MODE_SV39X4)
        coherence_fence(m->audit.assisted, all_addresses, va, all_asids, asid);
}

void machine_hfence_gvma(struct machine *m, bool all_vmids, uint16_t vmid)
{
    tlb_flush_second(&m->hart, all_vmids, vmid);
    if (m->audit.coherence)
        coherence_fence(m->audit.second, true, 0, all_vmids, vmid);
}
