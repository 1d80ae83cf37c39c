/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a guest's run ends, natively or below a monitor. Freestanding.
 */
#ifndef ISA_END_H
#define ISA_END_H

#include <stdint.h>

enum end_reason { END_NONE, END_FINISHER, END_HTIF, END_BUDGET, END_FAULT_LOOP, END_IDLE, END_QUIT, END_RESET };
struct run_end { enum end_reason reason; uint64_t code; };      /* code: the guest's own status */

/* Steps in a row that may trap without an instruction completed before it is a fault loop. */
#define FAULT_LOOP_TRAPS 1000

#endif
