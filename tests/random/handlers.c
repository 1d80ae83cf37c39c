/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fixed frame of a random program: its begin in M-mode, and the handlers of traps to M and to S. Both handlers take any
 * cause, at any time, even from within the other one; each ends the program after so many traps.
 */
#include "generator.h"
#include "isa/bus.h"
#include "isa/trap.h"

#define CLINT_MTIME 0xbff8
#define CLINT_MTIMECMP 0x4000
#define PLIC_CLAIM 0x200004
#define PLIC_CONTEXT 0x1000
#define VECTORS 16u

/* What differs between the handlers. */
struct side {
    uint32_t at, data;
    unsigned scratch, cause, epc, tval, status, enabled, satp;
    uint64_t mode_bits; /* of the status: where the return goes to */
};
static const struct side machine_side = {AT_M_HANDLER, AT_M_DATA,   CSR_mscratch, CSR_mcause, CSR_mepc,
                                         CSR_mtval,    CSR_mstatus, CSR_mie,      0,          MSTATUS_MPP | MSTATUS_MPRV};
static const struct side supervisor_side = {AT_S_HANDLER, AT_S_DATA,   CSR_sscratch, CSR_scause, CSR_sepc,
                                            CSR_stval,    CSR_sstatus, CSR_sie,      CSR_satp,   MSTATUS_SPP};

static bool is_machine(const struct side *s)
{
    return s == &machine_side;
}

/* Ends the program: 0x5555, or a failure with a code. Uses T0 and T1. */
static void gen_finish(struct generator *g)
{
    unsigned a = role(g, T0), b = role(g, T1);
    uint64_t word = one_in(g, 3) ? 0x3333 | (uint64_t)below(g, 1000) << 16 : 0x5555;
    gen_li(g, a, BUS_FINISHER);
    gen_li(g, b, word);
    gen_store(g, INSN_sw, b, a, 0);
}

/* T0 gets the address of the handler's data; the temporaries are saved. */
static void gen_save(struct generator *g, const struct side *s)
{
    unsigned a = role(g, T0), b = role(g, T1);
    gen_csr(g, INSN_csrrw, a, s->scratch, a);
    gen_li(g, a, pa_of(s->data));
    gen_store(g, INSN_sd, b, a, DATA_SAVED + 8);
    gen_store(g, INSN_sd, role(g, T2), a, DATA_SAVED + 16);
    gen_store(g, INSN_sd, role(g, T3), a, DATA_SAVED + 24);
    gen_csr(g, INSN_csrrs, b, s->scratch, 0);
    gen_store(g, INSN_sd, b, a, DATA_SAVED);
}

static void gen_restore(struct generator *g, const struct side *s)
{
    unsigned a = role(g, T0);
    gen_i(g, INSN_ld, role(g, T1), a, DATA_SAVED + 8);
    gen_i(g, INSN_ld, role(g, T2), a, DATA_SAVED + 16);
    gen_i(g, INSN_ld, role(g, T3), a, DATA_SAVED + 24);
    gen_i(g, INSN_ld, a, a, DATA_SAVED);
    gen(g, is_machine(s) ? INSN_mret : INSN_sret, 0, 0, 0, 0);
}

/* The count of traps goes down; at its end the program ends. */
static void gen_count(struct generator *g, const struct side *s)
{
    unsigned a = role(g, T0), b = role(g, T1);
    gen_i(g, INSN_ld, b, a, DATA_COUNT);
    gen_i(g, INSN_addi, b, b, -1);
    gen_store(g, INSN_sd, b, a, DATA_COUNT);
    struct forward more = gen_forward(g, INSN_blt, 0, 0, b);
    if (s->satp)
        gen_csr(g, INSN_csrrw, 0, s->satp, 0); /* devices can be reached without paging */
    gen_finish(g);
    land(g, &more);
}

/* --- interrupts ----------------------------------------------------------------------------------------------------------- */

/* A device's timer is set again, soon. T1 to T3 are free. */
static void gen_next_tick(struct generator *g)
{
    unsigned b = role(g, T1), c = role(g, T3);
    gen_li(g, b, BUS_CLINT + CLINT_MTIME);
    gen_i(g, INSN_ld, c, b, 0);
    gen_i(g, INSN_addi, c, c, 1 + below(g, 10));
    gen_li(g, b, BUS_CLINT + CLINT_MTIMECMP);
    gen_store(g, INSN_sd, c, b, 0);
}

static void gen_claim(struct generator *g, unsigned context)
{
    unsigned b = role(g, T1), c = role(g, T3);
    gen_li(g, b, BUS_PLIC + PLIC_CLAIM + PLIC_CONTEXT * context);
    gen_i(g, INSN_lw, c, b, 0);
    gen_store(g, INSN_sw, c, b, 0);
}

/* Unless T2, the cause, is this interrupt, all until land() is left out. */
static struct forward gen_unless(struct generator *g, unsigned number)
{
    gen_i(g, INSN_andi, role(g, T1), role(g, T2), 63);
    gen_i(g, INSN_addi, role(g, T1), role(g, T1), -(int64_t)number);
    return gen_forward(g, INSN_bne, 0, role(g, T1), 0);
}

static void gen_stimecmp(struct generator *g)
{
    unsigned b = role(g, T1);
    gen_csr(g, INSN_csrrs, b, CSR_time, 0);
    gen_i(g, INSN_addi, b, b, 1 + below(g, 10));
    gen_csr(g, INSN_csrrw, 0, CSR_stimecmp, b);
}

/* What has interrupted is satisfied, or no longer enabled. */
static void gen_machine_interrupt(struct generator *g)
{
    unsigned b = role(g, T1);
    struct forward no = gen_unless(g, 7);
    gen_next_tick(g);
    struct forward out = gen_forward(g, INSN_jal, 0, 0, 0);
    land(g, &no);
    no = gen_unless(g, 3);
    gen_li(g, b, BUS_CLINT);
    gen_store(g, INSN_sw, 0, b, 0);
    land(g, &no);
    no = gen_unless(g, 5);
    gen_stimecmp(g);
    land(g, &no);
    no = gen_unless(g, 1);
    gen_csr(g, INSN_csrrci, 0, CSR_mip, 2);
    land(g, &no);
    no = gen_unless(g, 11);
    gen_claim(g, 0);
    land(g, &no);
    gen_i(g, INSN_addi, b, 0, 1);
    gen(g, INSN_sll, b, b, role(g, T2), 0);
    gen_csr(g, INSN_csrrc, 0, CSR_mie, b);
    land(g, &out);
}

static void gen_supervisor_interrupt(struct generator *g)
{
    unsigned b = role(g, T1);
    struct forward no = gen_unless(g, 1), out;
    gen_csr(g, INSN_csrrci, 0, CSR_sip, 2);
    out = gen_forward(g, INSN_jal, 0, 0, 0);
    land(g, &no);
    if (one_in(g, 2)) {
        no = gen_unless(g, 5);
        gen_stimecmp(g);
        land(g, &no);
    }
    gen_i(g, INSN_addi, b, 0, 1);
    gen(g, INSN_sll, b, b, role(g, T2), 0);
    gen_csr(g, INSN_csrrc, 0, CSR_sie, b);
    land(g, &out);
}

/* --- exceptions ----------------------------------------------------------------------------------------------------------- */

/* T3 = the length of the instruction at epc, T1. */
static void gen_length(struct generator *g, const struct side *s)
{
    unsigned b = role(g, T1), c = role(g, T3);
    if (is_machine(s)) { /* from memory, as the mode before sees it */
        gen_li(g, c, MSTATUS_MPRV | MSTATUS_MXR);
        gen_csr(g, INSN_csrrs, c, CSR_mstatus, c);
        gen_i(g, INSN_lhu, b, b, 0);
        gen_csr(g, INSN_csrrw, 0, CSR_mstatus, c);
    } else { /* of an illegal instruction, tval has it; the others that are skipped have four bytes */
        gen_csr(g, INSN_csrrs, b, s->tval, 0);
        gen_i(g, INSN_addi, c, role(g, T2), -CAUSE_illegal);
        struct forward illegal = gen_forward(g, INSN_beq, 0, c, 0);
        gen_i(g, INSN_addi, b, 0, 3);
        land(g, &illegal);
    }
    gen_i(g, INSN_andi, b, b, 3);
    gen_i(g, INSN_addi, b, b, -3);
    gen_i(g, INSN_sltiu, b, b, 1);
    gen_i(g, INSN_slli, b, b, 1);
    gen_i(g, INSN_addi, c, b, 2);
}

/* Goes behind the instruction if `resume` permits that for an instruction with this cause. */
static struct forward gen_skip(struct generator *g, const struct side *s)
{
    unsigned b = role(g, T1), c = role(g, T3);
    uint64_t causes = is_machine(s) ? 0xbfc : 0x30c;
    gen_i(g, INSN_andi, b, role(g, RESUME), 1);
    struct forward no = gen_forward(g, INSN_beq, 0, b, 0);
    gen_li(g, b, causes & dice_bits(&g->dice));
    gen(g, INSN_srl, b, b, role(g, T2), 0);
    gen_i(g, INSN_andi, b, b, 1);
    struct forward no_either = gen_forward(g, INSN_beq, 0, b, 0);
    gen_csr(g, INSN_csrrs, b, s->epc, 0);
    gen_length(g, s);
    gen_csr(g, INSN_csrrs, b, s->epc, 0);
    gen(g, INSN_add, b, b, c, 0);
    gen_csr(g, INSN_csrrw, 0, s->epc, b);
    struct forward out = gen_forward(g, INSN_jal, 0, 0, 0);
    land(g, &no);
    land(g, &no_either);
    return out;
}

/* Goes on with the next element, at the next place of the list. */
static void gen_go_on(struct generator *g, const struct side *s)
{
    unsigned a = role(g, T0), b = role(g, T1), c = role(g, T3);
    bool pinned = g->pin;
    g->pin = true;
    gen(g, INSN_sfence_vma, 0, 0, 0, 0); /* an element may have been left between an edit and its fence */
    g->pin = pinned;
    gen_li(g, b, s->mode_bits);
    gen_csr(g, INSN_csrrc, 0, s->status, b);
    gen_i(g, INSN_ld, b, a, DATA_INDEX);
    gen_i(g, INSN_addi, b, b, 16);
    gen_i(g, INSN_andi, b, b, 16 * (PLACES - 1));
    gen_store(g, INSN_sd, b, a, DATA_INDEX);
    gen(g, INSN_add, c, a, b, 0);
    gen_i(g, INSN_ld, b, c, DATA_PLACES);
    gen_csr(g, INSN_csrrs, 0, s->status, b);
    gen_i(g, INSN_ld, c, c, DATA_PLACES + 8);
    gen_i(g, INSN_andi, b, role(g, RESUME), -2);
    gen(g, INSN_add, c, c, b, 0);
    gen_csr(g, INSN_csrrw, 0, s->epc, c);
}

/* --- both ------------------------------------------------------------------------------------------------------------------- */

static void make_data(struct generator *g, const struct side *s)
{
    static const enum mode modes[] = {MODE_M, MODE_S, MODE_U, MODE_S, MODE_U, MODE_U};
    put64(g, s->data + DATA_COUNT, 40 + below(g, 120));
    for (unsigned i = 0; i < PLACES; i++) {
        enum mode mode = modes[is_machine(s) ? below(g, 6) : 1 + below(g, 4)];
        uint64_t bits = is_machine(s) ? (uint64_t)mode << MSTATUS_MPP_SHIFT : mode == MODE_S ? MSTATUS_SPP : 0;
        if (!one_in(g, 4))
            bits |= is_machine(s) ? MSTATUS_MPIE : MSTATUS_SPIE;
        put64(g, s->data + DATA_PLACES + 16 * i, bits);
        put64(g, s->data + DATA_PLACES + 16 * i + 8, random_place(g, mode));
    }
}

static void make_handler(struct generator *g, const struct side *s)
{
    g->at = s->at;
    uint32_t begin = s->at + 4 * VECTORS;
    while (g->at < begin)
        gen(g, INSN_jal, 0, 0, 0, begin - g->at);
    gen_save(g, s);
    gen_count(g, s);
    gen_csr(g, INSN_csrrs, role(g, T2), s->cause, 0);
    struct forward exception = gen_forward(g, INSN_bge, 0, role(g, T2), 0);
    if (is_machine(s))
        gen_machine_interrupt(g);
    else
        gen_supervisor_interrupt(g);
    struct forward interrupt_out = gen_forward(g, INSN_jal, 0, 0, 0), skip_out;
    land(g, &exception);
    if (g->skips)
        skip_out = gen_skip(g, s);
    gen_go_on(g, s);
    land(g, &interrupt_out);
    if (g->skips)
        land(g, &skip_out);
    gen_restore(g, s);
    make_data(g, s);
}

void make_handlers(struct generator *g)
{
    g->skips = !one_in(g, 3);
    make_handler(g, &machine_side);
    make_handler(g, &supervisor_side);
}

/* --- the begin ------------------------------------------------------------------------------------------------------------ */

static void boot_csrs(struct generator *g)
{
    uint64_t exceptions = one_in(g, 3) ? 0 : dice_bits(&g->dice), interrupts = dice_bits(&g->dice);
    gen_csr_value(g, INSN_csrrw, CSR_mtvec, pa_of(AT_M_HANDLER) | below(g, 2));
    gen_csr_value(g, INSN_csrrw, CSR_stvec, pa_of(AT_S_HANDLER) | below(g, 2));
    gen_csr_value(g, INSN_csrrw, CSR_medeleg, exceptions & 0xb3ff);
    gen_csr_value(g, INSN_csrrw, CSR_mideleg, interrupts & 0x222);
    gen_csr_value(g, INSN_csrrw, CSR_mcounteren, one_in(g, 3) ? below(g, 8) : 7);
    gen_csr_value(g, INSN_csrrw, CSR_scounteren, one_in(g, 3) ? below(g, 8) : 7);
    gen_csr_value(g, INSN_csrrw, CSR_menvcfg, one_in(g, 4) ? 0 : MENVCFG_STCE);
    gen_csr_value(g, INSN_csrrw, CSR_mie, one_in(g, 4) ? 0x80 : 0xaaa);
    gen_csr_value(g, INSN_csrrw, CSR_satp, g->roots[0].satp);
    gen_csr_value(g, INSN_csrrw, CSR_mstatus, dice_bits(&g->dice) & (MSTATUS_SUM | MSTATUS_MXR));
}

static void boot_timer(struct generator *g)
{
    unsigned b = role(g, T1), c = role(g, T3);
    gen_li(g, b, BUS_CLINT + CLINT_MTIMECMP);
    gen_li(g, c, 3 + below(g, 40));
    gen_store(g, INSN_sd, c, b, 0);
}

void make_boot(struct generator *g)
{
    static const enum mode modes[] = {MODE_M, MODE_S, MODE_U};
    unsigned a = role(g, T0);
    g->at = AT_BOOT;
    boot_csrs(g);
    boot_timer(g);
    enum mode mode = modes[below(g, 3)];
    gen_csr_value(g, INSN_csrrw, CSR_mepc, random_place(g, mode));
    gen_csr_value(g, INSN_csrrs, CSR_mstatus, (uint64_t)mode << MSTATUS_MPP_SHIFT | MSTATUS_MPIE);
    gen_li(g, a, pa_of(AT_M_DATA));
    for (unsigned r = 1; r < 32; r++) {
        put64(g, AT_M_DATA + DATA_REGISTERS + 8 * r, r == role(g, RESUME) ? 0 : random_value(g));
        if (r != a)
            gen_i(g, INSN_ld, r, a, DATA_REGISTERS + 8 * r);
    }
    gen_i(g, INSN_ld, a, a, DATA_REGISTERS + 8 * a);
    gen(g, INSN_mret, 0, 0, 0, 0);
}
