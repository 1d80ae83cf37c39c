/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random programs carried out: the ways to do that, and what may be compared between them.
 */
#ifndef TESTS_RANDOM_EXECUTION_H
#define TESTS_RANDOM_EXECUTION_H

#include "isa/machine.h"
#include "program.h"
#include "vmm/vmm.h"

/* How a program is run. */
struct way {
    char name[48];
    const struct technique *technique; /* NULL: the bare machine */
    enum shadow_variant shadow;
    enum vm_mmu mmu; /* under hardware assistance */
    struct translator_options translator;
    bool tight;       /* little room for what the monitor remembers */
    bool switches;    /* among all techniques, every few steps, starting with this one */
    bool audit;       /* the simulator watches everything that it can; natively, for translations that were not fenced */
    bool same_cycles; /* natively: what it costs is the same, too */
    struct machine_stress stress;
};

#define WAYS_MAX 80

/* All ways that there are but the broken one; or only those whose name begins so. */
unsigned ways_list(struct way *ways, const char *only);

/* The techniques that a run switches among: all, and those of doubles.c that work. */
const struct technique *any_technique(unsigned i);
unsigned any_techniques(void);

/* doubles.c: for tests. Every instruction is interpreted; and one kind of instruction is wrong. */
extern const struct technique technique_interpreted, technique_broken;

#define TRAPS_KEPT 4096
#define OUTPUT_KEPT 16384
#define DISK_SECTORS 64

struct execution {
    const struct way *way;
    struct machine *m;
    struct hw *hw;
    struct vmm *vmm;
    struct vm *vm; /* NULL: the bare machine */
    struct bus_host host;
    struct dice dice; /* when to switch, and to what */
    struct trap_log log;
    struct trap_note traps[TRAPS_KEPT];
    uint64_t trap_count, output_count, input_count;
    uint8_t output[OUTPUT_KEPT], disk[DISK_SECTORS * 512];
};

/* Loads the program; it has done no step. */
struct execution *execution_new(const struct way *way, const struct program *p);
void execution_free(struct execution *e);

/* So many steps more, unless it ends. */
void execution_run(struct execution *e, uint64_t steps);

/* What the program can see of its machine. */
struct view {
    struct priv *priv;
    struct context *ctx;
    struct clock *clock;
    struct bus *bus;
    struct run_end end;
    uint64_t offset;        /* hpa - gpa */
    const uint8_t *written; /* a byte a page of RAM: 0 if it is surely still zero */
};
struct view execution_view(const struct execution *e);

/* What differs first between what two runs have come to; false if nothing does. */
struct difference {
    char what[64];
    uint64_t expected, got;
};
bool executions_differ(const struct execution *expected, const struct execution *got, struct difference *d);

/* What must hold of any run by itself. */
bool execution_is_sound(const struct execution *e, struct difference *d);

#endif
