/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The PLIC: sources 1..31 to two contexts, M-mode and S-mode of the hart (RISC-V PLIC specification 1.0.0).
 *
 * Its gateways remember events, as QEMU's do: a device that asserts its line, or that has a new reason for a line that
 * is asserted already, makes its source pending; a claim ends that. Completion does not look at the line again. So a
 * driver that leaves its device's reason uncleared is not interrupted for ever, and no event is lost.
 */
#include "../csr.h"
#include "device.h"

#define PLIC_PRIORITY 0x000000 /* 4 bytes a source */
#define PLIC_PENDING 0x001000  /* a bit a source */
#define PLIC_ENABLE 0x002000   /* 0x80 bytes a context, a bit a source */
#define PLIC_ENABLE_STRIDE 0x80
#define PLIC_CONTEXT 0x200000 /* 0x1000 bytes a context: threshold, claim/complete */
#define PLIC_CONTEXT_STRIDE 0x1000
#define PLIC_CLAIM 4

#define PLIC_CONTEXTS 2
#define PLIC_PRIORITY_MASK 7        /* priorities 1 to 7; 0 is never */
#define PLIC_SOURCES (~UINT32_C(1)) /* there is no source 0 */

static void plic_reset(struct bus *bus)
{
    bus->plic = (struct plic){0};
}

void plic_raise(struct bus *bus, unsigned source)
{
    bus->plic.pending |= UINT32_C(1) << source & PLIC_SOURCES;
}

/* The source that this context would claim: of those pending, enabled, not being served and above the threshold, the
 * one with the highest priority and then the lowest number; 0 if none. */
static unsigned plic_best(const struct plic *plic, unsigned context)
{
    unsigned best = 0;
    uint32_t best_priority = plic->threshold[context];
    uint64_t ready = plic->pending & ~plic->claimed & plic->enable[context];
    for (unsigned source = 1; ready >> source; source++) {
        if ((ready >> source & 1) && plic->priority[source] > best_priority) {
            best = source;
            best_priority = plic->priority[source];
        }
    }
    return best;
}

uint64_t plic_lines(const struct bus *bus)
{
    return (plic_best(&bus->plic, 0) ? MIP_MEIP : 0) | (plic_best(&bus->plic, 1) ? MIP_SEIP : 0);
}

static uint32_t plic_claim(struct plic *plic, unsigned context)
{
    unsigned source = plic_best(plic, context);
    if (source) {
        plic->pending &= ~(UINT32_C(1) << source);
        plic->claimed |= UINT32_C(1) << source;
    }
    return source;
}

static bool plic_load(struct bus *bus, uint64_t offset, unsigned size, uint64_t *value)
{
    struct plic *plic = &bus->plic;
    if (size != 4)
        return false;
    *value = 0;
    if (offset >= PLIC_CONTEXT) {
        uint64_t context = (offset - PLIC_CONTEXT) / PLIC_CONTEXT_STRIDE, reg = offset % PLIC_CONTEXT_STRIDE;
        if (context < PLIC_CONTEXTS && reg == 0)
            *value = plic->threshold[context];
        else if (context < PLIC_CONTEXTS && reg == PLIC_CLAIM)
            *value = plic_claim(plic, (unsigned)context);
    } else if (offset >= PLIC_ENABLE) {
        uint64_t context = (offset - PLIC_ENABLE) / PLIC_ENABLE_STRIDE;
        if (context < PLIC_CONTEXTS && offset % PLIC_ENABLE_STRIDE == 0)
            *value = plic->enable[context];
    } else if (offset == PLIC_PENDING) {
        *value = plic->pending;
    } else if (offset < PLIC_PRIORITY + 4 * BUS_IRQS) {
        *value = plic->priority[offset / 4];
    }
    return true;
}

static bool plic_store(struct bus *bus, uint64_t offset, unsigned size, uint64_t value)
{
    struct plic *plic = &bus->plic;
    if (size != 4)
        return false;
    if (offset >= PLIC_CONTEXT) {
        uint64_t context = (offset - PLIC_CONTEXT) / PLIC_CONTEXT_STRIDE, reg = offset % PLIC_CONTEXT_STRIDE;
        if (context < PLIC_CONTEXTS && reg == 0)
            plic->threshold[context] = value & PLIC_PRIORITY_MASK;
        else if (context < PLIC_CONTEXTS && reg == PLIC_CLAIM && value < BUS_IRQS)
            plic->claimed &= ~(UINT32_C(1) << value);
    } else if (offset >= PLIC_ENABLE) {
        uint64_t context = (offset - PLIC_ENABLE) / PLIC_ENABLE_STRIDE;
        if (context < PLIC_CONTEXTS && offset % PLIC_ENABLE_STRIDE == 0)
            plic->enable[context] = (uint32_t)value & PLIC_SOURCES;
    } else if (offset > PLIC_PRIORITY && offset < PLIC_PRIORITY + 4 * BUS_IRQS) {
        plic->priority[offset / 4] = value & PLIC_PRIORITY_MASK;
    }
    return true;
}

const struct device_ops plic_ops = {
    .base = BUS_PLIC,
    .size = BUS_PLIC_SIZE,
    .cost = COST_device_plic,
    .reset = plic_reset,
    .load = plic_load,
    .store = plic_store,
};
