/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From trials to verdicts: variants, rows, configurations, theorems.
 */
#include "classify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "judge.h"
#include "words.h"

const char *const test_names[TEST_count] = {"privileged", "control", "location", "mode", "config", "clock", "pointwise"};

/* --- configurations --------------------------------------------------------------------------------------------------------------- */

const struct named_configuration named_configurations[NAMED_CONFIGS] = {
    {"default", "as after reset: TVM, TW, TSR, the counter enables and STCE are 0", {0}},
    {"counters", "mcounteren and scounteren let U-mode read the counters", {.mcounteren = true, .scounteren = true}},
    {"counters-s", "mcounteren lets S-mode read the counters, scounteren does not let U-mode", {.mcounteren = true}},
    {"tvm", "mstatus.TVM: satp and sfence.vma trap in S-mode", {.tvm = true}},
    {"tw", "mstatus.TW: wfi traps in S-mode", {.tw = true}},
    {"tsr", "mstatus.TSR: sret traps in S-mode", {.tsr = true}},
    {"sstc", "menvcfg.STCE and mcounteren: S-mode has a timer of its own", {.stce = true, .mcounteren = true}},
    {"all", "all of these", {true, true, true, true, true, true}},
};

struct configuration configuration_of(unsigned i)
{
    return (struct configuration){i & 1, i >> 1 & 1, i >> 2 & 1, i >> 3 & 1, i >> 4 & 1, i >> 5 & 1};
}

unsigned configuration_index(struct configuration c)
{
    return (unsigned)(c.tvm | c.tw << 1 | c.tsr << 2 | c.stce << 3 | c.mcounteren << 4 | c.scounteren << 5);
}

/* --- one variant ------------------------------------------------------------------------------------------------------------------- */

static void explore(struct variant *v, bool paged)
{
    struct explorer e;
    uint8_t used[CHOICE_count];
    unsigned count;
    explore_begin(&e, &v->insn, paged);
    do
        count = judge_trial(v, &e.at, paged, used);
    while (explore_next(&e, used, count));
    if (e.trials == e.most)
        v->row->untested++;
}

/* The variant's sets into the row's. An instruction is judged where it can complete at all. Pairs (S, U) decide, or (M, U)
 * where it completes in M-mode only. */
static void add_variant(const struct variant *v)
{
    struct classified *row = v->row;
    uint64_t in_s = v->completes[MODE_S] | v->completes[MODE_U], in_m = v->completes[MODE_M] & ~in_s, in_any = in_s | in_m;
    uint64_t privileged = (in_s & ~v->against[MODE_S]) | (in_m & ~v->against[MODE_M]);
    uint64_t control = v->effects[MODE_U] | v->effects[MODE_S] | (v->effects[MODE_M] & in_m);
    uint64_t location = v->location[MODE_U] | v->location[MODE_S];
    row->variants++;
    row->variants_done = (uint16_t)(row->variants_done + (in_any != 0));
    for (unsigned m = 0; m < 4; m++)
        row->completes[m] |= v->completes[m];
    row->privileged &= privileged | ~in_any;
    row->control |= control;
    row->location |= location;
    row->mode |= v->mode;
    row->user_control |= v->effects[MODE_U];
    row->user_location |= v->location[MODE_U];
    row->strict_bad |= (control | location | v->mode) & ~privileged;
    row->third_bad |= (v->effects[MODE_U] | v->location[MODE_U]) & ~privileged;
    row->pointwise_bad |= v->pointwise;
    row->pairs += in_s & 1 || !(in_m & 1) ? v->pairs[MODE_S] : v->pairs[MODE_M];
    row->pairs_location += v->pairs_location;
    row->pairs_mode += v->pairs_mode;
    row->pairs_both += v->pairs_both;
}

/* What the instruction reads and no state varied. */
static unsigned never_varied(const struct field_set *reads)
{
    unsigned n = 0;
    for (unsigned f = FIELD_behind_x + 1; f < FIELD_count; f++)
        n += field_in(reads, f) && !field_infos[f].varied;
    return n;
}

static void classify_row(struct subject *s, struct classified *row)
{
    struct subject_insn variant[VARIANTS_MOST];
    unsigned count = words_of(row->id, row->csr, variant);
    row->privileged = CONFIGS_ALL;
    for (unsigned i = 0; i < count; i++) {
        struct variant v = {.row = row, .subject = s, .insn = variant[i]};
        subject_load(s, &variant[i]);
        explore(&v, false);
        explore(&v, true);
        add_variant(&v);
    }
    row->privileged &= row->completes[MODE_U] | row->completes[MODE_S] | row->completes[MODE_M];
    row->untested += never_varied(&row->reads);
    row->undetermined = !row->pairs || !row->pairs_location || !row->pairs_mode;
}

/* --- all rows ---------------------------------------------------------------------------------------------------------------------- */

#define CSRS 4096

static unsigned list_rows(const struct classify_options *o, struct classified *row)
{
    unsigned n = 0;
    for (uint16_t id = INSN_illegal + 1; id < insn_count(o->profile); id++)
        for (unsigned csr = 0; csr < (!insn_in(o->profile, id) ? 0 : words_by_csr(id) ? CSRS : 1); csr++) {
            uint16_t number = words_by_csr(id) ? (uint16_t)csr : NO_CSR;
            if (o->wanted && !o->wanted(o->context, id, number))
                continue;
            row[n++] = (struct classified){.id = id, .csr = number};
        }
    return n;
}

struct classification *classify(const struct classify_options *o, const char **why)
{
    struct classification *c = calloc(1, sizeof *c);
    struct subject *s = subject_new(o->profile, why);
    if (c)
        c->row = calloc(insn_count(o->profile) + 6 * CSRS, sizeof *c->row);
    if (!c || !s || !c->row) {
        *why = *why ? *why : "out of memory";
        classification_free(c);
        subject_free(s);
        return NULL;
    }
    c->profile = o->profile;
    c->count = list_rows(o, c->row);
    for (unsigned i = 0; i < c->count; i++) {
        classify_row(s, &c->row[i]);
        c->executions += c->row[i].executions;
        if (o->progress)
            o->progress(o->context, i + 1, c->count);
    }
    subject_free(s);
    return c;
}

void classification_free(struct classification *c)
{
    if (c)
        free(c->row);
    free(c);
}

void classified_name(const struct classified *row, char *text, size_t n)
{
    const char *csr = row->csr == NO_CSR ? NULL : csr_name(row->csr);
    if (row->csr == NO_CSR)
        snprintf(text, n, "%s", insn_rows[row->id].mnemonic);
    else if (csr)
        snprintf(text, n, "%s.%s", insn_rows[row->id].mnemonic, csr);
    else
        snprintf(text, n, "%s.0x%03x", insn_rows[row->id].mnemonic, row->csr);
}

/* --- theorems ------------------------------------------------------------------------------------------------------------------------ */

struct theorems classification_theorems(const struct classification *c, unsigned config)
{
    struct theorems t = {true, true, true, true};
    for (unsigned i = 0; i < c->count; i++) {
        const struct classified *row = &c->row[i];
        t.strict = t.strict && !(row->strict_bad >> config & 1);
        t.pointwise = t.pointwise && !(row->pointwise_bad >> config & 1);
        t.third = t.third && !(row->third_bad >> config & 1);
        t.determined = t.determined && !row->undetermined;
    }
    return t;
}

const char *violation_removed_by(const struct classified *row, unsigned config, char *text, size_t n)
{
    static const char *const names[] = {"mstatus.TVM",  "mstatus.TW", "mstatus.TSR",
                                        "menvcfg.STCE", "mcounteren", "scounteren"};
    uint64_t bad = row->strict_bad | row->pointwise_bad;
    for (unsigned bit = 0; bit < 6; bit++)
        if (!(bad >> (config ^ 1u << bit) & 1)) {
            snprintf(text, n, "%s = %u", names[bit], !(config >> bit & 1));
            return text;
        }
    return NULL;
}

/* --- witnesses ----------------------------------------------------------------------------------------------------------------------- */

bool witness_replay(struct subject *s, enum test test, const struct witness *w, struct replay *r)
{
    subject_load(s, &w->insn);
    for (unsigned i = 0; i < 2; i++) {
        subject_start(s, &w->assignment, w->mode[i], w->layout[i], &r->start[i]);
        if (i == 1 && test == TEST_CONFIG)
            *control_field(&r->start[i].csr, (enum field)w->field) ^= UINT64_C(1) << w->bit;
        if (i == 1 && test == TEST_CLOCK)
            r->start[i].clock = (struct clock){1500, 1400, 601000, 12422};
        subject_run(s, &r->start[i], &r->end[i]);
    }
    return judge_shows(test, r);
}

void witness_minimize(struct subject *s, enum test test, struct witness *w)
{
    struct replay r;
    for (unsigned c = 0; c < CHOICE_count; c++) {
        struct witness simpler = *w;
        simpler.assignment.value[c] = 0;
        if (w->assignment.value[c] && witness_replay(s, test, &simpler, &r))
            *w = simpler;
    }
}
