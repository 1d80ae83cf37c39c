/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole classification as JSON (docs/formats.md).
 */
#include <string.h>

#include "classify.h"

static json_t *violations_json(const struct classification *c, unsigned config)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < c->count; i++) {
        const struct classified *row = &c->row[i];
        char name[64], witness[96], by[64];
        if (!(classify_violates(row) >> config & 1))
            continue;
        classified_name(row, name, sizeof name);
        snprintf(witness, sizeof witness, "%s-%s", name, test_names[classify_telling_test(row)]);
        json_array_append_new(list, json_pack("{s:s,s:s,s:s?}", "insn", name, "witness", witness, "removed_by",
                                              violation_removed_by(row, config, by, sizeof by)));
    }
    return list;
}

static json_t *configuration_json(const struct classification *c, unsigned named)
{
    unsigned config = classify_config(named);
    struct theorems t = classification_theorems(c, config);
    return json_pack("{s:s,s:b,s:b,s:b,s:o}", "name", named_configurations[named].name, "theorem1_strict", t.strict,
                     "theorem1_pointwise", t.pointwise, "theorem3", t.third, "violations", violations_json(c, config));
}

static json_t *instruction_json(const struct classified *row)
{
    char name[64];
    classified_name(row, name, sizeof name);
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:i,s:i,s:i,s:i}", "name", name, "privileged",
                     classify_word(row, row->privileged, 0), "control", classify_word(row, row->control, 0), "location",
                     classify_word(row, row->location, 0), "mode", classify_word(row, row->mode, 0), "config",
                     row->config ? "yes" : "no", "clock", row->clock ? "yes" : "no", "pairs", row->pairs, "pairs_location",
                     row->pairs_location, "pairs_mode", row->pairs_mode, "untested", row->untested, "executions",
                     row->executions);
}

/* Where the verdict is another one in a named configuration. */
static void add_changes(json_t *object, const struct classified *row)
{
    json_t *changes = json_object();
    for (unsigned i = 1; i < NAMED_CONFIGS; i++) {
        unsigned config = classify_config(i);
        char here[64], there[64];
        classify_kind(row, 0, here, sizeof here);
        classify_kind(row, config, there, sizeof there);
        if (strcmp(here, there) != 0)
            json_object_set_new(changes, named_configurations[i].name, json_string(there));
    }
    if (json_object_size(changes))
        json_object_set(object, "otherwise", changes);
    json_decref(changes);
}

/* Instructions with a CSR that always trap, for each mnemonic: how many; they are not listed one by one. */
static json_t *always_trap_json(const struct classification *c)
{
    json_t *object = json_object();
    for (unsigned i = 0; i < c->count; i++) {
        const char *name = insn_rows[c->row[i].id].mnemonic;
        if (c->row[i].csr == NO_CSR || classify_completes(&c->row[i]))
            continue;
        json_int_t before = json_integer_value(json_object_get(object, name));
        json_object_set_new(object, name, json_integer(before + 1));
    }
    return object;
}

json_t *classify_json(const struct classification *c, double seconds)
{
    json_t *configurations = json_array(), *instructions = json_array(), *mismatches = json_array();
    unsigned holds[3] = {0};
    for (unsigned i = 0; i < NAMED_CONFIGS; i++)
        json_array_append_new(configurations, configuration_json(c, i));
    for (unsigned i = 0; i < c->count; i++) {
        const struct classified *row = &c->row[i];
        char name[64], text[128];
        if (row->csr == NO_CSR || classify_completes(row)) {
            json_t *object = instruction_json(row);
            add_changes(object, row);
            json_array_append_new(instructions, object);
        }
        if (table_mismatch(row, c->profile, text, sizeof text)) {
            classified_name(row, name, sizeof name);
            json_array_append_new(mismatches, json_pack("{s:s,s:s}", "insn", name, "what", text));
        }
    }
    classify_count_theorems(c, holds);
    return json_pack("{s:s,s:s,s:o,s:{s:i,s:i,s:i,s:i},s:o,s:o,s:o,s:I,s:f}", "schema", "trapeze.classify/1", "profile",
                     profile_text(c->profile).text, "configurations", configurations, "all_configurations", "count",
                     CONFIGS, "theorem1_strict", holds[0], "theorem1_pointwise", holds[1], "theorem3", holds[2],
                     "instructions", instructions, "always_trap", always_trap_json(c), "table_mismatches", mismatches,
                     "executions", (json_int_t)c->executions, "seconds", seconds);
}
