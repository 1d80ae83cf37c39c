/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The options that the subcommands share that run a guest.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "isa/bus.h"
#include "isa/cost.h"
#include "isa/machine.h"
#include "method.h"
#include "vmm/vmm.h"

#define RAM_DEFAULT (UINT64_C(128) << 20)
#define RAM_LEAST (UINT64_C(1) << 20)
#define RAM_MOST (UINT64_C(64) << 30)

enum format { AS_UNSET, AS_TABLE, AS_JSON, AS_CSV, AS_MD };

struct guest_options {
    const char *image, *bios, *kernel;
    const char *append, *expect;
    const char *drive[BUS_VIRTIO_SLOTS];
    unsigned drive_count;
    enum virtio_kind device[BUS_VIRTIO_SLOTS];
    unsigned device_count;
};

/* One bit to turn in the final state of a run, to see that it is noticed: --flip. */
struct flip {
    bool wanted;
    char what[32];              /* "x10", "pc", the name of a CSR, or an address of RAM */
    unsigned bit;
};

#define SCRIPTS_MOST 16

/* What only debug has. */
enum colour_wish { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
struct debug_options {
    enum colour_wish colour;
    bool tui;
    const char *script[SCRIPTS_MOST];   /* -x */
    unsigned script_count;
    const char *gdb;                    /* where to serve it; NULL: nowhere */
    bool gdb_machine;
    bool hold;                          /* run: not before gdb has come */
    const char *input, *console;        /* files: what the guest reads and writes; NULL */
};

struct options {
    int argc;                   /* the subcommand and what follows: as the report repeats it */
    char **argv;
    bool compares;              /* the subcommand is compare */
    const char *mmu;            /* --mmu, NULL if not given */
    const char *shadow;         /* --shadow likewise */
    unsigned method_options;    /* other options for all methods: bits by enum method_option */
    struct method method[METHODS_MOST];
    unsigned method_count;
    struct guest_options guest[VMM_GUESTS_MAX];
    unsigned guest_count;
    uint64_t ram_size, seed, max_insns;
    bool clock_cycles, no_reboot;
    struct cost_model cost;
    bool stats;                 /* a report is wanted ... */
    const char *stats_path;     /* ... in this file, or on stderr if NULL */
    enum format format;
    const char *dump_path, *plot_path, *trace_path, *folded_path;
    bool quiet, show_console;
    insn_profile profile;
    bool hext;                  /* native runs: the processor has the hypervisor extension */
    struct machine_stress stress;
    struct switching switching; /* of every run below the monitor */
    struct flip flip;
    struct debug_options debug;
};

/* Fills *o. Prints help and ends the program if that is asked for; refuses what is wrong (message.h). */
enum options_of { OPTIONS_OF_RUN, OPTIONS_OF_COMPARE, OPTIONS_OF_VERIFY, OPTIONS_OF_DEBUG, OPTIONS_OF_TRANSLATED /* disasm */ };
void options_parse_own(struct options *o, enum options_of subcommand, int argc, char **argv);

/* For a subcommand with an argp of its own: its children are options_shared, and its parser gives them `o` as their input, and takes
 * `-t` by options_take_methods(). First options_begin(): the defaults, and the technique of that name, or with NULL native and all
 * others; `compares`: it runs one guest, and -t may be a list. Then options_parse(), with what that parser has for its input. */
extern const struct argp_child options_shared[];
void options_begin(struct options *o, int argc, char **argv, bool compares, const char *technique);
void options_take_methods(struct options *o, const char *list);
void options_parse(struct options *o, const struct argp *argp, void *input);

/* Refuses a place for output that is none, or is an image. NULL is allowed. */
void options_check_output(const struct options *o, const char *path);

#endif
