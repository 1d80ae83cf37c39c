/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What there is to see of a session: how guests ended, their state, hashes and reports.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "illegal_hint.h"
#include "isa/drive.h"
#include "message.h"
#include "session_guest.h"

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
    const struct session_guest *g = &s->guest[guest];
    struct run_end end = session_end(s, guest);
    if (g->script && script_pending(&g->player) && end.code == 0 && end.reason != END_FAULT_LOOP)
        return STATUS_BUDGET; /* however the guest feels about it, the script is not through */
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

struct vm *session_vm(const struct session *s, unsigned guest)
{
    return s->guest[guest].vm;
}

const struct image_symbol *session_symbol(const struct session *s, unsigned guest, uint64_t address)
{
    const struct guest *g = &s->guest[guest].loaded;
    const struct image_symbol *symbol = image_symbol_at(&g->image, address);
    return symbol ? symbol : image_symbol_at(&g->kernel, address);
}

uint8_t *session_word(const struct session *s, unsigned guest, const char *name)
{
    const struct image *image = &s->guest[guest].loaded.image;
    const struct image_symbol *symbol = image_find(image, name);
    struct state state = session_state(s, guest);
    return symbol ? ram_at(&state.ram, image_physical(image, symbol->address), 8) : NULL;
}

struct console *session_console(const struct session *s, unsigned guest)
{
    return s->guest[guest].console;
}

uint64_t session_trap_hash(const struct session *s, unsigned guest)
{
    struct session_guest *g = &s->guest[guest];
    trap_log_tell(&g->traps);
    return XXH64_digest(g->hash);
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
    for (unsigned mode = MODE_U; mode <= MODE_M; mode++)
        r->insns.by_mode[mode] = m->counters.insns_by_mode[mode] + m->counters.insns_by_mode[INSNS_VIRTUAL + mode];
    r->counters.guest_traps = m->counters.traps;
    r->counters.guest_interrupts = m->counters.interrupts;
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
        .scripted = g->script != NULL,
        .mark_count = g->mark_count,
        .seconds = s->seconds,
    };
    memcpy(r.mark, g->mark, sizeof r.mark);
    memcpy(r.image_hash, image->hash, sizeof r.image_hash);
    memcpy(r.cycles_by_owner, m->cost.by_owner, sizeof r.cycles_by_owner);
    memcpy(r.events, m->cost.count, sizeof r.events);
    report_guest(s, g, &r);
    if (r.has_disk && !drive_hash(g->drive, g->drive_count, &r.disk_hash))
        refuse("a drive cannot be read: the disk's hash is not known");
    return r;
}

/* " (symbol+0x10)", where an image knows one. */
static const char *symbol_text(const struct session_guest *g, uint64_t address, char *text, size_t n)
{
    const struct image_symbol *symbol = image_symbol_at(&g->loaded.image, address);
    if (!symbol)
        symbol = image_symbol_at(&g->loaded.kernel, address);
    text[0] = '\0';
    if (symbol)
        snprintf(text, n, " (%s+0x%" PRIx64 ")", symbol->name, address - symbol->address);
    return text;
}

/* "illegal instruction at 0x80000010 (handler+0x0), value 0x0" */
static void trap_text(const struct session_guest *g, const struct trap_note *note, char *text, size_t n)
{
    char symbol[128];
    snprintf(text, n, "%s at 0x%" PRIx64 "%s, value 0x%" PRIx64, trap_name(note->cause), note->epc,
             symbol_text(g, note->epc, symbol, sizeof symbol), note->tval);
}

static void remark_traps(const struct session_guest *g, const struct trap_tail *traps)
{
    for (unsigned i = 0; i < traps->count; i++) {
        char text[256];
        trap_text(g, &traps->note[i], text, sizeof text);
        say("%s  trap before, step %" PRIu64 ": %s", g->prefix, traps->note[i].step, text);
    }
}

/* The last ones of all. */
static void remark_last_traps(const struct session_guest *g)
{
    struct trap_tail last = g->earlier;
    trap_tail_add(&last, g->row.note, g->row.count);
    remark_traps(g, &last);
}

/* What the first one that was illegal may have been meant to be. */
static void remark_illegal(const struct session_guest *g, insn_profile profile)
{
    char text[160];
    const struct trap_note *first = &g->row_begin, *last = &g->row.note[g->row.count - 1];
    const struct trap_note *note = first->cause == CAUSE_illegal && first->tval ? first : last;
    if (note->cause == CAUSE_illegal && illegal_hint(profile, (uint32_t)note->tval, text, sizeof text))
        say("%s  0x%" PRIx64 " is %s", g->prefix, note->tval, text);
}

/* The first trap is what went wrong; the others tell that there is no handler that helps. */
static void remark_fault_loop(const struct session_guest *g, insn_profile profile)
{
    char first[256], last[256];
    trap_text(g, &g->row_begin, first, sizeof first);
    trap_text(g, &g->row.note[g->row.count - 1], last, sizeof last);
    say("%sthe guest does nothing but trap: %d times in a row, the last one %s%s%s", g->prefix, FAULT_LOOP_TRAPS, last,
        strcmp(first, last) == 0 ? "" : "; the first one ", strcmp(first, last) == 0 ? "" : first);
    remark_illegal(g, profile);
    remark_traps(g, &g->earlier);
}

/* Where a script has stopped. */
static void remark_script(const struct session_guest *g)
{
    const struct script_item *item = script_pending(&g->player);
    if (item && item->verb == SCRIPT_EXPECT)
        say("%s%s:%u: what is expected was not printed", g->prefix, g->options->expect, item->line);
    else if (item)
        say("%s%s:%u: the run has ended before this line", g->prefix, g->options->expect, item->line);
}

void session_remark(const struct session *s, unsigned guest)
{
    struct session_guest *g = &s->guest[guest];
    trap_log_tell(&g->traps);
    if (g->script)
        remark_script(g);
    struct run_end end = session_end(s, guest);
    uint64_t pc = session_state(s, guest).ctx->pc;
    char symbol[128];
    switch (end.reason) {
    case END_FAULT_LOOP:
        remark_fault_loop(g, s->options->profile);
        break;
    case END_IDLE:
        say("%sthe guest waits for an interrupt at 0x%" PRIx64 "%s, and none can come", g->prefix, pc,
            symbol_text(g, pc, symbol, sizeof symbol));
        remark_last_traps(g);
        break;
    case END_RESET:
        say("%sthe guest has asked for a reset, which ends the run (--no-reboot)", g->prefix);
        break;
    case END_NONE:
        say("%sthe budget of %" PRIu64 " steps is used up, at 0x%" PRIx64 "%s", g->prefix, s->options->max_insns, pc,
            symbol_text(g, pc, symbol, sizeof symbol));
        remark_last_traps(g);
        break;
    case END_QUIT:
        if (!g->script || !script_pending(&g->player))
            break;
        say("%sthe guest is at 0x%" PRIx64 "%s", g->prefix, pc, symbol_text(g, pc, symbol, sizeof symbol));
        remark_last_traps(g);
        break;
    default:
        break;
    }
}
