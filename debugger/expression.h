/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions over the state of guest and machine, of 64-bit unsigned numbers, with the operators of C.
 *
 * Names: registers of the guest (a0, x10, pc, with or without $), its CSRs (satp), fields of them (mstatus.MPP), the same of the real
 * hart (real.mcause), mode and M, S, U, what counts (T, V, I, cycles, shadow_fills, exits.csr), the trap that is being dealt with
 * (cause, tval, epc), reasons of exits (reason == csr) and techniques (technique == bt), symbols of the image. Memory: u8(A) u16(A)
 * u32(A) u64(A), *A is u64(A); p8(A) to p64(A) are physical.
 */
#ifndef DEBUGGER_EXPRESSION_H
#define DEBUGGER_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "debugger/debugger.h"

struct expression;

/* Parses as much of the text as is an expression; *end is where it stops. NULL: error is a line. */
struct expression *expression_parse(const struct target *target, const char *text, const char **end, char *error, size_t n);
void expression_free(struct expression *x);

/* False: memory that is not there. */
bool expression_value(const struct expression *x, const struct scene *s, uint64_t *value);

/* Calls `take` with each name that an expression may begin with. */
void expression_names(const struct target *target, void (*take)(void *context, const char *name), void *context);

#endif
