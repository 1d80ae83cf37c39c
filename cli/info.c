/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze info: the tables of the machine and the monitor, printed. docs/isa.md and docs/costs.md are what it prints as
 * Markdown.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "commands.h"
#include "info_hypercalls.h"
#include "isa/bus.h"
#include "isa/cost.h"
#include "isa/csr.h"
#include "isa/seeded.h"
#include "isa/trap.h"
#include "message.h"
#include "sheet.h"
#include "vmm/technique/technique.h"
#include "vmm/vmm.h"

#define CELLS(...) ((const char *const[]){__VA_ARGS__})

static const char *mode_name(unsigned mode)
{
    return (const char *const[]){"U", "S", "H", "M"}[mode & 3];
}

/* --- the sheets -------------------------------------------------------------------------------------------------------- */

/* Those of 32 bits from row `first` on, up to row `end`. */
static struct sheet instruction_rows(const char *title, const char *text, unsigned first, unsigned end)
{
    static const char *const columns[] = {"name", "format", "match", "mask", "mode", "class", "meaning"};
    static const char *const classes[] = {"innocuous", "control", "mode", "location", "by CSR"};
    struct sheet s = sheet_make(title, text, columns, 7);
    for (unsigned i = first; i < end; i++) {
        const struct insn_row *r = &insn_rows[i];
        const struct insn_format_row *f = &insn_formats[r->format];
        if (r->base != i)
            continue;
        char match[16], mask[16];
        snprintf(match, sizeof match, "%08" PRIx32, r->match);
        snprintf(mask, sizeof mask, "%08" PRIx32, f->mask);
        sheet_row(&s, CELLS(r->mnemonic, f->name, match, mask, mode_name(r->mode), classes[r->class], r->meaning));
    }
    return s;
}

static struct sheet instructions(void)
{
    static const char text[] =
        "mode: the least privileged one in which the instruction can run without a trap. class: Popek and Goldberg's; "
        "`control` instructions are control-sensitive, `mode` and `location` ones behaviour-sensitive, and of `by CSR` ones "
        "the CSR decides.";
    return instruction_rows("Instructions", text, INSN_illegal + 1, INSN_count);
}

static struct sheet flawed_instructions(void)
{
    static const char text[] =
        "Illegal instructions, unless the machine is made with `--profile flawed`. Each is sensitive and does not trap in user "
        "mode, so that Popek and Goldberg's Theorem 1 does not hold for that machine (theorem.md). They lie in the opcodes "
        "custom-0 and custom-1.";
    return instruction_rows("Instructions of the flawed profile", text, INSN_count, INSN_odd1);
}

/* Without what one has to find out. */
static struct sheet odd_instructions(void)
{
    static const char *const columns[] = {"name", "format", "match", "mask"};
    static const char text[] =
        "The odd instructions of a seeded machine, `--profile flawed:SEED`. What each does, whether it traps in user mode, and "
        "its class follow from the seed; the labs are about finding out. `flawed:SEED,odd2=S` is the same machine, repaired "
        "so that odd2 traps below S-mode.";
    struct sheet s = sheet_make("Odd instructions", text, columns, 4);
    for (unsigned i = INSN_odd1; i < INSN_count_flawed; i++) {
        const struct insn_format_row *f = &insn_formats[insn_rows[i].format];
        char match[16], mask[16];
        snprintf(match, sizeof match, "%08" PRIx32, insn_rows[i].match);
        snprintf(mask, sizeof mask, "%08" PRIx32, f->mask);
        sheet_row(&s, CELLS(insn_rows[i].mnemonic, f->name, match, mask));
    }
    return s;
}

static struct sheet odd_deeds(void)
{
    static const char *const columns[] = {"name", "class", "meaning"};
    static const char *const classes[] = {"innocuous", "control", "mode", "location", "by CSR"};
    static const char text[] =
        "One of these, with rd and rs1. Three of the six are sensitive and do not trap in user mode. Of one or two that are "
        "sensitive the seed makes privileged instructions: they trap in user mode. The others are innocuous.";
    struct sheet s = sheet_make("What an odd instruction can do", text, columns, 3);
    for (unsigned i = 0; i < ODD_count; i++)
        sheet_row(&s, CELLS(odd_rows[i].name, classes[odd_rows[i].class], odd_rows[i].meaning));
    return s;
}

#define HEXT_TEXT                                                                                                               \
    "Illegal without the hypervisor extension, which a native run has with `--cpu rv64,h=true`, and the monitor's own machine " \
    "always (hypervisor-extension.md)."

static struct sheet hext_instructions(void)
{
    static const char text[] = HEXT_TEXT " All raise a virtual-instruction fault where V = 1.";
    return instruction_rows("Instructions of the hypervisor extension", text, INSN_count_flawed, INSN_count_all);
}

static struct sheet compressed(void)
{
    static const char *const columns[] = {"name", "format", "match", "mask", "is"};
    static const char text[] = "Each is the instruction of the last column, in 16 bits.";
    struct sheet s = sheet_make("Compressed instructions", text, columns, 5);
    for (unsigned i = INSN_illegal + 1; i < INSN_count; i++) {
        const struct insn_row *r = &insn_rows[i];
        const struct insn_format_row *f = &insn_formats[r->format];
        if (r->base == i)
            continue;
        char match[16], mask[16];
        snprintf(match, sizeof match, "%04" PRIx32, r->match);
        snprintf(mask, sizeof mask, "%04" PRIx32, f->mask);
        sheet_row(&s, CELLS(r->mnemonic, f->name, match, mask, insn_rows[r->base].mnemonic));
    }
    return s;
}

static void csr_row(struct sheet *s, const char *name, unsigned number, const char *kind, uint64_t mask, uint64_t reset,
                    const char *meaning)
{
    char number_text[16], mask_text[24] = "", reset_text[24] = "";
    bool stored = strcmp(kind, "FIELD") == 0 || strcmp(kind, "SYNCED") == 0, constant = strcmp(kind, "CONST") == 0;
    snprintf(number_text, sizeof number_text, "0x%03x", number);
    if (stored)
        snprintf(mask_text, sizeof mask_text, "%016" PRIx64, mask);
    if (stored || constant)
        snprintf(reset_text, sizeof reset_text, "%" PRIx64, reset);
    const char *access = (number >> 10) == 3 ? "read" : constant ? "read, writes ignored" : "read, write";
    sheet_row(s, CELLS(name, number_text, mode_name(number >> 8), access, mask_text, reset_text, meaning));
}

static struct sheet csrs(void)
{
    static const char *const columns[] = {"name", "number", "mode", "access", "mask", "reset", "meaning"};
    static const char text[] =
        "All others raise an illegal instruction. Where bits and reset are empty, other state decides: they follow the "
        "privileged manual. Numbers are hexadecimal.";
    struct sheet s = sheet_make("Control and status registers", text, columns, 7);
#define CSR(name, number, kind, mask, reset, meaning) csr_row(&s, #name, number, #kind, mask, reset, meaning);
#include "isa/csr.def"
    return s;
}

static struct sheet hext_csrs(void)
{
    static const char *const columns[] = {"name", "number", "mode", "access", "mask", "reset", "meaning"};
    static const char text[] =
        HEXT_TEXT " H stands for S-mode with V = 0. mideleg then reads 1 in bits 2, 6, 10 and 12; "
                  "medeleg has bits 10 and 20 to 23, mstatus MPV and GVA, mie and mip the interrupts "
                  "of VS-mode, misa H.";
    struct sheet s = sheet_make("Control and status registers of the hypervisor extension", text, columns, 7);
#define HCSR(name, number, kind, mask, reset, meaning) csr_row(&s, #name, number, #kind, mask, reset, meaning);
#include "isa/csr.def"
    return s;
}

static struct sheet hext_causes(void)
{
    static const char *const columns[] = {"cause", "kind", "rank", "meaning"};
    struct sheet s = sheet_make("Causes of traps of the hypervisor extension", HEXT_TEXT, columns, 4);
#define HEXCEPTION(name, code, rank, text) sheet_row(&s, CELLS(#code, "exception", #rank, text));
#define HINTERRUPT(name, code, rank, text) sheet_row(&s, CELLS(#code, "interrupt", #rank, text));
#include "isa/cause.def"
    return s;
}

static struct sheet causes(void)
{
    static const char *const columns[] = {"cause", "kind", "rank", "meaning"};
    static const char text[] = "Of several at once the lowest rank is taken.";
    struct sheet s = sheet_make("Causes of traps", text, columns, 4);
#define EXCEPTION(name, code, rank, text) sheet_row(&s, CELLS(#code, "exception", #rank, text));
#define INTERRUPT(name, code, rank, text) sheet_row(&s, CELLS(#code, "interrupt", #rank, text));
#include "isa/cause.def"
    return s;
}

static void board_row(struct sheet *s, const char *what, uint64_t base, uint64_t size, const char *source)
{
    char first[24], last[24] = "";
    snprintf(first, sizeof first, "0x%08" PRIx64, base);
    if (size)
        snprintf(last, sizeof last, "0x%08" PRIx64, base + size - 1);
    sheet_row(s, CELLS(what, first, last, source));
}

static struct sheet board(void)
{
    static const char *const columns[] = {"what", "first", "last", "PLIC source"};
    static const char text[] =
        "What QEMU's `virt` has, simplified: the same image runs on both. The reset ROM puts the hart's number into a0, the "
        "address of the device tree into a1, and jumps to the image in M-mode. `time` runs at 10 MHz, a tick for each 100 "
        "steps. The finisher ends the run: 0x5555 is status 0, 0x3333 with a code in the upper half is that status; 0x7777 resets the machine, as on QEMU: "
        "hart and devices are as at first, `mtime` is 0, images and device tree are loaded again, the rest of memory stays, and counters "
        "go on (--no-reboot: the run ends). HTIF "
        "(`tohost`) is there for images that have the symbol.";
    struct sheet s = sheet_make("The board", text, columns, 4);
    board_row(&s, "reset ROM", BUS_ROM_BASE, BUS_ROM_SIZE, "");
    board_row(&s, "test finisher", BUS_FINISHER, BUS_DEVICE_PAGE, "");
    board_row(&s, "CLINT", BUS_CLINT, BUS_CLINT_SIZE, "");
    board_row(&s, "PLIC", BUS_PLIC, BUS_PLIC_SIZE, "");
    board_row(&s, "UART (16550)", BUS_UART, BUS_DEVICE_PAGE, "10");
    board_row(&s, "virtio-mmio, eight slots (version 2): drives, then devices", BUS_VIRTIO,
              BUS_VIRTIO_SLOTS * BUS_DEVICE_PAGE, "1 to 8");
    board_row(&s, "RAM (-m)", RAM_BASE, 0, "");
    return s;
}

static struct sheet costs(void)
{
    static const char *const columns[] = {"row", "cycles", "owner", "meaning"};
    static const char text[] =
        "The defaults. `--cost-set ROW=N` changes one; `--cost FILE` any of them: lines `row = cycles` under `[cost]`, and "
        "before them, if wanted, `name = ...`. Cycles are charged to these events and to nothing else. The owner is who pays "
        "in the report; what a monitor itself does with CSRs, fences and walks is the monitor's. A register of a virtual device "
        "costs the monitor a look-up; the device rows count real ones, which it reaches for as far as it needs.";
    struct sheet s = sheet_make("Costs", text, columns, 4);
    for (unsigned i = 0; i < COST_count; i++) {
        char cycles[24];
        snprintf(cycles, sizeof cycles, "%" PRIu64, cost_rows[i].cycles);
        sheet_row(&s, CELLS(cost_rows[i].name, cycles, cost_owner_names[cost_rows[i].owner], cost_rows[i].meaning));
    }
    return s;
}

static struct sheet exits(void)
{
    static const char *const columns[] = {"name", "meaning"};
    static const char text[] =
        "Why the machine came back to the monitor. Each return counts for exactly one; its cycles run until the guest goes "
        "on.";
    struct sheet s = sheet_make("Exits", text, columns, 2);
#define EXIT(name, meaning) sheet_row(&s, CELLS(#name, meaning));
#include "vmm/counters.def"
    return s;
}

static struct sheet counters(void)
{
    static const char *const columns[] = {"name", "meaning"};
    struct sheet s = sheet_make("Counters", NULL, columns, 2);
    sheet_row(&s, CELLS("tlb_misses", "accesses that the simulated TLB did not know"));
    sheet_row(&s, CELLS("walk_refs", "page-table entries read for them by the hardware"));
#define COUNTER(name, meaning) sheet_row(&s, CELLS(#name, meaning));
#include "vmm/counters.def"
    return s;
}

static struct sheet technique_sheet(void)
{
    static const char *const columns[] = {"name", "mmu", "meaning"};
    struct sheet s = sheet_make("Techniques", NULL, columns, 3);
    sheet_row(&s, CELLS("native", "real", "no monitor: the guest has the machine"));
    for (unsigned i = 0; i < techniques_count; i++)
        sheet_row(&s, CELLS(techniques[i]->name,
                            techniques[i] == &technique_hw ? "nested, shadow"
                            : techniques[i]->paravirtual   ? "direct"
                                                           : "shadow",
                            techniques[i]->meaning));
    return s;
}

/* --- the command -------------------------------------------------------------------------------------------------------- */

#define SHEETS_MOST 11

static const struct topic {
    const char *name, *title;
    const char *key[SHEETS_MOST]; /* of each sheet in the JSON object */
    struct sheet (*sheet[SHEETS_MOST])(void);
} topics[] = {
    {"isa",
     "The machine",
     {"board", "instructions", "compressed", "csrs", "causes", "hypervisor_instructions", "hypervisor_csrs",
      "hypervisor_causes", "flawed", "odd", "odd_can"},
     {board, instructions, compressed, csrs, causes, hext_instructions, hext_csrs, hext_causes, flawed_instructions,
      odd_instructions, odd_deeds}},
    {"csrs", "Control and status registers", {"csrs"}, {csrs}},
    {"costs", "What things cost, and what is counted", {"costs", "exits", "counters"}, {costs, exits, counters}},
    {"counters", "What is counted", {"exits", "counters"}, {exits, counters}},
    {"hypercalls",
     "The paravirtual interface",
     {"calls", "words", "errors", "constants"},
     {hypercall_sheet, hypercall_words, hypercall_errors, hypercall_constants}},
    {"techniques", "Ways to run a guest", {"techniques"}, {technique_sheet}},
};
#define TOPICS (sizeof topics / sizeof topics[0])

enum look { LOOK_TABLE, LOOK_MD, LOOK_JSON, LOOK_ASM };

struct info_options {
    const struct topic *topic;
    enum look look;
    insn_profile profile;
};

/* Is the sheet about this machine? With `flawed` there is all that flawed ones can have; with a seed no answers. */
static bool is_of(struct sheet (*sheet)(void), insn_profile profile)
{
    if (sheet == flawed_instructions || sheet == odd_deeds)
        return profile == PROFILE_FLAWED;
    return sheet != odd_instructions || profile != PROFILE_STRICT;
}

static void print_topic(const struct topic *t, enum look look, insn_profile profile)
{
    const char *option = profile == PROFILE_FLAWED ? "--profile flawed " : "";
    json_t *json = json_pack("{s:s}", "schema", "trapeze.info/1");
    if (look == LOOK_MD)
        printf("# %s\n\n<!-- Written by `trapeze info %s %s--format md`: not to be edited. -->\n", t->title, t->name,
               option);
    for (unsigned i = 0; i < SHEETS_MOST && t->sheet[i]; i++) {
        if (!is_of(t->sheet[i], profile))
            continue;
        struct sheet s = t->sheet[i]();
        if (look == LOOK_MD || i > 0)
            fputs(look == LOOK_JSON ? "" : "\n", stdout);
        if (look == LOOK_MD)
            sheet_markdown(&s, stdout);
        else if (look == LOOK_TABLE)
            sheet_text(&s, stdout);
        else
            json_object_set_new(json, t->key[i], sheet_json(&s));
        sheet_free(&s);
    }
    if (look == LOOK_JSON && json_dumpf(json, stdout, JSON_INDENT(1)) == 0)
        putchar('\n');
    json_decref(json);
}

static error_t take(int key, char *value, struct argp_state *state)
{
    static const char *const looks[] = {"table", "md", "json", "asm"};
    struct info_options *o = state->input;
    char hint[64];
    switch (key) {
    case 'f':
        o->look = (enum look)argument_choice("--format", value, looks, 4);
        return 0;
    case 'p':
        o->profile = argument_profile("--profile", value);
        return 0;
    case ARGP_KEY_ARG:
        if (o->topic)
            refuse("info: '%s' is one topic too many", value);
        for (unsigned i = 0; i < TOPICS; i++)
            if (strcmp(topics[i].name, value) == 0)
                o->topic = &topics[i];
        if (!o->topic)
            refuse("info: unknown topic '%s'%s", value,
                   *suggest(hint, sizeof hint, value, &topics[0].name, TOPICS, sizeof topics[0])
                       ? hint
                       : ": isa, csrs, costs, counters, hypercalls or techniques is wanted");
        return 0;
    case ARGP_KEY_END:
        if (!o->topic)
            refuse("info: a topic is wanted: isa, csrs, costs, counters, hypercalls or techniques");
        if (o->look == LOOK_ASM && strcmp(o->topic->name, "hypercalls") != 0)
            refuse("--format asm: only hypercalls has constants for an assembler");
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

int info_command(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"format", 'f', "FORMAT", 0, "table (default), md or json; of hypercalls, also asm: constants for an assembler", 0},
        {"profile", 'p', "NAME", 0, "of isa: the strict machine (default), or what flawed or flawed:SEED has besides, too",
         0},
        {0},
    };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .args_doc = "isa|csrs|costs|counters|hypercalls|techniques",
        .doc = "Print the tables that the machine and the monitor are made of.\v"
               "Example:\n  trapeze info costs --format md",
    };
    struct info_options o = {.look = LOOK_TABLE};
    arguments_parse(&argp, argc, argv, &o);
    if (o.look == LOOK_ASM)
        hypercalls_write_asm(stdout);
    else
        print_topic(o.topic, o.look, o.profile);
    return 0;
}
