/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A console: what a guest's UART is connected to. One for each guest. Hosted.
 *
 * Output goes to a file descriptor, into memory, both or nowhere, and into a hash. Input comes from memory, from a file
 * or pipe (all of it counts as being there: a read may block, so that the host's timing changes nothing), from a
 * terminal (polled and logged), or from such a log.
 */
#ifndef ISA_CONSOLE_H
#define ISA_CONSOLE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct console;

/* A key of a terminal, and the V at which the guest was given it. */
struct console_key {
    uint64_t now;
    uint8_t byte;
};

enum console_input {
    CONSOLE_NONE,   /* the input has ended before it began */
    CONSOLE_BYTES,  /* `bytes` */
    CONSOLE_FD,     /* input_fd; a terminal is put into raw mode until console_free(), exit or a deadly signal */
    CONSOLE_REPLAY, /* `keys`, each at its time */
    CONSOLE_TYPED,  /* `bytes`, then what console_type() gives it; it never ends */
};

struct console_config {
    enum console_input input;
    const uint8_t *bytes; /* borrowed */
    size_t size;
    int input_fd;                   /* borrowed */
    const struct console_key *keys; /* borrowed */
    size_t key_count;
    uint64_t keys_end;       /* V at which the logged run ended: until then, input may come even after the last key */
    int output_fd;           /* borrowed; -1: none */
    const char *output_name; /* for messages; NULL: "standard output" */
    const char *prefix;      /* borrowed; before each line of output; NULL: none, and bytes go out as they are */
    bool capture;            /* keep the output in memory, too */
    const volatile sig_atomic_t *interrupted; /* borrowed: not 0 is as good as Ctrl-A x; NULL: never */
};

/* Never NULL: out of memory ends the process with a line and status 125. SIGPIPE and SIGXFSZ are ignored from then on, so
 * that they are errors of the output instead. A terminal of which the process is not in the foreground gives no input. */
struct console *console_new(const struct console_config *config);
void console_free(struct console *console); /* flushes; NULL is allowed */

void console_put(struct console *console, uint8_t byte);

/* The next byte of input, or BUS_NO_INPUT or BUS_END_OF_INPUT (bus.h); the latter also after Ctrl-A x. `now` is the V of
 * the call: from a terminal it is logged with the byte, and a guest whose time passes faster than the host's, since it
 * only waits, is held up until a key is typed or the times agree. Output is flushed before the call can block. */
int console_get(struct console *console, uint64_t now);

/* From a terminal: takes in what was typed, without blocking. To be called now and then, so that Ctrl-A x works whatever
 * the guest does. Returns console_quit(). */
bool console_poll(struct console *console);

bool console_quit(const struct console *console);        /* Ctrl-A x was typed, or config.interrupted is set */
bool console_is_terminal(const struct console *console); /* the input is one */

/* Writes out what is buffered, except for an unfinished line with a prefix, so that lines of several guests do not mix;
 * that one goes out with console_free(). False if output has failed; see console_error(). */
bool console_flush(struct console *console);

/* What went wrong, as one line; NULL if nothing did. Output after that is dropped, but still hashed; input has ended. */
const char *console_error(const struct console *console);

uint64_t console_hash(const struct console *console);  /* xxh64 of all bytes that the guest put, no prefixes */
uint64_t console_bytes(const struct console *console); /* their number */

/* With `capture`: the first CONSOLE_CAPTURE_MAX bytes put; owned by the console, moved by console_put(). */
#define CONSOLE_CAPTURE_MAX (UINT32_C(64) << 20)
const uint8_t *console_captured(struct console *console, size_t *size);

/* Types this to the guest, which stands at V `now` (CONSOLE_TYPED). It is there for whoever asks later than that, and later than
 * was asked before: a run that is taken back, and executed again, gets it when it got it before. What had been typed for
 * later moments than this one is forgotten if the console was rewound since. */
void console_type(struct console *console, uint64_t now, const uint8_t *bytes, size_t n);

/* Makes CONSOLE_TYPED what had its input from memory, or none: before the guest has asked for any. */
void console_begin_typing(struct console *console);
bool console_is_typed(const struct console *console);

/* Bytes typed, or in `bytes`, that the guest has not been given yet. */
size_t console_unread(const struct console *console);

/* Where a console stands that has its input in memory or none, and captures its output instead of sending it anywhere; and
 * back to there: what was put since is taken back, what was read can be read again. A mark is malloc'ed, never NULL. */
struct console_mark;
struct console_mark *console_mark(struct console *console);
void console_rewind(struct console *console, const struct console_mark *mark);
void console_forget(struct console_mark *mark);

/* The keys given to the guest so far, for a later CONSOLE_REPLAY; owned by the console, moved by console_get(). */
const struct console_key *console_keys(const struct console *console, size_t *count);

/* All that can be read from fd, for runs that are to have the same input: malloc'ed, never NULL unless it fails: then
 * error has one line. More than 64 MiB is refused. */
uint8_t *console_read_all(int fd, size_t *size, char *error, size_t n);

#endif
