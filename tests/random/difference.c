/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What differs between two runs of a random program.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "execution.h"

static bool differ(struct difference *d, uint64_t expected, uint64_t got, const char *what)
{
    if (expected == got)
        return false;
    *d = (struct difference){.expected = expected, .got = got};
    snprintf(d->what, sizeof d->what, "%s", what);
    return true;
}

static bool traps_differ(const struct execution *a, const struct execution *b, struct difference *d)
{
    for (uint64_t i = 0; i < a->trap_count && i < b->trap_count && i < TRAPS_KEPT; i++) {
        const struct trap_note *x = &a->traps[i], *y = &b->traps[i];
        char what[sizeof d->what];
        snprintf(what, sizeof what, "trap %" PRIu64 " at T %" PRIu64 ": ", i, x->step);
        size_t n = strlen(what);
#define PART(part, text)                                                                                                   \
    snprintf(what + n, sizeof what - n, "%s", text);                                                                       \
    if (differ(d, x->part, y->part, what))                                                                                 \
        return true;
        PART(step, "T")
        PART(cause, "cause")
        PART(epc, "epc")
        PART(tval, "tval")
    }
    return differ(d, a->trap_count, b->trap_count, "the number of traps");
}

static bool csrs_differ(const struct view *x, const struct view *y, struct difference *d)
{
#define CSR(name, number, kind, mask, reset, meaning)                                                                      \
    if (differ(d, csr_read(x->priv, x->clock, number), csr_read(y->priv, y->clock, number), #name))                        \
        return true;
#include "isa/csr.def"
    return differ(d, x->priv->mode, y->priv->mode, "the mode");
}

static uint64_t reservation(const struct view *v)
{
    return v->ctx->reservation == RESERVATION_NONE ? RESERVATION_NONE : v->ctx->reservation - v->offset;
}

static bool registers_differ(const struct view *x, const struct view *y, struct difference *d)
{
    if (differ(d, x->ctx->pc, y->ctx->pc, "pc"))
        return true;
    for (unsigned r = 1; r < 32; r++) {
        char what[8];
        snprintf(what, sizeof what, "x%u", r);
        if (differ(d, x->ctx->x[r], y->ctx->x[r], what))
            return true;
    }
    return csrs_differ(x, y, d) || differ(d, x->clock->steps, y->clock->steps, "T") ||
           differ(d, x->clock->insns, y->clock->insns, "I") || differ(d, x->clock->now, y->clock->now, "V") ||
           differ(d, reservation(x), reservation(y), "the reservation");
}

static bool memory_differs(const struct view *x, const struct view *y, struct difference *d)
{
    for (uint64_t page = 0; page < PROGRAM_RAM / PAGE_SIZE; page++) {
        const uint8_t *a = x->bus->ram.bytes + page * PAGE_SIZE, *b = y->bus->ram.bytes + page * PAGE_SIZE;
        if ((!x->written[page] && !y->written[page]) || memcmp(a, b, PAGE_SIZE) == 0)
            continue;
        uint64_t at = 0;
        while (memcmp(a + at, b + at, 8) == 0)
            at += 8;
        char what[32];
        snprintf(what, sizeof what, "memory at %#" PRIx64, RAM_BASE + page * PAGE_SIZE + at);
        return differ(d, bytes_get(a + at, 8), bytes_get(b + at, 8), what);
    }
    return false;
}

bool executions_differ(const struct execution *a, const struct execution *b, struct difference *d)
{
    struct view x = execution_view(a), y = execution_view(b);
    uint64_t output = a->output_count < OUTPUT_KEPT ? a->output_count : OUTPUT_KEPT;
    if (b->way->same_cycles && differ(d, a->m->cost.total, b->m->cost.total, "cycles"))
        return true;
    return traps_differ(a, b, d) || differ(d, x.end.reason, y.end.reason, "how it ends") ||
           differ(d, x.end.code, y.end.code, "its status") || registers_differ(&x, &y, d) ||
           differ(d, a->output_count, b->output_count, "bytes of output") ||
           differ(d, 0, memcmp(a->output, b->output, output) != 0, "the output") || memory_differs(&x, &y, d) ||
           differ(d, 0, memcmp(a->disk, b->disk, sizeof a->disk) != 0, "the disk");
}

bool execution_is_sound(const struct execution *e, struct difference *d)
{
    const struct machine *m = e->m;
    const struct vm *vm = e->vm;
    if (!vm)
        return !differ(d, 0, m->audit.stale_uses, "uses of translations that were not fenced") &&
               !differ(d, 0, m->audit.window_uses, "accesses to the translator's window");
    uint64_t exits = 0, modes = 0;
    for (unsigned i = 0; i < EXIT_count; i++)
        exits += vm->exits[i].count;
    for (unsigned i = 0; i < 4; i++)
        modes += vm->insns.by_mode[i];
    return !differ(d, m->counters.exits, exits, "the sum of the exits") &&
           !differ(d, vm->clock.insns, modes, "the sum of the instructions by mode") &&
           !differ(d, vm->clock.insns, vm_insns_all(&vm->insns), "the sum of the instructions by who did them") &&
           !differ(d, vm->counters.guest_traps, e->trap_count, "the traps counted") &&
           !differ(d, vm->clock.steps, vm->clock.insns + e->trap_count, "instructions and traps") &&
           !differ(d, 0, m->counters.violations, "violations") &&
           !differ(d, 0, m->counters.insns_by_mode[MODE_S] + m->counters.insns_by_mode[MODE_M],
                   "instructions in real S and M");
}
