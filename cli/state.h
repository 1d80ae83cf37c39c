/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The state of a guest that equality is about: RAM, x1 to x31, pc, and the CSRs of M and S. What it is made of here does
 * not depend on how the guest is run. docs/formats.md defines the hash over it.
 */
#ifndef CLI_STATE_H
#define CLI_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "isa/clock.h"
#include "isa/context.h"
#include "isa/csr.h"
#include "isa/ram.h"

/* A look at a guest that stands still. Everything is borrowed. */
struct state {
    struct context *ctx;
    struct priv *priv;
    const struct clock *clock;
    struct ram ram;             /* at the addresses that the guest knows */
    uint8_t *written;           /* a byte a page of it: 0 if it is surely still zero */
    bool clock_cycles;          /* then what depends on time is left out */
};

/* Calls `take` with each CSR that counts, in the order of csr.def. */
void state_csrs(const struct state *s, void (*take)(void *context, unsigned number, uint64_t value), void *context);

/* Is this page of RAM all zero? */
bool state_page_is_zero(const struct state *s, uint64_t page);

uint64_t state_hash(const struct state *s);

/* What differs first, in the order pc, x, CSRs, RAM (in 8-byte words). */
struct state_difference {
    char what[32];              /* "pc", "x10", the name of a CSR, or "0x80001000": an address */
    uint64_t expected, got;
};
bool state_differs(const struct state *expected, const struct state *got, struct state_difference *difference);

/* If both are not the same, notes it, by this name, and returns true. */
bool state_value_differs(struct state_difference *difference, const char *what, uint64_t expected, uint64_t got);

/* What the hash covers as text: one item a line, "x10 = 0x0000000000000001". */
void state_dump(const struct state *s, FILE *out);

/* Turns one bit. False if `what` is nothing that has this bit: "x1" to "x31", "pc", a CSR that is stored, an address. */
bool state_flip(const struct state *s, const char *what, unsigned bit);

#endif
