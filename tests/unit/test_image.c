/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Images: what is loaded, and all that is refused.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "isa/image.h"
#include "files.h"

#define RAM_SIZE (UINT64_C(1) << 20)

static uint8_t ram_bytes[RAM_SIZE];
static struct ram ram = {ram_bytes, RAM_BASE, RAM_SIZE};
static struct image image;
static char message[512];

/* A small ELF file to be spoiled: two segments, three sections (none, symbols, their names). */
struct elf_file {
    Elf64_Ehdr header;
    Elf64_Phdr program[2];
    uint8_t code[16], data[8];
    Elf64_Sym symbol[8];
    char names[64];
    Elf64_Shdr section[3];
};
#define AT(field) offsetof(struct elf_file, field)

static struct elf_file good_elf(void)
{
    struct elf_file f = {
        .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = EM_RISCV,
                   .e_version = EV_CURRENT,
                   .e_entry = RAM_BASE + 2,
                   .e_phoff = AT(program),
                   .e_shoff = AT(section),
                   .e_ehsize = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 2,
                   .e_shentsize = sizeof(Elf64_Shdr),
                   .e_shnum = 3},
        .program = {{.p_type = PT_LOAD,
                     .p_offset = AT(code),
                     .p_vaddr = RAM_BASE,
                     .p_paddr = RAM_BASE,
                     .p_filesz = 16,
                     .p_memsz = 16},
                    {.p_type = PT_LOAD,
                     .p_offset = AT(data),
                     .p_vaddr = 0xffff000000001000,
                     .p_paddr = RAM_BASE + 0x1000,
                     .p_filesz = 8,
                     .p_memsz = 0x100}},
        .code = "sixteen bytes..",
        .data = "eight..",
        .names = "\0start\0inner\0tohost\0$x\0.L1\0end\0gone",
        .section = {{0},
                    {.sh_type = SHT_SYMTAB,
                     .sh_offset = AT(symbol),
                     .sh_size = sizeof f.symbol,
                     .sh_link = 2,
                     .sh_entsize = sizeof(Elf64_Sym)},
                    {.sh_type = SHT_STRTAB, .sh_offset = AT(names), .sh_size = sizeof f.names}},
    };
    const Elf64_Sym symbols[8] = {
        {0},
        {.st_name = 27, .st_shndx = 1, .st_value = 0xffff000000001100},                                      /* end */
        {.st_name = 13, .st_shndx = 1, .st_value = 0xffff000000001008, .st_size = 8, .st_info = STT_OBJECT}, /* tohost */
        {.st_name = 1, .st_shndx = 1, .st_value = RAM_BASE, .st_size = 8, .st_info = STT_FUNC},              /* start */
        {.st_name = 7, .st_shndx = 1, .st_value = RAM_BASE + 4},                                             /* inner */
        {.st_name = 20, .st_shndx = 1, .st_value = RAM_BASE + 6},                                            /* $x */
        {.st_name = 23, .st_shndx = 1, .st_value = RAM_BASE + 6},                                            /* .L1 */
        {.st_name = 31, .st_shndx = SHN_UNDEF, .st_value = RAM_BASE + 6},                                    /* gone */
    };
    memcpy(f.symbol, symbols, sizeof symbols);
    return f;
}

static bool load_bytes(const void *bytes, size_t n, const struct image *other)
{
    memset(ram_bytes, 0xcc, sizeof ram_bytes);
    message[0] = 0;
    return image_load(&image, file_make("image", bytes, n), &ram, RAM_BASE, other, message, sizeof message);
}

/* --- good ones ------------------------------------------------------------------------------------------------------- */

static void an_elf_file_is_loaded(void **state)
{
    (void)state;
    struct elf_file f = good_elf();
    assert_true(load_bytes(&f, sizeof f, NULL));
    assert_true(image.elf);
    assert_int_equal(image.entry, RAM_BASE + 2);
    assert_int_equal(image.segment_count, 2);
    assert_memory_equal(ram_bytes, "sixteen bytes..\0\xcc", 17);
    assert_memory_equal(ram_bytes + 0x1000, "eight..\0", 8);
    for (unsigned i = 8; i < 0x100; i++)
        assert_int_equal(ram_bytes[0x1000 + i], 0);
    assert_int_equal(ram_bytes[0x1100], 0xcc);
    assert_int_equal(image_physical(&image, 0xffff000000001010), RAM_BASE + 0x1010);
    assert_int_equal(image_physical(&image, 42), 42);
    image_free(&image);
}

static void symbols_are_found_both_ways(void **state)
{
    (void)state;
    struct elf_file f = good_elf();
    assert_true(load_bytes(&f, sizeof f, NULL));
    assert_int_equal(image.symbol_count, 4);
    assert_int_equal(image_find(&image, "tohost")->address, 0xffff000000001008);
    assert_null(image_find(&image, "$x"));
    assert_null(image_find(&image, "gone"));
    assert_null(image_find(&image, ""));
    assert_null(image_symbol_at(&image, RAM_BASE - 1));
    assert_string_equal(image_symbol_at(&image, RAM_BASE + 3)->name, "start");
    assert_string_equal(image_symbol_at(&image, RAM_BASE + 4)->name, "inner");
    assert_string_equal(image_symbol_at(&image, RAM_BASE + 15)->name, "inner");
    assert_null(image_symbol_at(&image, RAM_BASE + 0x500));
    assert_string_equal(image_symbol_at(&image, 0xffff00000000100f)->name, "tohost");
    assert_null(image_symbol_at(&image, 0xffff000000001010));
    assert_null(image_symbol_at(&image, UINT64_MAX)); /* "end" has no size, and the image ends before */
    image_free(&image);
}

static void the_entry_may_be_virtual(void **state)
{
    (void)state;
    struct elf_file f = good_elf();
    f.header.e_entry = 0xffff000000001020;
    assert_true(load_bytes(&f, sizeof f, NULL));
    assert_int_equal(image.entry, RAM_BASE + 0x1020);
    image_free(&image);
}

static void raw_bytes_are_loaded(void **state)
{
    (void)state;
    assert_true(load_bytes("abc", 3, NULL));
    assert_false(image.elf);
    assert_int_equal(image.entry, RAM_BASE);
    assert_memory_equal(ram_bytes, "abc\xcc", 4);
    assert_string_equal(image.hash, "xxh64:44bc2cf5ad770999");
    assert_null(image_find(&image, "start"));
    assert_null(image_symbol_at(&image, RAM_BASE));
    image_free(&image);
    assert_true(
        image_load(&image, file_make("image", "raw", 3), &ram, RAM_BASE + RAM_SIZE - 3, NULL, message, sizeof message));
    assert_memory_equal(ram_bytes + RAM_SIZE - 3, "raw", 3);
    image_free(&image);
}

static void symbols_may_be_missing(void **state)
{
    (void)state;
    struct elf_file f = good_elf();
    f.header.e_shnum = 0;
    f.header.e_shoff = 0;
    assert_true(load_bytes(&f, AT(symbol), NULL));
    assert_int_equal(image.symbol_count, 0);
    image_free(&image);
}

/* --- bad ones -------------------------------------------------------------------------------------------------------- */

static void refused(const void *bytes, size_t n, const struct image *other, const char *part)
{
    assert_false(load_bytes(bytes, n, other));
    assert_message(message, file_path("image"), part);
    assert_null(image.symbol);
    assert_int_equal(image.segment_count, 0);
    assert_int_equal(ram_bytes[0], 0xcc);
    assert_memory_equal(ram_bytes, ram_bytes + 1, RAM_SIZE - 1); /* all of them */
}

#define REFUSED(change, part)                                                                                              \
    do {                                                                                                                   \
        struct elf_file f = good_elf();                                                                                    \
        change;                                                                                                            \
        refused(&f, sizeof f, NULL, part);                                                                                 \
    } while (0)

static void foreign_files(void **state)
{
    (void)state;
    REFUSED(f.header.e_ident[EI_CLASS] = ELFCLASS32, "is a 32-bit ELF file");
    REFUSED(f.header.e_ident[EI_DATA] = ELFDATA2MSB, "is a big-endian ELF file");
    REFUSED(f.header.e_ident[EI_CLASS] = 7, "is a corrupt ELF file: class 7");
    REFUSED(f.header.e_ident[EI_DATA] = 0, "data 0");
    REFUSED(f.header.e_ident[EI_VERSION] = 9, "version 9");
    REFUSED(f.header.e_machine = EM_X86_64, "for machine 62 (x86-64), not for RISC-V");
    REFUSED(f.header.e_type = ET_REL, "type 1: a relocatable object");
    REFUSED(f.header.e_type = ET_DYN, "type 3: a shared object");
    REFUSED(f.header.e_type = ET_CORE, "type 4: a core dump");
    REFUSED(f.header.e_type = 77, "type 77: not an executable");
}

static void corrupt_headers(void **state)
{
    (void)state;
    REFUSED(f.header.e_phnum = 0, "without program headers");
    REFUSED(f.header.e_phentsize = 57, "table entries of 57");
    REFUSED(f.header.e_shentsize = 1, "and 1 bytes");
    REFUSED(f.header.e_phnum = 1000, "1000 program headers at offset 64");
    REFUSED(f.header.e_phoff = UINT64_MAX, "2 program headers at offset 18446744073709551615");
    REFUSED(f.header.e_shoff = sizeof f - 3, "3 section headers at offset");
    REFUSED(f.program[0].p_type = PT_NOTE; f.program[1].p_memsz = f.program[1].p_filesz = 0, "without anything to load");
    REFUSED(f.header.e_entry = RAM_BASE + 3, "entry 0x80000003 is odd");
    REFUSED(f.header.e_entry = RAM_BASE + 16, "entry 0x80000010 is in none of its segments");
}

static void bad_segments(void **state)
{
    (void)state;
    REFUSED(f.program[1].p_filesz = 0x101, "program header 1 has 257 bytes for 256 of memory");
    REFUSED(f.program[1].p_offset = sizeof f - 7, "program header 1 wants 8 bytes at offset");
    REFUSED(f.program[1].p_offset = UINT64_MAX - 3, "program header 1 wants 8 bytes at offset");
    REFUSED(f.program[1].p_memsz = UINT64_MAX,
            "program header 1: address 0x80001000 and size 0xffffffffffffffff wrap around");
    REFUSED(f.program[1].p_paddr = UINT64_MAX - 0xf,
            "program header 1: address 0xfffffffffffffff0 and size 0x100 wrap around");
    REFUSED(f.program[1].p_paddr = RAM_BASE - 1,
            "segment 1 (0x7fffffff-0x800000fe) is outside of RAM (0x80000000-0x800fffff)");
    REFUSED(f.program[1].p_paddr = RAM_BASE + RAM_SIZE - 0xff, "is outside of RAM");
    REFUSED(f.program[1].p_memsz = RAM_SIZE, "is outside of RAM");
    REFUSED(f.program[0].p_paddr = 0x1000; f.program[0].p_vaddr = RAM_BASE, "segment 0 (0x1000-0x100f) is outside of RAM");
    REFUSED(f.program[1].p_paddr = RAM_BASE + 15,
            "segment 1 (0x8000000f-0x8000010e) overlaps segment 0 (0x80000000-0x8000000f)");
}

static void bad_symbols(void **state)
{
    (void)state;
    REFUSED(f.section[1].sh_link = 9, "bad symbol table");
    REFUSED(f.section[1].sh_link = 1, "bad symbol table");
    REFUSED(f.section[1].sh_entsize = 0, "bad symbol table");
    REFUSED(f.section[1].sh_size--, "bad symbol table");
    REFUSED(f.section[1].sh_flags = SHF_COMPRESSED, "bad symbol table");
    REFUSED(f.section[1].sh_offset = sizeof f, "symbol table ends outside");
    REFUSED(f.section[2].sh_size = UINT64_MAX, "symbol table ends outside");
    REFUSED(f.symbol[3].st_name = 64, "symbol 3");
}

static void names_without_an_end(void **state)
{
    (void)state;
    struct elf_file f = good_elf();
    memset(f.names + 27, 'x', sizeof f.names - 27);
    assert_true(load_bytes(&f, sizeof f, NULL));
    assert_int_equal(strlen(image.symbol[image.symbol_count - 1].name), sizeof f.names - 27);
    image_free(&image);
}

static void too_many_segments(void **state)
{
    (void)state;
    struct {
        Elf64_Ehdr header;
        Elf64_Phdr program[IMAGE_SEGMENTS + 1];
    } f;
    f.header = good_elf().header;
    f.header.e_phnum = IMAGE_SEGMENTS + 1;
    f.header.e_shnum = 0;
    f.header.e_shoff = 0;
    for (unsigned i = 0; i <= IMAGE_SEGMENTS; i++)
        f.program[i] =
            (Elf64_Phdr){.p_type = PT_LOAD, .p_vaddr = RAM_BASE + 16 * i, .p_paddr = RAM_BASE + 16 * i, .p_memsz = 16};
    refused(&f, sizeof f, NULL, "has more than 32 segments");
    f.program[7].p_type = PT_NULL;
    assert_true(load_bytes(&f, sizeof f, NULL));
    image_free(&image);
}

static void truncated_anywhere(void **state)
{
    (void)state;
    struct elf_file f = good_elf();
    for (size_t n = 1; n < sizeof f; n += 5) {
        assert_false(load_bytes(&f, n, NULL));
        assert_message(message, file_path("image"), "is a truncated ELF file");
    }
}

static void two_images_stay_apart(void **state)
{
    (void)state;
    struct image first;
    struct elf_file f = good_elf();
    const char *path = file_make("first", "0123456789", 10);
    assert_true(image_load(&first, path, &ram, RAM_BASE + 0x1080, NULL, message, sizeof message));
    refused(&f, sizeof f, &first, "segment 1 (0x80001000-0x800010ff) overlaps segment 0 (0x80001080-0x80001089) of ");
    assert_message(message, file_path("image"), path);
    f.program[1].p_memsz = 0x80;
    assert_true(load_bytes(&f, sizeof f, &first));
    image_free(&first);
    image_free(&image);
}

static void not_a_file(const char *path, const char *part)
{
    assert_false(image_load(&image, path, &ram, RAM_BASE, NULL, message, sizeof message));
    assert_message(message, path, part);
}

static void no_file_at_all(void **state)
{
    (void)state;
    not_a_file(file_path("missing"), "No such file");
    not_a_file(files_folder, "is a directory");
    not_a_file("/dev/zero", "is not a regular file");
    not_a_file(file_make("empty", "", 0), "is empty");
    not_a_file(file_make("text", "\taddi a0, a0, 1\n", 16), "is text, and no image");
    const char *secret = file_make("secret", "x", 1);
    assert_int_equal(chmod(secret, 0), 0);
    if (access(secret, R_OK)) /* root may read all the same */
        not_a_file(secret, "Permission denied");
    refused("raw", 3, &(struct image){.path = "other", .segment = {{.pa = RAM_BASE, .size = 1}}, .segment_count = 1},
            "of other");
}

static void a_message_that_does_not_fit_is_cut(void **state)
{
    (void)state;
    char small[8];
    assert_false(image_load(&image, "/nonexistent/image", &ram, RAM_BASE, NULL, small, sizeof small));
    assert_string_equal(small, "/nonexi");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_elf_file_is_loaded),
        cmocka_unit_test(symbols_are_found_both_ways),
        cmocka_unit_test(the_entry_may_be_virtual),
        cmocka_unit_test(raw_bytes_are_loaded),
        cmocka_unit_test(symbols_may_be_missing),
        cmocka_unit_test(foreign_files),
        cmocka_unit_test(corrupt_headers),
        cmocka_unit_test(bad_segments),
        cmocka_unit_test(bad_symbols),
        cmocka_unit_test(names_without_an_end),
        cmocka_unit_test(too_many_segments),
        cmocka_unit_test(truncated_anywhere),
        cmocka_unit_test(two_images_stay_apart),
        cmocka_unit_test(no_file_at_all),
        cmocka_unit_test(a_message_that_does_not_fit_is_cut),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
