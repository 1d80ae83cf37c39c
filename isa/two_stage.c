/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The walk of Sv39 tables in guest physical memory. See two_stage.h.
 */
#include "two_stage.h"

#include "trap.h"

#define GPA_BITS 41

/* One walk in the making. */
struct walker {
    const struct ram *ram;
    const struct two_stage *t;
    enum access access; /* the one that everything is for */
    struct two_stage_walk *w;
};

static bool first_permits(const struct two_stage *t, uint64_t pte, enum access access, enum mode mode, bool hlvx)
{
    uint64_t status = (t->vsstatus & (MSTATUS_SUM | MSTATUS_MXR)) | (t->mxr ? MSTATUS_MXR : 0);
    if (hlvx)
        return (pte & PTE_X) && mmu_permits(pte | PTE_R, ACCESS_LOAD, mode, status);
    return mmu_permits(pte, access, mode, status);
}

static bool second_permits(const struct two_stage *t, uint64_t pte, enum access access, bool hlvx)
{
    if (hlvx)
        return (pte & PTE_U) && (pte & PTE_X);
    return mmu_permits(pte, access, MODE_U, t->mxr ? MSTATUS_MXR : 0);
}

bool two_stage_permits(const struct two_stage *t, uint8_t first, uint8_t second, enum access access, enum mode mode,
                       bool hlvx)
{
    return (first == 0 || first_permits(t, first, access, mode, hlvx)) &&
           (second == 0 || second_permits(t, second, access, hlvx));
}

static bool fails(struct walker *k, int cause)
{
    k->w->cause = cause;
    return false;
}

static bool guest_page_fault(struct walker *k, uint64_t gpa, uint32_t tinst)
{
    k->w->gpa = gpa;
    k->w->tinst = tinst;
    return fails(k, mmu_guest_page_fault(k->access));
}

/* Reads the entry at pa; NULL if that is no memory. */
static uint8_t *read_entry(struct walker *k, uint64_t pa, bool second, uint64_t *pte)
{
    uint8_t *entry = ram_at(k->ram, pa, 8);
    if (entry) {
        k->w->ref[k->w->refs].pa = pa;
        k->w->ref[k->w->refs++].second = second;
        *pte = bytes_get(entry, 8);
    }
    return entry;
}

/* Sets A, and D for a store, in the entry that was read as ref `index`. */
static void settle(struct walker *k, uint8_t *entry, unsigned index, uint64_t *pte, bool store)
{
    uint64_t wanted = *pte | PTE_A | (store ? PTE_D : 0);
    if (wanted == *pte)
        return;
    *pte = wanted;
    bytes_put(entry, 8, wanted);
    k->w->ref[index].written = true;
}

/* Is it an entry at all? The next level's, or a leaf. */
static bool entry_valid(uint64_t pte, unsigned level)
{
    if (!(pte & PTE_V) || (pte & PTE_RESERVED) || (pte & (PTE_R | PTE_W)) == PTE_W)
        return false;
    if (pte & (PTE_R | PTE_X))
        return !((PTE_PPN(pte) << 12) & ((UINT64_C(1) << (12 + 9 * level)) - 1));
    return level > 0 && !(pte & (PTE_A | PTE_D | PTE_U));
}

static uint64_t leaf_address(uint64_t pte, unsigned level, uint64_t va)
{
    return PTE_PPN(pte) << 12 | (va & ((UINT64_C(1) << (12 + 9 * level)) - 1));
}

/* Of gpa in a table of the second stage: the root has two bits more. */
static uint64_t entry_index(uint64_t gpa, unsigned level)
{
    return gpa >> (12 + 9 * level) & (level == 2 ? 0x7ff : 0x1ff);
}

/* What the second stage has found: its leaf, kept in case that the first one wants to write there. */
struct second_leaf {
    uint64_t pa, pte;
    uint8_t *entry; /* NULL: hgatp is Bare */
    unsigned index;
};

/* The second stage, for an access to gpa that is made by k->access itself, or (tinst not 0) on its way there. */
static bool second_stage(struct walker *k, uint64_t gpa, enum access access, bool hlvx, uint32_t tinst,
                         struct second_leaf *s)
{
    *s = (struct second_leaf){.pa = gpa};
    if (HGATP_MODE(k->t->hgatp) != HGATP_MODE_SV39X4)
        return true;
    if (gpa >> GPA_BITS)
        return guest_page_fault(k, gpa, tinst);
    uint64_t table = HGATP_PPN(k->t->hgatp) << 12;
    for (unsigned level = 2;; level--) {
        uint64_t at = table + entry_index(gpa, level) * 8;
        s->index = k->w->refs;
        s->entry = read_entry(k, at, true, &s->pte);
        if (!s->entry)
            return fails(k, mmu_access_fault(k->access));
        if (!entry_valid(s->pte, level))
            return guest_page_fault(k, gpa, tinst);
        if (s->pte & (PTE_R | PTE_X)) {
            if (!second_permits(k->t, s->pte, access, hlvx))
                return guest_page_fault(k, gpa, tinst);
            settle(k, s->entry, s->index, &s->pte, access == ACCESS_STORE);
            s->pa = leaf_address(s->pte, level, gpa);
            unsigned n = k->w->second_leaves++;
            k->w->second_leaf[n].gpa = gpa;
            k->w->second_leaf[n].pte = s->pte;
            k->w->second_leaf[n].level = (uint8_t)level;
            return true;
        }
        table = PTE_PPN(s->pte) << 12;
    }
}

struct walk two_stage_second(const struct ram *ram, uint64_t hgatp, uint64_t gpa)
{
    struct walk w = {.end = WALK_INVALID, .level = 2};
    if (gpa >> GPA_BITS)
        return w;
    uint64_t table = HGATP_PPN(hgatp) << 12;
    for (;; w.level--) {
        w.pte_pa = table + entry_index(gpa, w.level) * 8;
        const uint8_t *entry = ram_at(ram, w.pte_pa, 8);
        if (!entry) {
            w.end = WALK_NO_MEMORY;
            return w;
        }
        w.pte = bytes_get(entry, 8);
        if (!entry_valid(w.pte, w.level))
            return w;
        if (w.pte & (PTE_R | PTE_X))
            break;
        table = PTE_PPN(w.pte) << 12;
    }
    w.pa = leaf_address(w.pte, w.level, gpa);
    w.end = WALK_LEAF;
    return w;
}

/* The first stage sets bits in its leaf, which lies at gpa: a store for the second one. */
static bool settle_first(struct walker *k, uint64_t gpa, uint8_t *entry, unsigned index, struct second_leaf *where)
{
    uint64_t pte = k->w->leaf.pte;
    bool store = k->access == ACCESS_STORE;
    if ((pte & PTE_A) && (!store || (pte & PTE_D)))
        return true;
    if (where->entry && !second_permits(k->t, where->pte, ACCESS_STORE, false))
        return guest_page_fault(k, gpa, TINST_WRITE);
    if (where->entry)
        settle(k, where->entry, where->index, &where->pte, true);
    settle(k, entry, index, &k->w->leaf.pte, store);
    return true;
}

static bool first_stage(struct walker *k, enum mode mode, uint64_t va, bool hlvx, uint64_t *gpa)
{
    struct walk *leaf = &k->w->leaf;
    *gpa = va;
    if (SATP_MODE(k->t->vsatp) != SATP_MODE_SV39)
        return true;
    if ((int64_t)(va << 25) >> 25 != (int64_t)va)
        return fails(k, mmu_page_fault(k->access));
    uint64_t table = SATP_PPN(k->t->vsatp) << 12;
    for (leaf->level = 2;; leaf->level--) {
        struct second_leaf where;
        uint64_t at = table + (va >> (12 + 9 * leaf->level) & 0x1ff) * 8;
        if (!second_stage(k, at, ACCESS_LOAD, false, TINST_READ, &where))
            return false;
        unsigned index = k->w->refs;
        uint8_t *entry = read_entry(k, where.pa, false, &leaf->pte);
        if (!entry)
            return fails(k, mmu_access_fault(k->access));
        if (!entry_valid(leaf->pte, leaf->level))
            return fails(k, mmu_page_fault(k->access));
        if (leaf->pte & (PTE_R | PTE_X)) {
            if (!first_permits(k->t, leaf->pte, k->access, mode, hlvx))
                return fails(k, mmu_page_fault(k->access));
            *gpa = leaf_address(leaf->pte, leaf->level, va);
            return settle_first(k, at, entry, index, &where);
        }
        table = PTE_PPN(leaf->pte) << 12;
    }
}

void two_stage_translate(const struct ram *ram, const struct two_stage *t, enum mode mode, uint64_t va, enum access access,
                         bool hlvx, struct two_stage_walk *w)
{
    *w = (struct two_stage_walk){.cause = NO_TRAP};
    struct walker k = {ram, t, access, w};
    struct second_leaf data;
    uint64_t gpa;
    if (!first_stage(&k, mode, va, hlvx, &gpa) || !second_stage(&k, gpa, access, hlvx, 0, &data))
        return;
    w->pa = w->leaf.pa = data.pa;
    w->second = data.entry ? (uint8_t)data.pte : 0;
    w->leaf.end = WALK_LEAF;
}
