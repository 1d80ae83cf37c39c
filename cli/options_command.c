/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What run, compare, verify, debug and disasm --translated have beside the options that they share (options.c), and their help.
 */
#include "arguments.h"
#include "debugger/gdb.h"
#include "message.h"
#include "options.h"

/* Tables: */
/* clang-format off */
enum {
    KEY_DUMP_STATE = 2000, KEY_SHOW_CONSOLE, KEY_PLOT, KEY_TRANSLATED, KEY_INPUT, KEY_CONSOLE, KEY_TRACE, KEY_FOLDED, KEY_GDB, KEY_GDB_VIEW, KEY_TUI, KEY_COLOR,
};

static const struct argp_option run_options[] = {
    {NULL, 0, NULL, 0, "Technique:", 1},
    {"technique", 't', "NAME", 0, "native, or what `trapeze info techniques` lists (default te)", 1},
    {"gdb", KEY_GDB, "PORT", 0, "let a gdb come there, and go; at HOST:PORT also from other computers", 4},
    {NULL, 's', NULL, 0, "--gdb 1234, as QEMU has it", 4},
    {NULL, 'S', NULL, 0, "with -s or --gdb: do not begin before gdb has come", 4},
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
    {"tui", KEY_TUI, NULL, 0, "a full screen: code, real and virtual state, the trap's stages, side by side", 4},
    {"color", KEY_COLOR, "WHEN", 0, "auto (on a terminal, unless NO_COLOR is set; default), always or never", 4},
    {"gdb", KEY_GDB, "PORT", 0, "serve gdb there, instead of commands; at HOST:PORT also for other computers", 4},
    {NULL, 's', NULL, 0, "--gdb 1234, as QEMU has it (with its -S, which changes nothing here)", 4},
    {NULL, 'S', NULL, OPTION_HIDDEN, NULL, 4},
    {"gdb-view", KEY_GDB_VIEW, "VIEW", 0, "what gdb sees: the guest's registers and memory (default), or the machine's", 4},
    {"input", KEY_INPUT, "FILE", 0, "what the guest reads from its console (default: what is typed, by `send`)", 4},
    {"console", KEY_CONSOLE, "FILE", 0, "where what it writes there goes (default: among the debugger's text, marked by |)", 4},
    {0},
};
/* clang-format on */

static void take_script(struct debug_options *d, const char *path)
{
    if (d->script_count == SCRIPTS_MOST)
        refuse("-x %s: there can be %d scripts at the most", path, SCRIPTS_MOST);
    d->script[d->script_count++] = path;
}

static void take_gdb(struct debug_options *d, const char *where)
{
    if (d->gdb)
        refuse("--gdb %s and --gdb %s: one of them (-s is --gdb 1234)", d->gdb, where);
    const char *wrong = gdb_where_wrong(where);
    if (wrong)
        refuse("--gdb '%s': %s", where, wrong);
    d->gdb = where;
}

static void check_gdb(const struct options *o)
{
    const struct debug_options *d = &o->debug;
    if (d->hold && !d->gdb)
        refuse("-S waits for gdb: give -s or --gdb PORT, too");
    if (d->gdb && (o->trace_path || o->folded_path))
        refuse("--gdb %s: a run that can go back is not recorded (--trace, --folded)", d->gdb);
    for (unsigned i = 0; d->gdb && i < o->guest_count; i++)
        if (o->guest[i].expect)
            refuse("--gdb %s: not with --expect %s", d->gdb, o->guest[i].expect);
}

/* What only some of them have, and -t, which is a name for run and a list for compare. */
static error_t take_own(int key, char *value, struct argp_state *state)
{
    static const char *const gdb_views[] = {"guest", "machine"}, *const colours[] = {"auto", "always", "never"};
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
    else if (key == KEY_TUI)
        o->debug.tui = true;
    else if (key == KEY_COLOR)
        o->debug.colour = (enum colour_wish)argument_choice("--color", value, colours, 3);
    else if (key == KEY_GDB)
        take_gdb(&o->debug, value);
    else if (key == 's')
        take_gdb(&o->debug, "1234");
    else if (key == 'S')
        o->debug.hold = true;
    else if (key == KEY_GDB_VIEW)
        o->debug.gdb_machine = argument_choice("--gdb-view", value, gdb_views, 2) == 1;
    else if (key != KEY_TRANSLATED)
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static void check_translated(const struct options *o)
{
    if (o->stats || o->flip.wanted)
        refuse("disasm --translated prints no report; --stats, --format and --flip are for run");
}

static void check_debug(const struct options *o)
{
    if (o->stats || o->flip.wanted)
        refuse("debug prints no report; --stats, --format and --flip are for run");
    check_gdb(o);
    if (o->debug.tui && o->debug.gdb)
        refuse("--tui, --gdb: one or the other; gdb has a full screen of its own");
    for (unsigned i = 0; i < o->guest_count; i++)
        if (o->guest[i].expect)
            refuse("--expect %s: debug takes what the guest reads from --input", o->guest[i].expect);
}

static const struct own {
    struct argp argp;
    bool compares;                          /* one guest; -t may be a list */
    const char *technique;                  /* NULL: native and all others */
    void (*check)(const struct options *o); /* what else may not be; NULL: nothing */
} owns[] = {
    [OPTIONS_OF_RUN] =
        {
            .argp =
                {
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
                        "  trapeze run -s -S kernel.elf          then: gdb-multiarch kernel.elf -ex 'target remote :1234'\n"
                        "  trapeze run a.elf --append demo b.elf",
                    .children = options_shared,
                },
            .technique = "te",
            .check = check_gdb,
        },
    [OPTIONS_OF_COMPARE] =
        {
            .argp =
                {
                    .options = compare_options,
                    .parser = take_own,
                    .args_doc = "IMAGE",
                    .doc =
                        "Run one guest by several techniques, each on a fresh machine, and show the runs side by side. Every run has the "
                        "same input, and drives are left as they are.\v"
                        "Status: 0 if final state, console and traps are equal, 1 if not, 124 interrupted, 125 refused.\n\n"
                        "Examples:\n"
                        "  trapeze compare --show-console --append demo build/guestos/kernel.elf\n"
                        "  trapeze compare -t native,te/flush,te/traced,bt,bt/no-chain kernel.elf\n"
                        "  trapeze compare --stats=all.json --plot all.svg kernel.elf\n"
                        "  trapeze compare --format csv kernel.elf >all.csv",
                    .children = options_shared,
                },
            .compares = true,
        },
    [OPTIONS_OF_VERIFY] =
        {
            .argp =
                {
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
                },
            .compares = true,
        },
    [OPTIONS_OF_DEBUG] =
        {
            .argp =
                {
                    .options = debug_options,
                    .parser = take_own,
                    .args_doc = "IMAGE...",
                    .doc =
                        "Step through a guest: from trap to trap, through each stage of one, forwards and back. Commands come from a terminal or, "
                        "one a line, from scripts and standard input; `help` lists them. Drives are left as they are.\v"
                        "Nothing that is looked at changes the run. Ctrl-C stops the guest.\n\n"
                        "Status: 0; 1 a command of a script has failed; 125 refused.\n\n"
                        "Examples:\n"
                        "  trapeze debug --append run=hello build/guestos/kernel.elf\n"
                        "  trapeze debug -t bt -x tour.dbg kernel.elf\n"
                        "  trapeze debug --tui kernel.elf\n"
                        "  trapeze debug --gdb 1234 kernel.elf",
                    .children = options_shared,
                },
            .technique = "te",
            .check = check_debug,
        },
    [OPTIONS_OF_TRANSLATED] =
        {
            .argp =
                {
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
                },
            .compares = true,
            .technique = "bt",
            .check = check_translated,
        },
};

void options_parse_own(struct options *o, enum options_of subcommand, int argc, char **argv)
{
    const struct own *own = &owns[subcommand];
    options_begin(o, argc, argv, own->compares, own->technique);
    options_parse(o, &own->argp, o);
    if (own->check)
        own->check(o);
}
