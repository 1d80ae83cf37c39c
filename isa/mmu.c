/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The walk of Sv39 tables, and a whole translation without a TLB.
 */
#include "mmu.h"

#include "trap.h"

static bool pte_reserved(uint64_t pte)
{
    return (pte & PTE_RESERVED) || (pte & (PTE_R | PTE_W)) == PTE_W;
}

static inline struct walk walk_tables(const struct ram *ram, uint64_t satp, uint64_t va)
{
    struct walk w = {.end = WALK_INVALID, .level = 2};
    if ((int64_t)(va << 25) >> 25 != (int64_t)va)
        return w;
    uint64_t table = SATP_PPN(satp) << 12;
    for (;; w.level--) {
        w.pte_pa = table + (va >> (12 + 9 * w.level) & 0x1ff) * 8;
        const uint8_t *entry = ram_at(ram, w.pte_pa, 8);
        if (!entry) {
            w.end = WALK_NO_MEMORY;
            return w;
        }
        w.pte = bytes_get(entry, 8);
        w.refs++;
        if (!(w.pte & PTE_V) || pte_reserved(w.pte))
            return w;
        if (w.pte & (PTE_R | PTE_X))
            break;
        if (w.level == 0 || (w.pte & (PTE_A | PTE_D | PTE_U))) /* reserved in a pointer (4.3.1) */
            return w;
        table = PTE_PPN(w.pte) << 12;
    }
    uint64_t offset = (UINT64_C(1) << (12 + 9 * w.level)) - 1;
    uint64_t frame = PTE_PPN(w.pte) << 12;
    if (frame & offset)
        return w;
    w.pa = frame | (va & offset);
    w.end = WALK_LEAF;
    return w;
}

struct walk mmu_walk(const struct ram *ram, uint64_t satp, uint64_t va)
{
    return walk_tables(ram, satp, va);
}

struct mmu_result mmu_translate(const struct ram *ram, const struct priv *p, enum mode mode, uint64_t va,
                                enum access access)
{
    struct mmu_result r = {.pa = va, .cause = NO_TRAP};
    if (!mmu_paged(p, mode))
        return r;
    r.walk = walk_tables(ram, p->csr.satp, va);
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
