/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Elements of programs for the oracle. Each runs in a mode that is known, and leaves a mode that is known.
 */
#include "isa/trap.h"
#include "oracle.h"

const struct oracle_csr oracle_csrs[] = {
    {CSR_mscratch, UINT64_MAX},
    {CSR_sscratch, UINT64_MAX},
    {CSR_mepc, ~UINT64_C(1)},
    {CSR_sepc, ~UINT64_C(1)},
    {CSR_mcause, UINT64_MAX},
    {CSR_scause, UINT64_MAX},
    {CSR_mtval, UINT64_MAX},
    {CSR_stval, UINT64_MAX},
    {CSR_mcounteren, 7},
    {CSR_scounteren, 7},
    {CSR_menvcfg, 1},
    {CSR_senvcfg, 1},
    {CSR_mie, 0},
    {CSR_sie, 0},
    {CSR_misa, 0},
    {CSR_mhartid, 0},
    {CSR_medeleg, 0},
    {CSR_mideleg, 0},
    {CSR_mtvec, 0},
    {CSR_stvec, 0},
    {CSR_mstatus, 0},
    {CSR_sstatus, 0},
    {CSR_satp, 0},
    {CSR_mconfigptr, 0},
};
const unsigned oracle_csr_count = sizeof oracle_csrs / sizeof *oracle_csrs;

/* --- computing ------------------------------------------------------------------------------------------------------- */

void oracle_alu(struct oracle *o)
{
    gen_alu(&o->g, 4 + below(&o->g, 12));
}

/* A register of any value but the frame's; often x0. */
static unsigned target(struct generator *g)
{
    return random_target(g);
}

/* M and the word-sized instructions, on corners: the least, the greatest, 0, -1, and 32-bit ones. */
void oracle_muldiv(struct oracle *o)
{
    static const uint16_t ids[] = {INSN_mul,   INSN_mulh, INSN_mulhsu, INSN_mulhu, INSN_div,   INSN_divu,
                                   INSN_rem,   INSN_remu, INSN_mulw,   INSN_divw,  INSN_divuw, INSN_remw,
                                   INSN_remuw, INSN_sra,  INSN_sraw,   INSN_srl,   INSN_srlw,  INSN_sll,
                                   INSN_sllw,  INSN_subw, INSN_addw,   INSN_slt,   INSN_sltu,  INSN_sub};
    static const uint64_t corners[] = {0,
                                       1,
                                       UINT64_MAX,
                                       UINT64_C(1) << 63,
                                       INT64_MAX,
                                       0x80000000,
                                       0x7fffffff,
                                       0xffffffff,
                                       UINT64_C(0xffffffff80000000),
                                       31,
                                       32,
                                       63,
                                       64};
    struct generator *g = &o->g;
    for (unsigned n = 1 + below(g, 3); n--;) {
        unsigned a = target(g), b = target(g), kind = below(g, 4);
        uint64_t x = kind & 1 ? corners[below(g, 13)] : random_value(g);
        uint64_t y = kind & 2 ? corners[below(g, 13)] : random_value(g);
        gen_li(g, a, x);
        gen_li(g, b, y);
        for (unsigned k = 1 + below(g, 4); k--;) {
            unsigned id = ids[below(g, 24)], rd = target(g);
            gen(g, (enum insn_id)id, rd == a || rd == b ? 0 : rd, a, b, 0);
        }
    }
}

void oracle_branch(struct oracle *o)
{
    static const uint16_t ids[] = {INSN_beq, INSN_bne, INSN_blt, INSN_bge, INSN_bltu, INSN_bgeu};
    struct generator *g = &o->g;
    for (unsigned n = 1 + below(g, 4); n--;) {
        unsigned a = target(g), b = target(g), id = ids[below(g, 6)];
        if (one_in(g, 2))
            gen_li(g, a, random_value(g));
        if (one_in(g, 3))
            gen_i(g, INSN_addi, b, a, (int64_t)below(g, 3) - 1);
        struct forward f = gen_forward(g, (enum insn_id)id, 0, a, b);
        gen_alu(g, 1 + below(g, 2));
        land(g, &f);
    }
    unsigned c = 8 + below(g, 8);
    struct forward f = gen_forward(g, one_in(g, 2) ? INSN_c_beqz : INSN_c_bnez, 0, c, 0);
    gen_alu(g, 1);
    land(g, &f);
}

/* Jumps of every kind, over an instruction; jalr to odd addresses, too. */
void oracle_jump(struct oracle *o)
{
    struct generator *g = &o->g;
    struct forward f = gen_forward(g, INSN_jal, target(g), 0, 0);
    gen_alu(g, 1);
    land(g, &f);
    unsigned base = 0;
    while (!base)
        base = target(g);
    unsigned kind = below(g, 3);
    int64_t imm = kind ? 0 : (int64_t)below(g, 4096) - 2048;
    uint32_t near = g->at;
    gen_near(g, base, 0); /* again below */
    if (kind)
        gen(g, kind == 1 ? INSN_c_jr : INSN_c_jalr, kind == 2, base, 0, 0);
    else
        gen_i(g, INSN_jalr, target(g), base, imm);
    gen_alu(g, 1);
    uint32_t end = g->at, words = g->p->word_count;
    g->at = near;
    gen_near(g, base, (uint32_t)(end - imm) | (one_in(g, 2) && !(imm & 1)));
    g->at = end;
    g->p->word_count = words;
    f = gen_forward(g, INSN_c_j, 0, 0, 0);
    gen_alu(g, 1);
    land(g, &f);
}

/* --- memory ---------------------------------------------------------------------------------------------------------- */

static const struct mem_op {
    uint16_t id;
    uint8_t size;
    bool store;
} accesses[] = {
    {INSN_lb, 1, false},  {INSN_lh, 2, false},  {INSN_lw, 4, false},  {INSN_ld, 8, false},
    {INSN_lbu, 1, false}, {INSN_lhu, 2, false}, {INSN_lwu, 4, false}, {INSN_sb, 1, true},
    {INSN_sh, 2, true},   {INSN_sw, 4, true},   {INSN_sd, 8, true},
};

/* One at va; the base register is one that can be changed. */
static void gen_access(struct generator *g, const struct mem_op *a, uint64_t va)
{
    unsigned base = 0;
    while (!base)
        base = target(g);
    int64_t imm = (int64_t)below(g, 4096) - 2048;
    gen_li(g, base, va - (uint64_t)imm);
    if (a->store)
        gen_store(g, (enum insn_id)a->id, random_source(g), base, imm);
    else
        gen_i(g, (enum insn_id)a->id, target(g), base, imm);
}

void oracle_memory(struct oracle *o)
{
    struct generator *g = &o->g;
    for (unsigned n = 1 + below(g, 5); n--;) {
        const struct mem_op *a = &accesses[below(g, 11)];
        uint32_t at = OR_DATA + below(g, (OR_DATA_PAGES * (uint32_t)PAGE_SIZE) - 8);
        gen_access(g, a, oracle_base(o) + (one_in(g, 3) ? at : at & ~7u));
    }
}

/* Loads and stores of 16 bits. */
void oracle_compressed(struct oracle *o)
{
    struct generator *g = &o->g;
    uint64_t va = oracle_base(o) + OR_DATA + 8 * below(g, 4096);
    unsigned base = 8 + below(g, 8), other = 8 + below(g, 8);
    int64_t imm = 8 * below(g, 16);
    gen_li(g, base, va - (uint64_t)imm);
    gen(g, INSN_c_ld, other == base ? 8 + (base + 1) % 8 : other, base, 0, imm);
    gen_store(g, INSN_c_sd, 8 + below(g, 8), base, imm);
    gen_store(g, INSN_c_sw, 8 + below(g, 8), base, imm);
    gen(g, INSN_c_lw, 8 + below(g, 8), base, 0, imm);
    imm = 8 * below(g, 32);
    gen_li(g, 2, va - (uint64_t)imm);
    gen_store(g, INSN_c_sdsp, random_source(g), 2, imm);
    unsigned rd = 1 + below(g, 27);
    gen(g, INSN_c_lwsp, rd == 2 ? 1 : rd, 2, 0, imm);
    gen_store(g, INSN_c_swsp, random_source(g), 2, imm);
    gen(g, INSN_c_ldsp, 1 + below(g, 27), 2, 0, imm);
}

static const uint16_t amos[] = {INSN_amoswap_w, INSN_amoadd_w,  INSN_amoxor_w,  INSN_amoand_w,  INSN_amoor_w,
                                INSN_amomin_w,  INSN_amomax_w,  INSN_amominu_w, INSN_amomaxu_w, INSN_amoswap_d,
                                INSN_amoadd_d,  INSN_amoxor_d,  INSN_amoand_d,  INSN_amoor_d,   INSN_amomin_d,
                                INSN_amomax_d,  INSN_amominu_d, INSN_amomaxu_d};

static void gen_amo(struct generator *g, uint64_t va)
{
    unsigned base = 0, value = target(g), id = amos[below(g, 18)];
    while (!base || base == value)
        base = target(g);
    gen_li(g, base, va);
    if (one_in(g, 2))
        gen_li(g, value, random_value(g));
    gen(g, (enum insn_id)id, target(g), base, value, below(g, 4));
}

void oracle_amo(struct oracle *o)
{
    struct generator *g = &o->g;
    for (unsigned n = 1 + below(g, 3); n--;)
        gen_amo(g, oracle_base(o) + OR_DATA + 8 * below(g, 8192));
}

/* An LR with its SC behind it: to the same place, or to another one, which fails. */
void oracle_reserved(struct oracle *o)
{
    struct generator *g = &o->g;
    uint64_t va = oracle_base(o) + OR_DATA + 8 * below(g, 4096);
    bool wide = one_in(g, 2), fails = one_in(g, 3);
    unsigned base = 8 + below(g, 8), rd = 16 + below(g, 4), value = 20 + below(g, 4), done = 24 + below(g, 3);
    gen_li(g, base, va);
    gen(g, wide ? INSN_lr_d : INSN_lr_w, rd, base, 0, below(g, 4));
    gen_i(g, INSN_xori, value, rd, (int64_t)below(g, 4096) - 2048);
    if (fails)
        gen_i(g, INSN_addi, base, base, 8 + 8 * below(g, 16));
    gen(g, wide ? INSN_sc_d : INSN_sc_w, done, base, value, below(g, 4));
    gen(g, wide ? INSN_sc_d : INSN_sc_w, 6, base, value, 0); /* the reservation is gone */
}

/* --- traps ----------------------------------------------------------------------------------------------------------- */

void oracle_trap(struct oracle *o)
{
    static const uint32_t illegal[] = {0x00000000, 0xffffffff, 0x0000707f, 0x02007053, 0xfff0302f, 0x00104073,
                                       0x7c0025f3, 0xc01790f3, 0x00008400, 0x1000102f, 0x0200707b, 0x30200173};
    static const uint64_t nowhere[] = {0, 0x90000000, 0xa0000008, UINT64_C(0x4000000000), UINT64_C(0xffffffc000000000)};
    struct generator *g = &o->g;
    gen_alu(g, below(g, 3));
    uint32_t word = illegal[below(g, 12)];
    uint64_t va = nowhere[below(g, 5)];
    switch (below(g, 6)) {
    case 0:
        gen(g, one_in(g, 2) ? INSN_ebreak : INSN_c_ebreak, 0, 0, 0, 0);
        break;
    case 1: /* no access: out of RAM, or page faults */
        gen_access(g, &accesses[below(g, 11)], va);
        break;
    case 2:
        gen_li(g, 5, va);
        gen_i(g, INSN_jalr, 6, 5, 0);
        break;
    case 3:
        gen_word(g, 0x0000, 2);
        break;
    case 4:
        if (o->mode == MODE_M)
            gen(g, INSN_ecall, 0, 0, 0, 0);
        else
            gen(g, o->mode == MODE_U && one_in(g, 2) ? INSN_sret : INSN_mret, 0, 0, 0, 0);
        break;
    default:
        gen_word(g, word, (word & 3) == 3 ? 4 : 2);
    }
    gen_alu(g, 1 + below(g, 2)); /* not reached */
}

/* --- CSRs ------------------------------------------------------------------------------------------------------------ */

void oracle_csr(struct oracle *o)
{
    static const uint16_t ids[] = {INSN_csrrw, INSN_csrrs, INSN_csrrc, INSN_csrrwi, INSN_csrrsi, INSN_csrrci};
    struct generator *g = &o->g;
    for (unsigned n = 1 + below(g, 4); n--;) {
        const struct oracle_csr *c = &oracle_csrs[below(g, oracle_csr_count)];
        unsigned id = ids[below(g, 6)], rd = target(g), value = target(g);
        bool immediate = id == INSN_csrrwi || id == INSN_csrrsi || id == INSN_csrrci;
        if (!c->mask) {
            gen_csr(g, one_in(g, 2) ? INSN_csrrs : INSN_csrrc, rd, c->number, 0);
            continue;
        }
        gen_li(g, value, random_value(g) & c->mask);
        unsigned source = immediate ? below(g, 32) & (unsigned)c->mask : value;
        gen_csr(g, (enum insn_id)id, rd, c->number, source);
    }
}

/* Bits of mstatus that change what is permitted. */
void oracle_status(struct oracle *o)
{
    struct generator *g = &o->g;
    uint64_t bits = MSTATUS_SUM | MSTATUS_MXR, set = dice_bits(&g->dice) & bits;
    bool machine = o->mode == MODE_M;
    if (machine) {
        uint64_t guards = MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR;
        bits |= guards | MSTATUS_MPIE | MSTATUS_SPIE | MSTATUS_SPP | MSTATUS_SIE;
        set |= dice_bits(&g->dice) & (bits ^ guards);
        set |= one_in(g, 2) ? dice_bits(&g->dice) & guards : 0;
        o->tvm = set & MSTATUS_TVM;
        o->tw = set & MSTATUS_TW;
        o->tsr = set & MSTATUS_TSR;
        if (o->tsr) { /* a handler of S could not return */
            gen_csr(g, INSN_csrrw, 0, CSR_medeleg, 0);
            gen_csr(g, INSN_csrrw, 0, CSR_mideleg, 0);
        }
    }
    unsigned number = machine ? CSR_mstatus : CSR_sstatus, rd = target(g);
    gen_csr_value(g, INSN_csrrc, number, bits & ~set);
    gen_csr_value(g, INSN_csrrs, number, set);
    gen_csr(g, INSN_csrrs, rd, number, 0);
}

/* What TVM, TW, TSR and the counters' enables forbid. */
void oracle_guarded(struct oracle *o)
{
    static const uint16_t counters[] = {CSR_cycle, CSR_instret};
    struct generator *g = &o->g;
    unsigned kind = below(g, 4);
    if (kind == 0 && (o->mode == MODE_U || (o->mode == MODE_S && o->tw)))
        gen(g, INSN_wfi, 0, 0, 0, 0);
    else if (kind == 1)
        gen(g, INSN_sfence_vma, 0, one_in(g, 2) ? 0 : random_source(g), one_in(g, 2) ? 0 : random_source(g), 0);
    else if (kind == 2 && o->mode != MODE_M && (o->mode == MODE_U || o->tsr))
        gen(g, INSN_sret, 0, 0, 0, 0);
    else
        gen_csr(g, INSN_csrrs, 0, counters[below(g, 2)], 0); /* its value depends on time */
    gen_alu(g, 1);
}

void oracle_delegate(struct oracle *o)
{
    struct generator *g = &o->g;
    uint64_t exceptions = one_in(g, 4) ? 0 : dice_bits(&g->dice) & 0xb1ff, interrupts = dice_bits(&g->dice) & 0x222;
    if (o->tsr)
        exceptions = interrupts = 0;
    gen_csr_value(g, INSN_csrrw, CSR_medeleg, exceptions); /* below M these are illegal, which is just as good */
    gen_csr_value(g, INSN_csrrw, CSR_mideleg, interrupts);
    gen_csr(g, INSN_csrrs, target(g), CSR_medeleg, 0);
}

/* Makes the program's interrupt pending, and permits it or not; it comes now, or when a mode is entered, or never. */
void oracle_interrupt(struct oracle *o)
{
    struct generator *g = &o->g;
    uint64_t bit = UINT64_C(1) << o->interrupt;
    if (o->mode != MODE_M) {
        gen_csr(g, INSN_csrrsi, target(g), CSR_sstatus, MSTATUS_SIE);
        gen_csr(g, INSN_csrrs, target(g), CSR_sip, 0);
        gen_csr(g, INSN_csrrci, 0, CSR_sstatus, MSTATUS_SIE);
        return;
    }
    if (one_in(g, 2))
        gen_csr_value(g, INSN_csrrs, CSR_mie, bit);
    gen_csr_value(g, one_in(g, 4) ? INSN_csrrc : INSN_csrrs, CSR_mip, bit);
    gen_csr(g, INSN_csrrsi, target(g), CSR_mstatus, MSTATUS_MIE);
    gen_csr(g, INSN_csrrci, 0, CSR_mstatus, MSTATUS_MIE);
    gen_csr(g, INSN_csrrs, target(g), CSR_sie, 0);
}

/* --- paging ---------------------------------------------------------------------------------------------------------- */

/* Accesses to the window, from S or U, or from M as one of them. */
void oracle_window(struct oracle *o)
{
    struct generator *g = &o->g;
    unsigned page = below(g, OR_WINDOW_PAGES), kind = below(g, 8);
    if (!o->paging) { /* there are devices, on QEMU's board */
        oracle_memory(o);
        return;
    }
    uint64_t va = OR_WINDOW + PAGE_SIZE * page + 8 * below(g, 500);
    uint64_t rights = o->leaf[page] & (PTE_R | PTE_W);
    bool safe = o->leaf[page] << 10 >> 20 == pa_of(OR_CODE) >> 12 || !(o->leaf[page] & PTE_X);
    if (o->mode == MODE_M) {
        gen_csr_value(g, INSN_csrrc, CSR_mstatus, MSTATUS_MPP);
        gen_csr_value(g, INSN_csrrs, CSR_mstatus,
                      MSTATUS_MPRV | (one_in(g, 2) ? (uint64_t)MODE_S << MSTATUS_MPP_SHIFT : 0));
    }
    if (kind == 0) /* leaves of 2 MiB and of 1 GiB */
        va = one_in(g, 3) ? (UINT64_C(5) << 30) + OR_DATA + 8 * below(g, 500)
                          : OR_WINDOW + ((1 + (uint64_t)below(g, OR_MEGAS + 2)) << 21) + OR_DATA + 8 * below(g, 4096);
    if (kind == 1)
        va = (one_in(g, 2) ? OR_USER : RAM_BASE) + OR_DATA + 8 * below(g, 4096);
    if (kind == 2 && o->mode != MODE_M && safe) {
        gen_li(g, 1, va + 2 * below(g, 2));
        gen(g, INSN_c_jalr, 1, 1, 0, 0);
    } else if (kind == 3 && (!rights || rights == (PTE_R | PTE_W))) {
        gen_amo(g, va);
    } else {
        const struct mem_op *a = &accesses[below(g, kind == 0 ? 7 : 11)];
        gen_access(g, a, va);
        if (kind > 5)
            gen_access(g, &accesses[below(g, 11)], va + below(g, 32));
    }
    if (o->mode == MODE_M)
        gen_csr_value(g, INSN_csrrc, CSR_mstatus, MSTATUS_MPRV);
}

/* Writes entries of the window's table, and fences. The store is one to page tables: from M or S. */
void oracle_edit(struct oracle *o)
{
    struct generator *g = &o->g;
    if (o->mode == MODE_U || (o->mode == MODE_S && o->tvm)) {
        oracle_memory(o);
        return;
    }
    for (unsigned n = 1 + below(g, 3); n--;) {
        unsigned page = below(g, OR_WINDOW_PAGES), base = 8 + below(g, 4), value = 12 + below(g, 4);
        o->leaf[page] = oracle_leaf(g);
        gen_li(g, base, pa_of(OR_LEVEL0 + 8 * page));
        gen_li(g, value, o->leaf[page]);
        gen_i(g, INSN_ld, 6, base, 0); /* with the A and D that were set */
        gen_store(g, INSN_sd, value, base, 0);
    }
    gen(g, INSN_sfence_vma, 0, 0, 0, 0);
}

/* Turns paging on or off; modes that there are not change nothing. */
void oracle_space(struct oracle *o)
{
    struct generator *g = &o->g;
    unsigned rd = target(g), kind = below(g, 4);
    if (o->mode != MODE_M) {
        gen_csr(g, INSN_csrrs, rd, CSR_satp, 0);
        return;
    }
    uint64_t root = pa_of(OR_ROOT) >> 12;
    if (kind == 0)
        gen_csr_value(g, INSN_csrrw, CSR_satp, (UINT64_C(1) + below(g, 7)) << 60 | root);
    o->paging = kind != 1;
    gen_csr_value(g, INSN_csrrw, CSR_satp, o->paging ? UINT64_C(8) << 60 | root : 0);
    gen(g, INSN_sfence_vma, 0, 0, 0, 0);
    gen_csr(g, INSN_csrrs, rd, CSR_satp, 0);
}

/* --- code ------------------------------------------------------------------------------------------------------------ */

/* Writes an instruction a little ahead, and runs it behind a fence.i. */
void oracle_patch(struct oracle *o)
{
    struct generator *g = &o->g;
    unsigned length, base = 8 + below(g, 4), value = 12 + below(g, 4);
    uint32_t word = random_alu(g, true, &length);
    gen_li(g, value, word);
    uint32_t near = g->at;
    gen_near(g, base, 0);
    gen_store(g, INSN_sw, value, base, 0);
    gen_i(g, INSN_fence_i, 0, 0, 0);
    uint32_t slot = g->at, words = g->p->word_count;
    gen_i(g, INSN_addi, 0, 0, 0);
    g->at = near;
    gen_near(g, base, slot);
    g->at = slot + 4;
    g->p->word_count = words + 1;
}

/* --- modes ----------------------------------------------------------------------------------------------------------- */

/* A return to a lower mode, or in M to itself. */
void oracle_down(struct oracle *o)
{
    struct generator *g = &o->g;
    if (o->mode == MODE_U || (o->mode == MODE_S && o->tsr)) {
        oracle_alu(o);
        return;
    }
    bool machine = o->mode == MODE_M;
    unsigned base = 8 + below(g, 8);
    uint64_t all = machine ? MSTATUS_MPP | MSTATUS_MPIE : MSTATUS_SPP | MSTATUS_SPIE;
    enum mode to = one_in(g, 2) ? MODE_U : MODE_S;
    uint64_t set = machine ? (uint64_t)to << MSTATUS_MPP_SHIFT : to == MODE_S ? MSTATUS_SPP : 0;
    set |= one_in(g, 2) ? all & (MSTATUS_MPIE | MSTATUS_SPIE) : 0;
    gen_csr_value(g, INSN_csrrc, machine ? CSR_mstatus : CSR_sstatus, all);
    gen_csr_value(g, INSN_csrrs, machine ? CSR_mstatus : CSR_sstatus, set);
    uint64_t from = oracle_base(o);
    o->mode = to;
    uint64_t distance = oracle_base(o) - from;
    uint32_t near = g->at;
    gen_near(g, base, 0);
    gen_li(g, R_SCRATCH, distance);
    gen(g, INSN_add, base, base, R_SCRATCH, 0);
    gen_csr(g, INSN_csrrw, 0, machine ? CSR_mepc : CSR_sepc, base);
    gen(g, machine ? INSN_mret : INSN_sret, 0, 0, 0, 0);
    uint32_t end = g->at, words = g->p->word_count;
    g->at = near;
    gen_near(g, base, end);
    g->at = end;
    g->p->word_count = words;
}

/* Back to M. */
void oracle_up(struct oracle *o)
{
    if (o->mode == MODE_M) {
        oracle_alu(o);
        return;
    }
    gen(&o->g, INSN_ecall, 0, 0, 0, 0);
    o->mode = MODE_M;
}
