/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze SUBCOMMAND ...: finds the subcommand and calls it.
 */
#include <stdio.h>
#include <string.h>

#include "assembler/assembler.h"
#include "commands.h"
#include "message.h"
#include "version.h"

static const struct subcommand {
    const char *name, *help;
    int (*function)(int argc, char **argv);
} subcommands[] = {
    {"run", "run a guest, or several at once", run_command},
    {"compare", "run a guest by several techniques, side by side", compare_command},
    {"asm", "assemble", asm_command},
    {"disasm", "disassemble an image", disasm_command},
    {"info", "print the tables that the machine and the monitor are made of", info_command},
    {NULL, NULL, NULL},
};

static void print_help(void)
{
    puts("Usage: trapeze SUBCOMMAND [OPTION...] ...\n");
    for (const struct subcommand *s = subcommands; s->name; s++)
        printf("  %-10s %s\n", s->name, s->help);
}

int main(int argc, char **argv)
{
    guard_standard_streams();
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        print_help();
        return argc < 2 ? STATUS_REFUSED : 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("trapeze %s (%s)\n", version_number, version_revision);
        return 0;
    }
    for (const struct subcommand *s = subcommands; s->name; s++)
        if (strcmp(s->name, argv[1]) == 0)
            return s->function(argc - 1, argv + 1);
    fprintf(stderr, "trapeze: unknown subcommand '%s'\n", argv[1]);
    return STATUS_REFUSED;
}
