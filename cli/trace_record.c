/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Follows a session, and puts down what it is told.
 */
#include "trace_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "trace_event.h"
#include "trace_file.h"
#include "trace_folded.h"
#include "vmm/technique/bt/translator.h"
#include "vmm/technique/technique.h"

#define FOLDED_EVERY 100           /* instructions between two looks at where the guest is */
#define SAMPLE (UINT64_C(1) << 16) /* cycles between two values of a counter track, at the least */

/* What the monitor has done since it was last told that an exit is over. */
struct doings {
    uint64_t insns, first_pc, traps,
        cause; /* instructions interpreted; traps that the guest saw, and the last one's cause */
    uint32_t first_word;
};

struct recording {
    const struct session *session; /* NULL before recording_begin() */
    struct session_observer observer;
    struct trace_sink *sink; /* owned; NULL: no --trace */
    struct folded *folded;   /* owned; NULL: no --folded */
    struct doings doings[VMM_GUESTS_MAX];
    bool running;
    char prefix[4];
    uint64_t next_sample;
    struct trace_sample sampled; /* the counters then */
};

/* --- counters ----------------------------------------------------------------------------------------------------------------- */

/* Does the processor take a trap all by itself? Natively, and those that hardware assistance leaves to the guest. */
static bool is_inside(const struct recording *t)
{
    return t->running && t->session->machine->trap_log;
}

/* Cycles so far; those of a guest that runs are not all charged. */
static uint64_t cycles_now(const struct recording *t, uint64_t by_owner[OWNER_count])
{
    const struct machine *m = t->session->machine;
    memcpy(by_owner, m->cost.by_owner, sizeof m->cost.by_owner);
    return is_inside(t) ? machine_cycles(m, by_owner) : m->cost.total;
}

static void sample(struct recording *t, uint64_t cycles)
{
    const struct machine *m = t->session->machine;
    struct trace_sample now = {.tlb_misses = m->counters.tlb_misses_fetch + m->counters.tlb_misses_data,
                               .walk_refs = m->counters.walk_refs};
    struct trace_sample since = {.tlb_misses = now.tlb_misses - t->sampled.tlb_misses,
                                 .walk_refs = now.walk_refs - t->sampled.walk_refs};
    cycles_now(t, now.owner);
    for (unsigned i = 0; i < OWNER_count; i++)
        since.owner[i] = now.owner[i] - t->sampled.owner[i];
    trace_write_sample(t->sink, cycles, &since);
    t->sampled = now;
    t->next_sample = (cycles / SAMPLE + 1) * SAMPLE;
}

/* --- what the monitor did, in words ------------------------------------------------------------------------------------------- */

static size_t emulated(const struct recording *t, const struct exit_note *note, uint32_t word, char *text, size_t n)
{
    char insn[96];
    insn_format_in(t->session->options->profile, insn, sizeof insn, word, note->pc);
    bool memory = note->reason == EXIT_mmio || note->reason == EXIT_page_trace;
    if (memory)
        return (size_t)snprintf(text, n, "%s at 0x%" PRIx64, insn, note->tval);
    return (size_t)snprintf(text, n, "%s", insn);
}

/* What was done for the exit itself. */
static size_t deed(const struct recording *t, const struct exit_note *note, const struct doings *d, char *text, size_t n)
{
    bool carried_out = d->insns && d->first_pc == note->pc;
    switch (note->reason) {
    case EXIT_ecall:
    case EXIT_exception:
    case EXIT_page_true:
        return (size_t)snprintf(text, n, "reflected");
    case EXIT_page_hidden:
        return (size_t)snprintf(text, n, "shadow filled for 0x%" PRIx64, note->tval);
    case EXIT_guest_page:
        return (size_t)snprintf(text, n, "nested table filled for 0x%" PRIx64, note->gpa);
    case EXIT_timer:
        return (size_t)snprintf(text, n, "devices and timers looked at");
    case EXIT_budget:
        return (size_t)snprintf(text, n, "turn ended");
    case EXIT_callout:
        if (!carried_out)
            return (size_t)snprintf(text, n, "translation found or linked");
        return emulated(t, note, d->first_word, text, n);
    default:
        if (carried_out || note->insn)
            return emulated(t, note, note->insn ? note->insn : d->first_word, text, n);
        return (size_t)snprintf(text, n, "emulated");
    }
}

static void describe(const struct recording *t, const struct exit_note *note, const struct doings *d, char *text, size_t n)
{
    bool reflects = note->reason == EXIT_ecall || note->reason == EXIT_exception || note->reason == EXIT_page_true;
    size_t used = deed(t, note, d, text, n);
    if (d->insns > 1)
        used += (size_t)snprintf(text + used, n - used, "; %" PRIu64 " interpreted", d->insns);
    if (d->traps > reflects)
        snprintf(text + used, n - used, "; %s", trap_name(d->cause));
}

/* "A;", where there are several guests. */
static const char *prefix_of(struct recording *t, unsigned guest)
{
    snprintf(t->prefix, sizeof t->prefix, "%c;", 'A' + (int)guest);
    return t->session->guest_count > 1 ? t->prefix : "";
}

/* --- observing ---------------------------------------------------------------------------------------------------------------- */

static void on_exit_note(void *context, const struct exit_note *note)
{
    struct recording *t = context;
    struct doings *d = &t->doings[note->guest];
    char place[TRACE_PLACE], did[256];
    trace_place(t->session, note->guest, note->pc, place);
    if (t->folded) {
        const char *prefix = prefix_of(t, note->guest);
        folded_add(t->folded, prefix, place, "run", note->ran_cost);
        folded_add(t->folded, prefix, place, trace_reason_name(note->reason), note->cost);
    }
    if (t->sink) {
        describe(t, note, d, did, sizeof did);
        trace_write_exit(t->sink, note, place, did, d->insns);
        if (note->end >= t->next_sample)
            sample(t, note->end);
    }
    *d = (struct doings){0};
}

static void on_sample(void *context, uint64_t pc, const uint64_t cost[OWNER_count])
{
    struct recording *t = context;
    const struct vm *vm = t->session->vmm ? t->session->vmm->current : NULL;
    unsigned guest = vm ? vm->index : 0;
    char place[TRACE_PLACE];
    if (vm) { /* what it runs may be a translation */
        struct context ctx = *vm->vcpu.ctx;
        struct priv priv = vm->vcpu.priv;
        pc = translator_peek(vm, &ctx, &priv) ? ctx.pc : pc;
    }
    trace_place(t->session, guest, pc, place);
    folded_add(t->folded, prefix_of(t, guest), place, "run", cost);
}

static void on_insn(void *context, const struct insn_note *note)
{
    struct recording *t = context;
    struct doings *d = &t->doings[note->guest];
    if (d->insns++ == 0) {
        d->first_pc = note->pc;
        d->first_word = note->word;
    }
}

static void on_trap(void *context, unsigned guest, const struct trap_note *note)
{
    struct recording *t = context;
    const struct session *s = t->session;
    struct doings *d = &t->doings[guest];
    char place[TRACE_PLACE];
    bool inside = is_inside(t);
    if (!inside) {
        d->traps++;
        d->cause = note->cause;
    }
    if (!t->sink)
        return;
    uint64_t by_owner[OWNER_count], cycles = cycles_now(t, by_owner);
    enum mode mode = inside ? s->machine->hart.priv.mode : session_state(s, guest).priv->mode;
    trace_place(s, guest, note->epc, place);
    trace_write_trap(t->sink, guest, cycles, note, mode, place);
    if (inside && cycles >= t->next_sample)
        sample(t, cycles);
}

static void on_technique(void *context, unsigned guest, const struct technique *technique)
{
    struct recording *t = context;
    const struct session *s = t->session;
    if (t->sink)
        trace_write_technique(t->sink, guest, s->machine->cost.total, session_vm(s, guest)->clock.steps, technique->name);
}

static const char *error(void *context)
{
    const struct recording *t = context;
    return t->sink ? trace_sink_error(t->sink) : NULL;
}

/* --- from beginning to end ---------------------------------------------------------------------------------------------------- */

struct recording *recording_new(const struct options *o)
{
    if (!o->trace_path && !o->folded_path)
        return NULL;
    struct recording *t = need(calloc(1, sizeof *t));
    t->observer = (struct session_observer){
        .context = t, .trap = on_trap, .exit = on_exit_note, .insn = on_insn, .technique = on_technique, .error = error};
    if (o->folded_path) {
        t->observer.sample = on_sample;
        t->observer.every = FOLDED_EVERY;
    }
    t->sink = o->trace_path ? trace_sink_open(o->trace_path) : NULL;
    t->folded = o->folded_path ? folded_new(o->folded_path) : NULL;
    return t;
}

const struct session_observer *recording_observer(const struct recording *t)
{
    return t ? &t->observer : NULL;
}

void recording_begin(struct recording *t, const struct session *session)
{
    t->session = session;
    t->running = true;
    if (t->sink)
        trace_write_head(t->sink, session);
}

void recording_end(struct recording *t)
{
    if (!t)
        return;
    if (t->sink) {
        t->running = false;
        sample(t, t->session->machine->cost.total);
        trace_write_tail(t->sink);
        trace_sink_close(t->sink);
    }
    if (t->folded)
        folded_end(t->folded);
    free(t);
}
