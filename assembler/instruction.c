/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An instruction: each way to write its mnemonic is tried until its syntax fits the operands.
 */
#include "internal.h"
#include "expand.h"

#include <inttypes.h>
#include <string.h>

/* A way to write an instruction. */
struct way {
    const char *mnemonic, *syntax;
    struct insn insn; /* what the syntax does not write */
    bool compress;
    expand_function *expand; /* NULL: it is one instruction */
};

static const struct way ways[] = {
#define PSEUDO(mnemonic, syntax, id, rd, rs1, rs2, imm, compress)                                                          \
    {mnemonic, syntax, {INSN_##id, rd, rs1, rs2, 0, imm}, compress, NULL},
#define EXPAND(mnemonic, syntax, function, id, imm)                                                                        \
    {mnemonic, syntax, {INSN_##id, 0, 0, 0, 0, imm}, false, expand_##function},
#include "pseudo.def"
};
enum { WAYS = sizeof ways / sizeof *ways };

/* The registers of a compressed instruction that its syntax does not write. */
static void fill_implied(struct insn *i, const char *syntax)
{
    const struct insn_format_row *f = &insn_formats[insn_rows[i->id].format];
    if (f->length != 2)
        return;
    if (f->rd == FIELD_SP)
        i->rd = 2;
    if (f->rd == FIELD_RA)
        i->rd = 1;
    if (strchr(syntax, 's') != NULL)
        return;
    if (f->rs1 == FIELD_SP)
        i->rs1 = 2;
    else if (f->rs1 == f->rd)
        i->rs1 = i->rd;
}

/* Why the operands do not fit: the immediate, or a register. */
static bool fail_encoding(struct assembler *a, const struct operands *o)
{
    const struct insn_row *row = &insn_rows[o->insn.id];
    const struct insn_format_row *f = &insn_formats[row->format];
    struct insn_range r = insn_immediate_range((enum insn_immediate)f->immediate);
    if (o->expr_at != NULL && (o->insn.imm < r.least || o->insn.imm > r.greatest || o->insn.imm % r.multiple != 0)) {
        char steps[40] = "";
        if (r.multiple > 1)
            snprintf(steps, sizeof steps, " in steps of %u", r.multiple);
        return asm_fail(a, o->expr_at, "`%s` takes %" PRId64 " to %" PRId64 "%s, and this is %" PRId64, row->mnemonic,
                        r.least, r.greatest, steps, o->insn.imm);
    }
    return asm_fail(a, a->line->text + strspn(a->line->text, " "), "`%s` cannot have these operands", row->mnemonic);
}

static bool emit_way(struct assembler *a, const struct way *way, struct operands *o)
{
    uint32_t word;
    unsigned base = insn_rows[o->insn.id].base;
    bool compressed = base != o->insn.id;
    if (way->expand != NULL)
        return way->expand(a, o);
    fill_implied(&o->insn, way->syntax);
    if (o->target) {
        o->insn.id = (uint16_t)base; /* a c.j that cannot reach becomes a jal, as with GNU as */
        return emit_branch(a, &o->insn, o->expr, a->compress && (way->compress || compressed), o->expr_at);
    }
    if (o->expr != NULL)
        return emit_insn_fixup(a, &o->insn, o->kind, o->expr, o->expr_at);
    if (!insn_encode(&o->insn, &word))
        return fail_encoding(a, o);
    return emit_insn(a, &o->insn, way->compress);
}

static bool try_way(struct assembler *a, const struct way *way, bool *parsed)
{
    struct operands o = {.insn = way->insn};
    *parsed = false;
    if (insn_formats[insn_rows[way->insn.id].format].length == 2 && way->insn.id != INSN_illegal && !a->compress) {
        return asm_fail(a, a->line->text, "`%s` is compressed, and .option norvc is in force", way->mnemonic);
    }
    for (const char *s = way->syntax; *s != '\0'; s++) {
        if (!operand_parse(a, &o, *s))
            return false;
    }
    if (!lex_expect_end(a))
        return false;
    /* A shorter way of a pseudo-instruction that does not fit leaves the word to the next one. */
    if (insn_rows[way->insn.id].base != way->insn.id && strncmp(way->mnemonic, "c.", 2) != 0) {
        struct insn i = o.insn;
        uint32_t word;
        fill_implied(&i, way->syntax);
        if (o.expr != NULL || i.rd == 0 || !insn_encode(&i, &word))
            return false;
    }
    *parsed = true;
    a->failed_at = NULL; /* the ways before have nothing to say about this line any more */
    return emit_way(a, way, &o);
}

/* .aq, .rl or .aqrl at the end of an atomic's mnemonic. */
static size_t ordering_suffix(const char *mnemonic, size_t length, int64_t *aqrl)
{
    static const char *const suffixes[] = {".rl", ".aq", ".aqrl"};
    *aqrl = 0;
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(suffixes[i]);
        if (length <= n || !lex_word_is(mnemonic + length - n, n, suffixes[i]))
            continue;
        *aqrl = (int64_t)i + 1;
        return n;
    }
    return 0;
}

/* The row, of any profile, with this mnemonic, and the ordering that a suffix asks for; INSN_illegal: none. */
static unsigned find_row(const char *mnemonic, size_t length, int64_t *aqrl)
{
    size_t suffix = ordering_suffix(mnemonic, length, aqrl);
    for (unsigned id = INSN_illegal + 1; id < INSN_count_all; id++) {
        bool atomic = insn_formats[insn_rows[id].format].immediate == IMMEDIATE_aqrl;
        if (lex_word_is(mnemonic, atomic ? length - suffix : length, insn_rows[id].mnemonic))
            return id;
    }
    return INSN_illegal;
}

bool instruction_known(const char *mnemonic, size_t length)
{
    int64_t aqrl;
    for (size_t i = 0; i < WAYS; i++) {
        if (lex_word_is(mnemonic, length, ways[i].mnemonic))
            return true;
    }
    return find_row(mnemonic, length, &aqrl) != INSN_illegal;
}

void instruction_offer(struct nearest *n, insn_profile profile)
{
    for (size_t i = 0; i < WAYS; i++)
        nearest_offer(n, ways[i].mnemonic);
    for (unsigned id = INSN_illegal + 1; id < insn_count(profile); id++)
        if (insn_in(profile, id))
            nearest_offer(n, insn_rows[id].mnemonic);
}

bool instruction_assemble(struct assembler *a, const char *mnemonic, size_t length)
{
    const char *operands = a->at;
    bool parsed = false;
    for (size_t i = 0; i < WAYS; i++) {
        if (!lex_word_is(mnemonic, length, ways[i].mnemonic))
            continue;
        a->at = operands;
        bool done = try_way(a, &ways[i], &parsed);
        if (done || parsed)
            return done;
    }
    struct way way = {.compress = true};
    unsigned id = find_row(mnemonic, length, &way.insn.imm);
    if (id == INSN_illegal)
        return false;
    if (id < INSN_count_flawed && !insn_in(a->options.profile, id))
        return asm_fail(a, mnemonic, "`%s` is of %s: assemble with --profile flawed%s", insn_rows[id].mnemonic,
                        id < INSN_odd1 ? "the flawed profile" : "seeded machines", id < INSN_odd1 ? "" : ":SEED");
    way.insn.id = (uint16_t)id;
    way.mnemonic = insn_rows[id].mnemonic;
    way.syntax = insn_formats[insn_rows[id].format].syntax;
    if (id == INSN_jal || id == INSN_jalr)
        way.compress = false;
    a->at = operands;
    return try_way(a, &way, &parsed);
}
