/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sieve of Eratosthenes over the odd numbers below 2^17.
 */
#include "io.h"

#define FLAGS 65536u /* flag i stands for 2i + 1 */

const uint64_t default_count = 800;
const unsigned default_mode = MODE_M;

static uint8_t composite[FLAGS];

static uint64_t sieve(void)
{
    uint64_t primes = 1, last = 2;

    for (unsigned i = 0; i < FLAGS; i++)
        composite[i] = 0;
    for (unsigned i = 1; i < FLAGS; i++) {
        if (composite[i])
            continue;
        primes++;
        last = 2 * i + 1;
        for (unsigned j = i + (2 * i + 1); j < FLAGS; j += 2 * i + 1)
            composite[j] = 1;
    }
    return fold(primes, last);
}

uint64_t run(uint64_t n)
{
    uint64_t sum = n;
    while (n--)
        sum = fold(sum, sieve());
    return sum;
}
