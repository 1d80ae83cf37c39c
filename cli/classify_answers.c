/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * classify --answers: the key of a lab about a seeded machine. It is what the checker finds, and only then the names of what
 * the machine's instructions do.
 */
#include "classify.h"
#include "isa/seeded.h"
#include "sheet.h"

static struct odd odd_of(const struct classification *c, const struct classified *row)
{
    return odd_insn(c->profile, row->id);
}

static bool everywhere(const struct classification *c, bool third)
{
    unsigned holds[3] = {0};
    classify_count_theorems(c, holds);
    return third ? holds[2] == CONFIGS : holds[0] == CONFIGS && holds[1] == CONFIGS;
}

json_t *classify_answers_json(const struct classification *c)
{
    json_t *instructions = json_array(), *violations = json_array();
    for (unsigned i = 0; i < c->count; i++) {
        const struct classified *row = &c->row[i];
        const struct odd_row *odd = &odd_rows[odd_of(c, row).does];
        const char *name = insn_rows[row->id].mnemonic;
        json_array_append_new(
            instructions,
            json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "insn", name, "privileged", classify_word(row, row->privileged, 0),
                      "control", classify_word(row, row->control, 0), "location", classify_word(row, row->location, 0),
                      "mode", classify_word(row, row->mode, 0), "does", odd->name, "meaning", odd->meaning));
        if (classify_violates(row))
            json_array_append_new(violations, json_string(name));
    }
    return json_pack("{s:s,s:s,s:b,s:b,s:o,s:o}", "schema", "trapeze.answers/1", "profile", profile_text(c->profile).text,
                     "theorem1", everywhere(c, false), "theorem3", everywhere(c, true), "violations", violations,
                     "instructions", instructions);
}

void classify_print_answers(const struct classification *c, bool md, FILE *out)
{
    static const char *const columns[] = {"instruction", "privileged", "control",     "location",
                                          "mode",        "theorem 1",  "what it does"};
    char title[PROFILE_TEXT + 16];
    snprintf(title, sizeof title, "The machine %s", profile_text(c->profile).text);
    struct sheet s = sheet_make(title, NULL, columns, 7);
    for (unsigned i = 0; i < c->count; i++) {
        const struct classified *row = &c->row[i];
        char does[160];
        snprintf(does, sizeof does, "%s: %s%s", odd_rows[odd_of(c, row).does].name, odd_rows[odd_of(c, row).does].meaning,
                 odd_of(c, row).mode == MODE_S   ? "; traps in U"
                 : odd_of(c, row).mode == MODE_M ? "; traps in U and S"
                                                 : "");
        sheet_row(
            &s, ((const char *const[]){insn_rows[row->id].mnemonic, classify_word(row, row->privileged, 0),
                                       classify_word(row, row->control, 0), classify_word(row, row->location, 0),
                                       classify_word(row, row->mode, 0), classify_violates(row) ? "violates" : "", does}));
    }
    (md ? sheet_markdown : sheet_text)(&s, out);
    sheet_free(&s);
    fprintf(out, "\nTheorem 1 %s, Theorem 3 %s. (All other instructions are the strict machine's, for which both hold.)\n",
            everywhere(c, false) ? "holds" : "fails", everywhere(c, true) ? "holds" : "fails");
}
