/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Physical memory as bytes of the host: the machine's own, or a virtual machine's part of it. Freestanding.
 */
#ifndef ISA_RAM_H
#define ISA_RAM_H

#include <stdint.h>

#define RAM_BASE UINT64_C(0x80000000)   /* where the board has it (docs/isa.md, the board) */
#define PAGE_SIZE UINT64_C(4096)

struct ram {
    uint8_t *bytes;         /* owned by whoever made it; byte 0 is at physical address `base` */
    uint64_t base, size;    /* bytes; a multiple of PAGE_SIZE */
};

/* The n bytes at physical address pa, or NULL if they are not all RAM. */
static inline uint8_t *ram_at(const struct ram *ram, uint64_t pa, uint64_t n)
{
    uint64_t offset = pa - ram->base;
    return offset < ram->size && n <= ram->size - offset ? ram->bytes + offset : 0;
}

/* Little-endian words of `size` bytes (1 to 8) at any address of the host, as the guest sees them. The usual sizes are
 * constants to the compiler, so that a single instruction of the host does. */
static inline uint64_t bytes_get(const void *p, unsigned size)
{
    uint64_t v = 0;
    switch (size) {
    case 8: __builtin_memcpy(&v, p, 8); break;
    case 4: __builtin_memcpy(&v, p, 4); break;
    case 2: __builtin_memcpy(&v, p, 2); break;
    case 1: __builtin_memcpy(&v, p, 1); break;
    default: __builtin_memcpy(&v, p, size);
    }
    return v;
}

static inline void bytes_put(void *p, unsigned size, uint64_t v)
{
    switch (size) {
    case 8: __builtin_memcpy(p, &v, 8); break;
    case 4: __builtin_memcpy(p, &v, 4); break;
    case 2: __builtin_memcpy(p, &v, 2); break;
    case 1: __builtin_memcpy(p, &v, 1); break;
    default: __builtin_memcpy(p, &v, size);
    }
}

#endif
