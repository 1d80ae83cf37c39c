/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hypervisor extension (privileged ISA, 8), as far as it is CSRs and traps; on the real hart alone, since no virtual one
 * has it. two_stage.h has its translation, hart_hext.c its instructions. Freestanding.
 *
 * Everything here is for a struct priv that has the extension (priv.hext): csr.c and trap.h ask.
 */
#ifndef ISA_HEXT_H
#define ISA_HEXT_H

#include "csr.h"

/* hstatus (8.2.1) */
#define HSTATUS_GVA  (UINT64_C(1) << 6)
#define HSTATUS_SPV  (UINT64_C(1) << 7)
#define HSTATUS_SPVP (UINT64_C(1) << 8)
#define HSTATUS_HU   (UINT64_C(1) << 9)
#define HSTATUS_VTVM (UINT64_C(1) << 20)
#define HSTATUS_VTW  (UINT64_C(1) << 21)
#define HSTATUS_VTSR (UINT64_C(1) << 22)

/* mip and mie */
#define MIP_VSSIP (UINT64_C(1) << 2)
#define MIP_VSTIP (UINT64_C(1) << 6)
#define MIP_VSEIP (UINT64_C(1) << 10)
#define MIP_SGEIP (UINT64_C(1) << 12)
#define HEXT_VS_INTERRUPTS (MIP_VSSIP | MIP_VSTIP | MIP_VSEIP)
#define HEXT_INTERRUPTS (HEXT_VS_INTERRUPTS | MIP_SGEIP)

#define HGATP_MODE_SV39X4 UINT64_C(8)
#define HGATP_MODE(hgatp) ((hgatp) >> 60)
#define HGATP_VMID(hgatp) ((uint16_t)((hgatp) >> 44 & 0x3fff))
#define HGATP_PPN(hgatp) ((hgatp) & ((UINT64_C(1) << 44) - 1))

/* Of mstatus: what VS-mode has a copy of. */
#define HEXT_BANKED (SSTATUS_MASK & ~MSTATUS_UXL)

/* What a trap tells a hypervisor besides cause and tval (8.2.8, 8.6.3). */
struct trap_guest {
    uint64_t gpa;       /* a guest-page fault's; 0 for others */
    uint32_t tinst;     /* pseudo-instruction of an implicit access, or 0 */
    bool gva;           /* tval is a guest virtual address */
};

/* Gives a hart in reset the extension. */
void hext_enable(struct priv *p);

/* --- CSRs: for csr.c ----------------------------------------------------------------------------------------------------- */

/* CSR_DONE if software in p may access this CSR; else what it raises: CSR_ILLEGAL, perhaps with CSR_VIRTUAL (8.6.1). */
unsigned hext_csr_refuses(const struct priv *p, unsigned number, bool write);

/* False, and nothing done, for what is as it is without the extension. */
bool hext_csr_read(const struct priv *p, const struct clock *c, unsigned number, uint64_t *value);
bool hext_csr_write(struct priv *p, unsigned number, uint64_t value, unsigned *effect);

/* Is vstimecmp in use, and does it want VSTIP set? */
static inline bool hext_stce(const struct priv *p)
{
    return p->hext && (p->hcsr.henvcfg & p->csr.menvcfg & MENVCFG_STCE);
}
static inline bool hext_vstip(const struct priv *p, const struct clock *c)
{
    return hext_stce(p) && clock_time(c) + p->hcsr.htimedelta >= p->hcsr.vstimecmp;
}

/* --- traps: for trap.h and the hart --------------------------------------------------------------------------------------- */

enum hext_target { HEXT_TO_M, HEXT_TO_HS, HEXT_TO_VS };

/* Where the trap would be taken. */
enum hext_target hext_target(const struct priv *p, uint64_t cause);

/* The cause as its handler will read it: to VS-mode, its interrupts are those of S-mode. */
uint64_t hext_seen_cause(const struct priv *p, uint64_t cause);

/* Takes a trap, as trap_enter() does (8.6.2). */
void hext_trap_enter(struct priv *p, uint64_t *pc, uint64_t cause, uint64_t tval, const struct trap_guest *guest);

/* What mret (with MPV) and sret (of V = 0) do besides (8.6.4). */
void hext_mret(struct priv *p);
void hext_sret(struct priv *p);

/* The interrupt to take now, or -1. */
int hext_interrupt(const struct priv *p);

/* Must the instruction, which may not run here, raise virtual instruction and not illegal instruction (8.6.1)? For all but
 * CSRs: one that S-mode may execute and what V = 1 keeps from it, by `word`. */
bool hext_is_virtual_fault(const struct priv *p, uint32_t word);

/* Do sret, wfi and sfence.vma run here? */
bool hext_permits_sret(const struct priv *p);
bool hext_permits_wfi(const struct priv *p);
bool hext_permits_sfence(const struct priv *p);

/* The V of loads and stores: MPV's under MPRV (8.4.1). */
static inline bool hext_data_virtual(const struct priv *p)
{
    const uint64_t both = MSTATUS_MPRV | MSTATUS_MPV;
    return p->csr.mstatus & MSTATUS_MPRV ? (p->csr.mstatus & both) == both && (p->csr.mstatus & MSTATUS_MPP) != MSTATUS_MPP
                                         : p->virt;
}

#endif
