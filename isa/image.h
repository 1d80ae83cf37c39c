/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programs as files: ELF64 RISC-V images and raw binaries into RAM, and the symbols that they bring. Hosted.
 * No field of a file is trusted; what is wrong with one is said in one line that names it.
 */
#ifndef ISA_IMAGE_H
#define ISA_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ram.h"

#define IMAGE_SEGMENTS 32                  /* loadable segments of an ELF image, at the most */
#define IMAGE_SYMBOLS (UINT32_C(1) << 20)  /* symbols that are kept, at the most */
#define IMAGE_FILE_MAX (UINT64_C(1) << 30) /* bytes of a file, at the most */
#define IMAGE_HASH_SIZE 24                 /* "xxh64:" and 16 hexadecimal digits, with the NUL */

struct image_symbol {
    uint64_t address, size; /* size is 0 where the file gives none */
    const char *name;       /* in image.names */
};

/* A part of RAM that an image fills, where the image thinks that it is, and which bytes of the file go to its beginning;
 * the rest is zeros. */
struct image_segment {
    uint64_t pa, va, size, offset, filled;
};

struct image {
    const char *path; /* borrowed */
    bool elf;         /* false: a raw binary */
    uint64_t entry;   /* physical */
    struct image_segment segment[IMAGE_SEGMENTS];
    unsigned segment_count;
    struct image_symbol *symbol; /* owned; by address */
    size_t symbol_count;
    char *names;                /* owned */
    char hash[IMAGE_HASH_SIZE]; /* of the file's bytes */
};

/* Loads the file into `ram`: ELF segments where their physical addresses say, a raw binary at raw_base. `other`, if not
 * NULL, was loaded before; the two must not overlap. False: nothing was written to RAM, *image is empty, and error has
 * one line without a newline. */
bool image_load(struct image *image, const char *path, struct ram *ram, uint64_t raw_base, const struct image *other,
                char *error, size_t n);
void image_free(struct image *image);

/* The first symbol of that name, or NULL. */
const struct image_symbol *image_find(const struct image *image, const char *name);

/* The symbol that `address` lies in: the last one at or before it, unless its size says that it ends before; one without a
 * size goes no further than the segments. NULL if there is none. */
const struct image_symbol *image_symbol_at(const struct image *image, uint64_t address);

/* Where in RAM the image has its virtual address va; va itself if no segment holds it. */
uint64_t image_physical(const struct image *image, uint64_t va);

/* "xxh64:0123456789abcdef", as reports print hashes. */
void image_hash_text(char text[IMAGE_HASH_SIZE], uint64_t hash);

#endif
