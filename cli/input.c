/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same input for several runs.
 */
#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

void input_check(void)
{
    struct stat st;
    if (fstat(STDIN_FILENO, &st) == 0 && S_ISDIR(st.st_mode))
        refuse("standard input: %s", strerror(EISDIR));
}

void input_prepare(struct input *input, struct console_config *console)
{
    char error[256];
    *input = (struct input){0};
    if (isatty(STDIN_FILENO)) {
        console->input = CONSOLE_FD;
        console->input_fd = STDIN_FILENO;
        return;
    }
    input->bytes = console_read_all(STDIN_FILENO, &input->size, error, sizeof error);
    if (!input->bytes)
        refuse("standard input: %s", error);
    console->input = CONSOLE_BYTES;
    console->bytes = input->bytes;
    console->size = input->size;
}

void input_keep(struct input *input, const struct session *first)
{
    const struct console_key *keys = console_keys(session_console(first, 0), &input->key_count);
    input->keys = need(calloc(input->key_count + 1, sizeof *input->keys));
    if (input->key_count)
        memcpy(input->keys, keys, input->key_count * sizeof *keys);
}

void input_replay(const struct input *input, struct console_config *console)
{
    if (console->input != CONSOLE_FD)
        return;
    console->input = CONSOLE_REPLAY;
    console->keys = input->keys;
    console->key_count = input->key_count;
}

void input_free(struct input *input)
{
    free(input->bytes);
    free(input->keys);
}
