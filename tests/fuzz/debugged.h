/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A guest in the debugger, for what a fuzzer makes up: a loop that prints, counts and writes CSRs, for 2,000 steps at the most.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/session_target.h"
#include "debugger/debugger.h"

struct debugged {
    struct options options;
    struct session *session;
    struct target targets[VMM_GUESTS_MAX];
    struct debugger *debugger;
    FILE *out;
};

static inline char *debugged_image(void)
{
    static const uint32_t code[] = {0x00150513, 0x34051073, 0x100002b7, 0x00a28023, 0x300025f3, 0xfedff06f};
    char path[] = "/tmp/trapeze-fuzz-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, code, sizeof code) != (ssize_t)sizeof code)
        abort();
    close(fd);
    return strdup(path);
}

/* By one of the techniques. */
static inline void debugged_open(struct debugged *d, const char *image, unsigned technique)
{
    static const char *const names[] = {"te", "bt", "native", "hw", "interp"};
    const char *const words[] = {"debug", "-t", names[technique % 5], "-m", "2", "--max-insns", "2000", image};
    char *argv[9] = {0};
    for (unsigned i = 0; i < 8; i++)
        argv[i] = (char *)(uintptr_t)words[i];
    options_parse_own(&d->options, OPTIONS_OF_DEBUG, 8, argv);
    struct session_config config = {.options = &d->options,
                                    .method = d->options.method[0],
                                    .snapshot = true,
                                    .console = {.input = CONSOLE_NONE, .output_fd = -1, .capture = true}};
    d->session = session_open(&config);
    session_targets(d->session, d->targets);
    d->debugger = debugger_open(d->targets, 1, NULL);
    d->out = fopen("/dev/null", "w");
}

/* One that is kept from input to input, at its beginning: making one takes long. */
static inline struct debugged *debugged_again(unsigned technique)
{
    static struct debugged all[5];
    static char *image;
    struct debugged *d = &all[technique % 5];
    if (!image)
        image = debugged_image();
    if (!d->debugger)
        debugged_open(d, image, technique);
    d->debugger->quit = d->debugger->ignore_errors = false;
    if (!debugger_command(d->debugger, "delete", d->out) || !debugger_command(d->debugger, "goto 0", d->out) ||
        d->debugger->execution->now.step != 0)
        abort();
    return d;
}
