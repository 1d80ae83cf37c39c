/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as an image, ELF or raw, to trapeze disasm; and as words, whose text must fit and whose encoding must
 * be the word again.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "assembler/assembler.h"
#include "isa/insn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_word(insn_profile profile, uint32_t word)
{
    struct insn i;
    uint32_t back;
    char text[96];
    if (insn_decode_in(profile, word, &i) && (!insn_encode(&i, &back) || back != (i.length == 2 ? word & 0xffff : word)))
        abort();
    if (insn_format_in(profile, text, sizeof text, word, 0x80000000) >= sizeof text)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 4 <= size && i < 4096; i += 2) {
        uint32_t word;
        memcpy(&word, data + i, 4);
        check_word(PROFILE_STRICT, word);
        check_word(PROFILE_FLAWED, word);
        check_word(PROFILE_SEEDED, word);
    }
    /* The command reads a file and prints: a file in memory, and standard output elsewhere. */
    int fd = memfd_create("image", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    char name[32];
    sprintf(name, "/proc/self/fd/%d", fd);
    char *argv[] = {(char[]){"disasm"}, name, NULL};
    static FILE *elsewhere;
    if (elsewhere == NULL)
        elsewhere = freopen("/dev/null", "w", stdout);
    int kept = dup(2), null = open("/dev/null", O_WRONLY);
    dup2(null, 2);
    disasm_command(2, argv);
    dup2(kept, 2);
    close(kept);
    close(null);
    close(fd);
    return 0;
}
