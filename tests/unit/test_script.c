/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scripts for consoles: what is read, what is refused, and when what is typed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "files.h"
#include "isa/bus.h"
#include "isa/script.h"

static char error[256];

static struct script *read_text(const char *text)
{
    return script_read(file_make("script", text, strlen(text)), error, sizeof error);
}

static bool print(struct script_player *p, const char *text, unsigned *line)
{
    bool met = false;
    for (; *text; text++)
        met |= script_printed(p, (uint8_t)*text, line);
    return met;
}

/* What is typed until there is nothing to type now. */
static const char *typed(struct script_player *p, int *end)
{
    static char text[512];
    size_t n = 0;
    while ((*end = script_get(p, 1)) >= 0)
        text[n++] = (char)*end;
    text[n] = '\0';
    return text;
}

static void plays(void **state)
{
    (void)state;
    struct script *s =
        read_text("# a comment\n\n  send hello\n\texpect \"$ \"  \ntype a\\x41\\r\\\\\nexpect aab\nsend \" x \"\n");
    assert_non_null(s);
    assert_int_equal(s->count, 5);
    struct script_player p = {.script = s};
    unsigned line = 0;
    int end;
    assert_string_equal(typed(&p, &end), "hello\n"); /* before anything was printed */
    assert_int_equal(end, BUS_NO_INPUT);
    assert_false(print(&p, "booting$", &line));
    assert_string_equal(typed(&p, &end), "");
    assert_true(print(&p, " ", &line));
    assert_int_equal(line, 4);
    assert_string_equal(typed(&p, &end), "aA\r\\");
    assert_true(print(&p, "aaab", &line)); /* the second a can begin it */
    assert_int_equal(line, 6);
    assert_string_equal(typed(&p, &end), " x \n");
    assert_int_equal(end, BUS_END_OF_INPUT);
    assert_null(script_pending(&p));
    script_free(s);
}

/* What was printed before is not seen again; but what is printed while the script types is. */
static void sees_once(void **state)
{
    (void)state;
    struct script *s = read_text("expect ab\nexpect b\ntype xy\nexpect c\ntype z\n");
    struct script_player p = {.script = s};
    unsigned line;
    int end;
    assert_true(print(&p, "ab", &line));
    assert_string_equal(typed(&p, &end), "");
    assert_true(print(&p, "b", &line));
    assert_int_equal(line, 2);
    assert_int_equal(script_get(&p, 1), 'x');
    assert_false(print(&p, "c", &line)); /* the expect is not at hand yet */
    assert_int_equal(script_get(&p, 1), 'y');
    assert_int_equal(script_get(&p, 1), BUS_NO_INPUT);
    assert_true(print(&p, "?c", &line));
    assert_int_equal(script_get(&p, 1), 'z');
    script_free(s);
}

static void long_output(void **state)
{
    (void)state;
    struct script *s = read_text("expect end of it\nquit\ntype a\n");
    struct script_player p = {.script = s};
    unsigned line;
    for (int i = 0; i < 1000; i++)
        assert_false(print(&p, "end of i", &line));
    assert_true(print(&p, "t", &line) || print(&p, "end of it", &line));
    assert_int_equal(script_get(&p, 1), BUS_END_OF_INPUT);
    assert_true(p.quit);
    assert_int_equal(script_pending(&p)->line, 3);
    script_free(s);
}

static void gives_up(void **state)
{
    (void)state;
    struct script *s = read_text("expect a\n");
    struct script_player p = {.script = s};
    unsigned line;
    assert_int_equal(script_get(&p, 5), BUS_NO_INPUT);
    assert_int_equal(script_get(&p, 5 + SCRIPT_PATIENCE), BUS_NO_INPUT);
    print(&p, "x", &line); /* a sign of life */
    assert_int_equal(script_get(&p, 6 + SCRIPT_PATIENCE), BUS_NO_INPUT);
    assert_false(p.gave_up);
    assert_int_equal(script_get(&p, 7 + 2 * SCRIPT_PATIENCE), BUS_END_OF_INPUT);
    assert_true(p.gave_up);
    script_free(s);
}

static void refused(const char *text, const char *start, const char *part)
{
    assert_null(read_text(text));
    char whole[400];
    snprintf(whole, sizeof whole, "%s%s", file_path("script"), start);
    assert_message(error, whole, part);
}

static void mistakes(void **state)
{
    (void)state;
    char text[400];
    refused("send a\nwait b\n", ":2: ", "not wait");
    refused("expect\n", ":1: ", "expect wants a text");
    refused("type \"\"\n", ":1: ", "wants a text");
    refused("quit now\n", ":1: ", "alone");
    refused("\n\nsend \\q\n", ":3: ", "backslash");
    refused("send \\x4\n", ":1: ", "backslash");
    snprintf(text, sizeof text, "type %0300d\n", 1);
    refused(text, ":1: ", "too long");
    assert_null(script_read(file_path("none"), error, sizeof error));
    assert_message(error, file_path("none"), "No such file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays),    cmocka_unit_test(sees_once), cmocka_unit_test(long_output),
        cmocka_unit_test(gives_up), cmocka_unit_test(mistakes),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
