/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The assembler as a library: GNU syntax in, one linked image out. docs/assembler.md describes the language.
 *
 * All state hangs off struct asm_result, so any number of assemblies can go on in one process. Errors in the source
 * are written to a stream, each with its line and a caret; they never end the process.
 */
#ifndef ASSEMBLER_ASSEMBLER_H
#define ASSEMBLER_ASSEMBLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "isa/insn.h"

/* One unit: a file, or a text in memory if `text` is not NULL. Not copied: it must outlive the asm_result. */
struct asm_input {
    const char *name;
    const char *text;
    size_t size;
};

struct asm_define {
    const char *name;
    int64_t value;
};

/* Start from ASM_DEFAULTS. The arrays and strings must outlive the asm_result. */
struct asm_options {
    uint64_t text_base;              /* address of .text, or of the first section if there is none */
    insn_profile profile;       /* instructions that there are */
    bool compress;                   /* start with .option rvc */
    bool colour;                     /* colour messages */
    const char *const *include_dirs; /* searched after the directory of the file that includes */
    size_t include_dir_count;
    const struct asm_define *defines; /* absolute symbols, in every unit */
    size_t define_count;
    uint64_t most_bytes; /* limit of the image, and of each section */
    uint64_t most_lines; /* limit of lines read, expansions of macros and loops included */
    bool no_files;       /* .include and .incbin are errors */
};

#define ASM_DEFAULTS                                                                                                       \
    ((struct asm_options){.text_base = 0x80000000, .compress = true, .most_bytes = 1u << 30, .most_lines = 4000000})

struct asm_result;

/* Assembles the units and links them into one image. Messages go to `messages` (NULL: nowhere). Never NULL; the
 * caller frees it with asm_free(). */
struct asm_result *asm_assemble(const struct asm_input *inputs, size_t count, const struct asm_options *options,
                                FILE *messages);
void asm_free(struct asm_result *result);

/* Errors reported; with any, there is no output to ask for. */
unsigned asm_error_count(const struct asm_result *result);

/* The loaded bytes from the first section's address on, .bss left out; owned by the result. NULL if there are none. */
const uint8_t *asm_image(struct asm_result *result, size_t *size, uint64_t *base);

/* Value of a symbol (a global one first, else a local one of the first unit that has it). */
bool asm_symbol(const struct asm_result *result, const char *name, uint64_t *value);

/* Each writes from the stream's position and returns false if that failed, with errno set. The ELF file needs a
 * seekable stream at its start. */
bool asm_write_binary(struct asm_result *result, FILE *out);
bool asm_write_elf(const struct asm_result *result, FILE *out);
bool asm_write_listing(const struct asm_result *result, FILE *out);

/* The subcommands: argv[0] is the subcommand's name. The status for exit(). */
int asm_command(int argc, char **argv);
int disasm_command(int argc, char **argv);

#endif
