/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The full screen as a function of texts and a size: nothing overlaps, nothing is left out, and any text fits.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "debugger/screen.h"

static struct text text_of(const char *bytes)
{
    struct text t = {0};
    text_add(&t, bytes, strlen(bytes), LOOK_PLAIN);
    return t;
}

/* A line as wide characters; '_' for the second half of one. */
static void assert_line(const struct text *t, unsigned line, const wchar_t *wanted)
{
    assert_true(line < t->count);
    assert_int_equal(t->line[line].length, wcslen(wanted));
    for (unsigned i = 0; wanted[i]; i++)
        assert_int_equal(t->line[line].cell[i].c, wanted[i] == L'_' ? 0 : wanted[i]);
}

static void test_text(void **state)
{
    (void)state;
    struct text t =
        text_of("a\tb\r\n\n\033[1;33mnew\033[0m old\n\xe2\x86\x92 \xe4\xb8\xad \x01 \xff \xc3 \xed\xa0\x80\nlast");
    assert_int_equal(t.count, 5);
    assert_line(&t, 0, L"a       b");
    assert_line(&t, 1, L"");
    assert_line(&t, 2, L"new old");
    assert_int_equal(t.line[2].cell[2].look, LOOK_CHANGED);
    assert_int_equal(t.line[2].cell[3].look, LOOK_PLAIN);
    assert_line(&t, 3, L"\u2192 \u4e2d_ ? ? ? ???");
    assert_line(&t, 4, L"last");
    assert_int_equal(text_find(&t, "new"), 2);
    assert_int_equal(text_find(&t, "nothing"), 5);
    assert_int_equal(text_width("\xe4\xb8\xad", 3), 2);
    text_keep(&t, 2);
    assert_int_equal(t.count, 2);
    assert_line(&t, 1, L"last");
    text_clear(&t);
    text_add(&t, "\033[7", 3, LOOK_PLAIN); /* a sequence that does not end */
    assert_int_equal(t.count, 1);
    text_clear(&t);
}

static void test_wrap(void **state)
{
    (void)state;
    struct text t = text_of("one two three\n  four five\nabcdefghijkl\n"), w = {0};
    text_wrap(&t, 8, &w);
    assert_int_equal(w.count, 6);
    assert_line(&w, 0, L"one two ");
    assert_line(&w, 1, L"  three");
    assert_line(&w, 2, L"  four ");
    assert_line(&w, 3, L"five"); /* half of the width is the most that is indented */
    assert_line(&w, 4, L"abcdefgh");
    assert_line(&w, 5, L"  ijkl");
    text_clear(&t);
    t = text_of("abc\xe4\xb8\xad\n");
    text_wrap(&t, 4, &w);
    assert_line(&w, 0, L"abc");
    assert_line(&w, 1, L"\u4e2d_");
    text_clear(&t);
    text_clear(&w);
}

/* Each cell of the panels' rows belongs to one of them, or is a line between two. */
static void check_layout(unsigned rows, unsigned columns, const struct screen_choice *choice)
{
    struct area area[PANEL_count];
    unsigned *owner = calloc(rows * columns, sizeof *owner), lines = 0;
    screen_layout(rows, columns, choice, area);
    assert_true(area[choice->focus].rows > 1 || !choice->zoomed);
    for (unsigned p = 0; p < PANEL_count; p++)
        for (unsigned i = 0; i < area[p].rows * area[p].columns; i++) {
            unsigned row = area[p].row + i / area[p].columns, column = area[p].column + i % area[p].columns;
            assert_true(row < rows && column < columns && area[p].rows > 2);
            assert_int_equal(owner[row * columns + column]++, 0);
        }
    for (unsigned row = 1; row < rows - 2; row++)
        for (unsigned column = 0, left = 1; column < columns; column++) {
            assert_true(owner[row * columns + column] || left > 0);
            lines += !owner[row * columns + column];
            left -= !owner[row * columns + column];
        }
    assert_true(lines <= rows);
    free(owner);
}

static void test_layout(void **state)
{
    (void)state;
    for (unsigned rows = SCREEN_ROWS; rows < 120; rows += 5)
        for (unsigned columns = SCREEN_COLUMNS; columns < 300; columns += 13)
            for (unsigned p = 0; p < 2 * PANEL_count; p++)
                check_layout(rows, columns,
                             &(struct screen_choice){(enum panel)(p % PANEL_count), PANEL_trap, p >= PANEL_count});
    struct area area[PANEL_count];
    screen_layout(SCREEN_ROWS, SCREEN_COLUMNS - 1, &(struct screen_choice){0}, area);
    for (unsigned p = 0; p < PANEL_count; p++)
        assert_int_equal(area[p].rows, 0);
}

static void check_screen(const struct screen_input *in)
{
    struct screen s = {0};
    screen_compose(in, &s);
    assert_true(s.rows == in->rows && s.columns == in->columns);
    for (unsigned i = 0; i < s.rows * s.columns; i++) {
        assert_true(s.cell[i].c || (i % s.columns && wcwidth(s.cell[i - 1].c) == 2));
        assert_true(in->unicode || s.cell[i].c < 127);
        assert_true(s.cell[i].look < LOOK_count);
    }
    assert_true(!s.cursor || (s.cursor_row < s.rows && s.cursor_column < s.columns));
    screen_free(&s);
}

static void test_compose(void **state)
{
    (void)state;
    struct text text = {0}, keys = text_of("s stepi");
    char long_line[400];
    memset(long_line, 'x', sizeof long_line - 1);
    long_line[sizeof long_line - 1] = '\0';
    for (unsigned i = 0; i < 60; i++)
        text_add(&text,
                 i == 30 ? "=>here" : "\xe4\xb8\xad\xe4\xb8\xad and more, so that it is cut off somewhere \xe4\xb8\xad",
                 i == 30 ? 6 : 49, LOOK_PLAIN);
    for (unsigned rows = 1; rows < 80; rows += 5)
        for (unsigned columns = 1; columns < 180; columns += 11)
            for (unsigned kind = 0; kind < 8; kind++) {
                struct screen_input in = {.rows = rows,
                                          .columns = columns,
                                          .unicode = kind & 1,
                                          .status = long_line,
                                          .line = long_line,
                                          .typing = kind & 2,
                                          .cursor = 250,
                                          .keys = &keys};
                in.choice = (struct screen_choice){PANEL_output, PANEL_console, kind & 4};
                in.over = kind == 7 ? &text : NULL;
                for (unsigned p = 0; p < PANEL_count; p++)
                    in.panel[p] = (struct screen_panel){&text, kind % 2 ? 1000 : -1000};
                check_screen(&in);
            }
    text_clear(&text);
    text_clear(&keys);
}

static void test_scroll(void **state)
{
    (void)state;
    struct text t = text_of("0\n1\n2\n3\n4\n5\n=>6\n7\n8\n9\n");
    assert_int_equal(screen_scroll(PANEL_state, &t, 4, -3), 0);
    assert_int_equal(screen_scroll(PANEL_state, &t, 4, 99), 6);
    assert_int_equal(screen_scroll(PANEL_output, &t, 4, 1), 0);
    assert_int_equal(screen_scroll(PANEL_output, &t, 4, -99), -6);
    assert_int_equal(screen_scroll(PANEL_code, &t, 6, -99), -4); /* the mark is in the third line */
    assert_int_equal(screen_scroll(PANEL_code, &t, 6, 99), 0);
    assert_int_equal(screen_scroll(PANEL_state, &t, 40, 5), 0);
    text_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_wrap),
                                       cmocka_unit_test(test_layout), cmocka_unit_test(test_compose),
                                       cmocka_unit_test(test_scroll)};
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
