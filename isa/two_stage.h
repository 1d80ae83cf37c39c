/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two-stage translation (privileged ISA, 8.5): from a guest virtual to a guest physical address by vsatp (Sv39 or Bare), from
 * there to a physical one by hgatp (Sv39x4 or Bare). Each entry of the first stage lies at a guest physical address, too.
 *
 *   Sv39x4: as Sv39, with 41 bits of address: |  VPN 2, 11 bits  |  VPN 1  |  VPN 0  | offset  |; the root has 16 KiB; each
 *   access is checked as one of U-mode.
 */
#ifndef ISA_TWO_STAGE_H
#define ISA_TWO_STAGE_H

#include "hext.h"
#include "mmu.h"

/* What decides a translation besides memory. */
struct two_stage {
    uint64_t vsatp, hgatp;
    uint64_t vsstatus;      /* SUM and MXR of VS-mode */
    bool mxr;               /* HS-mode's MXR, for both stages (8.4.1) */
};

static inline struct two_stage two_stage_of(const struct priv *p)
{
    const struct hcsr_file *h = &p->hcsr;
    return p->virt ? (struct two_stage){p->csr.satp, h->hgatp, p->csr.mstatus, h->vsstatus & MSTATUS_MXR}
                   : (struct two_stage){h->vsatp, h->hgatp, h->vsstatus, p->csr.mstatus & MSTATUS_MXR};
}

/* Is anything translated at all? */
static inline bool two_stage_paged(const struct two_stage *t)
{
    return SATP_MODE(t->vsatp) == SATP_MODE_SV39 || HGATP_MODE(t->hgatp) == HGATP_MODE_SV39X4;
}

/* May an access be made by these flags of the leaves (first 0: vsatp is Bare; second 0: hgatp is)? A and D not considered. */
bool two_stage_permits(const struct two_stage *t, uint8_t first, uint8_t second, enum access access, enum mode mode, bool hlvx);

#define TWO_STAGE_REFS 15   /* entries that a walk reads at most: 3 · (3 + 1) + 3 */

struct two_stage_walk {
    uint64_t pa;
    int cause;              /* NO_TRAP, or what it raises */
    uint64_t gpa;           /* of a guest-page fault */
    uint32_t tinst;         /* of a guest-page fault: pseudo-instruction if the access was to an entry (table 8.11) */
    struct walk leaf;       /* for the TLB: pte (0: vsatp is Bare) and level of the first stage; pa */
    uint8_t second;         /* flags of the second stage's leaf; 0: hgatp is Bare */
    struct { uint64_t gpa, pte; uint8_t level; } second_leaf[4];    /* each leaf of the second stage, and what it was needed for */
    uint8_t second_leaves;
    uint8_t refs;           /* entries read */
    struct {
        uint64_t pa;        /* where the entry lies */
        bool second;        /* of which stage it is */
        bool written;       /* A or D has been set there: 8 bytes */
    } ref[TWO_STAGE_REFS];
};

#define TINST_READ 0x3000   /* reading an entry of the first stage, 64 bits */
#define TINST_WRITE 0x3020  /* setting A or D there */

/* The second stage alone, without permissions and side effects: end, level, pte and pa of gpa. */
struct walk two_stage_second(const struct ram *ram, uint64_t hgatp, uint64_t gpa);

/* Walks both stages for an access by software in `mode`, as the hardware does it without a TLB. A and D of each leaf are set
 * after it has permitted the access; those of the first stage before the second looks at the address that it gives. Setting
 * them is a store for the second stage. hlvx: the access is hlvx's, a load that needs X in the place of R. */
void two_stage_translate(const struct ram *ram, const struct two_stage *t, enum mode mode, uint64_t va, enum access access,
                         bool hlvx, struct two_stage_walk *w);

#endif
