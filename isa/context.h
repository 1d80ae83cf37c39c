/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a program sees of a hart and a switch between programs must save. Freestanding.
 */
#ifndef ISA_CONTEXT_H
#define ISA_CONTEXT_H

#include <stdint.h>

#define RESERVATION_NONE UINT64_MAX

struct context {
    uint64_t x[33];         /* x[0] is 0 and never written; x[32] takes the writes to x0 and is never read */
    uint64_t pc;
    uint64_t reservation;   /* of LR: physical address | 1 for a doubleword; or RESERVATION_NONE */
};

#endif
