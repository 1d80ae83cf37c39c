/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A virtual machine: what the guest believes it has (vcpu, clock, bus), what really stands for it (RAM at an offset,
 * shadow tables), and what the monitor counts for it. Lives in frames of real memory; one for each guest. Freestanding.
 *
 * Names: gva, gpa are the guest's virtual and physical addresses, hpa the real ones. Whatever is in struct vcpu is
 * virtual; real state is reached through hw.h only.
 */
#ifndef VMM_VM_H
#define VMM_VM_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/bus.h"
#include "isa/clock.h"
#include "isa/csr.h"
#include "isa/end.h"
#include "isa/insn.h"
#include "isa/trap.h"
#include "vmm/allocator.h"
#include "vmm/hw.h"
#include "vmm/memory/nested.h"
#include "vmm/memory/shadow.h"
#include "vmm/memory/trace.h"
#include "vmm/memory/walks.h"
#include "vmm/memory/watch.h"

struct direct;
struct pv;
struct technique;
struct translator;

enum exit_reason {
#define EXIT(name, meaning) EXIT_##name,
#include "counters.def"
    EXIT_count
};

struct exit_count {
    uint64_t count, cycles;
};

struct vm_counters {
#define COUNTER(name, meaning) uint64_t name;
#include "counters.def"
};

/* The stages of a trap's life (docs/life-of-a-trap.md), for somebody who looks on: he sees everything, and changes nothing.
 * STAGE(name, detail, meaning) */
enum vm_stage {
#define STAGE(name, detail, meaning) STAGE_##name,
#include "stage.def"
    STAGE_count
};

/* A trap that the guest sees, and where it was. */
struct stage_trap {
    uint64_t cause, tval, epc;
};

struct vm_probe {
    void (*stage)(void *context, enum vm_stage stage, const void *detail); /* NULL: nobody looks */
    void *context;
};

/* Guest instructions completed, by who carried them out, and by the virtual mode that they ran in. */
struct vm_insns {
    uint64_t direct, interpreted, translated, by_mode[4];
};

static inline uint64_t vm_insns_all(const struct vm_insns *n)
{
    return n->direct + n->interpreted + n->translated;
}

/* What stands between the guest's page tables and memory, under hardware assistance. */
enum vm_mmu { MMU_NESTED, MMU_SHADOW };

/* What the translator is to do without, for measuring. */
struct translator_options {
    bool no_chain;    /* direct jumps from one unit to another */
    bool no_inline;   /* CSR accesses in translated code */
    bool no_adaptive; /* stores to page tables without a trap */
};

/* The guest's processor. */
struct vcpu {
    struct priv priv;    /* virtual mode and CSRs */
    struct context *ctx; /* x registers, pc, reservation: in the machine while this guest has it, else `saved` */
    struct context saved;
    bool waiting; /* a wfi has completed, and nothing that it waits for has come yet */
};

/* An instruction that was decoded before: a guest's kernel has few that trap, and they do so often; the interpreter sees all of
 * them. Nothing that counts: it is charged as if it were decoded anew. Length 0: none. */
#define VM_DECODED_BITS 9
struct decoded {
    uint32_t word;
    struct insn insn;
};

struct vm {
    struct hw *hw;
    struct vmm *vmm;
    struct vm_probe probe;
    unsigned index; /* 0, 1, ...: its number for hw.h */
    struct vcpu vcpu;
    struct clock clock;   /* virtual time */
    struct bus bus;       /* virtual devices, and the guest's RAM at gpa RAM_BASE */
    struct bus_host host; /* their back ends (allocator.c) */
    uint64_t offset;      /* hpa - gpa of the guest's RAM, modulo 2^64 */

    struct share share;     /* of the monitor's memory, that is the guest's */
    struct frame_pool pool; /* in it, the frames of shadow tables */
    struct shadow shadow;
    struct trace trace;
    struct watch watch;
    enum vm_mmu mmu;
    struct nested nested;
    bool two_stage; /* the guest's own tables are used by the hardware, and `nested` after them */
    struct watch_observer observer; /* of watched pages */
    struct direct *direct;          /* direct paging's */
    struct pv *pv;                  /* paravirtualization's */
    const struct technique *technique;
    bool noted;             /* the simulator wants each instruction told that the monitor carries out */
    bool told;              /* somebody wants to be told each exit: exit_note is the one being dealt with */
    struct exit_note exit_note;
    insn_profile profile; /* which instructions its processor has: those of the real one */
    struct decoded decoded[1 << VM_DECODED_BITS]; /* by their bits */
    struct walks walks;                 /* by their pages */
    struct translator *translator; /* binary translation's */
    struct translator_options translator_options;

    uint64_t goal;        /* the T at which vmm_run() is to come back */
    uint64_t attention;   /* the V at which virtual devices or the timer have something to do; 0: look now */
    uint64_t step_cycles; /* 0: V counts steps. Else V is cycles, and a step is taken to need this many */
    uint64_t cycles_base; /* with step_cycles: V = hw_cycles() - cycles_base while the guest has the machine */

    /* Traps in a row that found no instruction completed since the one before (a fault loop). */
    uint64_t trap_insns, traps_in_row;
    struct run_end end;

    struct vm_insns insns;
    struct vm_counters counters;
    struct exit_count exits[EXIT_count + 1]; /* one more, for what comes before the first exit */
    enum exit_reason exit_reason;            /* of the last exit: what the monitor does now is charged to it ... */
    uint64_t exit_since;                     /* ... from this point of hw_cycles() on */
};

/* Bytes of real memory at gpa are those at this hpa. */
static inline uint64_t vm_hpa(const struct vm *vm, uint64_t gpa)
{
    return gpa + vm->offset;
}

static inline void vm_stage(struct vm *vm, enum vm_stage stage, const void *detail)
{
    if (vm->probe.stage)
        vm->probe.stage(vm->probe.context, stage, detail);
}

/* Notes why the machine has come back. Once for each exit. */
static inline void vm_exit_reason(struct vm *vm, enum exit_reason reason)
{
    vm->exit_reason = reason;
    vm->exits[reason].count++;
}

#endif
