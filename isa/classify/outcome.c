/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an execution has changed, and in what two of them differ.
 */
#include <string.h>

#include "subject_parts.h"

/* Fields of K that differ? satp and the clock's offsets are not K's. */
static bool control_differs(const struct csr_file *a, const struct csr_file *b)
{
    if (memcmp(a, b, sizeof *a) == 0)
        return false;
    struct csr_file c = *b;
    c.satp = a->satp;
    c.cycle_offset = a->cycle_offset;
    c.instret_offset = a->instret_offset;
    return memcmp(a, &c, sizeof c) != 0;
}

static bool offsets_differ(const struct csr_file *a, const struct csr_file *b)
{
    return a->cycle_offset != b->cycle_offset || a->instret_offset != b->instret_offset;
}

unsigned outcome_effects(const struct start *start, const struct outcome *out)
{
    unsigned parts = 0;
    if (out->mode != start->mode)
        parts |= 1u << PART_MODE;
    if (out->csr.satp != start->csr.satp || (start->layout != LAYOUT_BARE && out->stale == 0))
        parts |= 1u << PART_RELOCATION;
    if (out->waits || control_differs(&start->csr, &out->csr))
        parts |= 1u << PART_CONTROL;
    if (offsets_differ(&start->csr, &out->csr) || out->time_offset != start->clock.time_offset)
        parts |= 1u << PART_CLOCK;
    return parts;
}

static uint64_t reservation_place(enum layout layout, uint64_t reservation)
{
    return reservation == RESERVATION_NONE ? reservation
                                           : layout_place(layout, reservation & ~UINT64_C(1)) << 1 | (reservation & 1);
}

unsigned outcome_difference(const struct start *a, const struct outcome *x, const struct start *b, const struct outcome *y)
{
    unsigned parts = 0;
    if (memcmp(x->ctx.x + 1, y->ctx.x + 1, 31 * sizeof x->ctx.x[0]) != 0 ||
        reservation_place(a->layout, x->ctx.reservation) != reservation_place(b->layout, y->ctx.reservation))
        parts |= 1u << PART_REGISTERS;
    if (x->ctx.pc != y->ctx.pc)
        parts |= 1u << PART_PC;
    if (x->change_count != y->change_count || memcmp(x->change, y->change, x->change_count * sizeof x->change[0]) != 0)
        parts |= 1u << PART_MEMORY;
    if (x->mode != y->mode)
        parts |= 1u << PART_MODE;
    if (x->csr.satp != y->csr.satp || (x->stale == 0) != (y->stale == 0))
        parts |= 1u << PART_RELOCATION;
    if (x->waits != y->waits || control_differs(&x->csr, &y->csr))
        parts |= 1u << PART_CONTROL;
    if (offsets_differ(&x->csr, &y->csr) || x->time_offset != y->time_offset)
        parts |= 1u << PART_CLOCK;
    return parts;
}
