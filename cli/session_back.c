/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of a session lies outside of its machine, kept so that a debugger can go back.
 */
#include <stdlib.h>

#include "isa/drive.h"
#include "message.h"
#include "session_guest.h"

struct guest_mark {
    struct session_guest guest;
    XXH64_state_t *hash;
    struct console_mark *console;
    uint64_t drive[BUS_VIRTIO_SLOTS];
};

struct session_mark {
    uint64_t steps, under_way;
    unsigned count;
    struct guest_mark guest[];
};

static void mark_guest(struct guest_mark *m, const struct session_guest *g)
{
    m->guest = *g;
    m->hash = need(XXH64_createState());
    XXH64_copyState(m->hash, g->hash);
    m->console = console_mark(g->console);
    for (unsigned d = 0; d < g->drive_count; d++)
        m->drive[d] = drive_mark(g->drive[d]);
}

struct session_mark *session_mark(struct session *s)
{
    struct session_mark *m = need(calloc(1, sizeof *m + s->guest_count * sizeof m->guest[0]));
    m->steps = s->steps;
    m->under_way = s->under_way;
    m->count = s->guest_count;
    for (unsigned i = 0; i < m->count; i++)
        mark_guest(&m->guest[i], &s->guest[i]);
    return m;
}

void session_rewind(struct session *s, const struct session_mark *m)
{
    s->steps = m->steps;
    s->under_way = m->under_way;
    for (unsigned i = 0; i < m->count; i++) {
        struct session_guest *g = &s->guest[i];
        *g = m->guest[i].guest;
        XXH64_copyState(g->hash, m->guest[i].hash);
        console_rewind(g->console, m->guest[i].console);
        for (unsigned d = 0; d < g->drive_count; d++)
            drive_rewind(g->drive[d], m->guest[i].drive[d]);
    }
}

void session_forget(struct session_mark *m)
{
    for (unsigned i = 0; i < m->count; i++) {
        XXH64_freeState(m->guest[i].hash);
        console_forget(m->guest[i].console);
    }
    free(m);
}
