/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The TLB of the machine, and the simulator's fast path above it.
 *
 * The TLB is part of the machine: its misses cost walk references and are exact. Set-associative, FIFO in each set (so
 * that a hit changes nothing), 4 KiB granules also of superpages, tagged with ASIDs. Fetches and data have one each.
 *
 * The fast path maps a virtual page to host memory. Its entries are a subset of the TLB's (for paged accesses): when the
 * TLB loses an entry, so does the fast path. So whoever hits there would have hit in the TLB, and need not look.
 */
#ifndef ISA_TLB_H
#define ISA_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu.h"

#define TLB_WAYS 4
#define TLB_FETCH_SETS 16       /* 64 entries */
#define TLB_DATA_SETS 64        /* 256 entries */

struct tlb_entry {
    uint64_t vpn;               /* va >> 12, sign-extended bits included */
    uint64_t ppn;               /* of this 4 KiB page, also inside a superpage */
    uint32_t generation;        /* valid if it is the TLB's */
    uint16_t asid;
    uint8_t flags;              /* PTE_V .. PTE_D as in the leaf when it was read */
    uint8_t level;              /* of the leaf */
};

struct tlb_side {
    struct tlb_entry *entry;    /* sets * TLB_WAYS */
    uint8_t *next;              /* per set: the way that FIFO gives up next */
    uint32_t sets;
    uint32_t superpages;        /* entries of level > 0 filled since the last full flush */
};

struct tlb {
    uint32_t generation;        /* a full flush makes a new one; never 0 */
    struct tlb_entry fetch[TLB_FETCH_SETS][TLB_WAYS], data[TLB_DATA_SETS][TLB_WAYS];
    uint8_t fetch_next[TLB_FETCH_SETS], data_next[TLB_DATA_SETS];
    bool superpages;            /* some entry since the last full flush came from a superpage */
};

/* --- the fast path --------------------------------------------------------------------------------------------------- */

#define FAST_DATA 256           /* entries of each space, direct-mapped by the low bits of the page number */
#define FAST_FETCH 64
#define FAST_NONE UINT64_MAX    /* a tag that no masked address equals */

/* Which translations an access uses: user, supervisor with SUM = 0 and with SUM = 1, and none (M-mode). */
enum fast_space { SPACE_U, SPACE_S, SPACE_S_SUM, SPACE_M, SPACE_count };

struct fast_data {
    uint64_t read_tag, write_tag;       /* va of the page, or FAST_NONE */
    uint64_t addend;                    /* host address = va + addend */
    uint64_t pad;
};

struct fast_fetch {
    uint64_t tag;                       /* va of the page, or FAST_NONE */
    uint32_t page;                      /* index of its code page (block.h) */
    uint32_t pad;
};

#define FAST_LOG 512
struct fast {
    struct fast_data data[SPACE_count][FAST_DATA];
    struct fast_fetch fetch[SPACE_count][FAST_FETCH];
    uint16_t data_log[FAST_LOG], fetch_log[FAST_LOG];       /* what was filled since the last flush: space * entries + index */
    uint32_t data_logged, fetch_logged;                     /* FAST_LOG: too many, flush everything */
};

#endif
