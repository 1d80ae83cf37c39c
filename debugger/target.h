/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is debugged: a guest on its machine, natively or below a monitor, as somebody else (cli/debug.c) has set it up; of several
 * on one machine each is a target. The owner makes them, runs them on request, and keeps what lies outside of the machine:
 * consoles, drives, hashes over traps.
 */
#ifndef DEBUGGER_TARGET_H
#define DEBUGGER_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/image.h"
#include "isa/machine.h"
#include "vmm/vmm.h"

struct target_ops {
    /* --- of all guests of the machine: whichever is asked --- */

    /* Runs on, up to `goal` steps of each guest's T or to somewhere before it: where the owner pauses in any run, debugged or
     * not. Returns false if there is nothing to go on with. Can be left for good in a call-back (machine.h, vm.h), never to be
     * returned to, as long as rewind() comes next, to a mark made where a guest stood between two steps. */
    bool (*advance)(void *owner, uint64_t goal);

    /* What is outside of the machine goes into a new mark; back to how it was at that mark; the mark is forgotten. Only marks
     * made before the present can be gone back to. */
    void *(*mark)(void *owner);
    void (*rewind)(void *owner, const void *mark);
    void (*forget)(void *owner, void *mark);

    /* Who is to be told, in the middle of whatever it does, that a guest has asked for input and there is none now. */
    void (*on_asked)(void *owner, void (*none)(void *context, unsigned guest, uint64_t now), void *context);

    /* --- of one guest --- */

    /* From now on by this technique. The guest stands between two steps, in the monitor's hands. */
    void (*set_technique)(void *owner, const struct technique *technique);

    /* The one by which the guest goes on from `step`, where it stands now: not the one that brought it there. */
    const struct technique *(*technique)(void *owner, uint64_t step);

    /* How the guest has ended (END_NONE: it has not), and the program's exit status for that. */
    struct run_end (*end)(void *owner, unsigned *status);

    /* All that the guest has written to its console so far. Moved when the guest runs. */
    const uint8_t *(*console)(void *owner, size_t *size);

    /* Its input. Typing: this is there from the next time on that it asks after `now`, and again when the run is taken back and
     * executed again; but what was typed for later moments is forgotten. If not `typed`, the input is what it was told to be at
     * the start, or has ended; begin_typing() is for moment 0 only. `unread`: bytes that it was not given yet. */
    bool (*typed)(void *owner);
    void (*begin_typing)(void *owner);
    void (*type)(void *owner, uint64_t now, const uint8_t *bytes, size_t n);
    size_t (*unread)(void *owner);

    /* xxh64 over the state of the guest, as reports have it, with these for its registers, CSRs and time. */
    uint64_t (*hash)(void *owner, struct context *ctx, struct priv *priv, const struct clock *clock);
};

struct target {
    const struct target_ops *ops;
    void *owner;
    unsigned number; /* among its machine's guests: 0, 1, ... */
    const char *name; /* of its image's file */

    struct machine *machine;
    struct vmm *vmm; /* NULL natively, like vm and hw */
    struct vm *vm;
    struct hw *hw;
    const struct image *image[2]; /* the second may be NULL */
    insn_profile profile;
    uint64_t goal; /* --max-insns */
};

#endif
