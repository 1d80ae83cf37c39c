/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How an address of the guest is translated: its own tables, and the real ones that stand for them.
 */
#include <inttypes.h>

#include "debugger/command.h"
#include "debugger/view.h"
#include "isa/hext.h"
#include "vmm/memory/nested.h"

static void entry_text(FILE *out, uint64_t pte)
{
    static const char letters[] = "VRWXUGAD";
    for (unsigned i = 0; i < 8; i++)
        fputc(pte >> i & 1 ? letters[i] : '-', out);
}

/* Each entry on the way, as mmu_walk() goes. */
static void print_walk(struct debugger *d, const struct ram *ram, uint64_t satp, uint64_t va, const char *kind)
{
    struct walk end = mmu_walk(ram, satp, va);
    uint64_t table = SATP_PPN(satp) << 12;
    fprintf(d->out, "  root %s 0x%" PRIx64 ", ASID %u\n", kind, table, SATP_ASID(satp));
    for (unsigned i = 0; i < end.refs; i++) {
        unsigned level = 2 - i;
        uint64_t at = table + (va >> (12 + 9 * level) & 0x1ff) * 8;
        const uint8_t *p = ram_at(ram, at, 8);
        uint64_t pte = p ? bytes_get(p, 8) : 0;
        fprintf(d->out, "  level %u, entry %3" PRIu64 " at %s 0x%" PRIx64 ": 0x%016" PRIx64 " ", level,
                va >> (12 + 9 * level) & 0x1ff, kind, at, pte);
        entry_text(d->out, pte);
        fprintf(d->out, " %s 0x%" PRIx64 "\n", pte & (PTE_R | PTE_X) ? "page" : "table", PTE_PPN(pte) << 12);
        table = PTE_PPN(pte) << 12;
    }
    if (end.end == WALK_LEAF)
        fprintf(d->out, "  -> %s 0x%" PRIx64 "\n", kind, end.pa);
    else if (end.end == WALK_INVALID && !end.refs)
        fprintf(d->out, "  not a canonical address: bits 63 to 39 must equal bit 38\n");
    else
        fprintf(d->out, end.end == WALK_INVALID ? "  no valid entry: a page fault\n"
                                                : "  the entry would lie outside of RAM: an access fault\n");
}

/* Why this access is not allowed by a leaf; NULL: it is. */
static const char *objection(uint64_t pte, enum access access, enum mode mode, uint64_t mstatus)
{
    if (mmu_permits(pte, access, mode, mstatus))
        return NULL;
    if (mode == MODE_U && !(pte & PTE_U))
        return "the page is not for U-mode";
    if (mode == MODE_S && (pte & PTE_U))
        return access == ACCESS_FETCH ? "S-mode does not execute user pages" : "S-mode may not reach user pages: SUM is 0";
    return access == ACCESS_FETCH ? "no X" : access == ACCESS_LOAD ? "no R" : "no W";
}

struct view_of_address {
    struct debugger *d;
    uint64_t gva;
};

static const char *guest_objection(const struct view_of_address *v, enum access access, uint64_t *gpa)
{
    const struct priv *p = &v->d->shown.guest.priv;
    enum mode mode = access == ACCESS_FETCH ? p->mode : mmu_data_mode(p);
    *gpa = v->gva;
    if (!mmu_paged(p, mode))
        return NULL;
    struct walk w = mmu_walk(target_ram(v->d->target), p->csr.satp, v->gva);
    *gpa = w.pa;
    return w.end == WALK_LEAF ? objection(w.pte, access, mode, p->csr.mstatus) : "no valid entry";
}

/* The second stage as a satp: its root has more entries, which no guest's RAM needs (privileged ISA 8.5.1). */
static uint64_t nested_satp(const struct vm *vm)
{
    return HGATP_PPN(nested_hgatp(vm)) | SATP_MODE_SV39 << 60;
}

/* What the hardware would say now, by the tables that are really in use; the guest's own allow it. */
static const char *real_objection(const struct view_of_address *v, enum access access, uint64_t gpa)
{
    const struct machine *m = v->d->target->machine;
    const struct vm *vm = v->d->target->vm;
    struct walk w =
        mmu_walk(&m->ram, vm->two_stage ? nested_satp(vm) : m->hart.priv.csr.satp, vm->two_stage ? gpa : v->gva);
    if (vm->two_stage)
        return w.end == WALK_LEAF ? objection(w.pte, access, MODE_U, 0) : "no nested entry";
    if (w.end != WALK_LEAF)
        return "no shadow entry";
    return objection(w.pte, access, MODE_U, 0) || (access == ACCESS_STORE && !(w.pte & PTE_D))
               ? "the shadow entry does not allow it"
               : NULL;
}

static void verdict(const struct view_of_address *v, enum access access, const char *name)
{
    uint64_t gpa;
    const struct target *t = v->d->target;
    const char *guest = guest_objection(v, access, &gpa), *real = t->vm ? real_objection(v, access, gpa) : NULL;
    bool ram = ram_at(target_ram(v->d->target), gpa, 1);
    FILE *out = v->d->out;
    if (guest)
        fprintf(out, "%s: a page fault that the guest sees: %s\n", name, guest);
    else if (!ram)
        fprintf(out, "%s: no RAM: %s\n", name,
                t->vm ? "it traps to the monitor, which interprets it: a virtual device, or an access fault"
                      : "a device, or an access fault");
    else if (!real)
        fprintf(out, "%s: the hardware does it, no trap\n", name);
    else if (access == ACCESS_STORE && t->vm && watch_flags(t->vm, gpa))
        fprintf(out, "%s: traps to the monitor (%s): the page is watched, and the store is interpreted\n", name, real);
    else
        fprintf(out, "%s: a hidden fault (%s): the monitor fills it, the guest notices nothing\n", name, real);
}

void view_address(struct debugger *d, uint64_t gva)
{
    struct view_of_address v = {d, gva};
    const struct priv *p = &d->shown.guest.priv;
    const struct machine *m = d->target->machine;
    char symbol[SYMBOL_TEXT];
    fprintf(d->out, "0x%" PRIx64 "%s, from %s-mode\n", gva, scene_symbol(&d->shown, gva, symbol, sizeof symbol),
            mode_name(p->mode));
    fprintf(d->out, d->target->vm ? "the guest's tables:\n" : "the page tables:\n");
    if (mmu_paged(p, p->mode))
        print_walk(d, target_ram(d->target), p->csr.satp, gva, d->target->vm ? "gpa" : "pa");
    else
        fprintf(d->out, "  addresses are not translated: %s 0x%" PRIx64 "\n", d->target->vm ? "gpa" : "pa", gva);
    if (d->target->vm && d->target->vm->two_stage) {
        uint64_t gpa;
        fprintf(d->out, "the nested tables, of the second stage, that the hardware walks for each gpa:\n");
        if (scene_translate(&d->shown, gva, ACCESS_LOAD, &gpa))
            print_walk(d, &m->ram, nested_satp(d->target->vm), gpa, "hpa");
    } else if (d->target->vm) {
        fprintf(d->out, "the shadow tables that the hardware walks:\n");
        if (SATP_MODE(m->hart.priv.csr.satp) == SATP_MODE_SV39)
            print_walk(d, &m->ram, m->hart.priv.csr.satp, gva, "hpa");
        else
            fprintf(d->out, "  none yet: the guest has not been entered\n");
    }
    verdict(&v, ACCESS_FETCH, "fetch");
    verdict(&v, ACCESS_LOAD, "load ");
    verdict(&v, ACCESS_STORE, "store");
}

/* --- the guest's address space -------------------------------------------------------------------------------------------- */

#define RIGHTS (PTE_R | PTE_W | PTE_X | PTE_U)

struct run_of_pages {
    FILE *out;
    uint64_t va, pa, size, rights; /* size 0: none */
};

static void flush_pages(struct run_of_pages *r)
{
    if (r->size)
        fprintf(r->out, "%016" PRIx64 "-%016" PRIx64 "  %6" PRIu64 " KiB  %c%c%c%c  -> 0x%" PRIx64 "\n", r->va,
                r->va + r->size - 1, r->size >> 10, r->rights & PTE_R ? 'r' : '-', r->rights & PTE_W ? 'w' : '-',
                r->rights & PTE_X ? 'x' : '-', r->rights & PTE_U ? 'u' : '-', r->pa);
    r->size = 0;
}

static void add_page(struct run_of_pages *r, uint64_t va, uint64_t pte, unsigned level)
{
    uint64_t pa = PTE_PPN(pte) << 12, size = UINT64_C(4096) << 9 * level;
    if (!r->size || r->va + r->size != va || r->pa + r->size != pa || r->rights != (pte & RIGHTS)) {
        flush_pages(r);
        *r = (struct run_of_pages){r->out, va, pa, 0, pte & RIGHTS};
    }
    r->size += size;
}

static void add_table(struct run_of_pages *r, const struct ram *ram, uint64_t table, uint64_t va, unsigned level)
{
    const uint8_t *p = ram_at(ram, table, PAGE_SIZE);
    for (uint64_t i = 0; p && i < 512; i++) {
        uint64_t pte = bytes_get(p + 8 * i, 8), at = va + (i << (12 + 9 * level));
        if (level == 2 && i >= 256)
            at |= ~UINT64_C(0) << 39;
        if (!(pte & PTE_V))
            continue;
        if (pte & (PTE_R | PTE_X))
            add_page(r, at, pte, level);
        else if (level > 0)
            add_table(r, ram, PTE_PPN(pte) << 12, at, level - 1);
    }
}

void view_pages(struct debugger *d)
{
    const struct priv *p = &d->shown.guest.priv;
    struct run_of_pages r = {.out = d->out};
    if (SATP_MODE(p->csr.satp) != SATP_MODE_SV39) {
        fprintf(d->out, "the guest does not translate addresses: satp.MODE is 0\n");
        return;
    }
    add_table(&r, target_ram(d->target), SATP_PPN(p->csr.satp) << 12, 0, 2);
    flush_pages(&r);
}
