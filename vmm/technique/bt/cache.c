/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The translation cache: which guest page has been translated where, the links between units, and what becomes stale when.
 *
 * What a translation says about its guest code holds as long as the bytes of that code do (stores to such pages are watched).
 * That a guest address leads to that code holds as long as the mapping does: when it goes, the page is orphaned, and all links
 * and probes of its space are undone. An orphan is adopted, untouched, by whoever finds the same code at the same address.
 */
#include <stddef.h>

#include "vmm/interpreter.h"
#include "vmm/technique/bt/emit.h"
#include "vmm/memory/watch.h"

#define ECALL 0x00000073
#define PAGE_MASK (~(PAGE_SIZE - 1))

_Static_assert(SPACES *PAGE_SIZE <= VMM_WINDOW_STORED, "slots of every space");
_Static_assert(CACHE_SIZE + VMM_WINDOW_STORED + SPACES * PROBE_BYTES <= VMM_WINDOW, "all that translated code reaches");

void translator_open(struct vm *vm, uint64_t hpa, uint64_t size)
{
    struct translator *t = share_take(vm, sizeof *t, NULL);
    vm->translator = t;
    t->record = share_take(vm, CACHE_HALVES * sizeof *t->record, NULL);
    t->marks = share_take(vm, CACHE_PAGES * sizeof *t->marks, NULL);
    t->page = share_take(vm, GUEST_PAGES * sizeof *t->page, NULL);
    t->link = share_take(vm, LINKS * sizeof *t->link, NULL);
    t->cache_hpa = hpa;
    t->limit = CACHE_SIZE;
    t->cache = hw_frames(vm->hw, hpa, size);
    window_open(vm, hpa + CACHE_SIZE, hpa + CACHE_SIZE + VMM_WINDOW_STORED);
    vm->observer = (struct watch_observer){translator_written, translator_unmapped};
}

unsigned translator_space(const struct vm *vm)
{
    const struct priv *p = &vm->vcpu.priv;
    if (p->mode == MODE_M)
        return SPACE_BARE_M;
    return mmu_paged(p, p->mode) ? SPACE_PAGED + shadow_root_now(vm) : SPACE_BARE_S;
}

/* --- pages by space and address ------------------------------------------------------------------------------------------ */

static uint16_t *chain_of(struct translator *t, unsigned space, uint64_t gva)
{
    return &t->chain[(gva / PAGE_SIZE + space * 61) % PAGE_CHAINS];
}

static struct code_map *page_find(struct translator *t, unsigned space, uint64_t gva)
{
    for (uint16_t i = *chain_of(t, space, gva); i; i = t->page[i - 1].next) {
        struct code_map *page = &t->page[i - 1];
        if (page->space == space && page->gva == gva)
            return page;
    }
    return NULL;
}

static void page_join(struct translator *t, struct code_map *page, unsigned space)
{
    uint16_t *chain = chain_of(t, space, page->gva);
    page->space = (uint16_t)space;
    page->next = *chain;
    *chain = (uint16_t)(page - t->page + 1);
}

static void page_leave(struct translator *t, struct code_map *page)
{
    uint16_t *at = chain_of(t, page->space, page->gva);
    while (&t->page[*at - 1] != page)
        at = &t->page[*at - 1].next;
    *at = page->next;
    page->space = SPACE_ORPHAN;
}

/* --- links -------------------------------------------------------------------------------------------------------------------- */

static void link_set(struct vm *vm, struct link *link, bool made)
{
    struct translator *t = vm->translator;
    if (!made)
        bytes_put(t->cache + link->slot, 4, ECALL);
    link->made = made;
    hw_wrote(vm->hw, t->cache_hpa + link->slot, 4, false);
    hw_charge(vm->hw, COST_insn_emitted, 1);
}

/* No way leads any longer from one unit of the space to another, but inside of a page. */
static void space_disconnect(struct vm *vm, unsigned space)
{
    struct translator *t = vm->translator;
    window_clear_probes(vm, space);
    for (uint32_t i = 0; i < t->links_used; i++) {
        struct link *link = &t->link[i];
        const struct code_map *from = &t->page[link->page];
        if (link->made && from->space == space && (link->target ^ from->gva) >= PAGE_SIZE)
            link_set(vm, link, false);
    }
}

/* The code of the page is not what was translated. What led to it inside of the page is code of the page itself. */
static void page_drop(struct vm *vm, struct code_map *page)
{
    struct translator *t = vm->translator;
    if (page->space != SPACE_ORPHAN) {
        space_disconnect(vm, page->space);
        page_leave(t, page);
    }
    uint64_t gpa = page->gpa;
    __builtin_memset(page->entry, 0, sizeof page->entry);
    __builtin_memset(page->adaptive, 0, sizeof page->adaptive);
    page->used = false;
    page->lines = 0;
    vm->counters.bt_stale++;
    for (uint32_t i = 0; i < t->pages_used; i++)
        if (t->page[i].used && t->page[i].gpa == gpa)
            return;
    watch_end(vm, gpa, WATCH_CODE);
}

struct code_map *translator_page(struct vm *vm, unsigned space, uint64_t gva)
{
    return page_find(vm->translator, space, gva & PAGE_MASK);
}

void translator_retranslate(struct vm *vm, struct code_map *page)
{
    struct translator *t = vm->translator;
    space_disconnect(vm, page->space);
    for (uint32_t i = 0; i < t->links_used; i++)
        if (t->link[i].made && &t->page[t->link[i].page] == page)
            link_set(vm, &t->link[i], false);
    __builtin_memset(page->entry, 0, sizeof page->entry);
}

void translator_written(struct vm *vm, uint64_t gpa, uint64_t n)
{
    struct translator *t = vm->translator;
    for (uint32_t i = 0; i < t->pages_used; i++) {
        struct code_map *page = &t->page[i];
        if (!page->used || gpa >= page->gpa + PAGE_SIZE || gpa + n <= page->gpa)
            continue;
        uint64_t from = gpa > page->gpa ? gpa - page->gpa : 0, to = gpa + n - page->gpa;
        uint64_t first = from / 64, last = (to < PAGE_SIZE ? to - 1 : PAGE_SIZE - 1) / 64;
        if (page->lines & (~UINT64_C(0) >> (63 - last)) & (~UINT64_C(0) << first))
            page_drop(vm, page);
    }
}

void translator_unmapped(struct vm *vm, unsigned root, uint64_t gva, uint64_t size)
{
    struct translator *t = vm->translator;
    unsigned space = SPACE_PAGED + root;
    bool any = false;
    if (root == 0)
        return;
    adaptive_unmapped(vm, space, gva, size);
    for (uint32_t i = 0; i < t->pages_used; i++) {
        struct code_map *page = &t->page[i];
        if (!page->used || page->space != space || page->gva - gva >= size)
            continue;
        if (!any)
            space_disconnect(vm, space);
        any = true;
        page_leave(t, page);
    }
}

void translator_flush(struct vm *vm)
{
    struct translator *t = vm->translator;
    if (!t->used)
        return;
    vm->counters.bt_evictions += t->units;
    t->units = 0;
    for (uint32_t i = 0; i < t->pages_used; i++)
        if (t->page[i].used)
            watch_end(vm, t->page[i].gpa, WATCH_CODE);
    __builtin_memset(t->page, 0, t->pages_used * sizeof *t->page);
    __builtin_memset(t->chain, 0, sizeof t->chain);
    __builtin_memset(t->record, 0, t->used / 2 * sizeof *t->record);
    __builtin_memset(t->marks, 0, (t->used / PAGE_SIZE + 1) * sizeof *t->marks);
    for (unsigned space = 0; space < SPACES; space++) {
        window_clear_probes(vm, space);
        adaptive_clear(vm, space);
    }
    t->pages_used = t->links_used = t->used = 0;
    t->generation++;
    t->wants_link = t->wants_probe = false;
}

/* --- finding ------------------------------------------------------------------------------------------------------------------ */

/* A page of the same code at the same address, that nobody has. */
static struct code_map *orphan(struct translator *t, enum mode mode, uint64_t gva, uint64_t gpa)
{
    for (uint32_t i = 0; i < t->pages_used; i++) {
        struct code_map *page = &t->page[i];
        if (page->used && page->space == SPACE_ORPHAN && page->gva == gva && page->gpa == gpa && page->mode == mode)
            return page;
    }
    return NULL;
}

static struct code_map *page_new(struct vm *vm, uint64_t gva, uint64_t gpa)
{
    struct translator *t = vm->translator;
    uint32_t i = 0;
    while (i < t->pages_used && t->page[i].used)
        i++;
    if (i == GUEST_PAGES) {
        translator_flush(vm);
        i = 0;
    }
    if (i == t->pages_used)
        t->pages_used++;
    struct code_map *page = &t->page[i];
    page->used = true;
    page->gva = gva;
    page->gpa = gpa;
    page->mode = (uint8_t)vm->vcpu.priv.mode;
    adaptive_clear_page(vm, gpa);
    watch_begin(vm, gpa, WATCH_CODE);
    return page;
}

/* The page that holds pc, its mapping checked, and the guest's A bit set. NULL: the interpreter is to find out why. */
static struct code_map *page_enter(struct vm *vm, unsigned space, uint64_t pc)
{
    struct translator *t = vm->translator;
    uint64_t gva = pc & PAGE_MASK;
    struct code_map *page = page_find(t, space, gva);
    if (page)
        return page;
    struct mmu_result r = interpret_translate(vm, gva, ACCESS_FETCH);
    uint64_t gpa = r.pa & PAGE_MASK;
    if (r.cause != NO_TRAP || !ram_at(&vm->bus.ram, gpa, PAGE_SIZE))
        return NULL;
    if (space >= SPACE_PAGED)
        shadow_follow(vm, gva); /* first: to make room for it may unmap what is there, this page too */
    page = orphan(t, vm->vcpu.priv.mode, gva, gpa);
    if (!page)
        page = page_new(vm, gva, gpa);
    page_join(t, page, space);
    return page;
}

static bool cache_full(const struct translator *t)
{
    return t->used + UNIT_BYTES > t->limit || t->links_used + UNIT_LINKS > LINKS;
}

bool translator_find(struct vm *vm, unsigned space, uint32_t *offset)
{
    struct translator *t = vm->translator;
    uint64_t pc = vm->vcpu.ctx->pc;
    if (cache_full(t))
        translator_flush(vm);
    struct code_map *page = page_enter(vm, space, pc);
    hw_charge(vm->hw, COST_table_lookup, 1);
    if (!page)
        return false;
    uint32_t *entry = &page->entry[pc % PAGE_SIZE / 2];
    if (*entry) {
        vm->counters.bt_hits++;
    } else {
        vm->counters.bt_misses++;
        translate_unit(vm, (uint32_t)(page - t->page), (uint32_t)(pc % PAGE_SIZE));
    }
    *offset = ENTRY_OFFSET(*entry);
    return true;
}

static void make_link(struct vm *vm, unsigned space, struct link *link, uint32_t offset)
{
    struct translator *t = vm->translator;
    const struct code_map *from = &t->page[link->page];
    if (!from->used || from->space != space || vm->translator_options.no_chain)
        return;
    emit_patch(t, link->slot, offset);
    link_set(vm, link, true);
    vm->counters.bt_chains++;
}

static void make_probe(struct vm *vm, unsigned space)
{
    struct translator *t = vm->translator;
    uint64_t pc = vm->vcpu.ctx->pc;
    const struct code_map *page = page_find(t, space, pc & PAGE_MASK);
    uint32_t at = translate_head(vm, (uint32_t)(page - t->page), (uint32_t)(pc % PAGE_SIZE));
    t->window.space[space].probed = true;
    t->window.space[space].probe[pc / 2 % PROBES] = (struct probe){pc, cache_va(at)};
    hw_charge(vm->hw, COST_entry_written, 1);
    vm->counters.bt_probes++;
}

void translator_connect(struct vm *vm, unsigned space, uint32_t offset)
{
    struct translator *t = vm->translator;
    bool still = t->wanted_pc == vm->vcpu.ctx->pc && t->wanted_generation == t->generation && t->wanted_space == space;
    if (still && t->wants_link)
        make_link(vm, space, &t->link[t->wanted_link], offset);
    if (still && t->wants_probe) {
        uint32_t link = t->wanted_link;
        if (link && !vm->translator_options.no_chain && predict_jump(vm, link - 1, vm->vcpu.ctx->pc))
            make_link(vm, space, &t->link[link - 1], offset);
        else
            make_probe(vm, space);
    }
    t->wants_link = t->wants_probe = false;
}
