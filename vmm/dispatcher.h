/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * D, the dispatcher (Popek and Goldberg 1974, section 3): every trap of the machine arrives here and is given to the
 * module that deals with it. Freestanding.
 */
#ifndef VMM_DISPATCHER_H
#define VMM_DISPATCHER_H

#include <stdint.h>

#include "isa/csr.h"

struct hw_exit;
struct vm;

/* For techniques: what can happen in one turn. Each leaves the guest between two of its steps. */

/* The hardware runs the guest, for at most `budget` instructions; how it came back is dispatched. */
void dispatch_direct(struct vm *vm, uint64_t budget);

/* The same, of a guest that has some of its state in memory: `recover` takes it from there before the exit is dispatched. */
void dispatch_shared(struct vm *vm, uint64_t budget, void (*recover)(struct vm *vm, struct hw_exit *exit));

/* The same with a translation of the guest's code. `recover` makes the guest's state, pc first, from where the hardware has
 * stopped, before the exit is dispatched. */
void dispatch_translated(struct vm *vm, uint64_t budget, void (*recover)(struct vm *vm, struct hw_exit *exit));

/* The hardware runs the guest in virtual supervisor or user mode, as vs_enter() has set it up, for at most `budget` steps:
 * traps that it took without coming back are steps, too. */
void dispatch_virtualized(struct vm *vm, uint64_t budget);

/* The monitor interprets the instruction at pc. */
void dispatch_interpreted(struct vm *vm);

/* The same, of an instruction that has been fetched. */
void dispatch_fetched(struct vm *vm, uint32_t word);

/* It interprets, for at most `budget` steps, until something besides plain instructions has happened, or is due: a trap, a
 * privileged instruction, a virtual device's event. At least one step. */
void dispatch_interpreted_many(struct vm *vm, uint64_t budget);

/* The guest gives the machine away: what was done since its last exit is accounted for. */
void dispatch_pause(struct vm *vm);

/* Deals with one exit: emulates, fills, or reflects; and notes the reason. */
typedef void exit_handler(struct vm *vm, const struct hw_exit *exit);

exit_handler exit_exception;  /* the guest's own: reflected as it is */
exit_handler exit_ecall;      /* likewise, with the virtual mode's cause */
exit_handler exit_illegal;    /* a privileged instruction to emulate; or the guest's own */
exit_handler exit_virtual;    /* an instruction that virtual supervisor mode leaves to the monitor, or the guest's own fault */
exit_handler exit_guest_page; /* the second stage maps nothing there: fill it. A virtual device: interpret */
exit_handler exit_true_fault; /* a page or access fault that only the guest's own tables can have made: reflected */
exit_handler exit_page_fault; /* hidden: fill a shadow. A virtual device: interpret. True: reflect */

#endif
