/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking up addresses in sorted tables.
 */
#ifndef ISA_SEARCH_H
#define ISA_SEARCH_H

#include <stddef.h>
#include <stdint.h>

/* How many rows of a table sorted by address have one that is not above `address`. `first`: the first row's; `stride` bytes lie
 * between one row's and the next. */
static inline size_t search_up_to(const uint64_t *first, size_t count, size_t stride, uint64_t address)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (*(const uint64_t *)(const void *)((const char *)first + middle * stride) <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
