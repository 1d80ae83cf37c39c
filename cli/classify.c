/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze classify: Popek and Goldberg's theorems, decided by executing the machine (docs/theorem.md).
 */
#include "classify.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "arguments.h"
#include "commands.h"
#include "isa/csr.h"
#include "message.h"

enum look { LOOK_TABLE, LOOK_MD, LOOK_JSON };

struct classify_arguments {
    insn_profile profile;
    enum look look;
    const char *explain, *witness;
    char wanted[64]; /* the row of explain or witness */
    enum test test;
    bool answers;
    int shown; /* percent on the progress bar; -1: no bar */
};

/* --- names ----------------------------------------------------------------------------------------------------------------- */

/* "rdtime" and the like, as people write them. */
static const char *full_name(const char *name)
{
    static const char *const aliases[][2] = {
        {"rdtime", "csrrs.time"}, {"rdcycle", "csrrs.cycle"}, {"rdinstret", "csrrs.instret"}, {"nop", "addi"}};
    for (unsigned i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (strcmp(name, aliases[i][0]) == 0)
            return aliases[i][1];
    return name;
}

static bool wanted(void *context, uint16_t id, uint16_t csr)
{
    const struct classify_arguments *a = context;
    const struct classified row = {.id = id, .csr = csr};
    char name[64];
    size_t n = strlen(insn_rows[id].mnemonic);
    if (strncmp(a->wanted, insn_rows[id].mnemonic, n) != 0)
        return false;
    classified_name(&row, name, sizeof name);
    return strcmp(name, a->wanted) == 0;
}

/* What a seeded machine has besides. */
static bool is_odd(void *context, uint16_t id, uint16_t csr)
{
    (void)context, (void)csr;
    return id >= INSN_odd1;
}

/* "popf-control": the row's name and the test's. */
static void parse_witness(struct classify_arguments *a)
{
    const char *dash = strrchr(a->witness, '-');
    char name[64], hint[64];
    if (!dash || dash == a->witness || (size_t)(dash - a->witness) >= sizeof name)
        refuse("--witness: NAME-TEST is wanted, such as sret-control, not '%s'", a->witness);
    for (unsigned t = 0; t < TEST_count; t++)
        if (strcmp(dash + 1, test_names[t]) == 0) {
            a->test = (enum test)t;
            snprintf(name, sizeof name, "%.*s", (int)(dash - a->witness), a->witness);
            snprintf(a->wanted, sizeof a->wanted, "%s", full_name(name));
            return;
        }
    suggest(hint, sizeof hint, dash + 1, test_names, TEST_count, sizeof test_names[0]);
    refuse("--witness: there is no test '%s'%s", dash + 1, hint);
}

/* "csrrw.stap": the instruction is one, the register is none. */
static void check_register(const char *row)
{
    const char *names[4096], *dot = strchr(row, '.');
    char hint[64], insn[64];
    unsigned count = 0;
    if (!dot)
        return;
    for (unsigned number = 0; number < 4096; number++)
        if (csr_name(number))
            names[count++] = csr_name(number);
    snprintf(insn, sizeof insn, "%.*s", (int)(dot - row), row);
    for (unsigned id = INSN_csrrw; id <= INSN_csrrci; id++)
        if (strcmp(insn_rows[id].mnemonic, insn) == 0)
            refuse("classify: %s: there is no CSR '%s'%s", row, dot + 1,
                   suggest(hint, sizeof hint, dot + 1, names, count, sizeof names[0]));
}

static _Noreturn void unknown_row(const struct classify_arguments *a)
{
    char hint[64];
    check_register(a->wanted);
    suggest(hint, sizeof hint, a->wanted, &insn_rows[1].mnemonic, insn_count(a->profile) - 1, sizeof insn_rows[0]);
    for (unsigned id = 1; id < insn_count(a->profile); id++)
        if (strcmp(insn_rows[id].mnemonic, a->wanted) == 0)
            refuse("classify: %s is one instruction for each CSR: say which, as in %s.sstatus", a->wanted, a->wanted);
    refuse("classify: the %s machine has no instruction '%s'%s", profile_text(a->profile).text, a->wanted, hint);
}

/* --- running --------------------------------------------------------------------------------------------------------------- */

static void progress(void *context, unsigned done, unsigned of)
{
    struct classify_arguments *a = context;
    int percent = (int)(100.0 * done / of);
    if (a->shown < 0 || percent == a->shown)
        return;
    a->shown = percent;
    fprintf(stderr, "\r[%-50.*s] %3d %%", percent / 2, "##################################################", percent);
    if (done == of)
        fputs("\r\033[K", stderr);
}

static struct classification *run(struct classify_arguments *a)
{
    const struct classify_options o = {.profile = a->profile,
                                       .wanted = a->wanted[0] ? wanted
                                                 : a->answers ? is_odd
                                                              : NULL,
                                       .progress = progress,
                                       .context = a};
    const char *why;
    struct classification *c = classify(&o, &why);
    if (!c)
        refuse("classify: %s", why);
    if (c->count == 0)
        unknown_row(a);
    return c;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_json(json_t *json, size_t flags)
{
    json_dumpf(need(json), stdout, JSON_INDENT(1) | flags);
    putchar('\n');
    json_decref(json);
}

static int show_all(struct classify_arguments *a)
{
    double begin = now();
    struct classification *c = run(a);
    double seconds = now() - begin;
    bool holds = classify_holds(c);
    if (a->look == LOOK_TABLE)
        classify_print_text(c, seconds, stdout);
    else if (a->look == LOOK_MD)
        classify_print_md(c, stdout);
    else
        print_json(classify_json(c, seconds), JSON_REAL_PRECISION(4));
    classification_free(c);
    return !holds;
}

static int show_answers(struct classify_arguments *a)
{
    struct classification *c = run(a);
    bool holds = classify_holds(c);
    if (a->look == LOOK_JSON)
        print_json(classify_answers_json(c), 0);
    else
        classify_print_answers(c, a->look == LOOK_MD, stdout);
    classification_free(c);
    return !holds;
}

static int show_one(struct classify_arguments *a)
{
    const char *why;
    struct classification *c = run(a);
    struct subject *s = need(subject_new(a->profile, &why));
    bool holds = true;
    if (a->witness)
        holds = classify_print_witness(s, a->profile, c->row, a->test, stdout);
    else
        classify_explain(a->profile, c->row, stdout);
    subject_free(s);
    classification_free(c);
    return !holds;
}

/* --- the command ----------------------------------------------------------------------------------------------------------- */

/* A seeded machine is a lab's, and not classified by accident. */
static void check_answers(const struct classify_arguments *a)
{
    bool seeded = a->profile & PROFILE_SEEDED;
    if (seeded && !a->answers)
        refuse("classify: %s is the machine of a lab: find out by running it (its instructor: --answers)",
               profile_text(a->profile).text);
    if (a->answers && !seeded)
        refuse("classify: --answers are a seeded machine's: --profile flawed:SEED is wanted");
}

static error_t take(int key, char *value, struct argp_state *state)
{
    static const char *const looks[] = {"table", "md", "json"};
    struct classify_arguments *a = state->input;
    switch (key) {
    case 'f':
        a->look = (enum look)argument_choice("--format", value, looks, 3);
        return 0;
    case 'p':
        a->profile = argument_profile("--profile", value);
        return 0;
    case 'e':
        a->explain = value;
        return 0;
    case 'w':
        a->witness = value;
        return 0;
    case 'a':
        a->answers = true;
        return 0;
    case ARGP_KEY_ARG:
        refuse("classify: '%s' is one argument too many", value);
    case ARGP_KEY_END:
        if (a->explain && a->witness)
            refuse("classify: --explain and --witness are one too many");
        if ((a->explain || a->witness) && a->look != LOOK_TABLE)
            refuse("classify: --format is for the whole classification");
        check_answers(a);
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

int classify_command(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"profile", 'p', "PROFILE", 0, "the machine: strict (default), flawed or flawed:SEED", 0},
        {"format", 'f', "FORMAT", 0, "table (default), md or json", 0},
        {"explain", 'e', "INSN", 0, "what was tried with one instruction, and why the verdict", 0},
        {"answers", 'a', NULL, 0, "the key to a lab's seeded machine; with --explain or --witness: of that, too", 0},
        {"witness", 'w', "NAME", 0, "show a pair of states and execute it again: INSN-TEST, such as sret-control", 0},
        {0}};
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .doc =
            "Find out by execution which instructions are privileged, control, location and mode sensitive, and whether Popek "
            "and Goldberg's theorems hold. Status 0: they do, and the tables agree.\v"
            "Examples:\n  trapeze classify\n  trapeze classify --profile flawed\n"
            "  trapeze classify --explain csrrw.satp\n  trapeze classify --profile flawed --witness popf-control",
    };
    struct classify_arguments a = {.shown = isatty(STDERR_FILENO) ? 0 : -1};
    arguments_parse(&argp, argc, argv, &a);
    if (a.witness)
        parse_witness(&a);
    else if (a.explain)
        snprintf(a.wanted, sizeof a.wanted, "%s", full_name(a.explain));
    return a.wanted[0] ? show_one(&a) : a.answers ? show_answers(&a) : show_all(&a);
}
