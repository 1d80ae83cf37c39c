/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The frame of a program for the oracle: its begin, its handlers, its page tables, its end. See oracle.h.
 */
#include <stdlib.h>
#include <string.h>

#include "isa/bus.h"
#include "isa/trap.h"
#include "oracle.h"

#define RWX (PTE_R | PTE_W | PTE_X)
#define ALL (PTE_V | RWX | PTE_A | PTE_D)

static uint64_t entry(uint64_t pa, uint64_t flags)
{
    return pa >> 12 << 10 | flags;
}

/* --- handlers -------------------------------------------------------------------------------------------------------- */

struct side {
    uint32_t at, data, traps;
    unsigned cause, epc, tval, status;
    bool machine;
};

static void gen_note(struct generator *g, unsigned csr, int offset)
{
    gen_csr(g, INSN_csrrs, R_SCRATCH, csr, 0);
    gen_store(g, INSN_sd, R_SCRATCH, R_SCRATCH2, offset);
}

/* What has interrupted is no longer there, or no longer wanted. */
static void gen_quieten(struct generator *g, const struct side *s)
{
    if (s->machine) {
        gen_csr(g, INSN_csrrw, 0, CSR_mip, 0);
    } else {
        gen_csr(g, INSN_csrrw, 0, CSR_sip, 0);
        gen_csr(g, INSN_csrrw, 0, CSR_sie, 0);
    }
}

/* A call from below M goes up to M-mode, at where `resume` is there; the handler of S asks the one of M to do that. */
static void gen_call_up(struct generator *g, const struct side *s)
{
    if (!s->machine) {
        gen(g, INSN_ecall, 0, 0, 0, 0);
        return;
    }
    gen_li(g, R_SCRATCH, MSTATUS_MPP);
    gen_csr(g, INSN_csrrs, 0, CSR_mstatus, R_SCRATCH);
    gen_i(g, INSN_slli, R_RESUME, R_RESUME, 33);
    gen_i(g, INSN_srli, R_RESUME, R_RESUME, 33);
    gen_li(g, R_SCRATCH, RAM_BASE);
    gen(g, INSN_or, R_RESUME, R_RESUME, R_SCRATCH, 0);
}

static void write_handler(struct generator *g, const struct side *s)
{
    g->at = s->at;
    uint32_t begin = s->at + 4 * 16; /* a table of jumps, for a vectored tvec */
    while (g->at < begin)
        gen_jump_to(g, 0, begin);
    if (s->machine) {
        gen_li(g, R_SCRATCH, MSTATUS_MPRV);
        gen_csr(g, INSN_csrrc, 0, CSR_mstatus, R_SCRATCH);
    }
    gen_li(g, R_SCRATCH, pa_of(s->data));
    gen_i(g, INSN_ld, R_SCRATCH2, R_SCRATCH, 0);
    gen_i(g, INSN_addi, R_SCRATCH2, R_SCRATCH2, OR_TRAP);
    gen_store(g, INSN_sd, R_SCRATCH2, R_SCRATCH, 0);
    gen_note(g, s->epc, 8 - (int)OR_TRAP);
    gen_note(g, s->tval, 16 - (int)OR_TRAP);
    gen_note(g, s->status, 24 - (int)OR_TRAP);
    gen_note(g, s->cause, 0 - (int)OR_TRAP);
    struct forward exception = gen_forward(g, INSN_bge, 0, R_SCRATCH, 0);
    gen_quieten(g, s);
    gen(g, s->machine ? INSN_mret : INSN_sret, 0, 0, 0, 0);
    land(g, &exception);
    gen_i(g, INSN_addi, R_SCRATCH, R_SCRATCH, -8);
    gen_i(g, INSN_sltiu, R_SCRATCH, R_SCRATCH, 2);
    struct forward other = gen_forward(g, INSN_beq, 0, R_SCRATCH, 0);
    gen_call_up(g, s);
    land(g, &other);
    gen_csr(g, INSN_csrrw, 0, s->epc, R_RESUME);
    gen(g, s->machine ? INSN_mret : INSN_sret, 0, 0, 0, 0);
    put64(g, s->data, pa_of(s->traps));
}

static void write_handlers(struct generator *g)
{
    write_handler(g,
                  &(struct side){OR_M_HANDLER, OR_M_DATA, OR_M_TRAPS, CSR_mcause, CSR_mepc, CSR_mtval, CSR_mstatus, true});
    write_handler(g,
                  &(struct side){OR_S_HANDLER, OR_S_DATA, OR_S_TRAPS, CSR_scause, CSR_sepc, CSR_stval, CSR_sstatus, false});
}

/* --- page tables ----------------------------------------------------------------------------------------------------- */

uint64_t oracle_leaf(struct generator *g)
{
    uint64_t flags = dice_bits(&g->dice) & 0xff;
    uint32_t page = below(g, 4) ? OR_DATA + (uint32_t)PAGE_SIZE * below(g, OR_DATA_PAGES) : OR_CODE;
    if (!one_in(g, 4))
        flags |= PTE_V | PTE_R;
    if (one_in(g, 3))
        flags |= PTE_A | PTE_D | PTE_W | PTE_X;
    if (page == OR_CODE)
        flags &= ~(uint64_t)PTE_W;
    if (!(flags & RWX))
        flags &= ~(uint64_t)PTE_V; /* a pointer behind the last level is tried by other means */
    uint64_t reserved = one_in(g, 16) ? UINT64_C(1) << (54 + below(g, 7)) : 0;
    return entry(pa_of(page), flags) | reserved | (uint64_t)below(g, 4) << 8;
}

static void write_tables(struct oracle *o)
{
    struct generator *g = &o->g;
    put64(g, OR_ROOT + 8 * (OR_WINDOW >> 30), entry(pa_of(OR_LEVEL1), PTE_V));
    put64(g, OR_ROOT + 8 * (RAM_BASE >> 30), entry(RAM_BASE, ALL));
    put64(g, OR_ROOT + 8 * (OR_USER >> 30), entry(RAM_BASE, ALL | PTE_U));
    put64(g, OR_ROOT + 8 * 5, entry(RAM_BASE + PAGE_SIZE, ALL | PTE_U)); /* not aligned to its size */
    put64(g, OR_LEVEL1, entry(pa_of(OR_LEVEL0), PTE_V));
    for (unsigned i = 0; i < OR_MEGAS; i++) { /* of the first 2 MiB; some are not aligned to their size */
        uint64_t flags = (dice_bits(&g->dice) & (ALL | PTE_U | PTE_G) & ~(uint64_t)PTE_W) | PTE_V | PTE_R;
        put64(g, OR_LEVEL1 + 8 * (1 + i), entry(RAM_BASE + (one_in(g, 4) ? PAGE_SIZE : 0), flags));
    }
    for (unsigned i = 0; i < OR_WINDOW_PAGES; i++) {
        o->leaf[i] = oracle_leaf(g);
        put64(g, OR_LEVEL0 + 8 * i, o->leaf[i]);
    }
}

static void make_data(struct generator *g)
{
    for (uint32_t at = OR_DATA; at < OR_DATA + OR_DATA_PAGES * PAGE_SIZE; at += 8)
        put64(g, at, random_value(g));
    for (uint32_t at = OR_CODE; at < OR_CODE + PAGE_SIZE; at += 8)
        put64(g, at, UINT64_C(0x80828082050d8082)); /* ret; addi s10, s10, 3; ret; ret */
}

/* --- begin and end --------------------------------------------------------------------------------------------------- */

static void write_boot(struct generator *g)
{
    g->at = OR_BOOT;
    gen_csr(g, INSN_csrrs, R_SCRATCH, CSR_mhartid, 0); /* QEMU has a second hart, which sleeps */
    struct forward first = gen_forward(g, INSN_beq, 0, R_SCRATCH, 0);
    gen(g, INSN_wfi, 0, 0, 0, 0);
    gen_jump_to(g, 0, OR_BOOT);
    land(g, &first);
    gen_csr_value(g, INSN_csrrw, CSR_mtvec, pa_of(OR_M_HANDLER) | below(g, 2));
    gen_csr_value(g, INSN_csrrw, CSR_stvec, pa_of(OR_S_HANDLER) | below(g, 2));
    gen_csr_value(g, INSN_csrrw, 0x3b0, UINT64_MAX); /* pmpaddr0, pmpcfg0: QEMU keeps S and U out of everything else */
    gen_csr_value(g, INSN_csrrw, 0x3a0, 0x1f);
    for (unsigned r = 1; r < 32; r++)
        gen_li(g, r, random_value(g));
    gen_jump_to(g, 0, OR_BODY);
}

static void store_registers(struct oracle *o)
{
    struct generator *g = &o->g;
    gen_near(g, R_SCRATCH, OR_SLOTS + OR_SLOT * o->elements);
    for (unsigned r = 1; r < 32; r++)
        if (r < R_SCRATCH2 || r > R_RESUME)
            gen_store(g, INSN_sd, r, R_SCRATCH, 8 * (int)r);
}

static void make_element(struct oracle *o, const char *kind, void (*make)(struct oracle *))
{
    struct generator *g = &o->g;
    struct element *e = &o->element[o->elements];
    *e = (struct element){.kind = kind, .at = g->at, .mode = (uint8_t)o->mode};
    uint32_t head = g->at;
    gen_near(g, R_RESUME, g->at); /* made right below, when the end is known */
    make(o);
    e->end = g->at;
    g->at = head;
    uint32_t words = g->p->word_count;
    gen_near(g, R_RESUME, e->end);
    g->p->word_count = words;
    g->at = e->end;
    store_registers(o);
    o->elements++;
}

static void make_random(struct oracle *o)
{
    static const struct {
        const char *name;
        void (*make)(struct oracle *);
        unsigned weight;
    } rows[] = {
#define KIND(name, weight) {#name, oracle_##name, weight},
#include "kinds.def"
    };
    unsigned total = 0, i = 0;
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++)
        total += rows[k].weight;
    unsigned chosen = below(&o->g, total);
    for (; chosen >= rows[i].weight; i++)
        chosen -= rows[i].weight;
    make_element(o, rows[i].name, rows[i].make);
}

static void make_end(struct oracle *o)
{
    struct generator *g = &o->g;
    if (o->mode != MODE_M)
        make_element(o, "up", oracle_up);
    gen_near(g, R_SCRATCH, OR_SLOTS + OR_SLOT * o->elements);
    for (unsigned i = 0; i < oracle_csr_count; i++) {
        gen_csr(g, INSN_csrrs, R_SCRATCH2, oracle_csrs[i].number, 0);
        gen_store(g, INSN_sd, R_SCRATCH2, R_SCRATCH, 8 * (int)i);
    }
    gen_li(g, R_SCRATCH, BUS_FINISHER);
    gen_li(g, R_SCRATCH2, 0x5555);
    gen_store(g, INSN_sw, R_SCRATCH2, R_SCRATCH, 0);
    gen_jump_to(g, 0, g->at);
}

void oracle_generate(struct oracle *o, uint64_t number)
{
    static const unsigned interrupts[] = {1, 5, 9};
    struct generator *g = &o->g;
    struct program *p = g->p ? g->p : malloc(sizeof *p);
    if (!p)
        abort();
    memset(o, 0, sizeof *o);
    memset(p, 0, sizeof *p);
    g->p = p;
    g->dice.state = number * UINT64_C(0xd1342543de82ef95) + 1;
    g->reg[RESUME] = R_RESUME;
    g->reg[COUNTER] = R_SCRATCH;
    g->reg[LINK] = R_SCRATCH2;
    g->reg[T0] = R_SCRATCH;
    o->mode = MODE_M;
    o->interrupt = interrupts[below(g, 3)];
    make_data(g);
    write_tables(o);
    write_handlers(g);
    write_boot(g);
    g->at = OR_BODY;
    while (o->elements + 2 < ELEMENTS_MAX && g->at + 1000 < OR_BODY_END && p->word_count + 500 < PROGRAM_WORDS)
        make_random(o);
    make_end(o);
}
