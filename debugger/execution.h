/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running what is debugged, forwards and backwards, to any moment of its run, without any effect on it: the run that is stopped
 * here is the very run that `trapeze run` makes, with the same exits, costs and hashes.
 *
 * It runs as a coroutine, which stops in call-backs of the machine (isa/machine.h, machine_probe) and of the monitor (vmm/vm.h,
 * vm_probe). Going back is returning to a checkpoint and executing again.
 */
#ifndef DEBUGGER_EXECUTION_H
#define DEBUGGER_EXECUTION_H

#include <signal.h>

#include "debugger/checkpoint.h"
#include "debugger/target.h"
#include "isa/mmu.h"
#include "isa/trap.h"

/* Where it stands, and what the state of the machine is there. */
enum place {
    PLACE_BETWEEN, /* between two steps, in the monitor's hands (natively: before what is due then) */
    PLACE_HART,    /* between two instructions, on the hardware */
    PLACE_STAGE,   /* in a trap: at one of its stages */
    PLACE_IDLE,    /* likewise, but it waits: its wfi is a step already, and nothing that it waits for has come */
    PLACE_END,     /* the guest has ended, or its budget */
};

/* What a stage is about: which one is valid follows from the stage (vmm/stage.def). A trap that the guest takes itself, natively
 * or with hardware assistance, has STAGE_reflect only. */
union stage_detail {
    struct hw_exit exit;
    struct mmu_result walk;
    struct insn insn;
    struct stage_trap trap;
};

/* The guest as it stands: what it believes of itself. A copy. */
struct guest_state {
    struct context ctx;
    struct priv priv;
    struct clock clock;
};

/* When to stop. */
struct wish {
    struct moment goal;             /* there; step UINT64_MAX: nowhere */
    const struct target *guest;     /* not NULL: goal.step is this guest's own T */
    bool each_step, each_stage;     /* ask `stop` there ... */
    bool (*stop)(void *context);    /* ... whether to */
    void *context;
    bool leave;                     /* at the next PLACE_BETWEEN, and get there now, whatever it costs */
};

/* RAN_WAITING: all guests that have not ended have waited for input for long, with next to nothing else done; there was none. */
enum ran { RAN_TO_GOAL, RAN_INTO_STOP, RAN_TO_END, RAN_INTERRUPTED, RAN_WAITING };

#define WAIT_LONG UINT64_C(1000000000) /* V: a second of the guest's clock */
#define WAIT_SHARE 16                  /* it may have been busy for one in so many of its steps */

/* The last exits that have been dealt with. */
#define TIMELINE 4096
struct timeline_entry {
    struct moment moment;
    unsigned reason, guest;
    uint64_t step; /* its T */
    uint64_t pc, left, cycles; /* its pc; all cycles as it stopped; how many until it went on, 0 if it has not */
};
struct timeline {
    uint64_t first, count; /* entry number i is entry[i % TIMELINE] */
    struct timeline_entry entry[TIMELINE];
};

/* The stages of the trap that is being lived through, since the guest last stood between two steps. */
#define LIFE_MOST 24
struct life {
    unsigned count;
    enum vm_stage stage[LIFE_MOST]; /* the last one is the present */
};

struct execution;

/* A guest's waiting for input. */
struct waiting {
    bool asked;         /* just now, in vain */
    bool known;         /* it had asked in vain at `since`, and has done little since */
    struct clock since;
    size_t console;     /* what it had written to its console by then */
    bool long_enough;
};

/* Which guest a call-back is about. */
struct guest_probe {
    struct execution *execution;
    const struct target *target;
};

struct execution {
    const struct target *targets; /* the guests */
    unsigned count;
    const struct target *target;  /* the one that runs, or ran last */
    struct guest_probe probe[VMM_GUESTS_MAX];
    uint64_t met[VMM_GUESTS_MAX]; /* as struct position has it, and the next */
    bool fresh;
    bool met_now; /* it is being met */
    struct coroutine *coroutine;
    struct checkpoints *checkpoints;
    const volatile sig_atomic_t *interrupted; /* borrowed; NULL: never */
    struct moment now;
    enum place place;
    enum vm_stage stage; /* PLACE_STAGE: the last one that is over */
    union stage_detail detail;
    struct hw_exit exit;    /* the last one */
    struct timeline timeline;
    struct life life;
    bool dealing;             /* an exit of the hardware is being dealt with */
    bool inside;              /* the hardware runs the guest */
    struct clock entered;     /* the machine's, when the hardware was last entered */
    uint64_t known_pc;        /* the guest's, at the last exit */
    struct guest_state known; /* the guest, as it last was between two steps in the monitor's hands */
    struct wish wish;
    enum ran ran;
    void (*pulse)(void *context, uint64_t step); /* NULL; called now and then while it runs, to look at the machine, no more */
    void *pulse_context;
    bool told; /* of a new step, at PLACE_IDLE: between() has no news then */
    struct waiting waiting[VMM_GUESTS_MAX];
    bool changed; /* since it last stood still in a wait */
    bool quiet; /* the user's stops and interruptions do not count: going to where it was already */
};

/* At the beginning of the run: moment 0, PLACE_BETWEEN. The targets are borrowed. */
struct execution *execution_open(const struct target *targets, unsigned count, const volatile sig_atomic_t *interrupted);
void execution_close(struct execution *e);

/* Goes on, from where it is, until one of the wishes comes true. */
enum ran execution_run(struct execution *e, const struct wish *wish);

/* To this moment, which has been before: false if it cannot be found again (the user has changed something since). */
bool execution_go(struct execution *e, struct moment to);

/* To where this guest's own T is `step`: forwards or back. Likewise. */
bool execution_go_step(struct execution *e, const struct target *guest, uint64_t step);

/* To the latest moment before the present at which `stop` says so; to the beginning, and false, if there is none. */
bool execution_back(struct execution *e, const struct wish *wish);

/* From the beginning to the present step again; what was kept of other moments is forgotten. False: it was not found again. */
bool execution_restart(struct execution *e, const struct target *guest, void (*at_beginning)(void *owner));

/* Something was typed: what was kept of later moments is not true any longer. */
void execution_typed(struct execution *e);

/* Between two steps in the monitor's hands, at the present step, or in its wait, so that the guest can be changed. It costs the guest
 * an exit that it would not have had. False: the guest has ended. */
bool execution_settle(struct execution *e);

/* The guest has been changed, after execution_settle(): what was known of later moments is not true any longer. */
void execution_changed(struct execution *e);

/* The guest that runs, or another one, as it stands now; its T. */
struct guest_state execution_guest(const struct execution *e);
struct guest_state execution_guest_of(const struct execution *e, const struct target *guest);
uint64_t execution_step_of(const struct execution *e, const struct target *guest);

/* The technique by which the guest goes on from where it stands; at a stage of an exit, the one that deals with it. NULL natively, and
 * "native". */
const struct technique *execution_technique(const struct execution *e, const struct target *guest);
const char *execution_technique_name(const struct execution *e, const struct target *guest);

/* A guest's RAM: at the addresses that it knows. */
const struct ram *target_ram(const struct target *guest);

#endif
