/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One instruction: what was tried, and pairs of states that show something.
 */
#include <inttypes.h>
#include <string.h>

#include "classify.h"
#include "isa/trap.h"
#include "message.h"

static const char *mode_name(unsigned mode)
{
    return (const char *const[]){"U", "S", "-", "M"}[mode & 3];
}

static const char *const layout_names[LAYOUT_count] = {"Bare", "paged", "in other frames"};

/* --- witnesses ------------------------------------------------------------------------------------------------------------- */

static const char *const what[TEST_count] = {
    [TEST_PRIVILEGED] = "It is not privileged: two states that differ in the mode alone, and U-mode does not trap.",
    [TEST_CONTROL] = "Control sensitive: it completes, and the mode, the relocation or other control state has changed.",
    [TEST_LOCATION] = "Location sensitive: the same virtual memory in other frames, and something else comes out.",
    [TEST_MODE] =
        "Mode sensitive: two states that differ in the mode alone; it completes in both, and something else comes out.",
    [TEST_CONFIG] = "Configuration sensitive: two states that differ in one bit of control state.",
    [TEST_CLOCK] = "Timing sensitive: two states that differ in the clock alone.",
    [TEST_POINTWISE] =
        ("It completes in U-mode, though it is sensitive there or supervisor mode would have acted differently: "
         "a monitor that runs the guest's kernel in U-mode is not called."),
};

static void pair(FILE *out, const char *name, uint64_t a, uint64_t b)
{
    fprintf(out, "  %-18s %016" PRIx64 "   %016" PRIx64 "%s\n", name, a, b, a != b ? "  <- differ" : "");
}

static void print_starts(const struct witness *w, const struct replay *r, FILE *out)
{
    const struct start *a = &r->start[0], *b = &r->start[1];
    struct start x = *a, y = *b;
    fprintf(out, "\n  before             %-16s   %s\n", "state 1", "state 2");
    fprintf(out, "  %-18s %-16s   %-16s%s\n", "mode", mode_name(a->mode), mode_name(b->mode),
            a->mode != b->mode ? "  <- differ" : "");
    fprintf(out, "  %-18s %-16s   %-16s%s\n", "addresses", layout_names[a->layout], layout_names[b->layout],
            a->layout != b->layout ? "  <- differ" : "");
    pair(out, "pc", a->ctx.pc, b->ctx.pc);
    pair(out, "satp", a->csr.satp, b->csr.satp);
    for (unsigned reg = 1; reg < 32; reg++)
        if (reg == w->insn.rs1 || reg == w->insn.rs2 || a->ctx.x[reg] != b->ctx.x[reg]) {
            char name[16];
            snprintf(name, sizeof name, "x%u (%s)", reg, insn_register_names[reg]);
            pair(out, name, a->ctx.x[reg], b->ctx.x[reg]);
        }
    for (unsigned f = 0; f < FIELD_count; f++)
        if (field_infos[f].part == PART_CONTROL) {
            uint64_t va = *control_field(&x.csr, (enum field)f), vb = *control_field(&y.csr, (enum field)f);
            if (va != vb || field_in(&r->end[0].reads, f) || field_in(&r->end[1].reads, f))
                pair(out, field_infos[f].name, va, vb);
        }
    if (a->clock.now != b->clock.now)
        pair(out, "clock", a->clock.now, b->clock.now);
}

static void print_reads(const struct outcome *end, FILE *out)
{
    unsigned n = 0;
    for (unsigned f = FIELD_x0; f <= FIELD_behind_x && !n; f++)
        if (field_in(&end->reads, f))
            fputs(n++ ? "" : "registers", out);
    for (unsigned f = FIELD_behind_x + 1; f < FIELD_count; f++)
        if (field_in(&end->reads, f) && field_infos[f].part != PART_NONE)
            fprintf(out, "%s%s (%s)", n++ ? ", " : "", field_infos[f].name, part_names[field_infos[f].part]);
    if (!n)
        fputs("nothing", out);
}

static void print_control_changes(const struct start *start, const struct outcome *end, FILE *out)
{
    struct start s = *start;
    struct outcome e = *end;
    if (s.csr.satp != e.csr.satp)
        fprintf(out, "           satp (R) = %016" PRIx64 "\n", e.csr.satp);
    if (s.layout != LAYOUT_BARE && e.stale == 0)
        fputs("           (R) an old translation of the other page is forgotten\n", out);
    for (unsigned f = 0; f < FIELD_count; f++)
        if (field_infos[f].part == PART_CONTROL) {
            uint64_t before = *control_field(&s.csr, (enum field)f), after = *control_field(&e.csr, (enum field)f);
            if (before != after)
                fprintf(out, "           %s (K): %016" PRIx64 " -> %016" PRIx64 "\n", field_infos[f].name, before, after);
        }
    if (end->waits)
        fputs("           (K) the processor is given up\n", out);
}

static void print_steps(insn_profile profile, const struct witness *w, const struct start *start, const struct outcome *end,
                        FILE *out)
{
    char text[80];
    insn_format_in(profile, text, sizeof text, w->insn.word, start->ctx.pc);
    fprintf(out, "    fetch  %0*" PRIx32 " at %" PRIx64 " in %s-mode\n", w->insn.length * 2, w->insn.word, start->ctx.pc,
            mode_name(start->mode));
    fprintf(out, "    decode %s\n    read   ", text);
    print_reads(end, out);
    if (end->kind != OUTCOME_NORMAL) {
        fprintf(out, "\n    trap   %s (cause %d, tval %" PRIx64 ")\n", trap_name((uint64_t)end->cause), end->cause,
                end->tval);
        return;
    }
    fprintf(out, "\n    done   pc = %" PRIx64 "\n", end->ctx.pc);
    if (end->mode != start->mode)
        fprintf(out, "           mode (M): %s -> %s\n", mode_name(start->mode), mode_name(end->mode));
    for (unsigned reg = 1; reg < 32; reg++)
        if (end->ctx.x[reg] != start->ctx.x[reg])
            fprintf(out, "           x%u = %016" PRIx64 "\n", reg, end->ctx.x[reg]);
    for (unsigned i = 0; i < end->change_count; i++)
        fprintf(out, "           byte %03x of page %s = %02x\n", end->change[i].offset,
                end->change[i].page < SUBJECT_PAGES ? subject_page_names[end->change[i].page] : "that the TLB remembers",
                end->change[i].byte);
    print_control_changes(start, end, out);
}

bool classify_print_witness(struct subject *s, insn_profile profile, const struct classified *row, enum test test,
                            FILE *out)
{
    struct witness w = row->witness[test];
    struct replay r;
    char name[64];
    classified_name(row, name, sizeof name);
    if (!w.found)
        refuse("classify: no pair of states shows %s-%s", name, test_names[test]);
    witness_minimize(s, test, &w);
    bool holds = witness_replay(s, test, &w, &r);
    fprintf(out, "%s-%s\n%s\n", name, test_names[test], what[test]);
    print_starts(&w, &r, out);
    for (unsigned i = 0; i < (test == TEST_CONTROL ? 1 : 2); i++) {
        fprintf(out, "\n  state %u, executed\n", i + 1);
        print_steps(profile, &w, &r.start[i], &r.end[i], out);
    }
    fprintf(out, "\nexecuted again: the witness %s\n", holds ? "holds" : "DOES NOT HOLD");
    return holds;
}

/* --- explanation ------------------------------------------------------------------------------------------------------------- */

static void explain_ends(const struct classified *row, FILE *out)
{
    static const enum mode modes[] = {MODE_U, MODE_S, MODE_M};
    fputs("Without translation:", out);
    for (unsigned i = 0; i < 3; i++) {
        const uint32_t *n = row->ends[modes[i]];
        fprintf(out, "%s in %s-mode it completed %" PRIu32 " times, trapped %" PRIu32, i ? ";" : "", mode_name(modes[i]),
                n[OUTCOME_NORMAL], n[OUTCOME_TRAP]);
        if (n[OUTCOME_MEMTRAP])
            fprintf(out, ", and hit memory that is not there %" PRIu32, n[OUTCOME_MEMTRAP]);
    }
    fputs(".\n", out);
}

static void explain_privileged(const struct classified *row, FILE *out)
{
    bool below = row->completes[MODE_S] || row->completes[MODE_U];
    const char *s = below ? "S" : "M";
    if (!classify_completes(row))
        fputs("It always traps, in every mode: it is neither privileged nor sensitive.\n", out);
    else if (row->privileged == (row->completes[MODE_U] | row->completes[MODE_S] | row->completes[MODE_M]))
        fprintf(out,
                "Privileged: in all %" PRIu32
                " pairs of states that differ in the mode alone (%s against U; in the default "
                "configuration), it completes in %s and traps in U.\n",
                row->pairs, s, s);
    else if (row->privileged)
        fprintf(out, "Privileged in %d of %d configurations: who may use it is for the configuration to say.\n",
                __builtin_popcountll(row->privileged), CONFIGS);
    else
        fprintf(out,
                "Not privileged: of %" PRIu32
                " pairs of states that differ in the mode alone, there is one in which U-mode "
                "does not trap.\n",
                row->pairs);
}

static void explain_test(const char *name, const char *what_for, uint64_t set, uint32_t pairs, FILE *out)
{
    fprintf(out, "%s sensitive: %s. %s", name, set ? "yes" : "no", what_for);
    if (pairs)
        fprintf(out, " (%" PRIu32 " pairs)", pairs);
    fputs(".\n", out);
}

static void explain_sensitive(const struct classified *row, FILE *out)
{
    explain_test("Control",
                 row->control ? "In some state it completes and changes mode, relocation or control state"
                              : "Wherever it completes, mode, relocation and control state are as before",
                 row->control, 0, out);
    explain_test("Location",
                 row->location ? "With the same virtual memory in other frames something else comes out"
                               : "With all frames moved, the same comes out",
                 row->location, row->pairs_location, out);
    if (row->pairs_both)
        explain_test("Mode",
                     row->mode ? "S- and U-mode complete, with different results"
                               : "Where S- and U-mode both complete, the results are equal",
                     row->mode, row->pairs_both, out);
    else
        fprintf(out, "Mode sensitive: no. In none of %" PRIu32 " pairs does it complete in both modes and keep them.\n",
                row->pairs_mode);
    fprintf(out, "Apart from the paper's definitions: it %s on the configuration, and %s on the clock.\n",
            row->config ? "depends" : "does not depend", row->clock ? "depends" : "does not depend");
}

static void explain_theorems(const struct classified *row, FILE *out)
{
    bool sensitive = row->control | row->location | row->mode;
    if (row->strict_bad)
        fprintf(out,
                "So it is sensitive and not privileged, in %d of %d configurations: Theorem 1 fails for this machine.\n",
                __builtin_popcountll(row->strict_bad), CONFIGS);
    else if (row->pointwise_bad)
        fputs(
            "So Theorem 1 fails pointwise: some user state gets by without a trap where supervisor mode acts otherwise.\n",
            out);
    else
        fprintf(out, "So it is %s.\n",
                !classify_completes(row) ? "harmless: a monitor gets to see each of its traps"
                : sensitive              ? "sensitive, and privileged: in U-mode it traps, and a monitor can emulate it"
                            : "innocuous as far as the theorems go: a monitor can let the hardware execute it");
    if (row->strict_bad | row->pointwise_bad)
        fprintf(out, "Theorem 3 (a hybrid monitor) %s: with the guest in U-mode alone, it is %s.\n",
                row->third_bad ? "fails, too" : "holds", row->third_bad ? "sensitive, still" : "not sensitive");
}

void classify_explain(insn_profile profile, const struct classified *row, FILE *out)
{
    struct outcome reads = {.reads = row->reads};
    char name[64], text[80];
    classified_name(row, name, sizeof name);
    fprintf(out, "%s\n", name);
    for (enum test t = 0; t < TEST_count; t++)
        if (row->witness[t].found) {
            insn_format_in(profile, text, sizeof text, row->witness[t].insn.word, 0);
            fprintf(out, "as in `%s`\n", text);
            break;
        }
    fprintf(out,
            "\nIt was executed %" PRIu32
            " times, as %u word%s (destination and source register x0 and not x0), from every\n"
            "combination of the state that it reads: ",
            row->executions, row->variants, row->variants == 1 ? "" : "s");
    print_reads(&reads, out);
    fputs(".\n", out);
    explain_ends(row, out);
    fputc('\n', out);
    explain_privileged(row, out);
    explain_sensitive(row, out);
    if (row->untested)
        fprintf(out, "untested(%" PRIu32 "): it reads state that was not varied, or has too many combinations.\n",
                row->untested);
    explain_theorems(row, out);
    if (classify_completes(row))
        fputs("\nSee for yourself:\n", out);
    for (enum test t = 0; t < TEST_count; t++)
        if (row->witness[t].found)
            fprintf(out, "  trapeze classify%s%s%s --witness %s-%s\n", profile == PROFILE_STRICT ? "" : " --profile ",
                    profile == PROFILE_STRICT ? "" : profile_text(profile).text,
                    profile & PROFILE_SEEDED ? " --answers" : "", name, test_names[t]);
}
