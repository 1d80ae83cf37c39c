/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checkpoints of a machine. See checkpoint.h.
 */
#include "checkpoint.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/memory.h"
#include "isa/block.h"

/* A page of RAM as it was; marks of its translated code, if it has any. */
struct page {
    unsigned users;
    bool marked;
    uint8_t bytes[PAGE_SIZE];
    uint64_t marks[CODE_MARKS];
};

struct kept {
    uint64_t number;
    struct page *page;
};

struct checkpoint {
    struct position position;
    bool changed;      /* the user has changed something right before it */
    struct kept *kept; /* owned: pages that are not all zero, by number */
    size_t count;
    void *mark;             /* the target's */
    struct machine machine; /* but for hart.fast, which is not kept */
};

struct checkpoints {
    const struct target *target;
    struct checkpoint **all; /* owned: by moment, of each one at most */
    unsigned count, room;
    uint64_t bytes, most;
    uint64_t visits; /* since one was taken or returned to */
    uint64_t frames; /* of RAM */
    uint64_t ram[VMM_GUESTS_MAX],
        ram_end[VMM_GUESTS_MAX]; /* those of guests; others can be written without frame_written[] */
    unsigned guests;             /* 0: natively, all can be only with it */
};

struct checkpoints *checkpoints_new(const struct target *targets, unsigned count)
{
    struct checkpoints *c = memory_zero(sizeof *c);
    const struct machine *m = targets->machine;
    c->target = targets;
    c->most = CHECKPOINTS_BYTES;
    c->frames = m->ram.size / PAGE_SIZE;
    c->guests = targets->vm ? count : 0;
    for (unsigned i = 0; i < c->guests; i++) {
        const struct ram *ram = &targets[i].vm->bus.ram;
        c->ram[i] = (uint64_t)(ram->bytes - m->ram.bytes) / PAGE_SIZE;
        c->ram_end[i] = c->ram[i] + ram->size / PAGE_SIZE;
    }
    return c;
}

/* --- pages --------------------------------------------------------------------------------------------------------------- */

static bool is_zero(const uint8_t *bytes)
{
    static const uint8_t zeros[PAGE_SIZE];
    return memcmp(bytes, zeros, PAGE_SIZE) == 0;
}

static void page_release(struct checkpoints *c, struct page *p)
{
    if (--p->users == 0) {
        c->bytes -= sizeof *p;
        free(p);
    }
}

/* Is the frame as this page has it? */
static bool page_is(const struct code *code, const struct page *p, uint64_t frame, const uint8_t *bytes)
{
    return p->marked == (bool)code->marked[frame] && memcmp(p->bytes, bytes, PAGE_SIZE) == 0 &&
           (!p->marked || memcmp(p->marks, code->marks[frame], sizeof p->marks) == 0);
}

static struct page *page_new(struct checkpoints *c, uint64_t frame, const uint8_t *bytes)
{
    const struct code *code = c->target->machine->hart.code;
    struct page *p = memory_need(malloc(sizeof *p));
    *p = (struct page){.marked = code->marked[frame]};
    memcpy(p->bytes, bytes, PAGE_SIZE);
    if (p->marked)
        memcpy(p->marks, code->marks[frame], sizeof p->marks);
    c->bytes += sizeof *p;
    return p;
}

static bool may_be_written(const struct checkpoints *c, uint64_t frame)
{
    bool hidden = c->guests > 0;
    for (unsigned i = 0; i < c->guests; i++)
        hidden &= frame < c->ram[i] || frame >= c->ram_end[i];
    return hidden || c->target->machine->frame_written[frame];
}

/* All pages, shared with those of the checkpoint `near` that are the same. */
static void keep_pages(struct checkpoints *c, struct checkpoint *to, const struct checkpoint *near)
{
    const struct machine *m = c->target->machine;
    size_t room = 0, at = 0;
    for (uint64_t frame = 0; frame < c->frames; frame++) {
        const uint8_t *bytes = m->ram.bytes + frame * PAGE_SIZE;
        if (!may_be_written(c, frame))
            continue;
        while (near && at < near->count && near->kept[at].number < frame)
            at++;
        struct page *p = near && at < near->count && near->kept[at].number == frame ? near->kept[at].page : NULL;
        if (!p || !page_is(m->hart.code, p, frame, bytes)) {
            if (is_zero(bytes))
                continue;
            p = page_new(c, frame, bytes);
        }
        if (to->count == room)
            to->kept = memory_need(realloc(to->kept, (room = room ? 2 * room : 1024) * sizeof *to->kept));
        to->kept[to->count++] = (struct kept){frame, p};
        p->users++;
    }
}

static void restore_page(struct machine *m, uint64_t frame, const struct page *p)
{
    static const uint8_t zeros[PAGE_SIZE];
    uint8_t *bytes = m->ram.bytes + frame * PAGE_SIZE;
    const uint8_t *from = p ? p->bytes : zeros;
    if (memcmp(bytes, from, PAGE_SIZE) != 0)
        memcpy(bytes, from, PAGE_SIZE);
    if (m->hart.code->marked[frame] || (p && p->marked))
        code_set_marks(m->hart.code, m->ram.base + frame * PAGE_SIZE, p && p->marked ? p->marks : NULL);
}

static void restore_pages(struct checkpoints *c, const struct checkpoint *from)
{
    struct machine *m = c->target->machine;
    size_t at = 0;
    for (uint64_t frame = 0; frame < c->frames; frame++) {
        bool kept = at < from->count && from->kept[at].number == frame;
        if (kept || may_be_written(c, frame))
            restore_page(m, frame, kept ? from->kept[at].page : NULL);
        at += kept;
    }
}

/* --- the machine itself -------------------------------------------------------------------------------------------------- */

#define FAST_BEGIN offsetof(struct machine, hart.fast)
#define FAST_END (FAST_BEGIN + sizeof(struct fast))

static void copy_machine(struct machine *to, const struct machine *from)
{
    memcpy(to, from, FAST_BEGIN);
    memcpy((char *)to + FAST_END, (const char *)from + FAST_END, sizeof *to - FAST_END);
}

/* The simulator remembers nothing of the machine as it was. */
static void forget_caches(struct machine *m)
{
    code_drop(m->hart.code);
    fast_flush_all(&m->hart.fast);
    fast_forget_code(&m->hart.fast);
    memset(m->hart.plain, 0, m->ram.size / PAGE_SIZE);
}

/* --- the list ------------------------------------------------------------------------------------------------------------ */

/* How many lie at or before this moment. */
static unsigned up_to(const struct checkpoints *c, struct moment m)
{
    unsigned n = c->count;
    while (n > 0 && moment_before(m, c->all[n - 1]->position.moment))
        n--;
    return n;
}

static void drop(struct checkpoints *c, unsigned i)
{
    struct checkpoint *p = c->all[i];
    for (size_t k = 0; k < p->count; k++)
        page_release(c, p->kept[k].page);
    c->bytes -= sizeof *p + p->count * sizeof *p->kept;
    c->target->ops->forget(c->target->owner, p->mark);
    free(p->kept);
    free(p);
    memmove(&c->all[i], &c->all[i + 1], (--c->count - i) * sizeof c->all[0]);
}

void checkpoints_free(struct checkpoints *c)
{
    while (c && c->count)
        drop(c, c->count - 1);
    if (c)
        free(c->all);
    free(c);
}

static void insert(struct checkpoints *c, unsigned at, struct checkpoint *p)
{
    if (c->count == c->room)
        c->all = memory_need(
            realloc(c->all, (c->room = c->room ? 2 * c->room : CHECKPOINTS_MOST) * sizeof(struct checkpoint *)));
    memmove(&c->all[at + 1], &c->all[at], (c->count++ - at) * sizeof c->all[0]);
    c->all[at] = p;
}

/* Gives up the one whose neighbours lie closest, measured by how far back it is; never the first, the last, or what the user
 * has changed. */
static bool thin_out(struct checkpoints *c)
{
    unsigned best = 0;
    double least = 0;
    uint64_t last = c->all[c->count - 1]->position.moment.step;
    for (unsigned i = 1; i + 1 < c->count; i++) {
        uint64_t gap = c->all[i + 1]->position.moment.step - c->all[i - 1]->position.moment.step;
        double weight = (double)gap / (double)(last - c->all[i]->position.moment.step + CHECKPOINTS_SPACING);
        if (!c->all[i]->changed && (!best || weight < least)) {
            best = i;
            least = weight;
        }
    }
    if (best)
        drop(c, best);
    return best != 0;
}

static void make_room(struct checkpoints *c)
{
    while ((c->count > CHECKPOINTS_MOST || c->bytes > c->most) && thin_out(c))
        ;
}

bool checkpoints_wanted(struct checkpoints *c, struct moment now)
{
    unsigned before = up_to(c, now);
    uint64_t gap = before ? now.step - c->all[before - 1]->position.moment.step : UINT64_MAX;
    c->visits++;
    return gap >= CHECKPOINTS_SPACING || (c->visits >= CHECKPOINTS_VISITS && gap >= CHECKPOINTS_VISITS);
}

void checkpoints_cut(struct checkpoints *c, struct moment now)
{
    for (unsigned at = up_to(c, now); c->count > at;)
        drop(c, c->count - 1);
}

bool checkpoints_changed(const struct checkpoints *c)
{
    bool changed = false;
    for (unsigned i = 0; i < c->count; i++)
        changed |= c->all[i]->changed;
    return changed;
}

bool checkpoints_changed_at(const struct checkpoints *c, unsigned guest, uint64_t step, struct moment *at)
{
    bool found = false;
    for (unsigned i = 0; i < c->count; i++) {
        const struct position *p = &c->all[i]->position;
        if (!c->all[i]->changed || p->running != guest || p->own != step)
            continue;
        *at = p->moment;
        found = true;
    }
    return found;
}

void checkpoints_take(struct checkpoints *c, const struct position *position, bool changed)
{
    struct moment now = position->moment;
    unsigned at = up_to(c, now);
    if (changed)
        checkpoints_cut(c, now);
    struct checkpoint *p = memory_zero(sizeof *p);
    p->position = *position;
    p->changed = changed;
    copy_machine(&p->machine, c->target->machine);
    keep_pages(c, p, at ? c->all[at - 1] : NULL);
    p->mark = c->target->ops->mark(c->target->owner);
    c->bytes += sizeof *p + p->count * sizeof *p->kept;
    insert(c, at, p);
    if (at && !moment_before(c->all[at - 1]->position.moment, now))
        drop(c, at - 1); /* nobody returns to what it was before this change */
    c->visits = 0;
    make_room(c);
}

void checkpoints_limit(struct checkpoints *c, uint64_t bytes)
{
    c->most = bytes;
    make_room(c);
}

struct position checkpoints_return(struct checkpoints *c, struct moment to)
{
    unsigned n = up_to(c, to);
    for (unsigned i = n ? n : 1; i < c->count; i++)
        if (c->all[i]->changed)
            while (c->count > i)
                drop(c, c->count - 1);
    const struct checkpoint *p = c->all[n ? n - 1 : 0];
    restore_pages(c, p);
    copy_machine(c->target->machine, &p->machine);
    forget_caches(c->target->machine);
    c->visits = 0;
    c->target->ops->rewind(c->target->owner, p->mark);
    return p->position;
}

struct moment checkpoints_towards(const struct checkpoints *c, unsigned guest, uint64_t step)
{
    unsigned n = c->count;
    while (n > 1 && c->all[n - 1]->position.met[guest] > step)
        n--;
    return c->all[n - 1]->position.moment;
}

bool checkpoints_before(const struct checkpoints *c, struct moment to, struct moment *at)
{
    unsigned n = up_to(c, to);
    while (n > 0 && !moment_before(c->all[n - 1]->position.moment, to))
        n--;
    if (n)
        *at = c->all[n - 1]->position.moment;
    return n != 0;
}

unsigned checkpoints_count(const struct checkpoints *c)
{
    return c->count;
}

uint64_t checkpoints_most(const struct checkpoints *c)
{
    return c->most;
}

uint64_t checkpoints_bytes(const struct checkpoints *c)
{
    return c->bytes;
}
