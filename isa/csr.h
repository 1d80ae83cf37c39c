/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Privilege mode and control and status registers: of the real hart, or the virtual ones of a guest. The same rules
 * serve both, so that a virtual CSR cannot differ from a real one. Freestanding.
 */
#ifndef ISA_CSR_H
#define ISA_CSR_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

enum mode { MODE_U = 0, MODE_S = 1, MODE_M = 3 };

enum csr_number {
#define CSR(name, number, kind, mask, reset, meaning) CSR_##name = number,
#include "csr.def"
#define HCSR(name, number, kind, mask, reset, meaning) CSR_##name = number,
#include "csr.def"
};

/* mstatus (privileged ISA, 3.1.6) */
#define MSTATUS_SIE  (UINT64_C(1) << 1)
#define MSTATUS_MIE  (UINT64_C(1) << 3)
#define MSTATUS_SPIE (UINT64_C(1) << 5)
#define MSTATUS_MPIE (UINT64_C(1) << 7)
#define MSTATUS_SPP  (UINT64_C(1) << 8)
#define MSTATUS_MPP  (UINT64_C(3) << 11)
#define MSTATUS_MPRV (UINT64_C(1) << 17)
#define MSTATUS_SUM  (UINT64_C(1) << 18)
#define MSTATUS_MXR  (UINT64_C(1) << 19)
#define MSTATUS_TVM  (UINT64_C(1) << 20)
#define MSTATUS_TW   (UINT64_C(1) << 21)
#define MSTATUS_TSR  (UINT64_C(1) << 22)
#define MSTATUS_UXL  (UINT64_C(2) << 32)    /* constant: 64 bits */
#define MSTATUS_SXL  (UINT64_C(2) << 34)

#define MSTATUS_GVA  (UINT64_C(1) << 38)    /* H: mtval is a guest virtual address */
#define MSTATUS_MPV  (UINT64_C(1) << 39)    /* H: V before the trap to M-mode */

#define MSTATUS_MPP_SHIFT 11
#define SSTATUS_MASK (MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP | MSTATUS_SUM | MSTATUS_MXR | MSTATUS_UXL)

/* mip and mie: bit numbers are those of cause.def */
#define MIP_SSIP (UINT64_C(1) << 1)
#define MIP_MSIP (UINT64_C(1) << 3)
#define MIP_STIP (UINT64_C(1) << 5)
#define MIP_MTIP (UINT64_C(1) << 7)
#define MIP_SEIP (UINT64_C(1) << 9)
#define MIP_MEIP (UINT64_C(1) << 11)

#define SATP_MODE_SV39 UINT64_C(8)
#define SATP_MODE(satp) ((satp) >> 60)
#define SATP_ASID(satp) ((uint16_t)((satp) >> 44))
#define SATP_PPN(satp) ((satp) & ((UINT64_C(1) << 44) - 1))

#define MENVCFG_STCE (UINT64_C(1) << 63)

struct csr_file {
#define CSR_STORED_FIELD(name) uint64_t name;
#define CSR_STORED_SYNCED(name) uint64_t name;
#define CSR_STORED_VIEW(name)
#define CSR_STORED_CONST(name)
#define CSR(name, number, kind, mask, reset, meaning) CSR_STORED_##kind(name)
#include "csr.def"
    uint64_t mstatus, satp;
    uint64_t mip_written;       /* SSIP, STIP, SEIP as software wrote them; H: hvip, too */
    uint64_t mip_lines;         /* what the devices drive: MSIP MTIP SEIP MEIP, and STIP under STCE; H: VSTIP, likewise */
    uint64_t cycle_offset, instret_offset;      /* modulo 2^64: what writes to mcycle and minstret left */
};

/* What the hypervisor extension adds (hext.h). While V = 1 each register of VS-mode has changed places with the one of csr that
 * it stands for: stvec in csr is then VS-mode's, and HS-mode's is in vstvec here. So what S-level names mean is always in csr. */
struct hcsr_file {
#define HCSR(name, number, kind, mask, reset, meaning) CSR_STORED_##kind(name)
#include "csr.def"
    uint64_t hgatp, henvcfg, vsatp;
    uint64_t vsstatus;          /* the bits of HEXT_BANKED in mstatus */
};
#undef CSR_STORED_FIELD
#undef CSR_STORED_SYNCED
#undef CSR_STORED_VIEW
#undef CSR_STORED_CONST

/* Everything that decides what an instruction may do, apart from x registers, pc and memory. */
struct priv {
    enum mode mode;
    bool hext;                  /* there is a hypervisor extension; if not, virt is false and hcsr is nothing */
    bool virt;                  /* V: this is VS- or VU-mode */
    struct csr_file csr;
    struct hcsr_file hcsr;
};

/* What an access to a CSR did, besides the value: bits. */
enum csr_effect {
    CSR_DONE = 0,
    CSR_ILLEGAL = 1,            /* nothing was done: raise illegal instruction */
    CSR_INTERRUPTS = 2,         /* pending or enabled interrupts may have changed */
    CSR_TRANSLATION = 4,        /* satp, or SUM, MXR, MPRV, MPP: how addresses translate may have changed */
    CSR_TIMER = 8,              /* stimecmp or STCE: the next timer event may have moved */
    CSR_SERIALIZE = 16,         /* was a write that costs csr_serialize */
    CSR_VIRTUAL = 32,           /* beside CSR_ILLEGAL: raise virtual instruction instead */
};

enum csr_op { CSR_WRITE, CSR_SET, CSR_CLEAR };

void csr_reset(struct priv *p);

/* May software in p->mode access this CSR; for writing, too? Existence, least mode, read-only space, mcounteren and
 * scounteren, TVM, STCE (privileged ISA, 2.1, 3.1.11, 3.1.6.5; Sstc 2.1). */
bool csr_permits(const struct priv *p, unsigned number, bool write);

/* The value that software reads, privilege not considered; 0 for a number that does not exist.
 * A counter shows its value before the step of its own reader. */
uint64_t csr_read(const struct priv *p, const struct clock *c, unsigned number);

/* A whole Zicsr instruction on p: permission, read, modify, write. `operand` is x[rs1] or the immediate; `writes` is
 * false for csrrs and csrrc with rs1 = x0 (or a zero immediate). *old gets the value read. Returns enum csr_effect
 * bits. c stands before the step of this instruction. */
unsigned csr_access(struct priv *p, const struct clock *c, unsigned number, enum csr_op op, uint64_t operand, bool writes,
                    uint64_t *old);

/* mip as read: what was written or is driven. Under STCE, STIP is the comparison with stimecmp alone. */
static inline uint64_t csr_mip(const struct csr_file *f)
{
    uint64_t written = f->menvcfg & MENVCFG_STCE ? f->mip_written & ~MIP_STIP : f->mip_written;
    return written | f->mip_lines;
}

/* Drives the lines. Timer lines (MTIP and, under STCE, STIP) are computed by the caller from its clock: mtip by the
 * CLINT; stip by csr_stip(). */
void csr_set_lines(struct csr_file *f, uint64_t lines);
bool csr_stip(const struct csr_file *f, const struct clock *c);

/* Name of a CSR, but of the hypervisor extension's; or NULL. */
const char *csr_name(unsigned number);

#endif
