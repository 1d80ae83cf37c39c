/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Elements: address spaces. Every edit of a live entry is made from where the body lies, whose own translation is never
 * edited, and is followed by a fence that covers it; whoever may not fence gets no further than the first fence.
 */
#include "generator.h"

#define ENTRY_SIZE 8

static struct root *random_root(struct generator *g)
{
    return &g->roots[below(g, g->root_count)];
}

static enum window random_leaf_window(struct generator *g)
{
    static const enum window windows[] = {WINDOW_DATA, WINDOW_DATA, WINDOW_DATA, WINDOW_SWING};
    return windows[below(g, 4)];
}

/* Spaces that share an identifier are switched in M-mode only, which uses neither, and with a fence. */
void element_satp(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    uint64_t satp = one_in(g, 6) ? 0 : random_root(g)->satp;
    if (one_in(g, 12))
        satp ^= UINT64_C(1) << 60; /* no such mode: nothing changes */
    bool pinned = g->pin;
    g->pin = true;
    if (g->share_asid)
        gen_csr(g, INSN_csrrs, 0, CSR_mscratch, 0);
    gen_csr_value(g, INSN_csrrw, CSR_satp, satp);
    if (g->share_asid || one_in(g, 3))
        gen(g, INSN_sfence_vma, 0, 0, 0, 0);
    g->pin = pinned;
    end_resume(g, &r);
}

void element_fence(struct generator *g)
{
    struct resume r = gen_resume(g, one_in(g, 2));
    unsigned n = 1 + below(g, 2);
    while (n--) {
        unsigned a = random_source(g), b = random_source(g);
        switch (below(g, 4)) {
        case 0:
            gen_i(g, INSN_fence_i, 0, 0, 0);
            break;
        case 1:
            gen_i(g, INSN_fence, 0, 0, below(g, 256));
            break;
        default:
            gen(g, INSN_sfence_vma, 0, one_in(g, 3) ? 0 : a, b % 3 ? b : 0, 0);
        }
    }
    end_resume(g, &r);
}

/* --- edits ------------------------------------------------------------------------------------------------------------------ */

/* Goes on where the body lies, and may fence; or elsewhere, with a trap. All until edit_end() is pinned. */
static struct resume edit_begin(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    g->pin = true;
    unsigned a = role(g, T0), b = role(g, T1);
    gen_li(g, a, pa_of(AT_BODY));
    struct resume here = gen_offset(g, b, false);
    gen(g, INSN_add, a, a, b, 0);
    gen_i(g, INSN_jalr, 0, a, 0);
    end_resume(g, &here);
    gen(g, INSN_sfence_vma, 0, 0, 0, 0);
    return r;
}

static void edit_end(struct generator *g, const struct resume *r)
{
    g->pin = false;
    end_resume(g, r);
}

/* The entry at `at` gets this value, or only its flags change, by one of many ways to store. */
static void gen_entry(struct generator *g, uint32_t at, uint64_t value, bool flags_only)
{
    unsigned a = role(g, T0), b = role(g, POINTER);
    gen_li(g, b, pa_of(at));
    if (flags_only) {
        gen_li(g, a, value & 0xff);
        gen_store(g, INSN_sb, a, b, 0);
        return;
    }
    gen_li(g, a, value);
    switch (below(g, 5)) {
    case 0:
        gen(g, INSN_amoswap_d, random_target(g), b, a, 0);
        break;
    case 1:
        gen_store(g, INSN_sw, a, b, 0);
        gen_i(g, INSN_srli, a, a, 32);
        gen_store(g, INSN_sw, a, b, 4);
        break;
    default:
        gen_store(g, INSN_sd, a, b, 0);
    }
}

/* The lower half of entry i + 1, with the upper half of entry i, which becomes 0: of a page of the program it always is. */
static void gen_across(struct generator *g, uint32_t at, uint64_t value)
{
    gen_li(g, role(g, POINTER), pa_of(at) + 4);
    gen_li(g, role(g, T0), value << 32);
    gen_store(g, INSN_sd, role(g, T0), role(g, POINTER), 0);
}

/* Covers the leaf of this page of a window: everything, or no more than is needed. */
static void gen_leaf_fence(struct generator *g, const struct root *r, enum window window, unsigned page)
{
    unsigned asid = 0, a = role(g, T0), b = role(g, T1);
    if (one_in(g, 3)) {
        gen(g, INSN_sfence_vma, 0, 0, 0, 0);
        return;
    }
    if (!r->shared[window] && one_in(g, 2)) {
        asid = b;
        gen_li(g, b, SATP_ASID(r->satp));
        if (one_in(g, 2)) {
            gen(g, INSN_sfence_vma, 0, 0, asid, 0);
            return;
        }
    }
    gen_li(g, a, WINDOW_VA(LOW, window) + PAGE_SIZE * page + below(g, PAGE_SIZE));
    gen(g, INSN_sfence_vma, 0, a, asid, 0);
    gen_li(g, a, WINDOW_VA(HIGH, window) + PAGE_SIZE * page);
    gen(g, INSN_sfence_vma, 0, a, asid, 0);
}

static uint32_t table_of(const struct root *r, enum window window)
{
    return window == WINDOW_SWING ? AT_SWING : r->level0[window];
}

/* A load or store, perhaps in vain, of a page of a window: what the monitor and the TLB have then is hot. */
static void gen_touch(struct generator *g, enum window window, unsigned page)
{
    struct resume r = gen_resume(g, true);
    gen_li(g, role(g, POINTER), WINDOW_VA(LOW, window) + PAGE_SIZE * page + 8 * below(g, 512));
    if (one_in(g, 2))
        gen_store(g, INSN_sd, role(g, T0), role(g, POINTER), 0);
    else
        gen_i(g, INSN_ld, role(g, T1), role(g, POINTER), 0);
    end_resume(g, &r);
}

void element_edit_leaf(struct generator *g)
{
    const struct root *root = random_root(g);
    enum window window = random_leaf_window(g);
    unsigned page = random_page(g);
    bool across = page > 0 && one_in(g, 4);
    if (!one_in(g, 3))
        gen_touch(g, window, page);
    struct resume r = edit_begin(g);
    uint64_t entry = random_data_leaf(g);
    if (across)
        gen_across(g, table_of(root, window) + ENTRY_SIZE * (page - 1), entry);
    else
        gen_entry(g, table_of(root, window) + ENTRY_SIZE * page, entry, one_in(g, 3));
    if (across)
        gen(g, INSN_sfence_vma, 0, 0, 0, 0);
    else
        gen_leaf_fence(g, root, window, page);
    edit_end(g, &r);
    if (!one_in(g, 3))
        gen_touch(g, window, page);
}

/* Rights of a page of code; or which page of functions is mapped. */
void element_edit_code(struct generator *g)
{
    static const enum window windows[] = {WINDOW_USER, WINDOW_SYSTEM, WINDOW_WRITE, WINDOW_FUNCTIONS};
    static const uint64_t rights[] = {PTE_X | PTE_U, PTE_X, PTE_R | PTE_W, PTE_X | PTE_R};
    struct resume r = edit_begin(g);
    const struct root *root = random_root(g);
    unsigned way = below(g, 4), page = windows[way] == WINDOW_FUNCTIONS ? 0 : below(g, BODY_PAGES);
    uint32_t at = table_of(root, windows[way]) + ENTRY_SIZE * page;
    uint64_t flags = rights[way] | (one_in(g, 4) ? 0 : PTE_V);
    flags |= dice_bits(&g->dice) & (PTE_A | PTE_D);
    flags |= one_in(g, 4) ? 0 : PTE_R;
    flags |= one_in(g, 3) || !(flags & PTE_R) ? 0 : PTE_W;
    if (windows[way] == WINDOW_FUNCTIONS) {
        flags = (flags & ~PTE_W) | (one_in(g, 2) ? PTE_U : 0);
        gen_entry(g, at, (pa_of(AT_FUNCTIONS) + PAGE_SIZE * below(g, 2)) >> 12 << 10 | flags, false);
    } else {
        gen_entry(g, at, flags, true);
    }
    gen_leaf_fence(g, root, windows[way], page);
    edit_end(g, &r);
    if (windows[way] == WINDOW_FUNCTIONS)
        element_mapped_call(g);
}

/* Goes on here, but in the window of code for S-mode. */
static void gen_to_window(struct generator *g)
{
    unsigned a = role(g, T0), b = role(g, T1);
    gen_li(g, a, WINDOW_VA(LOW, WINDOW_SYSTEM));
    struct resume here = gen_offset(g, b, false);
    gen(g, INSN_add, a, a, b, 0);
    gen_i(g, INSN_jalr, 0, a, 0);
    end_resume(g, &here);
}

/* A call from one page of a window to another, again and again, whose mapping comes and goes. */
void element_edit_called(struct generator *g)
{
    const struct root *root = random_root(g);
    bool loops = !g->in_loop && !g->share_asid, valid = one_in(g, 2);
    struct resume r = gen_resume(g, false);
    if (!g->share_asid)
        gen_csr_value(g, INSN_csrrw, CSR_satp, root->satp);
    if (loops)
        gen_i(g, INSN_addi, role(g, COUNTER), 0, 2 + below(g, 3));
    uint32_t top = g->at;
    gen_to_window(g);
    gen_jump_to(g, role(g, LINK), g->functions[below(g, FUNCTIONS)]);
    struct resume edit = edit_begin(g);
    uint64_t flags = PTE_V | PTE_R | PTE_W | PTE_X | (one_in(g, 2) ? PTE_A | PTE_D : 0);
    flags &= valid ? ~UINT64_C(0) : one_in(g, 2) ? ~PTE_V : ~PTE_X;
    gen_entry(g, root->level0[WINDOW_SYSTEM], flags, true);
    gen_leaf_fence(g, root, WINDOW_SYSTEM, 0);
    edit_end(g, &edit);
    if (loops) {
        g->pin = true;
        gen_i(g, INSN_addi, role(g, COUNTER), role(g, COUNTER), -1);
        struct forward out = gen_forward(g, INSN_bge, 0, 0, role(g, COUNTER));
        gen_jump_to(g, 0, top);
        land(g, &out);
        g->pin = false;
    }
    end_resume(g, &r);
}

/* Entries of the upper levels: pointers, and superpages. */
void element_edit_upper(struct generator *g)
{
    struct resume r = edit_begin(g);
    const struct root *root = random_root(g);
    uint64_t flags = random_leaf_flags(g) & ~PTE_X, data = pa_of(AT_DATA) >> 12 << 10;
    uint64_t swing = (pa_of(AT_SWING) + PAGE_SIZE * below(g, SWING_PAGES)) >> 12 << 10;
    uint64_t table = pa_of(root->level0[WINDOW_DATA]) >> 12 << 10;
    switch (below(g, 5)) {
    case 0: /* perhaps not aligned: never valid */
        gen_entry(g, root->level1 + ENTRY_SIZE * WINDOW_MEGA, data | flags | (one_in(g, 6) ? 1u << 10 : 0), false);
        break;
    case 1:
        gen_entry(g, root->level1 + ENTRY_SIZE * WINDOW_DATA, table | (one_in(g, 3) ? flags & PTE_A : PTE_V), false);
        break;
    case 2:
        gen_entry(g, root->level1 + ENTRY_SIZE * WINDOW_SWING, one_in(g, 3) ? data | flags : swing | PTE_V, false);
        break;
    case 3:
        gen_entry(g, root->root + ENTRY_SIZE * (unsigned)(GIGA >> 30), (RAM_BASE >> 12 << 10) | flags, false);
        break;
    default:
        gen_entry(g, root->root + ENTRY_SIZE * (HIGH >> 30 & 511),
                  pa_of(root->level1) >> 12 << 10 | (one_in(g, 3) ? 0 : PTE_V), false);
    }
    gen(g, INSN_sfence_vma, 0, 0, 0, 0);
    edit_end(g, &r);
}

static void swing_entry(struct generator *g, uint32_t page)
{
    uint32_t at = page + ENTRY_SIZE * (random_page(g) % (DATA_PAGES - 1));
    uint64_t entry = random_data_leaf(g);
    switch (below(g, 6)) {
    case 0:
        gen_li(g, role(g, POINTER), pa_of(at));
        gen_i(g, INSN_ld, role(g, T2), role(g, POINTER), 0);
        break;
    case 1:
        gen_across(g, at, entry);
        break;
    default:
        gen_entry(g, at, entry, one_in(g, 4));
    }
}

/* All entries, as a kernel fills a table: rights in T2, pages in order. */
static void swing_all(struct generator *g, uint32_t page)
{
    unsigned a = role(g, POINTER), b = role(g, T0), c = role(g, T1), d = role(g, T2);
    uint64_t flags = random_leaf_flags(g) & 0xff;
    gen_li(g, a, pa_of(page));
    gen_li(g, b, pa_of(AT_DATA) >> 12 << 10 | flags);
    gen_i(g, INSN_addi, c, 0, DATA_PAGES);
    gen_i(g, INSN_addi, d, 0, 1024);
    uint32_t top = g->at;
    gen_store(g, INSN_sd, b, a, 0);
    gen(g, INSN_add, b, b, d, 0);
    gen_i(g, INSN_addi, a, a, ENTRY_SIZE);
    gen_i(g, INSN_addi, c, c, -1);
    struct forward out = gen_forward(g, INSN_bge, 0, 0, c);
    gen_jump_to(g, 0, top);
    land(g, &out);
}

/* A page that may be a table is written as if it were data. */
void element_swing(struct generator *g)
{
    struct resume r = edit_begin(g);
    uint32_t page = AT_SWING + (uint32_t)PAGE_SIZE * below(g, SWING_PAGES);
    unsigned n = 2 + below(g, 6);
    if (one_in(g, 3))
        swing_all(g, page);
    else
        while (n--)
            swing_entry(g, page);
    gen(g, INSN_sfence_vma, 0, 0, 0, 0);
    edit_end(g, &r);
}

/* What A and D have come to. */
void element_read_table(struct generator *g)
{
    struct resume r = gen_resume(g, true);
    const struct root *root = random_root(g);
    uint32_t tables[] = {root->root, root->level1, root->level0[WINDOW_DATA], root->level0[WINDOW_USER], AT_SWING};
    unsigned n = 1 + below(g, 4);
    while (n--) {
        uint32_t table = tables[below(g, 5)];
        gen_li(g, role(g, POINTER), pa_of(table + ENTRY_SIZE * below(g, 16)));
        unsigned target = random_target(g);
        gen_i(g, INSN_ld, target == role(g, POINTER) ? 0 : target, role(g, POINTER), 0);
    }
    end_resume(g, &r);
}
