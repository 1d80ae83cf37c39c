/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a source: messages or an image, within bounds of time and memory, and all the writers run.
 */
#include <stdlib.h>

#include "assembler/assembler.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asm_options options = ASM_DEFAULTS;
    options.most_bytes = 1 << 20;
    options.most_lines = 20000;
    options.no_files = true;
    char *text = NULL;
    size_t length = 0;
    FILE *messages = open_memstream(&text, &length);
    struct asm_input input = {"fuzz.s", (const char *)data, size};
    struct asm_result *result = asm_assemble(&input, 1, &options, messages);
    if (asm_error_count(result) == 0) {
        FILE *out = fopen("/dev/null", "wb"), *elf = tmpfile();
        asm_write_listing(result, out);
        asm_write_binary(result, out);
        asm_write_elf(result, elf);
        fclose(out);
        fclose(elf);
    }
    asm_free(result);
    fclose(messages);
    free(text);
    return 0;
}
