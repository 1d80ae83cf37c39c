/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ELF64 images (System V ABI, chapters 4 and 5; RISC-V ELF psABI). libelf unpacks the structures; what they say is
 * checked here before it is used.
 */
#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "image_file.h"

/* Are [offset, offset + size) bytes of the file? */
static bool in_file(const struct image_file *file, uint64_t offset, uint64_t size)
{
    return offset <= file->size && size <= file->size - offset;
}

/* --- the header ------------------------------------------------------------------------------------------------------ */

static const char *type_name(unsigned type)
{
    switch (type) {
    case ET_REL:
        return "a relocatable object; link it first";
    case ET_DYN:
        return "a shared object or position-independent; link it with -no-pie -static";
    case ET_CORE:
        return "a core dump";
    default:
        return "not an executable";
    }
}

/* Those that a compiler on the user's desk is likely to have made. */
static const char *machine_name(unsigned machine)
{
    switch (machine) {
    case EM_X86_64:
        return " (x86-64)";
    case EM_AARCH64:
        return " (AArch64)";
    default:
        return "";
    }
}

/* The first bytes, before libelf may see them. */
static bool check_identity(const struct image_file *file, const struct image_error *error)
{
    if (file->size < sizeof(Elf64_Ehdr))
        return image_refuse(error, "is a truncated ELF file: %" PRIu64 " bytes, its header alone has %zu", file->size,
                            sizeof(Elf64_Ehdr));
    if (file->bytes[EI_CLASS] == ELFCLASS32)
        return image_refuse(error, "is a 32-bit ELF file; the machine has 64 bits");
    if (file->bytes[EI_DATA] == ELFDATA2MSB)
        return image_refuse(error, "is a big-endian ELF file; the machine is little-endian");
    if (file->bytes[EI_CLASS] != ELFCLASS64 || file->bytes[EI_DATA] != ELFDATA2LSB || file->bytes[EI_VERSION] != EV_CURRENT)
        return image_refuse(error, "is a corrupt ELF file: class %u, data %u, version %u", file->bytes[EI_CLASS],
                            file->bytes[EI_DATA], file->bytes[EI_VERSION]);
    return true;
}

static bool check_header(const GElf_Ehdr *h, const struct image_file *file, const struct image_error *error)
{
    if (h->e_machine != EM_RISCV)
        return image_refuse(error, "is an ELF file for machine %u%s, not for RISC-V (%u)", h->e_machine,
                            machine_name(h->e_machine), EM_RISCV);
    if (h->e_type != ET_EXEC)
        return image_refuse(error, "is an ELF file of type %u: %s", h->e_type, type_name(h->e_type));
    if (h->e_phnum == 0)
        return image_refuse(error, "is an ELF file without program headers: there is nothing to load");
    if (h->e_phentsize != sizeof(Elf64_Phdr) || (h->e_shnum && h->e_shentsize != sizeof(Elf64_Shdr)))
        return image_refuse(error, "is a corrupt ELF file: table entries of %u and %u bytes", h->e_phentsize,
                            h->e_shentsize);
    if (!in_file(file, h->e_phoff, h->e_phnum * sizeof(Elf64_Phdr)))
        return image_refuse(error, "is a truncated ELF file: %u program headers at offset %" PRIu64 " of %" PRIu64 " bytes",
                            h->e_phnum, h->e_phoff, file->size);
    if (!in_file(file, h->e_shoff, h->e_shnum * sizeof(Elf64_Shdr)))
        return image_refuse(error, "is a truncated ELF file: %u section headers at offset %" PRIu64 " of %" PRIu64 " bytes",
                            h->e_shnum, h->e_shoff, file->size);
    return true;
}

/* --- segments -------------------------------------------------------------------------------------------------------- */

static bool add_segment(struct image *image, const GElf_Phdr *p, unsigned number, const struct image_file *file,
                        const struct image_error *error)
{
    if (p->p_filesz > p->p_memsz)
        return image_refuse(error,
                            "is a corrupt ELF file: program header %u has %" PRIu64 " bytes for %" PRIu64 " of memory",
                            number, p->p_filesz, p->p_memsz);
    if (p->p_filesz && !in_file(file, p->p_offset, p->p_filesz)) /* of .bss alone, the offset may be anywhere */
        return image_refuse(
            error, "is a truncated ELF file: program header %u wants %" PRIu64 " bytes at offset %" PRIu64 " of %" PRIu64,
            number, p->p_filesz, p->p_offset, file->size);
    if (p->p_paddr + p->p_memsz < p->p_paddr || p->p_vaddr + p->p_memsz < p->p_vaddr)
        return image_refuse(error, "program header %u: address 0x%" PRIx64 " and size 0x%" PRIx64 " wrap around", number,
                            p->p_paddr, p->p_memsz);
    if (image->segment_count == IMAGE_SEGMENTS)
        return image_refuse(error, "has more than %u segments", IMAGE_SEGMENTS);
    image->segment[image->segment_count++] = (struct image_segment){.pa = p->p_paddr,
                                                                    .va = p->p_vaddr,
                                                                    .size = p->p_memsz,
                                                                    .offset = p->p_filesz ? p->p_offset : 0,
                                                                    .filled = p->p_filesz};
    return true;
}

static bool read_segments(struct image *image, Elf *elf, const GElf_Ehdr *h, const struct image_file *file,
                          const struct image_error *error)
{
    for (unsigned i = 0; i < h->e_phnum; i++) {
        GElf_Phdr p;
        if (!gelf_getphdr(elf, (int)i, &p))
            return image_refuse(error, "is a corrupt ELF file: program header %u: %s", i, elf_errmsg(-1));
        if (p.p_type == PT_LOAD && p.p_memsz && !add_segment(image, &p, i, file, error))
            return false;
    }
    if (!image->segment_count)
        return image_refuse(error, "is an ELF file without anything to load");
    image->entry = image_physical(image, h->e_entry);
    for (unsigned i = 0; i < image->segment_count; i++)
        if (image->entry - image->segment[i].pa < image->segment[i].size && !(image->entry & 1))
            return true;
    return image_refuse(error, "its entry 0x%" PRIx64 " is %s", h->e_entry,
                        image->entry & 1 ? "odd" : "in none of its segments");
}

/* --- symbols --------------------------------------------------------------------------------------------------------- */

static bool worth_keeping(const GElf_Sym *s, const char *name)
{
    unsigned type = GELF_ST_TYPE(s->st_info);
    return s->st_shndx != SHN_UNDEF && (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC) && name[0] &&
           name[0] != '$' && strncmp(name, ".L", 2) != 0; /* neither mapping symbols nor local labels */
}

static int by_address(const void *a, const void *b)
{
    const struct image_symbol *s = a, *t = b;
    if (s->address != t->address)
        return s->address < t->address ? -1 : 1;
    return s->name < t->name ? -1 : s->name > t->name; /* both in image.names */
}

/* The section that has the symbols, and the one that has their names. Neither may be compressed. */
static bool find_tables(Elf *elf, const struct image_file *file, Elf_Data **symbols, Elf_Data **names,
                        const struct image_error *error)
{
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
        GElf_Shdr sh, str;
        if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_SYMTAB)
            continue;
        Elf_Scn *names_scn = elf_getscn(elf, sh.sh_link);
        if (!names_scn || !gelf_getshdr(names_scn, &str) || str.sh_type != SHT_STRTAB ||
            sh.sh_entsize != sizeof(Elf64_Sym) || sh.sh_size % sizeof(Elf64_Sym) ||
            ((sh.sh_flags | str.sh_flags) & SHF_COMPRESSED))
            return image_refuse(error, "is a corrupt ELF file: bad symbol table");
        if (!in_file(file, sh.sh_offset, sh.sh_size) || !in_file(file, str.sh_offset, str.sh_size))
            return image_refuse(error, "is a truncated ELF file: its symbol table ends outside of its %" PRIu64 " bytes",
                                file->size);
        *symbols = elf_getdata(scn, NULL);
        *names = elf_getdata(names_scn, NULL);
        return (*symbols && *names) || image_refuse(error, "is a corrupt ELF file: symbols: %s", elf_errmsg(-1));
    }
    return true;
}

static bool read_symbols(struct image *image, Elf *elf, const struct image_file *file, const struct image_error *error)
{
    Elf_Data *symbols = NULL, *names = NULL;
    if (!find_tables(elf, file, &symbols, &names, error))
        return false;
    if (!symbols || !symbols->d_size || !names->d_size)
        return true;
    size_t count = symbols->d_size / sizeof(Elf64_Sym);
    count = count < IMAGE_SYMBOLS ? count : IMAGE_SYMBOLS;
    image->names = malloc(names->d_size + 1);
    image->symbol = calloc(count, sizeof *image->symbol);
    if (!image->names || !image->symbol)
        return image_refuse(error, "has too many symbols");
    memcpy(image->names, names->d_buf, names->d_size);
    image->names[names->d_size] = 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Sym s;
        if (!gelf_getsym(symbols, (int)i, &s) || s.st_name >= names->d_size)
            return image_refuse(error, "is a corrupt ELF file: symbol %zu", i);
        const char *name = image->names + s.st_name;
        if (worth_keeping(&s, name))
            image->symbol[image->symbol_count++] =
                (struct image_symbol){.address = s.st_value, .size = s.st_size, .name = name};
    }
    qsort(image->symbol, image->symbol_count, sizeof *image->symbol, by_address);
    return true;
}

bool image_read_elf(struct image *image, const struct image_file *file, const struct image_error *error)
{
    GElf_Ehdr header;
    if (!check_identity(file, error))
        return false;
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)file->bytes, file->size);
    if (!elf || !gelf_getehdr(elf, &header)) {
        elf_end(elf);
        return image_refuse(error, "is a corrupt ELF file: %s", elf_errmsg(-1));
    }
    bool good = check_header(&header, file, error) && read_segments(image, elf, &header, file, error) &&
                read_symbols(image, elf, file, error);
    elf_end(elf);
    return good;
}
