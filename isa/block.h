/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Decoded code. Instructions are decoded once, into records with their operands unpacked, and kept by the physical page
 * that they lie in, so that they serve under every mode and mapping of it; once more, with other handlers for loads and
 * stores, for M-mode, which has no translation.
 *
 * A block is a run of records that is entered only at its head: it goes on behind a conditional branch (which leaves it if
 * taken) and ends with a jump, a trap, or OP_end. Records of all pages lie in one array (the arena); direct jumps inside a
 * page are linked by the distance between records, and nothing links across pages, so that clearing a page's entries
 * forgets all of its code.
 *
 * Marks. In a page with marks only the marked instructions retire a guest instruction (docs/time.md): what a monitor's
 * translator has put around them is executed, and paid for, but is no step. Such instructions are "extra".
 */
#ifndef ISA_BLOCK_H
#define ISA_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "insn.h"
#include "ram.h"

#define BLOCK_LONGEST 64            /* instructions in a block at most; n is a byte */
#define CODE_OPS (1u << 19)         /* records in the arena (8 MiB, touched as they are used) */
#define CODE_PAGES 1024             /* pages with decoded code at once */
#define CODE_SCRATCH 4              /* the first records are for blocks of one instruction that nobody keeps */
#define CODE_HALFWORDS (PAGE_SIZE / 2)
#define CODE_MARKS (CODE_HALFWORDS / 64)

/* Handlers of the engine, numbered: one for each uncompressed instruction, then those that no instruction has. */
enum op_kind {
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning) OP_##id,
#include "insn.def"
    OP_end,             /* the block ends here; go on behind it. No instruction */
    OP_illegal,         /* the word is no instruction */
    OP_extra,           /* imm more instructions that retire nothing have been executed. No instruction */
    OP_li, OP_mv,       /* addi from x0, add to x0 */
    OP_nop,
    OP_j,               /* the jump of jal; its link, if it has one, is an auipc before it */
    OP_ret,             /* jalr without a link */
    OP_csr_field,       /* csrrw, csrrs, csrrc of a CSR that is only a field; the table of csr fields is block.c's */
    OP_csrs_field, OP_csrc_field,
    OP_csrr_field,      /* csrrs or csrrc that only reads one */
    /* The same, with the target found: imm is its distance in bytes of records. */
    OP_beq_linked, OP_bne_linked, OP_blt_linked, OP_bge_linked, OP_bltu_linked, OP_bgeu_linked,
    OP_j_linked, OP_end_linked,
    /* The same, where addresses are not translated. */
    OP_bare_lb, OP_bare_lh, OP_bare_lw, OP_bare_ld, OP_bare_lbu, OP_bare_lhu, OP_bare_lwu,
    OP_bare_sb, OP_bare_sh, OP_bare_sw, OP_bare_sd,
#define INSN(id, mnemonic, format, match, mode, class, flow, meaning) OP_##id,
#include "flawed.def"
    OP_hext,            /* of the hypervisor extension; imm is the instruction's id */
    /* Two records by one handler, the first of which has it; pair.def. */
    OP_single,
#define PAIR(shape, first, second) OP_pair_##first##_##second,
#define MEMORY_PAIR(shape, first, second) OP_pair_##first##_##second, OP_bare_pair_##first##_##second,
#include "pair.def"
    OP_count
};

/* One instruction, as the engine executes it. 16 bytes: four to a cache line.
 *   rd = 32 stands for x0 as a destination.
 *   n: instructions of the block up to and with this one that retire (OP_end, and the auipc of a link: before it).
 *   Records that leave the block carry the loads and stores before them: branches, j, end in rd; jalr in rs2.
 *   ecall, mret, sret have no operands, and carry what else they need, too: rs1: does it retire? rs2: extra
 *   instructions to account for, of mret and sret itself with them; imm: offset of the instruction. */
struct op {
    const void *run;            /* label of the handler */
    int32_t imm;                /* branches and j: displacement in bytes; when linked, distance in bytes of records; end: offset of
                                   what follows in its page; jalr: immediate | offset of what follows << 16;
                                   auipc: rs1 | rs2 << 8 is the offset of the instruction, or of what follows for a link;
                                   CSR fields: index in csr_fields, or csrr: offset in struct priv; rs2 is the least mode */
    uint8_t rd, rs1, rs2, n;
};

/* What is needed only when something happens. Parallel to the arena. */
struct op_cold {
    uint16_t offset;            /* of the instruction in its page; OP_end: of what follows, PAGE_SIZE or more if beyond */
    uint8_t kind;               /* enum op_kind, before any linking, translated or not */
    uint8_t mems;               /* loads and stores of the block before this instruction */
    uint8_t length;             /* bytes */
    uint8_t extra;              /* extra instructions of the block before this one, since the last OP_extra */
    bool retires;               /* this one retires a guest instruction */
};

struct code_page {
    uint64_t pa;
    bool bare;                          /* for M-mode: loads and stores are not translated */
    uint32_t entry[CODE_HALFWORDS];     /* index of the head of the block at each halfword; 0: none yet */
    uint64_t decoded;                   /* bit i: some instruction of bytes 64*i .. 64*i+63 is decoded */
};

struct code {
    const void *const *labels;          /* enum op_kind -> handler; the engine's */
    struct op *ops;                     /* owned: the arena, CODE_OPS */
    struct op_cold *cold;               /* owned */
    uint32_t used;                      /* records */
    struct code_page *pages;            /* owned: CODE_PAGES */
    uint32_t pages_used;
    uint16_t (*page_of)[2];             /* owned: frame of RAM -> index + 1 in pages, translated and bare; 0 none */
    uint8_t *marked;                    /* owned: frame of RAM -> has it marks? */
    uint64_t (*marks)[CODE_MARKS];      /* owned: frame of RAM -> a bit for each halfword */
    struct ram ram;                     /* borrowed */
    insn_profile profile;
    uint64_t pages_dropped;             /* a statistic of the simulator, not of the machine */
};

/* NULL if memory cannot be had. */
struct code *code_new(struct ram ram, insn_profile profile, const void *const *labels);
void code_free(struct code *c);

/* The page's record at pa (in RAM), made if there is none. *dropped is set if all code had to be forgotten for it: then
 * every pointer to a page or a record is stale. */
struct code_page *code_page_get(struct code *c, uint64_t pa, bool bare, bool *dropped);

/* Does the frame of pa (in RAM) hold decoded code? */
static inline bool code_in_frame(const struct code *c, uint64_t pa)
{
    const uint16_t *index = c->page_of[(pa - c->ram.base) / PAGE_SIZE];
    return (index[0] && c->pages[index[0] - 1].decoded) || (index[1] && c->pages[index[1] - 1].decoded);
}

/* Bytes [pa, pa + n), inside one page of RAM, have been written: forgets the page's code if some of it overlaps, and says
 * whether it did. */
bool code_written(struct code *c, uint64_t pa, uint64_t n);

/* Is there room for one more block of any length? If not, call code_drop(): every record and page is forgotten. */
static inline bool code_full(const struct code *c) { return c->used + 2 * BLOCK_LONGEST + 2 > CODE_OPS; }
void code_drop(struct code *c);

/* Sets the marks of the page at pa: bit i of the array says whether the instruction at halfword i retires. NULL: no marks,
 * every instruction does. Code that is decoded there is forgotten. */
void code_set_marks(struct code *c, uint64_t pa, const uint64_t marks[CODE_MARKS]);

/* Does the instruction at pa (in RAM or not) retire a guest instruction? */
static inline bool code_retires(const struct code *c, uint64_t pa)
{
    uint64_t frame = (pa - c->ram.base) / PAGE_SIZE, half = pa % PAGE_SIZE / 2;
    return pa - c->ram.base >= c->ram.size || !c->marked[frame] || (c->marks[frame][half / 64] >> half % 64 & 1);
}

/* Decodes the block at `offset` of the page; the instruction there must lie in the page as a whole. Returns its head. */
struct op *block_decode(struct code *c, struct code_page *page, uint32_t offset);

/* The record at `index` has been decoded (a branch: linked). If it and the one before it in its block are a pair, the one
 * before gets the pair's handler. */
void block_pair(struct code *c, uint32_t index, bool bare);

/* A block of the one instruction `word`, at the offset of its page, in the scratch records; does it retire? */
struct op *block_decode_one(struct code *c, uint32_t word, uint32_t offset, bool retires);

/* The row of an OP_csr*_field: offset of the field in struct priv, writable bits, least mode. */
struct csr_field { uint16_t offset; uint8_t mode; uint64_t mask; };
extern const struct csr_field csr_fields[];

#endif
