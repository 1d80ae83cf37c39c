/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the files of the translator's rules. Freestanding.
 */
#ifndef VMM_BT_TRANSLATE_H
#define VMM_BT_TRANSLATE_H

#include "vmm/technique/bt/emit.h"

struct guest_insn {
    uint64_t gva;
    uint32_t word;
    struct insn insn; /* expanded: of a compressed one only the length tells */
};

/* Instructions of the constant that a guess is. */
#define GUESS_INSNS 3

/* A store that has been seen to hit page tables. False, and nothing emitted, if this is none. */
bool translate_adaptive(struct emitter *e, const struct guest_insn *g);

/* A CSR instruction, in line: with the slots of the window for the S-level CSRs that lie there. False, and nothing emitted:
 * it must call out. */
bool translate_csr(struct emitter *e, const struct insn *i);

#endif
