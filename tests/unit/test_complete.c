/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Completion in the debugger: what a line that was begun could become.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "debugger/complete.h"

static struct target target; /* without images */
static struct debugger debugger = {.target = &target};

static void add(void *context, const char *word)
{
    char *all = context;
    strcat(all, word);
    strcat(all, " ");
}

/* The last word of the line can become these; no files. */
static void check(const char *line, const char *wanted)
{
    char got[4096] = "";
    const char *last = strrchr(line, ' ');
    assert_true(complete(&debugger, line, last ? (size_t)(last + 1 - line) : 0, strlen(line), add, got));
    assert_string_equal(got, wanted);
}

static void test_commands(void **state)
{
    (void)state;
    check("rev", "reverse-stepi reverse-continue reverse-trap ");
    check("help ph", "phase ");
    check("nosuch x", "");
}

static void test_arguments(void **state)
{
    (void)state;
    check("info vc", "vcpu ");
    check("i time", "timeline ");
    check("explain cs", "csr ");
    check("explain csr stv", "stvec stval ");
    check("info csr medel", "medeleg ");
    check("p shadow_f", "shadow_fills ");
    check("p mstatus.MP", "mstatus.MPIE mstatus.MPP mstatus.MPRV ");
    check("p real.mca", "real.mcause ");
    check("watch exits.page_h", "exits.page_hidden ");
    check("x/4i p",
          "pmpcfg0 pmpcfg2 pmpaddr0 pmpaddr1 pmpaddr2 pmpaddr3 pmpaddr4 pmpaddr5 pmpaddr6 pmpaddr7 pmpaddr8 pmpaddr9 "
          "pmpaddr10 pmpaddr11 pmpaddr12 pmpaddr13 pmpaddr14 pmpaddr15 pc ");
    check("technique int", "interp ");
    check("exit page_h", "page_hidden ");
    check("continue x", "");
}

static void test_files(void **state)
{
    char got[64] = "";
    (void)state;
    assert_false(complete(&debugger, "source t", 7, 8, add, got));
    assert_string_equal(got, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_commands), cmocka_unit_test(test_arguments),
                                       cmocka_unit_test(test_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
