/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See info_hypercalls.h.
 */
#include "info_hypercalls.h"

#include "vmm/hypercall.h"

#define CELLS(...) ((const char *const[]){__VA_ARGS__})

struct sheet hypercall_sheet(void)
{
    static const char *const columns[] = {"a6", "name", "batch", "meaning"};
    static const char text[] =
        "`ecall` in S-mode with a7 = PV_EXTENSION. All addresses are guest physical ones. batch: it can be an entry of a "
        "multicall.";
    struct sheet s = sheet_make("Hypercalls", text, columns, 4);
#define HYPERCALL(name, number, args, batch, meaning) sheet_row(&s, CELLS(#number, #name, batch ? "yes" : "", meaning));
#include "vmm/hypercall.def"
    return s;
}

struct sheet hypercall_words(void)
{
    static const char *const columns[] = {"offset", "name", "written by", "meaning"};
    struct sheet s = sheet_make("Words of the shared page", NULL, columns, 4);
#define PV_WORD(name, index, writer, meaning)                                                                              \
    {                                                                                                                      \
        char offset[16];                                                                                                   \
        snprintf(offset, sizeof offset, "%d", 8 * (index));                                                                \
        sheet_row(&s, CELLS(offset, #name, writer, meaning));                                                              \
    }
#include "vmm/hypercall.def"
    return s;
}

struct sheet hypercall_errors(void)
{
    static const char *const columns[] = {"a0", "name", "meaning"};
    struct sheet s = sheet_make("Errors", NULL, columns, 3);
#define PV_ERROR(name, value, meaning) sheet_row(&s, CELLS(#value, #name, meaning));
#include "vmm/hypercall.def"
    return s;
}

struct sheet hypercall_constants(void)
{
    static const char *const columns[] = {"name", "value", "meaning"};
    struct sheet s = sheet_make("Constants of the interface", NULL, columns, 3);
#define PV_CONSTANT(name, value, meaning) sheet_row(&s, CELLS("PV_" #name, #value, meaning));
#include "vmm/hypercall.def"
    return s;
}

void hypercalls_write_asm(FILE *out)
{
    fputs("# Written by `trapeze info hypercalls --format asm`, from vmm/hypercall.def.\n", out);
#define HYPERCALL(name, number, args, batch, meaning) fprintf(out, ".equ PV_CALL_%s, %d\n", #name, number);
#include "vmm/hypercall.def"
#define PV_WORD(name, index, writer, meaning) fprintf(out, ".equ PV_%s, %d\n", #name, 8 * (index));
#include "vmm/hypercall.def"
#define PV_ERROR(name, value, meaning) fprintf(out, ".equ PV_ERROR_%s, %d\n", #name, value);
#include "vmm/hypercall.def"
#define PV_CONSTANT(name, value, meaning) fprintf(out, ".equ PV_%s, %d\n", #name, value);
#include "vmm/hypercall.def"
}
