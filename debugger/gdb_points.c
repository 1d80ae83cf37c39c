/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where gdb wants the guest to stop: at breakpoints, and where the instruction at pc is about to touch what is watched.
 */
#include "debugger/gdb_internal.h"
#include "isa/insn.h"

bool gdb_point_add(struct gdb_points *p, struct gdb_point point)
{
    gdb_point_remove(p, point); /* they can come twice */
    if (p->count == GDB_POINTS_MOST)
        return false;
    p->all[p->count++] = point;
    p->watches += point.kind >= GDB_WATCH_WRITE;
    return true;
}

void gdb_point_remove(struct gdb_points *p, struct gdb_point point)
{
    for (unsigned i = 0; i < p->count; i++) {
        const struct gdb_point *at = &p->all[i];
        if (at->kind == point.kind && at->address == point.address && at->size == point.size) {
            p->watches -= point.kind >= GDB_WATCH_WRITE;
            p->all[i] = p->all[--p->count];
            return;
        }
    }
}

/* What an instruction loads from or stores to. */
struct touch {
    uint64_t address, size;
    bool loads, stores;
};

static bool touched(const struct scene *s, struct touch *t)
{
    uint8_t bytes[4] = {0};
    size_t n;
    struct insn i;
    debugger_read(s, s->guest.ctx.pc, false, bytes, sizeof bytes, &n);
    if (n < 2 || !insn_decode_in(s->target->profile, (uint32_t)bytes_get(bytes, 4), &i) || i.length > n)
        return false;
    insn_expand(&i);
    const struct insn_row *row = &insn_rows[i.id];
    bool atomic = insn_formats[row->format].immediate == IMMEDIATE_aqrl;
    if (row->flow != FLOW_LOAD && row->flow != FLOW_STORE && !atomic)
        return false;
    t->address = s->guest.ctx.x[i.rs1] + (atomic ? 0 : (uint64_t)i.imm);
    t->size = UINT64_C(1) << (row->match >> 12 & 3);
    t->loads = row->flow == FLOW_LOAD || (atomic && i.id != INSN_sc_w && i.id != INSN_sc_d);
    t->stores = row->flow == FLOW_STORE || (atomic && i.id != INSN_lr_w && i.id != INSN_lr_d);
    return true;
}

void gdb_watch_begin(struct gdb_watcher *w, const struct debugger *d, const struct gdb_points *points)
{
    *w = (struct gdb_watcher){.points = points, .execution = d->execution};
}

static bool counts(const struct gdb_point *p, const struct touch *t)
{
    bool kind = (p->kind == GDB_WATCH_WRITE && t->stores) || (p->kind == GDB_WATCH_READ && t->loads) ||
                (p->kind == GDB_WATCH_ACCESS && (t->loads || t->stores));
    return kind && t->address - p->address + t->size - 1 < p->size + t->size - 1; /* modulo 2^64 */
}

static bool touches(struct gdb_watcher *w)
{
    struct touch t;
    if (!w->points->watches || !touched(&w->scene, &t))
        return false;
    for (unsigned i = 0; i < w->points->count; i++) {
        const struct gdb_point *p = &w->points->all[i];
        if (counts(p, &t)) {
            w->address = t.address - p->address < p->size ? t.address : p->address;
            w->met = p;
            return true;
        }
    }
    return false;
}

bool gdb_watch_touches(struct gdb_watcher *w)
{
    w->scene = (struct scene){w->execution, w->execution->target, execution_guest(w->execution)};
    w->met = NULL;
    return touches(w);
}

bool gdb_watch_ask(void *watcher)
{
    struct gdb_watcher *w = watcher;
    const struct gdb_points *points = w->points;
    w->scene = (struct scene){w->execution, w->execution->target, execution_guest(w->execution)};
    w->met = NULL;
    for (unsigned i = 0; i < points->count && !w->met; i++)
        if (points->all[i].kind <= GDB_BREAK_HARD && points->all[i].address == w->scene.guest.ctx.pc)
            w->met = &points->all[i];
    return w->met || touches(w);
}
