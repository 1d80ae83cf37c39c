/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside of image.c and image_elf.c: a file that was read, and what is said when it is no good. Hosted.
 */
#ifndef ISA_IMAGE_FILE_H
#define ISA_IMAGE_FILE_H

#include "image.h"

struct image_error {
    const char *path;
    char *text;
    size_t size;
};

/* "path: ..." into the error; returns false. */
bool image_refuse(const struct image_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct image_file {
    uint8_t *bytes;
    uint64_t size;
};

/* Fills in segments, entry and symbols from an ELF file. Segments are checked against the file, not yet against RAM. */
bool image_read_elf(struct image *image, const struct image_file *file, const struct image_error *error);

#endif
