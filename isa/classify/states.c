/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Base states of the machine under test: what each choice makes of them, and which state there is to choose.
 */
#include "subject_parts.h"

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
        layout == LAYOUT_BARE ? RAM_BASE + FRAMES * PAGE_SIZE + 8 : layout_unmapped() + 8,
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
void states_patterns(struct csr_file *f, unsigned row)
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
