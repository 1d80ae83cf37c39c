/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trap that is being dealt with: its stages, and the whole in sentences.
 */
#include <inttypes.h>
#include <string.h>

#include "vmm/technique/bt/translator.h"
#include "vmm/technique/technique.h"
#include "debugger/command.h"
#include "debugger/view.h"
#include "isa/insn.h"

const char *cause_text(uint64_t cause)
{
    return cause == HW_BUDGET ? "the monitor's timer" : cause == HW_FAULT_LOOP ? "a fault loop" : trap_name(cause);
}

static void cause_number(uint64_t cause, char *text, size_t n)
{
    if (cause == HW_BUDGET)
        cause = CAUSE_INTERRUPT | 7; /* as mcause has it */
    snprintf(text, n, cause & CAUSE_INTERRUPT ? "interrupt %" PRIu64 : "cause %" PRIu64, cause & ~CAUSE_INTERRUPT);
}

static void insn_of(const struct debugger *d, uint32_t word, char *text, size_t n)
{
    insn_format_in(d->target->profile, text, n, word, d->shown.guest.ctx.pc);
}

/* --- a stage -------------------------------------------------------------------------------------------------------------- */

static void stage_trap_text(struct debugger *d)
{
    const struct hw_exit *x = &d->execution->detail.exit;
    const struct csr_file *f = &d->target->machine->hart.priv.csr;
    char text[128], number[32];
    cause_number(x->cause, number, sizeof number);
    fprintf(d->out, "the hardware traps: %s (%s), real mepc 0x%" PRIx64 ", mtval 0x%" PRIx64 "\n", cause_text(x->cause),
            number, f->mepc, f->mtval);
    if (x->insn && x->cause == CAUSE_illegal) {
        insn_of(d, x->insn, text, sizeof text);
        fprintf(d->out, "  the instruction: %s\n", text);
    }
}

static void stage_text(struct debugger *d)
{
    const struct execution *e = d->execution;
    const union stage_detail *x = &e->detail;
    const struct vm *vm = d->target->vm;
    char number[32];
    switch (e->stage) {
    case STAGE_enter:
        fprintf(d->out, "return: the guest goes on, in real %s at 0x%" PRIx64 "\n",
                vm->vmm->virtualized ? "VS- or VU-mode" : "U-mode", d->target->machine->hart.ctx.pc);
        break;
    case STAGE_trap:
        stage_trap_text(d);
        break;
    case STAGE_handler:
        cause_number(x->exit.cause, number, sizeof number);
        fprintf(d->out, "the dispatcher: %s, under %s, has a handler\n", number, vm->technique->name);
        break;
    case STAGE_walk:
        fprintf(d->out, "the guest's own tables: %s\n",
                x->walk.cause == NO_TRAP ? "they allow it, so the fault is not the guest's"
                                         : "they do not allow it: a true fault");
        if (x->walk.cause == NO_TRAP)
            fprintf(d->out, "  gpa 0x%" PRIx64 "%s\n", x->walk.pa,
                    x->walk.pte_written ? ", A or D set in the guest's entry" : "");
        break;
    case STAGE_fill:
        fprintf(d->out, "the shadow tables: a leaf is written, for gpa 0x%" PRIx64 ", hpa 0x%" PRIx64 "\n", x->walk.pa,
                vm_hpa(vm, x->walk.pa));
        break;
    case STAGE_routine:
        fprintf(d->out, "the routine: %s\n", insn_rows[x->insn.id].mnemonic);
        break;
    case STAGE_emulated:
        fprintf(d->out, "the routine has done to the virtual state what %s does\n", insn_rows[x->insn.id].mnemonic);
        break;
    case STAGE_reflect:
        fprintf(d->out, "%s: %s, at 0x%" PRIx64 ", tval 0x%" PRIx64 "\n",
                vm && !e->inside ? "reflection: the guest is to see a trap" : "the hardware takes a trap",
                cause_text(x->trap.cause), x->trap.epc, x->trap.tval);
        break;
    case STAGE_reflected:
        fprintf(d->out, "the virtual state has taken the trap: the guest's own handler is next\n");
        break;
    case STAGE_done:
        fprintf(d->out, "the exit is dealt with: %s\n", exit_names[vm->exit_reason].name);
        break;
    default:
        break;
    }
}

void view_stage(struct debugger *d, bool changes)
{
    stage_text(d);
    if (changes)
        view_changes(d, &d->before.guest);
}

/* --- in sentences --------------------------------------------------------------------------------------------------------- */

static void explain_illegal(struct debugger *d, const struct hw_exit *x)
{
    char text[128];
    struct insn i;
    enum mode mode = d->execution->known.priv.mode;
    insn_of(d, x->insn, text, sizeof text);
    insn_decode_in(d->target->profile, x->insn, &i);
    insn_expand(&i);
    fprintf(d->out, "The guest, which takes itself to be in %s-mode, has executed `%s`.\n", mode_name(mode), text);
    if (i.id == INSN_illegal) {
        fprintf(d->out, "That is no instruction of this machine: the guest will see the trap.\n");
        return;
    }
    unsigned least = insn_rows[i.id].class == CLASS_BY_CSR ? (unsigned)i.imm >> 8 & 3 : insn_rows[i.id].mode;
    const char *name = insn_rows[i.id].class == CLASS_BY_CSR ? csr_name((unsigned)i.imm) : insn_rows[i.id].mnemonic;
    fprintf(d->out, "%s needs %s-mode. Really the hart was in U-mode, so it trapped, and nothing was changed.\n",
            name ? name : "It", mode_name((enum mode)least));
    if (least <= mode)
        fprintf(
            d->out,
            "In the guest's %s-mode it is allowed: the monitor's routine does to the virtual state what the instruction\n"
            "would have done to the real one, and the guest notices nothing.\n",
            mode_name(mode));
    else
        fprintf(d->out, "The guest's %s-mode may not do that either: the trap is reflected into the guest.\n",
                mode_name(mode));
}

static void explain_page(struct debugger *d, const struct hw_exit *x)
{
    static const char *const verbs[] = {"fetch from", "load from", "store to"};
    enum access access = x->cause == CAUSE_insn_page   ? ACCESS_FETCH
                         : x->cause == CAUSE_load_page ? ACCESS_LOAD
                                                       : ACCESS_STORE;
    const struct priv *p = &d->execution->known.priv;
    enum mode mode = access == ACCESS_FETCH ? p->mode : mmu_data_mode(p);
    struct walk w = {.end = WALK_LEAF, .pa = x->tval};
    bool paged = mmu_paged(p, mode), allowed = true;
    if (paged) {
        w = mmu_walk(target_ram(d->target), p->csr.satp, x->tval);
        allowed = w.end == WALK_LEAF && mmu_permits(w.pte, access, mode, p->csr.mstatus);
    }
    fprintf(d->out,
            "The guest, in virtual %s-mode, has tried to %s 0x%" PRIx64
            ". The real tables are shadows of its own, and have no\n"
            "entry that allows it.\n",
            mode_name(p->mode), verbs[access], x->tval);
    if (!allowed)
        fprintf(d->out,
                "The guest's own tables do not allow it either: a true fault, which is reflected into the guest.\n");
    else if (!ram_at(target_ram(d->target), w.pa, 1))
        fprintf(d->out, "%s 0x%" PRIx64 ", which is no RAM: a virtual device, perhaps. The instruction is interpreted.\n",
                paged ? "The guest's tables lead to" : "Its addresses are not translated: this is", w.pa);
    else if (access == ACCESS_STORE && d->target->vm && watch_flags(d->target->vm, w.pa))
        fprintf(
            d->out,
            "The guest's own tables allow it, but the page is watched: it holds page tables, or code that was translated.\n"
            "The store is interpreted, and what depended on the old bytes goes.\n");
    else
        fprintf(
            d->out,
            "The guest's own tables allow it: a hidden fault. The shadow entry is filled, and the instruction begins again;\n"
            "the guest notices nothing, and no step is counted.\n");
}

static void explain_exit_now(struct debugger *d)
{
    const struct hw_exit *x = &d->execution->exit;
    char number[32];
    cause_number(x->cause, number, sizeof number);
    switch (x->cause) {
    case CAUSE_illegal:
        explain_illegal(d, x);
        break;
    case CAUSE_insn_page:
    case CAUSE_load_page:
    case CAUSE_store_page:
        explain_page(d, x);
        break;
    case CAUSE_ecall_u:
        fprintf(
            d->out,
            d->execution->known.priv.mode == MODE_U || !d->target->vm->translator->inside
                ? "The guest has called its environment (ecall) in virtual %s-mode: the call is reflected into the guest.\n"
                : "Translated code of the guest's %s-mode has called the monitor: for an instruction that it cannot do itself, or\n"
                  "for the way to code that is not translated or linked yet.\n",
            mode_name(d->execution->known.priv.mode));
        break;
    case CAUSE_load_guest_page:
    case CAUSE_store_guest_page:
    case CAUSE_insn_guest_page:
        fprintf(d->out, "The second stage of translation has nothing for gpa 0x%" PRIx64 ": %s\n", x->gpa,
                ram_at(target_ram(d->target), x->gpa, 1) ? "its nested entry is filled, and the guest notices nothing."
                                                         : "it is no RAM; the instruction is interpreted.");
        break;
    case HW_BUDGET:
        fprintf(
            d->out,
            "No trap of the guest's: the time that the monitor has given it is over, since a virtual timer or device has\n"
            "something to do, or somebody wants to look.\n");
        break;
    default:
        fprintf(d->out, "The guest has raised an exception, %s: it is reflected into the guest as it is.\n",
                cause_text(x->cause));
    }
    fprintf(d->out, "Real mcause: %s (%s). So far this exit has cost %" PRIu64 " cycles.\n", number, cause_text(x->cause),
            d->target->machine->cost.total - x->left);
}

static void explain_reflect(struct debugger *d)
{
    const struct stage_trap *t = &d->execution->detail.trap;
    const struct priv *p = &d->shown.guest.priv;
    bool to_s = trap_delegated(p, t->cause);
    const char *m = d->target->vm ? "virtual " : "";
    if (d->execution->stage == STAGE_reflected || d->execution->stage == STAGE_reflect)
        fprintf(d->out, "The guest sees: %s, from 0x%" PRIx64 ", tval 0x%" PRIx64 ".\n", cause_text(t->cause), t->epc,
                t->tval);
    if (d->execution->stage == STAGE_reflect)
        fprintf(d->out, "It goes to %s%s-mode (%s bit %" PRIu64 " is %d), to the handler at 0x%" PRIx64 ".\n", m,
                to_s ? "S" : "M", t->cause & CAUSE_INTERRUPT ? "mideleg" : "medeleg", t->cause & 63,
                (int)((t->cause & CAUSE_INTERRUPT ? p->csr.mideleg : p->csr.medeleg) >> (t->cause & 63) & 1),
                trap_vector(to_s ? p->csr.stvec : p->csr.mtvec, t->cause));
}

void view_trap(struct debugger *d)
{
    const struct execution *e = d->execution;
    if (scene_place(&d->shown) != PLACE_STAGE ||
        (!e->dealing && e->stage != STAGE_reflect && e->stage != STAGE_reflected)) {
        fprintf(d->out, "no trap is being dealt with; trap goes to the next one\n");
        return;
    }
    if (e->dealing)
        explain_exit_now(d);
    if (e->stage == STAGE_reflect || e->stage == STAGE_reflected)
        explain_reflect(d);
    if (e->stage == STAGE_done)
        fprintf(d->out, "It has been dealt with, and counts as %s: %s.\n", exit_names[e->target->vm->exit_reason].name,
                exit_names[e->target->vm->exit_reason].meaning);
}
