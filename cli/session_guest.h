/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between session.c, which makes and runs sessions, and session_view.c, which looks at them.
 */
#ifndef CLI_SESSION_GUEST_H
#define CLI_SESSION_GUEST_H

#include <string.h>
#include <xxhash.h>

#include "isa/script.h"
#include "session.h"

#define EARLIER_TRAPS 5 /* shown of those before a guest hung */

/* The last of some traps. */
struct trap_tail {
    struct trap_note note[EARLIER_TRAPS];
    unsigned count;
};

/* These, too. */
static inline void trap_tail_add(struct trap_tail *tail, const struct trap_note *notes, unsigned n)
{
    unsigned some = n < EARLIER_TRAPS ? n : EARLIER_TRAPS, kept = EARLIER_TRAPS - some;
    kept = tail->count < kept ? tail->count : kept;
    memmove(tail->note, tail->note + (tail->count - kept), kept * sizeof notes[0]);
    memcpy(tail->note + kept, notes + (n - some), some * sizeof notes[0]);
    tail->count = kept + some;
}

struct session_guest {
    struct session *session;
    const struct guest_options *options;
    struct guest loaded;
    struct console *console;            /* owned, like the drives */
    struct drive *drive[BUS_VIRTIO_SLOTS];
    unsigned drive_count;
    struct bus_host host;
    struct vm *vm;                      /* NULL natively */
    const struct technique *technique;  /* what it is run by, before --switch changes it ... */
    uint64_t switched_from;             /* ... at this T or later: 0, or after somebody has set it by hand */
    const struct clock *clock;
    char prefix[8];
    struct trap_log traps;              /* those that are not hashed yet */
    XXH64_state_t *hash;                /* owned: of those before */
    struct trap_tail row;               /* of them: the last ones, with no instruction completed in between; .. */
    struct trap_note row_begin;         /* .. the first of these, however long ago; .. */
    struct trap_tail earlier;           /* .. and the last ones before it */
    bool quit;                          /* Ctrl-A x, a signal, or the script's end */
    struct script *script;              /* owned; NULL: the console has its input from elsewhere */
    struct script_player player;
    struct script_mark mark[SCRIPT_MARKS];
    unsigned mark_count;
};

#endif
