/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A random program: an image of RAM, entered in M-mode at RAM_BASE, and where in it the pieces lie that a shrinker may
 * take out. Made from a seed alone, the same on every host.
 *
 * A body of elements, each a few instructions with one purpose, runs in whatever mode and at whatever of its addresses
 * the traps before have left it. What an element may not do there traps, and the handlers of the program go on with the
 * next element: where the register `resume` says, in the mode and at the address that is next in their own list. So every
 * element is tried everywhere, and every program comes to its end, the finisher. A program fences as docs/time.md asks.
 */
#ifndef TESTS_RANDOM_PROGRAM_H
#define TESTS_RANDOM_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/ram.h"

#define PROGRAM_RAM (UINT64_C(6) << 20)   /* of the machine that it is made for */
#define PROGRAM_IMAGE (UINT64_C(4) << 20) /* the rest of RAM is zero */
#define PROGRAM_PAGES (PROGRAM_IMAGE / PAGE_SIZE)
#define PROGRAM_PIECES 2000
#define PROGRAM_WORDS 20000

/* An element: [at, at + length) of the image, entered at its begin and left at its end. */
struct piece {
    uint32_t at, length;
};

/* An instruction. Pinned: to take it out might leave a program that does not fence. */
struct word {
    uint32_t at;
    uint8_t length;
    bool pinned;
};

struct program {
    uint64_t seed;
    uint8_t image[PROGRAM_IMAGE];
    bool used[PROGRAM_PAGES]; /* pages of the image that are not all zero */
    struct piece pieces[PROGRAM_PIECES];
    struct word words[PROGRAM_WORDS];
    uint32_t piece_count, word_count;
};

/* Never NULL; free() is its end. */
struct program *program_new(void);
struct program *program_copy(const struct program *p);

void program_generate(struct program *p, uint64_t seed);

/* --- randomness: splitmix64. Never two draws in one expression: C does not say which comes first. --------------------- */

struct dice {
    uint64_t state;
};

static inline uint64_t dice_bits(struct dice *d)
{
    uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline unsigned dice_below(struct dice *d, unsigned n)
{
    return (unsigned)((dice_bits(d) >> 32) * n >> 32);
}

#endif
