/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Consoles: output and its failures; input from memory, a pipe, a log, and a terminal of our own.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

#include <cmocka.h>

#include "files.h"

#include "isa/bus.h"
#include "isa/console.h"

static void put(struct console *c, const char *text)
{
    for (; *text; text++)
        console_put(c, (uint8_t)*text);
}

/* What can be read from fd now. */
static const char *drain(int fd)
{
    static char text[8192];
    ssize_t n = 0, got = 0;
    while (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 0) > 0 &&
           (got = read(fd, text + n, sizeof text - 1 - (size_t)n)) > 0)
        n += got;
    text[n] = 0;
    return text;
}

/* --- output ---------------------------------------------------------------------------------------------------------- */

static void lines_go_out_at_once(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct console *c = console_new(&(struct console_config){.output_fd = ends[1]});
    put(c, "one\ntw");
    assert_string_equal(drain(ends[0]), "one\n");
    assert_true(console_flush(c));
    assert_string_equal(drain(ends[0]), "tw");
    put(c, "o");
    console_free(c);
    assert_string_equal(drain(ends[0]), "o");
    close(ends[0]);
    close(ends[1]);
}

static void lines_have_their_prefix(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct console *a = console_new(&(struct console_config){.output_fd = ends[1], .prefix = "[A] ", .capture = true});
    struct console *b = console_new(&(struct console_config){.output_fd = ends[1], .prefix = "[B] "});
    struct console *plain = console_new(&(struct console_config){.output_fd = -1});
    put(a, "hel");
    assert_true(console_flush(a));
    put(b, "other\n\nx");
    put(a, "lo\n");
    put(a, "end");
    put(plain, "hello\nend");
    assert_int_equal(console_hash(a), console_hash(plain));
    console_free(a);
    console_free(b);
    console_free(plain);
    assert_string_equal(drain(ends[0]), "[B] other\n[B] \n[A] hello\n[A] end\n[B] x\n");
    close(ends[0]);
    close(ends[1]);
}

static void a_long_line_is_not_lost(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct console *c = console_new(&(struct console_config){.output_fd = ends[1], .prefix = "> "});
    for (unsigned i = 0; i < 5000; i++)
        console_put(c, 'x');
    console_put(c, '\n');
    const char *text = drain(ends[0]);
    assert_int_equal(strlen(text), 5003);
    assert_int_equal(strspn(text + 2, "x"), 5000);
    console_free(c);
    close(ends[0]);
    close(ends[1]);
}

static void output_is_hashed_and_kept(void **state)
{
    (void)state;
    size_t size;
    struct console *c = console_new(&(struct console_config){.output_fd = -1, .capture = true});
    assert_int_equal(console_hash(c), 0xef46db3751d8e999); /* of nothing, and of "abc", by the definition of xxh64 */
    put(c, "abc");
    assert_int_equal(console_hash(c), 0x44bc2cf5ad770999);
    assert_memory_equal(console_captured(c, &size), "abc", 3);
    assert_int_equal(size, 3);
    for (unsigned i = 0; i < 10000; i++)
        console_put(c, (uint8_t)i);
    const uint8_t *captured = console_captured(c, &size);
    assert_int_equal(size, 10003);
    for (unsigned i = 0; i < 10000; i++)
        assert_int_equal(captured[3 + i], (uint8_t)i);
    assert_int_equal(console_bytes(c), 10003);
    console_free(c);
    console_free(NULL);
}

static void failures_are_said_once(void **state)
{
    (void)state;
    int ends[2], full = open("/dev/full", O_WRONLY);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    struct console *broken = console_new(&(struct console_config){.output_fd = ends[1], .capture = true});
    struct console *out = console_new(&(struct console_config){.output_fd = full, .output_name = "out.txt"});
    assert_null(console_error(broken));
    put(broken, "a line\nmore\n");
    assert_false(console_flush(broken));
    assert_string_equal(console_error(broken), "standard output: Broken pipe");
    size_t size;
    console_captured(broken, &size);
    assert_int_equal(size, 12);
    put(out, "a line\n");
    console_flush(out);
    assert_string_equal(console_error(out), "out.txt: No space left on device");
    console_free(broken);
    console_free(out);
    close(ends[1]);
    close(full);
}

static void closed_output_is_an_error(void **state)
{
    (void)state;
    int fd = open("/dev/null", O_WRONLY);
    close(fd);
    struct console *c = console_new(&(struct console_config){.output_fd = fd});
    put(c, "x");
    assert_false(console_flush(c));
    assert_string_equal(console_error(c), "standard output: Bad file descriptor");
    console_free(c);
}

/* --- input ----------------------------------------------------------------------------------------------------------- */

static void no_input(void **state)
{
    (void)state;
    struct console *c = console_new(&(struct console_config){.output_fd = -1});
    assert_int_equal(console_get(c, 0), BUS_END_OF_INPUT);
    assert_false(console_poll(c));
    console_free(c);
}

static void input_from_memory(void **state)
{
    (void)state;
    const uint8_t bytes[] = {'a', 0xff, 0};
    struct console *c =
        console_new(&(struct console_config){.input = CONSOLE_BYTES, .bytes = bytes, .size = 3, .output_fd = -1});
    assert_int_equal(console_get(c, 0), 'a');
    assert_int_equal(console_get(c, 0), 0xff);
    assert_int_equal(console_get(c, 0), 0);
    assert_int_equal(console_get(c, 0), BUS_END_OF_INPUT);
    assert_int_equal(console_get(c, 0), BUS_END_OF_INPUT);
    console_free(c);
}

/* A slow writer at the other end of a pipe makes no difference; nor does a pipe that does not block. */
static void input_from_a_pipe_is_waited_for(void **state)
{
    (void)state;
    for (int nonblocking = 0; nonblocking < 2; nonblocking++) {
        int in[2], out[2];
        assert_int_equal(pipe(in), 0);
        assert_int_equal(pipe(out), 0);
        pid_t child = fork();
        if (child == 0) {
            char prompt[8];
            bool asked = read(out[0], prompt, sizeof prompt) == 2; /* the prompt is out before we are asked */
            usleep(20000);
            _exit(asked && write(in[1], "k", 1) == 1 ? 0 : 1);
        }
        close(in[1]);
        if (nonblocking)
            fcntl(in[0], F_SETFL, O_NONBLOCK);
        struct console *c =
            console_new(&(struct console_config){.input = CONSOLE_FD, .input_fd = in[0], .output_fd = out[1]});
        assert_false(console_is_terminal(c));
        put(c, "$ ");
        assert_int_equal(console_get(c, 0), 'k');
        assert_int_equal(console_get(c, 0), BUS_END_OF_INPUT);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        console_free(c);
        close(in[0]);
        close(out[0]);
        close(out[1]);
    }
}

static void a_log_is_replayed(void **state)
{
    (void)state;
    const struct console_key keys[] = {{100, 'a'}, {100, 'b'}, {65536, 'c'}};
    struct console *c = console_new(&(struct console_config){
        .input = CONSOLE_REPLAY, .keys = keys, .key_count = 3, .keys_end = 70000, .output_fd = -1});
    assert_int_equal(console_get(c, 99), BUS_NO_INPUT);
    assert_int_equal(console_get(c, 100), 'a');
    assert_int_equal(console_get(c, 101), 'b');
    assert_int_equal(console_get(c, 65535), BUS_NO_INPUT);
    assert_int_equal(console_get(c, 65536), 'c');
    assert_int_equal(console_get(c, 69999), BUS_NO_INPUT);
    assert_int_equal(console_get(c, 70000), BUS_END_OF_INPUT);
    console_free(c);
}

static void what_is_typed_comes_again(void **state)
{
    (void)state;
    struct console *c = console_new(&(struct console_config){.input = CONSOLE_NONE, .output_fd = -1, .capture = true});
    console_begin_typing(c);
    assert_true(console_is_typed(c));
    assert_int_equal(console_get(c, 10), BUS_NO_INPUT);
    struct console_mark *mark = console_mark(c);
    console_type(c, 10, (const uint8_t *)"a", 1);
    console_type(c, 8, (const uint8_t *)"b", 1); /* asked for at 10 already */
    assert_int_equal(console_unread(c), 2);
    assert_int_equal(console_get(c, 10), BUS_NO_INPUT);
    assert_int_equal(console_get(c, 11), 'a');
    console_type(c, 20, (const uint8_t *)"c", 1);
    console_rewind(c, mark);
    assert_int_equal(console_get(c, 10), BUS_NO_INPUT);
    assert_int_equal(console_get(c, 11), 'a');
    console_type(c, 15, (const uint8_t *)"d", 1); /* instead of c */
    assert_int_equal(console_get(c, 16), 'b');
    assert_int_equal(console_get(c, 16), 'd');
    assert_int_equal(console_get(c, 99), BUS_NO_INPUT);
    assert_int_equal(console_unread(c), 0);
    console_forget(mark);
    console_free(c);
}

static void all_input_can_be_read_at_once(void **state)
{
    (void)state;
    char message[200];
    size_t size;
    static char text[100000];
    memset(text, 'q', sizeof text);
    int fd = open(file_make("input", text, sizeof text), O_RDONLY);
    uint8_t *bytes = console_read_all(fd, &size, message, sizeof message);
    assert_int_equal(size, sizeof text);
    assert_memory_equal(bytes, text, size);
    free(bytes);
    close(fd);
    assert_null(console_read_all(fd, &size, message, sizeof message));
    assert_string_equal(message, "Bad file descriptor");
    fd = open("/dev/zero", O_RDONLY);
    assert_null(console_read_all(fd, &size, message, sizeof message));
    assert_message(message, "more than", " bytes");
    close(fd);
}

/* --- a terminal ------------------------------------------------------------------------------------------------------ */

/* A process on a terminal of its own, with a console on it; we sit at the keyboard. */
struct seat {
    pid_t child;
    int keyboard, terminal;
};

static bool echoes(const struct seat *s)
{
    struct termios t;
    assert_int_equal(tcgetattr(s->terminal, &t), 0);
    return t.c_lflag & ECHO;
}

static struct seat sit_down(void (*session)(struct console *c))
{
    struct seat s;
    s.child = forkpty(&s.keyboard, NULL, NULL, NULL);
    if (s.child == 0) {
        signal(SIGINT, SIG_DFL); /* whoever runs the tests may have it ignored */
        signal(SIGHUP, SIG_DFL);
        struct console *c = console_new(&(struct console_config){.input = CONSOLE_FD, .input_fd = 0, .output_fd = 1});
        session(c);
        console_free(c);
        exit(7);
    }
    s.terminal = open(ptsname(s.keyboard), O_RDWR | O_NOCTTY);
    return s;
}

/* Waits until the screen has shown `text`. */
static void wait_for(struct seat *s, const char *text)
{
    char screen[4096];
    size_t n = 0;
    screen[0] = 0;
    while (!strstr(screen, text)) {
        struct pollfd p = {.fd = s->keyboard, .events = POLLIN};
        ssize_t got =
            poll(&p, 1, 10000) > 0 && n < sizeof screen - 1 ? read(s->keyboard, screen + n, sizeof screen - 1 - n) : 0;
        if (got <= 0)
            fail_msg("waited for '%s', got '%s'", text, screen);
        screen[n += (size_t)got] = 0;
    }
}

static void type(struct seat *s, const char *text)
{
    assert_int_equal(write(s->keyboard, text, strlen(text)), strlen(text));
}

static void stand_up(struct seat *s, int expected)
{
    int status;
    assert_int_equal(waitpid(s->child, &status, 0), s->child);
    assert_int_equal(status, expected);
    assert_true(echoes(s));
    close(s->keyboard);
    close(s->terminal);
}

/* Echoes keys as <k> until Ctrl-A x, then prints the log. */
static void echo(struct console *c)
{
    uint64_t now = 0;
    put(c, "ready\n");
    while (!console_poll(c)) {
        int byte = console_get(c, now += BUS_INPUT_POLL);
        usleep(1000);
        if (byte == BUS_END_OF_INPUT)
            break;
        if (byte != BUS_NO_INPUT)
            put(c, (char[]){'<', (char)byte, '>', 0});
    }
    size_t count;
    const struct console_key *keys = console_keys(c, &count);
    put(c, console_quit(c) && console_get(c, now) == BUS_END_OF_INPUT ? "[quit " : "[");
    for (size_t i = 0; i < count; i++)
        console_put(c, keys[i].now % BUS_INPUT_POLL == 0 && (i == 0 || keys[i - 1].now < keys[i].now) ? keys[i].byte : '!');
    put(c, "]\n");
}

static void keys_come_one_by_one_and_are_logged(void **state)
{
    (void)state;
    struct seat s = sit_down(echo);
    wait_for(&s, "ready\r\n");
    assert_false(echoes(&s));
    type(&s, "k");
    wait_for(&s, "<k>");
    type(&s, "\x03"); /* Ctrl-C is the guest's */
    wait_for(&s, "<\x03>");
    type(&s, "\x01h");
    wait_for(&s, "Ctrl-A x  leave");
    type(&s, "\x01\x01");
    wait_for(&s, "<\x01>");
    type(&s, "\x01q"); /* not a command: nothing */
    type(&s, "yz");
    wait_for(&s, "<y><z>");
    type(&s, "\x01x");
    wait_for(&s, "[quit k\x03\x01yz]");
    stand_up(&s, 7 << 8);
}

static void wait_forever(struct console *c)
{
    put(c, "ready\n");
    console_flush(c);
    for (;;)
        pause();
}

static void a_deadly_signal_restores_the_terminal(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGABRT};
    for (unsigned i = 0; i < 4; i++) {
        struct seat s = sit_down(wait_forever);
        wait_for(&s, "ready");
        assert_false(echoes(&s));
        kill(s.child, signals[i]);
        int status;
        assert_int_equal(waitpid(s.child, &status, 0), s.child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[i]);
        assert_true(echoes(&s));
        close(s.keyboard);
        close(s.terminal);
    }
}

static void leave_in_a_hurry(struct console *c)
{
    put(c, "ready\n");
    exit(7);
}

static void exit_restores_the_terminal(void **state)
{
    (void)state;
    struct seat s = sit_down(leave_in_a_hurry);
    stand_up(&s, 7 << 8);
}

/* Ten ms of a waiting guest's time take ten ms, unless it is given something to do. */
static void keep_time(struct console *c)
{
    struct timespec begin, end;
    console_get(c, 0);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (uint64_t now = 0; now < 10000000; now += BUS_INPUT_POLL)
        console_get(c, now);
    clock_gettime(CLOCK_MONOTONIC, &end);
    int64_t ns = (end.tv_sec - begin.tv_sec) * INT64_C(1000000000) + end.tv_nsec - begin.tv_nsec;
    put(c, ns >= 9900000 ? "good\n" : "too fast\n");
}

static void a_waiting_guest_keeps_to_real_time(void **state)
{
    (void)state;
    struct seat s = sit_down(keep_time);
    wait_for(&s, "good");
    stand_up(&s, 7 << 8);
}

/* A second console on the terminal leaves it raw until the last one is gone. */
static void two(struct console *c)
{
    console_free(console_new(&(struct console_config){.input = CONSOLE_FD, .input_fd = 0, .output_fd = 1}));
    put(c, "ready\n");
    while (!console_poll(c))
        usleep(1000);
}

static void two_consoles_share_a_terminal(void **state)
{
    (void)state;
    struct seat s = sit_down(two);
    wait_for(&s, "ready");
    assert_false(echoes(&s));
    type(&s, "\x01X");
    stand_up(&s, 7 << 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_go_out_at_once),
        cmocka_unit_test(lines_have_their_prefix),
        cmocka_unit_test(a_long_line_is_not_lost),
        cmocka_unit_test(output_is_hashed_and_kept),
        cmocka_unit_test(failures_are_said_once),
        cmocka_unit_test(closed_output_is_an_error),
        cmocka_unit_test(no_input),
        cmocka_unit_test(input_from_memory),
        cmocka_unit_test(input_from_a_pipe_is_waited_for),
        cmocka_unit_test(a_log_is_replayed),
        cmocka_unit_test(what_is_typed_comes_again),
        cmocka_unit_test(all_input_can_be_read_at_once),
        cmocka_unit_test(keys_come_one_by_one_and_are_logged),
        cmocka_unit_test(a_deadly_signal_restores_the_terminal),
        cmocka_unit_test(exit_restores_the_terminal),
        cmocka_unit_test(a_waiting_guest_keeps_to_real_time),
        cmocka_unit_test(two_consoles_share_a_terminal),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
