/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Under --profile flawed and flawed:SEED: the instruction that made a technique go wrong.
 */
#ifndef CLI_FLAWED_HINT_H
#define CLI_FLAWED_HINT_H

#include <stdint.h>
#include <stdio.h>

#include "session.h"

/* Runs the reference again, up to where another run of it parted from it (struct difference), and if the instruction there is
 * one of the flawed profile, or the one before it (whose effect may not be seen at once), says so in a line. */
void flawed_hint(const struct session_config *reference, uint64_t step, const char *technique, FILE *out);

#endif
