/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole classification as text and Markdown.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "assembler/command.h"
#include "classify.h"
#include "isa/csr.h"
#include "sheet.h"

#define KINDS_MOST 64
#define LINE 118

static const char assumption[] =
    "Assumption H1: page tables that satp reaches are not mapped writable (the paper's R lies outside of its E).";

/* --- words ----------------------------------------------------------------------------------------------------------------- */

bool classify_completes(const struct classified *row)
{
    return row->completes[MODE_U] | row->completes[MODE_S] | row->completes[MODE_M];
}

const char *classify_word(const struct classified *row, uint64_t set, unsigned config)
{
    if (set >> config & 1)
        return "yes";
    return row->undetermined ? "undetermined" : "no";
}

void classify_kind(const struct classified *row, unsigned config, char *text, size_t n)
{
    uint64_t completes = row->completes[MODE_U] | row->completes[MODE_S] | row->completes[MODE_M];
    bool control = row->control >> config & 1, location = row->location >> config & 1, mode = row->mode >> config & 1;
    bool privileged = row->privileged >> config & 1, sensitive = control || location || mode;
    if (!(completes >> config & 1)) {
        snprintf(text, n, "always trap");
        return;
    }
    if (!sensitive && row->untested && !privileged) {
        snprintf(text, n, "untested(%" PRIu32 ")", row->untested);
        return;
    }
    snprintf(text, n, "%s%s%s%s%s",
             privileged  ? "privileged"
             : sensitive ? "NOT privileged"
                         : "innocuous",
             sensitive    ? ", sensitive:"
             : privileged ? ", not sensitive"
                          : "",
             control ? " control" : "", location ? " location" : "", mode ? " mode" : "");
}

unsigned classify_config(unsigned named)
{
    return configuration_index(named_configurations[named].set);
}

void classify_count_theorems(const struct classification *c, unsigned holds[3])
{
    for (unsigned i = 0; i < CONFIGS; i++) {
        struct theorems t = classification_theorems(c, i);
        holds[0] += t.strict;
        holds[1] += t.pointwise;
        holds[2] += t.third;
    }
}

uint64_t classify_violates(const struct classified *row)
{
    return row->strict_bad | row->pointwise_bad | row->third_bad;
}

enum test classify_telling_test(const struct classified *row)
{
    static const enum test order[] = {TEST_CONTROL, TEST_LOCATION, TEST_MODE, TEST_POINTWISE};
    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++)
        if (row->witness[order[i]].found)
            return order[i];
    return TEST_POINTWISE;
}

bool classify_holds(const struct classification *c)
{
    char text[128];
    for (unsigned i = 0; i < c->count; i++)
        if (classify_violates(&c->row[i]) || c->row[i].undetermined ||
            table_mismatch(&c->row[i], c->profile, text, sizeof text))
            return false;
    return true;
}

/* --- groups of instructions ------------------------------------------------------------------------------------------------ */

struct groups {
    unsigned count;
    char kind[KINDS_MOST][64];
    unsigned size[KINDS_MOST];
};

static unsigned group_of(struct groups *g, const struct classified *row, unsigned config)
{
    char kind[64];
    unsigned i = 0;
    classify_kind(row, config, kind, sizeof kind);
    while (i < g->count && strcmp(g->kind[i], kind) != 0)
        i++;
    if (i == g->count && g->count < KINDS_MOST)
        snprintf(g->kind[g->count++], sizeof g->kind[0], "%s", kind);
    return i;
}

static struct groups make_groups(const struct classification *c)
{
    struct groups g = {0};
    for (unsigned i = 0; i < c->count; i++)
        if (c->row[i].csr == NO_CSR)
            g.size[group_of(&g, &c->row[i], 0)]++;
    return g;
}

static void print_group(const struct classification *c, struct groups *g, unsigned group, FILE *out)
{
    unsigned column = LINE;
    fprintf(out, "  %s (%u)", g->kind[group], g->size[group]);
    for (unsigned i = 0; i < c->count; i++) {
        const char *name = insn_rows[c->row[i].id].mnemonic;
        if (c->row[i].csr != NO_CSR || group_of(g, &c->row[i], 0) != group)
            continue;
        if (column + strlen(name) + 1 > LINE) {
            fputs("\n    ", out);
            column = 4;
        }
        fprintf(out, "%s ", name);
        column += (unsigned)strlen(name) + 1;
    }
    fputc('\n', out);
}

/* --- sheets ------------------------------------------------------------------------------------------------------------------ */

#define CELLS(...) ((const char *const[]){__VA_ARGS__})

static struct sheet theorem_sheet(const struct classification *c)
{
    static const char *const columns[] = {"configuration", "theorem 1, strict", "theorem 1, pointwise", "theorem 3",
                                          "meaning"};
    struct sheet s = sheet_make("Theorems", NULL, columns, 5);
    static const char *const words[] = {"FAILS", "holds"};
    for (unsigned i = 0; i < NAMED_CONFIGS; i++) {
        struct theorems t = classification_theorems(c, classify_config(i));
        sheet_row(&s, CELLS(named_configurations[i].name, words[t.strict], words[t.pointwise], words[t.third],
                            named_configurations[i].meaning));
    }
    unsigned holds[3] = {0};
    char text[3][16];
    classify_count_theorems(c, holds);
    for (unsigned i = 0; i < 3; i++)
        snprintf(text[i], sizeof text[i], "%u of %u", holds[i], CONFIGS);
    sheet_row(&s, CELLS("(all)", text[0], text[1], text[2], "every combination of these settings"));
    return s;
}

static const struct classified *find_row(const struct classification *c, enum insn_id id, unsigned csr)
{
    for (unsigned i = 0; i < c->count; i++)
        if (c->row[i].id == id && c->row[i].csr == csr)
            return &c->row[i];
    return NULL;
}

/* A CSR's line: csrrs reads it, csrrw writes it. */
static struct sheet csr_sheet(const struct classification *c)
{
    static const char *const columns[] = {"CSR", "number", "csrrs", "csrrw", "depends on"};
    struct sheet s = sheet_make("CSRs, in the default configuration", NULL, columns, 5);
    for (unsigned i = 0; i < c->count; i++) {
        const struct classified *read = &c->row[i], *write;
        if (read->id != INSN_csrrs || !classify_completes(read) || !(write = find_row(c, INSN_csrrw, read->csr)))
            continue;
        char kind[2][64], number[16];
        snprintf(number, sizeof number, "0x%03x", read->csr);
        classify_kind(read, 0, kind[0], sizeof kind[0]);
        classify_kind(write, 0, kind[1], sizeof kind[1]);
        sheet_row(&s, CELLS(csr_name(read->csr), number, kind[0], kind[1],
                            read->clock    ? "the clock"
                            : read->config ? "configuration"
                                           : ""));
    }
    return s;
}

static struct sheet violation_sheet(const struct classification *c)
{
    static const char *const columns[] = {"instruction", "what", "theorem 1", "theorem 3", "witness", "removed by"};
    struct sheet s = sheet_make("Sensitive and not privileged", NULL, columns, 6);
    for (unsigned i = 0; i < c->count; i++) {
        const struct classified *row = &c->row[i];
        if (!classify_violates(row))
            continue;
        unsigned config = (unsigned)__builtin_ctzll(classify_violates(row));
        char name[64], kind[64], witness[96], by[64];
        classified_name(row, name, sizeof name);
        classify_kind(row, config, kind, sizeof kind);
        snprintf(witness, sizeof witness, "%s-%s", name, test_names[classify_telling_test(row)]);
        sheet_row(&s, CELLS(name, kind,
                            row->strict_bad      ? "fails"
                            : row->pointwise_bad ? "fails pointwise"
                                                 : "",
                            row->third_bad ? "fails" : "holds", witness,
                            violation_removed_by(row, config, by, sizeof by) ? by : "nothing"));
    }
    return s;
}

/* What no theorem speaks of: instructions that complete in U-mode and whose outcome depends on the clock. */
static struct sheet clock_sheet(const struct classification *c)
{
    static const char *const columns[] = {"instruction", "in configurations", "removed by"};
    struct sheet s = sheet_make("Timing-sensitive and not privileged (apart from the theorems)", NULL, columns, 3);
    for (unsigned i = 0; i < c->count; i++) {
        const struct classified *row = &c->row[i];
        uint64_t in = row->completes[MODE_U] & ~row->privileged;
        char name[64], where[32];
        if (!row->clock || !in)
            continue;
        classified_name(row, name, sizeof name);
        snprintf(where, sizeof where, "%d of %d", __builtin_popcountll(in), CONFIGS);
        sheet_row(&s, CELLS(name, where, "scounteren = 0 or mcounteren = 0"));
    }
    return s;
}

static struct sheet mismatch_sheet(const struct classification *c)
{
    static const char *const columns[] = {"instruction", "mismatch"};
    struct sheet s = sheet_make("The tables say otherwise", NULL, columns, 2);
    for (unsigned i = 0; i < c->count; i++) {
        char name[64], text[128];
        if (!table_mismatch(&c->row[i], c->profile, text, sizeof text))
            continue;
        classified_name(&c->row[i], name, sizeof name);
        sheet_row(&s, CELLS(name, text));
    }
    return s;
}

/* --- totals ------------------------------------------------------------------------------------------------------------------ */

struct totals {
    unsigned csr_traps, undetermined, untested, mmu;
};

static struct totals totals(const struct classification *c)
{
    struct totals t = {0};
    for (unsigned i = 0; i < c->count; i++) {
        const struct classified *row = &c->row[i];
        t.csr_traps += row->csr != NO_CSR && !classify_completes(row);
        t.undetermined += row->undetermined;
        t.untested += row->untested;
        t.mmu += row->mmu_wrote;
    }
    return t;
}

static void print_totals(const struct classification *c, FILE *out)
{
    struct totals t = totals(c);
    fprintf(out, "%u of the instructions with a CSR always trap: there is no such CSR, or it cannot be written.\n",
            t.csr_traps);
    fprintf(out, "%u instructions made the MMU set A or D bits: its work, not theirs.\n", t.mmu);
    fprintf(out, "untested(%u); undetermined: %u.\n%s\n", t.untested, t.undetermined, assumption);
}

static void print_sheet(struct sheet s, bool md, FILE *out)
{
    if (s.row_count) {
        fputc('\n', out);
        (md ? sheet_markdown : sheet_text)(&s, out);
    }
    sheet_free(&s);
}

static void print_sheets(const struct classification *c, bool md, FILE *out)
{
    print_sheet(csr_sheet(c), md, out);
    print_sheet(clock_sheet(c), md, out);
    print_sheet(theorem_sheet(c), md, out);
    print_sheet(violation_sheet(c), md, out);
    print_sheet(mismatch_sheet(c), md, out);
}

/* --- text and Markdown --------------------------------------------------------------------------------------------------------- */

static void print_verdict(const char *what, unsigned holds, FILE *out)
{
    bool all = holds == CONFIGS, colour = command_colour(fileno(out));
    fprintf(out, "%-22s %s%s%s in %u of %u configurations\n", what, colour ? all ? "\033[32m" : "\033[31m" : "",
            all ? "holds" : "FAILS", colour ? "\033[0m" : "", all ? holds : CONFIGS - holds, CONFIGS);
}

void classify_print_text(const struct classification *c, double seconds, FILE *out)
{
    struct groups g = make_groups(c);
    unsigned holds[3] = {0};
    fprintf(out, "Profile %s: %u instructions (Zicsr's once for each CSR), %" PRIu64 " executions, %.1f s\n\n",
            profile_text(c->profile).text, c->count, c->executions, seconds);
    fputs("Instructions, in the default configuration\n", out);
    for (unsigned i = 0; i < g.count; i++)
        print_group(c, &g, i, out);
    print_sheets(c, false, out);
    fputc('\n', out);
    print_totals(c, out);
    classify_count_theorems(c, holds);
    print_verdict("Theorem 1, strict:", holds[0], out);
    print_verdict("Theorem 1, pointwise:", holds[1], out);
    print_verdict("Theorem 3:", holds[2], out);
}

void classify_print_md(const struct classification *c, FILE *out)
{
    struct groups g = make_groups(c);
    fprintf(out, "# Classification of the %s machine\n\n", profile_text(c->profile).text);
    fprintf(out, "%u instructions (those of Zicsr once for each CSR), %" PRIu64 " executions.\n", c->count, c->executions);
    for (unsigned i = 0; i < g.count; i++) {
        fputc('\n', out);
        fprintf(out, "**%s** (%u):", g.kind[i], g.size[i]);
        for (unsigned k = 0; k < c->count; k++)
            if (c->row[k].csr == NO_CSR && group_of(&g, &c->row[k], 0) == i)
                fprintf(out, " `%s`", insn_rows[c->row[k].id].mnemonic);
        fputc('\n', out);
    }
    print_sheets(c, true, out);
    fputc('\n', out);
    print_totals(c, out);
}
