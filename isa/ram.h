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

/* Little-endian words of `size` bytes (1, 2, 4 or 8) at any address of the host, as the guest sees them. */
static inline uint64_t bytes_get(const void *p, unsigned size)
{
    uint64_t v = 0;
    __builtin_memcpy(&v, p, size);
    return v;
}

static inline void bytes_put(void *p, unsigned size, uint64_t v)
{
    __builtin_memcpy(p, &v, size);
}

#endif
