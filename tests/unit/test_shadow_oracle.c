/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The coherence oracle: after every step of a small guest, all that shadows, their records and the real TLB hold is compared
 * with what a fresh walk of the guest's own tables gives.
 *
 * Under "traced" this must hold always. Under "flush" a shadow may be older than what the guest has written since its last
 * fence. So a leaf is left alone if an entry on the path to it has been seen to change since the last drop, other than by A
 * and D being set: the words of the tables are compared from look to look.
 */
#include "sides.h"

#include "vmm/interpreter.h"
#include "vmm/memory/root.h"

#define TABLES (RAM_BASE + 0x80000) /* where the programs have their page tables */
#define TABLES_SIZE UINT64_C(0x20000)
#define FOLLOWED 16
#define CODE_PAGES 8

/* A translation that the monitor was asked to follow. */
struct followed {
    bool held;
    unsigned root;
    uint64_t gva;
    struct walk walk;
};

/* A page that holds "translated code". */
struct code_page {
    bool watched, told;
    uint64_t gpa;
    uint8_t bytes[PAGE_SIZE];
};

struct oracle {
    struct side *s;
    struct vm *vm;
    uint64_t window;               /* hpa of the translator's table */
    uint8_t seen[TABLES_SIZE];     /* the tables at the last look */
    bool changed[TABLES_SIZE / 8]; /* which words the guest has written since the last drop */
    uint64_t drops, fills, leaves, excused, random;
    bool filled; /* since the last look */
    struct followed followed[FOLLOWED];
    struct code_page code[CODE_PAGES];
};

static uint64_t overflows;
static struct oracle *watching; /* for the observer, who is given nothing but the vm */

/* --- the observer ------------------------------------------------------------------------------------------------------------- */

static void written(struct vm *vm, uint64_t gpa, uint64_t n)
{
    (void)vm;
    for (struct code_page *c = watching->code; c < watching->code + CODE_PAGES; c++)
        c->told = c->told || (gpa < c->gpa + PAGE_SIZE && gpa + n > c->gpa);
}

static void unmapped(struct vm *vm, unsigned root, uint64_t gva, uint64_t size)
{
    (void)vm;
    assert_int_not_equal(root, 0);
    for (struct followed *f = watching->followed; f < watching->followed + FOLLOWED; f++)
        if (f->root == root && f->gva - gva < size)
            f->held = false;
}

/* --- a technique that uses the translator's views ------------------------------------------------------------------------------- */

static bool fills_by_itself(const struct insn *i, enum access *access)
{
    enum insn_flow flow = (enum insn_flow)insn_rows[i->id].flow;
    bool load = flow == FLOW_LOAD || insn_rows[i->id].format == FORMAT_LR;
    *access = load ? ACCESS_LOAD : ACCESS_STORE;
    return flow == FLOW_LOAD || flow == FLOW_STORE;
}

/* As a hidden fault of translated code would. */
static void fill_translated(struct vm *vm, uint64_t gva, enum access access)
{
    unsigned level, number = TABLE_NUMBER(vm->shadow.root, vm->shadow.view);
    struct mmu_result r = interpret_translate(vm, gva, access);
    if (r.cause != NO_TRAP)
        return;
    const uint64_t *leaf = table_leaf(vm, number, gva, &level);
    if (!leaf || !(*leaf & (access == ACCESS_LOAD ? PTE_R : PTE_W)))
        shadow_fill(vm, gva, access, &r);
    assert_false(shadow_fill(vm, gva, ACCESS_FETCH, &r));
}

/* Virtual M and S are interpreted, but what they load and store is mapped as if translated code had done it. */
static void run_translated(struct vm *vm, uint64_t budget)
{
    const struct priv *p = &vm->vcpu.priv;
    if (p->mode == MODE_U) {
        shadow_enter(vm, true);
        dispatch_direct(vm, budget);
        return;
    }
    struct shadow_table *t = shadow_enter(vm, true);
    if (!t->window)
        shadow_map_window(vm, t, watching->window);
    assert_true(t->window);
    uint32_t word;
    struct trap trap = interpret_fetch(vm, &word);
    struct insn i = interpret_decode(vm, trap.cause == NO_TRAP ? word : 0);
    bool atomic = insn_rows[i.id].format == FORMAT_LR || insn_rows[i.id].format == FORMAT_AMO;
    uint64_t gva = guest_x(vm, i.rs1) + (atomic ? 0 : (uint64_t)i.imm);
    enum access access;
    if (trap.cause == NO_TRAP && mmu_data_mode(p) == p->mode && fills_by_itself(&i, &access) && gva % 8 == 0)
        fill_translated(vm, gva, access);
    dispatch_interpreted(vm);
}

static const struct technique technique_translated = {
    .name = "translated",
    .run = run_translated,
    .handler =
        {
            [CAUSE_ecall_u] = exit_ecall,
            [CAUSE_illegal] = exit_illegal,
            [CAUSE_insn_page] = exit_page_fault,
            [CAUSE_load_page] = exit_page_fault,
            [CAUSE_store_page] = exit_page_fault,
        },
};

/* --- what a fresh walk gives ------------------------------------------------------------------------------------------------------ */

static struct walk fresh_walk(const struct oracle *o, unsigned root, uint64_t gva)
{
    return mmu_walk(&o->vm->bus.ram, o->vm->shadow.roots[root].satp, gva);
}

/* Does the walk still lead to the same, but for A and D, which may have been set? */
static bool same_walk(const struct walk *then, const struct walk *now)
{
    uint64_t set = now->pte & (PTE_A | PTE_D);
    return then->end == now->end && then->pte_pa == now->pte_pa && then->pa == now->pa && (then->pte | set) == now->pte;
}

/* Under hardware assistance: the guest's own, and its U bit with them. */
static uint64_t own_rights(uint64_t pte)
{
    return (pte & (PTE_R | PTE_X | PTE_U)) | (pte & PTE_D ? pte & PTE_W : 0);
}

/* Of a leaf, U among them. */
static uint64_t rights_of(const struct oracle *o, unsigned number, uint64_t gva, uint64_t *gpa)
{
    enum shadow_view view = (enum shadow_view)(number % SHADOW_VIEWS);
    unsigned root = number / SHADOW_VIEWS;
    uint64_t execute = view >= VIEW_TRANSLATED ? 0 : PTE_X, rights = PTE_U;
    *gpa = gva;
    if (root == 0)
        return PTE_R | PTE_W | execute | (view == VIEW_ASSISTED ? 0 : PTE_U);
    struct walk w = fresh_walk(o, root, gva);
    *gpa = w.pa;
    if (w.end != WALK_LEAF || !(w.pte & PTE_A))
        return 0;
    if (view == VIEW_ASSISTED)
        return own_rights(w.pte);
    enum mode mode = view == VIEW_USER ? MODE_U : MODE_S;
    bool sum = view == VIEW_SUPERVISOR_SUM || view == VIEW_TRANSLATED_SUM;
    uint64_t mstatus = o->vm->shadow.roots[root].mxr | (sum ? MSTATUS_SUM : 0);
    rights |= mmu_permits(w.pte, ACCESS_FETCH, mode, mstatus) ? execute : 0;
    rights |= mmu_permits(w.pte, ACCESS_LOAD, mode, mstatus) ? PTE_R : 0;
    rights |= (w.pte & PTE_D) && mmu_permits(w.pte, ACCESS_STORE, mode, mstatus) ? PTE_W : 0;
    return rights;
}

/* --- each leaf -------------------------------------------------------------------------------------------------------------------- */

static bool is_watched(const struct vm *vm, uint64_t gpa, uint64_t size)
{
    uint64_t tohost = vm->bus.htif_tohost;
    for (uint64_t at = gpa; at < gpa + size; at += PAGE_SIZE)
        if (vm->watch.flags[(at - RAM_BASE) / PAGE_SIZE])
            return true;
    return tohost >= gpa && tohost < gpa + size;
}

/* At any time and under any variant: frames of the guest alone, nothing left for the hardware to write, no way
 * to write a watched page, nothing in the translator's part. */
static void leaf_is_safe(const struct oracle *o, unsigned number, uint64_t gva, unsigned level, uint64_t leaf)
{
    const struct vm *vm = o->vm;
    uint64_t size = level_size(level), gpa = (PTE_PPN(leaf) << 12) - vm->offset;
    bool translated = number % SHADOW_VIEWS >= VIEW_TRANSLATED;
    assert_true(level < 2);
    assert_int_equal(gpa % size, 0);
    assert_non_null(ram_at(&vm->bus.ram, gpa, size));
    assert_int_equal(leaf & (PTE_A | PTE_D), PTE_A | PTE_D);
    assert_false((leaf & (PTE_R | PTE_W)) == PTE_W);
    if ((leaf & PTE_W) && is_watched(vm, gpa, size))
        fail_msg("table %u, gva %#" PRIx64 ": the watched page %#" PRIx64 " can be written", number, gva, gpa);
    if (translated)
        assert_true(!(leaf & PTE_X) && gva < SHADOW_WINDOW);
}

/* Would the reverse map find it? */
static void leaf_is_known(const struct oracle *o, unsigned number, uint64_t gva, unsigned level, uint64_t leaf)
{
    const struct watch *w = &o->vm->watch;
    uint64_t frame = ((PTE_PPN(leaf) << 12) - o->vm->offset - RAM_BASE) >> (12 + 9 * level);
    for (uint32_t i = 0; i < w->nodes; i++)
        if (w->node[i].table == number && w->node[i].vpn == (gva >> 12 & 0x7ffffff) &&
            w->node[i].key == (frame << 1 | level))
            return;
    fail_msg("table %u, gva %#" PRIx64 ": the reverse map does not know it", number, gva);
}

/* Are the guest's tables on the path watched, and is it known what they are used for? */
static void path_is_traced(const struct oracle *o, unsigned root, uint64_t gva)
{
    const struct vm *vm = o->vm;
    const struct trace *t = &vm->trace;
    uint64_t table = SATP_PPN(vm->shadow.roots[root].satp) << 12;
    for (unsigned level = 2;; level--) {
        uint64_t base = (gva >> 12 & 0x7ffffff) >> (9 * level + 9) << (9 * level + 9);
        uint32_t i = 0;
        while (i < t->uses && !(t->use[i].frame == (table - RAM_BASE) / PAGE_SIZE + 1 && t->use[i].root == root &&
                                t->use[i].level == level && t->use[i].vpn == base && !t->use[i].dead))
            i++;
        if (i == t->uses || !(watch_flags(vm, table) & WATCH_TABLE))
            fail_msg("root %u, gva %#" PRIx64 ": the table %#" PRIx64 " of level %u is not traced", root, gva, table,
                     level);
        const uint8_t *entry = ram_at(&vm->bus.ram, table + 8 * (gva >> (12 + 9 * level) & 511), 8);
        uint64_t pte = bytes_get(entry, 8);
        if (level == 0 || (pte & (PTE_R | PTE_X)))
            return;
        table = PTE_PPN(pte) << 12;
    }
}

/* Only under "flush": the guest has changed what the leaf came from, and has not fenced since. */
static bool is_excused(const struct oracle *o, unsigned root, uint64_t gva)
{
    if (o->vm->shadow.variant == SHADOW_TRACED)
        return false;
    uint64_t table = SATP_PPN(o->vm->shadow.roots[root].satp) << 12;
    for (unsigned level = 2;; level--) {
        uint64_t at = table + 8 * (gva >> (12 + 9 * level) & 511);
        const uint8_t *entry = ram_at(&o->vm->bus.ram, at, 8);
        if (!entry || at - TABLES >= TABLES_SIZE || o->changed[(at - TABLES) / 8])
            return true;
        uint64_t pte = bytes_get(entry, 8);
        if (level == 0 || !(pte & PTE_V) || (pte & (PTE_R | PTE_X)))
            return false;
        table = PTE_PPN(pte) << 12;
    }
}

static void note_changes(struct oracle *o)
{
    uint8_t *now = ram_at(&o->vm->bus.ram, TABLES, TABLES_SIZE);
    if (o->vm->counters.shadow_drops != o->drops)
        memset(o->changed, 0, sizeof o->changed);
    o->drops = o->vm->counters.shadow_drops;
    for (uint64_t page = 0; page < TABLES_SIZE; page += PAGE_SIZE) {
        if (!memcmp(o->seen + page, now + page, PAGE_SIZE))
            continue;
        for (uint64_t at = page; at < page + PAGE_SIZE; at += 8) {
            uint64_t before = bytes_get(o->seen + at, 8), after = bytes_get(now + at, 8);
            if (before != after && (before | (after & (PTE_A | PTE_D))) != after)
                o->changed[at / 8] = true;
        }
        memcpy(o->seen + page, now + page, PAGE_SIZE);
    }
}

static void check_leaf(struct oracle *o, unsigned number, uint64_t gva, unsigned level, uint64_t leaf)
{
    const struct vm *vm = o->vm;
    unsigned root = number / SHADOW_VIEWS;
    uint64_t gpa, rights = rights_of(o, number, gva, &gpa), shadow = leaf & (PTE_R | PTE_W | PTE_X | PTE_U);
    o->leaves++;
    leaf_is_safe(o, number, gva, level, leaf);
    if (o->filled)
        leaf_is_known(o, number, gva, level, leaf);
    if (root && is_excused(o, root, gva)) {
        o->excused++;
        return;
    }
    if ((PTE_PPN(leaf) << 12) != vm_hpa(vm, gpa) || (shadow & ~rights) || ((shadow ^ rights) & PTE_U))
        fail_msg("table %u, gva %#" PRIx64 ": leaf %#" PRIx64 ", but the guest gives gpa %#" PRIx64 " rights %#" PRIx64,
                 number, gva, leaf, gpa, rights);
    if (level && root) /* the guest maps all of it alike */
        assert_true(fresh_walk(o, root, gva).level >= level);
    if (root && vm->shadow.variant == SHADOW_TRACED)
        path_is_traced(o, root, gva);
}

static void check_table(struct oracle *o, unsigned number, uint64_t hpa, uint64_t gva, unsigned level)
{
    struct vm *vm = o->vm;
    assert_true(hpa >= vm->pool.base && hpa < vm->pool.base + vm->pool.count * FRAME_SIZE);
    const uint64_t *table = frame_at(&vm->pool, hpa);
    for (uint64_t i = 0; i < 512; i++) {
        if (!table[i])
            continue;
        uint64_t entry = table[i], at = gva | i << (12 + 9 * level);
        if (level == 2 && i >= 256)
            at |= ~UINT64_C(0) << 39;
        assert_true(entry & PTE_V);
        if (level == 1 && at == SHADOW_WINDOW && table_numbered(vm, number)->window)
            assert_int_equal(entry, table_numbered(vm, number)->level0 >> 12 << 10 | PTE_V);
        else if (entry & (PTE_R | PTE_X))
            check_leaf(o, number, at, level, entry);
        else
            check_table(o, number, PTE_PPN(entry) << 12, at, level - 1);
    }
}

/* --- everything ------------------------------------------------------------------------------------------------------------------- */

/* The real TLB holds nothing that the shadows would not give it now, or less. */
static void check_tlb(struct oracle *o)
{
    const struct tlb *tlb = &o->s->m->hart.tlb;
    const struct tlb_entry *e[2] = {tlb->fetch[0], tlb->data[0]};
    const size_t count[2] = {TLB_FETCH_SETS * TLB_WAYS, TLB_DATA_SETS * TLB_WAYS};
    for (unsigned kind = 0; kind < 2; kind++)
        for (size_t i = 0; i < count[kind]; i++, e[kind]++) {
            if (e[kind]->generation != tlb->generation || e[kind]->vpn >= SHADOW_WINDOW >> 12)
                continue;
            unsigned level = 0, number = (uint16_t)e[kind]->space - table_asid(o->vm, 0);
            assert_true(number < TABLE_NUMBER(SHADOW_ROOTS, 0));
            const uint64_t *leaf = table_leaf(o->vm, number, e[kind]->vpn << 12, &level);
            uint64_t ppn = leaf ? PTE_PPN(*leaf) + (level ? e[kind]->vpn & 511 : 0) : 0;
            if (ppn != e[kind]->ppn || (e[kind]->flags & (PTE_R | PTE_W | PTE_X) & ~*leaf))
                fail_msg("table %u, gva %#" PRIx64 ": the TLB still has frame %#" PRIx64 " flags %#x, leaf is %#" PRIx64,
                         number, e[kind]->vpn << 12, e[kind]->ppn << 12, e[kind]->flags, leaf ? *leaf : 0);
        }
}

/* Frames are flagged as tables exactly while they have a use; and the sums of flags are right. */
static void check_flags(const struct oracle *o)
{
    const struct vm *vm = o->vm;
    const struct trace *t = &vm->trace;
    static bool used[SIDE_RAM / PAGE_SIZE];
    memset(used, 0, sizeof used);
    assert_int_equal(t->dead, 0);
    for (uint32_t i = 0; i < t->uses; i++)
        if (t->use[i].frame)
            used[t->use[i].frame - 1] = true;
    unsigned total = 0, megapage[SIDE_RAM / EXTENT_SIZE] = {0};
    for (size_t frame = 0; frame < SIDE_RAM / PAGE_SIZE; frame++) {
        unsigned flags = vm->watch.flags[frame];
        assert_int_equal(!!(flags & WATCH_TABLE), used[frame]);
        assert_true(!used[frame] || t->writes[frame] < TRACE_WRITES);
        total += flags != 0;
        megapage[frame / 512] += flags != 0;
    }
    assert_int_equal(total, vm->watch.total);
    for (size_t i = 0; i < SIDE_RAM / EXTENT_SIZE; i++)
        assert_int_equal(megapage[i], vm->watch.megapage[i]);
}

/* What was written was told; what was followed and has changed was told. */
static void check_told(struct oracle *o)
{
    for (struct code_page *c = o->code; c < o->code + CODE_PAGES; c++) {
        const uint8_t *now = ram_at(&o->vm->bus.ram, c->gpa, PAGE_SIZE);
        if (c->watched && !c->told && memcmp(c->bytes, now, PAGE_SIZE))
            fail_msg("the code on page %#" PRIx64 " has changed, and nobody was told", c->gpa);
        if (c->watched && c->told)
            memcpy(c->bytes, now, PAGE_SIZE);
        c->told = false;
    }
    for (struct followed *f = o->followed; f < o->followed + FOLLOWED; f++) {
        struct walk now = fresh_walk(o, f->root, f->gva);
        if (f->held && o->vm->shadow.variant == SHADOW_TRACED && !same_walk(&f->walk, &now))
            fail_msg("root %u, gva %#" PRIx64 " is translated otherwise, and nobody was told", f->root, f->gva);
    }
}

static void check_all(struct oracle *o)
{
    struct vm *vm = o->vm;
    if (vm->shadow.variant == SHADOW_FLUSH)
        note_changes(o);
    o->filled = o->fills != vm->counters.shadow_fills;
    o->fills = vm->counters.shadow_fills;
    check_told(o);
    for (unsigned number = 0; number < TABLE_NUMBER(SHADOW_ROOTS, 0); number++) {
        const struct shadow_table *t = table_numbered(vm, number);
        if (t->satp)
            check_table(o, number, SATP_PPN(t->satp) << 12, 0, 2);
    }
    check_tlb(o);
    check_flags(o);
}

/* --- programs under observation ----------------------------------------------------------------------------------------------------- */

static uint64_t random_below(struct oracle *o, uint64_t n)
{
    o->random = o->random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (o->random >> 33) % n;
}

/* Now and then another page is code (of the program, its tables, its frames), and another address is relied on. */
static void change_what_is_watched(struct oracle *o)
{
    static const uint64_t pages[] = {0, 1, 0x80, 0x81, 0x82, 0x83, 0x90, 0x91, 0x100, 0x200, 0x201, 0x202, 0x203, 0x400};
    static const uint64_t addresses[] = {0x40000000, 0x40001000, 0x40200000, 0x40400000,
                                         0x40600000, 0x80000000, 0xc0201000, 0xfffffffffff00000};
    struct code_page *c = &o->code[random_below(o, CODE_PAGES)];
    if (c->watched) {
        c->watched = false;
        bool other = false;
        for (unsigned i = 0; i < CODE_PAGES; i++)
            other = other || (o->code[i].watched && o->code[i].gpa == c->gpa);
        if (!other)
            watch_end(o->vm, c->gpa, WATCH_CODE);
    } else {
        c->watched = true;
        c->gpa = RAM_BASE + PAGE_SIZE * pages[random_below(o, sizeof pages / sizeof *pages)];
        memcpy(c->bytes, ram_at(&o->vm->bus.ram, c->gpa, PAGE_SIZE), PAGE_SIZE);
        watch_begin(o->vm, c->gpa, WATCH_CODE);
    }
    struct followed *f = &o->followed[random_below(o, FOLLOWED)];
    f->held = false; /* nobody asks for this one now */
    if (shadow_root_now(o->vm) == 0)
        return;
    *f = (struct followed){.root = shadow_root_now(o->vm), .gva = addresses[random_below(o, 8)]};
    shadow_follow(o->vm, f->gva);
    f->walk = fresh_walk(o, f->root, f->gva);
    f->held = true;
}

/* `every` steps between two looks; a change of what is watched at each `busy` looks, if not 0; with so much room for shadow
 * tables, the reverse map and uses, if not 0, that they are used up again and again. */
struct observation {
    const char *name;
    uint64_t every, busy;
    unsigned frames, nodes, uses;
};

static void leave_little(struct vm *vm, const struct observation *what)
{
    if (what->frames)
        vm_leave_frames(vm, what->frames);
    vm->watch.limit = what->nodes ? what->nodes : vm->watch.limit;
    vm->trace.limit = what->uses ? what->uses : vm->trace.limit;
}

static void observe(const struct observation *what, const struct technique *technique, enum shadow_variant variant)
{
    struct program p = program_assemble(what->name);
    struct oracle *o = calloc(1, sizeof *o);
    assert_non_null(o);
    o->s = side_new();
    side_guest(o->s, &technique_te, NULL);
    o->vm = o->s->vm;
    o->vm->mmu = MMU_SHADOW;
    shadow_open(o->vm, variant);
    vm_set_technique(o->vm, technique);
    share_take(o->vm, FRAME_SIZE, &o->window);
    leave_little(o->vm, what);
    if (technique != &technique_bt)
        o->vm->observer = (struct watch_observer){written, unmapped};
    o->vm->translator_options.no_adaptive = true; /* else what its log holds has not been taken away yet */
    side_load(o->s, &p);
    memcpy(o->seen, ram_at(&o->vm->bus.ram, TABLES, TABLES_SIZE), TABLES_SIZE);
    watching = o;
    for (uint64_t looks = 1; vmm_run(o->s->vmm, what->every); looks++) {
        check_all(o);
        if (what->busy && looks % what->busy == 0)
            change_what_is_watched(o);
    }
    assert_int_equal(o->vm->end.reason, strcmp(what->name, "htif") ? END_FINISHER : END_HTIF);
    assert_true(o->leaves > 0);
    assert_true(o->excused < o->leaves / 8);
    assert_int_equal(o->s->m->counters.violations, 0);
    overflows += o->vm->counters.shadow_overflows;
    side_free(o->s);
    free(o);
    free(p.bytes);
}

static const struct observation programs[] = {
    {"shadows", 1, 0, 0, 0, 0},
    {"traced", 1, 0, 0, 0, 0},
    {"straddle", 1, 0, 0, 0, 0},
    {"code", 1, 0, 0, 0, 0},
    {"atomics", 1, 0, 0, 0, 0},
    {"disk", 1, 0, 0, 0, 0},
    {"mprv", 1, 0, 0, 0, 0},
    {"htif", 1, 0, 0, 0, 0},
    {"rights", 61, 0, 0, 0, 0},
    {"hostile", 997, 0, 0, 0, 0},
    {"spread", 499, 0, 0, 0, 0},
    {"shadows", 1, 5, 0, 0, 0},
    {"traced", 1, 5, 0, 0, 0},
    {"straddle", 1, 5, 0, 0, 0},
    {"code", 1, 5, 0, 0, 0},
    {"disk", 1, 1, 0, 0, 0},
    {"rights", 61, 20, 0, 0, 0},
    /* little room */
    {"traced", 1, 0, SHADOW_LEAST_FRAMES, 6, 10},
    {"traced", 1, 7, SHADOW_LEAST_FRAMES, 0, 0},
    {"traced", 1, 7, SHADOW_LEAST_FRAMES + 7, 0, 0},
    {"traced", 1, 7, 0, 6, 0},
    {"traced", 1, 7, 0, 0, 10},
    {"straddle", 1, 7, SHADOW_LEAST_FRAMES, 6, 10},
};

static void observe_all(const struct technique *technique, enum shadow_variant variant)
{
    overflows = 0;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (technique != &technique_bt || programs[i].busy == 0) /* it watches pages by itself */
            observe(&programs[i], technique, variant);
    assert_true(overflows > 0);
}

static void test_te_flush(void **state)
{
    (void)state;
    observe_all(&technique_te, SHADOW_FLUSH);
}

static void test_te_traced(void **state)
{
    (void)state;
    observe_all(&technique_te, SHADOW_TRACED);
}

static void test_translated_flush(void **state)
{
    (void)state;
    observe_all(&technique_translated, SHADOW_FLUSH);
}

static void test_translated_traced(void **state)
{
    (void)state;
    observe_all(&technique_translated, SHADOW_TRACED);
}

static void test_bt_flush(void **state)
{
    (void)state;
    observe_all(&technique_bt, SHADOW_FLUSH);
}

static void test_bt_traced(void **state)
{
    (void)state;
    observe_all(&technique_bt, SHADOW_TRACED);
}

static void test_hw_flush(void **state)
{
    (void)state;
    observe_all(&technique_hw, SHADOW_FLUSH);
}

static void test_hw_traced(void **state)
{
    (void)state;
    observe_all(&technique_hw, SHADOW_TRACED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_te_flush),          cmocka_unit_test(test_te_traced), cmocka_unit_test(test_translated_flush),
        cmocka_unit_test(test_translated_traced), cmocka_unit_test(test_bt_flush),  cmocka_unit_test(test_bt_traced),
        cmocka_unit_test(test_hw_flush),          cmocka_unit_test(test_hw_traced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
