/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The options that all subcommands share which run a guest; those of single ones are in options_command.c. argp prints the help and walks the arguments; what it would complain about in its own way
 * is found before, so that every mistake is one line.
 */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "cost_file.h"
#include "message.h"
#include "output.h"
#include "plot.h"
#include "vmm/technique/technique.h"

/* Tables: */
/* clang-format off */
enum {
    KEY_MMU = 1000, KEY_DRIVE, KEY_APPEND, KEY_BIOS, KEY_KERNEL, KEY_CLOCK, KEY_COST, KEY_COST_SET, KEY_SEED, KEY_MAX_INSNS,
    KEY_STATS, KEY_FORMAT, KEY_SHADOW, KEY_QUIET, KEY_PROFILE, KEY_STRESS_ONE, KEY_STRESS_TLB, KEY_STRESS_STALL,
    KEY_STRESS_SWITCH, KEY_FLIP, KEY_SWITCH, KEY_CPU, KEY_EXPECT, KEY_DEVICE, KEY_NO_REBOOT,
    KEY_OPTION, /* and an enum method_option */
};

static const struct argp_option shared_options[] = {
    {"mmu", KEY_MMU, "KIND", 0, "what is made of the guest's page tables: for hw nested (default) or shadow; native has real, pv direct, others shadow", 1},
    {"shadow", KEY_SHADOW, "KIND", 0, "how shadow tables are kept: flush or traced (default flush; bt, hw: traced)", 1},
    {"no-chain", KEY_OPTION + METHOD_NO_CHAIN, NULL, 0, "bt: units of translated code are not linked", 1},
    {"no-inline", KEY_OPTION + METHOD_NO_INLINE, NULL, 0, "bt: every access to a CSR is a call-out", 1},
    {"no-adaptive", KEY_OPTION + METHOD_NO_ADAPTIVE, NULL, 0, "bt: stores to page tables trap, however often", 1},
    {"switch", KEY_SWITCH, "N:NAME,...", 0, "from step N on by that technique (all runs but native ones)", 1},

    {NULL, 0, NULL, 0, "Guest:", 2},
    {"profile", KEY_PROFILE, "NAME", 0, "the machine's instructions: strict (default), flawed or flawed:SEED", 2},
    {"cpu", KEY_CPU, "CPU", 0, "native: the processor: rv64 (default), or rv64,h=true for one with the hypervisor extension", 2},
    {"memory", 'm', "SIZE", 0, "RAM of each guest: 128M (default), 1G; a plain number is of MiB", 2},
    {"drive", KEY_DRIVE, "FILE[,readonly]", 0, "a disk, from a raw file; up to eight", 2},
    {"device", KEY_DEVICE, "NAME", 0, "one more device: virtio-rng-device or virtio-serial-device (a console); can be repeated", 2},
    {"append", KEY_APPEND, "ARGS", 0, "boot arguments", 2},
    {"bios", KEY_BIOS, "FILE", 0, "firmware, which starts first and finds the image loaded", 2},
    {"kernel", KEY_KERNEL, "FILE", 0, "the image; beside another one, what that finds loaded", 2},
    {"no-reboot", KEY_NO_REBOOT, NULL, 0, "a reset of the guest's ends its run", 2},
    {"expect", KEY_EXPECT, "FILE", 0, "a script types, instead of you: what, and after what was printed", 2},

    {NULL, 0, NULL, 0, "Time and cost:", 3},
    {"clock", KEY_CLOCK, "KIND", 0, "virtual time counts insns (default) or cycles", 3},
    {"cost", KEY_COST, "FILE", 0, "a cost model", 3},
    {"cost-set", KEY_COST_SET, "ROW=N", 0, "one cost; can be repeated", 3},
    {"seed", KEY_SEED, "N", 0, "of all that is random (default 1)", 3},
    {"max-insns", KEY_MAX_INSNS, "N", 0, "end after N steps, with status 124", 3},

    {NULL, 0, NULL, 0, "Output:", 4},
    {"stats", KEY_STATS, "FILE", OPTION_ARG_OPTIONAL, "report what happened: on stderr, or as JSON in FILE", 4},
    {"format", KEY_FORMAT, "FORMAT", 0, "of the report: table, json, csv or md (Markdown)", 4},
    {"quiet", KEY_QUIET, NULL, 0, "no remarks on stderr", 4},

    {NULL, 0, NULL, 0, "For tests of Trapeze itself:", 5},
    {"stress-one", KEY_STRESS_ONE, NULL, 0, "no short cuts in the simulator: must change nothing but its speed", 5},
    {"stress-tlb", KEY_STRESS_TLB, "N", 0, "drop the TLB at random, after N steps at the most: must not change the state", 5},
    {"stress-stall", KEY_STRESS_STALL, "N", 0, "stand still at random, for N cycles at the most: must not change the state (--clock insns)", 5},
    {"stress-switch", KEY_STRESS_SWITCH, "K", 0, "another technique every K steps: must not change the state", 5},
    {"flip", KEY_FLIP, "WHAT:BIT", 0, "turn a bit of the (last) run's final state: of x10, pc, a CSR or an address of RAM", 5},
    {0},
};
/* clang-format on */

void options_take_methods(struct options *o, const char *list)
{
    o->method_count = methods_take(o->method, o->compares ? METHODS_MOST : 1, "-t", list);
}

static void take_drive(struct guest_options *g, const char *drive)
{
    if (g->drive_count + g->device_count == BUS_VIRTIO_SLOTS)
        refuse("--drive %s: a guest has room for %d drives", drive, BUS_VIRTIO_SLOTS);
    g->drive[g->drive_count++] = drive;
}

/* One console: there is one input. */
static void take_device(struct guest_options *g, const char *name)
{
    static const char *const names[] = {"virtio-rng-device", "virtio-serial-device"};
    enum virtio_kind kind = argument_choice("--device", name, names, 2) ? VIRTIO_CONSOLE : VIRTIO_RNG;
    if (g->drive_count + g->device_count == BUS_VIRTIO_SLOTS)
        refuse("--device %s: a guest has room for %d drives and devices", name, BUS_VIRTIO_SLOTS);
    for (unsigned i = 0; i < g->device_count; i++)
        if (kind == VIRTIO_CONSOLE && g->device[i] == kind)
            refuse("--device %s: a guest has one such console", name);
    g->device[g->device_count++] = kind;
}

static void take_image(struct options *o, const char *image)
{
    if (o->guest[o->guest_count - 1].image) {
        if (o->guest_count == VMM_GUESTS_MAX)
            refuse("%s: there can be %d guests at the most", image, VMM_GUESTS_MAX);
        o->guest_count++;
    }
    o->guest[o->guest_count - 1].image = image;
}

/* "WHAT:BIT"; what can be meant by WHAT is seen when there is a state. */
static void take_flip(struct flip *flip, const char *text)
{
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text || (size_t)(colon - text) >= sizeof flip->what)
        refuse("--flip '%s': WHAT:BIT is wanted", text);
    memcpy(flip->what, text, (size_t)(colon - text));
    flip->bit = (unsigned)argument_number("--flip", colon + 1, 0, 63);
    flip->wanted = true;
}

static enum format format_of(const char *value)
{
    static const char *const names[] = {"table", "json", "csv", "md"};
    return (enum format)(AS_TABLE + argument_choice("--format", value, names, 4));
}

/* Options that stand for one guest: of the image before them, or the first. */
static bool take_guest_option(struct guest_options *g, int key, char *value)
{
    switch (key) {
    case KEY_DRIVE:
        take_drive(g, value);
        return true;
    case KEY_DEVICE:
        take_device(g, value);
        return true;
    case KEY_APPEND:
        g->append = value;
        return true;
    case KEY_BIOS:
        g->bios = value;
        return true;
    case KEY_KERNEL:
        g->kernel = value;
        return true;
    case KEY_EXPECT:
        g->expect = value;
        return true;
    }
    return false;
}

/* QEMU's spelling. */
static bool cpu_has_hext(const char *value)
{
    static const char *const cpus[] = {"rv64", "rv64,h=false", "rv64,h=off", "rv64,h=true", "rv64,h=on"};
    return argument_choice("--cpu", value, cpus, 5) >= 3;
}

/* Of the machine: time, cost, profile. */
static bool take_machine_option(struct options *o, int key, const char *value)
{
    static const char *const clocks[] = {"insns", "cycles"};
    switch (key) {
    case KEY_CLOCK:
        o->clock_cycles = argument_choice("--clock", value, clocks, 2) == 1;
        return true;
    case KEY_COST:
        cost_read_file(&o->cost, value);
        return true;
    case KEY_COST_SET:
        cost_set(&o->cost, value);
        return true;
    case KEY_SEED:
        o->seed = argument_number("--seed", value, 0, INT64_MAX);
        return true;
    case KEY_MAX_INSNS:
        o->max_insns = argument_number("--max-insns", value, 1, INT64_MAX);
        return true;
    case KEY_NO_REBOOT:
        o->no_reboot = true;
        return true;
    case KEY_CPU:
        o->hext = cpu_has_hext(value);
        return true;
    case KEY_PROFILE:
        o->profile = argument_profile("--profile", value);
        return true;
    case KEY_STRESS_ONE:
        o->stress.one_instruction = true;
        return true;
    case KEY_STRESS_TLB:
        o->stress.flush_tlb = (uint32_t)argument_number("--stress-tlb", value, 1, UINT32_MAX);
        return true;
    case KEY_STRESS_STALL:
        o->stress.stall = (uint32_t)argument_number("--stress-stall", value, 1, UINT32_MAX);
        return true;
    case KEY_STRESS_SWITCH:
        o->switching.every = argument_number("--stress-switch", value, 1, UINT32_MAX);
        return true;
    }
    return false;
}

static bool take_output_option(struct options *o, int key, const char *value)
{
    switch (key) {
    case KEY_STATS:
        o->stats = true;
        o->stats_path = value;
        return true;
    case KEY_FORMAT:
        o->stats = true;
        o->format = format_of(value);
        return true;
    case KEY_QUIET:
        o->quiet = true;
        return true;
    case KEY_FLIP:
        take_flip(&o->flip, value);
        return true;
    }
    return false;
}

/* Changes of technique need a monitor. */
static void check_switching(struct options *o)
{
    unsigned monitored = 0;
    for (unsigned i = 0; i < o->method_count && o->switching.count; i++) {
        struct method *m = &o->method[i];
        if (!m->native && m->technique->paravirtual && !o->compares)
            refuse("--switch: a paravirtual kernel cannot go on by another technique");
        if (m->native || m->technique->paravirtual)
            continue;
        monitored++;
        snprintf(m->title + strlen(m->title), sizeof m->title - strlen(m->title), ", switched");
    }
    if (o->switching.count && !monitored)
        refuse("--switch: a native run has no monitor, and cannot change its technique");
}

/* Options of techniques that are given to all of them. */
static void apply_options(struct options *o)
{
    static const char *const kinds[] = {"real", "shadow", "nested", "direct"}, *const shadows[] = {"flush", "traced"};
    if (o->mmu) {
        argument_choice("--mmu", o->mmu, kinds, 4);
        methods_set_mmu(o->method, o->method_count, o->mmu);
    }
    if (o->shadow)
        methods_set(o->method, o->method_count,
                    (enum method_option)(METHOD_FLUSH + argument_choice("--shadow", o->shadow, shadows, 2)));
    for (unsigned i = METHOD_NO_CHAIN; i < METHOD_OPTIONS; i++)
        if (o->method_options & 1u << i)
            methods_set(o->method, o->method_count, (enum method_option)i);
}

static uint64_t memory_size(const char *value)
{
    uint64_t size = argument_size("-m", value);
    if (size < RAM_LEAST || size > RAM_MOST || size % PAGE_SIZE)
        refuse("-m '%s': memory is from 1M to 64G, in pages of 4K", value);
    return size;
}

static error_t take_shared(int key, char *value, struct argp_state *state)
{
    struct options *o = state->input;
    if (key == KEY_MMU)
        o->mmu = value;
    else if (key == KEY_SHADOW)
        o->shadow = value;
    else if (key == KEY_SWITCH)
        switching_take(&o->switching, value);
    else if (key > KEY_OPTION && key < KEY_OPTION + METHOD_OPTIONS)
        o->method_options |= 1u << (key - KEY_OPTION);
    else if (key == 'm')
        o->ram_size = memory_size(value);
    else if (key == ARGP_KEY_ARG)
        take_image(o, value);
    else if (!take_guest_option(&o->guest[o->guest_count - 1], key, value) && !take_machine_option(o, key, value) &&
             !take_output_option(o, key, value))
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static const struct argp shared_argp = {.options = shared_options, .parser = take_shared};

/* A report must not replace what is read: an image for one, when only its name was meant to follow. */
void options_check_output(const struct options *o, const char *path)
{
    output_check(path);
    for (unsigned i = 0; path && i < o->guest_count; i++) {
        const struct guest_options *g = &o->guest[i];
        const char *const inputs[] = {g->image, g->bios, g->kernel, g->expect};
        for (unsigned j = 0; j < 4; j++)
            if (inputs[j] && output_is(path, inputs[j]))
                refuse("%s: is %s, and no place for a report", path, j < 3 ? "an image" : "the script");
    }
}

/* No two reports to one file, and none in the place of what is read. */
static void check_outputs(const struct options *o)
{
    const struct {
        const char *option, *path, *what;
    } outputs[] = {
        {"--stats", o->stats_path, "the report"},          {"--dump-state", o->dump_path, "the state"},
        {"--plot", o->plot_path, "the drawing"},           {"--trace", o->trace_path, "the trace"},
        {"--folded", o->folded_path, "the folded stacks"},
    };
    for (unsigned i = 0; i < sizeof outputs / sizeof outputs[0]; i++) {
        options_check_output(o, outputs[i].path);
        for (unsigned j = 0; j < i && outputs[i].path; j++)
            if (outputs[j].path && output_is(outputs[i].path, outputs[j].path))
                refuse("%s %s: %s goes there (%s)", outputs[i].option, outputs[i].path, outputs[j].what, outputs[j].option);
    }
}

static bool missing(const char *path)
{
    return access(path, F_OK) != 0 && errno == ENOENT;
}

/* What is no file, but may have been meant as something else: an option behind --, the file of --stats without its =. */
static void check_images(const struct options *o)
{
    for (unsigned i = 0; i < o->guest_count; i++) {
        const char *image = o->guest[i].image;
        if (!image || !missing(image))
            continue;
        if (image[0] == '-')
            refuse("%s: %s (behind -- all are images)", image, strerror(ENOENT));
        for (int k = 1; k < o->argc; k++)
            if (o->argv[k] == image && strcmp(o->argv[k - 1], "--stats") == 0)
                refuse("%s: %s (a report goes there by --stats=%s)", image, strerror(ENOENT), image);
    }
}

static void check(struct options *o)
{
    check_images(o);
    for (unsigned i = 0; i < o->guest_count; i++)
        if (!o->guest[i].image && !o->guest[i].bios && !o->guest[i].kernel)
            refuse("no image is given: trapeze %s [OPTION...] IMAGE", o->argv[0]);
    apply_options(o);
    check_switching(o);
    for (unsigned i = 0; o->hext && i < o->method_count; i++)
        if (!o->method[i].native)
            refuse("--cpu rv64,h=true: only with -t native: no virtual machine has the hypervisor extension");
    if (o->guest_count > 1 && (o->compares || o->method[0].native))
        refuse("%s: %s takes one image", o->guest[1].image, o->compares ? o->argv[0] : "-t native");
    if (o->guest_count > 1 && o->dump_path)
        refuse("--dump-state %s: with one image only", o->dump_path);
    if (o->format == AS_UNSET)
        o->format = o->stats_path ? AS_JSON : AS_TABLE;
    plot_check(o->plot_path);
    check_outputs(o);
}

const struct argp_child options_shared[] = {{&shared_argp, 0, NULL, 0}, {0}};

void options_begin(struct options *o, int argc, char **argv, bool compares, const char *technique)
{
    *o = (struct options){
        .argc = argc,
        .argv = argv,
        .compares = compares,
        .guest_count = 1,
        .ram_size = RAM_DEFAULT,
        .seed = 1,
        .max_insns = UINT64_MAX,
    };
    cost_defaults(&o->cost);
    if (technique)
        options_take_methods(o, technique);
    else
        o->method_count = methods_all(o->method);
}

void options_parse(struct options *o, const struct argp *argp, void *input)
{
    arguments_parse(argp, o->argc, o->argv, input);
    check(o);
}
