/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is debugged: one guest on its machine, natively or below a monitor, as somebody else (cli/debug.c) has set it up. The
 * owner makes it, runs it on request, and keeps what lies outside of the machine: console, drives, the hash over traps.
 */
#ifndef DEBUGGER_TARGET_H
#define DEBUGGER_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/image.h"
#include "isa/machine.h"
#include "vmm/vmm.h"

struct target_ops {
    /* Runs on, up to `goal` steps of the guest's T or to somewhere before it: where its owner pauses in any run, debugged or
     * not. Returns false if the guest has ended. Can be left for good in a call-back (machine.h, vm.h), never to be
     * returned to, as long as rewind() comes next. */
    bool (*advance)(void *owner, uint64_t goal);

    /* The guest was left between two steps, from inside of advance(), and is to go on from there by another one. */
    void (*paused)(void *owner);

    /* From now on by this technique. The guest stands between two steps, in the monitor's hands. */
    void (*set_technique)(void *owner, const struct technique *technique);

    /* How the guest has ended (END_NONE: it has not), and the program's exit status for that. */
    struct run_end (*end)(void *owner, unsigned *status);

    /* What is outside of the machine goes into a new mark; back to how it was at that mark; the mark is forgotten. Only marks
     * made before the present can be gone back to. */
    void *(*mark)(void *owner);
    void (*rewind)(void *owner, const void *mark);
    void (*forget)(void *owner, void *mark);

    /* All that the guest has written to its console so far. Moved when the guest runs. */
    const uint8_t *(*console)(void *owner, size_t *size);

    /* Its input. Typing: this is there from the next time on that it asks after `now`, and again when the run is taken back and
     * executed again; but what was typed for later moments is forgotten. If not `typed`, the input is what it was told to be at
     * the start, or has ended; begin_typing() is for moment 0 only. `unread`: bytes that it was not given yet. */
    bool (*typed)(void *owner);
    void (*begin_typing)(void *owner);
    void (*type)(void *owner, uint64_t now, const uint8_t *bytes, size_t n);
    size_t (*unread)(void *owner);

    /* Who is to be told, in the middle of the run, that the guest has asked for input and there is none now. */
    void (*on_asked)(void *owner, void (*none)(void *context, unsigned guest, uint64_t now), void *context);

    /* xxh64 over the state of the guest, as reports have it, with these for its registers, CSRs and time. */
    uint64_t (*hash)(void *owner, struct context *ctx, struct priv *priv, const struct clock *clock);
};

struct target {
    const struct target_ops *ops;
    void *owner;

    struct machine *machine;
    struct vmm *vmm; /* NULL natively, like vm and hw */
    struct vm *vm;
    struct hw *hw;
    const struct image *image[2]; /* the second may be NULL */
    insn_profile profile;
    uint64_t goal; /* --max-insns */
};

#endif
