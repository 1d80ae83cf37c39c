/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The operands of one line, and the functions that rows of pseudo.def name.
 */
#ifndef ASSEMBLER_EXPAND_H
#define ASSEMBLER_EXPAND_H

#include "internal.h"

struct operands {
    struct insn insn;
    struct expr *expr;    /* an operand whose number is not known yet, or NULL */
    enum fixup_kind kind; /* what to do with it */
    bool target;          /* expr is where a branch goes */
    const char *expr_at;  /* where the immediate stands, for messages */
};

/* Parses the operand that `letter` of a syntax (isa/format.def, pseudo.def) stands for. */
bool operand_parse(struct assembler *a, struct operands *o, char letter);

typedef bool expand_function(struct assembler *a, const struct operands *o);
expand_function expand_unimp, expand_constant, expand_address, expand_call, expand_call_ra, expand_tail, expand_jump,
    expand_shifts, expand_load, expand_store;

#endif
