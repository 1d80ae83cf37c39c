/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * reach IMAGE...: runs each image natively, one step at a time, and prints what none of them has reached: an instruction of
 * insn.def that completed (or trapped, if it always does), a CSR of csr.def that was read and, if it can be, written, a
 * cause of cause.def that was taken in M-mode or S-mode. Status 1 if anything is missing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/guest.h"
#include "isa/insn.h"
#include "isa/machine.h"

#define REACH_RAM (UINT64_C(128) << 20)
#define REACH_STEPS 3000000

struct reached {
    bool insn[INSN_count];
    bool csr_read[4096], csr_written[4096];
    bool trap[4][128]; /* by the mode that takes it; interrupts from 64 on */
};

struct watch {
    struct reached *reached;
    struct machine *m;
    struct trap_log log;
};

static void note(void *context, const struct trap_note *t, unsigned n)
{
    struct watch *w = context;
    (void)n;
    bool delegated = trap_delegated(&w->m->hart.priv, t->cause);
    w->reached->trap[delegated ? MODE_S : MODE_M][(t->cause & 63) + (t->cause & CAUSE_INTERRUPT ? 64 : 0)] = true;
}

static void put(void *context, uint8_t byte)
{
    (void)context, (void)byte;
}
static int get(void *context)
{
    (void)context;
    return BUS_END_OF_INPUT;
}
static bool transfer(void *c, unsigned d, bool w, uint64_t s, uint64_t n, uint64_t pa)
{
    (void)c, (void)d, (void)w, (void)s, (void)n, (void)pa;
    return false;
}
static bool flush(void *c, unsigned d)
{
    (void)c, (void)d;
    return false;
}
static void dma(void *context, uint64_t pa, uint64_t n)
{
    machine_wrote(((struct watch *)context)->m, pa, n, true);
}

/* The instruction at pc, translated without a trace; false if it cannot be fetched. */
static bool next(struct machine *m, struct insn *i)
{
    const struct priv *p = &m->hart.priv;
    uint32_t word = 0;
    for (unsigned half = 0; half < 2; half++) {
        uint64_t pa = m->hart.ctx.pc + 2 * half;
        if (mmu_paged(p, p->mode)) {
            struct walk w = mmu_walk(&m->ram, p->csr.satp, pa);
            if (w.end != WALK_LEAF)
                return half && insn_decode(word, i);
            pa = w.pa;
        }
        const uint8_t *bytes = ram_at(&m->ram, pa, 2);
        if (!bytes)
            return false;
        word |= (uint32_t)bytes_get(bytes, 2) << (16 * half);
    }
    return insn_decode(word, i);
}

static void count(struct reached *r, const struct insn *i)
{
    r->insn[i->id] = true;
    if (insn_rows[i->id].format == FORMAT_CSR || insn_rows[i->id].format == FORMAT_CSRI) {
        bool write_only = (i->id == INSN_csrrw || i->id == INSN_csrrwi) && i->rd == 0;
        bool read_only = i->id != INSN_csrrw && i->id != INSN_csrrwi && i->rs1 == 0;
        r->csr_read[i->imm] |= !write_only;
        r->csr_written[i->imm] |= !read_only;
    }
}

static void run(struct reached *r, const char *image)
{
    struct watch watch = {.reached = r};
    trap_log_open(&watch.log, 1, note, &watch);
    struct bus_host host = {&watch, put, get, transfer, flush, dma, NULL};
    struct machine_config config = {.ram_size = REACH_RAM, .cost = {.name = "none"}};
    struct machine *m = machine_new(&config, &host);
    struct guest guest = {0};
    struct guest_config load = {.image = image};
    char error[256];
    watch.m = m;
    if (!m || !guest_load(&guest, &m->bus, &load, error, sizeof error)) {
        fprintf(stderr, "reach: %s\n", m ? error : "no memory");
        exit(2);
    }
    m->trap_log = &watch.log;
    for (uint64_t step = 0; step < REACH_STEPS && !m->end.reason; step++) {
        struct insn i;
        bool known = next(m, &i);
        uint64_t insns = m->clock.insns;
        machine_run(m, 1);
        if (known && (m->clock.insns != insns || insn_rows[insn_rows[i.id].base].flow == FLOW_TRAP))
            count(r, &i);
    }
    guest_free(&guest);
    machine_free(m);
}

static unsigned missing;

static void require(bool reached, const char *what, const char *name)
{
    if (!reached)
        printf("not reached: %s %s\n", what, name);
    missing += !reached;
}

int main(int argc, char **argv)
{
    struct reached *r = calloc(1, sizeof *r);
    if (!r || argc < 2)
        return 2;
    for (int i = 1; i < argc; i++)
        run(r, argv[i]);
    for (unsigned id = INSN_illegal + 1; id < INSN_count; id++)
        require(r->insn[id], "instruction", insn_rows[id].mnemonic);
#define CSR(name, number, kind, mask, reset, meaning)                                                                      \
    require(r->csr_read[number], "a read of", #name);                                                                      \
    require(r->csr_written[number] || number >> 10 == 3, "a write of", #name);
#include "isa/csr.def"
        /* With compressed instructions no address of an instruction can be misaligned. */
#define EXCEPTION(name, code, rank, text)                                                                                  \
    require(code == CAUSE_insn_misaligned || r->trap[MODE_M][code], "in M-mode", text);                                    \
    require(code == CAUSE_insn_misaligned || code == CAUSE_ecall_m || r->trap[MODE_S][code], "in S-mode", text);
#define INTERRUPT(name, code, rank, text)                                                                                  \
    require(r->trap[MODE_M][64 + code], "in M-mode", text);                                                                \
    require(code % 4 == 3 || r->trap[MODE_S][64 + code], "in S-mode", text);
#include "isa/cause.def"
    free(r);
    return missing > 0;
}
