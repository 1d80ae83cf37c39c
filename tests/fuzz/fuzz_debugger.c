/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as the lines of a script of the debugger's: commands, their arguments, expressions. What is wrong is said in a line; and
 * one gets back to the beginning, whatever was done.
 */
#include "debugged.h"
#include "tests/fuzz/must.h"

#define LINES 12

static void carry_out(struct debugged *d, const char *line)
{
    if (strstr(line, "so") == line || strstr(line, "source")) /* files are not for a fuzzer */
        return;
    if (!debugger_command(d->debugger, line, d->out)) {
        MUST(d->debugger->error[0]);
        MUST(!strchr(d->debugger->error, '\n') || strchr(line, '\n'));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[2048], *line = text;
    if (size < 2 || size > sizeof text)
        return 0;
    struct debugged *d = debugged_again(data[0]);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    for (unsigned i = 0; i < LINES && line && !d->debugger->quit; i++) {
        char *end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        carry_out(d, line);
        line = end;
    }
    return 0;
}
