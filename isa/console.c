/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Consoles. Output is gathered in a buffer; when it is drained, its bytes go into the hash, to the capture and out.
 */
#include "console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "bus.h"
#include "terminal.h"

#define BUFFER 4096
#define READ_ALL_MAX ((size_t)64 << 20)
#define CTRL_A 0x01
#define NS_PER_V 1                 /* by the clock that the guest sees: CLOCK_PER_TIME, CLOCK_TIME_HZ */
#define PACE_MAX INT64_C(50000000) /* ns to wait for a key at a time */
_Static_assert(INT64_C(1000000000) / CLOCK_TIME_HZ / CLOCK_PER_TIME == NS_PER_V, "the pace of the guest's clock");

/* When output goes out before the buffer is full. */
enum eagerness { EAGER_NEVER, EAGER_LINE, EAGER_BYTE };

struct console {
    struct console_config config;

    uint8_t out[BUFFER];
    size_t out_count;
    enum eagerness eager;
    bool line_begun;     /* its prefix is out */
    XXH64_state_t *hash; /* of all that was drained */
    uint64_t drained;    /* bytes */
    uint8_t *captured;
    size_t captured_count, captured_room;
    char error[128]; /* the first one; empty: none */

    uint8_t in[BUFFER]; /* read and not yet given to the guest */
    size_t in_next, in_count;
    size_t taken; /* of config.bytes or config.keys */
    bool terminal, in_ended;
    bool after_ctrl_a, quit;
    uint64_t paced_now; /* V, and the host's time in ns, when the terminal was last asked */
    int64_t paced_time;
    struct console_key *keys; /* the log */
    size_t key_count, key_room;
    uint64_t asked; /* V at which the guest last wanted a byte */
    bool rewound;   /* since something was typed last */
};

static void *needed(void *p)
{
    if (p)
        return p;
    fprintf(stderr, "trapeze: out of memory for a console\n");
    exit(125);
}

static void *grown(void *old, size_t size)
{
    return needed(realloc(old, size));
}

/* --- making one ------------------------------------------------------------------------------------------------------ */

static enum eagerness eagerness_of(int fd)
{
    struct stat st;
    if (fd < 0 || fstat(fd, &st) || S_ISREG(st.st_mode))
        return EAGER_NEVER;
    return isatty(fd) ? EAGER_BYTE : EAGER_LINE;
}

struct console *console_new(const struct console_config *config)
{
    struct console *c = grown(NULL, sizeof *c);
    *c = (struct console){.config = *config, .eager = eagerness_of(config->output_fd)};
    c->hash = needed(XXH64_createState());
    XXH64_reset(c->hash, 0);
    if (config->prefix && c->eager == EAGER_BYTE)
        c->eager = EAGER_LINE;
    if (config->input == CONSOLE_FD && isatty(config->input_fd)) {
        c->terminal = terminal_raw(config->input_fd);
        c->in_ended = !c->terminal;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return c;
}

/* --- output ---------------------------------------------------------------------------------------------------------- */

static void write_out(struct console *c, const void *bytes, size_t n)
{
    for (const uint8_t *at = bytes; n && !c->error[0];) {
        ssize_t done = write(c->config.output_fd, at, n);
        if (done >= 0) {
            at += done;
            n -= (size_t)done;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){.fd = c->config.output_fd, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            snprintf(c->error, sizeof c->error, "%s: %s", c->config.output_name ? c->config.output_name : "standard output",
                     strerror(errno));
        }
    }
}

/* The same, with the prefix before each line. */
static void write_lines(struct console *c, const uint8_t *bytes, size_t n)
{
    while (n) {
        const uint8_t *newline = memchr(bytes, '\n', n);
        size_t length = newline ? (size_t)(newline - bytes) + 1 : n;
        if (!c->line_begun)
            write_out(c, c->config.prefix, strlen(c->config.prefix));
        write_out(c, bytes, length);
        c->line_begun = !newline;
        bytes += length;
        n -= length;
    }
}

static void capture(struct console *c, const uint8_t *bytes, size_t n)
{
    size_t left = CONSOLE_CAPTURE_MAX - c->captured_count;
    n = n < left ? n : left;
    if (c->captured_count + n > c->captured_room) {
        c->captured_room = 2 * (c->captured_count + n);
        c->captured = grown(c->captured, c->captured_room);
    }
    if (n)
        memcpy(c->captured + c->captured_count, bytes, n);
    c->captured_count += n;
}

/* Sends the first n bytes of the buffer on their way. */
static void drain(struct console *c, size_t n)
{
    XXH64_update(c->hash, c->out, n);
    c->drained += n;
    if (c->config.capture)
        capture(c, c->out, n);
    if (c->config.output_fd >= 0 && c->config.prefix)
        write_lines(c, c->out, n);
    else if (c->config.output_fd >= 0)
        write_out(c, c->out, n);
    c->out_count -= n;
    memmove(c->out, c->out + n, c->out_count);
}

void console_put(struct console *c, uint8_t byte)
{
    c->out[c->out_count++] = byte;
    if (c->out_count == BUFFER || c->eager == EAGER_BYTE || (c->eager == EAGER_LINE && byte == '\n'))
        drain(c, c->out_count);
}

bool console_flush(struct console *c)
{
    size_t n = c->out_count;
    if (c->config.prefix && !c->terminal)
        while (n && c->out[n - 1] != '\n')
            n--;
    if (n)
        drain(c, n);
    return !c->error[0];
}

const char *console_error(const struct console *c)
{
    return c->error[0] ? c->error : NULL;
}

uint64_t console_hash(const struct console *c)
{
    XXH64_state_t *state = needed(XXH64_createState());
    XXH64_copyState(state, c->hash);
    XXH64_update(state, c->out, c->out_count);
    uint64_t hash = XXH64_digest(state);
    XXH64_freeState(state);
    return hash;
}

uint64_t console_bytes(const struct console *c)
{
    return c->drained + c->out_count;
}

const uint8_t *console_captured(struct console *c, size_t *size)
{
    drain(c, c->out_count);
    *size = c->captured_count;
    return c->captured;
}

struct console_mark {
    XXH64_state_t *hash;
    uint64_t drained, asked;
    size_t captured, taken;
};

struct console_mark *console_mark(struct console *c)
{
    struct console_mark *m = grown(NULL, sizeof *m);
    drain(c, c->out_count);
    *m = (struct console_mark){needed(XXH64_createState()), c->drained, c->asked, c->captured_count, c->taken};
    XXH64_copyState(m->hash, c->hash);
    return m;
}

void console_rewind(struct console *c, const struct console_mark *m)
{
    XXH64_copyState(c->hash, m->hash);
    c->out_count = 0;
    c->drained = m->drained;
    c->captured_count = m->captured;
    c->taken = m->taken;
    c->asked = m->asked;
    c->rewound = true;
}

void console_forget(struct console_mark *m)
{
    XXH64_freeState(m->hash);
    free(m);
}

void console_free(struct console *c)
{
    if (!c)
        return;
    drain(c, c->out_count);
    if (c->line_begun)
        write_out(c, "\n", 1);
    if (c->terminal)
        terminal_release();
    XXH64_freeState(c->hash);
    free(c->captured);
    free(c->keys);
    free(c);
}

/* --- input ----------------------------------------------------------------------------------------------------------- */

bool console_quit(const struct console *c)
{
    return c->quit || (c->config.interrupted && *c->config.interrupted);
}

/* Waits for so many ns, if need be. A file that has ended, or an error, is something to be read, too. */
static bool readable(const struct console *c, int64_t ns)
{
    struct pollfd p = {.fd = c->config.input_fd, .events = POLLIN};
    struct timespec wait = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    return ppoll(&p, 1, &wait, NULL) > 0;
}

/* Reads what there is into the empty buffer; may wait for it. */
static void read_in(struct console *c)
{
    ssize_t n = 0;
    console_flush(c);
    do {
        while (!console_quit(c) && !readable(c, PACE_MAX))
            ;
    } while (!console_quit(c) && (n = read(c->config.input_fd, c->in, BUFFER)) < 0 && (errno == EINTR || errno == EAGAIN));
    if (n < 0 && !c->error[0])
        snprintf(c->error, sizeof c->error, "standard input: %s", strerror(errno));
    c->in_next = 0;
    c->in_count = n > 0 ? (size_t)n : 0;
    c->in_ended = n <= 0;
}

static void help(void)
{
    fprintf(stderr, "\r\nCtrl-A x  leave\r\nCtrl-A h  this help\r\nCtrl-A Ctrl-A  send Ctrl-A\r\n");
}

/* A key of the terminal: for the guest, or for us. When the buffer is full keys for the guest are lost. */
static void key(struct console *c, uint8_t byte)
{
    if (c->after_ctrl_a && (byte == 'x' || byte == 'X'))
        c->quit = true;
    else if (c->after_ctrl_a && (byte == 'h' || byte == 'H' || byte == '?'))
        help();
    else if ((c->after_ctrl_a ? byte == CTRL_A : byte != CTRL_A) && c->in_count < BUFFER)
        c->in[c->in_count++] = byte;
    c->after_ctrl_a = !c->after_ctrl_a && byte == CTRL_A;
}

static int64_t host_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* A guest that waits passes its time in no time: at a terminal it is held back to the pace of the clock on the wall. */
static void pace(struct console *c, uint64_t now)
{
    uint64_t passed = (now - c->paced_now) * NS_PER_V;
    int64_t ahead = (passed < PACE_MAX ? (int64_t)passed : PACE_MAX) - (host_time() - c->paced_time);
    if (ahead > 0 && !c->in_ended && c->in_next == c->in_count) {
        console_flush(c);
        readable(c, ahead);
    }
    c->paced_now = now;
    c->paced_time = host_time();
}

bool console_poll(struct console *c)
{
    uint8_t typed[64];
    if (!c->terminal || c->in_ended)
        return console_quit(c);
    console_flush(c);
    memmove(c->in, c->in + c->in_next, c->in_count -= c->in_next);
    c->in_next = 0;
    if (readable(c, 0)) {
        ssize_t n = read(c->config.input_fd, typed, sizeof typed);
        c->in_ended = n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
        for (ssize_t i = 0; i < n; i++)
            key(c, typed[i]);
    }
    return console_quit(c);
}

bool console_is_terminal(const struct console *c)
{
    return c->terminal;
}

static void log_key(struct console *c, uint64_t now, uint8_t byte)
{
    if (c->key_count == c->key_room) {
        c->key_room = c->key_room ? 2 * c->key_room : 64;
        c->keys = grown(c->keys, c->key_room * sizeof *c->keys);
    }
    c->keys[c->key_count++] = (struct console_key){now, byte};
}

const struct console_key *console_keys(const struct console *c, size_t *count)
{
    *count = c->key_count;
    return c->keys;
}

static int get_fd(struct console *c, uint64_t now)
{
    if (c->terminal) {
        pace(c, now);
        console_poll(c);
    } else if (c->in_next == c->in_count && !c->in_ended) {
        read_in(c);
    }
    if (console_quit(c))
        return BUS_END_OF_INPUT;
    if (c->in_next == c->in_count)
        return c->in_ended ? BUS_END_OF_INPUT : BUS_NO_INPUT;
    uint8_t byte = c->in[c->in_next++];
    if (c->terminal)
        log_key(c, now, byte);
    return byte;
}

static int get_replayed(struct console *c, uint64_t now)
{
    const struct console_config *config = &c->config;
    if (c->taken == config->key_count)
        return now < config->keys_end ? BUS_NO_INPUT : BUS_END_OF_INPUT;
    return config->keys[c->taken].now <= now ? config->keys[c->taken++].byte : BUS_NO_INPUT;
}

static int get_typed(struct console *c, uint64_t now)
{
    const size_t first = c->config.size;
    if (c->taken < first)
        return c->config.bytes[c->taken++];
    if (c->taken - first == c->key_count || c->keys[c->taken - first].now > now)
        return BUS_NO_INPUT;
    return c->keys[c->taken++ - first].byte;
}

void console_type(struct console *c, uint64_t now, const uint8_t *bytes, size_t n)
{
    uint64_t from = (now > c->asked ? now : c->asked) + 1;
    while (c->rewound && c->key_count && c->keys[c->key_count - 1].now >= from)
        c->key_count--;
    c->rewound = false;
    for (size_t i = 0; i < n; i++)
        log_key(c, from, bytes[i]);
}

void console_begin_typing(struct console *c)
{
    if (c->config.input == CONSOLE_NONE)
        c->config.size = 0;
    c->config.input = CONSOLE_TYPED;
}

bool console_is_typed(const struct console *c)
{
    return c->config.input == CONSOLE_TYPED;
}

size_t console_unread(const struct console *c)
{
    return c->config.size + c->key_count - c->taken;
}

int console_get(struct console *c, uint64_t now)
{
    c->asked = now;
    switch (c->config.input) {
    case CONSOLE_BYTES:
        return c->taken < c->config.size ? c->config.bytes[c->taken++] : BUS_END_OF_INPUT;
    case CONSOLE_FD:
        return get_fd(c, now);
    case CONSOLE_REPLAY:
        return get_replayed(c, now);
    case CONSOLE_TYPED:
        return get_typed(c, now);
    default:
        return BUS_END_OF_INPUT;
    }
}

uint8_t *console_read_all(int fd, size_t *size, char *error, size_t n)
{
    uint8_t *bytes = NULL;
    for (size_t count = 0, room = 0;;) {
        if (count == room)
            bytes = grown(bytes, room = room ? 2 * room : BUFFER);
        ssize_t done = read(fd, bytes + count, room - count);
        if (done == 0) {
            *size = count;
            return bytes;
        }
        if (done > 0 && (count += (size_t)done) <= READ_ALL_MAX)
            continue;
        if (done > 0)
            snprintf(error, n, "more than %zu bytes", READ_ALL_MAX);
        else if (errno == EINTR)
            continue;
        else
            snprintf(error, n, "%s", strerror(errno));
        free(bytes);
        return NULL;
    }
}
