/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Machines drawn from a seed, for labs: `flawed:SEED` has the six odd instructions of flawed.def, and the seed decides what each
 * does and whether it traps in user mode. Three are sensitive and do not trap; one or two are sensitive, or would be, and trap;
 * the others are innocuous. Such a machine can be repaired: `flawed:SEED,odd2=S` is the same one, but odd2 traps below S-mode.
 * Freestanding.
 */
#ifndef ISA_SEEDED_H
#define ISA_SEEDED_H

#include "insn.h"

#define ODD_INSNS (INSN_count_flawed - INSN_odd1)

enum odd_does {
#define ODD(name, class, meaning) ODD_##name,
#include "flawed.def"
    ODD_count
};

/* One row of ODD. */
struct odd_row {
    const char *name, *meaning;
    uint8_t class;
};
extern const struct odd_row odd_rows[ODD_count];

/* What an odd instruction is on one machine. mode: the least one in which it does not trap. */
struct odd {
    uint8_t does;       /* enum odd_does */
    uint8_t mode;
};
struct odd odd_insn(insn_profile profile, unsigned id);

/* The columns of insn_rows[id], with those of an odd instruction as they are on this machine. */
uint8_t insn_mode_in(insn_profile profile, unsigned id);
uint8_t insn_class_in(insn_profile profile, unsigned id);

/* The seed of a seeded profile. */
uint32_t profile_seed(insn_profile profile);

#endif
