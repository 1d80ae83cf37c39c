/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Copies and fills by bytes, words and doublewords, in blocks from 64 bytes to 64 KiB at odd and even places. Built with
 * -fno-tree-loop-distribute-patterns, so that the loops stay loops.
 */
#include "io.h"

#define BYTES 65536u

const uint64_t default_count = 2500;
const unsigned default_mode = MODE_M;

static uint64_t from[BYTES / 8 + 8], to[BYTES / 8 + 8];

static void copy_bytes(uint8_t *d, const uint8_t *s, size_t n)
{
    while (n--)
        *d++ = *s++;
}

static void copy_words(uint32_t *d, const uint32_t *s, size_t n)
{
    for (; n; n--)
        *d++ = *s++;
}

/* As a library does it: four doublewords a turn. */
static void copy_doubles(uint64_t *d, const uint64_t *s, size_t n)
{
    for (; n >= 4; n -= 4, d += 4, s += 4) {
        uint64_t w = s[0], x = s[1], y = s[2], z = s[3];
        d[0] = w;
        d[1] = x;
        d[2] = y;
        d[3] = z;
    }
    while (n--)
        *d++ = *s++;
}

static void set_bytes(uint8_t *d, uint8_t value, size_t n)
{
    while (n--)
        *d++ = value;
}

static void set_doubles(uint64_t *d, uint64_t value, size_t n)
{
    for (; n >= 4; n -= 4, d += 4) {
        d[0] = value;
        d[1] = value;
        d[2] = value;
        d[3] = value;
    }
    while (n--)
        *d++ = value;
}

/* One round: the same number of bytes in each block size, a quarter of it each way. */
static uint64_t round_of(uint64_t seed, unsigned block)
{
    uint64_t sum = 0;

    for (unsigned at = 0; at < BYTES; at += 4 * block) {
        unsigned odd = (unsigned)seed & 7, n = block;
        copy_bytes((uint8_t *)to + at + odd, (const uint8_t *)from + at + (odd ^ 5), n / 4);
        copy_words((uint32_t *)to + at / 4, (const uint32_t *)from + at / 4 + 1, n / 4);
        copy_doubles(to + at / 8, from + at / 8 + 2, 2 * n / 8);
        set_bytes((uint8_t *)from + at + odd, (uint8_t)seed, n / 4);
        set_doubles(from + at / 8 + n / 8, seed ^ sum, n / 8);
        sum = fold(sum, to[at / 8]);
    }
    return fold(sum, from[seed % (BYTES / 8)]);
}

uint64_t run(uint64_t n)
{
    uint64_t sum = n, seed = 88172645463325252;

    for (unsigned i = 0; i < BYTES / 8; i++)
        from[i] = next_random(&seed);
    while (n--)
        for (unsigned block = 64; block <= BYTES / 4; block *= 4)
            sum = fold(sum, round_of(next_random(&seed), block));
    return sum;
}
