/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Options of run and compare. argp prints the help and walks the arguments; what it would complain about in its own way
 * is found before, so that every mistake is one line.
 */
#include "options.h"

#include <stdlib.h>
#include <string.h>

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
    KEY_STATS, KEY_FORMAT, KEY_DUMP_STATE, KEY_SHADOW, KEY_QUIET, KEY_SHOW_CONSOLE, KEY_PROFILE, KEY_STRESS_ONE, KEY_STRESS_TLB,
    KEY_STRESS_STALL, KEY_STRESS_SWITCH, KEY_FLIP, KEY_SWITCH, KEY_PLOT, KEY_TRANSLATED, KEY_CPU, KEY_EXPECT, KEY_DEVICE,
    KEY_INPUT, KEY_CONSOLE, KEY_TRACE, KEY_FOLDED, KEY_GDB, KEY_GDB_VIEW,
    KEY_OPTION, /* and an enum method_option */
};

static const struct argp_option run_options[] = {
    {NULL, 0, NULL, 0, "Technique:", 1},
    {"technique", 't', "NAME", 0, "native, or what `trapeze info techniques` lists (default te)", 1},
    {"dump-state", KEY_DUMP_STATE, "FILE", 0, "write the final state as text", 4},
    {"trace", KEY_TRACE, "FILE", 0, "write each trap as a Chrome trace, for Perfetto and `trapeze trace`; packed if .zst", 4},
    {"folded", KEY_FOLDED, "FILE", 0, "write where the cycles went, as folded stacks for a flame graph", 4},
    {0},
};

static const struct argp_option compare_options[] = {
    {NULL, 0, NULL, 0, "Technique:", 1},
    {"technique", 't', "LIST", 0, "which to run; the first is what the others must equal (default: native and all others)", 1},
    {"plot", KEY_PLOT, "FILE", 0, "draw the cycles by owner, a bar for each run (.svg, .png, .pdf), by gnuplot", 4},
    {"show-console", KEY_SHOW_CONSOLE, NULL, 0, "show the first run's console", 4},
    {0},
};

static const struct argp_option verify_options[] = {
    {NULL, 0, NULL, 0, "Technique:", 1},
    {"technique", 't', "LIST", 0, "which to verify (default all); with several, in turns, too", 1},
    {0},
};

static const struct argp_option translated_options[] = {
    {"translated", KEY_TRANSLATED, NULL, 0, "print the image's code beside what it is translated to", 4},
    {0},
};

static const struct argp_option debug_options[] = {
    {NULL, 0, NULL, 0, "Technique:", 1},
    {"technique", 't', "NAME", 0, "native, or what `trapeze info techniques` lists (default te)", 1},
    {NULL, 'x', "FILE", 0, "commands from this file first; up to 16 of them", 4},
    {"gdb", KEY_GDB, "PORT", 0, "serve gdb there, instead of commands; at HOST:PORT also for other computers", 4},
    {"gdb-view", KEY_GDB_VIEW, "VIEW", 0, "what gdb sees: the guest's registers and memory (default), or the machine's", 4},
    {"input", KEY_INPUT, "FILE", 0, "what the guest reads from its console (default: nothing)", 4},
    {"console", KEY_CONSOLE, "FILE", 0, "where what it writes there goes (default: among the debugger's text, marked by |)", 4},
    {0},
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

static void take_script(struct debug_options *d, const char *path)
{
    if (d->script_count == SCRIPTS_MOST)
        refuse("-x %s: there can be %d scripts at the most", path, SCRIPTS_MOST);
    d->script[d->script_count++] = path;
}

/* What only one of the two has, and -t, which is a name for run and a list for compare. */
static error_t take_own(int key, char *value, struct argp_state *state)
{
    static const char *const gdb_views[] = {"guest", "machine"};
    struct options *o = state->input;
    if (key == ARGP_KEY_INIT)
        state->child_inputs[0] = o;
    else if (key == 't')
        options_take_methods(o, value);
    else if (key == KEY_DUMP_STATE)
        o->dump_path = value;
    else if (key == KEY_TRACE)
        o->trace_path = value;
    else if (key == KEY_FOLDED)
        o->folded_path = value;
    else if (key == KEY_PLOT)
        o->plot_path = value;
    else if (key == KEY_SHOW_CONSOLE)
        o->show_console = true;
    else if (key == 'x')
        take_script(&o->debug, value);
    else if (key == KEY_INPUT)
        o->debug.input = value;
    else if (key == KEY_CONSOLE)
        o->debug.console = value;
    else if (key == KEY_GDB)
        o->debug.gdb = value;
    else if (key == KEY_GDB_VIEW)
        o->debug.gdb_machine = argument_choice("--gdb-view", value, gdb_views, 2) == 1;
    else if (key != KEY_TRANSLATED)
        return ARGP_ERR_UNKNOWN;
    return 0;
}

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

static void check(struct options *o)
{
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

static void parse(struct options *o, const struct argp *argp, int argc, char **argv)
{
    arguments_parse(argp, argc, argv, o);
    check(o);
}

static const struct options defaults = {.guest_count = 1, .ram_size = RAM_DEFAULT, .seed = 1, .max_insns = UINT64_MAX};

const struct argp_child options_shared[] = {{&shared_argp, 0, NULL, 0}, {0}};

void options_parse_other(struct options *o, const struct argp *argp, void *input, int argc, char **argv)
{
    *o = defaults;
    o->argc = argc;
    o->argv = argv;
    o->compares = true;
    cost_defaults(&o->cost);
    o->method_count = methods_all(o->method);
    arguments_parse(argp, argc, argv, input);
    check(o);
}

void options_parse_run(struct options *o, int argc, char **argv)
{
    static const struct argp argp = {
        .options = run_options,
        .parser = take_own,
        .args_doc = "IMAGE...",
        .doc =
            "Run a guest until it ends. With several images all run at once on one machine, each with its own console.\v"
            "Console: stdin and stdout; Ctrl-A x leaves. Several images: --drive, --device, --append, --bios, --kernel and "
            "--expect belong to the image before them.\n\n"
            "Status: the guest's own (0 to 123); 124 the budget is used up, or you left; 125 refused; 126 the guest only "
            "traps; 127 a bug of ours.\n\n"
            "Examples:\n"
            "  trapeze run --append demo build/guestos/kernel.elf\n"
            "  trapeze run -t native --drive disk.img --stats kernel.elf\n"
            "  trapeze run --stats=run.json --cost-set trap_enter=200 kernel.elf\n"
            "  trapeze run --trace boot.json --append run=hello kernel.elf\n"
            "  trapeze run a.elf --append demo b.elf",
        .children = options_shared,
    };
    *o = defaults;
    o->argc = argc;
    o->argv = argv;
    cost_defaults(&o->cost);
    options_take_methods(o, "te");
    parse(o, &argp, argc, argv);
}

void options_parse_compare(struct options *o, int argc, char **argv)
{
    static const struct argp argp = {
        .options = compare_options,
        .parser = take_own,
        .args_doc = "IMAGE",
        .doc =
            "Run one guest by several techniques, each on a fresh machine, and show the runs side by side. Every run has the "
            "same input, and drives are left as they are.\v"
            "Status: 0 if final state, console and traps are equal, 1 if not, 125 refused.\n\n"
            "Examples:\n"
            "  trapeze compare --show-console --append demo build/guestos/kernel.elf\n"
            "  trapeze compare -t native,te/flush,te/traced,bt,bt/no-chain kernel.elf\n"
            "  trapeze compare --stats=all.json --plot all.svg kernel.elf\n"
            "  trapeze compare --format csv kernel.elf >all.csv",
        .children = options_shared,
    };
    *o = defaults;
    o->argc = argc;
    o->argv = argv;
    o->compares = true;
    cost_defaults(&o->cost);
    o->method_count = methods_all(o->method);
    parse(o, &argp, argc, argv);
}

void options_parse_verify(struct options *o, int argc, char **argv)
{
    static const struct argp argp = {
        .options = verify_options,
        .parser = take_own,
        .args_doc = "IMAGE",
        .doc =
            "See whether the monitor has Popek and Goldberg's three properties for a guest: equivalence (state, console and "
            "traps are those of the bare machine), resource control (the simulator checks every access and every page table) "
            "and efficiency (no innocuous instruction is left to the monitor). Drives are left as they are.\v"
            "Equality is promised for guests that fence the translations that they use; the bare run tells.\n\n"
            "Status: 0 if all three hold, 1 if not or if equality is not promised, 125 refused.\n\n"
            "Examples:\n"
            "  trapeze verify --append run=hello build/guestos/kernel.elf\n"
            "  trapeze verify -t te --format json --drive disk.img kernel.elf",
        .children = options_shared,
    };
    *o = defaults;
    o->argc = argc;
    o->argv = argv;
    o->compares = true;
    cost_defaults(&o->cost);
    o->method_count = methods_all(o->method);
    parse(o, &argp, argc, argv);
}

void options_parse_translated(struct options *o, int argc, char **argv)
{
    static const struct argp argp = {
        .options = translated_options,
        .parser = take_own,
        .args_doc = "--translated IMAGE",
        .doc =
            "Run a guest by binary translation (bt), with no input, and print what its kernel was translated to when it ends, or "
            "after --max-insns steps: unit by unit, in the order of guest addresses. Its console is not shown, and drives are left "
            "as they are.\v"
            "Only code that was reached is translated, and of that only what the cache still holds is printed.\n\n"
            "Examples:\n"
            "  trapeze disasm --translated --append run=hello build/guestos/kernel.elf\n"
            "  trapeze disasm --translated --max-insns 1000 kernel.elf",
        .children = options_shared,
    };
    *o = defaults;
    o->argc = argc;
    o->argv = argv;
    o->compares = true;
    cost_defaults(&o->cost);
    options_take_methods(o, "bt");
    parse(o, &argp, argc, argv);
    if (o->stats || o->flip.wanted)
        refuse("disasm --translated prints no report; --stats, --format and --flip are for run");
}

void options_parse_debug(struct options *o, int argc, char **argv)
{
    static const struct argp argp = {
        .options = debug_options,
        .parser = take_own,
        .args_doc = "IMAGE",
        .doc =
            "Step through a guest: from trap to trap, through each stage of one, forwards and back. Commands come from a terminal or, "
            "one a line, from scripts and standard input; `help` lists them. Drives are left as they are.\v"
            "Nothing that is looked at changes the run. Ctrl-C stops the guest.\n\n"
            "Status: 0; 1 a command of a script has failed; 125 refused.\n\n"
            "Examples:\n"
            "  trapeze debug --append run=hello build/guestos/kernel.elf\n"
            "  trapeze debug -t bt -x tour.dbg kernel.elf\n"
            "  trapeze debug --gdb 1234 kernel.elf",
        .children = options_shared,
    };
    *o = defaults;
    o->argc = argc;
    o->argv = argv;
    cost_defaults(&o->cost);
    options_take_methods(o, "te");
    parse(o, &argp, argc, argv);
    if (o->guest_count > 1)
        refuse("%s: debug takes one image", o->guest[1].image);
    if (o->stats || o->flip.wanted)
        refuse("debug prints no report; --stats, --format and --flip are for run");
    for (unsigned i = 0; i < o->guest_count; i++)
        if (o->guest[i].expect)
            refuse("--expect %s: debug takes what the guest reads from --input", o->guest[i].expect);
}
