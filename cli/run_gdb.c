/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze run -s: the guests run, with their consoles on stdout, until a gdb comes, and again when it has gone.
 */
#include "run_gdb.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "debugger/gdb.h"
#include "input.h"
#include "isa/terminal.h"
#include "message.h"
#include "session_target.h"

#define CTRL_A 0x01
#define PATIENCE 50 /* ms that a guest which only waits is left alone */

void run_gdb_prepare(struct session_config *config, uint8_t **bytes)
{
    struct input input;
    struct console_config *c = &config->console;
    *c = (struct console_config){.output_fd = -1, .capture = true};
    config->snapshot = true;
    input_prepare(&input, c);
    *bytes = input.bytes;
    if (c->input == CONSOLE_FD)
        *c = (struct console_config){.input = CONSOLE_TYPED, .output_fd = -1, .capture = true};
}

struct keyboard {
    bool raw, after_ctrl_a;
};

static void key(struct keyboard *k, struct debugger *d, uint8_t byte)
{
    if (k->after_ctrl_a && (byte == 'x' || byte == 'X'))
        d->quit = true;
    else if (k->after_ctrl_a ? byte == CTRL_A : byte != CTRL_A)
        debugger_type(d, &byte, 1); /* to a guest that has ended: lost, as its keys would be */
    k->after_ctrl_a = !k->after_ctrl_a && byte == CTRL_A;
}

/* What was typed goes to the guest that is shown. */
static void look_at_keyboard(void *context, struct debugger *d, bool waits)
{
    struct keyboard *k = context;
    struct pollfd p = {.fd = k->raw ? STDIN_FILENO : -1, .events = POLLIN};
    uint8_t bytes[64];
    if (poll(&p, 1, waits ? PATIENCE : 0) <= 0)
        return;
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    for (ssize_t i = 0; i < n; i++)
        key(k, d, bytes[i]);
}

void run_gdb(struct session *s, const struct options *o, const volatile sig_atomic_t *interrupted)
{
    struct target targets[VMM_GUESTS_MAX];
    struct keyboard keyboard = {.raw = isatty(STDIN_FILENO) && terminal_raw(STDIN_FILENO)};
    struct gdb_config config = {
        .where = o->debug.gdb,
        .free = true,
        .hold = o->debug.hold,
        .meanwhile = look_at_keyboard,
        .context = &keyboard,
    };
    char error[256];
    session_targets(s, targets);
    struct debugger *d = debugger_open(targets, s->guest_count, interrupted);
    d->console = s->guest_count == 1 ? stdout : NULL;
    bool good = gdb_serve(d, &config, error, sizeof error);
    debugger_close(d);
    if (keyboard.raw)
        terminal_release();
    if (!good)
        refuse("%s", error);
}
