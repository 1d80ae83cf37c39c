/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sv39 (privileged ISA, 4.3 and 4.4): one pure walk, used by the hart, by shadow paging and by the debugger.
 *
 *   38     30 29     21 20     12 11      0        63 62  54 53   10 9 8 7 6 5 4 3 2 1 0
 *  |  VPN 2  |  VPN 1  |  VPN 0  | offset  |      |  must be 0 | PPN | RSW|D|A|G|U|X|W|R|V|
 */
#ifndef ISA_MMU_H
#define ISA_MMU_H

#include <stdbool.h>
#include <stdint.h>

#include "csr.h"
#include "ram.h"
#include "trap.h"

#define PTE_V UINT64_C(0x01)
#define PTE_R UINT64_C(0x02)
#define PTE_W UINT64_C(0x04)
#define PTE_X UINT64_C(0x08)
#define PTE_U UINT64_C(0x10)
#define PTE_G UINT64_C(0x20)
#define PTE_A UINT64_C(0x40)
#define PTE_D UINT64_C(0x80)
#define PTE_PPN(pte) ((pte) >> 10 & ((UINT64_C(1) << 44) - 1))
#define PTE_RESERVED (~UINT64_C(0) << 54)

enum access { ACCESS_FETCH, ACCESS_LOAD, ACCESS_STORE };

enum walk_end {
    WALK_LEAF,              /* a leaf was found; permissions are not yet checked */
    WALK_INVALID,           /* page fault: not canonical, an invalid or reserved entry, a misaligned superpage */
    WALK_NO_MEMORY,         /* access fault: an entry would lie outside of RAM */
};

struct walk {
    enum walk_end end;
    uint8_t level;          /* of the entry that ended it: 0 (4 KiB), 1 (2 MiB), 2 (1 GiB) */
    uint8_t refs;           /* entries read */
    uint64_t pte;           /* the last entry read */
    uint64_t pte_pa;        /* its physical address */
    uint64_t pa;            /* WALK_LEAF: of va */
};

/* Is it an entry that no hardware may use (4.3.1)? */
static inline bool mmu_pte_reserved(uint64_t pte)
{
    return (pte & PTE_RESERVED) || (pte & (PTE_R | PTE_W)) == PTE_W;
}

/* Walks the tables of `satp` (MODE must be Sv39) in `ram` for va. No side effects. Inline, like mmu_translate(): a miss in the
 * TLB costs what these two cost. */
static inline struct walk mmu_walk(const struct ram *ram, uint64_t satp, uint64_t va)
{
    const uint64_t kind = PTE_RESERVED | PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D; /* a pointer has V alone */
    struct walk w = {.end = WALK_INVALID, .level = 2};
    if ((int64_t)(va << 25) >> 25 != (int64_t)va)
        return w;
    uint64_t table = SATP_PPN(satp) << 12;
    for (unsigned shift = 30;; shift -= 9) {
        w.pte_pa = table + (va >> shift & 0x1ff) * 8;
        const uint8_t *entry = ram_at(ram, w.pte_pa, 8);
        if (!entry) {
            w.end = WALK_NO_MEMORY;
            return w;
        }
        w.pte = bytes_get(entry, 8);
        w.refs++;
        if ((w.pte & kind) != PTE_V || w.level == 0)
            break;
        w.level--;
        table = PTE_PPN(w.pte) << 12;
    }
    uint64_t offset = (UINT64_C(1) << (12 + 9 * w.level)) - 1, frame = PTE_PPN(w.pte) << 12;
    if (!(w.pte & PTE_V) || mmu_pte_reserved(w.pte) || !(w.pte & (PTE_R | PTE_X)) || (frame & offset))
        return w;
    w.pa = frame | (va & offset);
    w.end = WALK_LEAF;
    return w;
}

/* May software in `mode`, with the SUM and MXR of `mstatus`, make this access through the leaf? A and D not considered. */
static inline bool mmu_permits(uint64_t pte, enum access access, enum mode mode, uint64_t mstatus)
{
    if (pte & PTE_U) {
        if (mode == MODE_S && (access == ACCESS_FETCH || !(mstatus & MSTATUS_SUM)))
            return false;
    } else if (mode == MODE_U) {
        return false;
    }
    switch (access) {
    case ACCESS_FETCH:
        return pte & PTE_X;
    case ACCESS_LOAD:
        return (pte & PTE_R) || ((pte & PTE_X) && (mstatus & MSTATUS_MXR));
    case ACCESS_STORE:
        return pte & PTE_W;
    }
    return false;
}

/* The mode that decides loads and stores: MPP's under MPRV, else p->mode (3.1.6.3). Fetches use p->mode. */
static inline enum mode mmu_data_mode(const struct priv *p)
{
    if (p->csr.mstatus & MSTATUS_MPRV)
        return (enum mode)(p->csr.mstatus >> MSTATUS_MPP_SHIFT & 3);
    return p->mode;
}

/* Is translation on for this effective mode? */
static inline bool mmu_paged(const struct priv *p, enum mode mode)
{
    return mode != MODE_M && SATP_MODE(p->csr.satp) == SATP_MODE_SV39;
}

/* Page fault and access fault of each kind of access. */
static inline int mmu_page_fault(enum access a) { return a == ACCESS_FETCH ? 12 : a == ACCESS_LOAD ? 13 : 15; }
static inline int mmu_guest_page_fault(enum access a) { return a == ACCESS_FETCH ? 20 : a == ACCESS_LOAD ? 21 : 23; }
static inline int mmu_access_fault(enum access a) { return a == ACCESS_FETCH ? 1 : a == ACCESS_LOAD ? 5 : 7; }

/* Translates va for software in p, as the hardware does it without a TLB: walk, permissions, then A and, for a store, D
 * set in memory: pte_written then says that the 8 bytes at walk.pte_pa were written. Bare: pa = va, no walk (0 refs). On a
 * fault nothing is written and cause is not NO_TRAP. `mode` is the effective one (mmu_data_mode() for data). */
struct mmu_result { uint64_t pa; int cause; bool pte_written; struct walk walk; };
static inline struct mmu_result mmu_translate(const struct ram *ram, const struct priv *p, enum mode mode, uint64_t va,
                                              enum access access)
{
    struct mmu_result r = {.pa = va, .cause = NO_TRAP};
    if (!mmu_paged(p, mode))
        return r;
    r.walk = mmu_walk(ram, p->csr.satp, va);
    if (r.walk.end == WALK_NO_MEMORY) {
        r.cause = mmu_access_fault(access);
        return r;
    }
    if (r.walk.end == WALK_INVALID || !mmu_permits(r.walk.pte, access, mode, p->csr.mstatus)) {
        r.cause = mmu_page_fault(access);
        return r;
    }
    uint64_t pte = r.walk.pte | PTE_A | (access == ACCESS_STORE ? PTE_D : 0);
    if (pte != r.walk.pte) {
        bytes_put(ram_at(ram, r.walk.pte_pa, 8), 8, pte);
        r.walk.pte = pte;
        r.pte_written = true;
    }
    r.pa = r.walk.pa;
    return r;
}

#endif
