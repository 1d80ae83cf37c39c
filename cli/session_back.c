/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of a session lies outside of its machine, kept so that a debugger can go back.
 */
#include <stdlib.h>

#include "isa/drive.h"
#include "message.h"
#include "session_guest.h"

struct session_mark {
    struct session_guest guest;
    struct method method;
    XXH64_state_t *hash;
    struct console_mark *console;
    uint64_t drive[BUS_VIRTIO_SLOTS];
};

struct session_mark *session_mark(struct session *s)
{
    struct session_mark *m = need(calloc(1, sizeof *m));
    const struct session_guest *g = &s->guest[0];
    m->guest = *g;
    m->method = s->method;
    m->hash = need(XXH64_createState());
    XXH64_copyState(m->hash, g->hash);
    m->console = console_mark(g->console);
    for (unsigned d = 0; d < g->drive_count; d++)
        m->drive[d] = drive_mark(g->drive[d]);
    return m;
}

void session_rewind(struct session *s, const struct session_mark *m)
{
    struct session_guest *g = &s->guest[0];
    *g = m->guest;
    s->method = m->method;
    XXH64_copyState(g->hash, m->hash);
    console_rewind(g->console, m->console);
    for (unsigned d = 0; d < g->drive_count; d++)
        drive_rewind(g->drive[d], m->drive[d]);
}

void session_forget(struct session_mark *m)
{
    XXH64_freeState(m->hash);
    console_forget(m->console);
    free(m);
}
