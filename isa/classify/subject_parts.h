/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the machine under test share: subject.c, layout.c, states.c, outcome.c.
 */
#ifndef ISA_CLASSIFY_SUBJECT_PARTS_H
#define ISA_CLASSIFY_SUBJECT_PARTS_H

#include <setjmp.h>

#include "../machine.h"
#include "subject.h"

enum page { PAGE_CODE, PAGE_DATA, PAGE_DATA2, PAGE_OTHER, PAGE_count };
_Static_assert(PAGE_count == SUBJECT_PAGES, "");

#define FRAMES 64       /* of RAM */
#define CODE_AT 0x200   /* offset of the instruction in its page */
#define SPACE_ASID 1
#define STALE_FRAME 9   /* where the TLB still has PAGE_OTHER, in both layouts */

struct subject {
    struct machine *machine;
    struct trace trace;
    struct trap_log log;
    struct trap trap; /* what the log was told; NO_TRAP */
    jmp_buf trapped;  /* where it goes then */
    struct subject_insn insn;
    uint64_t pte_user;  /* how the tables stand now: PTE_U or 0, ... */
    unsigned page_kind; /* ... and the choice `page` */
    uint8_t frame_part[FRAMES];
    struct csr_file patterns[4];  /* by choice `rest` */
    struct context registers;     /* x0 to x31 before operands are put in */
    uint8_t *field_of, *pristine; /* owned; pristine: RAM as it is to be before each execution */
};

/* layout.c: the address of a page that nothing maps; satp; the virtual place of a physical address, page * PAGE_SIZE + offset,
 * or UINT64_MAX if it is in none of the pages. */
uint64_t layout_unmapped(void);
uint64_t layout_satp(enum layout layout);
uint64_t layout_place(enum layout layout, uint64_t pa);
uint64_t layout_frame_pa(unsigned frame);

/* layout.c: writes the page tables; and their leaves, for code that runs with `user` (PTE_U or 0). */
void layout_put_tables(struct subject *s);
void layout_put_leaves(struct subject *s, uint64_t user, unsigned kind);

/* states.c: the CSRs of choice `rest`. */
void states_patterns(struct csr_file *f, unsigned row);

#endif
