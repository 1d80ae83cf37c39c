/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entering and leaving virtual supervisor and user mode. See vs_state.h.
 */
#include "vmm/vs_state.h"

#include "isa/hext.h"
#include "vmm/vmm.h"

enum vs {
#define VS(name, guest_writes) VS_##name,
#include "vs_state.def"
    VS_count
};
_Static_assert(VS_count == VMM_VS_REGISTERS, "struct vmm has room for them");

static const struct {
    unsigned number;
    bool guest_writes;
} rows[] = {
#define VS(name, guest_writes) {CSR_##name, guest_writes},
#include "vs_state.def"
};

/* The interrupts of a guest's supervisor; VS-mode's own have numbers one higher (privileged ISA 8.2.3). */
#define S_INTERRUPTS (MIP_SSIP | MIP_STIP | MIP_SEIP)

/* Exceptions that can go to VS-mode without the monitor (8.2.2): no ecall but user mode's. */
#define DELEGABLE UINT64_C(0xb1ff)

#define PAGE_FAULTS (UINT64_C(1) << CAUSE_insn_page | UINT64_C(1) << CAUSE_load_page | UINT64_C(1) << CAUSE_store_page)

/* --- from virtual to real --------------------------------------------------------------------------------------------------- */

static void write(struct vmm *vmm, enum vs which, uint64_t value)
{
    if (vmm->vs_known && vmm->vs[which] == value)
        return;
    hw_csr_write(vmm->hw, rows[which].number, value);
    vmm->vs[which] = value;
}

/* What VS-mode may do without asking: not wfi, since time is the monitor's; and what the guest's firmware has forbidden. */
static uint64_t hstatus_of(const struct vm *vm, bool trap_translation)
{
    uint64_t mstatus = vm->vcpu.priv.csr.mstatus;
    return HSTATUS_VTW | (trap_translation || (mstatus & MSTATUS_TVM) ? HSTATUS_VTVM : 0) |
           (mstatus & MSTATUS_TSR ? HSTATUS_VTSR : 0);
}

static void write_traps(struct vmm *vmm, const struct vm *vm, bool trap_translation)
{
    const struct csr_file *f = &vm->vcpu.priv.csr;
    bool machine_mode = vm->vcpu.priv.mode == MODE_M;
    uint64_t exceptions = machine_mode ? 0 : f->medeleg & DELEGABLE & ~(trap_translation ? PAGE_FAULTS : 0);
    uint64_t interrupts = machine_mode ? 0 : f->mideleg & S_INTERRUPTS;
    write(vmm, VS_medeleg, exceptions);
    write(vmm, VS_hedeleg, exceptions);
    write(vmm, VS_hideleg, interrupts << 1);
    write(vmm, VS_mcounteren, 7);         /* with hcounteren 0 and henvcfg 0: its counters and stimecmp come back as */
    write(vmm, VS_menvcfg, MENVCFG_STCE); /* virtual-instruction faults, and never go to VS-mode as illegal ones */
    write(vmm, VS_hstatus, hstatus_of(vm, trap_translation));
}

static void write_supervisor(struct vmm *vmm, const struct vm *vm)
{
    const struct csr_file *f = &vm->vcpu.priv.csr;
    uint64_t interrupts = vmm->vs[VS_hideleg] >> 1;
    write(vmm, VS_vsstatus, f->mstatus & SSTATUS_MASK);
    write(vmm, VS_hie, (f->mie & interrupts) << 1);
    write(vmm, VS_hvip, (csr_mip(f) & interrupts) << 1);
    write(vmm, VS_vstvec, f->stvec);
    write(vmm, VS_vsscratch, f->sscratch);
    write(vmm, VS_vsepc, f->sepc);
    write(vmm, VS_vscause, f->scause);
    write(vmm, VS_vstval, f->stval);
    write(vmm, VS_scounteren, f->scounteren);
    write(vmm, VS_senvcfg, f->senvcfg);
}

void vs_enter(struct vm *vm, uint64_t vsatp, uint64_t hgatp, bool trap_translation)
{
    struct vmm *vmm = vm->vmm;
    write(vmm, VS_mstatus, MSTATUS_MPV | (vm->vcpu.priv.mode == MODE_S ? (uint64_t)MODE_S << MSTATUS_MPP_SHIFT : 0));
    write_traps(vmm, vm, trap_translation);
    write(vmm, VS_hgatp, hgatp);
    write(vmm, VS_vsatp, vsatp);
    write_supervisor(vmm, vm);
    vmm->vs_known = true;
    vmm->virtualized = true;
}

/* --- and back ----------------------------------------------------------------------------------------------------------------- */

static void read_all(struct vmm *vmm)
{
    for (unsigned i = 0; i < VS_count; i++)
        if (rows[i].guest_writes)
            vmm->vs[i] = hw_csr_read(vmm->hw, rows[i].number);
    vmm->vs[VS_mstatus] &= MSTATUS_MPV | MSTATUS_MPP; /* all that an entry looks at */
}

/* The virtual state but for its mode, from the registers. */
static void take(const struct vm *vm, const uint64_t vs[VS_count], struct priv *p)
{
    struct csr_file *f = &p->csr;
    uint64_t interrupts = vs[VS_hideleg] >> 1, software = interrupts & MIP_SSIP;
    if (p->mode != MODE_M && vm->two_stage)
        f->satp = vs[VS_vsatp];
    f->mstatus = (f->mstatus & ~SSTATUS_MASK) | (vs[VS_vsstatus] & SSTATUS_MASK);
    f->mie = (f->mie & ~interrupts) | (vs[VS_hie] >> 1 & interrupts);
    f->mip_written = (f->mip_written & ~software) | (vs[VS_hvip] >> 1 & software);
    f->stvec = vs[VS_vstvec];
    f->sscratch = vs[VS_vsscratch];
    f->sepc = vs[VS_vsepc];
    f->scause = vs[VS_vscause];
    f->stval = vs[VS_vstval];
    f->scounteren = vs[VS_scounteren];
    f->senvcfg = vs[VS_senvcfg];
}

void vs_leave(struct vm *vm)
{
    struct vmm *vmm = vm->vmm;
    struct priv *p = &vm->vcpu.priv;
    read_all(vmm);
    take(vm, vmm->vs, p);
    if (p->mode != MODE_M)
        p->mode = vmm->vs[VS_mstatus] & MSTATUS_MPP ? MODE_S : MODE_U;
}

void vs_peek(const struct vm *vm, const struct priv *real, struct priv *priv)
{
    struct priv outside = *real; /* as after a trap to the monitor: what V = 1 has exchanged is back in its place */
    uint64_t vs[VS_count], pc = 0;
    if (real->virt)
        hext_trap_enter(&outside, &pc, CAUSE_INTERRUPT | 7, 0, &(struct trap_guest){0});
    for (unsigned i = 0; i < VS_count; i++)
        vs[i] = csr_read(&outside, &vm->clock, rows[i].number);
    take(vm, vs, priv);
    if (priv->mode != MODE_M)
        priv->mode = real->mode;
}

void vs_set_hgatp(struct vmm *vmm, uint64_t hgatp)
{
    write(vmm, VS_hgatp, hgatp);
}

void vs_close(struct vmm *vmm)
{
    write(vmm, VS_mstatus, 0);
    write(vmm, VS_medeleg, 0);
    write(vmm, VS_mcounteren, 0);
    write(vmm, VS_menvcfg, 0);
    vmm->virtualized = false;
}
