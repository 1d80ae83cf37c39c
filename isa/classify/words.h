/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words that stand for an instruction: its variants. For the checker alone.
 */
#ifndef ISA_CLASSIFY_WORDS_H
#define ISA_CLASSIFY_WORDS_H

#include "subject.h"

#define VARIANTS_MOST 8

/* rd and rs1 zero and not zero, and rs2 of sfence.vma; as many as the format can hold. */
unsigned words_of(uint16_t id, uint16_t csr, struct subject_insn variant[VARIANTS_MOST]);

bool words_by_csr(uint16_t id);     /* is the instruction of Zicsr? */

#endif
