/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Views: functions from the state of a run to text. None changes anything. `d` is read for colours and for what was shown before.
 */
#ifndef DEBUGGER_VIEW_H
#define DEBUGGER_VIEW_H

#include "debugger/debugger.h"
#include "debugger/name.h"

/* One line that tells where the run stands; two with the instruction. */
void view_place(struct debugger *d);

/* Code: n instructions from this address, with symbols and source lines; the one at pc is marked. False: nothing is mapped there. */
bool view_code(struct debugger *d, uint64_t address, unsigned n, bool physical);

/* The translation of the code at this address; false: there is none. */
bool view_translation(struct debugger *d, uint64_t address);

void view_registers(struct debugger *d);                            /* the guest's x and pc */
void view_csrs(struct debugger *d);                                 /* all of the guest's CSRs that are not 0 */
void view_csr(struct debugger *d, const struct csr_row *csr);       /* one, by parts, real and virtual, with its meaning */
void view_vcpu(struct debugger *d);                                 /* real beside virtual, by parts */
void view_changes(struct debugger *d, const struct guest_state *before);   /* what of the guest has changed since */
void view_trap(struct debugger *d);                                 /* the trap that is being dealt with, in sentences */
void view_stage(struct debugger *d, bool changes);                  /* the present stage of it; what it has changed */
void view_address(struct debugger *d, uint64_t gva);                /* how it translates, entry by entry */
void view_exits(struct debugger *d);                                /* counts and cycles by reason */
void view_cycles(struct debugger *d);                               /* by owner */
void view_counters(struct debugger *d);
void view_timeline(struct debugger *d, uint64_t n);                 /* the last n exits */
void view_pages(struct debugger *d);                                /* the guest's address space */
void view_frames(struct debugger *d);                               /* who owns real memory */
void view_map(struct debugger *d);                                  /* what lies where in the guest's physical memory */
void view_guests(struct debugger *d);                               /* all of them, and which is shown */
void view_console(struct debugger *d);                              /* what is new on it */
void view_console_all(struct debugger *d);

/* Forms that are narrow, for a panel among others. */
void view_listing(struct debugger *d, unsigned before, unsigned after, unsigned width); /* code around pc; what is beside it */
void view_state(struct debugger *d);                                /* real beside virtual; what has changed comes first */
void view_life(struct debugger *d);                                 /* the stages of the present trap so far */
bool view_memory(struct debugger *d, const char *expression, unsigned lines); /* around the address that it has; whose it is */

/* Text of the parts of a CSR's value, "SPP=S SIE=0 ...". */
void csr_parts_text(const struct csr_row *csr, uint64_t value, char *text, size_t n);

/* A part with its name, "SPP=S". */
void csr_part_text(const struct csr_part *part, uint64_t value, char *text, size_t n);

/* Names of the CSRs that are shown real beside virtual; NULL ends them. */
extern const char *const beside_csrs[];

/* The instruction at an address; its length, 0 if there is none to be read. */
unsigned insn_text(const struct scene *s, uint64_t address, bool physical, char *text, size_t n);

/* "load page fault" and the like; HW_BUDGET, too. */
const char *cause_text(uint64_t cause);

#endif
