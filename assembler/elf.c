/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The result as an executable ELF64 file, written by libelf at offsets of our choosing.
 */
#include "internal.h"

#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

struct elf_writer {
    struct assembler *a;
    Elf *elf;
    struct debug_data names, strings, symbols; /* .shstrtab .strtab .symtab */
    unsigned sections;                         /* made so far, the null section included */
    unsigned locals;                           /* symbols that are local */
    uint64_t offset;                           /* of the next byte in the file */
};

static void append(struct debug_data *d, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        d->bytes = vector_room(d->bytes, d->size, &d->capacity, 1);
        d->bytes[d->size++] = ((const uint8_t *)bytes)[i];
    }
}

static uint32_t add_string(struct debug_data *table, const char *text)
{
    if (table->size == 0)
        append(table, "", 1);
    uint32_t at = (uint32_t)table->size;
    if (*text == '\0')
        return 0;
    append(table, text, strlen(text) + 1);
    return at;
}

/* A section with these bytes at the next offset; its header's other fields as in *h. */
static bool add_section(struct elf_writer *w, const char *name, GElf_Shdr h, const void *bytes)
{
    Elf_Scn *scn = elf_newscn(w->elf);
    Elf_Data *data = scn == NULL ? NULL : elf_newdata(scn);
    GElf_Shdr now;
    if (data == NULL || gelf_getshdr(scn, &now) == NULL)
        return false;
    data->d_buf = (void *)(uintptr_t)bytes;
    data->d_size = h.sh_size;
    data->d_align = 1;
    data->d_type = h.sh_type == SHT_SYMTAB ? ELF_T_SYM : ELF_T_BYTE;
    h.sh_name = add_string(&w->names, name);
    h.sh_offset = w->offset;
    if (h.sh_type != SHT_NOBITS)
        w->offset += h.sh_size;
    w->sections++;
    return gelf_update_shdr(scn, &h) != 0;
}

/* Symbols. */

static void add_symbol(struct elf_writer *w, const char *name, unsigned info, unsigned section, uint64_t value,
                       uint64_t size)
{
    Elf64_Sym s = {.st_name = add_string(&w->strings, name),
                   .st_info = (unsigned char)info,
                   .st_shndx = (Elf64_Half)section,
                   .st_value = value,
                   .st_size = size};
    append(&w->symbols, &s, sizeof s);
}

/* The section that a symbol belongs to: that of its label, or of the label that its value is counted from. */
static bool resolve(struct assembler *a, const struct symbol *s, uint64_t *value, unsigned *section)
{
    struct value v = {.known = true, .section = s->place.section};
    if (s->state == SYMBOL_LABEL)
        v.number = (int64_t)(layout_address(&s->place) - s->place.section->address);
    else
        v = expr_value(a, s->value, PHASE_FINAL);
    *section = v.section == NULL ? SHN_ABS : v.section->output->index;
    *value = (uint64_t)v.number + (v.section == NULL ? 0 : v.section->address);
    return v.known;
}

static void add_unit_symbols(struct elf_writer *w, const struct unit *u, bool global)
{
    if (!global)
        add_symbol(w, u->name, ELF64_ST_INFO(STB_LOCAL, STT_FILE), SHN_ABS, 0, 0);
    for (const struct symbol *s = u->first; s != NULL; s = s->next_in_unit) {
        uint64_t value, size = 0;
        unsigned section;
        bool is_global = s->global || s->weak;
        if (s->hidden || s->state == SYMBOL_UNDEFINED || is_global != global || strncmp(s->name, ".L", 2) == 0)
            continue;
        if (s->weak && symbol_global(w->a, s) != s)
            continue;
        if (!resolve(w->a, s, &value, &section))
            continue;
        if (s->size != NULL && !expr_address(w->a, s->size, &size))
            size = 0;
        unsigned binding = !global ? STB_LOCAL : s->weak ? STB_WEAK : STB_GLOBAL;
        add_symbol(w, s->name, ELF64_ST_INFO(binding, s->type), section, value, size);
    }
}

static void build_symbols(struct elf_writer *w)
{
    add_symbol(w, "", 0, 0, 0, 0);
    for (const struct output *o = w->a->outputs; o != NULL; o = o->next) {
        if (o->index > 0)
            add_symbol(w, "", ELF64_ST_INFO(STB_LOCAL, STT_SECTION), o->index, o->address, 0);
    }
    for (const struct unit *u = w->a->units; u != NULL; u = u->next)
        add_unit_symbols(w, u, false);
    w->locals = (unsigned)(w->symbols.size / sizeof(Elf64_Sym));
    for (const struct unit *u = w->a->units; u != NULL; u = u->next)
        add_unit_symbols(w, u, true);
}

/* Program headers: one for each run of sections with the same permissions. */

static bool loaded(const struct output *o)
{
    return (o->flags & SHF_ALLOC) && o->size > 0;
}

static unsigned segment_flags(const struct output *o)
{
    return PF_R | (o->flags & SHF_WRITE ? PF_W : 0u) | (o->flags & SHF_EXECINSTR ? PF_X : 0u);
}

/* The last section of the segment that starts with `first`. */
static const struct output *segment_end(const struct output *first)
{
    const struct output *last = first;
    for (const struct output *o = first->next; o != NULL; o = o->next) {
        if (!loaded(o))
            continue;
        bool bytes_after_space = last->type == SHT_NOBITS && o->type != SHT_NOBITS;
        if (segment_flags(o) != segment_flags(first) || bytes_after_space)
            break;
        last = o;
    }
    return last;
}

static unsigned count_segments(const struct assembler *a)
{
    unsigned n = 0;
    for (const struct output *o = a->outputs; o != NULL; o = o->next) {
        if (!loaded(o))
            continue;
        n++;
        o = segment_end(o);
    }
    return n;
}

/* Bytes of loaded sections lie in the file as far apart as in memory, and at the same place in a page. */
static uint64_t file_offset(const struct assembler *a, const struct output *o, uint64_t headers)
{
    const struct output *first = a->outputs;
    while (!loaded(first))
        first = first->next;
    uint64_t start = headers + ((first->address - headers) & 0xfff);
    return start + (o->address - first->address);
}

static bool add_segments(struct elf_writer *w, uint64_t headers)
{
    int index = 0;
    for (const struct output *o = w->a->outputs; o != NULL; o = o->next) {
        if (!loaded(o))
            continue;
        const struct output *last = segment_end(o), *bytes = NULL;
        GElf_Phdr p = {.p_type = PT_LOAD,
                       .p_flags = segment_flags(o),
                       .p_vaddr = o->address,
                       .p_paddr = o->address,
                       .p_align = 0x1000};
        for (const struct output *s = o;; s = s->next) {
            if (loaded(s) && s->type != SHT_NOBITS)
                bytes = s;
            if (s == last)
                break;
        }
        p.p_offset = file_offset(w->a, o, headers);
        p.p_filesz = bytes == NULL ? 0 : bytes->address + bytes->size - o->address;
        p.p_memsz = last->address + last->size - o->address;
        if (gelf_update_phdr(w->elf, index++, &p) == 0)
            return false;
        o = last;
    }
    return true;
}

static bool add_outputs(struct elf_writer *w, uint64_t headers)
{
    for (struct output *o = w->a->outputs; o != NULL; o = o->next) {
        if (o->size == 0 && o->first->fixup_count == 0 && !(o->flags & SHF_ALLOC))
            continue;
        uint64_t next = w->offset;
        if (loaded(o))
            w->offset = file_offset(w->a, o, headers);
        o->index = w->sections;
        GElf_Shdr h = {.sh_type = o->type,
                       .sh_flags = o->flags,
                       .sh_addr = o->address,
                       .sh_size = o->size,
                       .sh_addralign = o->alignment};
        if (!add_section(w, o->name, h, o->bytes))
            return false;
        if (o->type == SHT_NOBITS || w->offset < next)
            w->offset = next;
    }
    return true;
}

static bool add_tables(struct elf_writer *w, struct debug_data debug[3])
{
    static const char *const names[3] = {".debug_line", ".debug_info", ".debug_abbrev"};
    for (unsigned i = 0; i < 3; i++) {
        GElf_Shdr h = {.sh_type = SHT_PROGBITS, .sh_size = debug[i].size, .sh_addralign = 1};
        if (!add_section(w, names[i], h, debug[i].bytes))
            return false;
    }
    build_symbols(w);
    w->offset = (w->offset + 7) & ~(uint64_t)7;
    GElf_Shdr h = {.sh_type = SHT_SYMTAB,
                   .sh_size = w->symbols.size,
                   .sh_addralign = 8,
                   .sh_entsize = sizeof(Elf64_Sym),
                   .sh_link = w->sections + 1,
                   .sh_info = w->locals};
    if (!add_section(w, ".symtab", h, w->symbols.bytes))
        return false;
    h = (GElf_Shdr){.sh_type = SHT_STRTAB, .sh_size = w->strings.size, .sh_addralign = 1};
    if (!add_section(w, ".strtab", h, w->strings.bytes))
        return false;
    add_string(&w->names, ".shstrtab");
    h.sh_size = w->names.size;
    w->names.size -= sizeof ".shstrtab"; /* add_section() adds it again, in the same place */
    return add_section(w, ".shstrtab", h, w->names.bytes);
}

static bool build(struct elf_writer *w, struct debug_data debug[3])
{
    unsigned segments = count_segments(w->a);
    uint64_t headers = sizeof(Elf64_Ehdr) + segments * sizeof(Elf64_Phdr);
    w->offset = headers;
    w->sections = 1;
    if (gelf_newehdr(w->elf, ELFCLASS64) == NULL)
        return false;
    if (segments > 0 && gelf_newphdr(w->elf, segments) == NULL)
        return false;
    elf_flagelf(w->elf, ELF_C_SET, ELF_F_LAYOUT);
    if (!add_outputs(w, headers) || !add_tables(w, debug) || !add_segments(w, headers))
        return false;
    GElf_Ehdr e;
    if (gelf_getehdr(w->elf, &e) == NULL)
        return false;
    e.e_ident[EI_DATA] = ELFDATA2LSB;
    e.e_type = ET_EXEC;
    e.e_machine = EM_RISCV;
    e.e_version = EV_CURRENT;
    e.e_entry = w->a->entry;
    e.e_flags = EF_RISCV_RVC;
    e.e_phoff = segments > 0 ? sizeof(Elf64_Ehdr) : 0;
    e.e_shoff = (w->offset + 7) & ~(uint64_t)7;
    e.e_shstrndx = (Elf64_Half)(w->sections - 1);
    return gelf_update_ehdr(w->elf, &e) != 0 && elf_update(w->elf, ELF_C_WRITE) >= 0;
}

bool asm_write_elf(const struct asm_result *result, FILE *out)
{
    struct elf_writer w = {.a = (struct assembler *)(uintptr_t)result};
    struct debug_data debug[3] = {{0}};
    debug_build(w.a, &debug[0], &debug[1], &debug[2]);
    errno = 0;
    bool ok = fflush(out) == 0 && elf_version(EV_CURRENT) != EV_NONE;
    if (ok)
        w.elf = elf_begin(fileno(out), ELF_C_WRITE, NULL);
    ok = w.elf != NULL && build(&w, debug);
    int error = errno != 0 ? errno : EIO;
    if (w.elf != NULL)
        elf_end(w.elf);
    for (unsigned i = 0; i < 3; i++)
        free(debug[i].bytes);
    free(w.names.bytes);
    free(w.strings.bytes);
    free(w.symbols.bytes);
    if (!ok)
        errno = error;
    return ok;
}
