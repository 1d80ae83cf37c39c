/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Making, running and unmaking sessions.
 */
#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "commands.h"
#include "isa/drive.h"
#include "message.h"
#include "vmm/hw_machine.h"
#include "vmm/technique/technique.h"

#define SLICE (UINT64_C(1) << 24)       /* steps between looks at the terminal */
#define RAM_END (UINT64_C(1) << 38)     /* of the real machine: what Sv39 can map one to one below 2^38 */

struct session_guest {
    struct session *session;
    const struct guest_options *options;
    struct guest loaded;
    struct console *console;            /* owned, like the drives */
    struct drive *drive[BUS_VIRTIO_SLOTS];
    unsigned drive_count;
    struct bus_host host;
    struct vm *vm;                      /* NULL natively */
    const struct clock *clock;
    char prefix[8];
    XXH64_state_t *traps;               /* owned: the hash of the traps before those in `notes` */
    struct trap_note notes[128];        /* hashed many at a time */
    unsigned note_count;
    uint64_t interrupts;
    uint64_t insns_at_input;            /* when the terminal was last asked in vain */
    bool quit;                          /* Ctrl-A x */
};

/* --- what the board reaches outside ------------------------------------------------------------------------------------- */

static void put(void *context, uint8_t byte)
{
    struct session_guest *g = context;
    console_put(g->console, byte);
}

/* A guest that has done nothing since it last asked waits for a key: the host may sleep, too. */
static int get(void *context)
{
    struct session_guest *g = context;
    if (g->quit || console_poll(g->console)) {
        g->quit = true;
        return BUS_END_OF_INPUT;
    }
    int byte = console_get(g->console, g->clock->now);
    if (byte == BUS_NO_INPUT) {
        if (g->clock->insns == g->insns_at_input)
            console_idle(g->console);
        g->insns_at_input = g->clock->insns;
    }
    return byte;
}

static bool transfer(void *context, unsigned drive, bool write, uint64_t sector, uint64_t count, uint64_t pa)
{
    struct session_guest *g = context;
    struct machine *m = g->session->machine;
    uint8_t *bytes = ram_at(&m->ram, pa, count * DRIVE_SECTOR);
    if (!bytes || drive >= g->drive_count)
        return false;
    if (!write)
        machine_wrote(m, pa, count * DRIVE_SECTOR, true);
    return drive_transfer(g->drive[drive], write, sector, count, bytes);
}

static bool flush(void *context, unsigned drive)
{
    struct session_guest *g = context;
    return drive < g->drive_count && drive_flush(g->drive[drive]);
}

static void dma(void *context, uint64_t pa, uint64_t n)
{
    struct session_guest *g = context;
    machine_wrote(g->session->machine, pa, n, true);
}

/* A note is hashed as it lies in memory: step, cause, epc, tval. */
_Static_assert(sizeof(struct trap_note) == 4 * sizeof(uint64_t), "no padding is hashed");

static void hash_notes(struct session_guest *g)
{
    XXH64_update(g->traps, g->notes, g->note_count * sizeof g->notes[0]);
    g->note_count = 0;
}

/* The last one noted, if any was: it stays where it is when it has been hashed. */
static const struct trap_note *last_note(const struct session_guest *g)
{
    unsigned n = sizeof g->notes / sizeof g->notes[0];
    return &g->notes[(g->note_count + n - 1) % n];
}

static void note_trap(void *context, const struct trap_note *note)
{
    struct session_guest *g = context;
    g->notes[g->note_count++] = *note;
    if (g->note_count == sizeof g->notes / sizeof g->notes[0])
        hash_notes(g);
    g->interrupts += note->cause >> 63;
}

/* --- making ------------------------------------------------------------------------------------------------------------- */

static void *need(void *p)
{
    if (!p)
        refuse("out of memory");
    return p;
}

static void open_guest(struct session *s, unsigned index, const struct session_config *config)
{
    struct session_guest *g = &s->guest[index];
    struct console_config console = config->console;
    char error[512];
    g->session = s;
    g->options = &config->options->guest[index];
    if (s->guest_count > 1) {
        snprintf(g->prefix, sizeof g->prefix, "[%c] ", 'A' + (int)index);
        console.prefix = g->prefix;
        if (index > 0)
            console.input = CONSOLE_NONE;
    }
    for (; g->drive_count < g->options->drive_count; g->drive_count++) {
        g->drive[g->drive_count] = drive_open(g->options->drive[g->drive_count], config->snapshot, error, sizeof error);
        if (!g->drive[g->drive_count])
            refuse("%s", error);
    }
    g->console = console_new(&console);
    g->host = (struct bus_host){.context = g, .console_put = put, .console_get = get, .disk_transfer = transfer,
                                .disk_flush = flush};
    g->traps = need(XXH64_createState());
    XXH64_reset(g->traps, 0);
    g->insns_at_input = UINT64_MAX;
}

/* The image onto the board. Returns where the guest starts. */
static uint64_t load(struct session_guest *g, struct bus *bus)
{
    char error[512];
    struct guest_config config = {
        .image = g->options->image,
        .bios = g->options->bios,
        .kernel = g->options->kernel,
        .append = g->options->append,
        .drive_count = g->drive_count,
    };
    memcpy(config.drive, g->drive, sizeof config.drive);
    if (!guest_load(&g->loaded, bus, &config, error, sizeof error))
        refuse("%s", error);
    return g->loaded.reset_pc;
}

static struct machine_config machine_config_of(const struct session *s, uint64_t ram_size)
{
    return (struct machine_config){
        .ram_size = ram_size,
        .cost = s->options->cost,
        .clock_cycles = s->options->clock_cycles,
        .monitored = !s->method.native,
        .seed = s->options->seed,
        .stress = s->options->stress,
    };
}

static void open_natively(struct session *s)
{
    struct session_guest *g = &s->guest[0];
    struct machine_config config = machine_config_of(s, s->options->ram_size);
    s->machine = machine_new(&config, &g->host);
    if (!s->machine)
        refuse("-m: the host cannot give %" PRIu64 " MiB of memory", config.ram_size >> 20);
    s->machine->bus_host.dma_write = dma;       /* with the context of the others */
    s->machine->observer = (struct trap_observer){note_trap, g};
    g->clock = &s->machine->clock;
    s->machine->hart.ctx.pc = load(g, &s->machine->bus);
}

static const struct technique *find_technique(const char *name)
{
    for (unsigned i = 0; i < techniques_count; i++)
        if (strcmp(techniques[i]->name, name) == 0)
            return techniques[i];
    refuse("technique '%s' is not in this build", name);
}

static void open_machine_for_monitor(struct session *s)
{
    uint64_t sizes[VMM_GUESTS_MAX];
    struct hw_channel channels[VMM_GUESTS_MAX];
    for (unsigned i = 0; i < s->guest_count; i++)
        sizes[i] = s->options->ram_size;
    uint64_t real = vmm_real_ram(sizes, s->guest_count);
    if (real > RAM_END - RAM_BASE)
        refuse("-m: %u guests with so much memory do not fit into one machine", s->guest_count);
    struct machine_config config = machine_config_of(s, real);
    s->machine = machine_new(&config, &s->guest[0].host);
    if (!s->machine)
        refuse("-m: the host cannot give %" PRIu64 " MiB of memory", real >> 20);
    for (unsigned i = 0; i < s->guest_count; i++) {
        uint64_t base = vmm_guest_base(sizes, i);
        channels[i] = (struct hw_channel){&s->guest[i].host, {note_trap, &s->guest[i]}, base, base + sizes[i]};
    }
    s->hw = need(hw_open(s->machine, channels, s->guest_count));
    s->vmm = need(vmm_open(s->hw, real));
}

static void open_monitored(struct session *s)
{
    const uint64_t *cycles = s->options->cost.cycles;
    uint64_t step = cycles[COST_insn] + cycles[COST_mem];
    struct vm_config config = {
        .ram_size = s->options->ram_size,
        .technique = find_technique(s->method.name),
        .step_cycles = !s->options->clock_cycles ? 0 : step ? step : 1,
    };
    open_machine_for_monitor(s);
    for (unsigned i = 0; i < s->guest_count; i++) {
        struct session_guest *g = &s->guest[i];
        g->vm = need(vmm_add_guest(s->vmm, &config));
        g->clock = &g->vm->clock;
        g->vm->vcpu.ctx->pc = load(g, &g->vm->bus);
    }
}

struct session *session_open(const struct session_config *config)
{
    struct session *s = need(calloc(1, sizeof *s));
    s->options = config->options;
    s->method = config->method;
    s->guest_count = config->options->guest_count;
    s->guest = need(calloc(s->guest_count, sizeof *s->guest));
    for (unsigned i = 0; i < s->guest_count; i++)
        open_guest(s, i, config);
    if (s->method.native)
        open_natively(s);
    else
        open_monitored(s);
    return s;
}

void session_close(struct session *s)
{
    for (unsigned i = 0; i < s->guest_count; i++) {
        struct session_guest *g = &s->guest[i];
        guest_free(&g->loaded);
        console_free(g->console);
        for (unsigned d = 0; d < g->drive_count; d++)
            drive_close(g->drive[d]);
        XXH64_freeState(g->traps);
    }
    hw_close(s->hw);
    machine_free(s->machine);
    free(s->guest);
    free(s);
}

/* --- running ------------------------------------------------------------------------------------------------------------- */

/* What the simulator has found wrong with the monitor. */
static void check_violation(const struct session *s)
{
    const struct machine_violation *v = &s->machine->violation;
    if (v->kind == VIOLATION_NONE)
        return;
    if (v->kind == VIOLATION_MODE)
        say("broken invariant of the monitor: guest code has run in a real mode other than U, at 0x%" PRIx64, v->pc);
    else
        say("broken invariant of the monitor: the guest at 0x%" PRIx64 " has reached a foreign frame, 0x%" PRIx64, v->pc, v->address);
    exit(STATUS_PANIC);
}

/* Looks after the outside. Returns whether the user wants to leave. */
static bool look_outside(struct session *s)
{
    bool quit = false;
    for (unsigned i = 0; i < s->guest_count; i++) {
        struct session_guest *g = &s->guest[i];
        g->quit |= console_poll(g->console);
        quit |= g->quit;
        if (console_error(g->console))
            refuse("%s", console_error(g->console));
        for (unsigned d = 0; d < g->drive_count; d++)
            if (drive_error(g->drive[d]))
                refuse("%s", drive_error(g->drive[d]));
    }
    return quit;
}

bool session_run(struct session *s, uint64_t steps)
{
    struct timespec begin, end;
    bool going = true;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    while (going && steps) {
        uint64_t n = steps < SLICE ? steps : SLICE;
        going = s->vmm ? vmm_run(s->vmm, n) : machine_run(s->machine, n).reason == END_NONE;
        steps -= n;
        s->steps += n;
        check_violation(s);
        if (look_outside(s))
            going = false;
    }
    for (unsigned i = 0; i < s->guest_count; i++)
        if (!console_flush(s->guest[i].console))
            refuse("%s", console_error(s->guest[i].console));
    clock_gettime(CLOCK_MONOTONIC, &end);
    s->seconds += (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    return going;
}

/* --- looking ------------------------------------------------------------------------------------------------------------- */

struct run_end session_end(const struct session *s, unsigned guest)
{
    const struct session_guest *g = &s->guest[guest];
    struct run_end end = g->vm ? g->vm->end : s->machine->end;
    if (g->quit && (end.reason == END_NONE || end.reason == END_IDLE))
        end.reason = END_QUIT;
    return end;
}

unsigned session_status(const struct session *s, unsigned guest)
{
    struct run_end end = session_end(s, guest);
    switch (end.reason) {
    case END_FINISHER:
    case END_HTIF:
        return end.code > STATUS_GUEST_MOST ? STATUS_GUEST_MOST : (unsigned)end.code;
    case END_RESET:
        return 0;
    case END_FAULT_LOOP:
        return STATUS_FAULT_LOOP;
    default:
        return STATUS_BUDGET;
    }
}

struct console *session_console(const struct session *s, unsigned guest)
{
    return s->guest[guest].console;
}

uint64_t session_trap_hash(const struct session *s, unsigned guest)
{
    const struct session_guest *g = &s->guest[guest];
    XXH64_state_t *all = need(XXH64_createState());
    XXH64_copyState(all, g->traps);
    XXH64_update(all, g->notes, g->note_count * sizeof g->notes[0]);
    uint64_t hash = XXH64_digest(all);
    XXH64_freeState(all);
    return hash;
}

struct state session_state(const struct session *s, unsigned guest)
{
    struct machine *m = s->machine;
    struct vm *vm = s->guest[guest].vm;
    struct state state = {.clock_cycles = s->options->clock_cycles, .clock = s->guest[guest].clock};
    if (vm) {
        state.ctx = vm->vcpu.ctx;
        state.priv = &vm->vcpu.priv;
        state.ram = vm->bus.ram;
        state.written = m->frame_written + (state.ram.bytes - m->ram.bytes) / (ptrdiff_t)PAGE_SIZE;
    } else {
        state.ctx = &m->hart.ctx;
        state.priv = &m->hart.priv;
        state.ram = m->ram;
        state.written = m->frame_written;
    }
    return state;
}

static void report_guest(const struct session *s, const struct session_guest *g, struct run_report *r)
{
    const struct machine *m = s->machine;
    if (g->vm) {
        r->insns = g->vm->insns;
        r->counters = g->vm->counters;
        memcpy(r->exits, g->vm->exits, sizeof r->exits);
        return;
    }
    r->insns.direct = m->clock.insns;
    memcpy(r->insns.by_mode, m->counters.insns_by_mode, sizeof r->insns.by_mode);
    r->counters.guest_traps = m->counters.traps;
    r->counters.guest_interrupts = g->interrupts;
    for (unsigned row = COST_device_timer; row <= COST_device_disk; row++)
        r->counters.device_accesses += m->cost.count[row];
}

struct run_report session_report(const struct session *s, unsigned guest)
{
    const struct session_guest *g = &s->guest[guest];
    const struct machine *m = s->machine;
    const struct image *image = &g->loaded.image;
    struct state state = session_state(s, guest);
    struct run_report r = {
        .options = s->options,
        .method = &s->method,
        .image = g->options->image ? g->options->image : image->path,
        .end = session_end(s, guest),
        .status = session_status(s, guest),
        .steps = g->clock->steps,
        .cycles = m->cost.total,
        .tlb_misses = m->counters.tlb_misses_fetch + m->counters.tlb_misses_data,
        .walk_refs = m->counters.walk_refs,
        .state_hash = state_hash(&state),
        .console_hash = console_hash(g->console),
        .trap_hash = session_trap_hash(s, guest),
        .has_disk = g->drive_count > 0,
        .seconds = s->seconds,
    };
    memcpy(r.image_hash, image->hash, sizeof r.image_hash);
    memcpy(r.cycles_by_owner, m->cost.by_owner, sizeof r.cycles_by_owner);
    memcpy(r.events, m->cost.count, sizeof r.events);
    report_guest(s, g, &r);
    if (r.has_disk && !drive_hash(g->drive, g->drive_count, &r.disk_hash))
        refuse("a drive cannot be read: the disk's hash is not known");
    return r;
}

/* " (symbol+0x10)", where the image knows one. */
static const char *symbol_text(const struct session_guest *g, uint64_t address, char *text, size_t n)
{
    const struct image_symbol *symbol = image_symbol_at(&g->loaded.image, address);
    text[0] = '\0';
    if (symbol)
        snprintf(text, n, " (%s+0x%" PRIx64 ")", symbol->name, address - symbol->address);
    return text;
}

void session_remark(const struct session *s, unsigned guest)
{
    const struct session_guest *g = &s->guest[guest];
    struct run_end end = session_end(s, guest);
    uint64_t pc = session_state(s, guest).ctx->pc;
    char symbol[128];
    switch (end.reason) {
    case END_FAULT_LOOP:
        say("%sthe guest does nothing but trap: %d times in a row, the last one %s at 0x%" PRIx64 "%s, value 0x%" PRIx64,
            g->prefix, FAULT_LOOP_TRAPS, trap_name(last_note(g)->cause), last_note(g)->epc,
            symbol_text(g, last_note(g)->epc, symbol, sizeof symbol), last_note(g)->tval);
        break;
    case END_IDLE:
        say("%sthe guest waits for an interrupt at 0x%" PRIx64 "%s, and none can come", g->prefix, pc,
            symbol_text(g, pc, symbol, sizeof symbol));
        break;
    case END_RESET:
        say("%sthe guest has asked for a reset, which ends the run", g->prefix);
        break;
    case END_NONE:
        say("%sthe budget of %" PRIu64 " steps is used up, at 0x%" PRIx64 "%s", g->prefix, s->options->max_insns, pc,
            symbol_text(g, pc, symbol, sizeof symbol));
        break;
    default:
        break;
    }
}
