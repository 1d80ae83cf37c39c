/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The machine under test: its pages, its base states, and one execution.
 */
#include "subject.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "../exec.h"

const uint8_t choice_values[CHOICE_count] = {
#define CHOICE(name, values, text) values,
#include "choice.def"
};
const char *const choice_texts[CHOICE_count] = {
#define CHOICE(name, values, text) text,
#include "choice.def"
};
const char *const choice_names[CHOICE_count] = {
#define CHOICE(name, values, text) #name,
#include "choice.def"
};
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

/* --- memory: four virtual pages in two layouts ------------------------------------------------------------------------------ */

enum page { PAGE_CODE, PAGE_DATA, PAGE_DATA2, PAGE_OTHER, PAGE_count };
_Static_assert(PAGE_count == SUBJECT_PAGES, "");
const char *const subject_page_names[SUBJECT_PAGES] = {"code", "data", "data+4096", "other"};

#define FRAMES 64
#define CODE_AT 0x200 /* offset of the instruction in its page */
#define SPACE_ASID 1

/* Frames of RAM. Bare code and data lie where LAYOUT_NEAR has them. */
struct plan {
    uint8_t root, middle, leaf, page[PAGE_count];
};
static const struct plan plans[LAYOUT_count] = {
    [LAYOUT_BARE] = {1, 2, 3, {4, 5, 6, 7}},
    [LAYOUT_NEAR] = {1, 2, 3, {4, 5, 6, 7}},
    [LAYOUT_FAR] = {33, 40, 35, {37, 50, 43, 39}},
};
#define STALE_FRAME 9 /* where the TLB still has PAGE_OTHER, in both layouts */

static const uint16_t virtual_page[PAGE_count] = {0x10, 0x11, 0x12, 0x14}; /* entries of the leaf table */
#define VIRTUAL_BASE (UINT64_C(1) << 30)
#define UNMAPPED (VIRTUAL_BASE + 0x18 * PAGE_SIZE)

static uint64_t frame_pa(unsigned frame)
{
    return RAM_BASE + frame * PAGE_SIZE;
}

uint64_t subject_page_pa(enum layout layout, unsigned page)
{
    return frame_pa(plans[layout].page[page]);
}

uint64_t subject_page_va(enum layout layout, unsigned page)
{
    return layout == LAYOUT_BARE ? subject_page_pa(layout, page) : VIRTUAL_BASE + virtual_page[page] * PAGE_SIZE;
}

static uint64_t layout_satp(enum layout layout)
{
    if (layout == LAYOUT_BARE)
        return 0;
    return SATP_MODE_SV39 << 60 | (uint64_t)SPACE_ASID << 44 | frame_pa(plans[layout].root) >> 12;
}

/* The virtual place of a physical address: page * PAGE_SIZE + offset; UINT64_MAX if it is in none of the pages. */
static uint64_t place_of(enum layout layout, uint64_t pa)
{
    for (unsigned i = 0; i < PAGE_count; i++)
        if (pa - subject_page_pa(layout, i) < PAGE_SIZE)
            return i * PAGE_SIZE + pa % PAGE_SIZE;
    return UINT64_MAX;
}

struct subject {
    struct machine *machine;
    struct trace trace;
    struct trap trap; /* what the observer was told; NO_TRAP */
    jmp_buf trapped;  /* where the observer goes then */
    struct subject_insn insn;
    uint64_t pte_user;  /* how the tables stand now: PTE_U or 0, ... */
    unsigned page_kind; /* ... and the choice `page` */
    uint8_t frame_part[FRAMES];
    struct csr_file patterns[4];  /* by choice `rest` */
    struct context registers;     /* x0 to x31 before operands are put in */
    uint8_t *field_of, *pristine; /* owned; pristine: RAM as it is to be before each execution */
};

static uint8_t *frame(const struct subject *s, unsigned n)
{
    return s->machine->ram.bytes + n * PAGE_SIZE;
}

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

static void put_pte(uint8_t *at, uint64_t pa, uint64_t flags)
{
    bytes_put(at, 8, pa >> 12 << 10 | flags);
}

/* Sets the leaf entries of both layouts for code that runs with `user` (PTE_U or 0). */
static void put_leaves(struct subject *s, uint64_t user, unsigned kind)
{
    static const uint64_t kinds[] = {PTE_V | PTE_R | PTE_W | PTE_A | PTE_D,
                                     PTE_V | PTE_R | PTE_W,
                                     PTE_V | PTE_R | PTE_W | PTE_A,
                                     PTE_V | PTE_R | PTE_A | PTE_D,
                                     0,
                                     PTE_V | PTE_X | PTE_A | PTE_D,
                                     PTE_V | PTE_R | PTE_W | PTE_A | PTE_D};
    for (enum layout l = LAYOUT_NEAR; l <= LAYOUT_FAR; l++) {
        uint8_t *leaf = frame(s, plans[l].leaf), *pristine = s->pristine + plans[l].leaf * PAGE_SIZE;
        for (unsigned p = 0; p < PAGE_count; p++) {
            uint64_t flags = kinds[0] | user | (p == PAGE_CODE ? PTE_X : 0);
            if (p == PAGE_DATA)
                flags = kinds[kind] | (kind == 6 ? user ^ PTE_U : user);
            put_pte(leaf + virtual_page[p] * 8, subject_page_pa(l, p), flags);
            put_pte(pristine + virtual_page[p] * 8, subject_page_pa(l, p), flags);
        }
    }
    s->pte_user = user;
    s->page_kind = kind;
}

static void put_tables(struct subject *s)
{
    for (enum layout l = LAYOUT_NEAR; l <= LAYOUT_FAR; l++) {
        const struct plan *p = &plans[l];
        put_pte(frame(s, p->root) + (VIRTUAL_BASE >> 30) * 8, frame_pa(p->middle), PTE_V);
        put_pte(frame(s, p->middle), frame_pa(p->leaf), PTE_V);
        s->frame_part[p->root] = s->frame_part[p->middle] = s->frame_part[p->leaf] = FIELD_tables;
        s->trace.pte[l - LAYOUT_NEAR] = (uintptr_t)(frame(s, p->leaf) + virtual_page[PAGE_DATA] * 8);
        for (unsigned page = PAGE_DATA; page < PAGE_count; page++)
            for (unsigned i = 0; i < PAGE_SIZE; i++)
                frame(s, p->page[page])[i] = (uint8_t)(i * 7 + page * 31 + (i >> 8) + 1);
    }
}

static void note(void *context, const struct trap_note *n)
{
    struct subject *s = context;
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
    m->observer = (struct trap_observer){note, s};
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

static void put_patterns(struct csr_file *f, unsigned row);

struct subject *subject_new(enum insn_profile profile, const char **why)
{
    static const struct bus_host host = {NULL, no_byte, no_input, no_transfer, no_flush, no_dma};
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
    put_tables(s);
    for (unsigned i = 0; i < 4; i++)
        put_patterns(&s->patterns[i], i);
    for (unsigned i = 1; i < 32; i++)
        s->registers.x[i] = UINT64_C(0x0101010101010101) * i;
    memcpy(s->pristine, s->machine->ram.bytes, FRAMES * PAGE_SIZE);
    put_leaves(s, 0, 0);
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
        uint64_t at = plans[l].page[PAGE_CODE] * PAGE_SIZE + CODE_AT;
        bytes_put(s->machine->ram.bytes + at, 4, insn->word);
        bytes_put(s->pristine + at, 4, insn->word);
    }
}

/* --- base states ---------------------------------------------------------------------------------------------------------------------- */

/* Values of x[rs1] and x[rs2]; with `spare`, four of them. */
static uint64_t operand(const struct subject *s, enum layout layout, unsigned i)
{
    static const uint8_t spare[4] = {0, 2, 10, 1};
    uint64_t data = subject_page_va(layout, PAGE_DATA);
    const uint64_t values[] = {
        0,
        1,
        ~UINT64_C(0),
        UINT64_C(1) << 63,
        data + 0x100,
        data + 0x101,
        data + PAGE_SIZE - 12,
        layout == LAYOUT_BARE ? RAM_BASE + FRAMES * PAGE_SIZE + 8 : UNMAPPED + 8,
        subject_page_va(layout, PAGE_OTHER) + 0x40,
        subject_page_va(layout, PAGE_CODE) + CODE_AT + 0x40,
        UINT64_C(0x80000001234a5a56), /* as satp: Sv39; as status bits: some of each */
    };
    return values[s->insn.spare ? spare[i] : i];
}

/* The i-th of four patterns under a mask: reset, all ones, and every other bit. */
static uint64_t pattern(unsigned i, uint64_t reset, uint64_t mask)
{
    switch (i) {
    case 0:
        return reset;
    case 1:
        return mask;
    case 2:
        return mask & UINT64_C(0x5555555555555555);
    default:
        return mask & UINT64_C(0xaaaaaaaaaaaaaaaa);
    }
}

#define MASK_mstatus                                                                                                       \
    (MSTATUS_SIE | MSTATUS_MIE | MSTATUS_SPIE | MSTATUS_MPIE | MSTATUS_SPP | MSTATUS_SUM | MSTATUS_MXR | MSTATUS_TVM |     \
     MSTATUS_TW | MSTATUS_TSR)
#define MASK_mip_written (MIP_SSIP | MIP_STIP | MIP_SEIP)
#define MASK_mip_lines (MIP_MSIP | MIP_STIP | MIP_MTIP | MIP_SEIP | MIP_MEIP)

uint64_t control_bits(enum field f)
{
    switch (f) {
#define BITS_FIELD(name, mask)                                                                                             \
    case FIELD_##name:                                                                                                     \
        return mask;
#define BITS_SYNCED(name, mask)                                                                                            \
    case FIELD_##name:                                                                                                     \
        return mask;
#define BITS_VIEW(name, mask)
#define BITS_CONST(name, mask)
#define CSR(name, number, kind, mask, reset, meaning) BITS_##kind(name, mask)
#include "../csr.def"
    case FIELD_mstatus:
        return MASK_mstatus;
    case FIELD_mip_written:
        return MASK_mip_written;
    case FIELD_mip_lines:
        return MASK_mip_lines;
    default:
        return 0;
    }
}

uint64_t *control_field(struct csr_file *csr, enum field f)
{
    switch (f) {
#define POINTER_CONTROL(name, path)                                                                                        \
    case FIELD_##name:                                                                                                     \
        return (uint64_t *)(void *)((char *)csr +                                                                          \
                                    (offsetof(struct machine, path) - offsetof(struct machine, hart.priv.csr)));
#define POINTER_NONE(name, path)
#define POINTER_MEMORY(name, path)
#define POINTER_MODE(name, path)
#define POINTER_PC(name, path)
#define POINTER_REGISTERS(name, path)
#define POINTER_RELOCATION(name, path)
#define POINTER_CLOCK(name, path)
#define STATE(name, part, path, varied) POINTER_##part(name, path)
#include "state.def"
    default:
        return NULL;
    }
}

static uint64_t status(const struct assignment *a)
{
    static const uint64_t stacks[4] = {0, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_MIE | MSTATUS_MPIE,
                                       MSTATUS_SIE | MSTATUS_MPIE, MSTATUS_SPIE | MSTATUS_MIE};
    static const uint8_t modes[3] = {MODE_U, MODE_S, MODE_M};
    const uint8_t *v = a->value;
    return MSTATUS_UXL | MSTATUS_SXL | stacks[v[CHOICE_stack]] | (v[CHOICE_tvm] ? MSTATUS_TVM : 0) |
           (v[CHOICE_tw] ? MSTATUS_TW : 0) | (v[CHOICE_tsr] ? MSTATUS_TSR : 0) | (v[CHOICE_sum] ? MSTATUS_SUM : 0) |
           (v[CHOICE_mxr] ? MSTATUS_MXR : 0) | (v[CHOICE_spp] ? MSTATUS_SPP : 0) |
           (uint64_t)modes[v[CHOICE_mpp]] << MSTATUS_MPP_SHIFT;
}

/* The CSRs of choice `rest`. What would hide behind an equal pattern gets another: mideleg is a mask of mie and mip. */
static void put_patterns(struct csr_file *f, unsigned row)
{
#define SET_FIELD(name, mask, reset) f->name = pattern(row, reset, mask);
#define SET_SYNCED(name, mask, reset) SET_FIELD(name, mask, reset)
#define SET_VIEW(name, mask, reset)
#define SET_CONST(name, mask, reset)
#define CSR(name, number, kind, mask, reset, meaning) SET_##kind(name, mask, reset)
#include "../csr.def"
    f->mip_written = pattern(row, 0, MASK_mip_written);
    f->mip_lines = pattern(row ^ 2, 0, MASK_mip_lines);
    f->mideleg = row == 2 ? 0 : control_bits(FIELD_mideleg);
    f->cycle_offset = 0x1000;
    f->instret_offset = 0x2000;
}

static void start_csrs(const struct subject *s, const struct assignment *a, struct csr_file *f)
{
    const uint8_t *v = a->value;
    *f = s->patterns[v[CHOICE_rest]];
    f->menvcfg = (f->menvcfg & ~MENVCFG_STCE) | (v[CHOICE_stce] ? MENVCFG_STCE : 0);
    f->mcounteren = v[CHOICE_mcen];
    f->scounteren = v[CHOICE_scen];
    f->mstatus = status(a);
}

void subject_start(const struct subject *s, const struct assignment *a, enum mode mode, enum layout layout,
                   struct start *start)
{
    struct context *ctx = &start->ctx;
    start->mode = mode;
    start->layout = layout;
    start->page = a->value[CHOICE_page];
    start->clock = (struct clock){1000, 1000, 1000, 77};
    *ctx = s->registers;
    if (s->insn.rs1)
        ctx->x[s->insn.rs1] = operand(s, layout, a->value[CHOICE_x1]);
    if (s->insn.rs2)
        ctx->x[s->insn.rs2] = operand(s, layout, a->value[CHOICE_x2]);
    ctx->pc = subject_page_va(layout, PAGE_CODE) + CODE_AT;
    ctx->reservation = RESERVATION_NONE;
    if (a->value[CHOICE_held])
        ctx->reservation = (subject_page_pa(layout, PAGE_DATA) + 0x100) | (a->value[CHOICE_held] == 2);
    start_csrs(s, a, &start->csr);
    start->csr.satp = layout_satp(layout);
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
        .ppn = frame_pa(STALE_FRAME) / PAGE_SIZE,
        .generation = h->tlb.generation,
        .asid = SPACE_ASID,
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
        put_leaves(s, user, start->page);
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
        fast_switch(&h->fast, start->csr.satp);
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
            uint64_t place = place_of(start->layout, RAM_BASE + at);
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

/* --- comparing ------------------------------------------------------------------------------------------------------------------------------- */

/* Fields of K that differ? satp and the clock's offsets are not K's. */
static bool control_differs(const struct csr_file *a, const struct csr_file *b)
{
    if (memcmp(a, b, sizeof *a) == 0)
        return false;
    struct csr_file c = *b;
    c.satp = a->satp;
    c.cycle_offset = a->cycle_offset;
    c.instret_offset = a->instret_offset;
    return memcmp(a, &c, sizeof c) != 0;
}

static bool offsets_differ(const struct csr_file *a, const struct csr_file *b)
{
    return a->cycle_offset != b->cycle_offset || a->instret_offset != b->instret_offset;
}

unsigned outcome_effects(const struct start *start, const struct outcome *out)
{
    unsigned parts = 0;
    if (out->mode != start->mode)
        parts |= 1u << PART_MODE;
    if (out->csr.satp != start->csr.satp || (start->layout != LAYOUT_BARE && out->stale == 0))
        parts |= 1u << PART_RELOCATION;
    if (out->waits || control_differs(&start->csr, &out->csr))
        parts |= 1u << PART_CONTROL;
    if (offsets_differ(&start->csr, &out->csr) || out->time_offset != start->clock.time_offset)
        parts |= 1u << PART_CLOCK;
    return parts;
}

static uint64_t reservation_place(enum layout layout, uint64_t reservation)
{
    return reservation == RESERVATION_NONE ? reservation
                                           : place_of(layout, reservation & ~UINT64_C(1)) << 1 | (reservation & 1);
}

unsigned outcome_difference(const struct start *a, const struct outcome *x, const struct start *b, const struct outcome *y)
{
    unsigned parts = 0;
    if (memcmp(x->ctx.x + 1, y->ctx.x + 1, 31 * sizeof x->ctx.x[0]) != 0 ||
        reservation_place(a->layout, x->ctx.reservation) != reservation_place(b->layout, y->ctx.reservation))
        parts |= 1u << PART_REGISTERS;
    if (x->ctx.pc != y->ctx.pc)
        parts |= 1u << PART_PC;
    if (x->change_count != y->change_count || memcmp(x->change, y->change, x->change_count * sizeof x->change[0]) != 0)
        parts |= 1u << PART_MEMORY;
    if (x->mode != y->mode)
        parts |= 1u << PART_MODE;
    if (x->csr.satp != y->csr.satp || (x->stale == 0) != (y->stale == 0))
        parts |= 1u << PART_RELOCATION;
    if (x->waits != y->waits || control_differs(&x->csr, &y->csr))
        parts |= 1u << PART_CONTROL;
    if (offsets_differ(&x->csr, &y->csr) || x->time_offset != y->time_offset)
        parts |= 1u << PART_CLOCK;
    return parts;
}
