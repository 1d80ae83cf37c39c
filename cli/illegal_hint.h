/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an instruction that the machine has not may have been meant to be.
 */
#ifndef CLI_ILLEGAL_HINT_H
#define CLI_ILLEGAL_HINT_H

#include <stddef.h>
#include <stdint.h>

#include "isa/insn.h"

/* For the word of an illegal instruction (mtval) on a machine with this profile: "a floating-point instruction; ...", a phrase that
 * tells what to do, in `text`, which is returned; NULL if there is nothing to tell. */
const char *illegal_hint(insn_profile profile, uint32_t word, char *text, size_t n);

#endif
