/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registers as gdb numbers and describes them: those of csr.def by name, at 65 plus their number, and the privilege mode.
 */
#include <stdio.h>

#include "debugger/gdb_internal.h"
#include "debugger/memory.h"
#include "isa/insn.h"

#define REGISTER_PC 32
#define REGISTER_CSR 65
#define REGISTER_PRIV (REGISTER_CSR + 4096)

static const struct {
    const char *name;
    unsigned number;
} csrs[] = {
#define CSR(name, number, kind, mask, reset, meaning) {#name, number},
#include "isa/csr.def"
};
#define CSRS (sizeof csrs / sizeof csrs[0])

/* Without an osabi gdb may take the guest for a program of Linux, and steps over its traps instead of into them. */
char *gdb_description(void)
{
    char *text;
    size_t size;
    FILE *f = memory_need(open_memstream(&text, &size));
    fputs("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\">"
          "<architecture>riscv:rv64</architecture><osabi>none</osabi><feature name=\"org.gnu.gdb.riscv.cpu\">",
          f);
    for (unsigned r = 0; r < 32; r++)
        fprintf(f, "<reg name=\"%s\" bitsize=\"64\" regnum=\"%u\" type=\"%s\"/>", r == 8 ? "fp" : insn_register_names[r], r,
                r == 1             ? "code_ptr"
                : r >= 2 && r <= 4 ? "data_ptr"
                                   : "int");
    fprintf(f, "<reg name=\"pc\" bitsize=\"64\" regnum=\"%d\" type=\"code_ptr\"/></feature>", REGISTER_PC);
    fputs("<feature name=\"org.gnu.gdb.riscv.virtual\">", f);
    fprintf(f, "<reg name=\"priv\" bitsize=\"64\" regnum=\"%d\"/></feature>", REGISTER_PRIV);
    fputs("<feature name=\"org.gnu.gdb.riscv.csr\">", f);
    for (unsigned i = 0; i < CSRS; i++)
        fprintf(f, "<reg name=\"%s\" bitsize=\"64\" regnum=\"%u\" group=\"csr\"/>", csrs[i].name,
                REGISTER_CSR + csrs[i].number);
    fputs("</feature></target>", f);
    fclose(f);
    return memory_need(text);
}

static const char *csr_of(uint64_t number)
{
    for (unsigned i = 0; i < CSRS; i++)
        if (csrs[i].number + UINT64_C(0) == number - REGISTER_CSR)
            return csrs[i].name;
    return NULL;
}

bool gdb_register_read(const struct scene *s, bool machine, uint64_t number, uint64_t *value)
{
    const struct machine *m = s->target->machine;
    const struct context *ctx = machine ? &m->hart.ctx : &s->guest.ctx;
    const struct priv *priv = machine ? &m->hart.priv : &s->guest.priv;
    const struct clock *clock = machine ? &m->clock : &s->guest.clock;
    if (number < REGISTER_PC)
        *value = ctx->x[number];
    else if (number == REGISTER_PC)
        *value = ctx->pc;
    else if (number == REGISTER_PRIV)
        *value = priv->mode;
    else if (csr_of(number))
        *value = csr_read(priv, clock, (unsigned)(number - REGISTER_CSR));
    else
        return false;
    return true;
}

bool gdb_register_write(struct debugger *d, uint64_t number, uint64_t value)
{
    char name[8];
    if (number == 0)
        return true;
    if (number < REGISTER_PC) {
        snprintf(name, sizeof name, "x%u", (unsigned)number);
        return debugger_set_register(d, name, value);
    }
    if (number == REGISTER_PC)
        return debugger_set_register(d, "pc", value);
    const char *csr = csr_of(number);
    return csr ? debugger_set_register(d, csr, value) : debugger_fail(d, "there is no such register");
}
