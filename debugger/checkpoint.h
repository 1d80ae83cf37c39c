/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checkpoints: all that a machine is, so that a run can go back and be executed again. Pages of RAM are kept once however many
 * checkpoints have them. What the simulator only remembers (decoded code, short cuts to memory) is not kept: it is dropped.
 */
#ifndef DEBUGGER_CHECKPOINT_H
#define DEBUGGER_CHECKPOINT_H

#include "debugger/target.h"

/* Where a run stands: after `step` steps of the guest's T (with several: of all, together), and so many stages of traps since. */
struct moment {
    uint64_t step, stage;
};

static inline bool moment_before(struct moment a, struct moment b)
{
    return a.step != b.step ? a.step < b.step : a.stage < b.stage;
}

/* The same, of each guest: whose turn it is, at which T of its; one more than the T that it was last met at as a moment of its own, 0 if it was not yet.
 * fresh: it is being met at its T now. waits: for an interrupt; told: that T of its is the moment already. */
struct position {
    struct moment moment;
    unsigned running;
    uint64_t own;
    bool fresh, waits, told;
    uint64_t met[VMM_GUESTS_MAX];
};

#define CHECKPOINTS_SPACING (UINT64_C(1) << 21) /* steps between two, at first and behind the last one */
#define CHECKPOINTS_VISITS (UINT64_C(1) << 17)  /* or as many times in the monitor's hands, which is slow */
#define CHECKPOINTS_BYTES (UINT64_C(512) << 20) /* of memory that they may take, together: but for the first, the last and changed ones */
#define CHECKPOINTS_MOST 256

struct checkpoints;

struct checkpoints *checkpoints_new(const struct target *targets, unsigned count);
void checkpoints_free(struct checkpoints *c);

/* Is one wanted here? To be asked whenever there could be one. */
bool checkpoints_wanted(struct checkpoints *c, struct moment now);

/* The machine as it stands between two steps (`between` of machine.h, STAGE_between), or waits (`waits`), becomes one. `changed`: it
 * was changed by the user here, so that what was kept for later is no longer true, nor what was kept here. When there is no room,
 * older ones become sparser, but for those that were changed: they stay, however many. */
void checkpoints_take(struct checkpoints *c, const struct position *now, bool changed);

/* Those later than this moment go: what follows it will be something else. */
void checkpoints_cut(struct checkpoints *c, struct moment now);

/* Was anything changed by the user, at any of them? */
bool checkpoints_changed(const struct checkpoints *c);

/* Where the user last changed something while this guest stood at its T `step`; false: nowhere. */
bool checkpoints_changed_at(const struct checkpoints *c, unsigned guest, uint64_t step, struct moment *at);

/* Back to the last one that is not later than `to`; returns where that is. There is one if ever one was taken. Those that hang on
 * changes made after `to` go. */
struct position checkpoints_return(struct checkpoints *c, struct moment to);

/* The last one from which this guest's `step` is still to come; or the first. */
struct moment checkpoints_towards(const struct checkpoints *c, unsigned guest, uint64_t step);

/* Where the last one before `to` lies; false: there is none before it. */
bool checkpoints_before(const struct checkpoints *c, struct moment to, struct moment *at);

/* From now on they may take so much. */
void checkpoints_limit(struct checkpoints *c, uint64_t bytes);

unsigned checkpoints_count(const struct checkpoints *c);
uint64_t checkpoints_bytes(const struct checkpoints *c);
uint64_t checkpoints_most(const struct checkpoints *c); /* the limit */

#endif
