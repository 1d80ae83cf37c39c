/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guest's page tables, followed. See trace.h.
 */
#include "vmm/memory/trace.h"

#include <stddef.h>

#include "vmm/memory/root.h"

uint64_t trace_bytes(uint64_t ram_size)
{
    return (ram_size / PAGE_SIZE + FRAME_SIZE - 1) & ~(FRAME_SIZE - 1);
}

/* The arrays are as new memory is: zero. */
void trace_open(struct vm *vm)
{
    struct trace *t = &vm->trace;
    t->writes = share_take(vm, vm->bus.ram.size / PAGE_SIZE, NULL);
    t->bucket = share_take(vm, TRACE_BUCKETS * sizeof *t->bucket, NULL);
    t->use = share_take(vm, TRACE_USES * sizeof *t->use, NULL);
    t->limit = TRACE_USES;
}

/* --- uses ------------------------------------------------------------------------------------------------------------------- */

static uint32_t frame_of(uint64_t gpa)
{
    return (uint32_t)((gpa - RAM_BASE) / PAGE_SIZE) + 1;
}

static uint64_t gpa_of(uint32_t frame)
{
    return RAM_BASE + (frame - 1) * PAGE_SIZE;
}

static uint32_t *bucket_of(struct trace *t, uint32_t frame)
{
    return &t->bucket[frame % TRACE_BUCKETS];
}

static uint32_t vpn_of(uint64_t gva)
{
    return (uint32_t)(gva >> 12 & 0x7ffffff);
}

/* The address that entry i of a table in this use translates. */
static uint64_t gva_of(const struct trace_use *u, uint64_t i)
{
    uint64_t vpn = u->vpn + (i << (9 * u->level));
    return (uint64_t)((int64_t)(vpn << 37) >> 25);
}

static bool same_use(const struct trace_use *a, const struct trace_use *b)
{
    return a->frame == b->frame && a->vpn == b->vpn && a->root == b->root && a->level == b->level;
}

/* A node for a new use; NULL if there is none. */
static struct trace_use *take_node(struct trace *t)
{
    if (t->free) {
        struct trace_use *u = &t->use[t->free - 1];
        t->free = u->next;
        return u;
    }
    return t->uses < t->limit ? &t->use[t->uses++] : NULL;
}

static bool note_use(struct vm *vm, struct trace_use new)
{
    struct trace *t = &vm->trace;
    uint32_t *bucket = bucket_of(t, new.frame);
    t->writes[new.frame - 1] = 0;
    hw_charge(vm->hw, COST_table_lookup, 1);
    for (uint32_t i = *bucket; i; i = t->use[i - 1].next)
        if (same_use(&t->use[i - 1], &new))
            return true;
    struct trace_use *u = take_node(t);
    if (!u)
        return false;
    new.next = *bucket;
    *u = new;
    *bucket = (uint32_t)(u - t->use) + 1;
    watch_begin(vm, gpa_of(new.frame), WATCH_TABLE);
    return true;
}

bool trace_path(struct vm *vm, unsigned root, uint64_t gva)
{
    uint64_t table = SATP_PPN(vm->shadow.roots[root].satp) << 12;
    for (unsigned level = 2;; level--) {
        const uint8_t *bytes = ram_at(&vm->bus.ram, table, PAGE_SIZE);
        if (!bytes)
            return true;
        uint32_t vpn = vpn_of(gva) >> (9 * (level + 1)) << (9 * (level + 1));
        if (!note_use(vm, (struct trace_use){
                              .frame = frame_of(table), .vpn = vpn, .root = (uint8_t)root, .level = (uint8_t)level}))
            return false;
        uint64_t entry = bytes_get(bytes + 8 * (gva >> (12 + 9 * level) & (SHADOW_ENTRIES - 1)), 8);
        if (level == 0 || !(entry & PTE_V) || (entry & (PTE_R | PTE_X)))
            return true;
        table = PTE_PPN(entry) << 12;
    }
}

/* --- forgetting ------------------------------------------------------------------------------------------------------------- */

void trace_mark(struct vm *vm, unsigned root, uint64_t gva, unsigned level)
{
    struct trace *t = &vm->trace;
    for (uint32_t i = 0; i < t->uses; i++) {
        struct trace_use *u = &t->use[i];
        bool below = u->frame && u->root == root && u->level < level && (u->vpn ^ vpn_of(gva)) >> (9 * level) == 0;
        if (below && !u->dead) {
            u->dead = true;
            t->dead++;
        }
    }
}

/* Takes the node out of its bucket. A frame that has no other use is not traced any more. */
static void remove_use(struct vm *vm, struct trace_use *u)
{
    struct trace *t = &vm->trace;
    uint32_t number = (uint32_t)(u - t->use) + 1, frame = u->frame;
    bool used = false;
    for (uint32_t *link = bucket_of(t, frame); *link;) {
        struct trace_use *at = &t->use[*link - 1];
        if (*link == number) {
            *link = at->next;
            continue;
        }
        used = used || at->frame == frame;
        link = &at->next;
    }
    *u = (struct trace_use){.next = t->free};
    t->free = number;
    if (!used)
        watch_end(vm, gpa_of(frame), WATCH_TABLE);
}

void trace_sweep(struct vm *vm)
{
    struct trace *t = &vm->trace;
    for (uint32_t i = 0; t->dead && i < t->uses; i++)
        if (t->use[i].dead) {
            remove_use(vm, &t->use[i]);
            t->dead--;
        }
}

/* --- writes ----------------------------------------------------------------------------------------------------------------- */

/* What the shadows have for entry i goes, in every root and place where the frame is a table; or for all entries. */
static void take_away(struct vm *vm, uint32_t frame, uint64_t i, bool all)
{
    struct trace *t = &vm->trace;
    for (uint32_t n = *bucket_of(t, frame); n; n = t->use[n - 1].next) {
        const struct trace_use *u = &t->use[n - 1];
        if (u->frame == frame && !u->dead)
            root_invalidate(vm, u->root, gva_of(u, all ? 0 : i), u->level + (all ? 1u : 0u));
    }
}

void trace_written(struct vm *vm, uint64_t gpa, uint64_t n, bool trapped)
{
    uint32_t frame = frame_of(gpa);
    uint8_t *writes = &vm->trace.writes[frame - 1];
    uint64_t first = gpa % PAGE_SIZE / 8, last = (gpa + n - 1) % PAGE_SIZE / 8;
    vm->counters.shadow_traces++;
    *writes = (uint8_t)(*writes + trapped);
    hw_charge(vm->hw, COST_table_lookup, 1);
    if (*writes >= TRACE_WRITES || last - first >= TRACE_WRITES) {
        vm->counters.shadow_untraced++;
        take_away(vm, frame, 0, true);
    } else {
        for (uint64_t i = first; i <= last; i++)
            take_away(vm, frame, i, false);
    }
    trace_sweep(vm);
}
