/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Branches that nothing can predict: each asks a bit of an xorshift's state. n counts thousands of steps.
 */
#include "io.h"

const uint64_t default_count = 25000;
const unsigned default_mode = MODE_M;

/* Keeps the compiler from turning a branch into arithmetic. */
#define TAKEN(value) __asm__ volatile("" : "+r"(value))

uint64_t run(uint64_t n)
{
    uint64_t sum = n, x = 88172645463325252;

    for (uint64_t step = 1000 * n; step; step--) {
        uint64_t r = next_random(&x);
        if (r & 1) {
            TAKEN(sum);
            sum += r;
        } else {
            TAKEN(sum);
            sum ^= 0x55;
        }
        if (r & 0x100) {
            TAKEN(sum);
            sum = sum << 1 | sum >> 63;
        }
        if ((r >> 40 & 7) < 3) {
            TAKEN(sum);
            sum -= r >> 3;
        } else if (r & 0x10000) {
            TAKEN(sum);
            sum += step;
        }
    }
    return fold(sum, x);
}
