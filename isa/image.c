/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Images: reading the file, finding room in RAM, and looking up symbols. What is special to ELF is in image_elf.c.
 */
#include "image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "image_file.h"
#include "search.h"

bool image_refuse(const struct image_error *error, const char *format, ...)
{
    va_list list;
    int n = snprintf(error->text, error->size, "%s: ", error->path);
    if (n >= 0 && (size_t)n < error->size) {
        va_start(list, format);
        vsnprintf(error->text + n, error->size - (size_t)n, format, list);
        va_end(list);
    }
    return false;
}

void image_hash_text(char text[IMAGE_HASH_SIZE], uint64_t hash)
{
    snprintf(text, IMAGE_HASH_SIZE, "xxh64:%016" PRIx64, hash);
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

/* Reads all that fd gives; the buffer grows, as a pipe does not say how much there is. */
static bool read_all(int fd, struct image_file *file, const struct image_error *error)
{
    uint64_t room = 0;
    for (;;) {
        if (file->size == room) {
            room = room ? 2 * room : 1 << 16;
            uint8_t *bytes = file->size > IMAGE_FILE_MAX ? 0 : realloc(file->bytes, room);
            if (!bytes)
                return image_refuse(error, "is too large");
            file->bytes = bytes;
        }
        ssize_t n = read(fd, file->bytes + file->size, room - file->size);
        if (n == 0)
            return true;
        if (n > 0)
            file->size += (uint64_t)n;
        else if (errno != EINTR)
            return image_refuse(error, "%s", strerror(errno));
    }
}

/* Lines of it. No code is: nearly all instructions have a byte that no text has. */
static bool is_text(const struct image_file *file)
{
    if (!memchr(file->bytes, '\n', file->size))
        return false;
    for (uint64_t i = 0; i < file->size; i++) {
        uint8_t byte = file->bytes[i];
        if ((byte < ' ' || byte > '~') && byte != '\t' && byte != '\n' && byte != '\r')
            return false;
    }
    return true;
}

static bool read_file(struct image_file *file, const struct image_error *error)
{
    struct stat st;
    int fd = open(error->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return image_refuse(error, "%s", strerror(errno));
    bool good;
    if (fstat(fd, &st))
        good = image_refuse(error, "%s", strerror(errno));
    else if (S_ISDIR(st.st_mode))
        good = image_refuse(error, "is a directory");
    else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
        good = image_refuse(error, "is not a regular file");
    else
        good = read_all(fd, file, error);
    close(fd);
    if (good && file->size == 0)
        good = image_refuse(error, "is empty");
    if (good && is_text(file))
        good = image_refuse(error, "is text, and no image (if it is assembly: trapeze asm FILE.s -o FILE.elf)");
    return good;
}

static bool looks_like_elf(const struct image_file *file)
{
    return !memcmp(file->bytes, ELFMAG, file->size < SELFMAG ? file->size : SELFMAG);
}

static void read_raw(struct image *image, const struct image_file *file, uint64_t base)
{
    image->entry = base;
    image->segment[0] = (struct image_segment){.pa = base, .va = base, .size = file->size, .filled = file->size};
    image->segment_count = 1;
}

/* --- RAM ------------------------------------------------------------------------------------------------------------- */

#define RANGE "0x%" PRIx64 "-0x%" PRIx64
#define RANGE_OF(base, size) (base), (base) + (size)-1

static bool overlap(const struct image_segment *a, const struct image_segment *b)
{
    return a->pa < b->pa + b->size && b->pa < a->pa + a->size;
}

/* Does segment i lie in RAM, and apart from the first `count` segments of `other`? */
static bool place_segment(const struct image *image, unsigned i, const struct ram *ram, const struct image *other,
                          unsigned count, const struct image_error *error)
{
    const struct image_segment *s = &image->segment[i];
    if (!ram_at(ram, s->pa, s->size))
        return image_refuse(error, "segment %u (" RANGE ") is outside of RAM (" RANGE ")", i, RANGE_OF(s->pa, s->size),
                            RANGE_OF(ram->base, ram->size));
    for (unsigned j = 0; j < count; j++) {
        const struct image_segment *t = &other->segment[j];
        if (overlap(s, t))
            return image_refuse(error, "segment %u (" RANGE ") overlaps segment %u (" RANGE ")%s%s", i,
                                RANGE_OF(s->pa, s->size), j, RANGE_OF(t->pa, t->size), other == image ? "" : " of ",
                                other == image ? "" : other->path);
    }
    return true;
}

static bool place(const struct image *image, const struct ram *ram, const struct image *other,
                  const struct image_error *error)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        if (!place_segment(image, i, ram, image, i, error))
            return false;
        if (other && !place_segment(image, i, ram, other, other->segment_count, error))
            return false;
    }
    return true;
}

static void copy(const struct image *image, const struct image_file *file, struct ram *ram)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i];
        uint8_t *to = ram_at(ram, s->pa, s->size);
        memcpy(to, file->bytes + s->offset, s->filled);
        memset(to + s->filled, 0, s->size - s->filled);
    }
}

bool image_load(struct image *image, const char *path, struct ram *ram, uint64_t raw_base, const struct image *other,
                char *error_text, size_t n)
{
    struct image_error error = {path, error_text, n};
    struct image_file file = {0};
    *image = (struct image){.path = path};
    bool good = read_file(&file, &error);
    if (good) {
        image->elf = looks_like_elf(&file);
        if (image->elf)
            good = image_read_elf(image, &file, &error);
        else
            read_raw(image, &file, raw_base);
        good = good && place(image, ram, other, &error);
    }
    if (good) {
        image_hash_text(image->hash, XXH64(file.bytes, file.size, 0));
        copy(image, &file, ram);
    } else {
        image_free(image);
    }
    free(file.bytes);
    return good;
}

void image_free(struct image *image)
{
    free(image->symbol);
    free(image->names);
    *image = (struct image){0};
}

/* --- looking things up ----------------------------------------------------------------------------------------------- */

const struct image_symbol *image_find(const struct image *image, const char *name)
{
    for (size_t i = 0; i < image->symbol_count; i++)
        if (!strcmp(image->symbol[i].name, name))
            return &image->symbol[i];
    return NULL;
}

const struct image_symbol *image_symbol_at(const struct image *image, uint64_t address)
{
    const struct image_symbol *symbols = image->symbol;
    size_t n = image->symbol_count ? search_up_to(&symbols->address, image->symbol_count, sizeof *symbols, address) : 0;
    if (n == 0)
        return NULL;
    const struct image_symbol *symbol = &symbols[n - 1];
    if (symbol->size) /* without one: to the end of the image */
        return address - symbol->address < symbol->size ? symbol : NULL;
    for (unsigned i = 0; i < image->segment_count; i++)
        if (address - image->segment[i].va < image->segment[i].size ||
            address - image->segment[i].pa < image->segment[i].size)
            return symbol;
    return NULL;
}

uint64_t image_physical(const struct image *image, uint64_t va)
{
    for (unsigned i = 0; i < image->segment_count; i++)
        if (va - image->segment[i].va < image->segment[i].size)
            return va - image->segment[i].va + image->segment[i].pa;
    return va;
}
