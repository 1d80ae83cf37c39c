/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Encodings do not overlap, and word -> instruction -> text -> assembler -> word is the identity.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "assembler/assembler.h"
#include "isa/insn.h"

enum { RANDOM_OPERANDS = 400, RANDOM_WORDS = 1000000 };

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static const struct insn_format_row *format_of(unsigned id)
{
    return &insn_formats[insn_rows[id].format];
}

/* Two rows of 32 bits never match one word; nor do rows and formats contradict themselves. */
static void rows_do_not_overlap(void **state)
{
    (void)state;
    for (unsigned x = INSN_illegal + 1; x < INSN_count_flawed; x++) {
        const struct insn_format_row *f = format_of(x);
        assert_int_equal(insn_rows[x].match & ~f->mask, 0);
        assert_int_equal((insn_rows[x].match & 3) == 3 ? 4 : 2, f->length);
        assert_true(insn_rows[insn_rows[x].base].base == insn_rows[x].base);
        if (f->immediate != IMMEDIATE_none)
            assert_int_equal(insn_immediate_put((enum insn_immediate)f->immediate, -1) & f->mask, 0);
        for (unsigned y = x + 1; y < INSN_count_flawed; y++) {
            uint32_t both = f->mask & format_of(y)->mask;
            if (f->length == 4 && format_of(y)->length == 4 && ((insn_rows[x].match ^ insn_rows[y].match) & both) == 0)
                fail_msg("%s and %s overlap", insn_rows[x].mnemonic, insn_rows[y].mnemonic);
        }
    }
}

/* Does row `id`, by its mask, match and rule alone, take this 16-bit word? Written apart from insn.c. */
static bool row_takes(unsigned id, uint32_t word)
{
    const struct insn_format_row *f = format_of(id);
    if (f->length != 2 || (word & f->mask) != insn_rows[id].match)
        return false;
    unsigned r7 = word >> 7 & 31, r2 = word >> 2 & 31;
    bool imm = insn_immediate_get((enum insn_immediate)f->immediate, word) != 0;
    switch (f->rule) {
    case RULE_RD_NOT_0:
    case RULE_RS1_NOT_0:
        return r7 != 0;
    case RULE_RS2_NOT_0:
        return r2 != 0;
    case RULE_IMM_NOT_0:
        return imm;
    case RULE_RD_NOT_2_IMM_NOT_0:
        return r7 != 2 && imm;
    default:
        return true;
    }
}

/* Rows that are the more special case of another: the special one wins, as the manual's tables show. */
static bool is_special_case(unsigned x, unsigned y)
{
    return (format_of(x)->mask & format_of(y)->mask) == format_of(y)->mask && format_of(x)->mask != format_of(y)->mask;
}

static void each_short_word_has_one_row(void **state)
{
    (void)state;
    unsigned valid = 0;
    for (uint32_t word = 0; word < 0x10000; word++) {
        if ((word & 3) == 3)
            continue;
        unsigned found = INSN_illegal;
        for (unsigned id = INSN_illegal + 1; id < INSN_count; id++) {
            if (!row_takes(id, word))
                continue;
            if (found != INSN_illegal && !is_special_case(found, id) && !is_special_case(id, found))
                fail_msg("%04x is %s and %s", word, insn_rows[found].mnemonic, insn_rows[id].mnemonic);
            if (found == INSN_illegal || is_special_case(id, found))
                found = id;
        }
        struct insn i;
        bool ok = insn_decode(word, &i);
        if (ok != (found != INSN_illegal) || i.id != found || i.length != 2)
            fail_msg("%04x decodes to %s, its row is %s", word, insn_rows[i.id].mnemonic, insn_rows[found].mnemonic);
        valid += ok;
    }
    assert_int_equal(valid, 38551);
}

/* Words to test: all short ones, and for every long row the corners of its operands and random ones. */
struct words {
    uint32_t *all;
    size_t count, capacity;
};

static void add_word(struct words *w, uint32_t word)
{
    if (w->count == w->capacity) {
        w->capacity = w->capacity == 0 ? 4096 : w->capacity * 2;
        w->all = realloc(w->all, w->capacity * sizeof *w->all);
        assert_non_null(w->all);
    }
    w->all[w->count++] = word;
}

static void add_row(struct words *w, unsigned id, uint64_t *seed)
{
    static const uint32_t corners[] = {0,          UINT32_MAX, 0x55555555, 0xaaaaaaaa,
                                       0x80000000, 0x7fffffff, 0x00000fff, 0xfffff000};
    uint32_t mask = format_of(id)->mask, match = insn_rows[id].match;
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++)
        add_word(w, match | (corners[i] & ~mask));
    for (unsigned bit = 0; bit < 32; bit++)
        add_word(w, match | ((1u << bit) & ~mask));
    for (unsigned i = 0; i < RANDOM_OPERANDS; i++)
        add_word(w, match | ((uint32_t)random_next(seed) & ~mask));
}

static struct words make_words(uint64_t *seed)
{
    struct words w = {0};
    for (uint32_t word = 0; word < 0x10000; word++)
        if ((word & 3) != 3)
            add_word(&w, word);
    for (unsigned id = INSN_illegal + 1; id < INSN_count_flawed; id++)
        if (format_of(id)->length == 4)
            add_row(&w, id, seed);
    for (uint32_t sets = 0; sets < 256; sets++) /* few other fences have a text */
        add_word(&w, insn_rows[INSN_fence].match | sets << 20);
    for (unsigned i = 0; i < 20000; i++)
        add_word(&w, (uint32_t)random_next(seed) | 3);
    return w;
}

static uint64_t seed_of_this_run(void)
{
    const char *text = getenv("SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 0) : 20240601;
    print_message("seed %" PRIu64 " (SEED=N for another)\n", seed);
    return seed;
}

static void check_identity(insn_profile profile, uint32_t word)
{
    struct insn i;
    uint32_t back;
    if (!insn_decode_in(profile, word, &i)) {
        assert_int_equal(i.id, INSN_illegal);
        assert_false(insn_encode(&i, &back));
        return;
    }
    assert_true(i.id < insn_count(profile));
    uint32_t whole = i.length == 2 ? word & 0xffff : word;
    if (!insn_encode(&i, &back) || back != whole)
        fail_msg("%08x decodes to %s and encodes to %08x", word, insn_rows[i.id].mnemonic, back);
}

static void decode_then_encode(void **state)
{
    (void)state;
    uint64_t seed = seed_of_this_run();
    struct words w = make_words(&seed);
    for (size_t i = 0; i < w.count; i++) {
        check_identity(PROFILE_STRICT, w.all[i]);
        check_identity(PROFILE_FLAWED, w.all[i]);
        check_identity(PROFILE_SEEDED, w.all[i]);
    }
    for (unsigned i = 0; i < RANDOM_WORDS; i++)
        check_identity(i % 2 ? PROFILE_FLAWED : PROFILE_STRICT, (uint32_t)random_next(&seed));
    print_message("%zu words, and %d random ones\n", w.count, RANDOM_WORDS);
    free(w.all);
}

/* An operand that does not fit is refused. */
static void encode_refuses(void **state)
{
    (void)state;
    static const struct insn bad[] = {
        {.id = INSN_addi, .rd = 32},
        {.id = INSN_addi, .imm = 2048},
        {.id = INSN_addi, .imm = -2049},
        {.id = INSN_addi, .rs2 = 1},
        {.id = INSN_lui, .imm = 1},
        {.id = INSN_jal, .imm = 1},
        {.id = INSN_beq, .imm = 4096},
        {.id = INSN_slli, .imm = 64},
        {.id = INSN_c_addi, .rd = 5, .rs1 = 6, .imm = 1},
        {.id = INSN_c_addi, .imm = 1},
        {.id = INSN_c_lw, .rd = 7, .rs1 = 8},
        {.id = INSN_c_lw, .rd = 8, .rs1 = 8, .imm = 2},
        {.id = INSN_c_addi4spn, .rd = 8, .rs1 = 2},
        {.id = INSN_c_jr},
        {.id = INSN_c_lui, .rd = 2, .imm = 4096},
        {.id = INSN_illegal},
        {.id = INSN_count_all},
        {.id = INSN_ecall, .imm = 1},
        {.id = INSN_csrrw, .imm = 4096},
        {.id = INSN_lr_w, .imm = 4},
    };
    uint32_t word;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (insn_encode(&bad[i], &word))
            fail_msg("bad[%zu] was encoded as %08x", i, word);
}

static void ranges_are_exact(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind < IMMEDIATE_count; kind++) {
        struct insn_range r = insn_immediate_range((enum insn_immediate)kind);
        int64_t step = r.multiple, tests[] = {r.least, r.least + step, 0, r.greatest - step, r.greatest};
        for (unsigned i = 0; i < 5; i++)
            assert_int_equal(insn_immediate_get(kind, insn_immediate_put(kind, tests[i])), tests[i]);
        assert_int_not_equal(insn_immediate_get(kind, insn_immediate_put(kind, r.greatest + step)), r.greatest + step);
        assert_int_not_equal(insn_immediate_get(kind, insn_immediate_put(kind, r.least - step)), r.least - step);
        if (step > 1)
            assert_int_not_equal(insn_immediate_get(kind, insn_immediate_put(kind, 1)), 1);
    }
}

/* All the words as one source, the rows of four bytes under norvc; each line must give its word back. */
static void format_then_assemble_in(insn_profile profile)
{
    uint64_t seed = seed_of_this_run();
    struct words w = make_words(&seed);
    struct asm_options options = ASM_DEFAULTS;
    options.profile = profile;
    char *text = malloc(w.count * 96), *at = text;
    uint8_t *expected = malloc(w.count * 4);
    assert_non_null(text);
    assert_non_null(expected);
    size_t size = 0, texts = 0;
    for (size_t i = 0, compress = true; i < w.count; i++) {
        size_t length = (w.all[i] & 3) == 3 ? 4 : 2;
        if ((length == 2) != compress)
            at += sprintf(at, ".option %s\n", length == 2 ? "rvc" : "norvc");
        compress = length == 2;
        size_t n = insn_format_in(profile, at, 80, w.all[i], options.text_base + size);
        assert_true(n < 80);
        texts += *at != '.';
        at += n;
        *at++ = '\n';
        memcpy(expected + size, &w.all[i], length);
        size += length;
    }
    struct asm_input source = {"words", text, (size_t)(at - text)};
    struct asm_result *r = asm_assemble(&source, 1, &options, stderr);
    assert_int_equal(asm_error_count(r), 0);
    size_t got;
    uint64_t base;
    const uint8_t *image = asm_image(r, &got, &base);
    assert_true(got >= size);
    for (size_t i = 0; i < size; i++)
        if (image[i] != expected[i])
            fail_msg("byte %zu differs", i);
    print_message("%zu words, %zu of them as instructions\n", w.count, texts);
    asm_free(r);
    free(text);
    free(expected);
    free(w.all);
}

static void format_then_assemble(void **state)
{
    (void)state;
    format_then_assemble_in(PROFILE_STRICT);
    format_then_assemble_in(PROFILE_FLAWED);
    format_then_assemble_in(PROFILE_SEEDED);
}

static void format_counts_and_cuts(void **state)
{
    (void)state;
    char whole[96], cut[8];
    size_t n = insn_format(whole, sizeof whole, 0x00050513, 0);
    assert_string_equal(whole, "addi a0,a0,0");
    assert_int_equal(n, strlen(whole));
    assert_int_equal(insn_format(cut, sizeof cut, 0x00050513, 0), n);
    assert_string_equal(cut, "addi a0");
    assert_int_equal(insn_format(NULL, 0, 0x00050513, 0), n);
    insn_format(whole, sizeof whole, 0xfe0518e3, 0x80000010);
    assert_string_equal(whole, "bne a0,zero,0x80000000");
    insn_format(whole, sizeof whole, 0x1405a52f, 0);
    assert_string_equal(whole, "lr.w.aq a0,(a1)");
    insn_format(whole, sizeof whole, 0x8330000f, 0);
    assert_string_equal(whole, "fence.tso");
    insn_format(whole, sizeof whole, 0x0000000f, 0);
    assert_string_equal(whole, ".4byte 0x0000000f");
    insn_format(whole, sizeof whole, 0xffff0000, 0);
    assert_string_equal(whole, ".2byte 0x0000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_do_not_overlap),    cmocka_unit_test(each_short_word_has_one_row),
        cmocka_unit_test(decode_then_encode),     cmocka_unit_test(encode_refuses),
        cmocka_unit_test(ranges_are_exact),       cmocka_unit_test(format_then_assemble),
        cmocka_unit_test(format_counts_and_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
