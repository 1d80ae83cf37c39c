/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The machine under test: the parts of its state, one execution, and what it depended on.
 */
#include <stdlib.h>
#include <string.h>

#include "../exec.h"
#include "subject_parts.h"

const char *const part_names[PART_count] = {"none", "E", "M", "P", "R", "X", "K", "C"};

enum { VARIED_NEVER, VARIED_MODE, VARIED_LAYOUT, VARIED_CHOICE, VARIED_SHIFT };

const struct field_info field_infos[FIELD_count] = {
    [FIELD_none] = {"simulator", PART_NONE, true},
#define STATE(name, part, path, varied) [FIELD_##name] = {#name, PART_##part, VARIED_##varied != VARIED_NEVER},
#include "state.def"
    [FIELD_pte] = {"page-table entry", PART_RELOCATION, true},
    [FIELD_tables] = {"page tables", PART_RELOCATION, true},
    [FIELD_memory] = {"memory", PART_MEMORY, true},
    [FIELD_unclassified] = {"unclassified", PART_NONE, false},
};

/* --- the partition -------------------------------------------------------------------------------------------------------------- */

struct extent {
    size_t offset, size, align;
    uint8_t field;
};

static const struct extent extents[] = {
#define STATE(name, part, path, varied)                                                                                    \
    {offsetof(struct machine, path), sizeof(((struct machine *)0)->path),                                                  \
     _Alignof(__typeof__(((struct machine *)0)->path)),                                                                    \
     PART_##part == PART_NONE && FIELD_##name != FIELD_raised ? (uint8_t)FIELD_none : (uint8_t)FIELD_##name},
#include "state.def"
};
#define EXTENTS (sizeof extents / sizeof extents[0])

/* Fills in the map of bytes. False if some byte that could be a field belongs to none: between two fields there is only
 * what aligning the second one takes, or a struct of 8-byte alignment. */
static bool partition(uint8_t *field_of, const char **why)
{
    uint8_t *covered = calloc(1, sizeof(struct machine));
    if (!covered)
        return false;
    memset(field_of, FIELD_unclassified, sizeof(struct machine));
    for (unsigned i = 0; i < EXTENTS; i++) {
        memset(field_of + extents[i].offset, extents[i].field, extents[i].size);
        for (size_t b = 0; b < extents[i].size; b++)
            if (covered[extents[i].offset + b]++)
                *why = "a field belongs to two parts of the state (state.def)";
        if (extents[i].field == FIELD_x)
            for (unsigned x = 0; x < 33; x++)
                memset(field_of + extents[i].offset + 8 * x, (int)(FIELD_x0 + x), 8);
    }
    for (size_t b = 0, gap = 0; b < sizeof(struct machine); b++) {
        gap = covered[b] ? 0 : gap + 1;
        if (gap >= _Alignof(struct machine))
            *why = "a field of struct machine belongs to no part of the state (state.def)";
    }
    free(covered);
    return *why == NULL;
}

/* --- making ------------------------------------------------------------------------------------------------------------------------ */

static void note(void *context, const struct trap_note *n, unsigned count)
{
    struct subject *s = context;
    (void)count;
    s->trap = (struct trap){(int)n->cause, n->tval};
    longjmp(s->trapped, 1); /* what a trap does to the state is the same for all: nobody looks at it */
}

static void no_byte(void *context, uint8_t byte)
{
    (void)context, (void)byte;
}
static int no_input(void *context)
{
    (void)context;
    return BUS_END_OF_INPUT;
}
static bool no_flush(void *context, unsigned drive)
{
    (void)context, (void)drive;
    return false;
}
static void no_dma(void *context, uint64_t pa, uint64_t n)
{
    (void)context, (void)pa, (void)n;
}
static bool no_transfer(void *context, unsigned drive, bool write, uint64_t sector, uint64_t count, uint64_t pa)
{
    (void)context, (void)drive, (void)write, (void)sector, (void)count, (void)pa;
    return false;
}

static void watch(struct subject *s)
{
    struct machine *m = s->machine;
    trap_log_open(&s->log, 1, note, s);
    m->trap_log = &s->log;
    s->trace.machine = (uintptr_t)m;
    s->trace.machine_size = sizeof *m;
    s->trace.ram = (uintptr_t)m->ram.bytes;
    s->trace.ram_size = m->ram.size;
    s->trace.scratch = (uintptr_t)m->hart.code->ops;
    s->trace.scratch_size = CODE_SCRATCH * sizeof *m->hart.code->ops;
    s->trace.field_of = s->field_of;
    s->trace.frame_part = s->frame_part;
    memset(s->frame_part, FIELD_memory, sizeof s->frame_part);
}

struct subject *subject_new(insn_profile profile, const char **why)
{
    static const struct bus_host host = {NULL, no_byte, no_input, no_transfer, no_flush, no_dma, NULL};
    struct machine_config config = {.ram_size = FRAMES * PAGE_SIZE, .stress.one_instruction = true, .profile = profile};
    struct subject *s = calloc(1, sizeof *s);
    *why = NULL;
    if (!s)
        return NULL;
    s->machine = machine_new(&config, &host);
    s->field_of = malloc(sizeof(struct machine));
    s->pristine = calloc(FRAMES, PAGE_SIZE);
    if (!s->machine || !s->field_of || !s->pristine || !partition(s->field_of, why)) {
        subject_free(s);
        return NULL;
    }
    watch(s);
    layout_put_tables(s);
    for (unsigned i = 0; i < 4; i++)
        states_patterns(&s->patterns[i], i);
    for (unsigned i = 1; i < 32; i++)
        s->registers.x[i] = UINT64_C(0x0101010101010101) * i;
    memcpy(s->pristine, s->machine->ram.bytes, FRAMES * PAGE_SIZE);
    layout_put_leaves(s, 0, 0);
    return s;
}

void subject_free(struct subject *s)
{
    if (s) {
        machine_free(s->machine);
        free(s->field_of);
        free(s->pristine);
        free(s);
    }
}

void subject_load(struct subject *s, const struct subject_insn *insn)
{
    s->insn = *insn;
    for (enum layout l = LAYOUT_NEAR; l <= LAYOUT_FAR; l++) {
        uint64_t at = subject_page_pa(l, PAGE_CODE) - RAM_BASE + CODE_AT;
        bytes_put(s->machine->ram.bytes + at, 4, insn->word);
        bytes_put(s->pristine + at, 4, insn->word);
    }
}

/* --- executing --------------------------------------------------------------------------------------------------------------------------- */

static bool is_memory_trap(int cause)
{
    switch (cause) {
    case CAUSE_insn_access:
    case CAUSE_load_access:
    case CAUSE_store_access:
    case CAUSE_insn_page:
    case CAUSE_load_page:
    case CAUSE_store_page:
        return true;
    }
    return false;
}

/* A TLB that knows one page, and that wrongly: the entry was changed since, and nobody has fenced. */
static void fill_tlb(struct subject *s, const struct start *start)
{
    struct hart *h = &s->machine->hart;
    if (start->layout == LAYOUT_BARE)
        return;
    uint64_t va = subject_page_va(start->layout, PAGE_OTHER);
    if (++h->tlb.generation == 0)
        tlb_reset(h);
    *tlb_set(&h->tlb, false, va / PAGE_SIZE) = (struct tlb_entry){
        .vpn = va / PAGE_SIZE,
        .ppn = layout_frame_pa(STALE_FRAME) / PAGE_SIZE,
        .generation = h->tlb.generation,
        .space = SPACE_ASID,
        .flags = (uint8_t)(PTE_V | PTE_R | PTE_W | PTE_A | PTE_D | s->pte_user),
    };
}

static uint64_t stale_frame(struct subject *s, const struct start *start)
{
    if (start->layout == LAYOUT_BARE)
        return 0;
    const struct tlb_entry *e =
        tlb_find(&s->machine->hart.tlb, false, subject_page_va(start->layout, PAGE_OTHER), SPACE_ASID);
    return e ? e->ppn + 1 : 0;
}

static void enter(struct subject *s, const struct start *start)
{
    struct machine *m = s->machine;
    struct hart *h = &m->hart;
    uint64_t user = start->mode == MODE_U ? PTE_U : 0;
    if (start->layout != LAYOUT_BARE && (user != s->pte_user || start->page != s->page_kind))
        layout_put_leaves(s, user, start->page);
    h->ctx = start->ctx;
    h->priv.mode = start->mode;
    h->priv.csr = start->csr;
    m->clock = start->clock;
    m->idle = start->clock.now - start->clock.steps;
    h->traps = start->clock.steps - start->clock.insns;
    h->extra = 0;
    h->stale = false;
    m->same_insns_traps = 0;
    m->end.reason = END_NONE;
    fill_tlb(s, start);
    h->one = true;
    h->left = -1;
    h->steps_end = start->clock.steps + (uint64_t)h->left;
    if (h->fast.now->satp != start->csr.satp)
        fast_switch(&h->fast, start->csr.satp, 0);
    s->trap.cause = NO_TRAP;
    s->trace.written = 0;
    s->trace.executing = false;
    s->trace.reads = (struct field_set){{0}};
}

static void add_change(struct outcome *out, uint64_t place, uint8_t byte)
{
    struct change c = {(uint16_t)(place / PAGE_SIZE), (uint16_t)(place % PAGE_SIZE), byte};
    unsigned i = out->change_count;
    if (i == CHANGES_MOST)
        return;
    out->change_count++;
    for (; i > 0 && (out->change[i - 1].page > c.page ||
                     (out->change[i - 1].page == c.page && out->change[i - 1].offset > c.offset));
         i--)
        out->change[i] = out->change[i - 1];
    out->change[i] = c;
}

/* What was written to RAM: into the outcome, and undone. Each byte once, since undoing makes it equal. */
static void collect_writes(struct subject *s, const struct start *start, struct outcome *out)
{
    uint8_t *ram = s->machine->ram.bytes;
    for (unsigned w = 0; w < s->trace.written; w++)
        for (uint32_t at = s->trace.writes[w].offset, end = at + s->trace.writes[w].size; at < end; at++) {
            if (ram[at] == s->pristine[at])
                continue;
            uint64_t place = layout_place(start->layout, RAM_BASE + at);
            if (s->frame_part[at / PAGE_SIZE] == FIELD_tables)
                out->mmu_wrote = true;
            else
                add_change(out, place != UINT64_MAX ? place : PAGE_count * PAGE_SIZE, ram[at]);
            ram[at] = s->pristine[at];
        }
}

void subject_run(struct subject *s, const struct start *start, struct outcome *out)
{
    struct machine *m = s->machine;
    enter(s, start);
    out->waits = false;
    if (setjmp(s->trapped) == 0) {
        trace_to(&s->trace);
        out->waits = block_run(m) == HART_WAIT;
    }
    trace_to(NULL);
    out->kind = s->trap.cause == NO_TRAP ? OUTCOME_NORMAL : is_memory_trap(s->trap.cause) ? OUTCOME_MEMTRAP : OUTCOME_TRAP;
    out->cause = s->trap.cause;
    out->tval = s->trap.tval;
    out->mmu_wrote = false;
    out->reads = s->trace.reads;
    out->change_count = 0;
    if (out->kind == OUTCOME_NORMAL) {
        out->stale = stale_frame(s, start);
        out->mode = m->hart.priv.mode;
        out->ctx = m->hart.ctx;
        out->csr = m->hart.priv.csr;
        out->time_offset = m->clock.time_offset;
    }
    collect_writes(s, start, out);
}

/* --- trials ---------------------------------------------------------------------------------------------------------------------------------- */

void subject_trial(struct subject *s)
{
    s->trace.seen = (struct field_set){{0}};
    s->trace.count = 0;
}

struct field_set subject_seen(const struct subject *s)
{
    return s->trace.seen;
}

static unsigned use(uint8_t *used, unsigned n, const uint8_t *choices, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned k = 0;
        while (k < n && used[k] != choices[i])
            k++;
        if (k == n)
            used[n++] = choices[i];
    }
    return n;
}

/* Choices that a field is made of. */
static unsigned use_field(const struct subject *s, uint8_t *used, unsigned n, unsigned f)
{
#define USE(...) use(used, n, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
    if (f >= FIELD_x0 && f <= FIELD_behind_x) {
        if (s->insn.rs1 && f == (unsigned)FIELD_x0 + s->insn.rs1)
            n = USE(CHOICE_x1);
        if (s->insn.rs2 && f == (unsigned)FIELD_x0 + s->insn.rs2)
            n = USE(CHOICE_x2);
        return n;
    }
    switch (f) {
    case FIELD_mstatus:
        return USE(CHOICE_tvm, CHOICE_tw, CHOICE_tsr, CHOICE_sum, CHOICE_mxr, CHOICE_spp, CHOICE_mpp, CHOICE_stack);
    case FIELD_mcounteren:
        return USE(CHOICE_mcen);
    case FIELD_scounteren:
        return USE(CHOICE_scen);
    case FIELD_menvcfg:
        return USE(CHOICE_stce, CHOICE_rest);
    case FIELD_reservation:
        return USE(CHOICE_held);
    case FIELD_pte:
        return USE(CHOICE_page);
    }
    return field_infos[f].part == PART_CONTROL ? USE(CHOICE_rest) : n;
#undef USE
}

unsigned subject_used(const struct subject *s, uint8_t used[CHOICE_count])
{
    unsigned n = 0;
    for (unsigned i = 0; i < s->trace.count; i++)
        n = use_field(s, used, n, s->trace.order[i]);
    return n;
}
