/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Real beside virtual state, a register a line: what has changed since the last stop first, and marked with *.
 */
#include <inttypes.h>
#include <string.h>

#include "debugger/command.h"
#include "debugger/view.h"
#include "isa/insn.h"

struct state_row {
    const char *name;
    const struct csr_row *csr; /* NULL: a register */
    uint64_t real, real_before, virtual, before;
};

static bool has_changed(const struct debugger *d, const struct state_row *r)
{
    return r->virtual != r->before || (d->target->vm && r->real != r->real_before);
}

static void print_cell(struct debugger *d, uint64_t value, bool changed)
{
    fprintf(d->out, "%s%c%016" PRIx64 "%s", changed ? style(d, STYLE_CHANGED) : "", changed ? '*' : ' ', value,
            changed ? style(d, STYLE_PLAIN) : "");
}

/* The parts that are not 0; nothing if there are none. */
static void print_parts(struct debugger *d, const struct csr_row *csr, uint64_t value)
{
    bool any = false;
    for (unsigned i = 0; i < csr_parts_count; i++) {
        const struct csr_part *p = &csr_parts[i];
        char text[64];
        if (strcmp(p->csr, csr->name) != 0 || !(value >> p->low & ((UINT64_C(1) << p->width) - 1)))
            continue;
        csr_part_text(p, value, text, sizeof text);
        fprintf(d->out, "%s%s", any ? " " : "  ", text);
        any = true;
    }
    if (any)
        fprintf(d->out, "\n");
}

static void print_row(struct debugger *d, const struct state_row *r)
{
    fprintf(d->out, "%-8s", r->name);
    if (d->target->vm) {
        print_cell(d, r->real, r->real != r->real_before);
        fprintf(d->out, " ");
    }
    print_cell(d, r->virtual, r->virtual != r->before);
    fprintf(d->out, "\n");
    if (r->csr)
        print_parts(d, r->csr, r->virtual);
}

static void print_mode(struct debugger *d)
{
    enum mode now = d->shown.guest.priv.mode;
    bool changed = now != d->before.guest.priv.mode;
    if (d->target->vm)
        fprintf(d->out, "%-8s %-16s  %-16s\n%-8s %-16s ", "", "real", "virtual", "mode", mode_name(d->real.priv.mode));
    else
        fprintf(d->out, "%-8s", "mode");
    fprintf(d->out, "%s%c%s%s\n", changed ? style(d, STYLE_CHANGED) : "", changed ? '*' : ' ', mode_name(now),
            changed ? style(d, STYLE_PLAIN) : "");
}

static struct state_row csr_state(const struct debugger *d, const struct csr_row *csr)
{
    const struct guest_state *g = &d->shown.guest, *b = &d->before.guest;
    const struct real_state *r = &d->real, *rb = &d->real_before;
    return (struct state_row){csr->name,
                              csr,
                              csr_read(&r->priv, &r->clock, csr->number),
                              csr_read(&rb->priv, &rb->clock, csr->number),
                              csr_read(&g->priv, &g->clock, csr->number),
                              csr_read(&b->priv, &b->clock, csr->number)};
}

static struct state_row register_state(const struct debugger *d, unsigned i)
{
    return (struct state_row){insn_register_names[i],  NULL,
                              d->real.ctx.x[i],        d->real_before.ctx.x[i],
                              d->shown.guest.ctx.x[i], d->before.guest.ctx.x[i]};
}

static void print_rows(struct debugger *d, bool changed)
{
    for (unsigned i = 0; beside_csrs[i]; i++) {
        struct state_row r = csr_state(d, csr_find(beside_csrs[i], strlen(beside_csrs[i])));
        if (has_changed(d, &r) == changed)
            print_row(d, &r);
    }
    for (unsigned i = 1; i < 32; i++) {
        struct state_row r = register_state(d, i);
        if (has_changed(d, &r) == changed)
            print_row(d, &r);
    }
}

void view_state(struct debugger *d)
{
    print_mode(d);
    print_row(d, &(struct state_row){"pc", NULL, d->real.ctx.pc, d->real_before.ctx.pc, d->shown.guest.ctx.pc,
                                     d->before.guest.ctx.pc});
    print_rows(d, true);
    print_rows(d, false);
}
