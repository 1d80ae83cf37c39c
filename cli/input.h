/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What several runs of one guest are all given as the input of their consoles.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "isa/console.h"
#include "session.h"

struct input {
    uint8_t *bytes; /* owned: all of stdin, if that is no terminal */
    size_t size;
    struct console_key *keys; /* owned: what was typed in the first run, if it is one */
    size_t key_count;
};

/* Refuses a stdin that cannot be read: a folder. */
void input_check(void);

/* Reads stdin to its end, unless it is a terminal: that is read during the first run. Sets `console` to give it. */
void input_prepare(struct input *input, struct console_config *console);

/* After the first run: keeps what was typed in it. */
void input_keep(struct input *input, const struct session *first);

/* Makes a console that was to be read from the terminal be typed at the same times as the first was. */
void input_replay(const struct input *input, struct console_config *console);

void input_free(struct input *input);

#endif
