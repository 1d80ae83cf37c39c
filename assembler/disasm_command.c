/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze disasm: the executable sections of an ELF file, or all of a raw binary, as text.
 */
#include "assembler.h"
#include "command.h"
#include "isa/insn.h"
#include "isa/search.h"

#include <errno.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPTION_BASE = 256, OPTION_PROFILE, OPTION_TRANSLATED, MOST_FILE = 1 << 30 };

struct label {
    const char *name;
    uint64_t address;
};

struct image {
    const char *name; /* of the file */
    insn_profile profile;
    uint8_t *bytes; /* malloc()ed */
    size_t size;
    struct label *labels; /* malloc()ed, by address */
    size_t label_count;
};

/* Reading. */

static bool refuse(const char *name, const char *why)
{
    fprintf(stderr, "trapeze disasm: %s: %s\n", name, why);
    return false;
}

static bool read_image(struct image *image)
{
    FILE *f = fopen(image->name, "rb");
    if (f == NULL)
        return refuse(image->name, strerror(errno));
    size_t capacity = 0;
    bool ok = true;
    while (ok && image->size == capacity && capacity < MOST_FILE) {
        capacity = capacity == 0 ? 65536 : capacity * 2;
        uint8_t *more = realloc(image->bytes, capacity);
        ok = more != NULL || refuse(image->name, "out of memory");
        if (!ok)
            break;
        image->bytes = more;
        image->size += fread(image->bytes + image->size, 1, capacity - image->size, f);
    }
    if (ok && ferror(f))
        ok = refuse(image->name, strerror(errno));
    if (ok && image->size == MOST_FILE)
        ok = refuse(image->name, "the file is larger than 1 GiB");
    fclose(f);
    return ok;
}

static int by_address(const void *x, const void *y)
{
    const struct label *a = x, *b = y;
    return a->address < b->address ? -1 : a->address > b->address;
}

/* Named symbols of the code's sections; a malformed table gives none. */
static void read_labels(struct image *image, Elf *elf)
{
    Elf_Scn *scn = NULL;
    while ((scn = elf_nextscn(elf, scn)) != NULL) {
        GElf_Shdr h;
        if (gelf_getshdr(scn, &h) == NULL || h.sh_type != SHT_SYMTAB || h.sh_entsize == 0)
            continue;
        Elf_Data *data = elf_getdata(scn, NULL);
        if (data == NULL)
            continue;
        size_t count = data->d_size / h.sh_entsize;
        struct label *labels = realloc(image->labels, (image->label_count + count + 1) * sizeof *labels);
        if (labels == NULL)
            return;
        image->labels = labels;
        for (size_t i = 0; i < count && i < INT32_MAX; i++) {
            GElf_Sym s;
            if (gelf_getsym(data, (int)i, &s) == NULL)
                continue;
            unsigned type = GELF_ST_TYPE(s.st_info);
            const char *name = elf_strptr(elf, h.sh_link, s.st_name);
            if (type == STT_SECTION || type == STT_FILE || s.st_shndx == SHN_UNDEF || s.st_shndx == SHN_ABS ||
                name == NULL || *name == '\0')
                continue;
            labels[image->label_count++] = (struct label){name, s.st_value};
        }
    }
    if (image->label_count > 0)
        qsort(image->labels, image->label_count, sizeof *image->labels, by_address);
}

/* Printing. */

/* The last label at or before `address`, or NULL. */
static const struct label *label_before(const struct image *image, uint64_t address)
{
    const struct label *labels = image->labels;
    size_t n = image->label_count ? search_up_to(&labels->address, image->label_count, sizeof *labels, address) : 0;
    return n == 0 ? NULL : &labels[n - 1];
}

static void print_place(const struct image *image, uint64_t address)
{
    const struct label *l = label_before(image, address);
    if (l == NULL)
        return;
    if (l->address == address)
        printf(" <%s>", l->name);
    else
        printf(" <%s+0x%" PRIx64 ">", l->name, address - l->address);
}

static void print_labels(const struct image *image, uint64_t address)
{
    const struct label *last = label_before(image, address), *first = last;
    if (last == NULL || last->address != address)
        return;
    while (first > image->labels && first[-1].address == address)
        first--;
    putchar('\n');
    for (; first <= last; first++)
        printf("%s:\n", first->name);
}

/* One line; returns the bytes that it took. */
static size_t print_insn(const struct image *image, const uint8_t *bytes, size_t left, uint64_t address)
{
    print_labels(image, address);
    printf("%16" PRIx64, address);
    if (image->label_count > 0)
        print_place(image, address);
    if (left == 1) {
        printf(":  %02x        .byte 0x%02x\n", bytes[0], bytes[0]);
        return 1;
    }
    uint32_t word = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
    bool cut = (word & 3) == 3 && left < 4;
    if (!cut && (word & 3) == 3)
        word |= (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    struct insn i;
    char text[96];
    if (cut) {
        printf(":  %04x      .2byte 0x%04x\n", word, word);
        return 2;
    }
    insn_profile profile = image->profile | PROFILE_HEXT; /* whether this machine has it or not */
    insn_decode_in(profile, word, &i);
    insn_format_in(profile, text, sizeof text, word, address);
    printf(i.length == 2 ? ":  %04x      %s" : ":  %08x  %s", word, text);
    unsigned flow = insn_rows[i.id].flow, base = insn_rows[i.id].base;
    if (flow == FLOW_BRANCH || base == INSN_jal)
        print_place(image, address + (uint64_t)i.imm);
    putchar('\n');
    return i.length;
}

static void print_bytes(const struct image *image, const uint8_t *bytes, size_t size, uint64_t address)
{
    for (size_t at = 0; at < size;)
        at += print_insn(image, bytes + at, size - at, address + at);
}

static bool print_elf(struct image *image)
{
    if (elf_version(EV_CURRENT) == EV_NONE)
        return refuse(image->name, elf_errmsg(-1));
    Elf *elf = elf_memory((char *)image->bytes, image->size);
    GElf_Ehdr e;
    bool ok = elf != NULL && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &e) != NULL;
    if (!ok) {
        refuse(image->name, "malformed ELF file");
    } else if (e.e_machine != EM_RISCV || e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_ident[EI_DATA] != ELFDATA2LSB) {
        ok = refuse(image->name, "not an ELF64 file for little-endian RISC-V");
    } else {
        read_labels(image, elf);
    }
    unsigned printed = 0;
    for (Elf_Scn *scn = NULL; ok && (scn = elf_nextscn(elf, scn)) != NULL;) {
        GElf_Shdr h;
        if (gelf_getshdr(scn, &h) == NULL) {
            ok = refuse(image->name, "malformed section header");
        } else if ((h.sh_flags & SHF_EXECINSTR) && h.sh_type == SHT_PROGBITS) {
            if (h.sh_offset > image->size || h.sh_size > image->size - h.sh_offset) {
                ok = refuse(image->name, "a section lies outside the file");
                break;
            }
            const char *name = elf_strptr(elf, e.e_shstrndx, h.sh_name);
            printf("%ssection %s\n", printed++ > 0 ? "\n" : "", name == NULL ? "?" : name);
            print_bytes(image, image->bytes + h.sh_offset, h.sh_size, h.sh_addr);
        }
    }
    if (ok && printed == 0)
        ok = refuse(image->name, "there is no executable section");
    if (elf != NULL)
        elf_end(elf);
    return ok;
}

/* The command. */

struct request {
    const char *name;
    uint64_t base;
    insn_profile profile;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct request *r = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->err_stream = fopen("/dev/null", "w"); /* argp's second line on how to get help */
        return 0;
    case OPTION_BASE:
        if (!command_number(arg, &r->base))
            command_refuse(state, "--base %s: this is not an address", arg);
        return 0;
    case OPTION_PROFILE:
        r->profile = command_profile(arg, state);
        return 0;
    case OPTION_TRANSLATED: /* the whole word is not for this command: see its help */
        command_refuse(state, "--translated is to be written in full");
        return 0;
    case ARGP_KEY_ARG:
        if (r->name != NULL)
            command_refuse(state, "only one image can be given");
        r->name = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        command_refuse(state, "no image is given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp_option disasm_command_options[] = {
    {"base", OPTION_BASE, "ADDR", 0, "Address of the first byte of a raw binary (default 0x80000000)", 0},
    {"profile", OPTION_PROFILE, "NAME", 0, "Instructions that there are: strict (default), flawed or flawed:SEED", 0},
    {"translated", OPTION_TRANSLATED, NULL, 0,
     "Run the image by binary translation, and print what it was translated to; see disasm --translated --help", 0},
    {0},
};

int disasm_command(int argc, char **argv)
{
    static const char doc[] =
        "Print the instructions of an image: the executable sections of an ELF file, or all of a raw binary.\v"
        "Examples:\n  trapeze disasm kernel.elf\n  trapeze disasm --base 0x1000 rom.bin\n"
        "  trapeze disasm --translated --append run=hello build/guestos/kernel.elf\n";
    static const struct argp argp = {disasm_command_options, parse_option, "IMAGE", doc, NULL, NULL, NULL};
    struct request r = {.base = 0x80000000};
    command_parse(&argp, argc, argv, &r);
    struct image image = {.name = r.name, .profile = r.profile};
    bool ok = read_image(&image);
    if (ok && image.size >= SELFMAG && memcmp(image.bytes, ELFMAG, SELFMAG) == 0)
        ok = print_elf(&image);
    else if (ok)
        print_bytes(&image, image.bytes, image.size, r.base);
    free(image.labels);
    free(image.bytes);
    return ok ? 0 : COMMAND_REFUSED;
}
