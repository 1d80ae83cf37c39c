/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Products of 64 by 64 matrices of 32-bit integers.
 */
#include "io.h"

#define SIDE 64

const uint64_t default_count = 800;
const unsigned default_mode = MODE_M;

static uint32_t a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

static void fill(uint64_t seed)
{
    for (unsigned i = 0; i < SIDE; i++)
        for (unsigned j = 0; j < SIDE; j++) {
            a[i][j] = (uint32_t)next_random(&seed);
            b[i][j] = (uint32_t)next_random(&seed);
        }
}

static void multiply(void)
{
    for (unsigned i = 0; i < SIDE; i++)
        for (unsigned j = 0; j < SIDE; j++) {
            uint32_t sum = 0;
            for (unsigned k = 0; k < SIDE; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
}

uint64_t run(uint64_t n)
{
    uint64_t sum = n;

    fill(88172645463325252);
    while (n--) {
        multiply();
        for (unsigned i = 0; i < SIDE; i++) {
            sum = fold(sum, c[i][n % SIDE]);
            a[i][n % SIDE] = c[n % SIDE][i]; /* the next product has other factors */
        }
    }
    return sum;
}
