/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The calls of a paravirtual kernel, but for those of devices. See pv.h and vmm/hypercall.def.
 *
 * All that comes from the guest is a number until it was looked at: addresses are the guest's physical ones, and each place is
 * checked when it is read or written, not before.
 */
#include "vmm/memory/direct.h"
#include "vmm/memory/shadow.h"
#include "vmm/technique/pv/pv.h"

#define ROOT_SLOTS 512
#define RESULT(error) PV_RESULT(error, 0)

/* A word that the guest has in its memory; false if there is none at gpa. */
static bool word_get(struct vm *vm, uint64_t gpa, uint64_t *value)
{
    const uint8_t *bytes = gpa % 8 ? NULL : ram_at(&vm->bus.ram, gpa, 8);
    if (!bytes)
        return false;
    *value = bytes_get(bytes, 8);
    hw_charge(vm->hw, COST_guest_word, 1);
    return true;
}

static bool word_put(struct vm *vm, uint64_t gpa, uint64_t value)
{
    uint8_t *bytes = gpa % 8 ? NULL : direct_writable(vm, gpa, 8);
    if (!bytes)
        return false;
    bytes_put(bytes, 8, value);
    hw_wrote(vm->hw, vm_hpa(vm, gpa), 8, false);
    hw_charge(vm->hw, COST_guest_word, 1);
    return true;
}

/* --- information and start -------------------------------------------------------------------------------------------------- */

static struct pv_result call_info(struct vm *vm, const uint64_t *args)
{
    (void)vm, (void)args;
    return PV_RESULT(PV_ok, PV_VERSION);
}

/* What the guest's hardware would have to be like: its events enabled, satp and fences out of reach (TVM). */
static void set_csrs(struct csr_file *f)
{
    f->menvcfg |= MENVCFG_STCE;
    f->mideleg |= MIP_STIP | MIP_SEIP;
    f->mie = MIP_STIP | MIP_SEIP;
    f->mstatus = (f->mstatus | MSTATUS_TVM) & ~(MSTATUS_SIE | MSTATUS_MPRV);
}

static struct pv_result call_start(struct vm *vm, const uint64_t *args)
{
    struct pv *pv = vm->pv;
    uint64_t shared = args[0], first = args[4] & 0xffff, count = args[4] >> 16;
    if (pv->started)
        return RESULT(PV_already);
    if (first > ROOT_SLOTS || count > ROOT_SLOTS - first)
        return RESULT(PV_invalid_param);
    if (shared % PAGE_SIZE)
        return RESULT(PV_invalid_address);
    enum pv_error error = direct_hold(vm, shared);
    if (error != PV_ok)
        return RESULT(error);
    shadow_drop(vm); /* nothing of it is looked at again */
    direct_user_slots(vm, (unsigned)first, (unsigned)(first + count));
    error = direct_pin(vm, args[3]);
    if (error != PV_ok) {
        direct_let_go(vm, shared);
        return RESULT(error);
    }
    direct_set_space(vm, args[3]);
    *pv = (struct pv){.started = true,
                      .shared = shared,
                      .words = ram_at(&vm->bus.ram, shared, PAGE_SIZE),
                      .entry_user = args[1],
                      .entry_kernel = args[2],
                      .time = UINT64_MAX};
    pv_put_word(vm, PV_offset, vm->offset);
    pv_put_word(vm, PV_sie, 0);
    pv_put_word(vm, PV_pending, 0);
    set_csrs(&vm->vcpu.priv.csr);
    pv_open_devices(vm);
    return RESULT(PV_ok);
}

/* --- memory ----------------------------------------------------------------------------------------------------------------- */

static struct pv_result call_pin(struct vm *vm, const uint64_t *args)
{
    return RESULT(direct_pin(vm, args[0]));
}

static struct pv_result call_unpin(struct vm *vm, const uint64_t *args)
{
    return RESULT(direct_unpin(vm, args[0]));
}

static struct pv_result call_mmu_update(struct vm *vm, const uint64_t *args)
{
    if (args[1] > PV_MOST_UPDATES)
        return RESULT(PV_invalid_param);
    for (uint64_t i = 0; i < args[1]; i++) {
        uint64_t at, entry;
        if (!word_get(vm, args[0] + 16 * i, &at) || !word_get(vm, args[0] + 16 * i + 8, &entry))
            return PV_RESULT(PV_invalid_address, i);
        enum pv_error error = direct_update(vm, at, entry);
        if (error != PV_ok)
            return PV_RESULT(error, i);
    }
    return PV_RESULT(PV_ok, args[1]);
}

static struct pv_result call_set_space(struct vm *vm, const uint64_t *args)
{
    return RESULT(direct_set_space(vm, args[0]));
}

static struct pv_result call_tlb_flush(struct vm *vm, const uint64_t *args)
{
    if (args[1] > 1)
        return RESULT(PV_invalid_param);
    direct_fence(vm, args[1] == 0, args[0]);
    return RESULT(PV_ok);
}

/* --- traps and time --------------------------------------------------------------------------------------------------------- */

/* Registers a6 and a7 are the call's own, so that they come from the shared page. */
static struct pv_result call_return_to_user(struct vm *vm, const uint64_t *args)
{
    struct vcpu *v = &vm->vcpu;
    bool kernel = pv_word(vm, PV_from_kernel) & 1;
    uint64_t root = pv_word(vm, PV_root);
    (void)args;
    hw_charge(vm->hw, COST_guest_word, 5);
    if (root && root != direct_space_now(vm)) {
        enum pv_error error = direct_set_space(vm, root);
        if (error != PV_ok)
            return RESULT(error);
    }
    if (kernel)
        pv_put_word(vm, PV_sie, pv_word(vm, PV_saved_sie) & 1);
    else
        v->priv.mode = MODE_U;
    v->ctx->pc = pv_word(vm, PV_epc) & ~UINT64_C(1);
    v->ctx->x[16] = pv_word(vm, PV_a6);
    v->ctx->x[17] = pv_word(vm, PV_a7);
    return RESULT(PV_ok);
}

static struct pv_result call_set_timer(struct vm *vm, const uint64_t *args)
{
    vm->vcpu.priv.csr.stimecmp = args[0];
    vm->attention = 0;
    return RESULT(PV_ok);
}

static struct pv_result call_unmask(struct vm *vm, const uint64_t *args)
{
    (void)args;
    pv_put_word(vm, PV_sie, 1);
    return RESULT(PV_ok);
}

static struct pv_result call_yield(struct vm *vm, const uint64_t *args)
{
    (void)args;
    vm->vcpu.waiting = true;
    return RESULT(PV_ok);
}

/* --- all of them ------------------------------------------------------------------------------------------------------------ */

typedef struct pv_result call_function(struct vm *vm, const uint64_t *args);
static call_function call_multicall;

#define call_events pv_events
#define call_console_write pv_console_write
#define call_console_read pv_console_read
#define call_block_ring pv_block_ring
#define call_block_kick pv_block_kick
#define call_halt pv_halt
#define call_reset pv_reset

static const struct call {
    call_function *function;
    unsigned args;
    bool batch;
} calls[] = {
#define HYPERCALL(name, number, args, batch, meaning) [number] = {call_##name, args, batch},
#include "vmm/hypercall.def"
};
#define CALLS (sizeof calls / sizeof calls[0])

/* Before `start` there is nothing that the others could be about. */
static struct pv_result call(struct vm *vm, uint64_t number, const uint64_t *args, bool batched)
{
    if (number >= CALLS || (batched && !calls[number].batch))
        return RESULT(PV_not_supported);
    if (!vm->pv->started && number != HYPERCALL_info && number != HYPERCALL_start)
        return RESULT(PV_denied);
    hw_charge(vm->hw, COST_table_lookup, 1);
    return calls[number].function(vm, args);
}

/* Entry i of the list: false if it is not all the guest's. Its results are written behind it. */
static bool multicall_entry(struct vm *vm, uint64_t entry, struct pv_result *r)
{
    uint64_t number, args[PV_ARGS];
    if (!word_get(vm, entry, &number))
        return false;
    for (unsigned i = 0; i < PV_ARGS; i++)
        if (!word_get(vm, entry + 8 + 8 * i, &args[i]))
            return false;
    *r = call(vm, number, args, true);
    return word_put(vm, entry + PV_CALL_ERROR, (uint64_t)r->error) && word_put(vm, entry + PV_CALL_ERROR + 8, r->value);
}

static struct pv_result call_multicall(struct vm *vm, const uint64_t *args)
{
    if (args[1] > PV_MOST_CALLS)
        return RESULT(PV_invalid_param);
    for (uint64_t i = 0; i < args[1]; i++) {
        struct pv_result r = RESULT(PV_ok);
        if (!multicall_entry(vm, args[0] + PV_CALL_SIZE * i, &r))
            return PV_RESULT(PV_invalid_address, i);
        if (r.error != PV_ok)
            return PV_RESULT(r.error, i);
    }
    return PV_RESULT(PV_ok, args[1]);
}

void pv_call(struct vm *vm)
{
    struct context *ctx = vm->vcpu.ctx;
    uint64_t number = ctx->x[16], args[PV_ARGS];
    bool ours = ctx->x[17] == PV_EXTENSION, known = ours && number < CALLS;
    __builtin_memcpy(args, &ctx->x[10], sizeof args);
    vm->direct->work = DIRECT_WORK;
    ctx->pc += 4;
    struct pv_result r = ours ? call(vm, number, args, false) : RESULT(PV_not_supported);
    hw_charge(vm->hw, COST_reg_moved, 4 + (known ? calls[number].args : 0));
    if (number == HYPERCALL_return_to_user && ours && r.error == PV_ok)
        return; /* the registers are those of whom it returns to */
    ctx->x[10] = (uint64_t)r.error;
    ctx->x[11] = r.value;
}
