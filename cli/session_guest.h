/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between session.c, which makes and runs sessions, and session_view.c, which looks at them.
 */
#ifndef CLI_SESSION_GUEST_H
#define CLI_SESSION_GUEST_H

#include <xxhash.h>

#include "isa/script.h"
#include "session.h"

#define EARLIER_TRAPS 5 /* shown of those before a guest hung */

struct session_guest {
    struct session *session;
    const struct guest_options *options;
    struct guest loaded;
    struct console *console;            /* owned, like the drives */
    struct drive *drive[BUS_VIRTIO_SLOTS];
    unsigned drive_count;
    struct bus_host host;
    struct vm *vm;                      /* NULL natively */
    const struct clock *clock;
    char prefix[8];
    XXH64_state_t *traps;               /* owned: the hash of the traps before those in `notes` */
    struct trap_note notes[128];        /* hashed many at a time */
    uint64_t note_count;
    uint64_t last_note_step, row;       /* traps noted right before the last one, with no instruction completed in between */
    struct trap_note first_note;        /* of that row, if it is no longer in `notes` */
    struct trap_note earlier[EARLIER_TRAPS]; /* the last ones before `notes`, or before that row if it fills `notes` */
    unsigned earlier_count;
    bool quit;                          /* Ctrl-A x, a signal, or the script's end */
    struct script *script;              /* owned; NULL: the console has its input from elsewhere */
    struct script_player player;
    struct script_mark mark[SCRIPT_MARKS];
    unsigned mark_count;
};

#endif
