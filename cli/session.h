/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A fresh machine with its guests, natively or below the monitor, connected to consoles and drives, ready to run.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/console.h"
#include "isa/guest.h"
#include "isa/machine.h"
#include "options.h"
#include "report.h"
#include "state.h"
#include "vmm/hw_machine.h"

struct session_guest;

/* The simulator watches (isa/audit.h): the monitor and what it does, or uses of stale translations on the bare machine. */
struct session_watch {
    struct audit_observer violations;
    struct insn_observer insns;         /* of all guests */
    uint64_t turn;                      /* guests take turns after so many steps: 0 as usual */
};

/* Whoever follows a run is told of: traps that a guest sees, before they are taken; its exits, and the instructions that the monitor
 * carries out for it (vmm/hw.h); and changes of its technique. None may change anything. */
struct session_observer {
    void *context;
    void (*trap)(void *context, unsigned guest, const struct trap_note *note);
    void (*exit)(void *context, const struct exit_note *note);
    void (*insn)(void *context, const struct insn_note *note);
    void (*sample)(void *context, uint64_t pc, const uint64_t cost[OWNER_count]); /* NULL; or where guests are ... */
    uint64_t every; /* ... after so many instructions: as an exit_observer is told. Natively also at the end */
    void (*technique)(void *context, unsigned guest, const struct technique *technique);
    const char *(*error)(void *context); /* what is wrong with it, for which the run is to be given up; or NULL */
};

/* Told when a guest has asked for input and there is none now, in the middle of whatever it does. May leave the run for good, as
 * call-backs of machine.h. */
struct session_asked {
    void (*none)(void *context, unsigned guest, uint64_t now); /* NULL: nobody */
    void *context;
};

struct session {
    const struct options *options;
    struct method method;
    struct machine *machine;
    struct hw *hw;                      /* NULL natively, like vmm */
    struct vmm *vmm;
    struct session_guest *guest;        /* owned: guest_count of them */
    unsigned guest_count;
    uint64_t steps;                     /* run so far: T of each guest that has not ended */
    uint64_t under_way;                 /* below the monitor: up to where it is being run now; 0: it is not */
    double seconds, begin;              /* of the host: run so far, and when that would have begun in one piece */
    const struct session_watch *watch;  /* borrowed, like the observer */
    const struct session_observer *observer;
    struct session_asked asked;
};

/* What a session is connected to. Consoles: with one guest `console` as it is; with several, each has a prefix of its own, and
 * what can be read only once is read by the first. */
struct session_config {
    const struct options *options;      /* borrowed */
    struct method method;
    bool snapshot;                      /* drives stay as they are */
    struct console_config console;
    const struct session_watch *watch;  /* NULL: an ordinary run, which ends the program if the monitor is at fault */
    const struct session_observer *observer;    /* NULL: none; not with a watch */
};

/* Never NULL: whatever is wrong with images and drives, or too much for the host, is refused (message.h). */
struct session *session_open(const struct session_config *config);
void session_close(struct session *session);

/* Runs each guest for so many more steps, to exactly that step, or until it ends. Returns whether any can go on. Refuses
 * if a console's output or a drive fails; ends the program with STATUS_PANIC if the simulator saw the monitor at fault. */
bool session_run(struct session *session, uint64_t steps);

/* For a debugger: guests run on to some place before `goal`, the same as session_run(goal - steps) would come through. It can be
 * left for good in a call-back between two steps, and goes on from there once what lies outside was taken back to a mark that was
 * made there. Returns whether any can go on. */
bool session_advance(struct session *session, uint64_t goal);

/* From now on the guest is run by this technique, until --switch changes it again. */
void session_set_technique(struct session *session, unsigned guest, const struct technique *technique);

/* The one by which the guest, which stands at its T `step`, goes on from there. Not natively. */
const struct technique *session_technique(const struct session *session, unsigned guest, uint64_t step);

/* What lies outside of the machine of a session with consoles as console_mark() wants them, and snapshots for drives, becomes a
 * mark, malloc'ed; and back to there. */
struct session_mark;
struct session_mark *session_mark(struct session *session);
void session_rewind(struct session *session, const struct session_mark *mark);
void session_forget(struct session_mark *mark);

struct run_end session_end(const struct session *session, unsigned guest);
unsigned session_status(const struct session *session, unsigned guest);
struct console *session_console(const struct session *session, unsigned guest);
uint64_t session_trap_hash(const struct session *session, unsigned guest);

/* The guest below the monitor; NULL natively. */
struct vm *session_vm(const struct session *session, unsigned guest);

/* What of the guest's images lies at this virtual address, or NULL. */
const struct image_symbol *session_symbol(const struct session *session, unsigned guest, uint64_t address);

/* The doubleword of RAM that a symbol of its image names, to be read or written before the run (bytes_put()); NULL if there is none. */
uint8_t *session_word(const struct session *session, unsigned guest, const char *name);

/* The guest as it stands. Valid until the session goes on. */
struct state session_state(const struct session *session, unsigned guest);

struct run_report session_report(const struct session *session, unsigned guest);

/* Remarks on how the guest ended, where that was not by its own will. */
void session_remark(const struct session *session, unsigned guest);

#endif
