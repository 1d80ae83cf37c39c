/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A, the allocator (Popek and Goldberg 1974, section 3): the only owner of real frames, processor and devices. Freestanding.
 */
#ifndef VMM_ALLOCATOR_H
#define VMM_ALLOCATOR_H

#include <stdbool.h>
#include <stdint.h>

struct vm;
struct vmm;

#define EXTENT_SIZE (UINT64_C(2) << 20) /* what real memory is handed out in: a superpage */
#define FRAME_SIZE UINT64_C(4096)

/* --- real memory at large ---------------------------------------------------------------------------------------------- */

/* Hands out so many bytes of real memory, in whole extents and contiguous; 0 if there is not so much left. */
uint64_t extent_take(struct vmm *vmm, uint64_t bytes);

static inline uint64_t extent_round(uint64_t bytes)
{
    return (bytes + EXTENT_SIZE - 1) & ~(EXTENT_SIZE - 1);
}

/* --- a guest's share of the monitor's memory --------------------------------------------------------------------------- */

/* What of the share [hpa, hpa + size) has not been taken: the last `left` bytes. */
struct share {
    uint64_t hpa, size, left;
    uint8_t *bytes; /* all of it, as memory */
};

/* Takes so many bytes for ever, in whole frames, contiguous; as they are found, zero on a new machine. Their hpa, too,
 * unless NULL. While a guest is made; a share that is too small for it is a panic. */
void *share_take(struct vm *vm, uint64_t bytes, uint64_t *hpa);

/* --- frames for tables ------------------------------------------------------------------------------------------------ */

/* A guest's share of the monitor's frames. A frame is free, or belongs to exactly one chain. Guests never execute from
 * these frames nor map them, so that writing them needs no hw_wrote(). */
struct frame_pool {
    uint64_t base;        /* hpa of frame 0 */
    uint8_t *bytes;       /* the same, as memory */
    uint32_t *next;       /* of each frame, in its chain or in the list of free ones */
    uint32_t *previous;   /* of each frame in a chain; FRAME_NONE of the first */
    uint32_t count, free; /* frames; the first free one, or FRAME_NONE */
};
#define FRAME_NONE UINT32_MAX

/* Frames that are given back together. */
struct frame_chain {
    uint32_t first, last;
};
#define FRAME_CHAIN_EMPTY ((struct frame_chain){FRAME_NONE, FRAME_NONE})

/* Makes a pool of the memory [base, base + size). */
void frame_pool_open(struct frame_pool *pool, uint64_t base, uint8_t *bytes, uint64_t size);

/* Takes a frame into the chain. Its hpa, all zero; or 0 if the share is used up. */
uint64_t frame_take(struct frame_pool *pool, struct frame_chain *chain);

/* Gives all frames of the chain back; it is empty then. */
void frame_give_back(struct frame_pool *pool, struct frame_chain *chain);

/* Gives one frame of the chain back. */
void frame_release(struct frame_pool *pool, struct frame_chain *chain, uint64_t hpa);

/* A frame of this pool as memory. */
static inline void *frame_at(const struct frame_pool *pool, uint64_t hpa)
{
    return pool->bytes + (hpa - pool->base);
}

/* --- the processor ---------------------------------------------------------------------------------------------------- */

/* Gives the processor to `vm`: its registers are in the machine from now on, and those of the guest before it are saved. */
void processor_give(struct vm *vm);

/* The address space that the real hart translates by: writes satp if it is not this one already. */
void processor_set_satp(struct vm *vm, uint64_t satp);

/* --- devices ---------------------------------------------------------------------------------------------------------- */

/* The back ends of the guest's virtual devices: its channels of the real ones. vm->host is theirs from now on. */
void devices_open(struct vm *vm);

/* For struct bus: may a virtual device write there? Not to page tables that the real MMU walks. The context is the vm. */
bool dma_allowed(void *context, uint64_t gpa, uint64_t n);

#endif
