/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Popek and Goldberg's classification of the machine, found by executing it (docs/theorem.md): each instruction, with its
 * destination and source register x0 and not x0, and of Zicsr with each of the 4096 CSR numbers, in pairs of states.
 */
#ifndef ISA_CLASSIFY_CLASSIFY_H
#define ISA_CLASSIFY_CLASSIFY_H

#include "subject.h"

/* Hardware configurations: what firmware can set that decides who may execute what. A verdict is a set of them, as bits:
 * TVM, TW, TSR, STCE, and who may read the counters (mcounteren and scounteren all 0 or all 1). */
#define CONFIGS 64
#define CONFIGS_ALL (~UINT64_C(0))
struct configuration { bool tvm, tw, tsr, stce, mcounteren, scounteren; };
struct configuration configuration_of(unsigned index);
unsigned configuration_index(struct configuration c);

/* Those that reports name; the first is the one after reset. */
struct named_configuration { const char *name, *meaning; struct configuration set; };
#define NAMED_CONFIGS 8
extern const struct named_configuration named_configurations[NAMED_CONFIGS];

enum test { TEST_PRIVILEGED, TEST_CONTROL, TEST_LOCATION, TEST_MODE, TEST_CONFIG, TEST_CLOCK, TEST_POINTWISE, TEST_count };
extern const char *const test_names[TEST_count];

/* A pair of states that shows something. TEST_PRIVILEGED: that the instruction is not privileged. */
struct witness {
    bool found;
    struct subject_insn insn;
    struct assignment assignment;
    enum layout layout[2];      /* of the two states */
    enum mode mode[2];
    uint8_t field, bit;         /* TEST_CONFIG: the bit of K in which they differ */
};

#define NO_CSR 0xffff

/* One instruction (of Zicsr: with one CSR), all its variants together. Sets of configurations are bits. */
struct classified {
    uint16_t id, csr;           /* enum insn_id; number of the CSR, or NO_CSR */
    uint16_t variants, variants_done;           /* tried; that completed in some state */
    uint64_t completes[4];      /* by mode: completes in some state */
    uint64_t privileged, control, location, mode;
    uint64_t user_control, user_location;
    uint64_t strict_bad, pointwise_bad, third_bad;      /* the theorems fail for it */
    bool config, clock;         /* its outcome depends on a bit of K, on the clock */
    bool mmu_wrote;
    bool undetermined;          /* some test had no pair of states */
    uint32_t executions;
    uint32_t pairs, pairs_location, pairs_mode, pairs_both;     /* surviving; both: of mode, those where both completed */
    uint32_t ends[4][3];        /* Bare, by mode and enum outcome_kind */
    uint32_t untested;          /* fields that it reads and that were never varied, combinations left out, reads missed */
    struct field_set reads;
    struct witness witness[TEST_count];
};

struct classification {
    insn_profile profile;
    unsigned count;
    struct classified *row;     /* owned */
    uint64_t executions;
};

struct classify_options {
    insn_profile profile;
    /* Which rows: NULL for all. */
    bool (*wanted)(void *context, uint16_t id, uint16_t csr);
    /* Called now and then: so many rows of so many are done. May be NULL. */
    void (*progress)(void *context, unsigned done, unsigned of);
    void *context;
};

/* NULL with *why set: memory, or a hole in the partition of the state. */
struct classification *classify(const struct classify_options *options, const char **why);
void classification_free(struct classification *c);

/* Name of a row: "add", "csrrw.satp", "csrrs.0x5c0". */
void classified_name(const struct classified *row, char *text, size_t n);

/* In the configuration `c` (an index): does it hold for all rows? Strict and pointwise, and Theorem 3. */
struct theorems { bool strict, pointwise, third, determined; };
struct theorems classification_theorems(const struct classification *c, unsigned config);

/* A single change of `config` in which the row violates nothing; NULL if there is none. In `text`. */
const char *violation_removed_by(const struct classified *row, unsigned config, char *text, size_t n);

/* --- witnesses ----------------------------------------------------------------------------------------------------------- */

/* The two states of a witness and what became of them, executed now. False if the pair no longer shows what it should. */
struct replay { struct start start[2]; struct outcome end[2]; };
bool witness_replay(struct subject *s, enum test test, const struct witness *w, struct replay *replay);

/* Makes as many choices as possible the first of their values, while the witness still holds. */
void witness_minimize(struct subject *s, enum test test, struct witness *w);

/* --- the tables' own columns (table.c), the only place that reads them ----------------------------------------------------- */

/* Why the columns `mode` and `class` of insn.def and flawed.def, or csr.def, say something else of the row than was found; NULL
 * if they agree. In `text`. */
const char *table_mismatch(const struct classified *row, insn_profile profile, char *text, size_t n);

#endif
