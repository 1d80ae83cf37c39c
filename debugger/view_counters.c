/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is counted: exits, cycles, the rest; the timeline of exits; who owns memory; the console.
 */
#include <inttypes.h>
#include <string.h>

#include "debugger/command.h"
#include "debugger/view.h"

void view_exits(struct debugger *d)
{
    const struct vm *vm = d->target->vm;
    uint64_t count = 0, cycles = 0;
    for (unsigned i = 0; i < EXIT_count; i++) {
        count += vm->exits[i].count;
        cycles += vm->exits[i].cycles;
        if (vm->exits[i].count)
            fprintf(d->out, "%-12s  %10" PRIu64 "  %12" PRIu64 " cycles\n", exit_names[i].name, vm->exits[i].count,
                    vm->exits[i].cycles);
    }
    fprintf(d->out, "%-12s  %10" PRIu64 "  %12" PRIu64 " cycles\n", "total", count, cycles);
}

void view_cycles(struct debugger *d)
{
    const struct cost_account *c = &d->target->machine->cost;
    for (unsigned i = 0; i < OWNER_count; i++)
        fprintf(d->out, "%-8s  %12" PRIu64 "\n", cost_owner_names[i], c->by_owner[i]);
    fprintf(d->out, "%-8s  %12" PRIu64 "\n", "total", c->total);
}

void view_counters(struct debugger *d)
{
    const struct machine *m = d->target->machine;
    const struct vm *vm = d->target->vm;
    fprintf(d->out, "%-20s  %12" PRIu64 "\n", "T", d->shown.guest.clock.steps);
    fprintf(d->out, "%-20s  %12" PRIu64 "\n", "I", d->shown.guest.clock.insns);
    fprintf(d->out, "%-20s  %12" PRIu64 "\n", "V", d->shown.guest.clock.now);
    fprintf(d->out, "%-20s  %12" PRIu64 "\n", "tlb_misses", m->counters.tlb_misses_fetch + m->counters.tlb_misses_data);
    fprintf(d->out, "%-20s  %12" PRIu64 "\n", "walk_refs", m->counters.walk_refs);
    for (unsigned i = 0; vm && i < counter_names_count; i++) {
        uint64_t value;
        memcpy(&value, (const char *)&vm->counters + counter_names[i].offset, sizeof value);
        fprintf(d->out, "%-20s  %12" PRIu64 "\n", counter_names[i].name, value);
    }
}

/* --- the timeline --------------------------------------------------------------------------------------------------------- */

void view_timeline(struct debugger *d, uint64_t n)
{
    const struct timeline *t = &d->execution->timeline;
    uint64_t first = t->count - t->first > n ? t->count - n : t->first;
    bool several = d->execution->count > 1;
    fprintf(d->out, "%s%12s  %-12s  %-18s  %8s\n", several ? "guest " : "", "T", "exit", "pc", "cycles");
    for (uint64_t i = first; i < t->count; i++) {
        const struct timeline_entry *e = &t->entry[i % TIMELINE];
        const struct scene scene = {.target = &d->targets[e->guest]};
        char symbol[SYMBOL_TEXT];
        if (several)
            fprintf(d->out, "%5u ", e->guest + 1);
        fprintf(d->out, "%12" PRIu64 "  %-12s  0x%016" PRIx64 "  ", e->step, exit_names[e->reason].name, e->pc);
        if (e->cycles)
            fprintf(d->out, "%8" PRIu64, e->cycles);
        else
            fprintf(d->out, "%8s", "-");
        fprintf(d->out, "%s\n", scene_symbol(&scene, e->pc, symbol, sizeof symbol));
    }
}

/* --- memory --------------------------------------------------------------------------------------------------------------- */

static void frames(struct debugger *d, const char *what, uint64_t lo, uint64_t hi, const char *remark)
{
    fprintf(d->out, "0x%09" PRIx64 "-0x%09" PRIx64 "  %7" PRIu64 " KiB  %-*s%s\n", lo, hi - 1, (hi - lo + 1023) >> 10,
            *remark ? 18 : 0, what, remark);
}

static uint64_t frames_free(const struct frame_pool *p)
{
    uint64_t n = 0;
    for (uint32_t i = p->free; i != FRAME_NONE; i = p->next[i])
        n++;
    return n;
}

static void frames_of(struct debugger *d, const struct vm *vm)
{
    const struct frame_pool *p = &vm->pool;
    uint64_t ram = RAM_BASE + vm->offset, pool_end = p->base + p->count * FRAME_SIZE, window = ram - VMM_WINDOW;
    char text[64];
    snprintf(text, sizeof text, "of %u frames %" PRIu64 " are free", p->count, frames_free(p));
    frames(d, "guest's share", vm->share.hpa, p->base, "struct vm; what is known of its frames");
    frames(d, "shadow tables", p->base, pool_end, text);
    frames(d, "translator", pool_end, window, "records, links");
    frames(d, "cache, window", window, ram, "what translated code can reach");
    frames(d, "guest's RAM", ram, ram + vm->bus.ram.size, "gpa 0x80000000 and up");
}

void view_frames(struct debugger *d)
{
    frames(d, "monitor", RAM_BASE, d->targets->vm->share.hpa, "its own");
    for (unsigned i = 0; i < d->execution->count; i++) {
        if (d->execution->count > 1)
            fprintf(d->out, "guest %u\n", i + 1);
        frames_of(d, d->targets[i].vm);
    }
}

void view_map(struct debugger *d)
{
    const struct ram *ram = target_ram(d->target);
    uint64_t base, size;
    frames(d, "rom", BUS_ROM_BASE, BUS_ROM_BASE + BUS_ROM_SIZE, "the reset code");
    for (unsigned i = 0; bus_window(i, &base, &size); i++)
        frames(d, cost_rows[bus_cost_row(base)].name, base, base + size, "");
    frames(d, "ram", ram->base, ram->base + ram->size, "");
}

/* --- the console ---------------------------------------------------------------------------------------------------------- */

void view_console_all(struct debugger *d)
{
    size_t n;
    const uint8_t *text = d->target->ops->console(d->target->owner, &n);
    if (!n)
        return;
    fwrite(text, 1, n, d->out);
    if (text[n - 1] != '\n')
        fprintf(d->out, "\n");
}

static void console_line(struct debugger *d, const struct target *guest, const uint8_t *text, size_t length)
{
    fprintf(d->out, "%s", style(d, STYLE_DIM));
    if (d->execution->count > 1)
        fprintf(d->out, "%u", guest->number + 1);
    fprintf(d->out, "| ");
    fwrite(text, 1, length, d->out);
    fprintf(d->out, "%s\n", style(d, STYLE_PLAIN));
}

static void view_console_of(struct debugger *d, const struct target *guest)
{
    size_t n, *shown = &d->console_shown[guest->number];
    const uint8_t *text = guest->ops->console(guest->owner, &n);
    size_t at = *shown < n ? *shown : n;
    if (d->console && n > at) {
        fwrite(text + at, 1, n - at, d->console);
        fflush(d->console);
    }
    while (!d->console && at < n) {
        const uint8_t *newline = memchr(text + at, '\n', n - at);
        size_t length = newline ? (size_t)(newline - (text + at)) : n - at;
        console_line(d, guest, text + at, length);
        at += length + (newline != NULL);
    }
    *shown = n > *shown ? n : *shown;
}

/* What is new on the guests' consoles, each line marked as such; or to where else it goes, as it is. */
void view_console(struct debugger *d)
{
    for (unsigned i = 0; i < d->execution->count; i++)
        view_console_of(d, &d->targets[i]);
}
