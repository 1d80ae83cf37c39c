/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Options of the subcommands.
 */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void command_refuse(const struct argp_state *state, const char *format, ...)
{
    fprintf(stderr, "%s: ", state->name);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(COMMAND_REFUSED);
}

bool command_number(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0' && *text != '-';
}

insn_profile command_profile(const char *value, const struct argp_state *state)
{
    insn_profile profile;
    const char *why = profile_parse(value, &profile);
    if (why)
        command_refuse(state, "--profile '%s': %s", value, why);
    return profile;
}

void command_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    char name[32];
    char **named = malloc(((size_t)argc + 1) * sizeof *named);
    if (named == NULL) {
        fputs("trapeze: out of memory\n", stderr);
        exit(COMMAND_REFUSED);
    }
    memcpy(named, argv, ((size_t)argc + 1) * sizeof *named);
    snprintf(name, sizeof name, "trapeze %s", argv[0]);
    named[0] = name;
    argp_err_exit_status = COMMAND_REFUSED;
    argp_parse(argp, argc, named, 0, NULL, input);
    free(named);
}

bool command_colour(int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fd) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}
