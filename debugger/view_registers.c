/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registers and CSRs: the guest's, and real beside virtual.
 */
#include <inttypes.h>
#include <string.h>

#include "debugger/command.h"
#include "debugger/view.h"
#include "isa/insn.h"

#define PARTS_TEXT 256

static void value_text(struct debugger *d, const char *name, uint64_t value, uint64_t before)
{
    fprintf(d->out, "%-5s %s0x%016" PRIx64 "%s", name, value != before ? style(d, STYLE_CHANGED) : "", value,
            value != before ? style(d, STYLE_PLAIN) : "");
}

void view_registers(struct debugger *d)
{
    const struct guest_state *g = &d->shown.guest, *b = &d->before.guest;
    for (unsigned r = 1; r < 32; r++) {
        value_text(d, insn_register_names[r], g->ctx.x[r], b->ctx.x[r]);
        fprintf(d->out, r % 3 ? "  " : "\n");
    }
    value_text(d, "pc", g->ctx.pc, b->ctx.pc);
    fprintf(d->out, "  mode  %s\n", mode_name(g->priv.mode));
}

/* --- CSRs ----------------------------------------------------------------------------------------------------------------- */

const char *const beside_csrs[] = {"mstatus", "mtvec", "mepc", "mcause", "mtval", "medeleg",  "mideleg",  "mie", "mip",
                                   "satp",    "stvec", "sepc", "scause", "stval", "sscratch", "stimecmp", NULL};

static uint64_t guest_csr(const struct guest_state *g, unsigned number)
{
    return csr_read(&g->priv, &g->clock, number);
}

void csr_part_text(const struct csr_part *part, uint64_t value, char *text, size_t n)
{
    uint64_t bits = value >> part->low & ((UINT64_C(1) << part->width) - 1);
    if (strcmp(part->name, "SPP") == 0 || strcmp(part->name, "MPP") == 0)
        snprintf(text, n, "%s=%s", part->name, mode_name((enum mode)bits));
    else
        snprintf(text, n, bits < 10 ? "%s=%" PRIu64 : "%s=0x%" PRIx64, part->name, bits);
}

void csr_parts_text(const struct csr_row *csr, uint64_t value, char *text, size_t n)
{
    size_t at = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < csr_parts_count && at < n; i++) {
        char part[64];
        if (strcmp(csr_parts[i].csr, csr->name) != 0)
            continue;
        csr_part_text(&csr_parts[i], value, part, sizeof part);
        at += (size_t)snprintf(text + at, n - at, "%s%s", at ? " " : "", part);
    }
}

void view_csrs(struct debugger *d)
{
    for (unsigned i = 0; i < csr_names_count; i++) {
        const struct csr_row *csr = &csr_names[i];
        char parts[PARTS_TEXT];
        uint64_t value = guest_csr(&d->shown.guest, csr->number), before = guest_csr(&d->before.guest, csr->number);
        if (!value && !before)
            continue;
        csr_parts_text(csr, value, parts, sizeof parts);
        fprintf(d->out, "%-10s %s0x%016" PRIx64 "%s%s%s\n", csr->name, value != before ? style(d, STYLE_CHANGED) : "",
                value, value != before ? style(d, STYLE_PLAIN) : "", *parts ? "  " : "", parts);
    }
}

static uint64_t real_csr(const struct debugger *d, unsigned number)
{
    const struct machine *m = d->target->machine;
    return csr_read(&m->hart.priv, &m->clock, number);
}

void view_csr(struct debugger *d, const struct csr_row *csr)
{
    uint64_t value = guest_csr(&d->shown.guest, csr->number), real = real_csr(d, csr->number);
    fprintf(d->out, "%s (0x%03x): %s\n", csr->name, csr->number, csr->meaning);
    fprintf(d->out, "least mode %s, %s\n", mode_name((enum mode)(csr->number >> 8 & 3)),
            csr->number >> 10 == 3 ? "read-only" : "read and written");
    if (d->target->vm)
        fprintf(d->out, "virtual 0x%016" PRIx64 "\nreal    0x%016" PRIx64 "\n", value, real);
    else
        fprintf(d->out, "value   0x%016" PRIx64 "\n", value);
    for (unsigned i = 0; i < csr_parts_count; i++) {
        const struct csr_part *p = &csr_parts[i];
        char text[64], other[64];
        if (strcmp(p->csr, csr->name) != 0)
            continue;
        csr_part_text(p, value, text, sizeof text);
        csr_part_text(p, real, other, sizeof other);
        fprintf(d->out, "  [%2u:%2u]  %-12s %s", p->low + p->width - 1, p->low, text, p->meaning);
        fprintf(d->out, d->target->vm ? "; real %s\n" : "\n", strchr(other, '=') + 1);
    }
}

/* --- real beside virtual -------------------------------------------------------------------------------------------------- */

static void beside(struct debugger *d, const char *name, uint64_t real, uint64_t virtual, uint64_t before,
                   const char *parts)
{
    fprintf(d->out, "%-9s 0x%016" PRIx64 "  %s0x%016" PRIx64 "%s%s%s\n", name, real,
            virtual != before ? style(d, STYLE_CHANGED) : "", virtual, virtual != before ? style(d, STYLE_PLAIN) : "",
            *parts ? "  " : "", parts);
}

void view_vcpu(struct debugger *d)
{
    const struct guest_state *g = &d->shown.guest, *b = &d->before.guest;
    const struct hart *h = &d->target->machine->hart;
    char parts[PARTS_TEXT];
    if (!d->target->vm)
        fprintf(d->out, "a native run: the guest's own state is the real one\n");
    fprintf(d->out, "%-9s %-18s  %s\n", "", "real", "virtual");
    fprintf(d->out, "%-9s %-18s  %s%s%s\n", "mode", mode_name(h->priv.mode),
            g->priv.mode != b->priv.mode ? style(d, STYLE_CHANGED) : "", mode_name(g->priv.mode), style(d, STYLE_PLAIN));
    beside(d, "pc", h->ctx.pc, g->ctx.pc, b->ctx.pc, "");
    for (unsigned i = 0; beside_csrs[i]; i++) {
        const struct csr_row *csr = csr_find(beside_csrs[i], strlen(beside_csrs[i]));
        uint64_t value = guest_csr(g, csr->number);
        csr_parts_text(csr, value, parts, sizeof parts);
        beside(d, csr->name, real_csr(d, csr->number), value, guest_csr(b, csr->number), parts);
    }
}

/* --- what has changed ------------------------------------------------------------------------------------------------------- */

static void change(struct debugger *d, const char *name, uint64_t from, uint64_t to, const char *parts)
{
    if (from != to)
        fprintf(d->out, "  %-9s 0x%" PRIx64 " -> %s0x%" PRIx64 "%s%s%s\n", name, from, style(d, STYLE_CHANGED), to,
                style(d, STYLE_PLAIN), *parts ? "  " : "", parts);
}

static bool is_view(unsigned number)
{
    return number == CSR_sstatus || number == CSR_sie || number == CSR_sip || number == CSR_cycle || number == CSR_time ||
           number == CSR_instret || number == CSR_mcycle || number == CSR_minstret;
}

void view_changes(struct debugger *d, const struct guest_state *before)
{
    const struct guest_state *g = &d->shown.guest;
    char parts[PARTS_TEXT];
    change(d, "pc", before->ctx.pc, g->ctx.pc, "");
    for (unsigned r = 1; r < 32; r++)
        change(d, insn_register_names[r], before->ctx.x[r], g->ctx.x[r], "");
    change(d, "mode", before->priv.mode, g->priv.mode, mode_name(g->priv.mode));
    for (unsigned i = 0; i < csr_names_count; i++) {
        uint64_t value = guest_csr(g, csr_names[i].number);
        csr_parts_text(&csr_names[i], value, parts, sizeof parts);
        if (!is_view(csr_names[i].number))
            change(d, csr_names[i].name, guest_csr(before, csr_names[i].number), value, parts);
    }
}
