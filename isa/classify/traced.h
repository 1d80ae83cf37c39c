/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Included before everything else when the engine is compiled for the checker (Makefile, TRACED): copies whose size the
 * compiler does not know are calls that it would not report.
 */
#ifndef ISA_CLASSIFY_TRACED_H
#define ISA_CLASSIFY_TRACED_H

#include <stddef.h>
#include <stdint.h>

void *traced_memcpy(void *to, const void *from, size_t n);

typedef uint16_t __attribute__((may_alias, aligned(1))) traced_u16;
typedef uint32_t __attribute__((may_alias, aligned(1))) traced_u32;
typedef uint64_t __attribute__((may_alias, aligned(1))) traced_u64;

static inline __attribute__((always_inline)) void *traced_copy(void *to, const void *from, size_t n)
{
    switch (n) {
    case 1:
        *(unsigned char *)to = *(const unsigned char *)from;
        return to;
    case 2:
        *(traced_u16 *)to = *(const traced_u16 *)from;
        return to;
    case 4:
        *(traced_u32 *)to = *(const traced_u32 *)from;
        return to;
    case 8:
        *(traced_u64 *)to = *(const traced_u64 *)from;
        return to;
    }
    return traced_memcpy(to, from, n);
}

#define __builtin_memcpy(to, from, n) traced_copy(to, from, n)

#endif
