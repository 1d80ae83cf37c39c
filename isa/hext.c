/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CSRs and traps of the hypervisor extension. See hext.h.
 */
#include "hext.h"

#include "insn.h"
#include "trap.h"

#define HEXT_EXCEPTIONS (UINT64_C(1) << 10 | UINT64_C(0xf) << 20) /* that medeleg can delegate besides */
#define MISA_H (UINT64_C(1) << 7)
#define MEDELEG_MASK UINT64_C(0xb3ff)

void hext_enable(struct priv *p)
{
    struct hcsr_file *f = &p->hcsr;
    p->hext = true;
#define RESET_FIELD(name, value) f->name = value;
#define RESET_SYNCED(name, value) f->name = value;
#define RESET_VIEW(name, value)
#define RESET_CONST(name, value)
#define HCSR(name, number, kind, mask, reset, meaning) RESET_##kind(name, reset)
#include "csr.def"
    p->csr.mideleg = HEXT_INTERRUPTS; /* read-only ones (8.4.2) */
}

/* --- CSRs -------------------------------------------------------------------------------------------------------------- */

static bool exists(unsigned number)
{
    switch (number) {
#define CSR(name, number, kind, mask, reset, meaning) case number:
#define HCSR(name, number, kind, mask, reset, meaning) case number:
#include "csr.def"
        return true;
    }
    return false;
}

static bool is_counter(unsigned number)
{
    return number >= CSR_cycle && number <= CSR_instret;
}

static bool is_timer(unsigned number)
{
    return number == CSR_stimecmp || number == CSR_vstimecmp;
}

/* Could HS-mode access it, with TVM = 0? */
static bool permitted_in_hs(const struct csr_file *f, unsigned number)
{
    if ((number >> 8 & 3) == 3)
        return false;
    if (is_counter(number))
        return f->mcounteren >> (number & 3) & 1;
    return !is_timer(number) || ((f->menvcfg & MENVCFG_STCE) && (f->mcounteren & 2));
}

/* Can it, where V = 1, though HS-mode could? */
static bool permitted_in_guest(const struct priv *p, unsigned number)
{
    unsigned level = number >> 8 & 3;
    if (is_counter(number)) {
        uint64_t enabled = p->hcsr.hcounteren & (p->mode == MODE_U ? p->csr.scounteren : ~UINT64_C(0));
        return enabled >> (number & 3) & 1;
    }
    if (level > p->mode)
        return false;
    if (number == CSR_satp)
        return !(p->hcsr.hstatus & HSTATUS_VTVM);
    return number != CSR_stimecmp || (hext_stce(p) && (p->hcsr.hcounteren & 2));
}

unsigned hext_csr_refuses(const struct priv *p, unsigned number, bool write)
{
    const struct csr_file *f = &p->csr;
    if (!exists(number) || (write && (number >> 10) == 3))
        return CSR_ILLEGAL;
    if (p->mode == MODE_M)
        return CSR_DONE;
    if (!permitted_in_hs(f, number))
        return CSR_ILLEGAL;
    if (p->virt)
        return permitted_in_guest(p, number) ? CSR_DONE : CSR_ILLEGAL | CSR_VIRTUAL;
    if (is_counter(number))
        return p->mode == MODE_S || (f->scounteren >> (number & 3) & 1) ? CSR_DONE : CSR_ILLEGAL;
    if (p->mode == MODE_U || ((number == CSR_satp || number == CSR_hgatp) && (f->mstatus & MSTATUS_TVM)))
        return CSR_ILLEGAL;
    return CSR_DONE;
}

/* Interrupts of VS-mode as it sees them itself, in the places of S-mode's. */
static uint64_t seen_in_guest(const struct priv *p, uint64_t interrupts)
{
    return (interrupts & p->hcsr.hideleg) >> 1;
}

/* S-level names that mean something else where V = 1, and those that the extension changes where V = 0. */
static bool read_supervisor(const struct priv *p, const struct clock *c, unsigned number, uint64_t *value)
{
    const struct csr_file *f = &p->csr;
    switch (number) {
    case CSR_sie:
        *value = p->virt ? seen_in_guest(p, f->mie) : f->mie & f->mideleg & ~HEXT_INTERRUPTS;
        return true;
    case CSR_sip:
        *value = p->virt ? seen_in_guest(p, csr_mip(f)) : csr_mip(f) & f->mideleg & ~HEXT_INTERRUPTS;
        return true;
    case CSR_time:
        *value = clock_time(c) + (p->virt ? p->hcsr.htimedelta : 0);
        return true;
    case CSR_stimecmp:
        *value = p->virt ? p->hcsr.vstimecmp : f->stimecmp;
        return true;
    }
    return false;
}

bool hext_csr_read(const struct priv *p, const struct clock *c, unsigned number, uint64_t *value)
{
    const struct csr_file *f = &p->csr;
    const struct hcsr_file *h = &p->hcsr;
    switch (number) {
#define READ_FIELD(name, number, value_)                                                                                   \
    case number:                                                                                                           \
        *value = h->name;                                                                                                  \
        return true;
#define READ_SYNCED(name, number, value_) READ_FIELD(name, number, value_)
#define READ_VIEW(name, number, value_)
#define READ_CONST(name, number, value_)                                                                                   \
    case number:                                                                                                           \
        *value = value_;                                                                                                   \
        return true;
#define HCSR(name, number, kind, mask, reset, meaning) READ_##kind(name, number, reset)
#include "csr.def"
    case CSR_hie:
        *value = f->mie & HEXT_INTERRUPTS;
        return true;
    case CSR_hip:
        *value = csr_mip(f) & HEXT_INTERRUPTS;
        return true;
    case CSR_hvip:
        *value = f->mip_written & HEXT_VS_INTERRUPTS;
        return true;
    case CSR_henvcfg:
        *value = h->henvcfg & (f->menvcfg | ~MENVCFG_STCE);
        return true;
    case CSR_hgatp:
        *value = h->hgatp;
        return true;
    case CSR_vsstatus:
        *value = h->vsstatus | MSTATUS_UXL;
        return true;
    case CSR_vsie:
        *value = seen_in_guest(p, f->mie);
        return true;
    case CSR_vsip:
        *value = seen_in_guest(p, csr_mip(f));
        return true;
    case CSR_vsatp:
        *value = h->vsatp;
        return true;
    case CSR_misa: {
        struct priv plain = {.mode = MODE_M};
        *value = csr_read(&plain, c, number) | MISA_H;
        return true;
    }
    }
    return read_supervisor(p, c, number, value);
}

static void put_bits(uint64_t *field, uint64_t value, uint64_t mask)
{
    *field = (*field & ~mask) | (value & mask);
}

/* Of a MODE that there is not only the other fields are taken (8.2.10). */
static void write_hgatp(struct hcsr_file *h, uint64_t value)
{
    uint64_t fields = UINT64_C(0x3fff) << 44 | (((UINT64_C(1) << 44) - 1) & ~UINT64_C(3));
    if (HGATP_MODE(value) == 0 || HGATP_MODE(value) == HGATP_MODE_SV39X4)
        fields |= UINT64_C(0xf) << 60;
    put_bits(&h->hgatp, value, fields);
}

#define WRITTEN (CSR_SERIALIZE | CSR_INTERRUPTS)

static bool write_supervisor(struct priv *p, unsigned number, uint64_t value, unsigned *effect)
{
    struct csr_file *f = &p->csr;
    *effect = WRITTEN;
    switch (number) {
    case CSR_sie:
        if (p->virt)
            put_bits(&f->mie, value << 1, p->hcsr.hideleg);
        else
            put_bits(&f->mie, value, f->mideleg & ~HEXT_INTERRUPTS);
        return true;
    case CSR_sip:
        if (!p->virt)
            return false;
        put_bits(&f->mip_written, value << 1, MIP_VSSIP & p->hcsr.hideleg);
        return true;
    case CSR_stimecmp:
        if (!p->virt)
            return false;
        p->hcsr.vstimecmp = value;
        *effect = WRITTEN | CSR_TIMER;
        return true;
    case CSR_mie: /* the rest is as always */
        put_bits(&f->mie, value, HEXT_INTERRUPTS);
        return false;
    case CSR_mip:
        put_bits(&f->mip_written, value, MIP_VSSIP);
        return false;
    case CSR_medeleg:
        put_bits(&f->medeleg, value, MEDELEG_MASK | HEXT_EXCEPTIONS);
        *effect = CSR_DONE;
        return true;
    }
    return false;
}

bool hext_csr_write(struct priv *p, unsigned number, uint64_t value, unsigned *effect)
{
    struct csr_file *f = &p->csr;
    struct hcsr_file *h = &p->hcsr;
    *effect = WRITTEN;
    switch (number) {
#define WRITE_FIELD(name, number, mask)                                                                                    \
    case number:                                                                                                           \
        put_bits(&h->name, value, mask);                                                                                   \
        *effect = CSR_DONE;                                                                                                \
        return true;
#define WRITE_SYNCED(name, number, mask)                                                                                   \
    case number:                                                                                                           \
        put_bits(&h->name, value, mask);                                                                                   \
        *effect = WRITTEN | CSR_TIMER;                                                                                     \
        return true;
#define WRITE_VIEW(name, number, mask)
#define WRITE_CONST(name, number, mask) case number:
#define HCSR(name, number, kind, mask, reset, meaning) WRITE_##kind(name, number, mask)
#include "csr.def"
        *effect = CSR_DONE; /* the constants */
        return true;
    case CSR_hie:
        put_bits(&f->mie, value, HEXT_INTERRUPTS);
        return true;
    case CSR_hip:
        put_bits(&f->mip_written, value, MIP_VSSIP);
        return true;
    case CSR_hvip:
        put_bits(&f->mip_written, value, HEXT_VS_INTERRUPTS);
        return true;
    case CSR_henvcfg:
        put_bits(&h->henvcfg, value, 1 | (f->menvcfg & MENVCFG_STCE));
        *effect = WRITTEN | CSR_TIMER;
        return true;
    case CSR_hgatp:
        write_hgatp(h, value);
        *effect = CSR_SERIALIZE | CSR_TRANSLATION;
        return true;
    case CSR_vsstatus:
        put_bits(&h->vsstatus, value, HEXT_BANKED);
        *effect = CSR_SERIALIZE | CSR_TRANSLATION;
        return true;
    case CSR_vsie:
        put_bits(&f->mie, value << 1, h->hideleg);
        return true;
    case CSR_vsip:
        put_bits(&f->mip_written, value << 1, MIP_VSSIP & h->hideleg);
        return true;
    case CSR_vsatp:
        if (SATP_MODE(value) == 0 || SATP_MODE(value) == SATP_MODE_SV39)
            h->vsatp = value;
        *effect = CSR_SERIALIZE | CSR_TRANSLATION;
        return true;
    }
    return write_supervisor(p, number, value, effect);
}

/* --- traps --------------------------------------------------------------------------------------------------------------- */

static void exchange(uint64_t *a, uint64_t *b)
{
    uint64_t t = *a;
    *a = *b;
    *b = t;
}

static void set_virtual(struct priv *p, bool virt)
{
    struct csr_file *f = &p->csr;
    struct hcsr_file *h = &p->hcsr;
    if (virt == p->virt)
        return;
    p->virt = virt;
    exchange(&f->stvec, &h->vstvec);
    exchange(&f->sscratch, &h->vsscratch);
    exchange(&f->sepc, &h->vsepc);
    exchange(&f->scause, &h->vscause);
    exchange(&f->stval, &h->vstval);
    exchange(&f->satp, &h->vsatp);
    uint64_t status = f->mstatus & HEXT_BANKED;
    put_bits(&f->mstatus, h->vsstatus, HEXT_BANKED);
    h->vsstatus = status;
}

enum hext_target hext_target(const struct priv *p, uint64_t cause)
{
    bool interrupt = cause & CAUSE_INTERRUPT;
    if (!trap_delegated(p, cause))
        return HEXT_TO_M;
    uint64_t on = interrupt ? p->hcsr.hideleg : p->hcsr.hedeleg;
    return p->virt && (on >> (cause & 63) & 1) ? HEXT_TO_VS : HEXT_TO_HS;
}

uint64_t hext_seen_cause(const struct priv *p, uint64_t cause)
{
    return (cause & CAUSE_INTERRUPT) && hext_target(p, cause) == HEXT_TO_VS ? cause - 1 : cause;
}

void hext_trap_enter(struct priv *p, uint64_t *pc, uint64_t cause, uint64_t tval, const struct trap_guest *guest)
{
    struct csr_file *f = &p->csr;
    struct hcsr_file *h = &p->hcsr;
    enum hext_target to = hext_target(p, cause);
    bool virt = p->virt;
    cause = hext_seen_cause(p, cause);
    if (to != HEXT_TO_VS)
        set_virtual(p, false);
    uint64_t status = f->mstatus;
    if (to == HEXT_TO_M) {
        f->mepc = *pc;
        f->mcause = cause;
        f->mtval = tval;
        h->mtval2 = guest->gpa >> 2;
        h->mtinst = guest->tinst;
        f->mstatus = (status & ~(MSTATUS_MPP | MSTATUS_MPIE | MSTATUS_MIE | MSTATUS_MPV | MSTATUS_GVA)) |
                     (status & MSTATUS_MIE) << 4 | (uint64_t)p->mode << MSTATUS_MPP_SHIFT | (virt ? MSTATUS_MPV : 0) |
                     (guest->gva ? MSTATUS_GVA : 0);
        p->mode = MODE_M;
        *pc = trap_vector(f->mtvec, cause);
        return;
    }
    if (to == HEXT_TO_HS) {
        h->htval = guest->gpa >> 2;
        h->htinst = guest->tinst;
        put_bits(&h->hstatus, (virt ? HSTATUS_SPV : 0) | (guest->gva ? HSTATUS_GVA : 0), HSTATUS_SPV | HSTATUS_GVA);
        if (virt)
            put_bits(&h->hstatus, p->mode == MODE_S ? HSTATUS_SPVP : 0, HSTATUS_SPVP);
    }
    f->sepc = *pc;
    f->scause = cause;
    f->stval = tval;
    f->mstatus = (status & ~(MSTATUS_SPP | MSTATUS_SPIE | MSTATUS_SIE)) | (status & MSTATUS_SIE) << 4 |
                 (p->mode == MODE_S ? MSTATUS_SPP : 0);
    p->mode = MODE_S;
    *pc = trap_vector(f->stvec, cause);
}

void hext_mret(struct priv *p)
{
    p->csr.mstatus &= ~MSTATUS_MPV;
    set_virtual(p, p->mode != MODE_M);
}

void hext_sret(struct priv *p)
{
    bool virt = p->hcsr.hstatus & HSTATUS_SPV;
    p->hcsr.hstatus &= ~HSTATUS_SPV;
    set_virtual(p, virt);
}

int hext_interrupt(const struct priv *p)
{
    const struct csr_file *f = &p->csr;
    uint64_t pending = csr_mip(f) & f->mie;
    uint64_t machine = pending & ~f->mideleg, supervisor = pending & f->mideleg & ~p->hcsr.hideleg,
             guest = pending & f->mideleg & p->hcsr.hideleg;
    if (p->mode == MODE_M && !(f->mstatus & MSTATUS_MIE))
        machine = 0;
    if (p->mode == MODE_M || (!p->virt && p->mode == MODE_S && !(f->mstatus & MSTATUS_SIE)))
        supervisor = 0;
    if (!p->virt || (p->mode == MODE_S && !(f->mstatus & MSTATUS_SIE)))
        guest = 0;
    pending = machine ? machine : supervisor ? supervisor : guest;
#define INTERRUPT(name, code, rank, text)                                                                                  \
    if (pending >> code & 1)                                                                                               \
        return code;
#define HINTERRUPT(name, code, rank, text) INTERRUPT(name, code, rank, text)
#include "cause.def"
    return NO_TRAP;
}

/* --- instructions ---------------------------------------------------------------------------------------------------------- */

bool hext_permits_sret(const struct priv *p)
{
    if (p->mode != MODE_S)
        return p->mode == MODE_M;
    return p->virt ? !(p->hcsr.hstatus & HSTATUS_VTSR) : !(p->csr.mstatus & MSTATUS_TSR);
}

bool hext_permits_sfence(const struct priv *p)
{
    if (p->mode != MODE_S)
        return p->mode == MODE_M;
    return p->virt ? !(p->hcsr.hstatus & HSTATUS_VTVM) : !(p->csr.mstatus & MSTATUS_TVM);
}

bool hext_permits_wfi(const struct priv *p)
{
    if (p->mode != MODE_S)
        return p->mode == MODE_M;
    return !(p->csr.mstatus & MSTATUS_TW) && !(p->virt && (p->hcsr.hstatus & HSTATUS_VTW));
}

/* For all that is not a CSR: what the manual lists for VS- and for VU-mode. */
static bool kept_from_guest(const struct priv *p, uint16_t id)
{
    switch (id) {
    case INSN_sret:
        return p->mode == MODE_U || !hext_permits_sret(p);
    case INSN_sfence_vma:
        return p->mode == MODE_U || !hext_permits_sfence(p);
    case INSN_wfi:
        return !(p->csr.mstatus & MSTATUS_TW) && !hext_permits_wfi(p);
    }
    return id >= INSN_count_flawed && id < INSN_count_all;
}

bool hext_is_virtual_fault(const struct priv *p, uint32_t word)
{
    struct insn i;
    if (!insn_decode_in(PROFILE_HEXT, word, &i))
        return false;
    if (i.id < INSN_csrrw || i.id > INSN_csrrci)
        return kept_from_guest(p, i.id);
    bool writes = i.id == INSN_csrrw || i.id == INSN_csrrwi || i.rs1 != 0;
    return hext_csr_refuses(p, (unsigned)i.imm, writes) & CSR_VIRTUAL;
}
