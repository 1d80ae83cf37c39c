/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CSR permission, read and write: each a function of its own, all from csr.def.
 */
#include "csr.h"

#include "hext.h"

#define MSTATUS_WRITABLE                                                                                                   \
    (MSTATUS_SIE | MSTATUS_MIE | MSTATUS_SPIE | MSTATUS_MPIE | MSTATUS_SPP | MSTATUS_MPP | MSTATUS_MPRV | MSTATUS_SUM |    \
     MSTATUS_MXR | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR)
#define MSTATUS_TRANSLATION (MSTATUS_SUM | MSTATUS_MXR | MSTATUS_MPRV | MSTATUS_MPP | MSTATUS_MPV)

void csr_reset(struct priv *p)
{
    struct csr_file *f = &p->csr;
    *f = (struct csr_file){.mstatus = MSTATUS_UXL | MSTATUS_SXL};
#define RESET_FIELD(name, value) f->name = value;
#define RESET_SYNCED(name, value) f->name = value;
#define RESET_VIEW(name, value)
#define RESET_CONST(name, value)
#define CSR(name, number, kind, mask, reset, meaning) RESET_##kind(name, reset)
#include "csr.def"
    p->hcsr = (struct hcsr_file){0};
    p->mode = MODE_M;
    p->hext = p->virt = false;
}

static bool csr_exists(unsigned number)
{
    switch (number) {
#define CSR(name, number, kind, mask, reset, meaning) case number:
#include "csr.def"
        return true;
    }
    return false;
}

const char *csr_name(unsigned number)
{
    switch (number) {
#define CSR(name, number, kind, mask, reset, meaning)                                                                      \
    case number:                                                                                                           \
        return #name;
#include "csr.def"
    }
    return 0;
}

static inline bool permits(const struct priv *p, unsigned number, bool write)
{
    const struct csr_file *f = &p->csr;
    if (!csr_exists(number) || p->mode < (number >> 8 & 3) || (write && (number >> 10) == 3))
        return false;
    switch (number) {
    case CSR_cycle:
    case CSR_time:
    case CSR_instret: {
        uint64_t bit = UINT64_C(1) << (number & 3);
        return p->mode == MODE_M || ((f->mcounteren & bit) && (p->mode == MODE_S || (f->scounteren & bit)));
    }
    case CSR_satp:
        return p->mode == MODE_M || !(f->mstatus & MSTATUS_TVM);
    case CSR_stimecmp:
        return p->mode == MODE_M || ((f->menvcfg & MENVCFG_STCE) && (f->mcounteren & 2));
    }
    return true;
}

bool csr_permits(const struct priv *p, unsigned number, bool write)
{
    return p->hext ? hext_csr_refuses(p, number, write) == CSR_DONE : permits(p, number, write);
}

void csr_set_lines(struct csr_file *f, uint64_t lines)
{
    f->mip_lines = lines;
}

bool csr_stip(const struct csr_file *f, const struct clock *c)
{
    return (f->menvcfg & MENVCFG_STCE) && clock_time(c) >= f->stimecmp;
}

static uint64_t csr_read_view(const struct priv *p, const struct clock *c, unsigned number)
{
    const struct csr_file *f = &p->csr;
    switch (number) {
    case CSR_cycle:
    case CSR_mcycle:
        return c->now + f->cycle_offset;
    case CSR_instret:
    case CSR_minstret:
        return c->insns + f->instret_offset;
    case CSR_time:
        return clock_time(c);
    case CSR_mstatus:
        return f->mstatus;
    case CSR_sstatus:
        return f->mstatus & SSTATUS_MASK;
    case CSR_sie:
        return f->mie & f->mideleg;
    case CSR_mip:
        return csr_mip(f);
    case CSR_sip:
        return csr_mip(f) & f->mideleg;
    case CSR_satp:
        return f->satp;
    }
    return 0;
}

static inline uint64_t read_plain(const struct priv *p, const struct clock *c, unsigned number)
{
    switch (number) {
#define READ_FIELD(name, number, value)                                                                                    \
    case number:                                                                                                           \
        return p->csr.name;
#define READ_SYNCED(name, number, value) READ_FIELD(name, number, value)
#define READ_VIEW(name, number, value)
#define READ_CONST(name, number, value)                                                                                    \
    case number:                                                                                                           \
        return value;
#define CSR(name, number, kind, mask, reset, meaning) READ_##kind(name, number, reset)
#include "csr.def"
    }
    return csr_read_view(p, c, number);
}

uint64_t csr_read(const struct priv *p, const struct clock *c, unsigned number)
{
    uint64_t value;
    return p->hext && hext_csr_read(p, c, number, &value) ? value : read_plain(p, c, number);
}

static inline unsigned write_mstatus(struct csr_file *f, uint64_t value, uint64_t writable)
{
    if ((value & MSTATUS_MPP) == UINT64_C(2) << MSTATUS_MPP_SHIFT) /* no such mode: WARL, the old one stays */
        writable &= ~MSTATUS_MPP;
    uint64_t changed = (f->mstatus ^ value) & writable;
    f->mstatus ^= changed;
    return CSR_SERIALIZE | CSR_INTERRUPTS | (changed & MSTATUS_TRANSLATION ? CSR_TRANSLATION : CSR_DONE);
}

/* Modes other than Bare and Sv39 leave satp as it is (privileged ISA, 4.1.11). */
static unsigned write_satp(struct csr_file *f, uint64_t value)
{
    if (SATP_MODE(value) != 0 && SATP_MODE(value) != SATP_MODE_SV39)
        return CSR_SERIALIZE;
    f->satp = value;
    return CSR_SERIALIZE | CSR_TRANSLATION;
}

static inline unsigned csr_write_view(struct priv *p, const struct clock *c, unsigned number, uint64_t value)
{
    struct csr_file *f = &p->csr;
    switch (number) {
    case CSR_mcycle: /* the writer's own step does not count */
        f->cycle_offset = value - (c->now + 1);
        return CSR_DONE;
    case CSR_minstret:
        f->instret_offset = value - (c->insns + 1);
        return CSR_DONE;
    case CSR_mstatus:
        return write_mstatus(f, value, MSTATUS_WRITABLE | (p->hext ? MSTATUS_MPV | MSTATUS_GVA : 0));
    case CSR_sstatus:
        return write_mstatus(f, value, MSTATUS_WRITABLE & SSTATUS_MASK);
    case CSR_sie:
        f->mie = (f->mie & ~f->mideleg) | (value & f->mideleg);
        return CSR_SERIALIZE | CSR_INTERRUPTS;
    case CSR_mip: {
        uint64_t writable = MIP_SSIP | MIP_SEIP | (f->menvcfg & MENVCFG_STCE ? 0 : MIP_STIP);
        f->mip_written = (f->mip_written & ~writable) | (value & writable);
        return CSR_SERIALIZE | CSR_INTERRUPTS;
    }
    case CSR_sip: {
        uint64_t writable = MIP_SSIP & f->mideleg;
        f->mip_written = (f->mip_written & ~writable) | (value & writable);
        return CSR_SERIALIZE | CSR_INTERRUPTS;
    }
    case CSR_satp:
        return write_satp(f, value);
    }
    return CSR_DONE;
}

/* pmpcfg bytes with W and not R are reserved, and locked entries stay (3.7.1). */
static uint64_t pmpcfg_legal(uint64_t old, uint64_t value)
{
    uint64_t result = 0;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        uint64_t was = old >> shift & 0xff, now = value >> shift & 0x9f;
        if ((was & 0x80) || (now & 3) == 2)
            now = was;
        result |= now << shift;
    }
    return result;
}

/* Is pmpaddr i locked: with its own entry, or as the lower bound of the next one (A = TOR, 3.7.1)? */
static bool pmpaddr_locked(const struct csr_file *f, unsigned i)
{
    uint64_t own = (i < 8 ? f->pmpcfg0 : f->pmpcfg2) >> 8 * (i % 8);
    uint64_t next = i == 15 ? 0 : (i + 1 < 8 ? f->pmpcfg0 : f->pmpcfg2) >> 8 * ((i + 1) % 8);
    return (own & 0x80) || (next & 0x98) == 0x88;
}

static uint64_t masked(uint64_t old, uint64_t value, uint64_t mask)
{
    return (old & ~mask) | (value & mask);
}

static inline __attribute__((always_inline)) unsigned csr_write(struct priv *p, const struct clock *c, unsigned number,
                                                                uint64_t value)
{
    struct csr_file *f = &p->csr;
    if (number == CSR_pmpcfg0 || number == CSR_pmpcfg2) {
        uint64_t *cfg = number == CSR_pmpcfg0 ? &f->pmpcfg0 : &f->pmpcfg2;
        *cfg = pmpcfg_legal(*cfg, value);
        return CSR_DONE;
    }
    if (number >= CSR_pmpaddr0 && number <= CSR_pmpaddr15 && pmpaddr_locked(f, number - CSR_pmpaddr0))
        return CSR_DONE;
    switch (number) {
#define WRITE_FIELD(name, number, mask)                                                                                    \
    case number:                                                                                                           \
        f->name = masked(f->name, value, mask);                                                                            \
        return CSR_DONE;
#define WRITE_SYNCED(name, number, mask)                                                                                   \
    case number:                                                                                                           \
        f->name = masked(f->name, value, mask);                                                                            \
        return CSR_SERIALIZE | CSR_INTERRUPTS | CSR_TIMER;
#define WRITE_VIEW(name, number, mask)
#define WRITE_CONST(name, number, mask)
#define CSR(name, number, kind, mask, reset, meaning) WRITE_##kind(name, number, mask)
#include "csr.def"
    }
    return csr_write_view(p, c, number, value);
}

static inline uint64_t modified(const struct priv *p, unsigned number, enum csr_op op, uint64_t value, uint64_t operand)
{
    /* What is driven by a line is not what software wrote: a read-modify-write must not store it (3.1.9). */
    if (number == CSR_mip && op != CSR_WRITE)
        value = p->csr.mip_written;
    return op == CSR_WRITE ? operand : op == CSR_SET ? value | operand : value & ~operand;
}

static __attribute__((noinline)) unsigned access_hext(struct priv *p, const struct clock *c, unsigned number,
                                                      enum csr_op op, uint64_t operand, bool writes, uint64_t *old)
{
    unsigned effect = hext_csr_refuses(p, number, writes);
    if (effect)
        return effect;
    *old = csr_read(p, c, number);
    if (!writes)
        return CSR_DONE;
    uint64_t value = modified(p, number, op, *old, operand);
    return hext_csr_write(p, number, value, &effect) ? effect : csr_write(p, c, number, value);
}

unsigned csr_access(struct priv *p, const struct clock *c, unsigned number, enum csr_op op, uint64_t operand, bool writes,
                    uint64_t *old)
{
    if (__builtin_expect(p->hext, 0))
        return access_hext(p, c, number, op, operand, writes, old);
    if (!permits(p, number, writes))
        return CSR_ILLEGAL;
    uint64_t value = read_plain(p, c, number);
    *old = value;
    return writes ? csr_write(p, c, number, modified(p, number, op, value, operand)) : CSR_DONE;
}
