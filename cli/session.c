/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Making, running and unmaking sessions.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "isa/drive.h"
#include "message.h"
#include "session_guest.h"
#include "vmm/hw_machine.h"
#include "vmm/technique/bt/window.h"
#include "vmm/technique/technique.h"

#define SLICE (UINT64_C(1) << 24)   /* steps between looks at the terminal */
#define RAM_END (UINT64_C(1) << 38) /* of the real machine: what Sv39 can map one to one below 2^38 */

/* --- what the board reaches outside ------------------------------------------------------------------------------------- */

static double host_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void note_expected(struct session_guest *g, uint8_t byte)
{
    unsigned line;
    if (script_printed(&g->player, byte, &line) && g->mark_count < SCRIPT_MARKS)
        g->mark[g->mark_count++] = (struct script_mark){line, g->clock->steps, host_seconds() - g->session->begin};
}

static void put(void *context, uint8_t byte)
{
    struct session_guest *g = context;
    console_put(g->console, byte);
    if (g->script)
        note_expected(g, byte);
}

static int get_scripted(struct session_guest *g)
{
    int byte = script_get(&g->player, g->clock->now);
    g->quit |= g->player.quit || g->player.gave_up;
    return g->quit ? BUS_END_OF_INPUT : byte;
}

static int get(void *context)
{
    struct session_guest *g = context;
    g->quit |= console_poll(g->console);
    if (g->script)
        return get_scripted(g);
    int byte = g->quit ? BUS_END_OF_INPUT : console_get(g->console, g->clock->now);
    const struct session_asked *asked = &g->session->asked;
    if (byte == BUS_NO_INPUT && asked->none)
        asked->none(asked->context, (unsigned)(g - g->session->guest), g->clock->now);
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

static bool reload(void *context)
{
    struct session_guest *g = context;
    if (g->session->options->no_reboot)
        return false;
    guest_reload(&g->loaded, g->vm ? &g->vm->bus : &g->session->machine->bus);
    return true;
}

/* A note is hashed as it lies in memory: step, cause, epc, tval. */
_Static_assert(sizeof(struct trap_note) == 4 * sizeof(uint64_t), "no padding is hashed");

/* Hashes them; finds the row that they end with. */
static void told_traps(void *context, const struct trap_note *notes, unsigned n)
{
    struct session_guest *g = context;
    unsigned begin = n - 1;
    XXH64_update(g->hash, notes, n * sizeof notes[0]);
    while (begin > 0 && notes[begin].step == notes[begin - 1].step + 1)
        begin--;
    const struct trap_note *last = g->row.count ? &g->row.note[g->row.count - 1] : NULL;
    if (begin > 0 || !last || notes[0].step != last->step + 1) {
        trap_tail_add(&g->earlier, g->row.note, g->row.count);
        trap_tail_add(&g->earlier, notes, begin);
        g->row.count = 0;
        g->row_begin = notes[begin];
    }
    trap_tail_add(&g->row, notes + begin, n - begin);
    if (g->session->observer)
        g->session->observer->trap(g->session->observer->context, (unsigned)(g - g->session->guest), notes);
}

/* --- making ------------------------------------------------------------------------------------------------------------- */

/* A drive of this guest, the last one that is open so far: no file may be written to by two. */
static void check_drive(const struct session *s, unsigned guest, const struct drive *drive)
{
    for (unsigned i = 0; i <= guest; i++)
        for (unsigned d = 0; d < s->guest[i].drive_count; d++)
            if (drive_clashes(s->guest[i].drive[d], drive))
                refuse("--drive %s: the file is a drive already, and is written to (add ,readonly to both, or copy it)",
                       drive_path(drive));
    if (!drive_lock(drive))
        refuse("--drive %s: another run is using the file, and one of the two writes to it (copy it)", drive_path(drive));
}

static void open_guest(struct session *s, unsigned index, const struct session_config *config)
{
    struct session_guest *g = &s->guest[index];
    struct console_config console = config->console;
    char error[512];
    g->session = s;
    g->options = &config->options->guest[index];
    g->technique = s->method.technique;
    if (s->guest_count > 1) {
        snprintf(g->prefix, sizeof g->prefix, "[%c] ", 'A' + (int)index);
        console.prefix = g->prefix;
        if (index > 0 && (console.input == CONSOLE_FD || console.input == CONSOLE_TYPED))
            console.input = CONSOLE_NONE;
    }
    if (g->options->expect) {
        console.input = CONSOLE_NONE;
        g->script = script_read(g->options->expect, error, sizeof error);
        if (!g->script)
            refuse("--expect %s", error);
        g->player.script = g->script;
    }
    for (; g->drive_count < g->options->drive_count; g->drive_count++) {
        g->drive[g->drive_count] = drive_open(g->options->drive[g->drive_count], config->snapshot, error, sizeof error);
        if (!g->drive[g->drive_count])
            refuse("%s", error);
        check_drive(s, index, g->drive[g->drive_count]);
    }
    g->console = console_new(&console);
    g->host = (struct bus_host){
        .context = g,
        .console_put = put,
        .console_get = get,
        .disk_transfer = transfer,
        .disk_flush = flush,
        .dma_write = dma,
        .reload = reload,
    };
    g->hash = need(XXH64_createState());
    XXH64_reset(g->hash, 0);
    trap_log_open(&g->traps, s->observer ? 1 : TRAP_LOG, told_traps, g);
}

/* The image onto the board. Returns where the guest starts. */
static uint64_t load(struct session_guest *g, struct bus *bus, bool hext)
{
    char error[512];
    struct guest_config config = {
        .image = g->options->image,
        .bios = g->options->bios,
        .kernel = g->options->kernel,
        .append = g->options->append,
        .drive_count = g->drive_count,
        .device_count = g->options->device_count,
        .seed = g->session->options->seed,
        .hext = hext,
    };
    memcpy(config.drive, g->drive, sizeof config.drive);
    memcpy(config.device, g->options->device, sizeof config.device);
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
        .profile = s->options->profile,
        .hext = !s->method.native || s->options->hext,
        .stress = s->options->stress,
        .audit = s->watch != NULL,
        .detect_stale = s->watch != NULL,
        .window = s->watch && s->method.native ? TRANSLATOR_BASE : 0,
    };
}

static void open_natively(struct session *s)
{
    struct session_guest *g = &s->guest[0];
    struct machine_config config = machine_config_of(s, s->options->ram_size);
    s->machine = machine_new(&config, &g->host);
    if (!s->machine)
        refuse("-m: the host cannot give %" PRIu64 " MiB of memory", config.ram_size >> 20);
    s->machine->trap_log = &g->traps;
    g->clock = &s->machine->clock;
    s->machine->hart.ctx.pc = load(g, &s->machine->bus, s->options->hext);
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
        channels[i] = (struct hw_channel){
            .host = &s->guest[i].host,
            .traps = &s->guest[i].traps,
            .domain = hw_guest_domain(sizes, i),
        };
        channels[i].domain.own_tables = s->method.technique->paravirtual;
    }
    if (s->observer) {
        for (unsigned i = 0; i < s->guest_count; i++) {
            channels[i].exits =
                (struct exit_observer){s->observer->exit, s->observer->context, s->observer->sample, s->observer->every};
            channels[i].insns = (struct insn_observer){s->observer->insn, s->observer->context};
        }
    }
    if (s->watch) {
        for (unsigned i = 0; i < s->guest_count; i++)
            channels[i].insns = s->watch->insns;
        s->machine->audit.observer = s->watch->violations;
    }
    s->hw = need(hw_open(s->machine, channels, s->guest_count));
    s->vmm = need(vmm_open(s->hw, real));
}

static void open_monitored(struct session *s)
{
    const uint64_t *cycles = s->options->cost.cycles;
    uint64_t step = cycles[COST_insn] + cycles[COST_mem] ? cycles[COST_insn] + cycles[COST_mem] : 1;
    struct vm_config config = {
        .ram_size = s->options->ram_size,
        .technique = s->method.technique,
        .shadow = s->method.shadow,
        .mmu = s->method.assisted,
        .small_pages = s->method.small_pages,
        .translator = s->method.translator,
        .profile = s->options->profile,
        .step_cycles = s->options->clock_cycles ? step : 0,
    };
    open_machine_for_monitor(s);
    for (unsigned i = 0; i < s->guest_count; i++) {
        struct session_guest *g = &s->guest[i];
        g->vm = need(vmm_add_guest(s->vmm, &config));
        g->clock = &g->vm->clock;
        g->vm->vcpu.ctx->pc = load(g, &g->vm->bus, false);
    }
}

struct session *session_open(const struct session_config *config)
{
    struct session *s = need(calloc(1, sizeof *s));
    s->options = config->options;
    s->method = config->method;
    s->watch = config->watch;
    s->observer = config->observer;
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
        script_free(g->script);
        for (unsigned d = 0; d < g->drive_count; d++)
            drive_close(g->drive[d]);
        XXH64_freeState(g->hash);
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
    char text[256];
    if (v->kind == VIOLATION_NONE || s->watch)
        return;
    audit_text(v, text, sizeof text);
    say("broken invariant of the monitor: %s", text);
    exit(STATUS_PANIC);
}

/* Looks after the outside. Returns whether the user wants to leave. */
static bool look_outside(struct session *s)
{
    bool quit = false;
    const char *error = s->observer ? s->observer->error(s->observer->context) : NULL;
    if (error)
        refuse("%s", error);
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

/* Steps until all guests are to have the same T again, if the watcher wants their turns short. */
static uint64_t until_turn(const struct session *s)
{
    uint64_t turn = s->watch ? s->watch->turn : 0;
    return turn ? turn - s->steps % turn : UINT64_MAX;
}

static void change_technique(struct session *s, unsigned guest, const struct technique *technique)
{
    vm_set_technique(s->guest[guest].vm, technique);
    if (s->observer)
        s->observer->technique(s->observer->context, guest, technique);
}

void session_set_technique(struct session *s, unsigned guest, const struct technique *technique)
{
    struct session_guest *g = &s->guest[guest];
    g->technique = technique;
    g->switched_from = g->vm->clock.steps + 1;
    vm_set_technique(g->vm, technique);
}

const struct technique *session_technique(const struct session *s, unsigned guest, uint64_t step)
{
    uint64_t steps;
    if (s->under_way && step >= s->under_way)
        return switching_at(&s->options->switching, s->guest[guest].technique, s->guest[guest].switched_from, step, &steps);
    return s->guest[guest].vm->technique;
}

/* The next piece, up to `end` at the most: to where the technique changes, for one. */
static bool run_piece(struct session *s, uint64_t end)
{
    uint64_t turn = until_turn(s), piece = end - s->steps, steps;
    for (unsigned i = 0; i < s->guest_count; i++) {
        struct session_guest *g = &s->guest[i];
        const struct technique *t = switching_at(&s->options->switching, g->technique, g->switched_from, s->steps, &steps);
        if (g->vm->technique != t)
            change_technique(s, i, t);
        piece = steps < piece ? steps : piece;
    }
    piece = turn < piece ? turn : piece;
    s->under_way = s->steps + piece;
    return vmm_begin(s->vmm, piece);
}

/* Runs so many steps, or to where the monitor pauses. */
static bool run_steps(struct session *s, uint64_t n)
{
    uint64_t end = s->steps + n;
    bool going = true;
    while (going && s->steps < end) {
        going = s->under_way ? vmm_go_on(s->vmm) : run_piece(s, end);
        if (vmm_paused(s->vmm))
            return true;
        s->steps = s->under_way;
        s->under_way = 0;
    }
    s->steps = end;
    return going;
}

/* Likewise, on the bare machine; in pieces, if somebody wants to know where it is. */
static bool run_natively(struct session *s, uint64_t n)
{
    struct machine *m = s->machine;
    const struct session_observer *o = s->observer;
    uint64_t end = s->steps + n, piece = o && o->sample ? o->every : n;
    bool going = true;
    s->steps = m->clock.steps; /* not so if it was left in the middle */
    while (going && s->steps < end) {
        uint64_t before[OWNER_count];
        piece = piece < end - s->steps ? piece : end - s->steps;
        memcpy(before, m->cost.by_owner, sizeof before);
        going = machine_run(m, piece).reason == END_NONE;
        s->steps += piece;
        if (o && o->sample) {
            for (unsigned i = 0; i < OWNER_count; i++)
                before[i] = m->cost.by_owner[i] - before[i];
            o->sample(o->context, m->hart.ctx.pc, before);
        }
    }
    s->steps = end;
    return going;
}

/* One slice, or less: to `goal` at the most. Several guests need not all come to its end before any goes on: it is the monitor that
 * pauses. */
static bool run_slice(struct session *s, uint64_t goal)
{
    uint64_t n = s->guest_count > 1 ? UINT64_MAX : SLICE - s->steps % SLICE;
    bool going;
    n = n < goal - s->steps ? n : goal - s->steps;
    going = s->vmm ? run_steps(s, n) : run_natively(s, n);
    check_violation(s);
    return !look_outside(s) && going;
}

bool session_run(struct session *s, uint64_t steps)
{
    bool going = true;
    uint64_t goal = steps > UINT64_MAX - s->steps ? UINT64_MAX : s->steps + steps;
    s->begin = host_seconds() - s->seconds;
    while (going && s->steps < goal)
        going = run_slice(s, goal);
    for (unsigned i = 0; i < s->guest_count; i++)
        if (!console_flush(s->guest[i].console))
            refuse("%s", console_error(s->guest[i].console));
    s->seconds = host_seconds() - s->begin;
    return going;
}

bool session_advance(struct session *s, uint64_t goal)
{
    return s->steps < goal && run_slice(s, goal);
}
