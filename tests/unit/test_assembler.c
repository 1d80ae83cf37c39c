/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The assembler as a library: what its functions promise. Bytes are compared with GNU as by tests/assembler.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "assembler/assembler.h"

static struct asm_result *assemble_with(const char *text, struct asm_options options, FILE *messages)
{
    struct asm_input input = {"test.s", text, strlen(text)};
    return asm_assemble(&input, 1, &options, messages);
}

static void expect_image(const char *text, const uint8_t *bytes, size_t size)
{
    struct asm_result *r = assemble_with(text, ASM_DEFAULTS, stderr);
    size_t got;
    uint64_t base;
    assert_int_equal(asm_error_count(r), 0);
    const uint8_t *image = asm_image(r, &got, &base);
    assert_int_equal(got, size);
    assert_memory_equal(image, bytes, size);
    asm_free(r);
}

#define EXPECT_IMAGE(text, ...) expect_image(text, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* The whole of the messages, to be freed. */
static char *messages_of(const char *text, struct asm_options options, unsigned errors)
{
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    struct asm_result *r = assemble_with(text, options, f);
    fclose(f);
    if (asm_error_count(r) != errors)
        fail_msg("%u errors, not %u: %s", asm_error_count(r), errors, out);
    asm_free(r);
    return out;
}

static void expect_error(const char *text, struct asm_options options, const char *part)
{
    char *out = messages_of(text, options, 1);
    if (strstr(out, part) == NULL)
        fail_msg("no \"%s\" in: %s", part, out);
    free(out);
}

static void images(void **state)
{
    (void)state;
    EXPECT_IMAGE("ret\nnop", 0x82, 0x80, 0x01, 0x00);
    EXPECT_IMAGE(".byte 1, 2\n.data\n.byte 3", 1, 2, 3);
    EXPECT_IMAGE(".data\n.byte 3\n.bss\n.skip 1000", 3);
    EXPECT_IMAGE(".data\n.byte 1\n.section .x,\"a\"\n.balign 4\n.byte 2\n.rodata\n.byte 3", 3, 1, 0, 0, 2);
    /* what GNU as cannot: numbers that are known only at the end */
    EXPECT_IMAGE("a: addi a0,a0,b-a\nbeqz a1,a\nb:", 0x13, 0x05, 0x65, 0x00, 0xf5, 0xdd);
    EXPECT_IMAGE(".data\na: .uleb128 b-a\nb: .skip d-c\n.byte b-a\nc: .byte 1,2\nd:", 1, 0, 0, 1, 1, 2);
    EXPECT_IMAGE(".insn 0x00050513\n.insn 2, 0x1", 0x13, 0x05, 0x05, 0x00, 0x01, 0x00);
}

static void nothing_gives_nothing(void **state)
{
    (void)state;
    struct asm_result *r = assemble_with("", ASM_DEFAULTS, NULL);
    size_t size;
    uint64_t base;
    assert_null(asm_image(r, &size, &base));
    assert_int_equal(size, 0);
    assert_int_equal(base, 0x80000000);
    asm_free(r);
    r = asm_assemble(NULL, 0, &ASM_DEFAULTS, NULL);
    assert_int_equal(asm_error_count(r), 0);
    asm_free(r);
    asm_free(NULL);
}

static void symbols_and_units(void **state)
{
    (void)state;
    static const struct asm_define defines[] = {{"ANSWER", 42}};
    struct asm_options options = ASM_DEFAULTS;
    options.text_base = 0x1000;
    options.defines = defines;
    options.define_count = 1;
    const char *first = ".globl main\nlocal: call main\n.word ANSWER\n",
               *second = ".globl main\nlocal: nop\nmain: j local\n.weak main2\n";
    struct asm_input inputs[] = {{"first.s", first, strlen(first)}, {"second.s", second, strlen(second)}};
    struct asm_result *r = asm_assemble(inputs, 2, &options, stderr);
    uint64_t value;
    assert_int_equal(asm_error_count(r), 0);
    assert_true(asm_symbol(r, "main", &value));
    assert_int_equal(value, 0x100e);
    assert_true(asm_symbol(r, "local", &value));
    assert_int_equal(value, 0x1000);
    assert_true(asm_symbol(r, "ANSWER", &value));
    assert_int_equal(value, 42);
    assert_false(asm_symbol(r, "nowhere", &value));
    asm_free(r);
    inputs[1] = inputs[0];
    inputs[1].text = inputs[0].text = ".globl twice\ntwice: nop\n";
    inputs[1].size = inputs[0].size = strlen(inputs[0].text);
    r = asm_assemble(inputs, 2, &options, NULL);
    assert_int_equal(asm_error_count(r), 1);
    asm_free(r);
}

/* A weak definition gives way to a strong one, and an undefined weak symbol is 0. */
static void weak_symbols(void **state)
{
    (void)state;
    const char *weak = ".weak f\nf: .byte 1\n.data\n.dword f\n.weak none\n.dword none\n",
               *strong = ".globl f\nf: .byte 2\n";
    struct asm_input inputs[] = {{"weak.s", weak, strlen(weak)}, {"strong.s", strong, strlen(strong)}};
    struct asm_result *r = asm_assemble(inputs, 2, &ASM_DEFAULTS, stderr);
    size_t size;
    uint64_t base;
    assert_int_equal(asm_error_count(r), 0);
    const uint8_t *image = asm_image(r, &size, &base);
    const uint8_t expected[] = {1, 0, 2, 0, 2, 0, 0, 0x80};
    assert_memory_equal(image, expected, 3);
    assert_int_equal(image[size - 16], 2);
    assert_int_equal(image[size - 8], 0);
    asm_free(r);
}

static void limits(void **state)
{
    (void)state;
    struct asm_options small = ASM_DEFAULTS;
    small.most_bytes = 1000;
    small.most_lines = 1000;
    expect_error(".zero 1001", small, "1001 is more than the 1000 bytes");
    expect_error(".rept 900\n.dword 1\n.endr", small, "the output grows past 1000 bytes");
    expect_error(".rept 100000\n.endr\n.rept 2000\n.if 0\n.endif\n.endr", small, "more than 1000 lines");
    expect_error(".org 0x7fffffffffffffff", small, "grows past");
    expect_error("a:\n.skip b - a\n.byte 1\nb:", small, "depends on itself");
    expect_error(".macro m\nm\nm\n.endm\nm", small, "nested more than 200 deep");
    expect_error(".set x, y\n.set y, z + z\n.set z, x + x\n.word x", small, "");
    small.no_files = true;
    expect_error(".include \"/etc/passwd\"", small, "files cannot be included");
    expect_error(".incbin \"/etc/passwd\"", small, "files cannot be included");
}

/* "file:line:column: error: text", the line, a caret below the place. */
static void message_form(void **state)
{
    (void)state;
    char *out = messages_of("  nop\n\taddi a0, a9, 1 # why\n", ASM_DEFAULTS, 1);
    assert_string_equal(out, "test.s:2:11: error: `a9` is not a register; did you mean `a0`?\n"
                             "     addi a0, a9, 1 # why\n"
                             "              ^\n");
    free(out);
    struct asm_options colour = ASM_DEFAULTS;
    colour.colour = true;
    out = messages_of("bogus", colour, 1);
    assert_non_null(strstr(out, "\033[1;31merror:\033[0m"));
    free(out);
}

static void written_files(void **state)
{
    (void)state;
    struct asm_result *r = assemble_with("_start: nop\n.macro m x\nli a0,\\x\n.endm\nm 5\n.data\n.asciz \"hello, world\"\n",
                                         ASM_DEFAULTS, stderr);
    FILE *f = tmpfile();
    char text[4096] = "";
    assert_true(asm_write_listing(r, f));
    rewind(f);
    assert_true(fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f);
    assert_non_null(strstr(text, "80000000  0100"));
    assert_non_null(strstr(text, "> li a0,5"));
    assert_non_null(strstr(text, "_start"));
    f = tmpfile();
    assert_true(asm_write_binary(r, f));
    assert_int_equal(ftell(f), 17);
    fclose(f);
    f = tmpfile();
    assert_true(asm_write_elf(r, f));
    rewind(f);
    assert_int_equal(fread(text, 1, 64, f), 64);
    assert_memory_equal(text, "\177ELF\2\1\1", 7);
    assert_memory_equal(text + 16, "\2\0\363\0", 4);
    fclose(f);
    f = fopen("/dev/full", "wb");
    if (f != NULL) {
        assert_false(asm_write_binary(r, f));
        fclose(f);
    }
    asm_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images),
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(symbols_and_units),
        cmocka_unit_test(weak_symbols),
        cmocka_unit_test(limits),
        cmocka_unit_test(message_form),
        cmocka_unit_test(written_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
