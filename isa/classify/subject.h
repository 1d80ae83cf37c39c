/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The machine under test: puts it into a state, executes one instruction, and says what became of the state. It knows
 * nothing of tables of instructions or of what is expected.
 */
#ifndef ISA_CLASSIFY_SUBJECT_H
#define ISA_CLASSIFY_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "../clock.h"
#include "../context.h"
#include "../csr.h"
#include "../insn.h"
#include "trace.h"

enum choice {
#define CHOICE(name, values, text) CHOICE_##name,
#include "choice.def"
    CHOICE_count
};
extern const uint8_t choice_values[CHOICE_count];
extern const char *const choice_texts[CHOICE_count], *const choice_names[CHOICE_count];

struct assignment { uint8_t value[CHOICE_count]; };     /* one base state, without mode and layout */

/* The instruction under test, decoded. */
struct subject_insn {
    uint32_t word;
    uint8_t length;
    uint8_t rs1, rs2;       /* registers that hold operands; 0: none */
    bool spare;             /* leave out half of the operand values and patterns: its CSR decides, not they */
};

/* Where code and data lie. In every layout of translated addresses the same virtual pages show the same bytes; from one to
 * the other all frames are moved, those of code and page tables, too. */
enum layout { LAYOUT_BARE, LAYOUT_NEAR, LAYOUT_FAR, LAYOUT_count };

/* A whole state before the instruction: what a witness shows. */
struct start {
    enum mode mode;
    enum layout layout;
    uint8_t page;           /* choice `page` */
    struct context ctx;
    struct csr_file csr;
    struct clock clock;
};

enum outcome_kind { OUTCOME_NORMAL, OUTCOME_TRAP, OUTCOME_MEMTRAP };

/* Bytes of the virtual image that the instruction changed, in the order of addresses. */
#define CHANGES_MOST 24
struct change { uint16_t page, offset, byte; };

struct outcome {
    enum outcome_kind kind;
    int cause;              /* of a trap; then only this, tval and reads say something */
    uint64_t tval;
    bool waits;             /* the processor was given up (wfi) */
    bool mmu_wrote;         /* an A or D bit was set: the MMU's work, and no part of the outcome */
    uint64_t stale;         /* frame that a page translates to by an old entry of the TLB, + 1; 0 if that was dropped */
    enum mode mode;
    struct context ctx;
    struct csr_file csr;
    uint64_t time_offset;
    struct field_set reads; /* by the instruction itself: its fetch left out */
    unsigned change_count;
    struct change change[CHANGES_MOST];
};

/* Parts of the state that changed, or in which two states differ: a set of 1 << enum part. */
enum part { PART_NONE, PART_MEMORY, PART_MODE, PART_PC, PART_RELOCATION, PART_REGISTERS, PART_CONTROL, PART_CLOCK, PART_count };
extern const char *const part_names[PART_count];
struct field_info { const char *name; uint8_t part; bool varied; };
extern const struct field_info field_infos[FIELD_count];

struct subject;

/* NULL if memory cannot be had; *why is set if the partition of the state has a hole (state.def). */
struct subject *subject_new(insn_profile profile, const char **why);
void subject_free(struct subject *s);

/* The instruction to be executed from now on. */
void subject_load(struct subject *s, const struct subject_insn *insn);

/* The state of an assignment. SUM, MXR and so on as chosen; MPRV is 0. */
void subject_start(const struct subject *s, const struct assignment *a, enum mode mode, enum layout layout, struct start *start);

/* One execution from `start`. */
void subject_run(struct subject *s, const struct start *start, struct outcome *out);

/* --- trials: which choices did the executions since subject_trial() depend on? In the order of their first use. --------- */

void subject_trial(struct subject *s);
unsigned subject_used(const struct subject *s, uint8_t used[CHOICE_count]);
struct field_set subject_seen(const struct subject *s);

/* --- comparing ------------------------------------------------------------------------------------------------------------ */

/* What an execution that completed has changed beside E, X, P and its own step of the clock. */
unsigned outcome_effects(const struct start *start, const struct outcome *out);

/* Parts in which the ends of two executions differ; frames that correspond are the same. Both completed. */
unsigned outcome_difference(const struct start *a, const struct outcome *x, const struct start *b, const struct outcome *y);

/* --- single bits of K, for the configuration test --------------------------------------------------------------------- */

/* Bits of the field that software can set; 0 if it is none of K. */
uint64_t control_bits(enum field f);
uint64_t *control_field(struct csr_file *csr, enum field f);

/* Address of a virtual page's byte 0 in the layout, and its name. */
#define SUBJECT_PAGES 4
extern const char *const subject_page_names[SUBJECT_PAGES];
uint64_t subject_page_va(enum layout layout, unsigned page);
uint64_t subject_page_pa(enum layout layout, unsigned page);

#endif
