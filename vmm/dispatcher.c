/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * D, the dispatcher: see dispatcher.h. Who runs, and what is looked after between two steps: turns.c and steps.c.
 */
#include "vmm/dispatcher.h"

#include <stddef.h>

#include "vmm/interpreter.h"
#include "vmm/steps.h"
#include "vmm/technique/technique.h"
#include "vmm/vmm.h"
#include "vmm/vs_state.h"

/* Carries out one instruction by its routine, and counts what came of it. False: it raised an exception, now reflected. */
static inline bool emulate(struct vm *vm, const struct insn *i, uint32_t word)
{
    enum mode mode = vm->vcpu.priv.mode;
    uint64_t pc = vm->vcpu.ctx->pc;
    vm_stage(vm, STAGE_routine, i);
    struct trap t = interpret(vm, i, word);
    vm_stage(vm, STAGE_emulated, i);
    if (t.cause != NO_TRAP) {
        reflect(vm, (uint64_t)t.cause, t.tval);
        return false;
    }
    step_completed(vm, pc, word, mode);
    return true;
}

/* --- exits -------------------------------------------------------------------------------------------------------------------- */

void exit_exception(struct vm *vm, const struct hw_exit *exit)
{
    vm_exit_reason(vm, EXIT_exception);
    reflect(vm, exit->cause, exit->tval);
}

void exit_ecall(struct vm *vm, const struct hw_exit *exit)
{
    vm_exit_reason(vm, EXIT_ecall);
    reflect(vm, CAUSE_ecall_u + vm->vcpu.priv.mode, exit->tval);
}

static enum exit_reason reason_of(const struct insn *i)
{
    if (insn_rows[i->id].class == CLASS_BY_CSR)
        return EXIT_csr;
    return i->id == INSN_wfi ? EXIT_wfi : EXIT_privileged;
}

void exit_illegal(struct vm *vm, const struct hw_exit *exit)
{
    struct insn i = interpret_decode(vm, exit->insn);
    bool done = emulate(vm, &i, exit->insn);
    vm_exit_reason(vm, done ? reason_of(&i) : EXIT_exception);
}

void exit_virtual(struct vm *vm, const struct hw_exit *exit)
{
    struct insn i = interpret_decode(vm, exit->insn);
    bool done = emulate(vm, &i, exit->insn);
    vm_exit_reason(vm, !done ? EXIT_exception : i.id == INSN_wfi ? EXIT_wfi : EXIT_virtual_insn);
}

void exit_true_fault(struct vm *vm, const struct hw_exit *exit)
{
    vm_exit_reason(vm, EXIT_page_true);
    reflect(vm, exit->cause, exit->tval);
}

static enum access access_of(const struct hw_exit *exit)
{
    switch (exit->cause) {
    case CAUSE_insn_page:
    case CAUSE_insn_guest_page:
        return ACCESS_FETCH;
    case CAUSE_load_page:
    case CAUSE_load_guest_page:
        return ACCESS_LOAD;
    default:
        return ACCESS_STORE;
    }
}

/* An access that no table of the monitor's maps: to a virtual device, to a watched page, or to nothing, as the interpreter
 * will find. A fetch that faulted has left no instruction; it may be one in the ROM. */
static void access_device(struct vm *vm, const struct hw_exit *exit, enum exit_reason reason)
{
    uint32_t word = exit->insn;
    struct trap t = access_of(exit) == ACCESS_FETCH ? interpret_fetch(vm, &word) : NOTHING_RAISED;
    bool done = false;
    if (t.cause != NO_TRAP) {
        reflect(vm, (uint64_t)t.cause, t.tval);
    } else {
        struct insn i = interpret_decode(vm, word);
        done = emulate(vm, &i, word);
    }
    vm_exit_reason(vm, done ? reason : EXIT_page_true);
}

void exit_page_fault(struct vm *vm, const struct hw_exit *exit)
{
    enum access access = access_of(exit);
    struct mmu_result guest = interpret_translate(vm, exit->tval, access);
    vm_stage(vm, STAGE_walk, &guest);
    if (guest.cause != NO_TRAP) {
        vm_exit_reason(vm, EXIT_page_true);
        reflect(vm, (uint64_t)guest.cause, exit->tval);
    } else if (shadow_fill(vm, exit->tval, access, &guest)) {
        vm_stage(vm, STAGE_fill, &guest);
        vm_exit_reason(vm, EXIT_page_hidden);
    } else {
        bool watched = access == ACCESS_STORE && watch_flags(vm, guest.pa);
        access_device(vm, exit, watched ? EXIT_page_trace : EXIT_mmio);
    }
}

/* gpa is what the access wanted, or an entry of the guest's tables on the way to it. */
void exit_guest_page(struct vm *vm, const struct hw_exit *exit)
{
    if (nested_fill(vm, exit->gpa))
        vm_exit_reason(vm, EXIT_guest_page);
    else
        access_device(vm, exit, EXIT_mmio);
}

/* --- their accounts --------------------------------------------------------------------------------------------------------- */

static __attribute__((noinline, cold)) void begin_note(struct vm *vm, const struct hw_exit *exit, bool translated)
{
    vm->exit_note = (struct exit_note){
        .mode = vm->vcpu.priv.mode,
        .pc = vm->vcpu.ctx->pc,
        .cause = exit->cause,
        .tval = exit->tval,
        .gpa = exit->gpa,
        .insn = translated ? 0 : exit->insn,
        .step = vm->clock.steps,
        .retired = exit->retired,
        .entered = exit->entered,
        .back = vm->exit_note.back,
    };
}

static __attribute__((noinline, cold)) void tell(struct vm *vm, uint64_t leaving, uint64_t end)
{
    struct exit_note *n = &vm->exit_note;
    n->guest = vm->index;
    n->technique = vm->technique->name;
    n->reason = vm->exit_reason;
    n->begin = vm->exit_since;
    n->leaving = leaving;
    n->end = end;
    hw_note_exit(vm->hw, n);
    n->rest = true;
    n->entered = n->retired = 0;
}

/* What was done since the last exit is put down to it, and told to who traces. The monitor was left at `leaving`; the guest goes on at `end`. */
static void account(struct vm *vm, uint64_t leaving, uint64_t end)
{
    put_down(vm, end);
    if (vm->told)
        tell(vm, leaving, end);
}

void dispatch_pause(struct vm *vm)
{
    uint64_t now = hw_cycles(vm->hw);
    account(vm, now, now);
}

/* The time that was given has passed. */
static void exit_budget(struct vm *vm)
{
    vm_exit_reason(vm, vm->clock.now >= vm->attention ? EXIT_timer : EXIT_budget);
}

/* The hardware runs something of the guest's, and the time that it took is given to whom it belongs. */
static inline __attribute__((always_inline)) struct hw_exit run(struct vm *vm, uint64_t budget)
{
    vm_stage(vm, STAGE_enter, NULL);
    uint64_t leaving = vm->told ? hw_cycles(vm->hw) : 0;
    struct hw_exit exit = hw_run(vm->hw, budget);
    account(vm, leaving, exit.entered);
    vm->exit_since = exit.left;
    if (vm->told)
        vm->exit_note = (struct exit_note){.back = hw_cycles(vm->hw)};
    return exit;
}

static void deal_with(struct vm *vm, const struct hw_exit *exit)
{
    if (exit->cause == HW_BUDGET) {
        exit_budget(vm);
        return;
    }
    if (exit->cause == HW_FAULT_LOOP) {
        vm_exit_reason(vm, EXIT_exception);
        vm->end = (struct run_end){END_FAULT_LOOP, 0};
        return;
    }
    exit_handler *handler = exit->cause < TECHNIQUE_CAUSES ? vm->technique->handler[exit->cause] : NULL;
    if (!handler)
        hw_panic(vm->hw, "the machine came back for a cause that cannot be");
    vm_stage(vm, STAGE_handler, exit);
    handler(vm, exit);
}

static inline __attribute__((always_inline)) void handle(struct vm *vm, const struct hw_exit *exit)
{
    vm_stage(vm, STAGE_trap, exit);
    deal_with(vm, exit);
    vm_stage(vm, STAGE_done, NULL);
}

/* In real user mode. `insns` counts what was run. */
static inline __attribute__((always_inline)) void dispatch(struct vm *vm, uint64_t budget, uint64_t *insns,
                                                           void (*recover)(struct vm *, struct hw_exit *))
{
    if (vm->vmm->virtualized)
        vs_close(vm->vmm);
    struct hw_exit exit = run(vm, budget);
    *insns += exit.retired;
    count_insns(vm, vm->vcpu.priv.mode, exit.retired);
    clock_update(vm);
    hw_charge(vm->hw, COST_table_lookup, 1);
    if (recover)
        recover(vm, &exit);
    if (vm->told)
        begin_note(vm, &exit, recover != NULL);
    handle(vm, &exit);
}

void dispatch_direct(struct vm *vm, uint64_t budget)
{
    dispatch(vm, budget, &vm->insns.direct, NULL);
}

void dispatch_shared(struct vm *vm, uint64_t budget, void (*recover)(struct vm *vm, struct hw_exit *exit))
{
    dispatch(vm, budget, &vm->insns.direct, recover);
}

void dispatch_translated(struct vm *vm, uint64_t budget, void (*recover)(struct vm *vm, struct hw_exit *exit))
{
    dispatch(vm, budget, &vm->insns.translated, recover);
}

void dispatch_virtualized(struct vm *vm, uint64_t budget)
{
    struct hw_account *account = hw_account(vm->hw);
    *account = (struct hw_account){vm->clock.steps, vm->clock.insns, vm->trap_insns, vm->traps_in_row};
    struct hw_exit exit = run(vm, budget);
    vm->insns.direct += exit.retired;
    count_insns(vm, vm->vcpu.priv.mode == MODE_M ? MODE_M : MODE_U, exit.retired_user);
    count_insns(vm, MODE_S, exit.retired_supervisor);
    count_steps(vm, exit.traps);
    vm->counters.guest_traps += exit.traps;
    vm->counters.guest_interrupts += exit.interrupts;
    vm->trap_insns = account->trap_insns;
    vm->traps_in_row = account->traps_in_row;
    clock_update(vm);
    hw_charge(vm->hw, COST_table_lookup, 1);
    vs_leave(vm);
    if (vm->told)
        begin_note(vm, &exit, false);
    handle(vm, &exit);
}

/* One step. Returns whether it was a plain instruction, after which no interrupt can newly be enabled. */
static inline bool interpret_step(struct vm *vm)
{
    uint32_t word;
    struct trap t = interpret_fetch(vm, &word);
    if (t.cause != NO_TRAP) {
        reflect(vm, (uint64_t)t.cause, t.tval);
        return false;
    }
    struct insn i = interpret_decode(vm, word);
    return emulate(vm, &i, word) && insn_rows[i.id].flow != FLOW_SYNC;
}

void dispatch_interpreted(struct vm *vm)
{
    interpret_step(vm);
}

void dispatch_fetched(struct vm *vm, uint32_t word)
{
    struct insn i = interpret_decode(vm, word);
    emulate(vm, &i, word);
}

void dispatch_interpreted_many(struct vm *vm, uint64_t budget)
{
    uint64_t end = vm->clock.steps + budget;
    while (interpret_step(vm) && vm->clock.steps < end && vm->end.reason == END_NONE) {
        clock_update(vm);
        if (vm->clock.now >= vm->attention)
            return;
        step_between(vm);
    }
}
