/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze SUBCOMMAND ...: finds the subcommand and calls it.
 */
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "assembler/assembler.h"
#include "assembler/command.h"
#include "commands.h"
#include "message.h"
#include "translated.h"
#include "version.h"

static int disasm(int argc, char **argv)
{
    if (translated_wanted(argc, argv))
        return translated_command(argc, argv);
    arguments_check(disasm_command_options, argc, argv);
    return disasm_command(argc, argv);
}

static const struct subcommand {
    const char *name, *help;
    int (*function)(int argc, char **argv);
    const struct argp_option *options; /* of those that do not check them by arguments_parse() */
} subcommands[] = {
    {"run", "run a guest, or several at once", run_command, NULL},
    {"compare", "run a guest by several techniques, and see whether they are equal", compare_command, NULL},
    {"verify", "see whether equivalence, resource control and efficiency hold for a guest", verify_command, NULL},
    {"debug", "step through a guest, from trap to trap, forwards and back", debug_command, NULL},
    {"classify", "find out whether the machine can be virtualized, by executing it", classify_command, NULL},
    {"bench", "measure techniques: nanobenchmarks, and sweeps of a cost", bench_command, NULL},
    {"trace", "print the traps of a run that was traced", trace_command, NULL},
    {"asm", "assemble", asm_command, asm_command_options},
    {"disasm", "disassemble an image, or its translation", disasm, NULL},
    {"info", "print the tables that the machine and the monitor are made of", info_command, NULL},
};
#define SUBCOMMANDS (sizeof subcommands / sizeof subcommands[0])

static void print_help(void)
{
    puts("Usage: trapeze SUBCOMMAND [OPTION...] ...\n\n"
         "A small RISC-V machine, and a monitor that runs guests on it: interpreted, by trap and emulate, by\n"
         "binary translation, with hardware assistance, or paravirtually.\n");
    for (unsigned i = 0; i < SUBCOMMANDS; i++)
        printf("  %-8s  %s\n", subcommands[i].name, subcommands[i].help);
    puts("\n  --help, --version; `trapeze SUBCOMMAND --help` tells more\n\n"
         "Example:\n"
         "  trapeze compare --show-console --append demo build/guestos/kernel.elf");
}

int main(int argc, char **argv)
{
    char hint[64];
    guard_standard_streams();
    if (argc < 2)
        refuse("a subcommand is wanted; see trapeze --help");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0 || strcmp(argv[1], "help") == 0) {
        print_help();
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("trapeze %s (%s)\n", version_number, version_revision);
        return 0;
    }
    for (unsigned i = 0; i < SUBCOMMANDS; i++)
        if (strcmp(subcommands[i].name, argv[1]) == 0) {
            if (subcommands[i].options && !(subcommands[i].function == disasm && translated_wanted(argc - 1, argv + 1)))
                arguments_check(subcommands[i].options, argc - 1, argv + 1);
            return subcommands[i].function(argc - 1, argv + 1);
        }
    suggest(hint, sizeof hint, argv[1], &subcommands[0].name, SUBCOMMANDS, sizeof subcommands[0]);
    refuse("unknown subcommand '%s'%s", argv[1], hint[0] ? hint : "; see trapeze --help");
}
