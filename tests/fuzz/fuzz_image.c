/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as an image: it is refused with one line and RAM untouched, or it lies in RAM, apart from another image.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "isa/image.h"
#include "tests/fuzz/must.h"

#define RAM_SIZE (UINT64_C(64) << 10)

static void check_loaded(const struct image *image, const struct ram *ram, const struct image *other)
{
    bool entry_inside = false;
    MUST(image->segment_count >= 1 && image->segment_count <= IMAGE_SEGMENTS);
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i], *o = &other->segment[0];
        MUST(s->size && s->filled <= s->size && ram_at(ram, s->pa, s->size));
        MUST(s->pa + s->size <= o->pa || o->pa + o->size <= s->pa);
        entry_inside |= image->entry - s->pa < s->size;
    }
    MUST(entry_inside);
    for (size_t i = 0; i < image->symbol_count; i++) {
        const struct image_symbol *s = &image->symbol[i];
        MUST(s->name[0] && (i == 0 || image->symbol[i - 1].address <= s->address));
        MUST(i > 64 || image_find(image, s->name));
        image_symbol_at(image, s->address);
        image_symbol_at(image, s->address + s->size);
        image_physical(image, s->address);
    }
}

static void check_refused(const struct image *image, const struct ram *ram, const char *error)
{
    MUST(error[0] && !strchr(error, '\n'));
    MUST(!image->symbol && !image->names && !image->segment_count);
    MUST(ram->bytes[1] == 0 && !memcmp(ram->bytes + 1, ram->bytes + 2, ram->size - 2)); /* all zero */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct image other = {
        .path = "other", .segment = {{.pa = RAM_BASE, .va = RAM_BASE, .size = 1, .filled = 1}}, .segment_count = 1};
    char path[64], error[512] = "";
    int fd = memfd_create("image", MFD_CLOEXEC);
    struct ram ram = {calloc(1, RAM_SIZE), RAM_BASE, RAM_SIZE};
    MUST(fd >= 0 && ram.bytes && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ram.bytes[0] = 0x13;

    struct image image;
    if (image_load(&image, path, &ram, RAM_BASE + 2, &other, error, sizeof error))
        check_loaded(&image, &ram, &other);
    else
        check_refused(&image, &ram, error);
    MUST(ram.bytes[0] == 0x13);
    image_free(&image);
    free(ram.bytes);
    close(fd);
    return 0;
}
