/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where code and data of the machine under test lie: four virtual pages, in two layouts.
 */
#include <string.h>

#include "subject_parts.h"

const char *const subject_page_names[SUBJECT_PAGES] = {"code", "data", "data+4096", "other"};

/* Frames of RAM. Bare code and data lie where LAYOUT_NEAR has them. */
struct plan {
    uint8_t root, middle, leaf, page[PAGE_count];
};
static const struct plan plans[LAYOUT_count] = {
    [LAYOUT_BARE] = {1, 2, 3, {4, 5, 6, 7}},
    [LAYOUT_NEAR] = {1, 2, 3, {4, 5, 6, 7}},
    [LAYOUT_FAR] = {33, 40, 35, {37, 50, 43, 39}},
};

static const uint16_t virtual_page[PAGE_count] = {0x10, 0x11, 0x12, 0x14}; /* entries of the leaf table */
#define VIRTUAL_BASE (UINT64_C(1) << 30)
#define UNMAPPED (VIRTUAL_BASE + 0x18 * PAGE_SIZE)

uint64_t layout_unmapped(void)
{
    return UNMAPPED;
}

uint64_t layout_frame_pa(unsigned frame)
{
    return RAM_BASE + frame * PAGE_SIZE;
}

uint64_t subject_page_pa(enum layout layout, unsigned page)
{
    return layout_frame_pa(plans[layout].page[page]);
}

uint64_t subject_page_va(enum layout layout, unsigned page)
{
    return layout == LAYOUT_BARE ? subject_page_pa(layout, page) : VIRTUAL_BASE + virtual_page[page] * PAGE_SIZE;
}

uint64_t layout_satp(enum layout layout)
{
    if (layout == LAYOUT_BARE)
        return 0;
    return SATP_MODE_SV39 << 60 | (uint64_t)SPACE_ASID << 44 | layout_frame_pa(plans[layout].root) >> 12;
}

uint64_t layout_place(enum layout layout, uint64_t pa)
{
    for (unsigned i = 0; i < PAGE_count; i++)
        if (pa - subject_page_pa(layout, i) < PAGE_SIZE)
            return i * PAGE_SIZE + pa % PAGE_SIZE;
    return UINT64_MAX;
}

static uint8_t *frame(const struct subject *s, unsigned n)
{
    return s->machine->ram.bytes + n * PAGE_SIZE;
}

static void put_pte(uint8_t *at, uint64_t pa, uint64_t flags)
{
    bytes_put(at, 8, pa >> 12 << 10 | flags);
}

void layout_put_leaves(struct subject *s, uint64_t user, unsigned kind)
{
    static const uint64_t kinds[] = {PTE_V | PTE_R | PTE_W | PTE_A | PTE_D,
                                     PTE_V | PTE_R | PTE_W,
                                     PTE_V | PTE_R | PTE_W | PTE_A,
                                     PTE_V | PTE_R | PTE_A | PTE_D,
                                     0,
                                     PTE_V | PTE_X | PTE_A | PTE_D,
                                     PTE_V | PTE_R | PTE_W | PTE_A | PTE_D};
    for (enum layout l = LAYOUT_NEAR; l <= LAYOUT_FAR; l++) {
        uint8_t *leaf = frame(s, plans[l].leaf), *pristine = s->pristine + plans[l].leaf * PAGE_SIZE;
        for (unsigned p = 0; p < PAGE_count; p++) {
            uint64_t flags = kinds[0] | user | (p == PAGE_CODE ? PTE_X : 0);
            if (p == PAGE_DATA)
                flags = kinds[kind] | (kind == 6 ? user ^ PTE_U : user);
            put_pte(leaf + virtual_page[p] * 8, subject_page_pa(l, p), flags);
            put_pte(pristine + virtual_page[p] * 8, subject_page_pa(l, p), flags);
        }
    }
    s->pte_user = user;
    s->page_kind = kind;
}

void layout_put_tables(struct subject *s)
{
    for (enum layout l = LAYOUT_NEAR; l <= LAYOUT_FAR; l++) {
        const struct plan *p = &plans[l];
        put_pte(frame(s, p->root) + (VIRTUAL_BASE >> 30) * 8, layout_frame_pa(p->middle), PTE_V);
        put_pte(frame(s, p->middle), layout_frame_pa(p->leaf), PTE_V);
        s->frame_part[p->root] = s->frame_part[p->middle] = s->frame_part[p->leaf] = FIELD_tables;
        s->trace.pte[l - LAYOUT_NEAR] = (uintptr_t)(frame(s, p->leaf) + virtual_page[PAGE_DATA] * 8);
        for (unsigned page = PAGE_DATA; page < PAGE_count; page++)
            for (unsigned i = 0; i < PAGE_SIZE; i++)
                frame(s, p->page[page])[i] = (uint8_t)(i * 7 + page * 31 + (i >> 8) + 1);
    }
}
