/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Elements: CSRs, modes, traps and interrupts.
 */
#include "generator.h"

#include "isa/bus.h"

#define MIE_BIT 8
#define SIE_BIT 2

/* --- CSRs ------------------------------------------------------------------------------------------------------------------- */

static unsigned random_csr(struct generator *g)
{
    static const uint16_t numbers[] = {
#define CSR(name, number, kind, mask, reset, meaning) number,
#include "isa/csr.def"
    };
    static const uint16_t others[] = {0x3a1, 0x3b0, 0xb03, 0xc03, 0x144, 0x800, 0xf16, 0x7c0, 0x600, 0x5a8};
    if (one_in(g, 12))
        return others[below(g, 10)];
    unsigned n = sizeof numbers / sizeof *numbers;
    unsigned i = below(g, n);
    return numbers[i % 3 && i > 30 ? below(g, 30) : i]; /* not so often the last ones, of the PMP */
}

/* May any value be written? The others have elements of their own. */
static bool is_free(unsigned number)
{
    switch (number) {
    case CSR_mtvec:
    case CSR_stvec:
    case CSR_satp:
    case CSR_mstatus:
    case CSR_sstatus:
    case CSR_medeleg:
        return false;
    }
    return true;
}

void element_csr(struct generator *g)
{
    static const enum insn_id ids[] = {INSN_csrrw, INSN_csrrs, INSN_csrrc, INSN_csrrwi, INSN_csrrsi, INSN_csrrci};
    struct resume r = gen_resume(g, !one_in(g, 4));
    unsigned n = 1 + below(g, 5);
    while (n--) {
        unsigned number = random_csr(g), id = below(g, 6), source = random_source(g), target = random_target(g);
        if (!is_free(number)) {
            source = 0;
            id = id % 3 == 0 ? id + 1 : id;
        }
        gen_csr(g, ids[id], target, number, source);
    }
    end_resume(g, &r);
}

/* Time, read twice in a row and stored where it is compared. */
void element_counters(struct generator *g)
{
    static const uint16_t numbers[] = {CSR_cycle, CSR_time, CSR_instret, CSR_mcycle, CSR_minstret};
    struct resume r = gen_resume(g, true);
    unsigned a = random_target(g), b = random_target(g), n = 1 + below(g, 3);
    while (n--) {
        unsigned number = numbers[below(g, 5)];
        gen_csr(g, INSN_csrrs, a, number, 0);
        gen_alu(g, below(g, 2));
        gen_csr(g, INSN_csrrs, b, number, 0);
    }
    gen_li(g, role(g, POINTER), pa_of(AT_DATA) + 8 * below(g, 512));
    gen_store(g, INSN_sd, a, role(g, POINTER), 0);
    end_resume(g, &r);
}

/* Some bits of mstatus or sstatus. TVM only where illegal instructions go to M: the handler of S must be able to fence. */
void element_status(struct generator *g)
{
    static const uint64_t bits[] = {MSTATUS_SUM, MSTATUS_MXR, MSTATUS_SIE, MSTATUS_SPIE, MSTATUS_SPP, MSTATUS_MIE,
                                    MSTATUS_TW,  MSTATUS_TSR, MSTATUS_TVM, MSTATUS_MPIE, MSTATUS_MPP, MSTATUS_MPRV};
    struct resume r = gen_resume(g, false);
    bool supervisor = one_in(g, 2);
    uint64_t set = 0, clear = 0;
    for (unsigned i = 0; i < (supervisor ? 5 : 12); i++) {
        set |= one_in(g, 4) ? bits[i] : 0;
        clear |= one_in(g, 3) ? bits[i] : 0;
    }
    unsigned csr = supervisor ? CSR_sstatus : CSR_mstatus;
    if (set & MSTATUS_TVM) {
        gen_csr(g, INSN_csrrs, random_target(g), csr, 0);
        gen_csr_value(g, INSN_csrrc, CSR_medeleg, 4);
    }
    gen_csr_value(g, INSN_csrrc, csr, clear);
    gen_csr_value(g, INSN_csrrs, csr, set);
    end_resume(g, &r);
}

/* Where traps go: direct or vectored; and that any address can be written and read. */
void element_vectors(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    bool machine = one_in(g, 2);
    unsigned tvec = machine ? CSR_mtvec : CSR_stvec, status = machine ? CSR_mstatus : CSR_sstatus;
    unsigned bit = machine ? MIE_BIT : SIE_BIT;
    uint64_t some = random_value(g);
    gen_csr(g, INSN_csrrci, 0, status, bit);
    gen_csr_value(g, INSN_csrrw, tvec, some);
    gen_csr(g, INSN_csrrs, random_target(g), tvec, 0);
    gen_csr_value(g, INSN_csrrw, tvec, pa_of(machine ? AT_M_HANDLER : AT_S_HANDLER) | below(g, 2));
    gen_csr(g, INSN_csrrsi, 0, status, bit);
    end_resume(g, &r);
}

void element_delegate(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    uint64_t exceptions = dice_bits(&g->dice), interrupts = dice_bits(&g->dice);
    if (one_in(g, 2))
        exceptions = one_in(g, 2) ? 0 : ~UINT64_C(0);
    gen_csr_value(g, INSN_csrrc, CSR_mstatus, MSTATUS_TVM);
    gen_csr_value(g, INSN_csrrw, CSR_medeleg, exceptions);
    if (one_in(g, 2))
        gen_csr_value(g, INSN_csrrw, CSR_mideleg, interrupts);
    end_resume(g, &r);
}

/* --- modes ------------------------------------------------------------------------------------------------------------------ */

/* A return to any mode, with the next element at any place. */
void element_mode(struct generator *g)
{
    static const enum mode modes[] = {MODE_M, MODE_S, MODE_U, MODE_U};
    struct resume r = gen_resume(g, false);
    bool machine = one_in(g, 2);
    unsigned a = role(g, T0), status = machine ? CSR_mstatus : CSR_sstatus;
    enum mode mode = modes[machine ? below(g, 4) : 1 + below(g, 3)];
    uint64_t all = machine ? MSTATUS_MPP | MSTATUS_MPIE : MSTATUS_SPP | MSTATUS_SPIE;
    uint64_t set = machine ? (uint64_t)mode << MSTATUS_MPP_SHIFT : mode == MODE_S ? MSTATUS_SPP : 0;
    if (!one_in(g, 3))
        set |= machine ? MSTATUS_MPIE : MSTATUS_SPIE;
    gen_csr(g, INSN_csrrci, 0, status, machine ? MIE_BIT : SIE_BIT);
    gen_csr_value(g, INSN_csrrc, status, all);
    gen_csr_value(g, INSN_csrrs, status, set);
    gen_li(g, a, random_place(g, mode));
    gen(g, INSN_add, a, a, role(g, RESUME), 0);
    gen_csr(g, INSN_csrrw, 0, machine ? CSR_mepc : CSR_sepc, a);
    gen(g, machine ? INSN_mret : INSN_sret, 0, 0, 0, 0);
    end_resume(g, &r);
}

/* Environment calls and breakpoints. */
void element_call_up(struct generator *g)
{
    struct resume r = gen_resume(g, one_in(g, 2));
    bool skip = r.skip;
    switch (below(g, 3)) {
    case 0:
        gen(g, INSN_ebreak, 0, 0, 0, 0);
        break;
    case 1:
        if (!skip) {
            gen(g, INSN_c_ebreak, 0, 0, 0, 0);
            break;
        } /* fall through */
    default:
        gen(g, INSN_ecall, 0, 0, 0, 0);
    }
    gen_alu(g, below(g, 3));
    end_resume(g, &r);
}

void element_illegal(struct generator *g)
{
    struct resume r = gen_resume(g, one_in(g, 2));
    unsigned n = 1 + below(g, 2);
    while (n) {
        struct insn i;
        uint32_t word = (uint32_t)dice_bits(&g->dice);
        if (one_in(g, 3)) /* near to a privileged one */
            word = (word & 0xfff00000) | insn_rows[INSN_ecall].match;
        if (insn_decode(word, &i))
            continue;
        gen_word(g, i.length == 2 ? word & 0xffff : word, i.length);
        n--;
    }
    gen_alu(g, below(g, 3));
    end_resume(g, &r);
}

/* --- interrupts ------------------------------------------------------------------------------------------------------------- */

static void gen_machine_timer(struct generator *g, unsigned ticks)
{
    unsigned a = role(g, T0), b = role(g, T1);
    gen_li(g, b, BUS_CLINT + 0xbff8);
    gen_i(g, INSN_ld, a, b, 0);
    gen_i(g, INSN_addi, a, a, ticks);
    gen_li(g, b, BUS_CLINT + 0x4000);
    gen_store(g, INSN_sd, a, b, 0);
    gen_csr_value(g, INSN_csrrs, CSR_mie, MIP_MTIP);
}

static void gen_supervisor_timer(struct generator *g, unsigned ticks)
{
    unsigned a = role(g, T0);
    gen_csr(g, INSN_csrrs, a, CSR_time, 0);
    gen_i(g, INSN_addi, a, a, ticks);
    gen_csr(g, INSN_csrrw, 0, CSR_stimecmp, a);
    gen_csr_value(g, INSN_csrrs, CSR_sie, MIP_STIP);
}

void element_timer(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    unsigned ticks = below(g, 6);
    if (one_in(g, 2)) {
        gen_machine_timer(g, ticks);
        gen_csr(g, INSN_csrrsi, 0, CSR_mstatus, MIE_BIT);
    } else {
        gen_supervisor_timer(g, ticks);
        gen_csr(g, INSN_csrrsi, 0, CSR_sstatus, SIE_BIT);
    }
    end_resume(g, &r);
}

void element_software(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    unsigned b = role(g, T1);
    switch (below(g, 3)) {
    case 0:
        gen_csr_value(g, INSN_csrrs, CSR_mie, MIP_MSIP);
        gen_csr(g, INSN_csrrsi, 0, CSR_mstatus, MIE_BIT);
        gen_li(g, b, BUS_CLINT);
        gen_i(g, INSN_addi, role(g, T0), 0, 1);
        gen_store(g, INSN_sw, role(g, T0), b, 0);
        break;
    case 1:
        gen_csr_value(g, INSN_csrrs, CSR_mie, MIP_SSIP | MIP_SEIP | MIP_STIP);
        gen_csr_value(g, INSN_csrrs, CSR_mip, dice_bits(&g->dice) & (MIP_SSIP | MIP_SEIP | MIP_STIP));
        break;
    default:
        gen_csr(g, INSN_csrrsi, 0, CSR_sie, MIP_SSIP);
        gen_csr(g, INSN_csrrsi, 0, CSR_sip, MIP_SSIP);
        gen_csr(g, INSN_csrrsi, 0, CSR_sstatus, SIE_BIT);
    }
    end_resume(g, &r);
}

/* There is something to wait for: in S, if the interrupt is delegated to it. */
void element_wait(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    unsigned ticks = 1 + below(g, 20);
    if (one_in(g, 2)) {
        gen_machine_timer(g, ticks);
    } else {
        unsigned a = role(g, T0);
        gen_supervisor_timer(g, ticks);
        gen_csr(g, INSN_csrrs, a, CSR_sie, 0);
        gen_i(g, INSN_andi, a, a, MIP_STIP);
        struct forward none = gen_forward(g, INSN_beq, 0, a, 0);
        gen(g, INSN_wfi, 0, 0, 0, 0);
        land(g, &none);
        end_resume(g, &r);
        return;
    }
    gen(g, INSN_wfi, 0, 0, 0, 0);
    end_resume(g, &r);
}

/* M-mode looks through another mode's eyes. */
void element_mprv(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    uint64_t mode = below(g, 2), bits = MSTATUS_MPRV | mode << MSTATUS_MPP_SHIFT;
    bits |= dice_bits(&g->dice) & (MSTATUS_SUM | MSTATUS_MXR);
    gen_csr_value(g, INSN_csrrc, CSR_mstatus, MSTATUS_MPP | MSTATUS_SUM | MSTATUS_MXR);
    gen_csr_value(g, INSN_csrrs, CSR_mstatus, bits);
    unsigned n = 1 + below(g, 2);
    while (n--) {
        element_data(g);
        element_amo(g);
    }
    gen_csr_value(g, INSN_csrrc, CSR_mstatus, MSTATUS_MPRV);
    end_resume(g, &r);
}
