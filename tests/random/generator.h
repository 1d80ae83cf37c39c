/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside of the generator: where things lie, the registers' roles, how code is emitted.
 */
#ifndef TESTS_RANDOM_GENERATOR_H
#define TESTS_RANDOM_GENERATOR_H

#include "isa/csr.h"
#include "isa/insn.h"
#include "isa/mmu.h"
#include "program.h"

/* --- physical places, from RAM_BASE on --------------------------------------------------------------------------------- */

#define AT_BOOT 0x0u
#define AT_M_HANDLER 0x800u /* a table of 16 jumps, so that it serves in both modes of mtvec; a second one behind it */
#define AT_S_HANDLER 0x1000u
#define AT_M_DATA 0x2000u
#define AT_S_DATA 0x3000u
#define AT_BODY 0x10000u
#define BODY_PAGES 14u
#define AT_FUNCTIONS 0x30000u /* two pages of functions at the same offsets: one of them is in window WINDOW_FUNCTIONS */
#define AT_TABLES 0x40000u
#define TABLE_PAGES 48u
#define AT_SWING 0x80000u /* pages that are tables now, and data then */
#define SWING_PAGES 2u
#define AT_RINGS 0xa0000u /* of the virtio drive */
#define AT_DATA 0x200000u
#define DATA_PAGES 16u

/* Layout of the handlers' data. */
#define DATA_SAVED 0
#define DATA_COUNT 64
#define DATA_INDEX 72
#define DATA_PLACES 128 /* PLACES pairs: bits for mstatus, address of the body */
#define PLACES 16u
#define DATA_REGISTERS 512

/* --- virtual places ------------------------------------------------------------------------------------------------------ */

#define LOW UINT64_C(0x40000000)          /* windows of 2 MiB each ... */
#define HIGH UINT64_C(0xffffffc040000000) /* ... and the same ones again */
#define GIGA UINT64_C(0xc0000000)         /* all of RAM in one leaf of 1 GiB */

enum window {
    WINDOW_DATA,      /* 16 pages of data, with all sorts of rights */
    WINDOW_USER,      /* the body for U-mode */
    WINDOW_SYSTEM,    /* the body for S-mode; it also runs where it lies */
    WINDOW_MEGA,      /* the 2 MiB of data */
    WINDOW_USER_MEGA, /* the 2 MiB of code for U-mode */
    WINDOW_WRITE,     /* the body to be written */
    WINDOW_FUNCTIONS,
    WINDOW_SWING,
    WINDOWS
};
#define WINDOW_VA(base, window) ((base) + ((uint64_t)(window) << 21))

struct root {
    uint32_t root, level1, level0[WINDOWS], identity; /* places of tables; 0 if there is none */
    bool shared[WINDOWS];                             /* another root has the same entries */
    uint64_t satp;
};
#define ROOTS_MAX 4
#define FUNCTIONS 6
#define ISLAND 512u
#define MAPPED_FUNCTION 32u /* bytes of a function of AT_FUNCTIONS */
#define MAPPED_FUNCTIONS 8u

/* --- the generator ------------------------------------------------------------------------------------------------------- */

enum role { RESUME, COUNTER, LINK, T0, T1, T2, T3, POINTER, ROLES };

struct generator {
    struct program *p;
    struct dice dice;
    uint32_t at;         /* where the next instruction goes */
    uint8_t reg[32];     /* a permutation of x1..x31; the first ROLES are the roles' */
    bool pin;            /* what is emitted now is pinned */
    bool in_loop;
    struct root roots[ROOTS_MAX];
    unsigned root_count;
    uint32_t tables; /* taken */
    bool share_asid, skips;
    uint32_t functions[FUNCTIONS]; /* in the body */
    uint32_t island;               /* ISLAND bytes of data among them */
};

static inline unsigned below(struct generator *g, unsigned n)
{
    return dice_below(&g->dice, n);
}

static inline bool one_in(struct generator *g, unsigned n)
{
    return below(g, n) == 0;
}

/* A value, often a corner. */
uint64_t random_value(struct generator *g);

/* Registers: of a role; any but those that must stay; any. */
static inline unsigned role(const struct generator *g, enum role r)
{
    return g->reg[r];
}
unsigned random_target(struct generator *g);
unsigned random_source(struct generator *g);

static inline uint64_t pa_of(uint32_t at)
{
    return RAM_BASE + at;
}

/* Data of the image. */
void put64(struct generator *g, uint32_t at, uint64_t value);

/* --- emitting ------------------------------------------------------------------------------------------------------------- */

/* One instruction; an operand that does not fit is a bug of the generator. */
void gen(struct generator *g, enum insn_id id, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm);
void gen_word(struct generator *g, uint32_t word, unsigned length);

static inline void gen_i(struct generator *g, enum insn_id id, unsigned rd, unsigned rs1, int64_t imm)
{
    gen(g, id, rd, rs1, 0, imm);
}
static inline void gen_store(struct generator *g, enum insn_id id, unsigned rs2, unsigned rs1, int64_t imm)
{
    gen(g, id, 0, rs1, rs2, imm);
}
static inline void gen_csr(struct generator *g, enum insn_id id, unsigned rd, unsigned csr, unsigned rs1)
{
    gen(g, id, rd, rs1, 0, csr);
}
void gen_li(struct generator *g, unsigned rd, uint64_t value);
void gen_csr_value(struct generator *g, enum insn_id id, unsigned csr, uint64_t value); /* by T0 */

/* A jump or branch whose target comes later. */
struct forward {
    uint32_t at;
    struct insn insn;
};
struct forward gen_forward(struct generator *g, enum insn_id id, unsigned rd, unsigned rs1, unsigned rs2);
void land(struct generator *g, const struct forward *f);
void gen_jump_to(struct generator *g, unsigned rd, uint32_t target); /* jal */

/* rd = where `target` is, for code that runs at any place of the body. */
void gen_near(struct generator *g, unsigned rd, uint32_t target);

/* An instruction of the table that does nothing but change a register. `whole`: of four bytes. */
uint32_t random_alu(struct generator *g, bool whole, unsigned *length);
void gen_alu(struct generator *g, unsigned n);

/* --- parts ---------------------------------------------------------------------------------------------------------------- */

void make_tables(struct generator *g);
void make_handlers(struct generator *g);
void make_boot(struct generator *g);
void make_functions(struct generator *g);

/* An address at which the body runs in this mode: often one at which it does, under paging. */
uint64_t random_place(struct generator *g, enum mode mode);

/* A page of a window of data: often one of the first, which are hot. */
unsigned random_page(struct generator *g);

/* A leaf for the window of data: to a page that any store may hit. */
uint64_t random_data_leaf(struct generator *g);
uint64_t random_leaf_flags(struct generator *g);

/* The elements: rows of elements.def. */
#define ELEMENT(name, weight) void element_##name(struct generator *g);
#include "elements.def"

/* For elements: the register `resume` gets the offset of the element's end, and whether the handlers may skip. */
struct resume {
    uint32_t at;
    unsigned reg;
    bool skip;
};
struct resume gen_resume(struct generator *g, bool skip);
struct resume gen_offset(struct generator *g, unsigned reg, bool skip); /* likewise, for another register */
void end_resume(struct generator *g, const struct resume *r);

/* x[rd] = 0 or more in turns, as the loop goes round; else something of a register. At most `mask`. */
void gen_turn(struct generator *g, unsigned rd, unsigned mask);

/* An element of a random kind that can stand in a loop; one of any kind. */
void random_element(struct generator *g, bool simple);

#endif
