/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programs for two machines, ours and QEMU's: what they are made of, and what may be compared.
 *
 * A program is entered in M-mode at RAM_BASE. Its body is a row of elements; each ends by storing x1 to x27 and x31 to a slot
 * of its own. A trap is written down by its handler, which goes on at the end of the element. Three registers are the frame's.
 * In the end all that has happened lies in RAM: slots, traps, data, page tables. Nothing of it depends on time.
 */
#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#include "tests/random/generator.h"

#define ORACLE_RAM (UINT64_C(8) << 20)

/* Where things lie, from RAM_BASE on. */
#define OR_BOOT 0x0u
#define OR_M_HANDLER 0x400u
#define OR_S_HANDLER 0x800u
#define OR_M_DATA 0x1000u /* a doubleword: where the next trap goes */
#define OR_S_DATA 0x2000u
#define OR_BODY 0x10000u
#define OR_BODY_END 0x60000u
#define OR_ROOT 0x100000u
#define OR_LEVEL1 0x101000u
#define OR_LEVEL0 0x102000u /* the window's */
#define OR_CODE 0x110000u   /* a page full of functions that return at once */
#define OR_DATA 0x140000u   /* 16 pages */
#define OR_DATA_PAGES 16u
#define OR_SLOTS 0x180000u /* 32 doublewords an element, and of the last one the CSRs */
#define OR_SLOT 256u
#define OR_M_TRAPS 0x300000u /* 4 doublewords a trap: cause, epc, tval, status */
#define OR_S_TRAPS 0x380000u
#define OR_TRAP 32u

/* What satp maps: RAM for S where it lies, for U at USER, and a window of pages with all sorts of entries. */
#define OR_WINDOW UINT64_C(0x40000000)
#define OR_WINDOW_PAGES 64u
#define OR_MEGAS 16u /* leaves of 2 MiB behind the window */
#define OR_USER UINT64_C(0x100000000)

/* Registers of the frame: where a trap goes on; and two that any trap may change. */
enum { R_RESUME = 30, R_SCRATCH = 29, R_SCRATCH2 = 28 };

#define ELEMENTS_MAX 400
struct element {
    const char *kind;
    uint32_t at, end; /* of the image */
    uint8_t mode;
};

struct oracle {
    struct generator g; /* tests/random's: dice, emitting */
    struct element element[ELEMENTS_MAX];
    unsigned elements;
    enum mode mode; /* in which the next element runs, always */
    bool paging, tvm, tw, tsr;
    unsigned interrupt;             /* the one that this program raises */
    uint64_t leaf[OR_WINDOW_PAGES]; /* as the program has written them */
};

/* The kinds of elements: made in the mode and the state that the oracle is in, which some of them change. */
#define KIND(name, weight) void oracle_##name(struct oracle *o);
#include "kinds.def"

/* The base of the body and of all data, as code in this mode reaches them. */
static inline uint64_t oracle_base(const struct oracle *o)
{
    return o->mode == MODE_U && o->paging ? OR_USER : RAM_BASE;
}

/* The program of this number, whole: o->g.p is its image. */
void oracle_generate(struct oracle *o, uint64_t number);

/* An entry for the window of pages. */
uint64_t oracle_leaf(struct generator *g);

/* The CSRs that are stored in the end, and that elements read and write as they like: number, and the bits that both have. */
struct oracle_csr {
    uint16_t number;
    uint64_t mask;
};
extern const struct oracle_csr oracle_csrs[];
extern const unsigned oracle_csr_count;

#endif
