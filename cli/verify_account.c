/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Efficiency (Popek and Goldberg 1974, section 3): all innocuous instructions are executed by the hardware directly. Which are
 * innocuous is a column of insn.def; whether the hardware had trapped on the access is what the simulator saw.
 */
#include "isa/mmu.h"
#include "verify.h"
#include "vmm/technique/technique.h"
#include "vmm/vmm.h"

const char *const emulated_names[EMULATED_count] = {
    "control", "mode", "location", "by_csr", "memory_trap", "interpreter", "mprv", "straddling", "rom", "innocuous",
};

static bool interprets(const struct vm *vm, enum mode mode)
{
    return mode != MODE_U && vm->technique == &technique_interp;
}

static bool in_ram(const struct vm *vm, const struct insn_note *note)
{
    uint64_t gpa = note->pc;
    if (mmu_paged(&vm->vcpu.priv, note->mode))
        gpa = mmu_walk(&vm->bus.ram, vm->vcpu.priv.csr.satp, note->pc).pa;
    return ram_at(&vm->bus.ram, gpa, 2) != NULL;
}

/* An innocuous instruction leaves virtual control state as it was: vm shows it. */
static enum emulated innocuous(const struct vm *vm, const struct insn_note *note, const struct insn *i)
{
    const struct priv *p = &vm->vcpu.priv;
    if (interprets(vm, note->mode))
        return EMULATED_INTERPRETER;
    if (note->memory_trap)
        return EMULATED_MEMORY_TRAP;
    if (mmu_data_mode(p) != p->mode)
        return EMULATED_MPRV;
    if (note->pc % PAGE_SIZE + i->length > PAGE_SIZE)
        return EMULATED_STRADDLING;
    return in_ram(vm, note) ? EMULATED_INNOCUOUS : EMULATED_ROM;
}

static enum emulated kind_of(const struct vm *vm, const struct insn_note *note)
{
    struct insn i;
    insn_decode(note->word, &i);
    insn_expand(&i);
    switch ((enum insn_class)insn_rows[i.id].class) {
    case CLASS_CONTROL:
        return EMULATED_CONTROL;
    case CLASS_MODE:
        return EMULATED_MODE;
    case CLASS_LOCATION:
        return EMULATED_LOCATION;
    case CLASS_BY_CSR:
        return EMULATED_BY_CSR;
    case CLASS_INNOCUOUS:
        break;
    }
    return innocuous(vm, note, &i);
}

void account_note(void *context, const struct insn_note *note)
{
    struct account *a = context;
    enum emulated kind = kind_of(a->session->vmm->guest[note->guest], note);
    if (kind == EMULATED_INNOCUOUS && a->count[kind] < ACCOUNT_KEPT)
        a->kept[a->count[kind]] = *note;
    if (note->guest == 0 || kind == EMULATED_INNOCUOUS)
        a->count[kind]++;
    else
        a->neighbour++;
}

uint64_t account_total(const struct account *a)
{
    uint64_t total = a->neighbour;
    for (unsigned i = 0; i < EMULATED_count; i++)
        total += a->count[i];
    return total;
}
